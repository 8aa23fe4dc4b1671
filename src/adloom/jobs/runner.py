"""The worker's loop: claims jobs, runs each in a thread, renews what it holds, and takes over from the dead.

A worker holds one session advisory lock on a connection that does nothing else; whoever sees that lock free knows
that the worker is dead. One of the two places where `except Exception` stands: a job's bug must not stop the others.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from adloom.core import logging
from adloom.core.errors import AdloomError
from adloom.db import engine
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import claims, outcomes, schedules
from adloom.jobs.crew import Crew
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.types import Handler, Job, Priority

#: Longer than any one write to a platform may take, and that by far: who loses a lease loses it between two writes.
LEASE = timedelta(seconds=120)
_RENEW_EVERY_S = 10.0
_TICK_S = 1.0
_CHANNEL = "adloom_jobs"

Lock = psycopg.Connection[tuple[Any, ...]]

log = logging.logger(__name__)


class Runner:
    """One worker. `run` returns once `stop` is set and every job it holds has ended or been left to others."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        schedule: Sequence[schedules.Schedule] = (),
        concurrency: int = 4,
        grace_s: float = 30.0,
        lease: timedelta = LEASE,
    ) -> None:
        self._handlers = handlers
        self._schedule = schedule
        self._grace_s = grace_s
        self._lease = lease
        self._crew = Crew(concurrency)
        self._wake = threading.Event()
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.ready = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set. A lost database is waited for; the jobs in hand meanwhile stay in hand."""
        while not stop.is_set():
            try:
                with self._living() as lock:
                    self._loop(stop, lock)
                    self._drain()
                    return
            except (psycopg.Error, SQLAlchemyError, AdloomError) as error:
                log.warning("not at work", worker=self.name, error=str(error))
                stop.wait(_TICK_S)
        self._drain()

    def finish(self, stop: threading.Event) -> None:
        """Sets `stop` and looks up at once."""
        stop.set()
        self.wake()

    def wake(self) -> None:
        """Looks at the queue now instead of at the next tick."""
        self._wake.set()

    @contextmanager
    def _living(self) -> Iterator[Lock]:
        """Holds this worker's lock, listens, and keeps the leases of what is in hand."""
        with engine.direct_connection() as lock:
            self._register(lock)
            ending = threading.Event()
            chores = (self._listen, self._keep_leases)
            threads = [threading.Thread(target=chore, args=(ending,), daemon=True) for chore in chores]
            for thread in threads:
                thread.start()
            try:
                yield lock
            finally:
                ending.set()
                for thread in threads:
                    thread.join()

    def _register(self, lock: Lock) -> None:
        """The same worker under a fresh lock: one that was lost may be held for a while by a connection half gone."""
        key = random.getrandbits(31)
        lock.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, key))
        lock.execute(
            """
            INSERT INTO workers (id, lock_key, pid, host)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (id) DO UPDATE
            SET
                lock_key = excluded.lock_key,
                heartbeat_at = clock_timestamp()
            """,
            (self.name, key, os.getpid(), socket.gethostname()),
        )
        log.info("worker up", worker=self.name)
        self.ready.set()

    def _loop(self, stop: threading.Event, lock: Lock) -> None:
        while not stop.is_set():
            lock.execute("SELECT 1")  # raises where the lock's connection, and so the lock, is gone
            self._chores()
            while self._claim(urgent=False) or self._claim(urgent=True):
                pass
            self._wake.wait(_TICK_S)
            self._wake.clear()

    def _chores(self) -> None:
        with db.worker_transaction() as session:
            for job_id in claims.reap(session):
                log.warning("job taken back from a dead worker", job=str(job_id))
        with db.worker_transaction() as session:
            schedules.enqueue_due(session, schedule=self._schedule)

    def _claim(self, *, urgent: bool) -> bool:
        free = self._crew.free(urgent=urgent)
        if not free:
            return False
        with db.worker_transaction() as session:
            jobs = claims.claim(
                session,
                worker=self.name,
                job_types=list(self._handlers),
                limit=1 if urgent else free,
                lease=self._lease,
                at_least=Priority.STOP if urgent else Priority.LOWEST,
                but_lanes=self._crew.urgent_lanes if urgent else (),
            )
        for job in jobs:
            self._crew.take(job, work=self._work)
        return bool(jobs)

    def _work(self, job: Job) -> None:
        with db.as_worker():
            self._run(job)
        self._wake.set()

    def _run(self, job: Job) -> None:
        try:
            result = self._handlers[job.type](job)
        except Exception as error:  # noqa: BLE001  (the runner's loop: see the file's head)
            self._stopped(job, error)
            return
        kept = self._kept(job, lambda session: claims.complete(session, job=job, result=result))
        log.info("job done" if kept else "job's claim was lost", job=str(job.id), type=job.type)

    def _stopped(self, job: Job, error: Exception) -> None:
        step = outcomes.next_step(job, error)
        described = outcomes.describe(error)
        message = str(described["message"])
        log.warning("job stopped", job=str(job.id), type=job.type, next=repr(step), error=described)

        def settle(session: Session) -> bool:
            if isinstance(step, outcomes.GiveUp):
                return claims.fail(session, job=job, error=described, message=message)
            return claims.hand_back(
                session, job=job, delay=step.delay, spend=step.spend, error=described, message=message
            )

        self._kept(job, settle)

    def _kept(self, job: Job, settle: Callable[[Session], bool]) -> bool:
        """Writes a job's outcome; where the database is gone, tries again for as long as a lease lasts."""
        deadline = time.monotonic() + self._lease.total_seconds()
        while True:
            try:
                with db.worker_transaction() as session:
                    return settle(session)
            except SQLAlchemyError as error:
                log.warning("job's outcome not kept yet", job=str(job.id), error=str(error))
            if time.monotonic() > deadline:
                log.error("job left to its lease", job=str(job.id), type=job.type)
                return False
            time.sleep(_TICK_S)

    def _listen(self, ending: threading.Event) -> None:
        while not ending.is_set():
            try:
                with engine.direct_connection() as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    while not ending.is_set():
                        for _ in connection.notifies(timeout=0.5):
                            self._wake.set()
            except psycopg.Error as error:
                log.warning("not listening; the queue is still polled", error=str(error))
                ending.wait(_TICK_S)

    def _keep_leases(self, ending: threading.Event) -> None:
        every_s = min(_RENEW_EVERY_S, self._lease.total_seconds() / 3)
        while not ending.wait(every_s):
            try:
                with db.worker_transaction() as session:
                    claims.renew(session, worker=self.name, jobs=self._crew.jobs, lease=self._lease)
            except SQLAlchemyError as error:
                log.warning("leases not renewed", error=str(error))

    def _drain(self) -> None:
        """Waits for what runs, so that a graceful stop leaves no job half done; past the grace others take over."""
        for job in self._crew.drain(grace_s=self._grace_s):
            log.warning("a job outlives the worker's grace", worker=self.name, job=str(job.id), type=job.type)
