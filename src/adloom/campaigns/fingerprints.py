"""What a plan was made of, as digests: so that a plan is applied as it was seen, or refused with what is different.

A fingerprint keeps nothing in the database. It is six digests in a row, and each that differs names what has
changed since; `differences` tells how, where the database still knows what the digest was made of.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from adloom.ads import instants, unified
from adloom.campaigns import deployments, drifts, store
from adloom.campaigns.types import CampaignStatus, CampaignView
from adloom.connections import ad_accounts
from adloom.connections.types import AccountView
from adloom.core.errors import FieldError, Invalid, Refused
from adloom.db.session import ReadSession
from adloom.platforms import geography
from adloom.platforms.changes import Drift
from adloom.platforms.geography import Answers
from adloom.platforms.types import Platform

_PARTS = ("ad", "stands", "account", "start", "places", "changes")
_RULES = {
    "ad": "the ad was edited since.",
    "stands": "what stands on the platform, or how, is not what it was.",
    "account": "the ad account, or what is set for it, is not what it was.",
    "start": "the start date has passed since.",
    "places": "what the platform says of a place is not what it was.",
    "changes": "what would be changed is not what it was.",
}
_LENGTH = 8
_SHOWN = 8
#: What is not whole stands nowhere, as far as a plan is concerned.
WHOLE = (CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.COMPLETED)

#: What tells how a part differs from what had the digest that was named: `field: from → to`, as far as it is known.
Tell = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Stands:
    """How a campaign stands on its platform, as far as a plan goes by it."""

    platform_campaign_id: str | None
    status: CampaignStatus
    applied: Mapping[str, Any] | None
    half_way: tuple[UUID, ...]
    drifts: tuple[Drift, ...]

    @property
    def digest(self) -> str:
        """What a fingerprint keeps of it; what is not whole is as good as nothing."""
        if self.status not in WHOLE:
            return NOWHERE
        there = [drifts.as_row(each) for each in self.drifts]
        half_way = [str(each) for each in self.half_way]
        known = [self.platform_campaign_id, self.status.value, self.applied, half_way]
        return _digest([*known, *([there] if there else [])])


@dataclass(frozen=True, slots=True)
class Basis:
    """What one platform's plan was made of. A deployment keeps it, and the worker compares it with what is."""

    ad: str
    stands: str
    account: str
    start: str
    places: str

    def as_json(self) -> dict[str, str]:
        """The digests by name, as a deployment keeps them."""
        return asdict(self)


def basis(
    session: ReadSession,
    ad: unified.UnifiedAd,
    *,
    campaign: CampaignView | None,
    account: AccountView | None,
    places: Answers,
    before: UUID | None = None,
    now: datetime,
) -> Basis:
    """What a plan for this platform is made of now; `before` leaves out that deployment and later ones.

    `places` is what the platform told of the ad's places: for a deployment, what it has kept of it. So a deployment
    that is queued is not ended by an answer that came after it, and a plan is.
    """
    time_zone = account.time_zone if account is not None else "UTC"
    start = instants.instant(ad.schedule.start, time_zone=ad.schedule.time_zone or time_zone)
    return Basis(
        ad=of_ad(unified.canonical(ad)),
        stands=stands(session, campaign, before=before).digest if campaign is not None else NOWHERE,
        account=of_account(account),
        start=_digest(start is not None and start <= now),
        places=_digest(_ids(places)),
    )


def fingerprint(bases: Mapping[Platform, Basis], changes: Mapping[Platform, Iterable[Mapping[str, Any]]]) -> str:
    """The whole plan's. What changes are to and from is left out: a start of "now" is another one every second."""
    named = {
        platform.value: [[each["object"], each["action"], each["field"], each["effects"]] for each in found]
        for platform, found in sorted(changes.items())
    }
    together = [of_all({p: getattr(each, part) for p, each in bases.items()}) for part in _PARTS[:-1]]
    return "-".join((*together, _digest(named)))


def of_all(digests: Mapping[Platform, str]) -> str:
    """One part's digests of all platforms in one, as a whole plan's fingerprint has it."""
    return _digest({p.value: each for p, each in sorted(digests.items())})


def of_ad(document: Mapping[str, Any]) -> str:
    """The digest of a canonical ad."""
    return _digest(document)


def of_account(account: AccountView | None) -> str:
    """The digest of what a plan goes by of an ad account."""
    return _digest(_account(account))


def standing(session: ReadSession, campaigns: Iterable[CampaignView]) -> str:
    """What names how an ad stands on its platforms, whatever it says now: what a resume would let deliver."""
    return of_all({each.platform: stands(session, each).digest for each in campaigns})


def stands(session: ReadSession, campaign: CampaignView, *, before: UUID | None = None) -> Stands:
    """How a campaign stands now; `before` leaves out that deployment and later ones."""
    return Stands(
        campaign.platform_campaign_id,
        campaign.status,
        store.applied_spec(session, campaign.id),
        tuple(each.id for each in deployments.half_way(session, campaign.id, before=before)),
        tuple(each.drift for each in drifts.standing(session, campaign.id)),
    )


def nothing_told(part: str, named: str) -> Sequence[str]:
    """Of what is named by digests alone, nothing more is known."""
    return ()


def refuse_stale(named: str, *, now: str, tell: Tell = nothing_told) -> None:
    """Returns where the plan that was named is the one that would be made now; raises Invalid, or Refused with why."""
    parts = named.strip().split("-")
    if [len(part) for part in parts] != [_LENGTH] * len(_PARTS):
        raise Invalid.field("plan", f"{named!r} is no plan's fingerprint.", "Copy it from what `adloom ad plan` says.")
    current = dict(zip(_PARTS, now.split("-"), strict=True))
    refuse_different(dict(zip(_PARTS, parts, strict=True)), now=current, tell=tell)


def refuse_different(named: Mapping[str, Any], *, now: Mapping[str, str], tell: Tell = nothing_told) -> None:
    """The same for digests by name; only those that both have are compared."""
    changed = [part for part in _PARTS if part in named and part in now and named[part] != now[part]]
    # Whatever else is different makes the changes different: the cause is told, not what follows from it.
    told = [part for part in changed if part != "changes"] or changed
    if told:
        fix = "See what it would do now, and apply that: adloom ad plan."
        errors = tuple(FieldError("plan", _rule(part, tell(part, named[part])), fix) for part in told)
        raise Refused("The plan is not what would be done any more.", code="plan_is_stale", errors=errors)


def _rule(part: str, lines: Sequence[str]) -> str:
    """The sentence, and what is different itself: the first few of many."""
    if not lines:
        return _RULES[part]
    more = [f"and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return f"{_RULES[part]} {'; '.join([*lines[:_SHOWN], *more])}."


def _ids(places: Answers) -> list[Any]:
    """What would be sent of each place; how the platform writes it is no matter."""
    return sorted([str(geography.query_as_json(query)), [p.id for p in told]] for query, told in places.items())


def _account(account: AccountView | None) -> list[Any] | None:
    if account is None:
        return None
    return [
        *(account.external_id, account.currency, account.time_zone, account.status, account.client_id),
        *(ad_accounts.of_ads(account), account.daily_cap),
    ]


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


#: The digest of what stands nowhere.
NOWHERE = _digest(None)
