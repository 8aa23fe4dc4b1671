"""What becomes of a job when its handler raises."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors as pg
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from adloom.core import time
from adloom.core.errors import CredentialsExpired, Invalid, OutcomeUnknown, Rejected, Throttled, Unavailable
from adloom.jobs import outcomes
from adloom.jobs.outcomes import Again, GiveUp
from adloom.jobs.types import ClaimLost, Job, Snooze


def job(attempt: int = 1, max_attempts: int = 3) -> Job:
    return Job(uuid4(), "test.job", {}, uuid4(), None, None, attempt, max_attempts, 1, "worker")


def wrapped(error: psycopg.Error) -> OperationalError:
    return OperationalError("SELECT secret", {"sealed": "v1:k1:ABC"}, error)


GONE = [
    psycopg.OperationalError("connection refused"),
    psycopg.InterfaceError("the connection is closed"),
    pg.AdminShutdown("terminating"),
    pg.CannotConnectNow("starting up"),
    wrapped(psycopg.OperationalError("server closed the connection unexpectedly")),
    wrapped(pg.AdminShutdown("terminating")),
    PoolTimeout("QueuePool limit reached"),
]


@pytest.mark.parametrize("error", GONE, ids=repr)
def test_a_database_that_is_gone_spends_no_attempt_even_the_last_one(error: Exception) -> None:
    step = outcomes.next_step(job(3, 3), error)
    assert isinstance(step, Again)
    assert not step.spend
    assert outcomes.describe(error)["code"] == "database"


@pytest.mark.parametrize("error", [pg.DeadlockDetected(), pg.QueryCanceled(), pg.TooManyConnections()], ids=repr)
def test_what_may_pass_is_tried_again_but_not_for_ever(error: psycopg.Error) -> None:
    first = outcomes.next_step(job(1, 3), wrapped(error))
    assert isinstance(first, Again)
    assert first.spend
    assert outcomes.next_step(job(3, 3), wrapped(error)) == GiveUp()


@pytest.mark.parametrize("error", [pg.CheckViolation("x"), pg.UndefinedColumn("y")], ids=repr)
def test_a_statement_that_the_database_refuses_is_a_bug(error: psycopg.Error) -> None:
    statement = ProgrammingError("SELECT secret", {"sealed": "v1:k1:ABC"}, error)
    assert outcomes.next_step(job(), statement) == GiveUp()
    described = outcomes.describe(statement)
    assert described["code"] == "bug"
    assert "v1:k1:ABC" not in str(described), "a statement's values are nobody's business"


@pytest.mark.parametrize("error", [Unavailable("down"), OutcomeUnknown("cut")], ids=repr)
def test_a_platform_that_does_not_answer_is_asked_again_until_attempts_end(error: Exception) -> None:
    step = outcomes.next_step(job(1, 2), error)
    assert isinstance(step, Again)
    assert step.spend
    assert timedelta(seconds=2) <= step.delay <= timedelta(seconds=3)
    assert outcomes.next_step(job(2, 2), error) == GiveUp()


@pytest.mark.parametrize(
    "error", [Rejected("no"), CredentialsExpired("lapsed"), Invalid("wrong"), ZeroDivisionError()], ids=repr
)
def test_a_no_is_taken_at_once(error: Exception) -> None:
    assert outcomes.next_step(job(), error) == GiveUp()


def test_waiting_for_the_world_spends_nothing() -> None:
    snooze = outcomes.next_step(job(3, 3), Snooze(timedelta(seconds=7), why="not yet"))
    assert snooze == Again(timedelta(seconds=7), spend=False)
    until = time.now() + timedelta(minutes=5)
    quota = outcomes.next_step(job(3, 3), Throttled("full", retry_at=until))
    assert isinstance(quota, Again)
    assert not quota.spend
    assert timedelta(minutes=4) < quota.delay <= timedelta(minutes=5)
    assert outcomes.next_step(job(3, 3), ClaimLost()) == Again(timedelta(0), spend=False)


def test_retries_come_further_and_further_apart_and_not_in_step() -> None:
    delays = [outcomes.backoff(attempt).total_seconds() for attempt in range(1, 12)]
    assert all(0 < delay <= 450 for delay in delays)
    assert delays[6] > delays[3] > delays[0]
    assert len({outcomes.backoff(3) for _ in range(10)}) > 1
