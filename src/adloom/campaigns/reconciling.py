"""What a person does about what was changed on a platform itself: takes theirs over, or puts ours back.

Taking over writes nothing to the platform: it makes a revision of the ad and of what was applied. Putting back is a
deployment like any other, behind the same guards. A second time finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads import unified
from adloom.ads.types import AdOrigin
from adloom.campaigns import (
    approvals,
    deployments,
    differences,
    drifts,
    fingerprints,
    guards,
    objects,
    planning,
    queries,
    reconcilable,
    specs,
    store,
)
from adloom.campaigns.asked import Terms
from adloom.campaigns.fingerprints import Tell
from adloom.campaigns.guards import Asked as Budgeted
from adloom.campaigns.outlay import Spending
from adloom.campaigns.planning import Plan, PlatformPlan
from adloom.campaigns.queueing import queue
from adloom.campaigns.reconcilable import How as How
from adloom.campaigns.reconcilable import Known
from adloom.campaigns.requests import Asked, Beside
from adloom.campaigns.types import (
    CampaignView,
    Change,
    Decision,
    DeploymentStatus,
    DeploymentType,
    DriftView,
    Reason,
)
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, FieldError, Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.identity import queries as identity
from adloom.platforms import drifting, registry
from adloom.platforms.changes import DriftKind
from adloom.platforms.contract import Preflight
from adloom.platforms.spec import CampaignSpec


@dataclass(frozen=True, slots=True)
class Left:
    """A drift that stays, and why."""

    drift: DriftView
    why: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What would be done about a campaign's drift, and what cannot be. `plan` is what would be sent there."""

    campaign: CampaignView
    how: How
    taken: tuple[DriftView, ...]
    left: tuple[Left, ...]
    plan: Plan
    fields: tuple[str, ...] = ()

    @property
    def operations(self) -> tuple[DeploymentType, ...]:
        """What putting back would ask of the platform; adopting asks nothing of it."""
        return tuple(
            reconcilable.OTHER[each.drift.value] if reconcilable.is_switch(each) else DeploymentType.UPDATE
            for each in self.taken
        )

    @property
    def beside(self) -> Beside:
        """The putting back as a second person applies it."""
        again = " ".join([f"--put-back {self.campaign.id}", *(f"--field {each}" for each in self.fields)])
        plan = {**self.as_json(), "fields": list(self.fields)}
        return Beside(Asked.PUT_BACK, self.plan.fingerprint, plan, again)

    def as_json(self) -> dict[str, Any]:
        """The reconciliation as API and CLI show it: what is taken, what is left and why, and the plan."""
        return {
            "campaign_id": str(self.campaign.id),
            "how": self.how.value,
            "taken": [each.as_json() for each in self.taken],
            "left": [{**each.drift.as_json(), "why": each.why} for each in self.left],
            **self.plan.as_json(),
        }


def plan(actor: Actor, *, campaign_id: UUID, how: How, fields: Collection[str] = ()) -> Reconciliation:
    """What adopting or putting back would do. Local; sends nothing and keeps nothing. Raises NotFound, Conflict."""
    with db.transaction(actor) as session:
        return plan_in(session, actor, campaign_id=campaign_id, how=how, fields=fields)


def plan_in(
    session: Session, actor: Actor, *, campaign_id: UUID, how: How, fields: Collection[str] = ()
) -> Reconciliation:
    """The same, in the caller's transaction."""
    return _plan(session, actor, _known(session, campaign_id), how, fields)


