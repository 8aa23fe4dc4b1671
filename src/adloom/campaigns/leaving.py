"""Ending a platform's login while campaigns of its accounts may run: they go on, and cannot be paused from here."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

from adloom.campaigns.types import Running
from adloom.connections import actions as connections
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, FieldError
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.platforms.types import Platform

_RUNNING = text(
    """
    SELECT
        campaigns.id,
        campaigns.campaign_name AS name,
        campaigns.platform_campaign_id
    FROM campaigns
    WHERE campaigns.platform = CAST(:platform AS platform_type)
        AND campaigns.deleted_at IS NULL
        AND (
            campaigns.status = 'active'
            OR EXISTS (
                SELECT
                FROM campaign_deployments
                WHERE campaign_deployments.campaign_id = campaigns.id
                    AND campaign_deployments.status IN ('pending', 'in_progress')
            )
        )
    ORDER BY
        campaigns.campaign_name,
        campaigns.id
    """
)


def running(actor: Actor, *, platform: Platform) -> tuple[Running, ...]:
    """The campaigns that deliver on this platform, or may soon: what ends with the login is our hold on them."""
    with db.reading(actor) as session:
        return _running(session, platform)


def disconnect(actor: Actor, *, platform: Platform, confirmed: bool = False) -> UUID:
    """Queues the end of a login at the platform and here; returns the job.

    Raises Conflict, naming them, where campaigns run and that was not `confirmed`; Forbidden, NotFound.
    """
    with db.transaction(actor) as session:
        job_id = connections.disconnect(session, actor, platform=platform)
        found = _running(session, platform)
        if found and not confirmed:
            raise Conflict(
                f"{len(found)} campaign{'s' if len(found) > 1 else ''} of {platform.value} would go on delivering, and "
                "could not be paused from here any more. Pause them first, or confirm that they go on "
                "(--confirmed; API: confirmed).",
                code="campaigns_run_on",
                errors=tuple(_named(each) for each in found),
            )
    return job_id


def _running(session: ReadSession, platform: Platform) -> tuple[Running, ...]:
    rows = session.execute(_RUNNING, {"platform": platform.value}).mappings()
    return tuple(Running(**row) for row in rows)


def _named(campaign: Running) -> FieldError:
    there = f" ({campaign.platform_campaign_id} there)" if campaign.platform_campaign_id else ""
    return FieldError(campaign.name, f"it goes on delivering{there}.", "Pause it first.")
