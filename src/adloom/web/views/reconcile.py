"""What was changed on a platform itself, in words, and the page that asks before it is adopted, put back or undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from adloom.campaigns.requests import Wait
from adloom.campaigns.types import DriftView
from adloom.platforms.changes import DriftKind
from adloom.web import words
from adloom.web.views import changes, spending
from adloom.web.views.changes import Changed
from adloom.web.views.spending import Spent
from adloom.web.words import PlatformName

_KINDS = {DriftKind.GONE: "is gone there", DriftKind.ADDED: "was added there", DriftKind.CHANGED: ""}
_TYPES = {"create": "Deploy", "update": "Update", "pause": "Pause", "resume": "Resume", "delete": "Delete"}


@dataclass(frozen=True, slots=True)
class Drifted:
    """One thing that stands otherwise. `field` is empty where a whole object is gone or was added."""

    what: str
    field: str
    ours: str
    theirs: str
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True)
class DriftOf:
    """What was changed on one platform. `adopt` and `put_back` are the pages that ask before it is done."""

    platform: PlatformName
    rows: tuple[Drifted, ...]
    adopt: str
    put_back: str


@dataclass(frozen=True, slots=True)
class Part:
    """What would be done on one platform."""

    platform: PlatformName
    changes: tuple[Changed, ...]
    troubles: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asks:
    """A page that shows what would be done and asks. `button` is empty where nothing can be."""

    title: str
    ad_id: str
    name: str
    action: str
    lead: str
    taken: tuple[str, ...]
    left: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    spent: tuple[Spent, ...]
    confirm: tuple[str, ...]
    hidden: Mapping[str, str]
    button: str
    is_final: bool


def drift(drifts: Sequence[DriftView], *, ad_id: str) -> tuple[DriftOf, ...]:
    """What stands otherwise now and nobody has decided about, by platform."""
    standing = [each for each in drifts if each.ended_at is None and each.decision is None]
    campaigns = dict.fromkeys(each.campaign_id for each in standing)
    return tuple(_of([each for each in standing if each.campaign_id == one], ad_id=ad_id) for one in campaigns)


def _of(drifts: Sequence[DriftView], *, ad_id: str) -> DriftOf:
    first = drifts[0]
    page = f"/ads/{ad_id}/reconcile?campaign={first.campaign_id}&how="
    rows = tuple(_drifted(each) for each in drifts)
    return DriftOf(words.platform(first.platform), rows, f"{page}adopt", f"{page}put_back")


def _drifted(each: DriftView) -> Drifted:
    return Drifted(
        what=changes.what(each.drift.object),
        field=changes.field(each.drift.field or "") or _KINDS[each.drift.kind],
        ours=each.drift.ours or "",
        theirs=each.drift.theirs or "",
        first_seen=words.moment(each.first_seen_at),
        last_seen=words.moment(each.last_seen_at),
    )


def told(each: DriftView) -> str:
    """A drift in one line, for the history."""
    drift = each.drift
    line = f"{changes.what(drift.object)} {changes.field(drift.field or '').lower()} {_KINDS[drift.kind]}".strip()
    if drift.kind is DriftKind.CHANGED:
        line += f": {drift.ours or 'nothing'} → {drift.theirs or 'nothing'}"
    return " ".join(line.split())


def reconciliation(found: Mapping[str, Any], *, ad_id: str, name: str, hidden: Mapping[str, str]) -> Asks:
    """The page that asks before theirs is adopted or ours is put back."""
    is_adopting = found["how"] == "adopt"
    lead = "Nothing is sent to the platform: the ad says from now on what stands there."
    taken = tuple(_line(each) for each in found["taken"]) if is_adopting else ()
    parts = () if is_adopting else _parts(found)
    is_possible = bool(found["taken"]) and not any(part.troubles for part in parts)
    label = "Adopt what stands there" if is_adopting else "Put ours back"
    return Asks(
        title=label,
        ad_id=ad_id,
        name=name,
        action=f"/ads/{ad_id}/reconcile",
        lead=lead if is_adopting else "This is sent to the platform, so that it stands again as it was applied.",
        taken=taken,
        left=tuple((_line(each), each["why"]) for each in found["left"]),
        parts=parts,
        spent=() if is_adopting else spending.spent(found),
        confirm=() if is_adopting else tuple(found["confirm"]),
        hidden={**hidden, "plan": found["fingerprint"]},
        button=label if is_possible else "",
        is_final=False,
    )


def undo(found: Mapping[str, Any], *, ad_id: str, name: str, hidden: Mapping[str, str]) -> Asks:
    """The page that asks before a change is taken back."""
    parts = _parts(found)
    lead = "This is taken back." + (" The ad says again what it said before." if found["reverts_ad"] else "")
    if found["undone_by"]:
        lead = "It was taken back already."
    is_possible = not found["undone_by"] and not any(part.troubles for part in parts)
    return Asks(
        title="Undo",
        ad_id=ad_id,
        name=name,
        action=f"/ads/{ad_id}/undo",
        lead=lead,
        taken=tuple(_done(each) for each in found["undoes"]),
        left=(),
        parts=parts,
        spent=spending.spent(found),
        confirm=tuple(found["confirm"]),
        hidden={**hidden, "plan": found["fingerprint"]},
        button="Undo it" if is_possible else "",
        is_final=any("cannot be brought back" in each.effects for part in parts for each in part.changes),
    )


def by_two(asks: Asks, wait: Wait, *, operation: str) -> Asks:
    """The same page for an ad whose client asks for two people: it asks another one, or says that it waits for one."""
    if not asks.button or wait is Wait.NONE:
        return asks
    if wait is Wait.FOR_ANOTHER:
        return replace(
            asks, lead=f"{asks.lead} You asked for this: another person has to do it.", button="", confirm=()
        )
    hidden = {**asks.hidden, "operation": operation}
    lead = f"{asks.lead} The client requires that another person does it."
    label = "Ask a second person"
    return replace(
        asks, action=f"/ads/{asks.ad_id}/request", lead=lead, hidden=hidden, button=label, confirm=(), is_final=False
    )


def _parts(found: Mapping[str, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(words.platform(name), changes.changed(plan), tuple(plan["errors"]))
        for name, plan in found["platforms"].items()
    )


def _line(each: Mapping[str, Any]) -> str:
    what, field = changes.what(each["object"]), changes.field(each["field"] or "").lower()
    return f"{what} {field}: {each['theirs'] or _KINDS[DriftKind(each['kind'])] or 'nothing'}"


def _done(each: Mapping[str, Any]) -> str:
    asked = words.moment(datetime.fromisoformat(each["asked_at"]))
    return f"{_TYPES[each['type']]} on {words.platform(each['platform']).name}, {asked}"