def reconcile(
    actor: Actor,
    *,
    campaign_id: UUID,
    how: How,
    fields: Collection[str] = (),
    confirm: Collection[str] = (),
    plan: str | None = None,
) -> Change:
    """Adopts what stands there, or queues what puts ours back; `fields` narrows it to fields or objects.

    A second time finds nothing to do, or follows what is under way. Raises Invalid where nothing of it can be done,
    Refused as a deployment does, Conflict while a change is under way.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        known = _known(session, campaign_id)
        found = _plan(session, actor, known, how, fields)
        if plan is not None and found.taken:
            fingerprints.refuse_stale(plan, now=found.plan.fingerprint, tell=_telling(session, known))
        if not found.taken:
            if found.left:
                raise Invalid("Nothing of it can be done.", errors=tuple(_as_error(each) for each in found.left))
            queued = _under_way(session, known, how)
        elif how is How.ADOPT:
            queued = _adopt(session, actor, known, found.taken)
        else:
            queued = _put_back(session, actor, known, found, confirm=confirm)
        campaign = queries.get_in(session, campaign_id=campaign_id) or known.campaign
    return Change(
        campaigns=(campaign,),
        job_ids=tuple(job_id for _, job_id in queued if job_id is not None),
        deployment_ids=tuple(deployment_id for deployment_id, _ in queued),
        losses={},
    )


def _telling(session: Session, known: Known) -> Tell:
    campaign = known.campaign
    return differences.of_plan(
        session, known.held, campaigns=[campaign], accounts=[known.account], platforms=[campaign.platform]
    )


def _known(session: Session, campaign_id: UUID) -> Known:
    campaign = queries.get_in(session, campaign_id=campaign_id)
    if campaign is None:
        raise NotFound(f"There is no campaign {campaign_id}.")
    held = ads.hold(session, ad_id=campaign.ad_id)
    campaign = queries.get_in(session, campaign_id=campaign_id) or campaign
    account = connections.account_in(session, account_id=campaign.platform_account_id)
    applied = store.applied_spec(session, campaign_id)
    if account is None or applied is None or held.origin is AdOrigin.IMPORTED:
        raise Conflict("Nothing was applied from here that it could be compared with.")
    return Known(
        held=held,
        campaign=campaign,
        account=account,
        applied=applied,
        spec=specs.resolved(session, applied, account=account, campaign_id=campaign_id),
    )


def _plan(session: Session, actor: Actor, known: Known, how: How, fields: Collection[str]) -> Reconciliation:
    chosen = [each for each in drifts.standing(session, known.campaign.id) if each.decision is None]
    chosen = [each for each in chosen if not fields or {each.drift.field, each.drift.object} & set(fields)]
    if chosen and any(deployments.unfinished(session, known.campaign.id, type_) for type_ in DeploymentType):
        raise Conflict("A change of this campaign is under way. Do it again once that has ended.")
    if chosen and deployments.half_way(session, known.campaign.id):
        raise Conflict("An update went half-way, and nobody knows what stands. Deploy again first: adloom ad deploy")
    reasons = {each.id: reconcilable.why_not(session, known, each, how, chosen) for each in chosen}
    taken = tuple(each for each in chosen if reasons[each.id] is None)
    left = tuple(Left(each, why) for each in chosen if (why := reasons[each.id]) is not None)
    return Reconciliation(known.campaign, how, taken, left, _as_plan(session, actor, known, how, taken), tuple(fields))


def _as_plan(session: Session, actor: Actor, known: Known, how: How, taken: Sequence[DriftView]) -> Plan:
    platform, now = known.campaign.platform, time.now()
    there = drifting.overlaid(known.spec, [each.drift for each in taken])
    before, after = planning.outlay_of(platform, there), planning.outlay_of(platform, known.spec)
    confirm: tuple[str, ...] = ()
    if how is How.ADOPT:
        found = PlatformPlan(None, Preflight(), (), Spending(before, before))
    else:
        update = reconcilable.update_spec(known, taken)
        adapter = registry.adapter(platform)
        revision = adapter.revise(update)
        looked = guards.look(session, [_asked(session, known, there)])
        errors = (*adapter.preflight(update).errors, *revision.errors, *looked.errors.get(platform, ()))
        changes = [_as_change(each) for each in taken if reconcilable.is_switch(each)]
        changes += [planning.change_json(each) for each in revision.changes]
        confirm = tuple(looked.sentences.values())
        found = PlatformPlan(DeploymentType.UPDATE, Preflight(errors), tuple(changes), Spending(before, after))
    basis = fingerprints.basis(
        session,
        ad_queries.as_unified(known.held),
        campaign=known.campaign,
        account=known.account,
        places=specs.places_in(known.applied),
        now=now,
    )
    return Plan({platform: found}, confirm, {platform: basis}, made_by=actor.person_id, made_at=now)


def _asked(session: Session, known: Known, there: CampaignSpec) -> Budgeted:
    client = identity.client_in(session, client_id=known.held.client_id)
    return Budgeted(known.account, client, known.campaign.id, known.spec, applied=there)


def _as_change(each: DriftView) -> dict[str, Any]:
    drift = each.drift
    shown = {"object": drift.object, "action": "update", "field": drift.field}
    return {**shown, "from": drift.theirs, "to": drift.ours, "effects": []}


def _adopt(session: Session, actor: Actor, known: Known, taken: Sequence[DriftView]) -> list[tuple[UUID, UUID | None]]:
    """A revision of what was applied, and of the ad, without any write; each is a deployment that has ended."""
    switches = [each for each in taken if reconcilable.is_switch(each)]
    contents = [each for each in taken if not reconcilable.is_switch(each)]
    made: list[tuple[UUID, UUID | None]] = [
        (_adopted(session, actor, known, reconcilable.SWITCHES[each.drift.value], None, [each]), None)
        for each in switches
    ]
    if not contents:
        return made
    snapshot, document = dict(known.applied), dict(known.held.data)
    for each in contents:
        if each.drift.object != "campaign" or each.drift.kind is not DriftKind.GONE:
            snapshot = dict(reconcilable.said(known, snapshot, each)[0] or snapshot)
            document = dict((reconcilable.said(known, {"ad": document}, each)[0] or {"ad": document})["ad"])
    ads.replace(session, actor, known.held, unified.parse(document))
    made.append((_adopted(session, actor, known, DeploymentType.UPDATE, snapshot, contents), None))
    store.applied(
        session,
        known.campaign.id,
        status=None,
        platform_campaign_id=None,
        spec=snapshot,
        operation=DeploymentType.UPDATE,
    )
    gone = [each.drift.object for each in contents if each.drift.kind is DriftKind.GONE]
    objects.remove(session, campaign_id=known.campaign.id, keys=gone)
    return made


def _adopted(
    session: Session,
    actor: Actor,
    known: Known,
    type_: DeploymentType,
    spec: Mapping[str, Any] | None,
    taken: Sequence[DriftView],
) -> UUID:
    terms = Terms(reason=Reason.ADOPT, drift=[drifts.as_row(each.drift) for each in taken])
    deployment_id = deployments.open_deployment(
        session, campaign_id=known.campaign.id, actor_id=actor.person_id, type_=type_, spec=spec, terms=terms
    )
    deployments.end(session, deployment_id, status=DeploymentStatus.COMPLETED, words="adopted; nothing was sent")
    drifts.decide(
        session, taken, decision=Decision.ADOPTED, by=actor.person_id, deployment_id=deployment_id, is_over=True
    )
    return deployment_id


def _put_back(
    session: Session, actor: Actor, known: Known, found: Reconciliation, *, confirm: Collection[str]
) -> list[tuple[UUID, UUID | None]]:
    campaign, platform = known.campaign, known.campaign.platform
    errors = found.plan.platforms[platform].found.errors
    if errors:
        raise Invalid("Ours cannot be put back.", errors=errors)
    guards.one_at_a_time(session)
    there = drifting.overlaid(known.spec, [each.drift for each in found.taken])
    guards.look(session, [_asked(session, known, there)]).refuse(confirmed=confirm)
    contents = [each for each in found.taken if not reconcilable.is_switch(each)]
    planned_by = _planned_by(session, actor, known, found)
    basis = {name: digest for name, digest in found.plan.bases[platform].as_json().items() if name == "account"}
    queued: list[tuple[UUID, UUID | None]] = []
    if contents:
        gone = [each.drift.object for each in contents if each.drift.kind is DriftKind.GONE]
        objects.remove(session, campaign_id=campaign.id, keys=gone)
        rows = [drifts.as_row(each.drift) for each in contents]
        terms = Terms(tuple(confirm), basis, planned_by=planned_by, reason=Reason.PUT_BACK, drift=rows)
        queued.append(queue(session, actor, campaign, DeploymentType.UPDATE, spec=known.applied, terms=terms))
        _decide(session, actor, contents, queued[-1][0])
    switches = [each for each in found.taken if reconcilable.is_switch(each)]
    for operation in dict.fromkeys(reconcilable.OTHER[each.drift.value] for each in switches):
        together = [each for each in switches if reconcilable.OTHER[each.drift.value] is operation]
        rows = [drifts.as_row(each.drift) for each in together]
        terms = Terms(planned_by=planned_by, reason=Reason.PUT_BACK, drift=rows)
        queued.append(queue(session, actor, campaign, operation, spec=None, terms=terms))
        _decide(session, actor, together, queued[-1][0])
    return queued


def _planned_by(session: Session, actor: Actor, known: Known, found: Reconciliation) -> UUID | None:
    campaign = known.campaign
    return approvals.take_beside(
        session,
        actor,
        ad_id=campaign.ad_id,
        client_ids=(known.held.client_id, campaign.client_id),
        operations=found.operations,
        standing=fingerprints.standing(session, store.live_of_ad(session, campaign.ad_id)),
        beside=found.beside,
        tell=_telling(session, known),
    )


def _decide(session: Session, actor: Actor, taken: Sequence[DriftView], deployment_id: UUID) -> None:
    drifts.decide(
        session,
        taken,
        decision=Decision.PUT_BACK,
        by=actor.person_id,
        deployment_id=deployment_id,
        is_over=False,
    )


def _under_way(session: Session, known: Known, how: How) -> list[tuple[UUID, UUID | None]]:
    """What was asked for before and has not ended: the same answer again."""
    standing = drifts.standing(session, known.campaign.id)
    ids = [each.deployment_id for each in standing if each.decision is Decision.PUT_BACK and how is How.PUT_BACK]
    found = [each for each in dict.fromkeys(ids) if each is not None and deployments.is_open(session, each)]
    return [(each, deployments.job_of(session, each)) for each in found]


def _as_error(left: Left) -> FieldError:
    drift = left.drift.drift
    return FieldError(drift.field or drift.object, left.why, "See what stands there: adloom campaign show")
