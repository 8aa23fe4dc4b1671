"""Takes back what was done to an ad's campaigns, from its history: the inverse plan first, then the same machinery.

An update is undone by an update to what was applied before, a pause by a resume and the other way round, a creation by
a delete. What was deleted on a platform is gone for good. Undoing the same change a second time changes nothing and
gives the same answer; an undo is a change like others, and is undone by its own id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads import unified
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import (
    adopting,
    approvals,
    deployments,
    differences,
    drifts,
    fingerprints,
    guards,
    planning,
    queries,
    specs,
    store,
)
from adloom.campaigns.deployments import Terms
from adloom.campaigns.fingerprints import Basis, Tell
from adloom.campaigns.guards import Asked as Budgeted
from adloom.campaigns.guards import Looked
from adloom.campaigns.outlay import Spending
from adloom.campaigns.planning import Plan, PlatformPlan
from adloom.campaigns.queueing import queue
from adloom.campaigns.requests import Asked, Beside
from adloom.campaigns.types import CampaignView, Change, DeploymentStatus, DeploymentType, Reason
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, FieldError, Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import ReadSession, Session
from adloom.identity import queries as identity
from adloom.platforms import drifting, registry
from adloom.platforms.changes import Action, Effect
from adloom.platforms.contract import Preflight
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Platform

#: What takes a change back; nothing does where something was deleted.
_INVERSE = {
    DeploymentType.CREATE: DeploymentType.DELETE,
    DeploymentType.UPDATE: DeploymentType.UPDATE,
    DeploymentType.PAUSE: DeploymentType.RESUME,
    DeploymentType.RESUME: DeploymentType.PAUSE,
}

_CHANGES = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.campaign_id,
        campaigns.platform,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.status,
        campaign_deployments.reason,
        campaign_deployments.undoes,
        campaign_deployments.spec,
        campaign_deployments.drift,
        campaign_deployments.job_id,
        campaign_deployments.actor_id,
        campaign_deployments.created_at
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    WHERE campaigns.ad_id = :ad_id
    ORDER BY
        campaign_deployments.created_at DESC,
        campaign_deployments.id
    """
)


@dataclass(frozen=True, slots=True)
class Done:
    """A change in an ad's history."""

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    reason: Reason | None
    undoes: UUID | None
    spec: Mapping[str, Any]
    drift: Sequence[Mapping[str, Any]]
    job_id: UUID | None
    actor_id: UUID | None
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The change as API and CLI show it."""
        return {
            "deployment_id": str(self.id),
            "campaign_id": str(self.campaign_id),
            "platform": self.platform.value,
            "type": self.type.value,
            "asked_by": str(self.actor_id) if self.actor_id else None,
            "asked_at": self.created_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Undoing:
    """What would be taken back and how. `undone_by` are the deployments that have done so, or are at it."""

    done: tuple[Done, ...]
    undone_by: tuple[Done, ...]
    reverts_ad: bool
    plan: Plan
    named: UUID | None = None

    @property
    def operations(self) -> tuple[DeploymentType, ...]:
        """What would be asked of the platforms, all of it."""
        return tuple(_INVERSE[each.type] for each in self.done if each.type in _INVERSE)

    @property
    def beside(self) -> Beside:
        """The undo as a second person applies it."""
        again = "--undo" if self.named is None else f"--undo --deployment {self.named}"
        return Beside(Asked.UNDO, self.plan.fingerprint, self.as_json(), again)

    def as_json(self) -> dict[str, Any]:
        """The undo as API and CLI show it; `reverts_ad` says whether the ad's own content goes back as well."""
        return {
            "undoes": [each.as_json() for each in self.done],
            "undone_by": [str(each.id) for each in self.undone_by],
            "reverts_ad": self.reverts_ad,
            **self.plan.as_json(),
        }


@dataclass(frozen=True, slots=True)
class _Inverse:
    """How one change is taken back: `snapshot` and `spec` are of an update."""

    done: Done
    campaign: CampaignView
    account: AccountView | None
    snapshot: Mapping[str, Any] | None = None
    spec: CampaignSpec | None = None
    errors: tuple[FieldError, ...] = ()


