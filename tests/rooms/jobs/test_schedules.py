"""Chores by the clock: once for each due moment, however many workers look."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs import schedules
from adloom.jobs.schedules import Schedule

HOURLY = Schedule("test.hourly", "0 * * * *", "test.job")


def queue_due() -> list[str]:
    with db.worker_transaction() as session:
        return schedules.enqueue_due(session, schedule=[HOURLY])


def queued() -> int:
    with db.worker_transaction() as session:
        return len(session.execute(text("SELECT id FROM background_jobs WHERE job_type = 'test.job'")).all())


def test_the_newest_due_moment_counts() -> None:
    now = datetime(2026, 11, 23, 12, 59, tzinfo=UTC)
    assert schedules.last_due(HOURLY, now) == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_due_chore_is_queued_once(actor: Actor) -> None:
    assert queue_due() == [HOURLY.name]
    assert queue_due() == []
    assert queued() == 1


def test_two_workers_at_the_same_moment_queue_it_once(actor: Actor) -> None:
    barrier = threading.Barrier(6)

    def worker() -> None:
        barrier.wait()
        queue_due()

    threads = [threading.Thread(target=worker) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queued() == 1


def test_a_clock_that_was_turned_back_does_not_stop_the_chores(
    actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tmp_path / "clock"
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{clock}")
    clock.write_text("P60D")
    assert queue_due() == [HOURLY.name]
    clock.write_text("PT0S")
    assert queue_due() == [HOURLY.name]
    assert queue_due() == []
