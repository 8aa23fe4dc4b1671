"""How a change of a campaign is taken back: what is sent, what speaks against it, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adloom.ads import unified
from adloom.ads.types import Ad
from adloom.campaigns import adopting, deployments, drifts, planning, queries, specs, store
from adloom.campaigns.guards import Asked, Looked
from adloom.campaigns.outlay import Spending
from adloom.campaigns.past import Done, applied_before
from adloom.campaigns.planning import PlatformPlan
from adloom.campaigns.types import CampaignView, DeploymentType, Reason
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core.errors import FieldError, Invalid, NotFound
from adloom.db.session import ReadSession, Session
from adloom.identity import queries as identity
from adloom.platforms import drifting, registry
from adloom.platforms.changes import Action, Effect
from adloom.platforms.contract import Preflight
from adloom.platforms.spec import CampaignSpec

#: What takes a change back; nothing does where something was deleted.
BY = {
    DeploymentType.CREATE: DeploymentType.DELETE,
    DeploymentType.UPDATE: DeploymentType.UPDATE,
    DeploymentType.PAUSE: DeploymentType.RESUME,
    DeploymentType.RESUME: DeploymentType.PAUSE,
}


@dataclass(frozen=True, slots=True)
class Inverse:
    """How one change is taken back: `snapshot` and `spec` are of an update."""

    done: Done
    campaign: CampaignView
    account: AccountView | None
    snapshot: Mapping[str, Any] | None = None
    spec: CampaignSpec | None = None
    errors: tuple[FieldError, ...] = ()


def of(session: Session, changes: Sequence[Done], done: Done) -> Inverse:
    """How this one of an ad's changes is taken back, with what speaks against it; raises NotFound."""
    campaign = queries.get_in(session, campaign_id=done.campaign_id)
    if campaign is None:
        raise NotFound(f"There is no campaign {done.campaign_id}.")
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    found = Inverse(done, campaign, account)
    if done.type is DeploymentType.DELETE or campaign.deleted_at is not None:
        rule = "what was deleted there is gone for good, and cannot be brought back."
        fix = f"Deploy the ad anew: adloom ad deploy {campaign.ad_id}"
        return _with(found, FieldError(done.platform.value, rule, fix))
    if done.drift and all(each["object"] != "campaign" for each in done.drift) and done.type is DeploymentType.RESUME:
        rule = "it switched a part on again, and a part is switched off in the platform's own pages alone."
        return _with(found, FieldError(done.platform.value, rule, f"Pause all of it: adloom ad pause {campaign.ad_id}"))
    if done.type is not DeploymentType.UPDATE:
        return found
    snapshot, applied = applied_before(changes, done), store.applied_spec(session, done.campaign_id)
    if done.reason is Reason.PUT_BACK and account is not None:
        snapshot = _as_it_stood(session, done, account)
        if snapshot is None:
            rule = "it sent again what was applied; the ad has no words for what somebody had made of it there."
            return _with(found, FieldError(done.platform.value, rule, "Name an earlier change: --deployment"))
    if snapshot is None or applied is None or account is None:
        rule = "nobody knows what was applied before."
        return _with(found, FieldError(done.platform.value, rule, "Edit the ad, and deploy it."))
    half_way = deployments.half_way(session, done.campaign_id)
    spec = specs.resolved_update(
        session,
        snapshot,
        standing=[applied, *(each.spec for each in half_way)],
        account=account,
        campaign_id=campaign.id,
        status=campaign.status,
    )
    adapter = registry.adapter(done.platform)
    errors = adapter.preflight(spec).errors or adapter.revise(spec).errors
    return Inverse(done, campaign, account, snapshot, spec, errors)


def said_before(ad: unified.UnifiedAd, inverses: Sequence[Inverse]) -> unified.UnifiedAd | None:
    """What the ad said before, where it still says what is taken back, and said the same everywhere."""
    snapshots = [each.snapshot for each in inverses]
    says_it = all(each.snapshot is not None and specs.says_the_same(each.done.spec, ad) for each in inverses)
    if not snapshots or not says_it:
        return None
    first, *others = (each["ad"] for each in snapshots if each is not None)
    return unified.parse(first) if all(each == first for each in others) else None


def asked(session: Session, held: Ad, inverses: Iterable[Inverse]) -> list[Asked]:
    """The budgets that would be set."""
    client = identity.client_in(session, client_id=held.client_id)
    return [
        Asked(
            each.account,
            client,
            each.campaign.id,
            each.spec,
            applied=drifts.as_it_stands(session, each.campaign.id, each.spec.standing[0]),
        )
        for each in inverses
        if each.spec is not None and each.account is not None and not each.errors
    ]


def on_platform(session: ReadSession, each: Inverse, looked: Looked) -> PlatformPlan:
    """The inverse as a plan; `looked` is what the guards have found."""
    platform = each.done.platform
    applied = store.applied_spec(session, each.campaign.id)
    before = None
    if applied is not None and each.account is not None:
        stands = specs.resolved(session, applied, account=each.account, campaign_id=each.campaign.id)
        before = planning.outlay_of(platform, stands)
    errors = (*each.errors, *looked.errors.get(platform, ()))
    if errors:
        return PlatformPlan(None, Preflight(errors), (), Spending(before, before))
    operation = BY[each.done.type]
    if each.spec is not None:
        changes = tuple(planning.change_json(x) for x in registry.adapter(platform).revise(each.spec).changes)
        spending = Spending(before, planning.outlay_of(platform, each.spec))
        return PlatformPlan(operation, Preflight(), changes, spending)
    after = None if operation is DeploymentType.DELETE else before
    return PlatformPlan(operation, Preflight(), (_switch(each, operation),), Spending(before, after))


def _as_it_stood(session: ReadSession, done: Done, account: AccountView) -> Mapping[str, Any] | None:
    """What stood on the platform before ours was put back; None where the ad cannot say exactly that."""
    ours = specs.resolved(session, done.spec, account=account, campaign_id=done.campaign_id)
    found, document = drifts.of_rows(done.drift), done.spec["ad"]
    for each in found:
        document = adopting.said(document, each, platform=done.platform, spec=ours)
        if document is None:
            return None
    try:
        snapshot = {**done.spec, "ad": unified.canonical(unified.parse(document))}
    except Invalid:
        return None  # They had made something of it that no ad may be.
    stood = specs.resolved(session, snapshot, account=account, campaign_id=done.campaign_id)
    return snapshot if stood == drifting.overlaid(ours, found) else None


def _with(found: Inverse, error: FieldError) -> Inverse:
    return Inverse(found.done, found.campaign, found.account, errors=(error,))


def _switch(each: Inverse, operation: DeploymentType) -> dict[str, Any]:
    if operation is DeploymentType.DELETE:
        gone = {"object": "campaign", "action": Action.DELETE.value, "field": None, "from": None, "to": None}
        return {**gone, "effects": [Effect.IRREVERSIBLE.value]}
    to = "paused" if operation is DeploymentType.PAUSE else "active"
    shown = {"object": "campaign", "action": Action.UPDATE.value, "field": "status"}
    return {**shown, "from": each.campaign.status.value, "to": to, "effects": []}
