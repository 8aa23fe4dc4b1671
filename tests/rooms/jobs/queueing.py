"""Jobs for tests of the queue: put in, claimed by name, followed, and run by workers in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.installation import until

from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import actions, claims, queries
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.runner import Runner
from adloom.jobs.types import Handler, Job, JobView

LEASE = timedelta(seconds=30)


def enqueue(actor: Actor, *, data: Mapping[str, Any] | None = None, **values: Any) -> UUID:
    """Queues a `test.job`."""
    with db.transaction(actor) as session:
        return actions.enqueue(session, job_type="test.job", data=data or {}, actor=actor, **values)


def claim(worker: str, limit: int = 10, *, lease: timedelta = LEASE) -> list[Job]:
    """What a worker of this name gets."""
    with db.worker_transaction() as session:
        return claims.claim(session, worker=worker, job_types=["test.job"], limit=limit, lease=lease)


def reap() -> list[UUID]:
    """What is taken back from the dead."""
    with db.worker_transaction() as session:
        return claims.reap(session)


def view(actor: Actor, job_id: UUID) -> JobView:
    """The job as its follower sees it."""
    found = queries.get(actor, job_id=job_id)
    assert found is not None
    return found


def ended(actor: Actor, job_id: UUID, *, patience_s: float = 20) -> JobView:
    """The job, once it is final."""
    until(lambda: view(actor, job_id).status.is_final, what="the job ends", patience_s=patience_s)
    return view(actor, job_id)


@contextmanager
def living(worker: str, lock_key: int) -> Iterator[None]:
    """A worker that holds its lock."""
    with engine.direct_connection() as connection:
        connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, lock_key))
        connection.execute(
            "INSERT INTO workers (id, lock_key, pid, host) VALUES (%s, %s, 1, 'here')", (worker, lock_key)
        )
        yield
    until(lambda: not lives(worker), what="the server notices that the connection is gone")


def lives(worker: str) -> bool:
    """Whether a worker of this name holds its lock."""
    with db.worker_transaction() as session:
        return claims.lives(session, worker=worker)


@contextmanager
def running(handler: Handler, **options: Any) -> Iterator[Runner]:
    """A worker in a thread of this process; it is stopped at the end, gracefully."""
    stop = threading.Event()
    runner = Runner({"test.job": handler}, **options)
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        assert runner.ready.wait(10)
        yield runner
    finally:
        runner.finish(stop)
        thread.join(30)
        assert not thread.is_alive(), "the worker does not end"
