"""Deployments that nobody works on any more: their job was given up, was cancelled, or is gone.

A deployment with a step in doubt is taken up again, further and further apart, until the platform has been asked.
One without doubt has failed, and says so: a person decides, or has decided when it was asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import deployments, ledger, rules, store
from adloom.campaigns.asked import Deployment
from adloom.campaigns.types import DeploymentStatus, DeploymentType, OnFailure
from adloom.core.actor import Actor
from adloom.db.session import ReadSession, Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.types import Platform

ATTEMPTS = 12

# Twice as long after every job that was given up, from two minutes to about a day.
_FORSAKEN = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.campaign_id,
        campaigns.ad_id,
        campaigns.client_id,
        campaigns.platform,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.on_failure,
        background_jobs.status IS NOT DISTINCT FROM 'cancelled' AS is_cancelled,
        background_jobs.error,
        coalesce(background_jobs.error_message, 'Its job is gone.') AS message,
        EXISTS (
            SELECT
            FROM campaign_deployments AS asked
            JOIN deployment_steps ON deployment_steps.deployment_id = asked.id
            WHERE asked.campaign_id = campaign_deployments.campaign_id
                AND deployment_steps.state IN ('sent', 'uncertain')
                AND (
                    asked.id = campaign_deployments.id
                    OR (asked.deployment_type = 'update' AND campaign_deployments.deployment_type = 'update')
                )
        ) AS is_in_doubt
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    LEFT JOIN background_jobs ON background_jobs.id = campaign_deployments.job_id
    WHERE campaign_deployments.status IN ('pending', 'in_progress')
        AND (background_jobs.id IS NULL OR background_jobs.status IN ('completed', 'failed', 'cancelled'))
        AND coalesce(background_jobs.completed_at, campaign_deployments.updated_at) < clock_timestamp()
            - INTERVAL '1 minute' * 2 ^ least(
                (
                    SELECT count(*)
                    FROM background_jobs AS earlier
                    WHERE earlier.job_type = 'campaigns.apply'
                        AND earlier.dedupe_key = 'deployment:' || campaign_deployments.id
                ),
                10
            )
    ORDER BY campaign_deployments.created_at
    """
)


@dataclass(frozen=True, slots=True)
class Forsaken:
    """A deployment whose job has ended without ending it."""

    id: UUID
    campaign_id: UUID
    ad_id: UUID
    client_id: UUID | None
    platform: Platform
    type: DeploymentType
    on_failure: OnFailure
    is_cancelled: bool
    is_in_doubt: bool
    error: Mapping[str, Any] | None
    message: str


def forsaken(session: ReadSession) -> tuple[Forsaken, ...]:
    """The tenant's forsaken deployments, oldest first; each comes back less and less often."""
    rows = session.execute(_FORSAKEN).mappings().all()
    typed = (
        {
            "platform": Platform(row["platform"]),
            "type": DeploymentType(row["type"]),
            "on_failure": OnFailure(row["on_failure"]),
        }
        for row in rows
    )
    return tuple(Forsaken(**{**row, **types}) for row, types in zip(rows, typed, strict=True))


def enqueue(
    session: Session,
    *,
    deployment_id: UUID,
    actor: Actor,
    client_id: UUID | None,
    platform: Platform,
    priority: int,
    only_settle: bool = False,
) -> UUID:
    """Queues the job that applies a deployment; one that waits already is that job. `only_settle` sends nothing.

    Its lane is the platform: of what is urgent, no platform waits for another.
    """
    job_id = jobs.enqueue(
        session,
        job_type="campaigns.apply",
        data={"deployment_id": deployment_id, "only_settle": only_settle, "lane": platform.value},
        actor=actor,
        client_id=client_id,
        dedupe_key=f"deployment:{deployment_id}",
        priority=priority,
        max_attempts=ATTEMPTS,
    )
    deployments.set_job(session, deployment_id, job_id)
    return job_id


def compensate(session: Session, failed: Forsaken | Deployment, *, actor: Actor) -> None:
    """After a creation has failed for good: what it has made goes, where a person chose that. Idempotent.

    It is a delete like any other, queued in the transaction that ends the creation: of the campaign that our steps
    made, with all beneath it. Files stay; what stood before the creation was none of its making.
    """
    is_wanted = failed.type is DeploymentType.CREATE and failed.on_failure is OnFailure.REMOVE
    if not is_wanted or not deployments.was_sent(session, failed.campaign_id):
        return
    deployment_id = deployments.unfinished(session, failed.campaign_id, DeploymentType.DELETE)
    if deployment_id is None:
        deployment_id = deployments.open_deployment(
            session,
            campaign_id=failed.campaign_id,
            actor_id=actor.person_id,
            type_=DeploymentType.DELETE,
            spec=deployments.last_spec(session, failed.campaign_id),
        )
    enqueue(
        session,
        deployment_id=deployment_id,
        actor=actor,
        client_id=failed.client_id,
        platform=failed.platform,
        priority=Priority.STOP,
    )


def give_up(session: Session, found: Forsaken, *, actor: Actor) -> None:
    """Ends a deployment of which nothing is in doubt, with what stopped it."""
    error = found.error or {"code": "given_up", "message": found.message}
    if found.is_cancelled:
        error = {"code": "cancelled", "message": "It was cancelled."}
    store.hold_ad(session, found.ad_id)
    deployments.end(session, found.id, status=DeploymentStatus.FAILED, error=error)
    message = str(error["message"])
    if found.type is DeploymentType.UPDATE:
        message = rules.what_is_left(message, done=len(ledger.done_keys(session, deployment_id=found.id)))
    is_create = found.type is DeploymentType.CREATE
    store.failed(session, found.campaign_id, message=message, is_create=is_create)
    compensate(session, found, actor=actor)
    store.ad_follows(session, found.ad_id)
