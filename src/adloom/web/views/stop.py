"""The kill switch on pages: what it would pause, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from adloom.campaigns.stopped import Outcome
from adloom.campaigns.stopping import Found
from adloom.campaigns.types import NotStopped
from adloom.identity.types import ClientView
from adloom.reports.words import NOTHING
from adloom.web import words
from adloom.web.words import Badge, Choice, PlatformName


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign that would be paused."""

    name: str
    url: str
    platform: PlatformName
    status: Badge
    remote_id: str


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that a person has to know before they press the button."""

    rows: tuple[Row, ...]
    choices: tuple[Choice, ...]
    client_id: UUID | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A campaign that stands paused, and after how long."""

    name: str
    url: str
    platform: PlatformName
    remote_id: str
    after: str


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that may deliver on: why, and what to do; the cure's address, if it names one, apart."""

    name: str
    url: str
    platform: PlatformName
    remote_id: str
    reason: str
    cure: str
    page: str


@dataclass(frozen=True, slots=True)
class After:
    """What became of a stop. `not_asked` counts those that could not even be queued."""

    stopped: tuple[Ended, ...]
    running: tuple[Running, ...]
    seconds: str
    is_over: bool
    not_asked: int
    query: str


def question(found: Sequence[Found], *, clients: Sequence[ClientView], client_id: UUID | None) -> Question:
    """The campaigns that a stop would pause, and whose it could be narrowed to."""
    everyones = Choice("All", "/stop-everything", client_id is None)
    of_clients = (Choice(c.name, f"/stop-everything?client={c.id}", c.id == client_id) for c in clients)
    return Question(
        rows=tuple(_row(campaign) for campaign in found),
        choices=(everyones, *of_clients) if clients else (),
        client_id=client_id,
    )


def outcome(found: Outcome, *, not_asked: int, query: str) -> After:
    """How it stands now."""
    return After(
        stopped=tuple(
            Ended(
                name=each.campaign.name,
                url=f"/ads/{each.ad.id}",
                platform=words.platform(each.platform),
                remote_id=each.platform_campaign_id or NOTHING,
                after=f"{each.seconds:.1f} s",
            )
            for each in found.stopped
        ),
        running=tuple(_running(each) for each in found.not_stopped),
        seconds=f"{found.seconds:.1f} s",
        is_over=found.is_over,
        not_asked=not_asked,
        query=query,
    )


def _row(campaign: Found) -> Row:
    return Row(
        name=campaign.name,
        url=f"/ads/{campaign.ad_id}",
        platform=words.platform(campaign.platform),
        status=words.campaign(campaign.status),
        remote_id=campaign.platform_campaign_id or NOTHING,
    )


def _running(each: NotStopped) -> Running:
    cure, _, page = each.cure.partition("https://")
    return Running(
        name=each.ad.name,
        url=f"/ads/{each.ad.id}",
        platform=words.platform(each.platform),
        remote_id=each.platform_campaign_id or NOTHING,
        reason=each.reason,
        cure=cure,
        page=f"https://{page}" if page else "",
    )
