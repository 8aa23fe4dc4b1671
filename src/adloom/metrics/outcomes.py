"""What the last comparisons with the platforms' own totals found: it is kept in their jobs' results."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics.answers import Answer

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


def newest(actor: Actor, *, client_id: UUID | None = None) -> Answer[dict[str, Any]]:
    """Every account's newest comparison as its job told it, with the `job_id`; by platform and account."""
    with db.reader(actor) as (session, data_as_of):
        found = [{"job_id": str(row.job_id), **row.result} for row in session.execute(_LAST, {"client_id": client_id})]
    return Answer(sorted(found, key=lambda each: (each["platform"], each["external_id"])), data_as_of=data_as_of)
