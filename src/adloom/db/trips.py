"""Statements that travel together: psycopg's pipeline under a session, so that a transaction costs few round trips.

Sent so, a statement's rows are there once all are answered. What goes wrong is raised as SQLAlchemy raises it. The
connections are in psycopg's autocommit mode, in which it sends nothing of its own accord: with its implicit BEGIN it
would wait for that first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import TextClause, make_url, orm, text
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class Query:
    """A statement and its values, to be sent with others."""

    statement: TextClause
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)


_DIALECT = make_url("postgresql+psycopg://").get_dialect()()
_BEGIN, _COMMIT = Query(text("BEGIN")), Query(text("COMMIT"))
_BEGIN_OF_ONE_MOMENT = Query(text("BEGIN ISOLATION LEVEL REPEATABLE READ"))


def begin(session: orm.Session, opening: Query) -> None:
    """Opens the session's transaction by BEGIN and this query, in one round trip."""
    _together(session, (_BEGIN, opening))


def begin_of_one_moment(session: orm.Session, opening: Query) -> None:
    """The same once more, in place of the transaction that is open: all that is asked in it sees one snapshot.

    It is taken after all that was asked before.
    """
    _together(session, (_COMMIT, _BEGIN_OF_ONE_MOMENT, opening))


def whole(session: orm.Session, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    """Sends BEGIN, the queries and COMMIT in one round trip; returns each one's rows once all is committed."""
    return _together(session, framed(*queries))[1:-1]


def framed(*queries: Query) -> tuple[Query, ...]:
    """The queries as a transaction of their own: between BEGIN and COMMIT."""
    return (_BEGIN, *queries, _COMMIT)


@lru_cache(maxsize=256)
def compiled(statement: TextClause) -> bytes:
    """The statement in the driver's own words."""
    return str(statement.compile(dialect=_DIALECT)).encode()


def told(error: psycopg.Error, queries: Sequence[Query], *, is_dead: bool) -> DBAPIError:
    """The driver's error as a session raises it; the values stay out."""
    found = DBAPIError.instance(
        ";".join(str(each.statement) for each in queries),
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=is_dead,
    )
    assert isinstance(found, DBAPIError)
    return found


def _together(session: orm.Session, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    """Each one's rows. Raises DBAPIError; where it says that the connection is invalidated, the session is closed."""
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with raw.pipeline():
            cursors = [raw.execute(compiled(each.statement), dict(each.values)) for each in queries]
        return tuple(cursor.fetchall() if cursor.description else () for cursor in cursors)
    except psycopg.Error as error:
        is_dead = raw.closed
        session.invalidate() if is_dead else session.close()
        raise told(error, queries, is_dead=is_dead) from error
