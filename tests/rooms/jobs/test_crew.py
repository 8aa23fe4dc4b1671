"""The crew: quick jobs are taken ahead of their place, slow ones never, and nobody waits for long behind a slow one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from tests.installation import until

from adloom.jobs.crew import Crew, Done
from adloom.jobs.types import Job, Priority

_PLACES = 2


class Hall:
    """A crew whose time passes by hand, and a gate before which its slow jobs stand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.crew = Crew(_PLACES, batch=100, on_end=lambda job: None, clock=lambda: self.now)
        self.open = threading.Event()
        self.begun: list[Job] = []

    def work(self, job: Job) -> Done:
        self.begun.append(job)
        if job.data.get("slow"):
            assert self.open.wait(20)
        return Done(job, None)

    def take(self, *jobs: Job) -> None:
        self.crew.take(jobs, work=self.work)

    def warm_up(self) -> None:
        """Many quick jobs, done and kept."""
        self.take(*(a_job() for _ in range(100)))
        until(lambda: len(self.crew.gathered(seconds=0)) == 100, what="quick jobs end")
        self.crew.kept(self.crew.gathered(seconds=0))
        self.begun.clear()


def a_job(*, slow: bool = False, priority: int = Priority.ROUTINE, lane: str = "") -> Job:
    data = {"slow": slow, "lane": lane}
    return Job(uuid4(), "test.job", data, uuid4(), None, None, 1, 3, 1, "worker", priority)


@pytest.fixture
def hall() -> Iterator[Hall]:
    found = Hall()
    yield found
    found.open.set()


def test_at_first_there_is_room_for_the_places_alone(hall: Hall) -> None:
    assert hall.crew.room == _PLACES


def test_where_jobs_are_quick_there_is_room_for_many(hall: Hall) -> None:
    hall.warm_up()
    assert hall.crew.room > 10 * _PLACES


def test_while_every_place_is_slow_nothing_is_taken_ahead(hall: Hall) -> None:
    hall.warm_up()
    hall.take(a_job(slow=True), a_job(slow=True))
    hall.now += 0.1
    hall.crew.relieve(work=hall.work)
    hall.now += 0.1
    assert hall.crew.room == 0


def test_quick_jobs_share_one_place_until_one_of_them_is_slow(hall: Hall) -> None:
    hall.warm_up()
    slow, quick = a_job(slow=True), a_job()
    hall.take(slow, quick)
    hall.crew.relieve(work=hall.work)
    until(lambda: slow in hall.begun, what="the slow one begins")
    assert quick not in hall.begun
    hall.now += 0.01
    hall.crew.relieve(work=hall.work)
    until(lambda: quick in hall.begun, what="the quick one has a place of its own")


def test_an_urgent_job_has_a_place_of_its_own_at_once(hall: Hall) -> None:
    hall.warm_up()
    urgent = a_job(priority=Priority.STOP)
    hall.take(a_job(slow=True))
    hall.take(urgent)
    until(lambda: urgent in hall.begun, what="the urgent job begins")


def test_who_waits_long_for_a_place_is_given_back_and_does_not_run(hall: Hall) -> None:
    waiting = a_job()
    hall.take(a_job(slow=True), a_job(slow=True), waiting)
    assert hall.crew.impatient() == ()
    hall.now += 0.3
    assert hall.crew.impatient() == (waiting,)
    hall.open.set()
    until(lambda: len(hall.crew.gathered(seconds=0)) == _PLACES, what="the slow ones end")
    assert waiting not in hall.begun


def test_an_urgent_job_passes_those_that_wait_and_only_its_own_lane_holds_it(hall: Hall) -> None:
    hall.take(a_job(slow=True), a_job(slow=True), a_job())
    first, same, other = (a_job(slow=True, priority=Priority.STOP, lane=lane) for lane in ("meta", "meta", "google"))
    hall.take(first, same, other)
    until(lambda: first in hall.begun, what="the urgent job begins")
    assert hall.crew.urgent_lanes == {"meta", "google"}
    assert same not in hall.begun


def test_results_that_wait_to_be_kept_are_still_in_hand(hall: Hall) -> None:
    job = a_job()
    hall.take(job)
    until(lambda: bool(hall.crew.gathered(seconds=0)), what="the job ends")
    assert hall.crew.jobs == (job,)
    hall.crew.kept(hall.crew.gathered(seconds=0))
    assert hall.crew.jobs == ()


def test_results_of_quick_jobs_gather_for_a_moment_and_no_longer(hall: Hall) -> None:
    hall.take(a_job(slow=True), a_job(), a_job(slow=True), a_job())
    until(lambda: len(hall.begun) == 3, what="one job ends, and the next one begins")
    assert hall.crew.gathered(seconds=0) == ()
    hall.now += 0.1
    assert len(hall.crew.gathered(seconds=0)) == 1


def test_results_are_waited_for_until_nobody_waits_behind_them(hall: Hall) -> None:
    assert hall.crew.gathered(seconds=0) == ()
    quick = a_job()
    hall.take(quick)
    assert [done.job for done in hall.crew.gathered(seconds=20)] == [quick]


def test_a_claim_that_is_given_again_after_a_crash_is_not_begun_twice(hall: Hall) -> None:
    """The server may forget a claim in a crash: the same worker gets it with the same number, while its job runs."""
    runs, waits = a_job(slow=True), a_job()
    hall.take(runs, a_job(slow=True), waits)
    hall.take(runs, waits)
    hall.open.set()
    until(lambda: len(hall.crew.gathered(seconds=0)) == 3, what="all have ended")
    assert [hall.begun.count(job) for job in (runs, waits)] == [1, 1]
    assert {job.id for job in hall.crew.jobs} == {each.job.id for each in hall.crew.gathered(seconds=0)}


def test_nor_is_a_claim_whose_outcome_was_written_while_it_was_given_again(hall: Hall) -> None:
    job = a_job()
    hall.take(job)
    until(lambda: bool(hall.crew.gathered(seconds=0)), what="the job ends")
    hall.crew.settled([job])
    hall.crew.kept(hall.crew.gathered(seconds=0))
    hall.take(job)
    hall.take(again := a_job())
    until(lambda: bool(hall.crew.gathered(seconds=0)), what="the next job ends")
    assert hall.begun == [job, again]


def test_a_claim_that_is_given_again_and_came_to_nothing_before_is_begun(hall: Hall) -> None:
    job = a_job()
    for _ in range(2):
        hall.take(job)
        until(lambda: bool(hall.crew.gathered(seconds=0)), what="the job ends")
        hall.crew.kept(hall.crew.gathered(seconds=0))
    assert hall.begun == [job, job]


def test_two_claims_of_a_job_are_in_hand_apart(hall: Hall) -> None:
    lost = a_job(slow=True)
    later = replace(lost, data={}, fence=2)
    hall.take(lost, later)
    until(lambda: bool(hall.crew.gathered(seconds=0)), what="the later one ends")
    hall.crew.kept(hall.crew.gathered(seconds=0))
    assert hall.crew.jobs == (lost,)
