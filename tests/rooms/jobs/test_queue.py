"""The queue: what is claimed, by whom, in which order, and what becomes of it. On a real database, with real locks."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.installation import until
from tests.rooms.jobs.queueing import LEASE, claim, ended, enqueue, living, reap, running, view

from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Rejected, Unavailable
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import actions, claims, direct, queries
from adloom.jobs.queries import LOCK_CLASS
from adloom.jobs.types import Job, JobStatus, Priority, Snooze


def test_two_workers_never_share_a_job(actor: Actor) -> None:
    ids = {enqueue(actor) for _ in range(20)}
    with db.worker_transaction() as session:
        first = claims.claim(session, worker="one", job_types=["test.job"], limit=12, lease=LEASE)
        second = claim("two")
    assert len(first) == 12
    assert {job.id for job in first}.isdisjoint(job.id for job in second)
    assert {job.id for job in first} | {job.id for job in second} == ids


def test_the_most_urgent_job_comes_first_and_one_that_is_not_due_waits(actor: Actor) -> None:
    routine = enqueue(actor)
    stop = enqueue(actor, priority=Priority.STOP)
    enqueue(actor, priority=Priority.STOP, delay=timedelta(hours=1))
    assert [job.id for job in claim("one")] == [stop, routine]


def test_a_job_of_a_key_that_is_taken_is_the_job_that_holds_it(actor: Actor) -> None:
    first = enqueue(actor, dedupe_key="once")
    assert enqueue(actor, dedupe_key="once") == first
    (job,) = claim("one")
    assert enqueue(actor, dedupe_key="once") == first
    with db.worker_transaction() as session:
        claims.complete(session, done=[(job, None)])
    assert enqueue(actor, dedupe_key="once") != first


def test_a_job_that_is_asked_for_alone_is_queued_at_once_and_of_a_key_that_is_taken_it_is_the_holder(
    actor: Actor, member_of_client: Actor
) -> None:
    alone = actions.ask(actor, job_type="test.job", data={}, priority=Priority.PERSON)
    first = actions.ask(actor, job_type="test.job", data={"number": 1}, dedupe_key="once")
    assert actions.ask(actor, job_type="test.job", data={}, dedupe_key="once") == first
    with pytest.raises(Conflict):
        actions.ask(member_of_client, job_type="test.job", data={}, dedupe_key="once")
    jobs = claim("one")
    assert [job.id for job in jobs] == [alone, first]
    assert (jobs[1].tenant_id, jobs[1].person_id, jobs[1].data) == (actor.tenant_id, actor.person_id, {"number": 1})


def test_a_job_that_is_asked_for_in_a_joint_transaction_falls_with_it(actor: Actor) -> None:
    def ask_and_break() -> None:
        with db.joint(actor):
            actions.ask(actor, job_type="test.job", data={})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_break()
    assert claim("one") == []


def test_what_is_asked_while_the_same_waits_is_that_job_and_while_it_runs_another(actor: Actor) -> None:
    first = enqueue(actor, waiting_key="pull")
    assert enqueue(actor, waiting_key="pull") == first
    assert [job.id for job in claim("one")] == [first]
    second = enqueue(actor, waiting_key="pull")
    assert second != first
    assert enqueue(actor, waiting_key="pull") == second


def test_a_job_that_is_handed_back_beside_its_follower_collides_with_nothing(actor: Actor) -> None:
    first = enqueue(actor, waiting_key="pull")
    (job,) = claim("one")
    second = enqueue(actor, waiting_key="pull")
    with db.worker_transaction() as session:
        assert claims.hand_back(session, job=job, delay=timedelta(0), spend=True, error=None, message=None)
    assert enqueue(actor, waiting_key="pull") in {first, second}
    assert {job.id for job in claim("nobody")} == {first, second}
    assert set(reap()) == {first, second}
    assert enqueue(actor, waiting_key="pull") in {first, second}


def test_a_waiting_job_that_answers_a_question_does_not_begin_before_the_question_is_written(actor: Actor) -> None:
    first = enqueue(actor, waiting_key="pull")
    with db.transaction(actor) as session:
        held = actions.enqueue(session, job_type="test.job", data={}, actor=actor, waiting_key="pull")
        assert (held, claim("one")) == (first, [])
    assert [job.id for job in claim("one")] == [first]


def test_of_many_who_ask_at_once_one_job_is_made(actor: Actor) -> None:
    made: list[UUID] = []
    threads = [threading.Thread(target=lambda: made.append(enqueue(actor, waiting_key="pull"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(made)), len(claim("one"))) == (6, 1, 1)


def test_a_rolled_back_transaction_leaves_no_job(actor: Actor) -> None:
    def enqueue_and_break() -> None:
        with db.transaction(actor) as session:
            actions.enqueue(session, job_type="test.job", data={}, actor=actor)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_break()
    assert claim("one") == []


def test_the_death_of_a_worker_gives_its_job_back_without_a_spent_attempt(actor: Actor) -> None:
    job_id = enqueue(actor)
    with living("one", 1):
        (job,) = claim("one")
        assert reap() == []
    assert reap() == [job_id]
    (again,) = claim("two")
    assert (again.id, again.attempt, again.fence) == (job_id, 1, job.fence + 1)


def test_a_job_whose_lease_ran_out_is_taken_over_and_its_old_claim_is_worth_nothing(actor: Actor) -> None:
    enqueue(actor)
    with living("slow", 1):
        with db.worker_transaction() as session:
            (old,) = claims.claim(session, worker="slow", job_types=["test.job"], limit=1, lease=timedelta(seconds=-1))
        assert reap() == [old.id]
    (new,) = claim("quick")
    with db.worker_transaction() as session:
        assert not claims.is_held(session, job=old)
        assert not claims.complete(session, done=[(old, '{"from": "the grave"}')])
        assert claims.complete(session, done=[(new, '{"from": "the living"}')]) == {new.id}
    assert view(actor, new.id).result == {"from": "the living"}


def test_a_job_that_kills_every_worker_is_given_up(actor: Actor) -> None:
    job_id = enqueue(actor)
    for _ in range(claims.MAX_DEATHS):
        assert len(claim("nobody")) == 1
        reap()
    assert view(actor, job_id).status is JobStatus.FAILED


def test_waiting_jobs_can_be_cancelled_and_running_ones_cannot(actor: Actor) -> None:
    waiting, begun = enqueue(actor), enqueue(actor, priority=Priority.STOP)
    claim("one", limit=1)
    assert actions.cancel(actor, job_id=waiting).status is JobStatus.CANCELLED
    assert actions.cancel(actor, job_id=waiting).status is JobStatus.CANCELLED
    with pytest.raises(Conflict):
        actions.cancel(actor, job_id=begun)


def test_another_tenants_job_does_not_exist(actor: Actor, second_tenant: Actor) -> None:
    assert queries.get(second_tenant, job_id=enqueue(actor)) is None


def test_a_runner_does_what_is_queued_and_keeps_the_result(actor: Actor) -> None:
    with running(lambda job: {"tenant": job.tenant_id}):
        job = ended(actor, enqueue(actor))
    assert (job.status, job.result) == (JobStatus.COMPLETED, {"tenant": str(actor.tenant_id)})


def test_a_snoozing_handler_spends_no_attempt_and_an_unavailable_world_does(actor: Actor) -> None:
    attempts: list[int] = []

    def handler(job: Job) -> Mapping[str, Any] | None:
        attempts.append(job.attempt)
        if len(attempts) < 3:
            raise Snooze(timedelta(0), why="not yet")
        if len(attempts) < 4:
            raise Unavailable("down")
        return None

    with running(handler):
        assert ended(actor, enqueue(actor)).status is JobStatus.COMPLETED
    assert attempts == [1, 1, 1, 2]


@pytest.mark.parametrize(
    ("error", "code"),
    [(Rejected("too short", words="Headline too short"), "rejected"), (ZeroDivisionError("oops"), "bug")],
)
def test_a_no_and_a_bug_end_the_job_at_once_with_words(actor: Actor, error: Exception, code: str) -> None:
    def handler(job: Job) -> Mapping[str, Any] | None:
        raise error

    with running(handler):
        job = ended(actor, enqueue(actor))
    assert (job.status, job.attempts, job.error and job.error["code"]) == (JobStatus.FAILED, 1, code)


def test_a_runner_outlives_a_lost_lock_connection(actor: Actor) -> None:
    with running(lambda job: None):
        with engine.direct_connection() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
                (LOCK_CLASS,),
            )
        assert ended(actor, enqueue(actor)).status is JobStatus.COMPLETED


def test_a_graceful_stop_lets_what_runs_end(actor: Actor) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def handler(job: Job) -> Mapping[str, Any] | None:
        begun.set()
        go_on.wait(10)
        return None

    with running(handler):
        job_id = enqueue(actor)
        assert begun.wait(10)
        threading.Timer(0.3, go_on.set).start()
    assert view(actor, job_id).status is JobStatus.COMPLETED


def test_a_living_worker_is_counted_and_a_dead_one_is_not(actor: Actor) -> None:
    assert queries.living_workers() == 0
    with living("one", 1):
        assert queries.living_workers() == 1
    until(lambda: queries.living_workers() == 0, what="its lock is free", patience_s=5)


def test_jobs_wake_a_runner_by_notification(actor: Actor) -> None:
    """An idle runner has the job long before its next tick: asked of the database, not of a stop-watch."""
    with running(lambda job: None):
        ended(actor, enqueue(actor))
        with engine.direct_connection() as listening:
            listening.execute("LISTEN adloom_jobs")
            enqueue(actor)
            heard = [note.payload for note in listening.notifies(timeout=5, stop_after=1)]
    assert heard == ["test.job"]


def test_what_was_claimed_and_has_not_begun_goes_back_to_its_place_with_no_attempt_spent(actor: Actor) -> None:
    ids = [enqueue(actor) for _ in range(3)]
    first, *others = claim("one")
    with db.worker_transaction() as session:
        claims.release(session, jobs=others)
    enqueue(actor)
    again = claim("two", limit=2)
    assert [job.id for job in again] == ids[1:]
    assert [job.attempt for job in (first, *again)] == [1, 1, 1]


def test_many_quick_jobs_end_each_once_and_with_its_own_result(actor: Actor) -> None:
    runs: list[int] = []

    def handler(job: Job) -> Mapping[str, Any]:
        runs.append(job.data["number"])
        return {"number": job.data["number"]}

    with db.transaction(actor) as session:
        ids = [
            actions.enqueue(session, job_type="test.job", data={"number": number}, actor=actor) for number in range(300)
        ]
    with running(handler, batch=40):
        ended(actor, ids[-1])
    jobs = [view(actor, job_id) for job_id in ids]
    assert [job.result for job in jobs] == [{"number": number} for number in range(300)]
    assert sorted(runs) == list(range(300))
    assert {(job.status, job.attempts) for job in jobs} == {(JobStatus.COMPLETED, 1)}


def test_a_result_that_the_database_refuses_fails_its_own_job_alone(actor: Actor) -> None:
    ids = [enqueue(actor, data={"text": text}) for text in ("one", "t\\0wo", "three")]
    with running(lambda job: {"text": job.data["text"].replace("\\0", "\0")}):
        jobs = [ended(actor, job_id) for job_id in ids]
    assert [job.status for job in jobs] == [JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.COMPLETED]


def test_claims_and_results_are_planned_by_indexes_however_short_the_queue_is(actor: Actor) -> None:
    """Their plans are kept while the queue grows; the index of what runs holds what ran, and is not for results."""
    claimed = {"worker": "one", "job_types": ["test.job"], "limit": 10, "lease": LEASE, "at_least": Priority.LOWEST}
    kept = {"worker": "one", "ids": "{}", "fences": "{}", "results": []}
    with engine.direct_connection() as connection:
        direct.be_claimer(connection)

        def plan(statement: str, values: Mapping[str, Any]) -> str:
            return " ".join(row[0] for row in connection.execute("EXPLAIN " + statement, values, prepare=False))

        plans = [plan(direct.CLAIM, {**claimed, "but_lanes": []}), plan(direct.KEEP, kept)]
    assert "idx_jobs_status_priority" in plans[0]
    assert all("background_jobs_pkey" in each for each in plans)
    assert not [found for found in ("Seq Scan", "Sort", "idx_jobs_running") if found in " ".join(plans)], plans


def test_only_what_is_still_claimed_is_kept_with_a_result(actor: Actor) -> None:
    ids = [enqueue(actor) for _ in range(2)]
    with engine.direct_connection() as claimer, engine.direct_connection() as keeper:
        direct.be_claimer(claimer)
        direct.be_keeper(keeper)
        first, second = direct.claim(claimer, worker="one", job_types=["test.job"], limit=2, lease=LEASE)
        assert [first.id, second.id] == ids
        with db.worker_transaction() as session:
            claims.release(session, jobs=[second])
        done = [(first, '{"odd": "\\"{,}"}'), (second, None)]
        assert direct.keep(keeper, worker="one", done=done) == {first.id}
    assert view(actor, first.id).result == {"odd": '"{,}'}


def test_claims_do_not_wait_for_the_disk_and_results_do_as_the_server_says(actor: Actor) -> None:
    with engine.direct_connection() as claimer, engine.direct_connection() as keeper:
        direct.be_claimer(claimer)
        direct.be_keeper(keeper)
        asked = "SELECT setting, source <> 'session' FROM pg_settings WHERE name = 'synchronous_commit'"
        of_claims, of_results = (each.execute(asked).fetchone() for each in (claimer, keeper))
    assert of_claims == ("off", False)
    assert of_results is not None
    assert of_results[1], "set for the connection"
