"""What is different between what a plan was made of and what is now, `field: from → to`, as far as that is known.

A plan keeps digests alone. What it was made of is looked for among what was before: earlier versions of the ad and of
its accounts, and how its campaigns stood before each of their last changes. Only what has the digest that was named is
told, so a difference that is told is the difference; where nothing has it, nothing is. Every read is the actor's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, product
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.ads import queries as ad_queries
from adloom.ads import unified, versions
from adloom.ads.types import Ad
from adloom.campaigns import drifts, fingerprints
from adloom.campaigns.fingerprints import WHOLE, Stands, Tell
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus, DriftView
from adloom.connections import ad_accounts
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.db.session import ReadSession
from adloom.platforms.changes import Drift
from adloom.platforms.types import Platform

_MOMENTS = 12
#: How a campaign can stand, as far as a plan goes by it; the last is nowhere.
_SWITCHES = (*WHOLE, CampaignStatus.PENDING)

_DEPLOYED = text(
    """
    SELECT
        id,
        campaign_id,
        deployment_type,
        status,
        spec,
        created_at,
        completed_at
    FROM campaign_deployments
    WHERE campaign_id = ANY(CAST(:campaign_ids AS uuid[]))
        AND deployment_type IN ('create', 'update')
    ORDER BY created_at DESC
    LIMIT 40
    """
)

#: The digests of one part by platform, as what was named has them: in one, or one platform's alone.
Compose = Callable[[Mapping[Platform, str]], str]


def of_plan(
    session: ReadSession,
    held: Ad,
    *,
    campaigns: Iterable[CampaignView],
    accounts: Iterable[AccountView | None],
    platforms: Iterable[Platform],
) -> Tell:
    """Tells of a whole plan's fingerprint, which was made for these platforms."""
    known = {each.platform: each for each in accounts if each is not None}
    live = {each.platform: each for each in campaigns}
    return _Past(session, held, tuple(platforms), fingerprints.of_all, campaigns=live, accounts=known)


def of_standing(session: ReadSession, held: Ad, campaigns: Iterable[CampaignView]) -> Tell:
    """Tells of what a resume was asked for by: how the ad stands, whatever it says."""
    live = {each.platform: each for each in campaigns}
    return _Past(session, held, tuple(live), fingerprints.of_all, campaigns=live)


def of_deployment(
    session: ReadSession, held: Ad, *, campaign: CampaignView, planned: Mapping[str, Any], before: UUID
) -> Tell:
    """Tells of what a deployment keeps of its plan; `planned` is what it keeps of the ad.

    A worker sees more than a member of one client, who may read what it says: it looks no audit log through.
    """
    platform = campaign.platform
    said = (planned["ad"],) if "ad" in planned else ()
    return _Past(
        session,
        held,
        (platform,),
        lambda digests: digests.get(platform, fingerprints.NOWHERE),
        campaigns={platform: campaign},
        before=before,
        said=said,
        looks_back=False,
    )


@dataclass(frozen=True, slots=True)
class _Deployed:
    """An attempt to apply a whole ad."""

    id: UUID
    campaign_id: UUID
    is_applied: bool
    spec: Mapping[str, Any]
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Past:
    """Looks for what had a digest; `platforms` are those that the digest is of, or that the plan made now is of."""

    session: ReadSession
    held: Ad
    platforms: tuple[Platform, ...]
    compose: Compose
    campaigns: Mapping[Platform, CampaignView] = field(default_factory=dict)
    accounts: Mapping[Platform, AccountView] = field(default_factory=dict)
    before: UUID | None = None
    said: tuple[Mapping[str, Any], ...] = ()
    looks_back: bool = True

    def __call__(self, part: str, named: str) -> Sequence[str]:
        if part == "ad":
            return self._of_ad(named)
        if part == "account":
            return self._of_accounts(named)
        return self._of_stands(named) if part == "stands" else ()

    # the ad

    def _of_ad(self, named: str) -> Sequence[str]:
        now = unified.canonical(ad_queries.as_unified(self.held))
        for document in self._said_before():
            digest = fingerprints.of_ad(document)
            for platforms in {self.platforms, tuple(Platform(each) for each in document["platforms"])}:
                if self.compose(dict.fromkeys(platforms, digest)) == named:
                    return versions.differences(document, now)
        return ()

    def _said_before(self) -> Iterator[Mapping[str, Any]]:
        yield from self.said
        if self.looks_back:
            yield from (unified.canonical(each) for each in ad_queries.earlier(self.session, self.held))
            yield from (each.spec["ad"] for each in self._deployed() if "ad" in each.spec)

    # its accounts

    def _of_accounts(self, named: str) -> Sequence[str]:
        now = {p: fingerprints.of_account(self.accounts.get(p)) for p in self.platforms}
        for platform, account in self.accounts.items() if self.looks_back else ():
            for earlier in connections.earlier(self.session, account):
                if self.compose({**now, platform: fingerprints.of_account(earlier)}) == named:
                    return [f"{platform.value} account {each}" for each in _of_account(earlier, account)]
        return ()

    # how it stands

    def _of_stands(self, named: str) -> Sequence[str]:
        now = {p: fingerprints.stands(self.session, c, before=self.before) for p, c in self.campaigns.items()}
        nowhere = dict.fromkeys(self.platforms, fingerprints.NOWHERE)
        for earlier in self._stood(now):
            options = [[(p, each, each.digest) for each in _otherwise(stood)] for p, stood in earlier.items()]
            for chosen in product(*options):
                digests = nowhere | {p: digest for p, _, digest in chosen if p in nowhere}
                if self.compose(digests) == named:
                    return [
                        f"{p.value} {line}" for p, each, _ in chosen if p in nowhere for line in _turned(each, now[p])
                    ]
        return ()

    def _stood(self, now: Mapping[Platform, Stands]) -> Iterator[Mapping[Platform, Stands]]:
        """How all stand, and how they stood before each of their last changes, newest first."""
        yield now
        ids = {c.id: p for p, c in self.campaigns.items()}
        deployed = self._deployed()
        seen = list(chain.from_iterable(drifts.history(self.session, campaign_id=each) for each in ids))
        ends = [each.completed_at for each in deployed if each.is_applied]
        changed = [*ends, *(each.first_seen_at for each in seen), *(each.ended_at for each in seen)]
        moments = sorted({each for each in changed if each is not None}, reverse=True)
        for moment in moments[:_MOMENTS]:
            yield {p: _before(now[p], c.id, moment, deployed, seen) for p, c in self.campaigns.items()}

    def _deployed(self) -> tuple[_Deployed, ...]:
        ids = [str(each.id) for each in self.campaigns.values()]
        rows = self.session.execute(_DEPLOYED, {"campaign_ids": ids})
        return tuple(
            _Deployed(
                row.id,
                row.campaign_id,
                row.status == DeploymentStatus.COMPLETED,
                row.spec or {},
                row.created_at,
                row.completed_at,
            )
            for row in rows
        )


