"""The queue from the worker's side: claim, renew, finish, hand back. Each is one statement, fenced by the claim.

Who lost a claim (a lease that ran out, a lock that was lost) finds that its statement changes no row.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, TextClause, text

from adloom.db.session import Session
from adloom.db.trips import Query
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.types import Job, Priority

MAX_DEATHS = 20

# Due jobs, most urgent first. The CTE is a fence: without it the planner may claim more rows than the limit.
_DUE = """
    due AS MATERIALIZED (
        SELECT id
        FROM background_jobs
        WHERE status = 'pending'
            AND job_type = ANY(:job_types)
            AND scheduled_at <= now()
            AND priority >= :at_least
            AND coalesce(job_data ->> 'lane', '') <> ALL(CAST(:but_lanes AS text[]))
        ORDER BY priority DESC, scheduled_at, id
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    )
"""

_TAKE = """
    UPDATE background_jobs
    SET
        status = 'running',
        attempts = attempts + 1,
        fence = fence + 1,
        locked_by = :worker,
        lease_expires_at = now() + :lease,
        started_at = now()
    FROM due
    WHERE background_jobs.id = due.id
    RETURNING
        background_jobs.id,
        background_jobs.job_type,
        background_jobs.job_data,
        background_jobs.user_id,
        background_jobs.actor_id,
        background_jobs.client_id,
        background_jobs.attempts,
        background_jobs.max_attempts,
        background_jobs.fence,
        background_jobs.priority,
        background_jobs.scheduled_at
"""

CLAIM = f"WITH {_DUE} {_TAKE}"
_CLAIM = text(CLAIM)

_RENEW = text(
    """
    WITH beat AS (
        UPDATE workers
        SET heartbeat_at = clock_timestamp()
        WHERE id = :worker
    )
    UPDATE background_jobs
    SET lease_expires_at = clock_timestamp() + :lease
    WHERE id = ANY(:ids)
        AND locked_by = :worker
        AND status = 'running'
    """
)

_FAIL = text(
    """
    UPDATE background_jobs
    SET
        status = 'failed',
        completed_at = clock_timestamp(),
        result = NULL,
        error = CAST(:error AS jsonb),
        error_message = :message,
        locked_by = NULL,
        lease_expires_at = NULL
    WHERE id = :id
        AND locked_by = :worker
        AND fence = :fence
        AND status = 'running'
    """
)

# `IS NOT DISTINCT FROM` keeps the planner from the index of what runs, which is full of what ran: rows are found by id.
KEEP = """
    UPDATE background_jobs
    SET
        status = 'completed',
        completed_at = clock_timestamp(),
        result = CAST(done.result AS jsonb),
        error = NULL,
        error_message = NULL,
        locked_by = NULL,
        lease_expires_at = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[]), CAST(:results AS text[])) AS done (id, fence, result)
    WHERE background_jobs.id = done.id
        AND background_jobs.locked_by = :worker
        AND background_jobs.fence = done.fence
        AND background_jobs.status IS NOT DISTINCT FROM 'running'
    RETURNING background_jobs.id
