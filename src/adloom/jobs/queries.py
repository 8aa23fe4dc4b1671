"""Reads of the queue."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs.types import JobStatus, JobView

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
