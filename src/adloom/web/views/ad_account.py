"""One ad account's page: what is wrong with it, what its ads use, and what was found there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adloom.connections import ad_accounts, choices
from adloom.connections.choices import Choice
from adloom.connections.types import AccountStatus, AccountView, FaultView, ResourceView
from adloom.identity.types import ClientView
from adloom.metrics.backfill import Progress
from adloom.metrics.grains import GrainName
from adloom.platforms.access import ResourceKind
from adloom.web import words
from adloom.web.views import connections
from adloom.web.words import Badge, PlatformName

_KINDS = {
    ResourceKind.PAGE: "Page",
    ResourceKind.INSTAGRAM: "Instagram account",
    ResourceKind.PIXEL: "Pixel",
    ResourceKind.IDENTITY: "Identity",
    ResourceKind.CONVERSION_ACTION: "Conversion action",
    ResourceKind.VIDEO_CHANNEL: "Video channel",
    ResourceKind.GOAL: "Goal",
}
_GRAINS = {
    GrainName.DAY: "Figures by day",
    GrainName.CONVERSION: "Conversions by action",
    GrainName.AUDIENCE: "Audience",
}
#: What a fault's answer is the answer to; each is yes or no.
_QUESTIONS = {"eu_political": "Does any of it hold political advertising for the European Union?"}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and the questions whose answers mend it from here."""

    code: str
    title: str
    words: str
    fix: str
    blocks_writes: bool
    asks: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to choose. `nothing` says what holds while nothing is chosen."""

    key: str
    label: str
    nothing: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that was found at the account."""

    kind: str
    name: str
    external_id: str
    status: str
    seen: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. `uses` are settings of its ads, `events` what conversion events are."""

    id: str
    name: str
    platform: PlatformName
    badge: Badge
    facts: tuple[str, ...]
    inspected: str
    is_connected: bool
    missing_rights: tuple[str, ...]
    is_importing: bool
    history: tuple[str, ...]
    faults: tuple[Fault, ...]
    uses: tuple[Setting, ...]
    events: tuple[Setting, ...]
    resources: tuple[Resource, ...]


def page(
    account: AccountView,
    *,
    faults: Sequence[FaultView],
    resources: Sequence[ResourceView],
    clients: Sequence[ClientView],
    history: Sequence[Progress],
) -> Page:
    """The page's values."""
    all_of = choices.choices(account.platform)
    return Page(
        id=str(account.id),
        name=account.name,
        platform=words.platform(account.platform),
        badge=connections.badge_of(account, faults),
        facts=_facts(account, clients),
        inspected=words.moment(account.inspected_at) if account.inspected_at else "",
        is_connected=account.status != AccountStatus.DISCONNECTED,
        missing_rights=account.missing_rights,
        is_importing=ad_accounts.is_importing(account),
        history=tuple(_history(each) for each in history),
        faults=tuple(_fault(fault) for fault in faults),
        uses=tuple(_setting(choice, account, resources) for choice in all_of if choice.event is None),
        events=tuple(_setting(choice, account, resources) for choice in all_of if choice.event is not None),
        resources=tuple(_resource(each) for each in resources),
    )


def _facts(account: AccountView, clients: Sequence[ClientView]) -> tuple[str, ...]:
    owner = next((client.name for client in clients if client.id == account.client_id), None)
    return (
        account.external_id,
        account.currency,
        account.time_zone,
        *([f"for {owner}"] if owner else []),
    )


def _history(each: Progress) -> str:
    """One line: what of the past is held, and what becomes of the rest."""
    what = _GRAINS[each.grain]
    if each.state == "held":
        return f"{what}: held since {words.day(each.since)}"
    line = f"{what}: {each.days_held} of {each.days} days since {words.day(each.since)} are held"
    if each.state == "failed":
        return f"{line}; bringing in the rest failed: {each.message or 'nothing was said of why'}"
    return f"{line}; the rest is being brought in, newest first"


def _fault(fault: FaultView) -> Fault:
    return Fault(
        code=fault.code,
        title=words.fault(fault.code),
        words=fault.words,
        fix=fault.fix,
        blocks_writes=fault.blocks_writes,
        asks=tuple((name, _QUESTIONS.get(name, words.words(name))) for name in fault.asks),
    )


def _setting(choice: Choice, account: AccountView, resources: Sequence[ResourceView]) -> Setting:
    chosen = account.attributes.get(choice.attribute)
    there = [each for each in resources if each.kind is choice.kind and each.gone_at is None]
    options = [Option(each.external_id, _label(each), each.external_id == chosen) for each in there]
    if chosen and not any(option.is_chosen for option in options):
        options.append(Option(chosen, f"{chosen} (not found there)", is_chosen=True))
    return Setting(
        key=choice.key,
        label=words.words(choice.key) if choice.event else _KINDS[choice.kind],
        nothing=_nothing(choice),
        options=tuple(options),
    )


def _label(resource: ResourceView) -> str:
    return f"{resource.name} · {resource.external_id}"


def _nothing(choice: Choice) -> str:
    if choice.event is None:
        return "None"
    return "The account's pixel" if choice.kind is ResourceKind.PIXEL else "Whatever the account counts"


def _resource(each: ResourceView) -> Resource:
    return Resource(
        kind=_KINDS[each.kind],
        name=each.name,
        external_id=each.external_id,
        status=words.words(each.status.lower()) if each.status else "",
        seen=f"gone since {words.moment(each.gone_at)}" if each.gone_at else words.moment(each.seen_at),
        is_gone=each.gone_at is not None,
    )
