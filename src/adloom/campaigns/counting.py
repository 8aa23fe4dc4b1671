"""Counts what stands at a platform under a campaign's marker, before anything of it is switched on.

A request that nobody waits for any more may still land, and be done a second time. Where each thing stands once, the
campaign may go live. What is there beside was left by a late request of ours, and is taken away, or is a person's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adloom.campaigns.types import Doubled
from adloom.core.errors import Conflict, FieldError
from adloom.platforms.marked import Marked
from adloom.platforms.types import Platform, RemoteStatus

KINDS = ("campaign", "ad_group", "ad")
CHOICES = "Say what shall become of them: --duplicates remove deletes them for good, --duplicates keep leaves them be."


@dataclass(frozen=True, slots=True)
class Window:
    """When requests of ours may have made an object of this kind."""

    kind: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """Platform ids of what a person has said to keep, or to remove."""

    keep: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counted:
    """Our keys that are not shown, and what is shown beside ours: the topmost of it each."""

    missing: tuple[str, ...]
    surplus: tuple[Marked, ...]


def count(ids: Mapping[str, str], seen: Sequence[Marked], *, kept: Collection[str] = ()) -> Counted:
    """What is shown of `ids`, and what else; what a person keeps does not count, nor does what is beneath it."""
    ours = {(key.split("/")[0], platform_id): key for key, platform_id in ids.items() if key.split("/")[0] in KINDS}
    shown = {(each.kind, each.platform_id) for each in seen}
    strange = [each for each in seen if (each.kind, each.platform_id) not in ours]
    above = {each.platform_id for each in strange} | set(kept)
    surplus = tuple(
        each
        for each in strange
        if each.platform_id not in kept and not {each.parent_id, each.campaign_id} - {each.platform_id} & above
    )
    return Counted(tuple(key for place, key in ours.items() if place not in shown), surplus)


def late(
    surplus: Collection[Marked], ids: Mapping[str, str], seen: Sequence[Marked], *, windows: Sequence[Window]
) -> tuple[Marked, ...]:
    """What of it a late request of ours must have left, and cannot deliver: of the very name, made while we sent.

    A campaign has to be paused; what is beneath ours rests with it. Whether it ever delivered has to be asked beside.
    """
    names = {(each.kind, each.name) for each in seen if each.platform_id in ids.values() and each.name}
    resting = {each.campaign_id for each in seen if each.kind == "campaign" and each.status is RemoteStatus.PAUSED}
    return tuple(
        each
        for each in surplus
        if (each.kind, each.name) in names and each.campaign_id in resting and _is_of_ours(each, windows)
    )


def doubled(platform: Platform, account_id: str, surplus: Sequence[Marked]) -> Doubled:
    """The refusal for a person: what stands there beside ours, where, and what they can say."""
    errors = tuple(
        FieldError(
            f"{platform.value}.{each.kind}",
            f"{each.platform_id}{f' ({each.name})' if each.name else ''}, {each.status.value}, stands beside ours.",
            CHOICES,
        )
        for each in surplus
    )
    things = "1 object" if len(surplus) == 1 else f"{len(surplus)} objects"
    message = (
        f"Nothing was switched on: in account {account_id} of {platform.value} {things} too many carry this campaign's "
        f"marker ({', '.join(f'{each.kind} {each.platform_id}' for each in surplus)}). {CHOICES}"
    )
    return Doubled(message, errors=errors)


def missing(platform: Platform, account_id: str, keys: Sequence[str]) -> Conflict:
    """The refusal where something that was made is not shown, long after it was."""
    message = (
        f"Nothing was switched on: {platform.value} does not show {', '.join(keys)} in account {account_id}. "
        "If it was deleted there, delete the campaign here as well, and deploy anew."
    )
    return Conflict(message, code="not_whole")


def as_json(surplus: Sequence[Marked]) -> list[dict[str, str | None]]:
    """What is kept of it, and shown."""
    return [
        {
            "kind": each.kind,
            "platform_id": each.platform_id,
            "campaign_id": each.campaign_id,
            "name": each.name or None,
            "status": each.status.value,
        }
        for each in surplus
    ]


def _is_of_ours(each: Marked, windows: Sequence[Window]) -> bool:
    made_at = each.made_at
    return made_at is not None and any(
        window.kind == each.kind and window.since <= made_at <= window.until for window in windows
    )
