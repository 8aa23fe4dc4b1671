"""From a campaign's row to what its adapter gets: the ad as it was applied, the account, the files.

The spec of a deployment is kept with it, so that every attempt sends the same, whatever happened to the ad since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from adloom.ads import attachments, parts, resolve, unified
from adloom.ads.accounts import account_of as account_of
from adloom.ads.types import Ad
from adloom.assets import queries as assets
from adloom.campaigns import deployments, drifts, store
from adloom.campaigns.asked import Deployment
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentType, Reason
from adloom.connections import choices
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import ids
from adloom.core.errors import NotFound
from adloom.core.money import Money
from adloom.db.session import ReadSession
from adloom.platforms import drifting, geography, registry
from adloom.platforms.changes import Drift
from adloom.platforms.geography import Answers, Place, PlaceQuery
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Schedule
from adloom.platforms.types import BidStrategy, BudgetType, Objective, RemoteStatus


def snapshot(
    ad: unified.UnifiedAd, *, start: datetime, places: Answers, goal: Mapping[str, str] | None
) -> dict[str, Any]:
    """What a deployment keeps: the canonical ad, when its flight starts, where its platform said its places are, and
    which pixel, goal or action of the account its conversion event is (`goal_of`).
    """
    kept: dict[str, Any] = {"ad": unified.canonical(ad), "start": start.isoformat()}
    kept |= {"goal": dict(goal)} if goal is not None else {}
    return {**kept, "places": geography.as_json(places)} if places else kept


def goal_of(ad: unified.UnifiedAd, account: AccountView) -> dict[str, str] | None:
    """Which pixel, goal or action the account's settings say that the ad's event is; None of an ad without an event."""
    event = parts.conversion(ad.conversion)
    return choices.goal(account.platform, account.attributes, event.event) if event is not None else None


def places_in(snapshot: Mapping[str, Any]) -> dict[PlaceQuery, tuple[Place, ...]]:
    """What a snapshot says of places; nothing where none had to be asked for."""
    return geography.from_json(snapshot.get("places") or ())


def of_imported(ad: Ad) -> dict[str, Any]:
    """What a pause or a resume of a campaign that others made keeps: that it is, and how it is spoken to."""
    found = ad.data.get("imported") or {}
    return {"imported": {"name": ad.name}, "way": found.get("way", "")}


def of_new_budget(ad: Ad, *, budget: Mapping[str, Any], stood: Mapping[str, Any]) -> dict[str, Any]:
    """What a new budget of a campaign that others made keeps: the new one, and the one that it was planned from."""
    found = ad.data.get("imported") or {}
    flight = {name: found[name] for name in ("start", "end") if found.get(name)}
    return {**of_imported(ad), **flight, "budget": dict(budget), "stood": dict(stood)}


def build(session: ReadSession, deployment: Deployment) -> CampaignSpec:
    """The resolved ad of a deployment, of an update with all that may stand; raises NotFound where its account is gone.

    What neither makes nor changes a campaign goes by what was applied last, whatever was asked for since.
    """
    account = connections.account_in(session, account_id=deployment.platform_account_id)
    if account is None:
        raise NotFound(f"The ad account of campaign {deployment.campaign_id} is gone.")
    applied = store.applied_spec(session, deployment.campaign_id)
    if deployment.type is not DeploymentType.UPDATE:
        is_create = deployment.type is DeploymentType.CREATE
        wanted = deployment.spec if is_create or applied is None else applied
        return resolved(session, wanted, account=account, campaign_id=deployment.campaign_id)
    half_way = deployments.half_way(session, deployment.campaign_id, before=deployment.id)
    spec = resolved_update(
        session,
        deployment.spec,
        standing=[*_stood(deployment.spec, applied), *(each.spec for each in half_way)],
        account=account,
        campaign_id=deployment.campaign_id,
        status=deployment.campaign_status,
    )
    is_put_back = deployment.reason is Reason.PUT_BACK and deployment.drift
    return over_drift(spec, drifts.of_rows(deployment.drift or ())) if is_put_back else spec


def _stood(snapshot: Mapping[str, Any], applied: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """What was applied last; of what others made, what its platform showed when the change was planned."""
    if "stood" in snapshot:
        return [{**snapshot, "budget": snapshot["stood"]}]
    return [applied] if applied else []


def over_drift(spec: CampaignSpec, found: Sequence[Drift]) -> CampaignSpec:
    """An update that is laid over what somebody has changed on the platform, too: it sends ours again."""
    stands = spec.standing[0] if spec.standing else spec
    return replace(spec, standing=(*spec.standing, drifting.overlaid(stands, found)))


def resolved(
    session: ReadSession, snapshot: Mapping[str, Any], *, account: AccountView, campaign_id: UUID
) -> CampaignSpec:
    """What a snapshot says to the adapter of this account's platform; files count that were deleted here since."""
    if "imported" in snapshot:
        return _imported(snapshot, account=account, campaign_id=campaign_id)
    ad = unified.parse(snapshot["ad"])
    found = resolve.campaign_spec(
        ad,
        platform=account.platform,
        account=account_of(account),
        campaign_id=campaign_id,
        media=assets.media_files(session, asset_ids=attachments.asset_ids(ad), with_deleted=True),
        start=datetime.fromisoformat(snapshot["start"]),
        places=places_in(snapshot),
        goal=snapshot.get("goal"),
    )
    return replace(found, way=snapshot.get("way", ""))