"""

_COMPLETE = text(KEEP)

# What was claimed and has not begun keeps its place in the queue.
_RELEASE = text(
    """
    UPDATE background_jobs
    SET
        status = 'pending',
        attempts = attempts - 1,
        locked_by = NULL,
        lease_expires_at = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[])) AS back (id, fence)
    WHERE background_jobs.id = back.id
        AND background_jobs.locked_by = :worker
        AND background_jobs.fence = back.fence
        AND background_jobs.status = 'running'
    """
)

# Of what else a worker has been given it knows nothing: the answer to its claim was lost.
_LET_GO = text(
    """
    UPDATE background_jobs
    SET
        status = 'pending',
        attempts = attempts - 1,
        locked_by = NULL,
        lease_expires_at = NULL
    WHERE locked_by = :worker
        AND status = 'running'
        AND NOT EXISTS (
            SELECT
            FROM unnest(CAST(:ids AS uuid[]), CAST(:fences AS bigint[])) AS held (id, fence)
            WHERE held.id = background_jobs.id
                AND held.fence = background_jobs.fence
        )
    RETURNING id
    """
)

_HAND_BACK = text(
    """
    UPDATE background_jobs
    SET
        status = 'pending',
        attempts = attempts - :unspent,
        scheduled_at = next_turn(user_id, priority, clock_timestamp() + :delay),
        error = CAST(:error AS jsonb),
        error_message = :message,
        locked_by = NULL,
        lease_expires_at = NULL
    WHERE id = :id
        AND locked_by = :worker
        AND fence = :fence
        AND status = 'running'
    """
)

# A worker is dead when nobody holds its lock. Its jobs go back without a spent attempt; one that kills its workers
# again and again is given up after MAX_DEATHS.
_REAP = text(
    """
    WITH orphaned AS MATERIALIZED (
        SELECT background_jobs.id
        FROM background_jobs
        LEFT JOIN workers ON workers.id = background_jobs.locked_by
        WHERE background_jobs.status = 'running'
            AND (
                background_jobs.lease_expires_at < clock_timestamp()
                OR NOT EXISTS (
                    SELECT
                    FROM pg_locks
                    WHERE pg_locks.locktype = 'advisory'
                        AND pg_locks.classid = :lock_class
                        AND pg_locks.objid = workers.lock_key
                        AND pg_locks.objsubid = 2
                        AND pg_locks.granted
                        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                )
            )
        FOR UPDATE OF background_jobs SKIP LOCKED
    )
    UPDATE background_jobs
    SET
        status = CAST(CASE WHEN deaths + 1 >= :max_deaths THEN 'failed' ELSE 'pending' END AS job_status),
        completed_at = CASE WHEN deaths + 1 >= :max_deaths THEN clock_timestamp() END,
        error_message = CASE WHEN deaths + 1 >= :max_deaths THEN 'every worker that took this job died' END,
        attempts = greatest(attempts - 1, 0),
        deaths = deaths + 1,
        locked_by = NULL,
        lease_expires_at = NULL,
        scheduled_at = clock_timestamp()
    FROM orphaned
    WHERE background_jobs.id = orphaned.id
    RETURNING background_jobs.id
    """
)

_PROGRESS = text(
    """
    UPDATE background_jobs
    SET progress = CAST(:progress AS jsonb)
    WHERE id = :id
        AND locked_by = :worker
        AND fence = :fence
    """
)

#: One row where a claim stands; its values are `claim_of` and `time_left`.
HELD = """
    SELECT id
    FROM background_jobs
    WHERE id = :id
        AND locked_by = :worker
        AND fence = :fence
        AND status = 'running'
        AND lease_expires_at > clock_timestamp() + :time_left
    FOR SHARE
