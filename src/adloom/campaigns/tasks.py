"""The worker's part of campaigns: applies deployments, asks platforms how campaigns stand, takes up what was left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.ads import imported
from adloom.campaigns import (
    alone,
    deployments,
    drifts,
    ledger,
    objects,
    observing,
    rules,
    second_look,
    specs,
    store,
    unfinished,
    watching,
)
from adloom.campaigns.alone import WRITE_DEADLINE
from adloom.campaigns.apply import Applying, Superseded
from adloom.campaigns.asked import SUPERSEDED, Deployment
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.core import logging
from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, Conflict, Invalid, NotFound, PlatformError, Refused, Rejected
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs import claims, outcomes
from adloom.jobs.types import ClaimLost, Job, Priority, Snooze
from adloom.platforms import registry
from adloom.platforms.changes import Action
from adloom.platforms.contract import Connection
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.throttle import Fence
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

_STOPS = (DeploymentType.PAUSE, DeploymentType.DELETE)
_BEING_MADE = timedelta(seconds=5)
_NO_HURRY = timedelta(seconds=5)

log = logging.logger(__name__)


def apply(job: Job) -> Mapping[str, Any]:
    """Applies one deployment; a second run of an ended one changes nothing."""
    deployment_id = UUID(job.data["deployment_id"])
    campaign_id = _load(job, deployment_id).campaign_id
    with alone.with_campaign(job, campaign_id) as held:
        deployment = _take(job, deployment_id)
        if not deployment.status.is_final:
            _apply(job, deployment, held)
    ended = _load(job, deployment_id)
    return {"campaign_id": str(campaign_id), "status": ended.status.value}


def sync(job: Job) -> Mapping[str, Any]:
    """Asks the platform how one campaign stands, and keeps the answer."""
    campaign_id = UUID(job.data["campaign_id"])
    # What was read before a change must not be written after it.
    with alone.with_campaign(job, campaign_id, patience=_NO_HURRY):
        return {"campaign_id": str(campaign_id), "synced": _sync(job, campaign_id)}


def sync_all(job: Job) -> Mapping[str, Any]:
    """Queues a sync of every campaign that may deliver, one job each; what has settled is asked less often."""
    with db.worker_transaction() as session:
        targets = session.execute(text("SELECT user_id, campaign_id FROM list_sync_targets()")).all()
    queued = sum(_queue_sync(target.user_id, target.campaign_id) for target in targets)
    return {"queued": queued}


def take_up(job: Job) -> Mapping[str, Any]:
    """Takes up what nobody works on any more: asks where an outcome is unknown, ends what has surely failed."""
    with db.worker_transaction() as session:
        tenants = session.execute(text("SELECT DISTINCT user_id FROM list_credentials()")).scalars().all()
    return {"taken_up": sum(_take_up(Actor(tenant_id=tenant_id)) for tenant_id in tenants)}


_CAMPAIGN = text(
    """
    SELECT
        ad_id,
        platform,
        platform_account_id,
        platform_campaign_id
    FROM campaigns
    WHERE id = :id
        AND deleted_at IS NULL
    """
)

_DUE = text(
    """
    SELECT client_id
    FROM campaigns
    WHERE id = :id
        AND (
            last_sync_at IS NULL
            OR delivery_state IN ('UNKNOWN', 'IN_REVIEW')
            OR last_sync_at < clock_timestamp() - INTERVAL '50 minutes'
        )
    """
)


def _load(job: Job, deployment_id: UUID) -> Deployment:
    (rows,) = db.at_once(job.actor(), deployments.loading(deployment_id))
    return _there(rows, deployment_id)


def _take(job: Job, deployment_id: UUID) -> Deployment:
    """The deployment, begun if it had not been; as it was before that."""
    rows, _ = db.at_once(job.actor(), deployments.loading(deployment_id), deployments.beginning(deployment_id))
    return _there(rows, deployment_id)


def _there(rows: Sequence[Any], deployment_id: UUID) -> Deployment:
    deployment = deployments.loaded(rows)
    if deployment is None:
        raise NotFound(f"There is no deployment {deployment_id}.")
    return deployment


def _sync(job: Job, campaign_id: UUID) -> bool:
    actor = job.actor()
    with db.reading(actor) as session:
        row = session.execute(_CAMPAIGN, {"id": campaign_id}).one_or_none()
        account = connections.account_in(session, account_id=row.platform_account_id) if row else None
    if row is None or account is None or row.platform_campaign_id is None:
        return False
    platform = Platform(row.platform)
    with logins.open_connection(actor, platform=platform) as connection:
        account_ = specs.account_of(account)
        seen = observing.observe(
            actor,
            connection,
            platform=platform,
            account=account_,
            campaign_id=campaign_id,
            platform_campaign_id=row.platform_campaign_id,
            ad_id=row.ad_id,
        )
        is_asked = bool(job.data.get("compare"))
        watching.watch(actor, connection, campaign_id=campaign_id, account=account, seen=seen, is_asked=is_asked)
    return True


def _queue_sync(user_id: UUID, campaign_id: UUID) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        due = session.execute(_DUE, {"id": campaign_id}).one_or_none()
        if due is None:
            return False
        jobs.enqueue(
            session,
            job_type="campaigns.sync",
            data={"campaign_id": campaign_id},
            actor=actor,
            client_id=due.client_id,
            waiting_key=f"sync:{campaign_id}",
        )
    return True


def _take_up(actor: Actor) -> int:
    with db.transaction(actor) as session:
        found = unfinished.forsaken(session)
        for deployment in found:
            if not deployment.is_in_doubt:
                unfinished.give_up(session, deployment, actor=actor)
                continue
            unfinished.enqueue(
                session,
                deployment_id=deployment.id,
                actor=actor,
                client_id=deployment.client_id,
                platform=deployment.platform,
                priority=Priority.STOP if deployment.type in _STOPS else Priority.ROUTINE,
                only_settle=deployment.is_cancelled,
            )
    return len(found)


def _apply(job: Job, deployment: Deployment, held: alone.Alone) -> None:
    try:
        with db.transaction(job.actor()) as session:
            _refuse_what_is_gone(session, deployment)
            spec = specs.build(session, deployment)
        with _connected(job, deployment) as connection:
            if deployment.type is DeploymentType.UPDATE:
                _settle_overtaken(job, deployment, connection, held)
                _refuse_what_cannot_be_changed(deployment, spec)
            second_look.take(job.actor(), deployment, spec)
            applying = _applying(job, deployment, spec, connection, held)
            if job.data.get("only_settle") and not applying.settle():
                raise Conflict("It was cancelled.", code="cancelled")
            is_live = applying.run()
            _applied(job, deployment, spec, applying.ids, is_held_back=not is_live)
            _look(job, deployment, connection, spec, applying.ids)
    except Superseded:
        with db.transaction(job.actor()) as session:
            deployments.end(session, deployment.id, status=DeploymentStatus.FAILED, error=SUPERSEDED)
    except (PlatformError, Refused) as error:
        if _is_deleted_there(job, deployment, error):
            with db.transaction(job.actor()) as session:
                deployments.end(session, deployment.id, status=DeploymentStatus.FAILED, error=SUPERSEDED)
            return
        _stopped(job, deployment, error)
        raise


def _is_deleted_there(job: Job, deployment: Deployment, error: AdloomError) -> bool:
    """Whether a pause was refused for a campaign that somebody has deleted on the platform: it delivers no more."""
    stood = deployment.platform_campaign_id
    if deployment.type is not DeploymentType.PAUSE or stood is None or not isinstance(error, Rejected):
        return False
    with db.reading(job.actor()) as session:
        account = connections.account_in(session, account_id=deployment.platform_account_id)
    if account is None:
        return False
    try:
        with _connected(job, deployment) as connection:
            seen = observing.after(deployment, job.actor(), connection, specs.account_of(account), stood)
    except PlatformError as unseen:
        log.warning("not observed", campaign=str(deployment.campaign_id), error=str(unseen))
        return False
    return seen.delivery is DeliveryState.DELETED


def _applying(
    job: Job, deployment: Deployment, spec: CampaignSpec, connection: Connection, held: alone.Alone
) -> Applying:
    return Applying(
        job=job,
        actor=job.actor(),
        platform=deployment.platform,
        account_id=deployment.platform_account_id,
        deployment_id=deployment.id,
        operation=deployment.type,
        generation=deployment.generation,
        spec=spec,
        connection=connection,
        alone=held,
    )


def _settle_overtaken(job: Job, deployment: Deployment, connection: Connection, held: alone.Alone) -> None:
    """Finds out what became of the updates that this one has overtaken, oldest first, before it sends anything."""
    with db.reading(job.actor()) as session:
        half_way = deployments.half_way(session, deployment.campaign_id, before=deployment.id)
    for overtaken in (_load(job, each.id) for each in half_way if each.is_in_doubt):
        with db.transaction(job.actor()) as session:
            spec = specs.build(session, overtaken)
        _applying(job, overtaken, spec, connection, held).settle()


def _refuse_what_cannot_be_changed(deployment: Deployment, spec: CampaignSpec) -> None:
    """What was asked about when it was queued is asked again: more may stand by now."""
    errors = registry.adapter(deployment.platform).revise(spec).errors
    if errors:
        raise Invalid(f"What stands on {deployment.platform.value} cannot be changed so.", errors=errors)


def _refuse_what_is_gone(session: Session, deployment: Deployment) -> None:
    """A campaign that was deleted meanwhile is not changed, one whose account is not what it was spends nothing, and
    one that is being made is resumed or changed when it stands.
    """
    if deployment.is_campaign_deleted and deployment.type is not DeploymentType.DELETE:
        raise Superseded
    if deployment.type in _STOPS:
        return
    account = connections.account_in(session, account_id=deployment.platform_account_id)
    if account is not None and (errors := rules.account_errors(account, ad_client_id=account.client_id)):
        raise Conflict(errors[0].rule, errors=errors)
    if deployment.type is DeploymentType.CREATE:
        return
    if deployments.unfinished(session, deployment.campaign_id, DeploymentType.CREATE) is not None:
        raise Snooze(_BEING_MADE, why="The campaign is being made.")
    if deployment.campaign_status in (CampaignStatus.PENDING, CampaignStatus.ERROR):
        done = "resumed" if deployment.type is DeploymentType.RESUME else "changed"
        raise Conflict(f"The campaign was never whole. Deploy it again, then it can be {done}.")


@contextmanager
def _connected(job: Job, deployment: Deployment) -> Iterator[Connection]:
    with logins.open_connection(
        job.actor(),
        platform=deployment.platform,
        is_urgent=deployment.type in _STOPS,
        fence=Fence(claims.holding(job, time_left=WRITE_DEADLINE), closed=ClaimLost),
    ) as connection:
        yield connection


def _applied(
    job: Job, deployment: Deployment, spec: CampaignSpec, ids: Mapping[str, str], *, is_held_back: bool
) -> None:
    if is_held_back and deployment.type is DeploymentType.RESUME:
        raise Superseded
    desired = RemoteStatus.PAUSED if is_held_back else spec.desired_status
    with db.transaction(job.actor()) as session:
        store.hold_ad(session, deployment.ad_id)
        ended = deployments.end(session, deployment.id, status=DeploymentStatus.COMPLETED, response={"ids": dict(ids)})
        if not ended:  # overtaken while its last step was under way: what comes next goes by what this one has left
            raise Superseded
        store.applied(
            session,
            deployment.campaign_id,
            status=rules.status_after(deployment.type, desired=desired),
            platform_campaign_id=ids.get("campaign"),
            spec=deployment.spec,
            operation=deployment.type,
            is_half_way=bool(deployments.half_way(session, deployment.campaign_id)),
        )
        if spec.is_foreign and deployment.type is DeploymentType.UPDATE:
            imported.set_budget(session, ad_id=deployment.ad_id, budget=deployment.spec["budget"])
        drifts.close_of(session, deployment_id=deployment.id)
        if deployment.type is DeploymentType.UPDATE:
            _forget_removed(session, deployment, spec)
        if deployment.type is DeploymentType.DELETE:
            others = [type_ for type_ in DeploymentType if type_ is not DeploymentType.DELETE]
            deployments.supersede(session, deployment.campaign_id, others)
            ledger.close(session, campaign_id=deployment.campaign_id, error=SUPERSEDED)
        ledger.close_overtaken(
            session,
            campaign_id=deployment.campaign_id,
            error=SUPERSEDED,
            with_updates=deployment.type is DeploymentType.UPDATE,
        )
        store.ad_follows(session, deployment.ad_id)


def _forget_removed(session: Session, deployment: Deployment, spec: CampaignSpec) -> None:
    """What the update took away as a whole stands no more, whichever step did it."""
    changes = registry.adapter(deployment.platform).revise(spec).changes
    kept = {change.object for change in changes if change.action is not Action.DELETE}
    gone = {change.object for change in changes if change.action is Action.DELETE and change.field is None}
    objects.remove(session, campaign_id=deployment.campaign_id, keys=gone - kept)


def _stopped(job: Job, deployment: Deployment, error: AdloomError) -> None:
    """Keeps why it stopped. Failed for good only when no attempt follows and no outcome is unknown."""
    described = outcomes.describe(error)
    gives_up = isinstance(outcomes.next_step(job, error), outcomes.GiveUp)
    with db.worker_transaction() as session:
        if not claims.is_held(session, job=job):
            raise ClaimLost from error
    with db.transaction(job.actor()) as session:
        if not gives_up or ledger.is_uncertain(session, deployment_id=deployment.id):
            deployments.note_error(session, deployment.id, described)
            return
        store.hold_ad(session, deployment.ad_id)
        words = described.get("words") or None
        deployments.end(session, deployment.id, status=DeploymentStatus.FAILED, words=words, error=described)
        is_create = deployment.type is DeploymentType.CREATE
        message = error.message
        if deployment.type is DeploymentType.UPDATE:
            message = rules.what_is_left(
                error.message, done=len(ledger.done_keys(session, deployment_id=deployment.id))
            )
        store.failed(session, deployment.campaign_id, message=message, is_create=is_create)
        unfinished.compensate(session, deployment, actor=job.actor())
        store.ad_follows(session, deployment.ad_id)


def _look(
    job: Job,
    deployment: Deployment,
    connection: Connection,
    spec: CampaignSpec,
    ids: Mapping[str, str],
) -> None:
    """What the platform shows right after: a deployment that went through is not undone by a read that did not."""
    campaign_id = ids.get("campaign") or deployment.platform_campaign_id
    if campaign_id is None or deployment.type is DeploymentType.DELETE:
        return
    try:
        observing.after(deployment, job.actor(), connection, spec.account, campaign_id)
    except PlatformError as error:
        log.warning("not observed", campaign=str(deployment.campaign_id), error=str(error))
