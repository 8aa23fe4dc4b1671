"""Reads of the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.jobs.types import FailureView, JobStatus, JobView

LOCK_CLASS = 0x41444C  # first half of every worker's advisory lock; the second is `workers.lock_key`

_GET = text(
    """
    SELECT
        id,
        job_type,
        status,
        attempts,
        progress,
        result,
        error,
        created_at,
        completed_at
    FROM background_jobs
    WHERE id = :id
    """
)

# What was tried last, and went wrong; a job that waits for its next attempt has its error already.
_LAST_FAILURE = text(
    """
    SELECT
        error,
        status = 'failed' AND completed_at > clock_timestamp() - INTERVAL '1 minute' AS is_fresh
    FROM background_jobs
    WHERE dedupe_key = :dedupe_key
        AND error IS NOT NULL
        AND status <> 'completed'
        AND created_at > clock_timestamp() - INTERVAL '1 day'
    ORDER BY created_at DESC
    LIMIT 1
    """
)

_COUNTS = text(
    """
    SELECT
        status,
        count(*) AS jobs
    FROM background_jobs
    GROUP BY status
    """
)

_LIVING = text(
    """
    SELECT count(*)
    FROM workers
    JOIN pg_locks ON pg_locks.objid = workers.lock_key
    WHERE pg_locks.locktype = 'advisory'
        AND pg_locks.classid = :lock_class
        AND pg_locks.objsubid = 2
        AND pg_locks.granted
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    """
)


def get(actor: Actor, *, job_id: UUID) -> JobView | None:
    """One job of this tenant, or None."""
    with db.reading(actor) as session:
        row = session.execute(_GET, {"id": job_id}).mappings().first()
    return _view(row) if row is not None else None


def last_failure(session: ReadSession, *, dedupe_key: str) -> FailureView | None:
    """How the last job of this key that went wrong did, within a day; None where none has. In the caller's session."""
    row = session.execute(_LAST_FAILURE, {"dedupe_key": dedupe_key}).mappings().first()
    return None if row is None else FailureView(row["error"], is_fresh=row["is_fresh"])


def counts() -> dict[JobStatus, int]:
    """How many jobs of all tenants there are, by status."""
    with db.worker_transaction() as session:
        found = {JobStatus(row.status): int(row.jobs) for row in session.execute(_COUNTS)}
    return {status: found.get(status, 0) for status in JobStatus}


def living_workers() -> int:
    """How many workers hold their lock right now."""
    with db.worker_transaction() as session:
        return int(session.execute(_LIVING, {"lock_class": LOCK_CLASS}).scalar_one())


def _view(row: RowMapping) -> JobView:
    values: dict[str, Any] = dict(row)
    return JobView(type=values.pop("job_type"), status=JobStatus(values.pop("status")), **values)