"""

_HELD = text(HELD)

_LIVES = text(
    """
    SELECT EXISTS (
        SELECT
        FROM workers
        JOIN pg_locks ON pg_locks.objid = workers.lock_key
        WHERE workers.id = :worker
            AND pg_locks.locktype = 'advisory'
            AND pg_locks.classid = :lock_class
            AND pg_locks.objsubid = 2
            AND pg_locks.granted
            AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    """
)


def claim(
    session: Session,
    *,
    worker: str,
    job_types: Sequence[str],
    limit: int,
    lease: timedelta,
    at_least: int = Priority.LOWEST,
    but_lanes: Collection[str] = (),
) -> list[Job]:
    """Claims up to `limit` due jobs of at least a priority, none of these lanes, most urgent first."""
    values = {
        "worker": worker,
        "job_types": list(job_types),
        "limit": limit,
        "lease": lease,
        "at_least": at_least,
        "but_lanes": list(but_lanes),
    }
    return jobs_of(session.execute(_CLAIM, values), worker=worker)


def renew(session: Session, *, worker: str, jobs: Sequence[Job], lease: timedelta) -> None:
    """The heartbeat: this worker lives, and so do the leases of the jobs that it really has in hand."""
    session.execute(_RENEW, {"worker": worker, "ids": [job.id for job in jobs], "lease": lease})


def complete(session: Session, *, done: Sequence[tuple[Job, str | None]]) -> frozenset[UUID]:
    """Ends one worker's jobs well, each with its result as JSON, and returns the ids of those whose claim stood."""
    if not done:
        return frozenset()
    values = {**_claims_of([job for job, _ in done]), "results": [result for _, result in done]}
    return frozenset(session.execute(_COMPLETE, values).scalars())


def release(session: Session, *, jobs: Sequence[Job]) -> None:
    """Puts jobs of one worker back where they stood in the queue, with no attempt spent, and no death counted."""
    if jobs:
        session.execute(_RELEASE, _claims_of(jobs))


def let_go(session: Session, *, worker: str, held: Sequence[Job]) -> list[UUID]:
    """Puts back what this worker was given and does not hold, as `release` does, and returns its ids.

    The worker claims nothing meanwhile.
    """
    values = {"worker": worker, "ids": [job.id for job in held], "fences": [job.fence for job in held]}
    return list(session.execute(_LET_GO, values).scalars())


def fail(session: Session, *, job: Job, error: Mapping[str, Any], message: str) -> bool:
    """Ends a job for good; False where the claim was lost."""
    return _changed(session, _FAIL, job, error=_json(error), message=message)


def hand_back(
    session: Session,
    *,
    job: Job,
    delay: timedelta,
    spend: bool,
    error: Mapping[str, Any] | None,
    message: str | None,
) -> bool:
    """Puts a job back for later; `spend` says whether the attempt counts. False where the claim was lost."""
    return _changed(
        session, _HAND_BACK, job, delay=delay, unspent=0 if spend else 1, error=_json(error), message=message
    )


def report_progress(session: Session, *, job: Job, progress: Mapping[str, Any]) -> None:
    """Shows how far a job is; followers read it."""
    _changed(session, _PROGRESS, job, progress=_json(progress))


def is_held(session: Session, *, job: Job, time_left: timedelta = timedelta(0)) -> bool:
    """Whether this claim stands, for `time_left` more at least; pins it until the caller's transaction ends."""
    return session.execute(_HELD, {**claim_of(job), "time_left": time_left}).scalar() is not None


def holding(job: Job, *, time_left: timedelta) -> Query:
    """The same as a query to be sent with others, of the worker or of the job's tenant: no row where it is lost."""
    return Query(_HELD, {**claim_of(job), "time_left": time_left})


def lives(session: Session, *, worker: str) -> bool:
    """Whether a worker holds its lock, and so may still be at work."""
    return bool(session.execute(_LIVES, {"worker": worker, "lock_class": LOCK_CLASS}).scalar_one())


def reap(session: Session) -> list[UUID]:
    """Gives the jobs of dead workers back to the queue and returns their ids."""
    values = {"lock_class": LOCK_CLASS, "max_deaths": MAX_DEATHS}
    return [UUID(str(id_)) for id_ in session.execute(_REAP, values).scalars()]


def jobs_of(rows: Iterable[Sequence[Any]], *, worker: str) -> list[Job]:
    """The jobs of `CLAIM`, most urgent first; it returns them in no order."""
    ordered = sorted(rows, key=lambda row: (-row[9], row[10], row[0]))
    return [
        Job(id_, type_, data, tenant, person, client, attempt, most, fence, worker, priority)
        for id_, type_, data, tenant, person, client, attempt, most, fence, priority, _ in ordered
    ]


def _changed(session: Session, statement: TextClause, job: Job, **values: Any) -> bool:
    outcome = session.execute(statement, {**values, **claim_of(job)})
    assert isinstance(outcome, CursorResult)
    return outcome.rowcount == 1


def claim_of(job: Job) -> dict[str, Any]:
    """The values by which a statement names this claim."""
    return {"id": job.id, "worker": job.worker, "fence": job.fence}


def _claims_of(jobs: Sequence[Job]) -> dict[str, Any]:
    return {"worker": jobs[0].worker, "ids": [job.id for job in jobs], "fences": [job.fence for job in jobs]}


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str)