def with_way(
    session: ReadSession, snapshot: Mapping[str, Any], campaign: CampaignView, *, stands: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    """A snapshot that says on which of its platform's ways it is made: that of what stands, or may have come to stand.

    A platform may end one of its ways, and a setting may be changed; what stands is spoken to as it was made.
    """
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    if account is None:
        return snapshot
    base = resolved(session, stands or snapshot, account=account, campaign_id=campaign.id)
    way = registry.adapter(campaign.platform).way(base)
    return {**snapshot, "way": way} if way else snapshot


def resolved_update(
    session: ReadSession,
    snapshot: Mapping[str, Any],
    *,
    standing: Iterable[Mapping[str, Any]],
    account: AccountView,
    campaign_id: UUID,
    status: CampaignStatus,
) -> CampaignSpec:
    """The same for an update, over the snapshots that may stand, oldest first, those that say the same once.

    The ad's `desired_status` says how a campaign is left once it is made. An update leaves it as it is, so that is
    what its parts are told.
    """
    desired = RemoteStatus.PAUSED if status is CampaignStatus.PAUSED else RemoteStatus.ACTIVE

    def one(each: Mapping[str, Any]) -> CampaignSpec:
        return replace(resolved(session, each, account=account, campaign_id=campaign_id), desired_status=desired)

    return replace(one(snapshot), standing=_distinct(one(each) for each in standing))


def over_what_stands(spec: CampaignSpec, known: Mapping[str, str]) -> CampaignSpec:
    """An update without those groups and ads beneath it that do not stand, now that all steps before it are known.

    Where only one thing can stand it does; of several, each may have groups and ads that never came, or are gone.
    """
    if len(spec.standing) < 2:
        return spec
    parts = ((each, standing_part(each, known)) for each in spec.standing)
    return replace(spec, standing=tuple(part if part.groups else each for each, part in parts))


def standing_part(spec: CampaignSpec, known: Mapping[str, str]) -> CampaignSpec:
    """The ad without those groups and ads that do not stand: an update that ended half-way may have taken them away."""
    groups = [
        replace(group, ads=tuple(ad for ad in group.ads if f"ad/{group.key}/{ad.key}" in known))
        for group in spec.groups
        if f"ad_group/{group.key}" in known
    ]
    return replace(spec, groups=tuple(groups))


def start_of_update(applied: Mapping[str, Any], ad: unified.UnifiedAd, *, now: datetime) -> datetime:
    """When the flight of an edited ad starts: when it did, unless its start was edited."""
    before = (applied["ad"].get("schedule") or {}).get("start")
    kept = datetime.fromisoformat(applied["start"])
    return kept if (unified.canonical(ad).get("schedule") or {}).get("start") == before else now


def counts_the_same(applied: Mapping[str, Any], goal: Mapping[str, str] | None) -> bool:
    """Whether what was applied counts what would be counted now. Of what was kept before goals were, nobody knows."""
    return goal is None or "goal" not in applied or applied["goal"] == goal


def says_the_same(applied: Mapping[str, Any], ad: unified.UnifiedAd) -> bool:
    """Whether what was applied is what the ad says now; what shall become of it once it stands does not count."""
    left, right = dict(applied["ad"]), unified.canonical(ad)
    left.pop("desired_status", None), right.pop("desired_status", None)
    return left == right


def _imported(snapshot: Mapping[str, Any], *, account: AccountView, campaign_id: UUID) -> CampaignSpec:
    """What switches a campaign on and off, or sets its budget, which goes by its id: it has no parts that are ours."""
    amount = (snapshot.get("budget") or {}).get("amount") or {"value": "0", "currency": account.currency}
    type_ = BudgetType((snapshot.get("budget") or {}).get("type", BudgetType.DAILY))
    start, end = snapshot.get("start"), snapshot.get("end")
    return CampaignSpec(
        campaign_id=campaign_id,
        marker=ids.marker(campaign_id),
        name=snapshot["imported"]["name"],
        objective=Objective.TRAFFIC,
        account=account_of(account),
        groups=(),
        budget=Budget(type_, Money(Decimal(amount["value"]), amount["currency"]), Bidding(BidStrategy.MAX_CLICKS)),
        schedule=Schedule(
            start=datetime.fromisoformat(start) if start else datetime.min.replace(tzinfo=UTC),
            end=datetime.fromisoformat(end) if end else None,
        ),
        way=snapshot.get("way", ""),
        is_foreign=True,
    )


def _distinct(specs: Iterable[CampaignSpec]) -> tuple[CampaignSpec, ...]:
    found: list[CampaignSpec] = []
    for spec in specs:
        if spec not in found:
            found.append(spec)
    return tuple(found)
