"""Putting work into the queue, and taking it out. A job is enqueued in the transaction that makes it necessary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.core.errors import Conflict, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.db.trips import Query
from adloom.jobs import queries
from adloom.jobs.types import JobView, Priority

_INSERT = """
    INSERT INTO background_jobs (
        job_type,
        job_data,
        user_id,
        actor_id,
        client_id,
        priority,
        max_attempts,
        dedupe_key,
        waiting_key,
        scheduled_at
    )
    VALUES (
        :job_type,
        CAST(:job_data AS jsonb),
        :user_id,
        :actor_id,
        :client_id,
        :priority,
        :max_attempts,
        :dedupe_key,
        :waiting_key,
        next_turn(:user_id, :priority, now() + :delay)
    )
    ON CONFLICT {key} DO NOTHING
    RETURNING id
"""

# A second job of the same key changes nothing while the first one is unfinished; the key of an ended job is free.
_ENQUEUE = text(_INSERT.format(key="(dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running')"))

# A job that was claimed once is outside of the index: handing it back never meets the one that was queued since.
_ENQUEUE_WAITING = text(
    _INSERT.format(key="(waiting_key) WHERE waiting_key IS NOT NULL AND status = 'pending' AND fence = 0")
)

# A holder of the key that ends between the two statements leaves it free again.
_TRIES = 5

_FOR_ANOTHER = "The same is being done already, for another client."

_UNFINISHED = text(
    """
    SELECT id
    FROM background_jobs
    WHERE dedupe_key = :dedupe_key
        AND status IN ('pending', 'running')
    """
)

# The lock keeps workers off (they skip what is locked) until the caller's transaction has ended: a job that is told to
# be the one does not begin before the question, and what is written with it, is there to be seen.
_WAITING = text(
    """
    SELECT id
    FROM background_jobs
    WHERE waiting_key = :waiting_key
        AND status = 'pending'
    ORDER BY
        scheduled_at,
        id
    LIMIT 1
    FOR SHARE
    """
)

_CANCEL = text(
    """
    UPDATE background_jobs
    SET
        status = 'cancelled',
        completed_at = clock_timestamp()
    WHERE id = :id
        AND status = 'pending'
    RETURNING id
    """
)


def enqueue(
    session: Session,
    *,
    job_type: str,
    data: Mapping[str, Any],
    actor: Actor | None,
    client_id: UUID | None = None,
    dedupe_key: str | None = None,
    waiting_key: str | None = None,
    priority: int = Priority.ROUTINE,
    max_attempts: int = 3,
    delay: timedelta = timedelta(0),
) -> UUID:
    """Queues a job in the caller's transaction and returns its id; with a key that is taken, that job's id.

    A `dedupe_key` is taken until its job has ended. A `waiting_key` is taken only while its job waits: what runs
    already may have looked before it was asked, so the question is queued again. A job has one of them at most.
    `actor` None is a system job, which only a worker's own session may queue. `client_id` is that of the thing it
    is about, whoever asks: a member of that client sees the job then. Raises Conflict where the job that holds the
    key is another client's.
    """
    values = _values(
        actor,
        job_type=job_type,
        data=data,
        client_id=client_id,
        dedupe_key=dedupe_key,
        waiting_key=waiting_key,
        priority=priority,
        max_attempts=max_attempts,
        delay=delay,
    )
    return _made(session, values)


def ask(
    actor: Actor,
    *,
    job_type: str,
    data: Mapping[str, Any],
    dedupe_key: str | None = None,
    priority: int = Priority.ROUTINE,
) -> UUID:
    """`enqueue` for a job that nothing else is written with: a transaction of its own, sent in one round trip.

    In a joint transaction (`db.session.joint`) it is part of that, as everything is.
    """
    values = _values(actor, job_type=job_type, data=data, dedupe_key=dedupe_key, priority=priority)
    if db.is_joint(actor):
        with db.transaction(actor) as session:
            return _made(session, values)
    holder = [Query(_UNFINISHED, {"dedupe_key": dedupe_key})] if dedupe_key is not None else []
    for _ in range(_TRIES):
        answers = db.at_once(actor, Query(_ENQUEUE, values), *holder)
        if found := next((rows for rows in answers if rows), None):
            return UUID(str(found[0][0]))
    raise Conflict(_FOR_ANOTHER)


def _values(
    actor: Actor | None,
    *,
    job_type: str,
    data: Mapping[str, Any],
    client_id: UUID | None = None,
    dedupe_key: str | None = None,
    waiting_key: str | None = None,
    priority: int = Priority.ROUTINE,
    max_attempts: int = 3,
    delay: timedelta = timedelta(0),
) -> Mapping[str, Any]:
    """What `_INSERT` takes."""
    return {
        "job_type": job_type,
        "job_data": json.dumps(data, default=str),
        "user_id": actor.tenant_id if actor else None,
        "actor_id": actor.person_id if actor else None,
        "client_id": client_id or (actor.client_id if actor else None),
        "priority": priority,
        "max_attempts": max_attempts,
        "dedupe_key": dedupe_key,
        "waiting_key": waiting_key,
        "delay": delay,
    }


def _made(session: Session, values: Mapping[str, Any]) -> UUID:
    once = _once if values["waiting_key"] is None else _once_while_waiting
    for _ in range(_TRIES):
        if (made := once(session, values)) is not None:
            return UUID(str(made))
    raise Conflict(_FOR_ANOTHER)


def _once(session: Session, values: Mapping[str, Any]) -> object | None:
    made = session.execute(_ENQUEUE, values).scalar()
    return made or session.execute(_UNFINISHED, {"dedupe_key": values["dedupe_key"]}).scalar()


def _once_while_waiting(session: Session, values: Mapping[str, Any]) -> object | None:
    waits = session.execute(_WAITING, {"waiting_key": values["waiting_key"]}).scalar()
    return waits or session.execute(_ENQUEUE_WAITING, values).scalar()


def cancel(actor: Actor, *, job_id: UUID) -> JobView:
    """Takes a waiting job out of the queue; raises Conflict for one that has begun or ended, NotFound otherwise."""
    actor.may_write()
    with db.transaction(actor) as session:
        done = session.execute(_CANCEL, {"id": job_id}).scalar()
    job = queries.get(actor, job_id=job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    if done is None and job.status != "cancelled":
        raise Conflict(f"Job {job_id} is {job.status}; only a waiting job can be cancelled.")
    return job
