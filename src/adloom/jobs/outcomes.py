"""What becomes of a job when its handler raises: the one table from error class to next step. Pure."""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout

from adloom.core import redact, time
from adloom.core.errors import (
    AdloomError,
    OutcomeUnknown,
    PlatformError,
    Refused,
    Throttled,
    Unavailable,
)
from adloom.jobs.types import ClaimLost, Job, Snooze

_FIRST_DELAY_S = 2.0
_LONGEST_DELAY_S = 300.0
_SHORTEST_SNOOZE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Again:
    """The job goes back to the queue; `spend` says whether the attempt counts."""

    delay: timedelta
    spend: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The job has failed for good."""


Next = Again | GiveUp


def backoff(attempt: int) -> timedelta:
    """2 s, 4 s, 8 s … at most 5 min, each with up to half of it more, so that retries do not march in step."""
    base = min(_FIRST_DELAY_S * 2 ** (attempt - 1), _LONGEST_DELAY_S)
    return timedelta(seconds=base * random.uniform(1.0, 1.5))  # noqa: S311


def next_step(job: Job, error: BaseException) -> Next:
    """What to do after `error`: the first class in the table that fits decides; anything else is a bug and fails."""
    for kind, decide in _TABLE:
        if isinstance(error, kind):
            return decide(job, error)
    return GiveUp()


def is_refused(error: BaseException) -> bool:
    """Whether the database refuses the statement itself; else it is gone or busy, and the same may work later."""
    return not _code(error).startswith((*_GONE, *_PASSING))


def describe(error: BaseException) -> dict[str, Any]:
    """The error as followers and the job's row get it: code, message, and what a person needs to act."""
    if isinstance(error, AdloomError):
        return {"code": error.code, "message": error.message, **_details(error)}
    if isinstance(error, Snooze):
        return {"code": "waiting", "message": error.why}
    if isinstance(error, ClaimLost):
        return {"code": "claim_lost", "message": "Another worker has taken this job over."}
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error  # a statement's values stay out
    message = redact.text(f"{type(cause).__name__}: {cause}")
    code = "bug" if is_refused(error) else "database"
    return {"code": code, "message": message, "traceback": "".join(traceback.format_tb(error.__traceback__))}


def _details(error: AdloomError) -> Mapping[str, Any]:
    details: dict[str, Any] = {
        "errors": [{"field": e.field, "rule": e.rule, "fix": e.fix} for e in error.errors],
    }
    if isinstance(error, PlatformError):
        details |= {
            "platform": error.platform,
            "platform_code": error.platform_code,
            "words": error.words,
            "request_id": error.request_id,
        }
    return details


def _retry(job: Job, error: Any) -> Next:
    return GiveUp() if job.attempt >= job.max_attempts else Again(backoff(job.attempt), spend=True)


def _wait_for_quota(job: Job, error: Any) -> Next:
    return Again(max(error.retry_at - time.now(), _SHORTEST_SNOOZE), spend=False)


def _snooze(job: Job, error: Any) -> Next:
    return Again(error.delay, spend=False)


def _give_up(job: Job, error: Any) -> Next:
    return GiveUp()


def _again_at_once(job: Job, error: Any) -> Next:
    return Again(timedelta(0), spend=False)


def _database(job: Job, error: Any) -> Next:
    """A database that is gone comes back, and no attempt is spent; a statement that it refuses is a bug."""
    code = _code(error)
    if code.startswith(_GONE):
        return Again(backoff(min(job.attempt, 3)), spend=False)
    return _retry(job, error) if code.startswith(_PASSING) else GiveUp()


def _code(error: BaseException) -> str:
    """PostgreSQL's code of what went wrong, that of a lost connection where it said none; empty for a bug of ours."""
    if isinstance(error, DBAPIError):
        return _LOST if error.connection_invalidated or error.orig is None else _code(error.orig)
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return error.sqlstate
    is_lost = isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, SQLAlchemyTimeout))
    return _LOST if is_lost else ""


_LOST = "08000"
_GONE = ("08", "57P", "25P03")  # connections, a server that stops or starts, a transaction left idle too long
_PASSING = ("40", "53", "55P03", "57014")  # conflicts, lack of memory or connections, a lock, a time-out

_TABLE: tuple[tuple[type[BaseException], Callable[[Job, Any], Next]], ...] = (
    (Snooze, _snooze),
    (ClaimLost, _again_at_once),
    (Throttled, _wait_for_quota),
    (Unavailable, _retry),
    (OutcomeUnknown, _retry),
    (PlatformError, _give_up),
    (Refused, _give_up),
    (SQLAlchemyError, _database),
    (psycopg.Error, _database),
)
