"""What the last comparisons with the platforms' own totals found: it is kept in their jobs' results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics.answers import Answer
from adloom.platforms.types import Platform

# Every account's newest outcome; one of an account that is gone is not told.
_LAST = text(
    """
    SELECT DISTINCT ON (platform_accounts.id)
        background_jobs.id AS job_id,
        background_jobs.result
    FROM background_jobs
    JOIN platform_accounts ON CAST(platform_accounts.id AS text) = background_jobs.job_data ->> 'account_id'
    WHERE background_jobs.job_type = 'metrics.reconcile'
        AND background_jobs.status = 'completed'
        AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
    ORDER BY
        platform_accounts.id,
        background_jobs.completed_at DESC
    """
)


# Every account is compared each night: what is older than some nights is no alert any more.
_UNEXPLAINED = text(
    """
    SELECT
        newest.platform,
        newest.external_id,
        newest.days
    FROM (
        SELECT DISTINCT ON (platform_accounts.id)
            platform_accounts.platform,
            platform_accounts.external_id,
            CAST(background_jobs.result ->> 'unexplained' AS integer) AS days
        FROM background_jobs
        JOIN platform_accounts ON CAST(platform_accounts.id AS text) = background_jobs.job_data ->> 'account_id'
        WHERE background_jobs.job_type = 'metrics.reconcile'
            AND background_jobs.status = 'completed'
            AND background_jobs.completed_at > clock_timestamp() - INTERVAL '3 days'
            AND platform_accounts.status <> 'disconnected'
            AND (CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid))
        ORDER BY
            platform_accounts.id,
            background_jobs.completed_at DESC
    ) AS newest
    WHERE newest.days > 0
    ORDER BY
        newest.platform,
        newest.external_id
    """
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """An account of whose days so many are not what its platform says, for no reason that is known."""

    platform: Platform
    external_id: str
    days: int


def unexplained(actor: Actor, *, client_id: UUID | None = None) -> tuple[Unexplained, ...]:
    """The accounts whose newest comparison of the last nights found what nothing explains; by platform and account."""
    with db.reading(actor) as session:
        rows = session.execute(_UNEXPLAINED, {"client_id": client_id}).all()
    return tuple(Unexplained(Platform(row.platform), row.external_id, row.days) for row in rows)


def newest(actor: Actor, *, client_id: UUID | None = None) -> Answer[dict[str, Any]]:
    """Every account's newest comparison as its job told it, with the `job_id`; by platform and account."""
    with db.reader(actor) as (session, data_as_of):
        found = [{"job_id": str(row.job_id), **row.result} for row in session.execute(_LAST, {"client_id": client_id})]
    return Answer(sorted(found, key=lambda each: (each["platform"], each["external_id"])), data_as_of=data_as_of)