def _before(
    now: Stands, campaign_id: UUID, moment: datetime, deployed: Sequence[_Deployed], seen: Sequence[DriftView]
) -> Stands:
    """How a campaign stood just before a moment, but for its switch."""
    own = [each for each in deployed if each.campaign_id == campaign_id]
    applied = [e for e in own if e.is_applied and e.completed_at is not None and e.completed_at < moment]
    last = max(applied, key=lambda each: each.completed_at or moment, default=None)
    later = {each.id for each in own if each.created_at >= moment}
    there = [each for each in seen if each.campaign_id == campaign_id and _stood_at(each, moment)]
    there.sort(key=lambda each: (each.first_seen_at, each.drift.object, each.drift.field or ""))
    return replace(
        now,
        applied=None if last is None else last.spec,
        half_way=tuple(each for each in now.half_way if each not in later),
        drifts=tuple(each.drift for each in there),
    )


def _stood_at(each: DriftView, moment: datetime) -> bool:
    return each.first_seen_at < moment and (each.ended_at is None or each.ended_at >= moment)


def _otherwise(stood: Stands) -> Iterator[Stands]:
    """The same with each switch that it can have had, and as what stood nowhere."""
    yield stood
    yield from (replace(stood, status=status) for status in _SWITCHES if status is not stood.status)


# in words


def _of_account(earlier: AccountView, now: AccountView) -> Iterator[str]:
    for name in ("external_id", "currency", "time_zone", "status", "client_id", "daily_cap"):
        old, new = getattr(earlier, name), getattr(now, name)
        if old != new:
            yield f"{name}: {_said(old)} → {_said(new)}"
    before, after = ad_accounts.of_ads(earlier), ad_accounts.of_ads(now)
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield f"{name}: {_said(old)} → {_said(new)}"


def _said(value: object) -> str:
    return versions.shown(None if value is None else str(value))


def _turned(earlier: Stands, now: Stands) -> Iterator[str]:
    """How one campaign stood, and how it stands."""
    if earlier.status in WHOLE and now.status in WHOLE:
        if earlier.status is not now.status:
            yield f"status: {earlier.status.value} → {now.status.value}"
        yield from (f"applied {line}" for line in _applied(earlier.applied, now.applied))
        yield from _drifted(earlier.drifts, now.drifts)
        if earlier.half_way != now.half_way:
            yield f"updates that went half-way: {len(earlier.half_way)} → {len(now.half_way)}"
    elif earlier.status in WHOLE or now.status in WHOLE:
        old, new = ("not there" if each.status not in WHOLE else each.status.value for each in (earlier, now))
        yield f"campaign: {old} → {new}"


def _applied(earlier: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> list[str]:
    if earlier == now:
        return []
    old, new = ((each or {}).get("ad", {}) for each in (earlier, now))
    return versions.differences(old, new) or ["anew: the same ad"]


def _drifted(earlier: Sequence[Drift], now: Sequence[Drift]) -> Iterator[str]:
    """What somebody has changed on the platform since, or changed back."""
    before, after = ({(d.object, d.kind, d.field): d for d in each} for each in (earlier, now))
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        known = new or old
        if old == new or known is None:
            continue
        where = known.object if known.field is None else f"{known.object} {known.field}"
        was = known.ours if old is None else old.theirs
        stands = known.ours if new is None else new.theirs
        yield f"{where}: {_said(was)} → {_said(stands)}"
