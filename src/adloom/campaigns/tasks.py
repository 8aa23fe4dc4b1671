"""The worker's part of campaigns: applies deployments, and asks the platforms how campaigns stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import rules, specs, store
from adloom.campaigns.apply import Applying
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.core import logging
from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, NotFound, PlatformError, Refused
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs import outcomes
from adloom.jobs.types import Job, Snooze
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import Platform

_BUSY = timedelta(milliseconds=500)

log = logging.logger(__name__)


def apply(job: Job) -> Mapping[str, Any]:
    """Applies one deployment; a second run of an ended one changes nothing."""
    actor = job.actor()
    deployment_id = UUID(job.data["deployment_id"])
    with db.transaction(actor) as session:
        deployment = store.load(session, deployment_id)
    if deployment is None:
        raise NotFound(f"There is no deployment {deployment_id}.")
    if deployment.status.is_final:
        return {"campaign_id": str(deployment.campaign_id), "status": deployment.status.value}
    with _alone(deployment.campaign_id):
        _apply(job, deployment)
    return {"campaign_id": str(deployment.campaign_id), "status": DeploymentStatus.COMPLETED.value}


def sync(job: Job) -> Mapping[str, Any]:
    """Asks the platform how one campaign stands, and keeps the answer."""
    actor = job.actor()
    campaign_id = UUID(job.data["campaign_id"])
    with db.transaction(actor) as session:
        row = session.execute(_CAMPAIGN, {"id": campaign_id}).one_or_none()
        account = connections.account_in(session, account_id=row.platform_account_id) if row else None
    if row is None or account is None or row.platform_campaign_id is None:
        return {"campaign_id": str(campaign_id), "synced": False}
    platform = Platform(row.platform)
    connection = logins.open_connection(actor, platform=platform)
    _observe(job, connection, platform, specs.account_of(account), campaign_id, row.platform_campaign_id, row.ad_id)
    return {"campaign_id": str(campaign_id), "synced": True}


def sync_all(job: Job) -> Mapping[str, Any]:
    """Queues a sync of every campaign that may deliver, one job each."""
    with db.worker_transaction() as session:
        targets = session.execute(text("SELECT user_id, campaign_id FROM list_sync_targets()")).all()
    for target in targets:
        _queue_sync(target.user_id, target.campaign_id)
    return {"queued": len(targets)}


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


def _queue_sync(user_id: UUID, campaign_id: UUID) -> None:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        jobs.enqueue(
            session,
            job_type="campaigns.sync",
            data={"campaign_id": campaign_id},
            actor=actor,
            dedupe_key=f"sync:{campaign_id}",
        )


def _apply(job: Job, deployment: store.Deployment) -> None:
    actor = job.actor()
    with db.transaction(actor) as session:
        store.begin(session, deployment.id)
    try:
        spec = specs.build(actor, deployment)
        connection = logins.open_connection(actor, platform=deployment.platform)
        applying = Applying(
            job=job,
            actor=actor,
            platform=deployment.platform,
            account_id=deployment.platform_account_id,
            deployment_id=deployment.id,
            operation=deployment.type,
            generation=deployment.generation,
            spec=spec,
            connection=connection,
        )
        applying.run()
    except (PlatformError, Refused) as error:
        _stopped(job, deployment, error)
        raise
    _applied(job, deployment, spec, applying.ids)
    _look(job, deployment, connection, spec, applying.ids)


def _applied(job: Job, deployment: store.Deployment, spec: CampaignSpec, ids: Mapping[str, str]) -> None:
    is_deleted = deployment.type is DeploymentType.DELETE
    with db.transaction(job.actor()) as session:
        store.applied(
            session,
            deployment.campaign_id,
            status=rules.status_after(deployment.type, desired=spec.desired_status),
            platform_campaign_id=ids.get("campaign"),
            spec=deployment.spec,
            is_deleted=is_deleted,
        )
        store.end(
            session,
            deployment.id,
            status=DeploymentStatus.COMPLETED,
            words=None,
            error=None,
            response={"ids": dict(ids)},
        )
        store.ad_follows(session, deployment.ad_id)


def _stopped(job: Job, deployment: store.Deployment, error: AdloomError) -> None:
    """Keeps why it stopped. Failed for good only when no attempt follows and no outcome is unknown."""
    described = outcomes.describe(error)
    gives_up = isinstance(outcomes.next_step(job, error), outcomes.GiveUp)
    with db.transaction(job.actor()) as session:
        if not gives_up or described["code"] == "outcome_unknown":
            store.note_error(session, deployment.id, described)
            return
        words = described.get("words") or None
        store.end(
            session,
            deployment.id,
            status=DeploymentStatus.FAILED,
            words=words,
            error=described,
            response=None,
        )
        store.failed(
            session,
            deployment.campaign_id,
            message=error.message,
            is_create=deployment.type is DeploymentType.CREATE,
        )


def _look(
    job: Job,
    deployment: store.Deployment,
    connection: Connection,
    spec: CampaignSpec,
    ids: Mapping[str, str],
) -> None:
    """What the platform shows right after: a deployment that went through is not undone by a read that did not."""
    campaign_id = ids.get("campaign") or deployment.platform_campaign_id
    if campaign_id is None or deployment.type is DeploymentType.DELETE:
        return
    try:
        _observe(
            job,
            connection,
            deployment.platform,
            spec.account,
            deployment.campaign_id,
            campaign_id,
            deployment.ad_id,
        )
    except PlatformError as error:
        log.warning("not observed", campaign=str(deployment.campaign_id), error=str(error))


def _observe(
    job: Job,
    connection: Connection,
    platform: Platform,
    account: Account,
    campaign_id: UUID,
    platform_campaign_id: str,
    ad_id: UUID,
) -> None:
    seen = registry.adapter(platform).observe(connection, account=account, campaign_id=platform_campaign_id)
    status: CampaignStatus = rules.status_observed(seen.status, delivery=seen.delivery)
    with db.transaction(job.actor()) as session:
        store.observed(session, campaign_id, status=status, seen=seen)
        store.ad_follows(session, ad_id)


@contextmanager
def _alone(campaign_id: UUID) -> Iterator[None]:
    """One deployment of a campaign at a time, across all workers; who comes second waits without a spent attempt."""
    with engine.direct_connection() as connection:
        got = connection.execute(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (f"campaign:{campaign_id}",)
        ).fetchone()
        if got is None or not got[0]:
            raise Snooze(_BUSY, why="Another change of this campaign is under way.")
        yield
