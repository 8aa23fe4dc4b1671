"""The worker's loop: claims jobs, runs each in a thread, renews what it holds, and takes over from the dead.

A worker holds one session advisory lock on a connection that does nothing else; whoever sees that lock free knows
that the worker is dead. One of the two places where `except Exception` stands: a job's bug must not stop the others.
"""

from __future__ import annotations

import os
import random
import socket
import threading
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from sqlalchemy.exc import DBAPIError

from adloom.core import logging
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import claims, outcomes, schedules
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.types import Handler, Job

LEASE = timedelta(seconds=60)
_RENEW_EVERY_S = 10.0
_TICK_S = 1.0
_CHANNEL = "adloom_jobs"

log = logging.logger(__name__)


@dataclass(frozen=True, slots=True)
class Identity:
    """A worker's name, and the second half of its advisory lock."""

    id: str
    lock_key: int

    @classmethod
    def new(cls) -> Identity:
        """A name that no other worker has, dead or alive."""
        return cls(f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}", random.getrandbits(31))


class Runner:
    """One worker. `run` returns once `stop` is set and every job it holds has ended or been left to its lease."""

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        *,
        schedule: Sequence[schedules.Schedule] = (),
        concurrency: int = 4,
        grace_s: float = 30.0,
    ) -> None:
        self._handlers = handlers
        self._schedule = schedule
        self._concurrency = concurrency
        self._grace_s = grace_s
        self._me = Identity.new()
        self._wake = threading.Event()
        self._free = threading.Semaphore(concurrency)
        self.ready = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set. A lost database is waited for; a lost lock ends this life and begins another."""
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="job") as pool:
            while not stop.is_set():
                try:
                    self._live(pool, stop)
                except (psycopg.OperationalError, DBAPIError) as error:
                    log.warning("database lost", worker=self._me.id, error=str(error))
                    stop.wait(_TICK_S)
                    self._me = Identity.new()
            self._drain()

    def finish(self, stop: threading.Event) -> None:
        """Sets `stop` and looks up at once."""
        stop.set()
        self.wake()

    def wake(self) -> None:
        """Looks at the queue now instead of at the next tick."""
        self._wake.set()

    def _live(self, pool: ThreadPoolExecutor, stop: threading.Event) -> None:
        with engine.direct_connection() as lock:
            self._register(lock)
            ending = threading.Event()
            threads = [
                threading.Thread(target=self._listen, args=(ending,), daemon=True, name="listen"),
                threading.Thread(target=self._keep_leases, args=(ending,), daemon=True, name="leases"),
            ]
            for thread in threads:
                thread.start()
            try:
                self._loop(pool, stop, lock)
            finally:
                ending.set()
                for thread in threads:
                    thread.join()

    def _register(self, lock: psycopg.Connection[tuple[object, ...]]) -> None:
        lock.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, self._me.lock_key))
        lock.execute(
            "INSERT INTO workers (id, lock_key, pid, host) VALUES (%s, %s, %s, %s)",
            (self._me.id, self._me.lock_key, os.getpid(), socket.gethostname()),
        )
        log.info("worker up", worker=self._me.id)
        self.ready.set()

    def _loop(
        self, pool: ThreadPoolExecutor, stop: threading.Event, lock: psycopg.Connection[tuple[object, ...]]
    ) -> None:
        while not stop.is_set():
            lock.execute("SELECT 1")  # raises where the lock's connection, and so the lock, is gone
            self._chores()
            while self._claim(pool):
                pass
            self._wake.wait(_TICK_S)
            self._wake.clear()

    def _chores(self) -> None:
        with db.worker_transaction() as session:
            for job_id in claims.reap(session):
                log.warning("job taken back from a dead worker", job=str(job_id))
        with db.worker_transaction() as session:
            schedules.enqueue_due(session, schedule=self._schedule)

    def _claim(self, pool: ThreadPoolExecutor) -> bool:
        slots = self._take_slots()
        if not slots:
            return False
        with db.worker_transaction() as session:
            jobs = claims.claim(session, worker=self._me.id, job_types=list(self._handlers), limit=slots, lease=LEASE)
        for _ in range(slots - len(jobs)):
            self._free.release()
        for job in jobs:
            pool.submit(self._work, job)
        return bool(jobs)

    def _take_slots(self) -> int:
        taken = 0
        while taken < self._concurrency and self._free.acquire(blocking=False):
            taken += 1
        return taken

    def _work(self, job: Job) -> None:
        try:
            with db.as_worker():
                self._run(job)
        finally:
            self._free.release()
            self._wake.set()

    def _run(self, job: Job) -> None:
        try:
            result = self._handlers[job.type](job)
        except Exception as error:  # noqa: BLE001  (the runner's loop: see the file's head)
            self._settle(job, error)
            return
        with db.worker_transaction() as session:
            kept = claims.complete(session, job=job, result=result)
        log.info("job done" if kept else "job's claim was lost", job=str(job.id), type=job.type)

    def _settle(self, job: Job, error: Exception) -> None:
        step = outcomes.next_step(job, error)
        described = outcomes.describe(error)
        message = str(described["message"])
        log.warning("job stopped", job=str(job.id), type=job.type, next=repr(step), error=described)
        with db.worker_transaction() as session:
            if isinstance(step, outcomes.Again):
                claims.hand_back(session, job=job, delay=step.delay, spend=step.spend, error=described, message=message)
            else:
                claims.fail(session, job=job, error=described, message=message)

    def _listen(self, ending: threading.Event) -> None:
        try:
            with engine.direct_connection() as connection:
                connection.execute(f"LISTEN {_CHANNEL}")
                while not ending.is_set():
                    for _ in connection.notifies(timeout=0.5):
                        self._wake.set()
        except psycopg.OperationalError as error:
            log.warning("not listening; the queue is still polled", error=str(error))

    def _keep_leases(self, ending: threading.Event) -> None:
        while not ending.wait(_RENEW_EVERY_S):
            try:
                with db.worker_transaction() as session:
                    claims.renew(session, worker=self._me.id, lease=LEASE)
            except DBAPIError as error:
                log.warning("leases not renewed", error=str(error))

    def _drain(self) -> None:
        """Waits for what runs, so that a graceful stop leaves no job half done; past the grace their leases decide."""
        for _ in range(self._concurrency):
            if not self._free.acquire(timeout=self._grace_s):
                log.warning("a job outlives the worker's grace", worker=self._me.id)
                return
