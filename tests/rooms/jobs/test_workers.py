"""Workers in trouble: a database that is gone, a lost lock, a stop in the middle. No job is lost, none runs twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.databases import Cluster
from tests.installation import outage, until
from tests.rooms.jobs.queueing import claim, ended, enqueue, lives, living, reap, running, view

from adloom.core.actor import Actor
from adloom.core.errors import Conflict
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions, claims, direct
from adloom.jobs.runner import Runner
from adloom.jobs.types import ClaimLost, Job, JobStatus, Priority


def test_a_worker_goes_on_at_full_strength_after_the_database_was_gone(
    actor: Actor, cluster: Cluster, database: Urls
) -> None:
    with running(lambda job: None, concurrency=1):
        with outage(cluster, database):
            time.sleep(2.5)  # long enough for the loop to fail at its claim more than once
        for _ in range(3):
            assert ended(actor, enqueue(actor)).status is JobStatus.COMPLETED


def test_a_job_in_hand_while_the_database_is_gone_is_done_once(actor: Actor, cluster: Cluster, database: Urls) -> None:
    runs: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        runs.append(job.fence)
        begun.set()
        go_on.wait(20)
        return {"done": True}

    with running(handler):
        job_id = enqueue(actor)
        assert begun.wait(10)
        with outage(cluster, database):
            go_on.set()
            time.sleep(1.5)
        job = ended(actor, job_id)
    assert (job.status, job.result, runs) == (JobStatus.COMPLETED, {"done": True}, [1])


def test_a_statement_that_fails_because_the_database_went_spends_no_attempt(
    actor: Actor, cluster: Cluster, database: Urls
) -> None:
    attempts: list[int] = []
    begun, is_gone = threading.Event(), threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        attempts.append(job.attempt)
        begun.set()
        is_gone.wait(20)
        with db.transaction(job.actor()) as session:
            session.execute(text("SELECT 1"))
        return None

    with running(handler):
        job_id = enqueue(actor, max_attempts=1)
        assert begun.wait(10)
        with outage(cluster, database):
            is_gone.set()
            time.sleep(1)
        assert ended(actor, job_id).status is JobStatus.COMPLETED
    assert set(attempts) == {1}


def test_a_lease_is_renewed_for_what_is_in_hand_and_for_nothing_else(actor: Actor) -> None:
    enqueue(actor), enqueue(actor)
    with living("one", 1):
        held, forgotten = claim("one", lease=timedelta(seconds=0))
        with db.worker_transaction() as session:
            claims.renew(session, worker="one", jobs=[held], lease=timedelta(seconds=60))
        assert reap() == [forgotten.id]
        with db.worker_transaction() as session:
            assert claims.is_held(session, job=held)
            assert not claims.is_held(session, job=held, time_left=timedelta(seconds=61))


def test_a_claim_whose_answer_was_lost_is_given_back_when_the_worker_is_back(
    actor: Actor, cluster: Cluster, database: Urls
) -> None:
    with _busy(actor) as (runner, go_on):
        stray = enqueue(actor)
        assert [job.id for job in claim(runner.name)] == [stray]
        with outage(cluster, database):
            pass
        until(lambda: view(actor, stray).status is JobStatus.PENDING, what="the stray is given back", patience_s=10)
        go_on.set()
        assert ended(actor, stray).attempts == 1


def test_who_comes_back_first_does_not_take_the_others_for_dead(actor: Actor, cluster: Cluster, database: Urls) -> None:
    with living("another", 1), _busy(actor) as (runner, _):
        theirs = enqueue(actor)
        assert [job.id for job in claim("another")] == [theirs]
        with outage(cluster, database):
            pass
        until(lambda: lives(runner.name), what="the first is back", patience_s=10)
        time.sleep(1.2)  # it looks for the dead once a second
        assert view(actor, theirs).status is JobStatus.RUNNING


def test_a_worker_that_stops_keeps_what_it_runs_from_the_others(actor: Actor) -> None:
    runs: list[str] = []
    begun = threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        runs.append(job.worker)
        begun.set()
        time.sleep(2.5)  # the other one looks for the dead once a second
        return None

    with running(lambda job: runs.append(job.worker)) as other:
        with running(handler) as stopping:
            until(lambda: _claimed_by(actor, stopping.name, begun), what="the first worker has a job")
        assert other.name not in runs[-1:]
        assert runs.count(stopping.name) == 1


def test_a_stop_ends_with_the_grace_whatever_a_job_does_and_counts_no_death(actor: Actor) -> None:
    begun, forever = threading.Event(), threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        begun.set()
        forever.wait(60)
        return None

    started = time.monotonic()
    with running(handler, grace_s=0.5) as runner:
        job_id = enqueue(actor)
        assert begun.wait(10)
    assert time.monotonic() - started < 10
    assert reap() == []
    assert view(actor, job_id).status is JobStatus.PENDING
    with db.worker_transaction() as session:
        counted = session.execute(text("SELECT attempts, deaths FROM background_jobs")).all()
    assert counted == [(0, 0)]
    forever.set()
    until(lambda: bool(runner._crew.gathered(seconds=0)), what="the test's own thread ends")


def test_an_urgent_job_finds_a_place_among_jobs_that_take_long(actor: Actor) -> None:
    go_on = threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        if "slow" in job.data:
            go_on.wait(30)
        return None

    with running(handler, concurrency=1):
        slow = enqueue(actor, data={"slow": True})
        until(lambda: view(actor, slow).status is JobStatus.RUNNING, what="the only place is taken")
        waiting = enqueue(actor, priority=Priority.PERSON)
        assert ended(actor, enqueue(actor, priority=Priority.STOP)).status is JobStatus.COMPLETED
        assert view(actor, waiting).status is JobStatus.PENDING
        go_on.set()
        ended(actor, waiting)


def test_an_urgent_job_waits_for_none_of_another_lane(actor: Actor) -> None:
    go_on = threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        if job.lane == "slow":
            go_on.wait(30)
        return None

    with running(handler, concurrency=2):
        slow = [enqueue(actor, data={"lane": "slow"}, priority=Priority.STOP) for _ in range(20)]
        until(
            lambda: sum(view(actor, job).status is JobStatus.RUNNING for job in slow) >= 2, what="all places are taken"
        )
        assert (
            ended(actor, enqueue(actor, data={"lane": "quick"}, priority=Priority.STOP)).status is JobStatus.COMPLETED
        )
        assert sum(view(actor, job).status is JobStatus.PENDING for job in slow) >= 17, "they have the rest of no lane"
        go_on.set()
        for job in slow:
            ended(actor, job)


def test_a_handler_that_finds_its_claim_lost_changes_nothing(actor: Actor) -> None:
    enqueue(actor)
    (old,) = claim("dead")
    reap()
    (new,) = claim("living")

    def handler(job: Job) -> Mapping[str, Any] | None:
        raise ClaimLost

    runner = Runner({"test.job": handler})  # one that runs would take back what "living", which is no worker, holds
    with db.as_worker():
        runner.do(old)  # what the first worker does when it wakes up
        with db.worker_transaction() as session:
            assert claims.is_held(session, job=new)


def test_a_key_that_another_clients_job_holds_is_refused_and_not_waited_for(
    actor: Actor, member_of_client: Actor
) -> None:
    enqueue(actor, dedupe_key="once")
    with pytest.raises(Conflict):
        enqueue(member_of_client, dedupe_key="once")


def test_a_member_of_one_client_sees_the_jobs_about_it_whoever_asked(actor: Actor, member_of_client: Actor) -> None:
    about_theirs = enqueue(actor, dedupe_key="theirs", client_id=member_of_client.client_id)
    assert view(member_of_client, about_theirs).status is JobStatus.PENDING
    assert enqueue(member_of_client, dedupe_key="theirs") == about_theirs
    assert actions.cancel(member_of_client, job_id=about_theirs).status is JobStatus.CANCELLED


@contextmanager
def _busy(actor: Actor) -> Iterator[tuple[Runner, threading.Event]]:
    """A worker whose only place is taken until the event is set, at the end at the latest."""
    begun, go_on = threading.Event(), threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        begun.set()
        go_on.wait(30)
        return None

    with running(handler, concurrency=1) as runner:
        enqueue(actor)
        assert begun.wait(10)
        try:
            yield runner, go_on
        finally:
            go_on.set()


def _claimed_by(actor: Actor, name: str, begun: threading.Event) -> bool:
    """Queues jobs until the wanted worker has one."""
    if begun.is_set():
        return True
    enqueue(actor)
    return begun.wait(0.2)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_cannot_keep_results_any_more_ends_and_leaves_its_jobs_to_others(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> frozenset[UUID]:
        raise ZeroDivisionError

    monkeypatch.setattr(direct, "keep", broken)
    job_id, stop = enqueue(actor), threading.Event()
    patience = threading.Timer(20, stop.set)
    patience.start()
    with pytest.raises(RuntimeError, match="not kept any more"):
        Runner({"test.job": lambda _: {}}, grace_s=0).run(stop)
    patience.cancel()
    monkeypatch.undo()
    until(lambda: reap() == [job_id], what="its lock is free")
