"""Statements that travel together: psycopg's pipeline under a session, so that a transaction costs few round trips.

Sent so, a statement's rows are there once all are answered. What goes wrong is raised as SQLAlchemy raises it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Dialect, TextClause, orm
from sqlalchemy.exc import DBAPIError

Raw = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Query:
    """A statement and its values, to be sent with others."""

    statement: TextClause
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)


def begin(session: orm.Session, opening: Query) -> bool:
    """Opens the session's transaction by BEGIN and this query, in one round trip.

    False where the connection was dead, or died: then the session is closed, and nothing was done.
    """
    raw = _raw(session)
    try:
        with raw.pipeline():
            _send(raw, opening, session)
    except psycopg.Error as error:
        is_dead = raw.closed
        session.invalidate() if is_dead else session.close()
        if is_dead:
            return False
        raise _told(error, opening, is_dead=False) from error
    return True


def finish(session: orm.Session, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    """Sends the queries and COMMIT in one round trip; returns each one's rows, as tuples, once all is committed."""
    raw = _raw(session)
    try:
        with raw.pipeline():
            cursors = [_send(raw, each, session) for each in queries]
            raw.commit()
        return tuple(cursor.fetchall() if cursor.description else () for cursor in cursors)
    except psycopg.Error as error:
        is_dead = raw.closed
        if is_dead:
            session.invalidate()
        raise _told(error, queries[0], is_dead=is_dead) from error


def _raw(session: orm.Session) -> Raw:
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def _send(raw: Raw, query: Query, session: orm.Session) -> psycopg.Cursor[tuple[Any, ...]]:
    return raw.execute(_compiled(query.statement, session.get_bind().dialect), dict(query.values))


@lru_cache(maxsize=256)
def _compiled(statement: TextClause, dialect: Dialect) -> bytes:
    return str(statement.compile(dialect=dialect)).encode()


def _told(error: psycopg.Error, query: Query, *, is_dead: bool) -> DBAPIError:
    """The error as a session raises it; the values stay out."""
    found = DBAPIError.instance(
        str(query.statement),
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=is_dead,
    )
    assert isinstance(found, DBAPIError)
    return found