def plan(actor: Actor, *, ad_id: UUID, deployment_id: UUID | None = None) -> Undoing:
    """What undoing the ad's last change (or the one that is named) would do. Local; sends nothing, keeps nothing."""
    with db.transaction(actor) as session:
        return plan_in(session, actor, ads.hold(session, ad_id=ad_id), deployment_id)


def plan_in(session: Session, actor: Actor, held: Ad, deployment_id: UUID | None) -> Undoing:
    """The same, in the caller's transaction, which holds the ad."""
    return _plan(session, actor, held, deployment_id)[0]


def undo(
    actor: Actor,
    *,
    ad_id: UUID,
    deployment_id: UUID | None = None,
    confirm: Collection[str] = (),
    plan: str | None = None,
) -> Change:
    """Queues what takes the ad's last change back, or the one that is named, on each platform that it was made on.

    A second time follows what is under way, or changes nothing. Raises NotFound, Invalid with why it cannot be undone,
    Refused as a deployment does, Conflict while another change is under way.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        held = ads.hold(session, ad_id=ad_id)
        found, inverses = _plan(session, actor, held, deployment_id)
        queued: list[tuple[UUID, UUID | None]] = [(each.id, each.job_id) for each in found.undone_by]
        if not found.undone_by:
            if plan is not None:
                fingerprints.refuse_stale(plan, now=found.plan.fingerprint, tell=_telling(session, held, inverses))
            queued = _apply(session, actor, held, found, inverses, confirm=confirm)
        stands = [queries.get_in(session, campaign_id=each.campaign_id) for each in found.done]
    return Change(
        campaigns=tuple(each for each in stands if each is not None),
        job_ids=tuple(job_id for _, job_id in queued if job_id is not None),
        deployment_ids=tuple(each for each, _ in queued),
        losses={},
    )


def _telling(session: ReadSession, held: Ad, inverses: Sequence[_Inverse]) -> Tell:
    return differences.of_plan(
        session,
        held,
        campaigns=[each.campaign for each in inverses],
        accounts=[each.account for each in inverses],
        platforms=[each.done.platform for each in inverses],
    )


# which change


def _history(session: ReadSession, ad_id: UUID) -> tuple[Done, ...]:
    rows = session.execute(_CHANGES, {"ad_id": ad_id}).mappings()
    return tuple(
        Done(
            **{
                **row,
                "platform": Platform(row["platform"]),
                "type": DeploymentType(row["type"]),
                "status": DeploymentStatus(row["status"]),
                "reason": None if row["reason"] is None else Reason(row["reason"]),
                "spec": row["spec"] or {},
                "drift": row["drift"] or (),
            }
        )
        for row in rows
    )


def _chosen(history: Sequence[Done], deployment_id: UUID | None) -> tuple[Done, ...]:
    """The change that is named, else the last one that was no undo, on all platforms that it was made on."""
    if deployment_id is not None:
        named = [each for each in history if each.id == deployment_id]
        if not named:
            raise NotFound(f"This ad has no deployment {deployment_id}.")
        if named[0].status is not DeploymentStatus.COMPLETED:
            raise Conflict(f"Deployment {deployment_id} was not applied, so there is nothing to undo.")
        return tuple(named)
    applied = [each for each in history if each.status is DeploymentStatus.COMPLETED and each.reason is not Reason.UNDO]
    if not applied:
        raise Conflict("Nothing of this ad was applied anywhere, so there is nothing to undo.")
    return tuple(_together(applied))


def _together(applied: Sequence[Done]) -> Iterable[Done]:
    """The newest changes of one kind and content, one a platform: they were asked for together."""
    last, seen = applied[0], set[Platform]()
    for each in applied:
        is_alike = each.type is last.type and (
            each.type in (DeploymentType.PAUSE, DeploymentType.RESUME, DeploymentType.DELETE)
            or each.spec.get("ad") == last.spec.get("ad")
        )
        if not is_alike or each.platform in seen:
            return
        seen.add(each.platform)
        yield each


def _undone_by(history: Sequence[Done], done: Done) -> Done | None:
    """What has taken a change back, or is at it, and was not taken back itself."""
    for each in history:
        takes_back = each.undoes == done.id and each.status is not DeploymentStatus.FAILED
        if takes_back and _undone_by(history, each) is None:
            return each
    return None


# how it is taken back


def _plan(session: Session, actor: Actor, held: Ad, deployment_id: UUID | None) -> tuple[Undoing, tuple[_Inverse, ...]]:
    if held.origin is AdOrigin.IMPORTED:
        raise Conflict("This ad was found on its platform; what was done to it there is not known here.")
    history = _history(session, held.id)
    done = _chosen(history, deployment_id)
    undone = tuple(each for each in (_undone_by(history, each) for each in done) if each is not None)
    open_ = [] if undone else [each for each in done if not _is_quiet(session, each)]
    if open_:
        raise Conflict(f"A change on {open_[0].platform.value} is under way. Undo once that has ended.")
    inverses = () if undone else tuple(_inverse(session, history, each) for each in done)
    ad = ad_queries.as_unified(held)
    looked = guards.look(session, _asked(session, held, inverses))
    now = time.now()
    bases = {
        each.done.platform: fingerprints.basis(
            session,
            ad,
            campaign=each.campaign,
            account=each.account,
            places=specs.places_in(each.snapshot or {}),
            now=now,
        )
        for each in inverses
    }
    plans = {each.done.platform: _on_platform(session, each, looked) for each in inverses}
    whole = Plan(plans, tuple(looked.sentences.values()), bases, made_by=actor.person_id, made_at=now)
    return Undoing(done, undone, _before(ad, inverses) is not None, whole, deployment_id), inverses


def _is_quiet(session: ReadSession, done: Done) -> bool:
    return not any(deployments.unfinished(session, done.campaign_id, type_) for type_ in DeploymentType)


def _inverse(session: Session, history: Sequence[Done], done: Done) -> _Inverse:
    campaign = queries.get_in(session, campaign_id=done.campaign_id)
    if campaign is None:
        raise NotFound(f"There is no campaign {done.campaign_id}.")
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    found = _Inverse(done, campaign, account)
    if done.type is DeploymentType.DELETE or campaign.deleted_at is not None:
        rule = "what was deleted there is gone for good, and cannot be brought back."
        fix = f"Deploy the ad anew: adloom ad deploy {campaign.ad_id}"
        return _with(found, FieldError(done.platform.value, rule, fix))
    if done.drift and all(each["object"] != "campaign" for each in done.drift) and done.type is DeploymentType.RESUME:
        rule = "it switched a part on again, and a part is switched off in the platform's own pages alone."
        return _with(found, FieldError(done.platform.value, rule, f"Pause all of it: adloom ad pause {campaign.ad_id}"))
    if done.type is not DeploymentType.UPDATE:
        return found
    snapshot, applied = _applied_before(history, done), store.applied_spec(session, done.campaign_id)
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
    return _Inverse(done, campaign, account, snapshot, spec, errors)


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


def _with(found: _Inverse, error: FieldError) -> _Inverse:
    return _Inverse(found.done, found.campaign, found.account, errors=(error,))


def _applied_before(history: Sequence[Done], done: Done) -> Mapping[str, Any] | None:
    """What was applied as a whole, last before a change."""
    whole = (DeploymentType.CREATE, DeploymentType.UPDATE)
    for each in history:
        is_earlier = each.campaign_id == done.campaign_id and each.created_at < done.created_at
        if is_earlier and each.type in whole and each.status is DeploymentStatus.COMPLETED:
            return each.spec
    return None


def _before(ad: unified.UnifiedAd, inverses: Sequence[_Inverse]) -> unified.UnifiedAd | None:
    """What the ad said before, where it still says what is taken back, and said the same everywhere."""
    snapshots = [each.snapshot for each in inverses]
    says_it = all(each.snapshot is not None and specs.says_the_same(each.done.spec, ad) for each in inverses)
    if not snapshots or not says_it:
        return None
    first, *others = (each["ad"] for each in snapshots if each is not None)
    return unified.parse(first) if all(each == first for each in others) else None


def _asked(session: Session, held: Ad, inverses: Iterable[_Inverse]) -> list[Budgeted]:
    client = identity.client_in(session, client_id=held.client_id)
    return [
        Budgeted(
            each.account,
            client,
            each.campaign.id,
            each.spec,
            applied=drifts.as_it_stands(session, each.campaign.id, each.spec.standing[0]),
        )
        for each in inverses
        if each.spec is not None and each.account is not None and not each.errors
    ]


def _on_platform(session: ReadSession, each: _Inverse, looked: Looked) -> PlatformPlan:
    platform = each.done.platform
    applied = store.applied_spec(session, each.campaign.id)
    before = None
    if applied is not None and each.account is not None:
        stands = specs.resolved(session, applied, account=each.account, campaign_id=each.campaign.id)
        before = planning.outlay_of(platform, stands)
    errors = (*each.errors, *looked.errors.get(platform, ()))
    if errors:
        return PlatformPlan(None, Preflight(errors), (), Spending(before, before))
    operation = _INVERSE[each.done.type]
    if each.spec is not None:
        changes = tuple(planning.change_json(x) for x in registry.adapter(platform).revise(each.spec).changes)
        spending = Spending(before, planning.outlay_of(platform, each.spec))
        return PlatformPlan(operation, Preflight(), changes, spending)
    after = None if operation is DeploymentType.DELETE else before
    return PlatformPlan(operation, Preflight(), (_switch(each, operation),), Spending(before, after))


def _switch(each: _Inverse, operation: DeploymentType) -> dict[str, Any]:
    if operation is DeploymentType.DELETE:
        gone = {"object": "campaign", "action": Action.DELETE.value, "field": None, "from": None, "to": None}
        return {**gone, "effects": [Effect.IRREVERSIBLE.value]}
    to = "paused" if operation is DeploymentType.PAUSE else "active"
    shown = {"object": "campaign", "action": Action.UPDATE.value, "field": "status"}
    return {**shown, "from": each.campaign.status.value, "to": to, "effects": []}


def _apply(
    session: Session,
    actor: Actor,
    held: Ad,
    found: Undoing,
    inverses: Sequence[_Inverse],
    *,
    confirm: Collection[str],
) -> list[tuple[UUID, UUID | None]]:
    errors = [error for plan in found.plan.platforms.values() for error in plan.found.errors]
    if errors:
        raise Invalid("It cannot be undone.", errors=tuple(errors))
    asked = _asked(session, held, inverses)
    guards.one_at_a_time(session)
    guards.look(session, asked).refuse(confirmed=confirm)
    planned_by = approvals.take_beside(
        session,
        actor,
        ad_id=held.id,
        client_ids=(held.client_id, *(each.campaign.client_id for each in inverses)),
        operations=found.operations,
        standing=fingerprints.standing(session, store.live_of_ad(session, held.id)),
        beside=found.beside,
        tell=_telling(session, held, inverses),
    )
    before = _before(ad_queries.as_unified(held), inverses)
    if before is not None:
        ads.replace(session, actor, held, before)
    return [
        _queue(session, actor, each, found.plan.bases[each.done.platform], confirm, planned_by) for each in inverses
    ]


def _queue(
    session: Session, actor: Actor, each: _Inverse, basis: Basis, confirm: Collection[str], planned_by: UUID | None
) -> tuple[UUID, UUID | None]:
    """The inverse as a deployment; the plan that it keeps leaves the ad out, whose content goes back with it."""
    operation = _INVERSE[each.done.type]
    kept = {name: digest for name, digest in basis.as_json().items() if name in ("stands", "account")}
    terms = Terms(tuple(confirm), kept, planned_by=planned_by, reason=Reason.UNDO, undoes=each.done.id)
    spec = each.snapshot if operation is DeploymentType.UPDATE else deployments.last_spec(session, each.campaign.id)
    return queue(session, actor, each.campaign, operation, spec=spec, terms=terms)
