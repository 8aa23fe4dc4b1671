"""Chores by the clock: business time decides when, one row per chore decides that it happens once.

A jump of the clock over several due moments runs the chore once. Two workers at the same moment: one row, one job.
A clock that was turned back (a sandbox's shift that is taken away) does not stop the chores until it has caught up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cronsim import CronSim
from sqlalchemy import text

from adloom.core import time
from adloom.db.session import Session
from adloom.jobs import actions


@dataclass(frozen=True, slots=True)
class Schedule:
    """A chore: its name, a cron expression in UTC, and the job it queues."""

    name: str
    cron: str
    job_type: str


_TAKE = text(
    """
    INSERT INTO schedules (name, last_due)
    VALUES (:name, :due)
    ON CONFLICT (name) DO UPDATE
    SET last_due = excluded.last_due
    WHERE schedules.last_due < excluded.last_due
        OR schedules.last_due > excluded.last_due + :turned_back
    RETURNING name
    """
)

_LAST = text("SELECT name, last_due FROM schedules")

#: More than two clocks read at the same moment can differ: no chore is due less often.
_TURNED_BACK = timedelta(days=1)


def enqueue_due(session: Session, *, schedule: Sequence[Schedule]) -> list[str]:
    """Queues every chore that has come due since it last ran, once, and returns their names."""
    if not schedule:
        return []
    last = {row.name: row.last_due for row in session.execute(_LAST)}
    now = time.now()
    return [
        chore.name
        for chore in schedule
        if _is_due(due := last_due(chore, now), last.get(chore.name)) and _take(session, chore, due)
    ]


def last_due(chore: Schedule, now: datetime) -> datetime:
    """The newest moment, not after `now`, at which the chore is due."""
    due: datetime = next(CronSim(chore.cron, now, reverse=True))
    return due


def _is_due(due: datetime, last: datetime | None) -> bool:
    return last is None or due > last or last > due + _TURNED_BACK


def _take(session: Session, chore: Schedule, due: datetime) -> bool:
    values = {"name": chore.name, "due": due, "turned_back": _TURNED_BACK}
    if session.execute(_TAKE, values).scalar() is None:
        return False
    actions.enqueue(session, job_type=chore.job_type, data={}, actor=None, dedupe_key=f"schedule:{chore.name}")
    return True
