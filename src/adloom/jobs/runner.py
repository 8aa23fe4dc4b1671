"""The worker's loop: claims jobs, runs them in threads, keeps results, renews what it holds, takes over from the dead.

Quick jobs are claimed, and their results kept, many in one statement, slow ones never wait for it. A notification leads
straight to the claim, on the connection that heard it: keeping and all chores are done in threads of their own.

A worker holds one session advisory lock on the connection on which it claims; whoever sees that lock free knows that
the worker is dead. One of the two places where `except Exception` stands: a job's bug must not stop the others.
"""

from __future__ import annotations

import json
import os
import random
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from adloom.core import logging
from adloom.core.errors import AdloomError
from adloom.db import engine
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import claims, direct, outcomes, schedules
from adloom.jobs.bell import Bell
from adloom.jobs.crew import Crew, Done
from adloom.jobs.direct import Connection
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.types import Handler, Job, Priority

#: Longer than any one write to a platform may take, and that by far: who loses a lease loses it between two writes.
LEASE = timedelta(seconds=120)
_RENEW_EVERY_S = 10.0
_TICK_S = 1.0
#: Who has lost the database leaves others this long to come back too, before it takes their jobs for a dead worker's.
_RETURN_S = 5.0
#: How often is looked for jobs that this worker was given without hearing of it.
_LOOK_BACK_EVERY_S = 10.0
#: How soon is looked after jobs that wait for a place here.
_SOON_S = 0.01
_CHANNEL = "adloom_jobs"

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
        batch: int = 100,
    ) -> None:
        """Runs `concurrency` jobs at a time; quick ones are claimed up to `batch` at once."""
        self._handlers = handlers
        self._schedule = schedule
        self._grace_s = grace_s
        self._lease = lease
        self._bell = Bell()
        self._is_queued = False
        self._is_urgent = False
        self._is_keeping = True
        self._crew = Crew(concurrency, batch=batch, on_end=self._ended)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.ready = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set. A lost database is waited for; the jobs in hand meanwhile stay in hand."""
        with self._beside(self._keep):
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
        self._is_queued = True
        self._is_urgent = True
        self._bell.ring()

    @contextmanager
    def _living(self) -> Iterator[Connection]:
        """Holds this worker's lock, listens, and keeps the leases of what is in hand."""
        patience_s = _RETURN_S if self.ready.is_set() else 0
        with engine.direct_connection() as lock:
            self._register(lock)
            with self._beside(self._keep_leases, partial(self._tend, patience_s=patience_s)):
                yield lock

    @contextmanager
    def _beside(self, *chores: Callable[[threading.Event], None]) -> Iterator[None]:
        """Does these in threads of their own, each told by the event when to end."""
        ending = threading.Event()
        threads = [threading.Thread(target=chore, args=(ending,), daemon=True) for chore in chores]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ending.set()
            for thread in threads:
                thread.join()

    def _register(self, lock: Connection) -> None:
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
        direct.be_claimer(lock)
        lock.execute(f"LISTEN {_CHANNEL}")
        log.info("worker up", worker=self.name)
        self.ready.set()

    def _loop(self, stop: threading.Event, lock: Connection) -> None:
        due = look_back = time.monotonic()
        while not stop.is_set():
            if not self._is_keeping:  # what has ended would stay in hand for ever; without this worker others take over
                raise RuntimeError("results are not kept any more: the thread that keeps them has ended by a bug")
            if time.monotonic() >= due:
                lock.execute("SELECT 1")  # where every place is taken nothing else would tell that it is gone
                self.wake()
                due = time.monotonic() + _TICK_S
            if time.monotonic() >= look_back:
                self._let_go()
                look_back = time.monotonic() + _LOOK_BACK_EVERY_S
            if [*lock.notifies(timeout=0)]:
                self.wake()
            self._bell.still()
            if not self._turn(lock):
                left = due - time.monotonic()
                self._bell.wait(lock.fileno(), seconds=min(left, _SOON_S) if self._crew.is_eager else left)

    def _turn(self, lock: Connection) -> bool:
        """Claims what there is room for; False where there was nothing to do."""
        self._crew.relieve(work=self._work)
        self._release(self._crew.impatient())
        room = self._crew.room if self._is_queued else 0
        if not room:
            return self._is_urgent and self._claim_urgent(lock)
        self._claim(lock, room=room)
        return True

    def _claim(self, lock: Connection, *, room: int) -> None:
        """On the lock's own connection: where that is gone, and so the lock, nothing is claimed.

        Where fewer are due than there is room for, there is no urgent one among what is left either.
        """
        was_urgent, self._is_queued, self._is_urgent = self._is_urgent, False, False
        try:
            jobs = direct.claim(lock, worker=self.name, job_types=list(self._handlers), limit=room, lease=self._lease)
        except psycopg.Error:
            self._is_queued = self._is_urgent = True
            raise
        if len(jobs) == room:
            self._is_queued = True
            self._is_urgent |= was_urgent
        self._crew.take(jobs, work=self._work)

    def _claim_urgent(self, lock: Connection) -> bool:
        """Where no place is free, an urgent job may still have one."""
        if not self._crew.urgent_room:
            return False
        lock.execute("SELECT 1")
        self._is_urgent = False
        with db.worker_transaction() as session:
            jobs = claims.claim(
                session,
                worker=self.name,
                job_types=list(self._handlers),
                limit=1,
                lease=self._lease,
                at_least=Priority.STOP,
                but_lanes=self._crew.urgent_lanes,
            )
        self._crew.take(jobs, work=self._work)
        if jobs:
            self._is_urgent = True
        return bool(jobs)

    def _ended(self, job: Job) -> None:
        """A place is free, or a lane; what waits for it is looked for."""
        if job.priority >= Priority.STOP:
            self._is_urgent = True
        self._bell.ring()

    def _release(self, jobs: Sequence[Job]) -> None:
        """Gives back what was claimed and found no place in time: another worker may have one."""
        if not jobs:
            return
        try:
            with db.worker_transaction() as session:
                claims.release(session, jobs=jobs)
        except SQLAlchemyError:
            self._crew.take(jobs, work=self._work)  # they stay in hand
            raise
        log.info("jobs given back", worker=self.name, jobs=[str(job.id) for job in jobs])

    def _let_go(self) -> None:
        """Gives back what was claimed and did not arrive, or was in hand under the same claim, which came to nothing.

        By the thread that claims, so that nothing is on its way now.
        """
        try:
            with db.worker_transaction() as session:
                strays = claims.let_go(session, worker=self.name, held=self._crew.jobs)
        except SQLAlchemyError as error:
            log.warning("strays not looked for", worker=self.name, error=str(error))
            return
        if strays:
            log.warning("jobs given back that did not arrive", worker=self.name, jobs=strays)

    def do(self, job: Job) -> None:
        """Does one claimed job in this thread, as this worker, and keeps what becomes of it at once."""
        if (done := self._work(job)) is not None:
            self._keep_each([done])

    def _work(self, job: Job) -> Done | None:
        with db.as_worker():
            try:
                result = self._handlers[job.type](job)
                return Done(job, None if result is None else json.dumps(result, default=str))
            except Exception as error:  # noqa: BLE001  (the runner's loop: see the file's head)
                self._stopped(job, error)
                return None

    def _keep(self, ending: threading.Event) -> None:
        """Keeps the results of what ended well; while the database is gone they, and their jobs, stay in hand."""
        try:
            while not ending.is_set():
                try:
                    self._keep_on(ending)
                except (psycopg.Error, SQLAlchemyError) as error:
                    log.warning("results are not kept for now", worker=self.name, error=str(error))
                    ending.wait(_TICK_S)
        finally:
            self._is_keeping = False
            self._bell.ring()

    def _keep_on(self, ending: threading.Event) -> None:
        with engine.direct_connection() as connection:
            direct.be_keeper(connection)
            while not ending.is_set():
                if done := self._crew.gathered(seconds=_TICK_S / 2):
                    self._keep_all(connection, done)

    def _keep_all(self, connection: Connection, done: Sequence[Done]) -> None:
        try:
            stood = direct.keep(connection, worker=self.name, done=[(each.job, each.result) for each in done])
        except psycopg.Error as error:
            if not outcomes.is_refused(error):
                raise
            self._keep_each(done)
        else:
            self._are_kept(done, stood)

    def _keep_each(self, done: Sequence[Done]) -> None:
        """One at a time, so that a result that the database refuses fails its own job and no other."""
        for each in done:
            try:
                with db.worker_transaction() as session:
                    stood = claims.complete(session, done=[(each.job, each.result)])
            except SQLAlchemyError as error:
                if not outcomes.is_refused(error):
                    raise
                self._stopped(each.job, error)
                self._crew.kept([each])
            else:
                self._are_kept([each], stood)

    def _are_kept(self, done: Sequence[Done], stood: Collection[UUID]) -> None:
        self._crew.settled(each.job for each in done if each.job.id in stood)
        self._crew.kept(done)
        self._bell.ring()
        self._tell(done, stood)

    def _tell(self, done: Sequence[Done], stood: Collection[UUID]) -> None:
        kept = [each.job.id for each in done if each.job.id in stood]
        lost = [each.job.id for each in done if each.job.id not in stood]
        if kept:  # ids, not text: nothing has to be looked for in them
            log.info("jobs done", worker=self.name, types=sorted({each.job.type for each in done}), jobs=kept)
        if lost:
            log.warning("jobs' claims were lost", worker=self.name, jobs=lost)

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

        if self._kept(job, settle):
            self._crew.settled([job])

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

    def _keep_leases(self, ending: threading.Event) -> None:
        every_s = min(_RENEW_EVERY_S, self._lease.total_seconds() / 3)
        while not ending.wait(every_s):
            try:
                with db.worker_transaction() as session:
                    claims.renew(session, worker=self.name, jobs=self._crew.jobs, lease=self._lease)
            except SQLAlchemyError as error:
                log.warning("leases not renewed", error=str(error))

    def _tend(self, ending: threading.Event, *, patience_s: float) -> None:
        """Takes back what the dead held, and queues what is due; the triggers wake whoever has a place for it.

        At first nobody is taken for dead: a server that was gone has lost the locks of those who live, too.
        """
        trusting_until = time.monotonic() + patience_s
        while not ending.is_set():
            try:
                if time.monotonic() >= trusting_until:
                    self._reap()
                with db.worker_transaction() as session:
                    schedules.enqueue_due(session, schedule=self._schedule)
            except (SQLAlchemyError, AdloomError) as error:
                log.warning("chores put off", worker=self.name, error=str(error))
            ending.wait(_TICK_S)

    def _reap(self) -> None:
        with db.worker_transaction() as session:
            for job_id in claims.reap(session):
                log.warning("job taken back from a dead worker", job=str(job_id))

    def _drain(self) -> None:
        """Waits for what runs, so that a graceful stop leaves no job half done; past the grace others take over.

        What is left then is given back, and counts as no death: a job that takes long may meet many a short command.
        """
        deadline = time.monotonic() + self._grace_s
        while self._crew.jobs:
            try:
                self._release(self._crew.impatient(at_once=True))
            except SQLAlchemyError as error:
                log.warning("jobs not given back yet", worker=self.name, error=str(error))
                time.sleep(max(min(deadline - time.monotonic(), _TICK_S), 0))
            if time.monotonic() >= deadline:
                break
            self._crew.wait(seconds=deadline - time.monotonic())
        left = self._crew.jobs
        for job in left:
            log.warning("a job outlives the worker's grace", worker=self.name, job=str(job.id), type=job.type)
        try:
            with db.worker_transaction() as session:
                claims.release(session, jobs=left)
        except SQLAlchemyError as error:  # they are taken for a dead worker's, then
            log.warning("jobs not given back", worker=self.name, error=str(error))
