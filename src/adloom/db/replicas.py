"""Streaming replicas: which ones are worth asking now, and by how much what they have replayed is behind.

A replica that does not answer is left alone for a while, so that reads go to the primary without waiting for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import orm, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from adloom.core import logging
from adloom.db import engine

#: So long nobody asks a replica again that did not answer.
_LEFT_ALONE_S = 10

# NULL on a server that is no replica (any more), and on one that has replayed nothing since it was started.
_LAG = text("SELECT clock_timestamp() - pg_last_xact_replay_timestamp() WHERE pg_is_in_recovery()")

_away: dict[str, float] = {}

log = logging.logger(__name__)


@dataclass(frozen=True, slots=True)
class Replica:
    """How one replica stands; `lag` is None where it cannot be told, and `problem` says why it is not read."""

    place: str
    lag: timedelta | None
    problem: str

    def as_json(self) -> dict[str, Any]:
        """As `adloom db replicas` shows it; the lag in seconds."""
        seconds = None if self.lag is None else round(self.lag.total_seconds(), 3)
        return {"replica": self.place, "lag_seconds": seconds, "is_read": not self.problem, "problem": self.problem}


def candidates() -> list[str]:
    """The replicas' URLs, in the order given, without those that did not answer just now."""
    return [url for url in engine.urls().replicas if _away.get(url, 0) <= monotonic()]


@contextmanager
def forsaking(url: str) -> Iterator[None]:
    """Where the replica fails inside, this is noted, and the block is left without an error."""
    try:
        yield
    except (DBAPIError, PoolExhausted) as error:
        _away[url] = monotonic() + _LEFT_ALONE_S
        log.warning("a replica does not answer: the primary is read", replica=_place(url), why=_words(error))


def lag(session: orm.Session) -> timedelta | None:
    """How long ago the newest transaction was committed that this replica shows; None where it shows none.

    On a primary where nothing happens this grows although nothing is missing; then the primary is read, which has time.
    """
    found: timedelta | None = session.execute(_LAG).scalar()
    return found


def standing() -> list[Replica]:
    """Every configured replica, asked now."""
    return [_stands(url) for url in engine.urls().replicas]


def _stands(url: str) -> Replica:
    try:
        with orm.Session(engine.replica_engine(url)) as session:
            behind = lag(session)
    except (DBAPIError, PoolExhausted) as error:
        return Replica(_place(url), None, f"it does not answer: {_words(error)}")
    if behind is None:
        return Replica(_place(url), None, "it is no replica, or has replayed nothing yet")
    is_far = behind > engine.urls().max_lag
    return Replica(_place(url), behind, f"it is more than {engine.urls().max_lag} behind" if is_far else "")


def _place(url: str) -> str:
    """Host and port: a URL holds a password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}"


def _words(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
