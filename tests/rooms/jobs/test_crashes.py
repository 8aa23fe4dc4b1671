"""The server dies while claims, which nobody flushes, and results, which somebody does, are under way (decision 28)."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests import installation
from tests.installation import until
from tests.rooms.jobs.crashing import WAYS, Durable, durable
from tests.rooms.jobs.queueing import ended, enqueue, running, view

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.jobs import actions, claims
from adloom.jobs.types import ClaimLost, Job, JobStatus

_STORMS = 4

_STEPS = """
CREATE TABLE steps (job uuid PRIMARY KEY, is_done boolean NOT NULL DEFAULT false);
GRANT SELECT, INSERT, UPDATE ON steps TO adloom_worker;
"""
_INTEND = text("INSERT INTO steps (job) VALUES (:job) ON CONFLICT DO NOTHING RETURNING true")
_DONE = text("UPDATE steps SET is_done = true WHERE job = :job")
_ROW = "SELECT status::text, attempts, fence FROM background_jobs WHERE id = %s"


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Durable]:
    with durable(tmp_path_factory.mktemp("crashes") / "home") as found:
        found.do(_STEPS)
        yield found


@pytest.fixture(scope="module")
def owner(crashing: Durable) -> Actor:
    return installation.owner("owner@example.com")


class Struck:
    """A handler that does something of a job's, sees the server die, and goes on when it may."""

    def __init__(self, crashing: Durable, how: int) -> None:
        self.runs: list[tuple[int, int]] = []
        self.is_down = threading.Event()
        self.go_on = threading.Event()
        self._crash = lambda: crashing.crash(how)

    def before(self, job: Job) -> None:
        """What is done under the claim before the server dies: nothing."""

    def __call__(self, job: Job) -> Mapping[str, Any] | None:
        if job.data:
            return None
        self.runs.append((job.fence, job.attempt))
        if not self.is_down.is_set():
            self.before(job)
            self._crash()
            self.is_down.set()
        self.go_on.wait(30)
        return {"fence": job.fence}


class StruckAtAWrite(Struck):
    """The same, when the fence has just let a write to a platform through."""

    def before(self, job: Job) -> None:
        _pass_the_fence(job)


def test_a_claim_that_the_server_forgot_is_the_same_claim_again(crashing: Durable, owner: Actor) -> None:
    handler = Struck(crashing, signal.SIGQUIT)
    with running(handler):
        _connect(crashing, owner)
        job_id = enqueue(owner)
        assert handler.is_down.wait(20)
        crashing.start()
        assert crashing.asked(_ROW, job_id) == [("pending", 0, 0)], "the server has forgotten the claim"
        crashing.let_workers_in(True)
        until(lambda: view(owner, job_id).status is JobStatus.RUNNING, what="it is claimed again", patience_s=20)
        handler.go_on.set()
        job = ended(owner, job_id)
    assert (job.status, job.result, job.attempts) == (JobStatus.COMPLETED, {"fence": 1}, 1)
    assert handler.runs == [(1, 1)], "it was in hand, and is not begun twice"


def test_no_write_goes_out_under_a_claim_that_could_be_forgotten(crashing: Durable, owner: Actor) -> None:
    handler = StruckAtAWrite(crashing, signal.SIGKILL)
    with running(handler):
        _connect(crashing, owner)
        job_id = enqueue(owner)
        assert handler.is_down.wait(20)
        crashing.start()
        assert crashing.asked(_ROW, job_id) == [("running", 1, 1)], "the fence has flushed the claim"
        crashing.let_workers_in(True)
        handler.go_on.set()
        assert ended(owner, job_id).status is JobStatus.COMPLETED


class Storm:
    """Two workers at jobs that each write to a platform once, while the server dies again and again.

    The platform is a list: it outlives the server, and whoever finds an intent without an end looks there.
    """

    def __init__(self, crashing: Durable, owner: Actor) -> None:
        self._crashing = crashing
        self._owner = owner
        self.asked: list[UUID] = []
        self.platform: list[UUID] = []
        self.begun: list[tuple[UUID, float]] = []
        self.told: dict[UUID, float] = {}

    def work(self, job: Job) -> Mapping[str, Any] | None:
        """The handler."""
        self.begun.append((job.id, time.monotonic()))
        time.sleep(random.uniform(0, 0.01))
        is_new = db.at_once_as_worker(Query(_INTEND, {"job": job.id}))[0]
        if is_new or job.id not in self.platform:
            _pass_the_fence(job)
            self.platform.append(job.id)
        db.at_once_as_worker(Query(_DONE, {"job": job.id}))
        return {"fence": job.fence}

    def strike(self, how: int) -> None:
        """Asks for jobs and follows them; once some are done the server dies under it, and is started again."""
        blow = threading.Timer(random.uniform(0.2, 0.4), self._crashing.crash, [how])
        done = len(self.told)
        until(lambda: self._asked_until(lambda: len(self.told) > done), what="jobs are done", patience_s=20)
        blow.start()
        until(lambda: self._asked_until(blow.finished.is_set), what="the server dies", patience_s=20)
        self._crashing.start()

    def _asked_until(self, is_so: Callable[[], bool]) -> bool:
        with suppress(DBAPIError, psycopg.Error):  # who asks then is told of no job
            for _ in range(10):
                self.asked.append(actions.ask(self._owner, job_type="test.job", data={}))
            self.follow()
        return is_so()

    def follow(self) -> None:
        """Notes who is told now that a job is done."""
        for (job_id,) in self._crashing.asked("SELECT id FROM background_jobs WHERE status = 'completed'"):
            self.told.setdefault(job_id, time.monotonic())

    def is_over(self) -> bool:
        """Whether nothing waits or runs."""
        left = self._crashing.asked("SELECT FROM background_jobs WHERE status IN ('pending', 'running')")
        self.follow()
        return not left

    @property
    def begun_after_the_end(self) -> list[UUID]:
        """Jobs that began after somebody was told that they are done."""
        return [job_id for job_id, at in self.begun if at > self.told[job_id]]


def test_no_job_is_lost_or_done_again_however_often_the_server_dies(crashing: Durable, owner: Actor) -> None:
    storm = Storm(crashing, owner)
    with running(storm.work), running(storm.work):
        for number in range(_STORMS):
            storm.strike(WAYS[number % len(WAYS)])
        until(storm.is_over, what="all jobs end", patience_s=30)
    jobs = dict(crashing.asked("SELECT id, (status::text, attempts, deaths) FROM background_jobs"))
    assert len(storm.asked) > 20
    assert {jobs.get(job_id) for job_id in storm.asked} == {("completed", "1", "0")}
    assert storm.begun_after_the_end == []
    assert set(Counter(storm.platform).values()) == {1}, "what may have been written is looked for first"
    assert set(storm.asked) <= set(storm.platform)


def _connect(crashing: Durable, owner: Actor) -> None:
    """Lets the worker have every connection that it will need, and no new one any more."""
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(db.worker_transaction())
    ended(owner, enqueue(owner, data={"is_first": True}))
    crashing.let_workers_in(False)


def _pass_the_fence(job: Job) -> None:
    (held,) = db.at_once_as_worker(claims.holding(job, time_left=timedelta(0)))
    if not held:
        raise ClaimLost
