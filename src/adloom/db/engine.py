"""The process's engines, one per login, and connections past the pooler. Knows nothing of tenants.

Every URL may lead to a pooler in transaction mode, so nothing here leaves a trace in a session: no prepared
statements, no session settings, no session locks. What needs a session takes `direct_connection`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import UUID

import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import URL, Engine, create_engine, event, make_url

if TYPE_CHECKING:
    from adloom.db.urls import Urls

# As many as the server has threads: what is open beyond them is closed after each use, and logging in takes longer than
# most requests.
_POOL_SIZE = 10
_MAX_OVERFLOW = 10
_CONNECT_TIMEOUT_S = 10
_REPLICA_TIMEOUT_S = 2
_DECODER = json.JSONDecoder(parse_float=Decimal)


class _Loss(TypedDict):
    tcp_user_timeout: int
    keepalives_idle: int
    keepalives_interval: int
    keepalives_count: int


# A server that vanishes without a word, with its machine or its network, is given up half a minute after it should have
# answered a packet; the system's own defaults take a quarter of an hour, or hours where nothing was sent.
_LOSS = _Loss(tcp_user_timeout=30_000, keepalives_idle=20, keepalives_interval=5, keepalives_count=2)


class Awaited(psycopg.AsyncConnection[tuple[Any, ...]]):
    """A connection that an event loop waits for, and the place that it leads to."""

    place: Urls | None = None


@dataclass(slots=True)
class _Process:
    urls: Urls | None = None
    engines: dict[str, Engine] = field(default_factory=dict)
    kept: list[Awaited] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


_process = _Process()


def configure(urls: Urls) -> None:
    """Tells this process where its database is; engines of an earlier place are closed. Does not connect."""
    dispose()
    _process.urls = urls


def dispose() -> None:
    """Closes every pooled connection of this process and forgets where the database is."""
    with _process.lock:
        engines, _process.engines = list(_process.engines.values()), {}
        kept, _process.kept = _process.kept, []
        _process.urls = None
    for engine in engines:
        engine.dispose()
    for connection in kept:
        connection.pgconn.finish()  # nobody waits for it: its loop may have ended


def renew(of: Engine) -> None:
    """Closes an engine's connections after one has died: those in the pool now, the others when they are given back."""
    left = of.pool
    of.dispose()
    event.listen(left, "checkin", _close)


def _close(connection: psycopg.Connection[Any] | None, record: object) -> None:
    if connection is not None:  # else it has been closed already
        connection.close()


def urls() -> Urls:
    """Where this process's database is; raises RuntimeError before `configure`, which is a bug."""
    if _process.urls is None:
        raise RuntimeError("adloom.db.engine.configure(urls) comes first")
    return _process.urls


def app_engine() -> Engine:
    """The application's engine."""
    return _engine(urls().app)


def worker_engine() -> Engine:
    """The workers' engine."""
    return _engine(urls().worker)


def replica_engine(url: str) -> Engine:
    """The engine of one of the replicas. One that does not answer must not keep a page waiting."""
    return _engine(url, connect_timeout=_REPLICA_TIMEOUT_S)


async def awaited_connection() -> Awaited:
    """A new connection of the application for an event loop, in autocommit like those of the pool."""
    place = urls()
    connection = await Awaited.connect(
        place.app, autocommit=True, prepare_threshold=None, connect_timeout=_CONNECT_TIMEOUT_S, **_LOSS
    )
    connection.place = place
    set_json_loads(_loaded, connection)
    return connection


def kept_connection() -> Awaited | None:
    """The application's connection that `keep_connection` was given last, which is then the caller's alone."""
    with _process.lock:
        return _process.kept.pop() if _process.kept else None


def keep_connection(connection: Awaited) -> None:
    """Holds a connection open for the next one who asks, unless the process has turned to another place meanwhile."""
    with _process.lock:
        is_kept = connection.place is _process.urls
        if is_kept:
            _process.kept.append(connection)
    if not is_kept:
        connection.pgconn.finish()


@contextmanager
def direct_connection() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A worker's own connection past the pooler, in autocommit: for LISTEN and session locks.

    A client that is gone is noticed within 200 ms, so that its locks do not outlive it in a long statement.
    """
    with _direct(urls().worker) as connection:
        connection.execute("SET client_connection_check_interval = '200ms'")
        yield connection


@contextmanager
def owner_connection() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """The schema owner's connection past the pooler, in autocommit: for maintenance. It sees every tenant."""
    with _direct(urls().owner) as connection:
        yield connection


def sqlalchemy_url(url: str) -> URL:
    """The URL with our driver in it."""
    return make_url(url).set(drivername="postgresql+psycopg")


@contextmanager
def _direct(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(
        urls().direct(url), autocommit=True, prepare_threshold=None, connect_timeout=_CONNECT_TIMEOUT_S, **_LOSS
    ) as connection:
        set_json_loads(_loaded, connection)
        yield connection


def _engine(url: str, *, connect_timeout: int = _CONNECT_TIMEOUT_S) -> Engine:
    with _process.lock:
        if url not in _process.engines:
            _process.engines[url] = create_engine(
                sqlalchemy_url(url),
                pool_size=_POOL_SIZE,
                max_overflow=_MAX_OVERFLOW,
                # Transactions are begun in `db.session`, and nowhere else: no connection begins one by itself.
                connect_args={
                    "prepare_threshold": None,
                    "connect_timeout": connect_timeout,
                    "autocommit": True,
                    **_LOSS,
                },
                json_serializer=partial(json.dumps, default=_plain),
                json_deserializer=_loaded,
            )
        return _process.engines[url]


def _loaded(given: str | bytes) -> Any:
    """What JSON says, without a float. `json.loads` would make a decoder for each value."""
    return _DECODER.decode(given if isinstance(given, str) else given.decode())


def _plain(value: object) -> str:
    """How JSONB holds what JSON has no word for; a Decimal becomes a string, so that no float is made."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
