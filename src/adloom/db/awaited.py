"""Reads that a server's event loop waits for by itself: no thread is taken, and no ORM stands between.

A request that only reads costs one round trip so, and those that come at once are answered in the order in which they
came. What writes, or asks more than once, goes through `db.session` in a thread.
"""

from __future__ import annotations

from asyncio import Semaphore, timeout
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from anyio.lowlevel import RunVar
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from adloom.core.actor import Actor
from adloom.db import engine, session, trips
from adloom.db.engine import Awaited
from adloom.db.trips import Query

#: So many at once, of those that act and of those who are not known yet: whatever is slow holds up nobody's session.
#: With more of them a server answers no more, and each waits for the slowest of PostgreSQL's processes.
_PLACES = 4
_PATIENCE_S = 30

# A semaphore belongs to one loop.
_of_actors: RunVar[Semaphore] = RunVar("adloom_places_of_actors")
_of_nobody: RunVar[Semaphore] = RunVar("adloom_places_of_nobody")


async def read(actor: Actor | None, *queries: Query) -> tuple[Sequence[Any], ...]:
    """A READ ONLY transaction of these statements, for nobody without an actor: each one's rows, in one round trip.

    It is on the primary, because it tells who somebody is. Raises as a transaction does. A connection may have died
    since it was used last; what only reads is sent again.
    """
    all_ = trips.framed(session.opening(actor), *queries)
    async with _place(_of_actors if actor else _of_nobody):
        kept = engine.kept_connection()
        if kept is not None:
            try:
                return await _answered(kept, all_)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
        return await _answered(await _connected(all_), all_)


async def _connected(queries: Sequence[Query]) -> Awaited:
    try:
        return await engine.awaited_connection()
    except psycopg.Error as error:
        raise trips.told(error, queries, is_dead=True) from error


async def _answered(connection: Awaited, queries: Sequence[Query]) -> tuple[Sequence[Any], ...]:
    """Each one's rows, without those of BEGIN, opening and COMMIT. Only a connection that is as it was is kept."""
    is_whole = False
    try:
        async with connection.pipeline():
            cursors = [await connection.execute(trips.compiled(each.statement), dict(each.values)) for each in queries]
        found = [await cursor.fetchall() for cursor in cursors[2:-1]]
        is_whole = True
    except psycopg.Error as error:
        raise trips.told(error, queries, is_dead=connection.closed) from error
    finally:
        if is_whole:
            engine.keep_connection(connection)
        else:
            await connection.close()
    return tuple(found)


@asynccontextmanager
async def _place(of: RunVar[Semaphore]) -> AsyncIterator[None]:
    """One of the places, in turn; raises the pool's own error where none becomes free in time."""
    places = of.get(None)
    if places is None:
        of.set(places := Semaphore(_PLACES))
    try:
        async with timeout(_PATIENCE_S if places.locked() else None):
            await places.acquire()
    except TimeoutError:
        raise PoolExhausted(f"none of {_PLACES} connections became free within {_PATIENCE_S} s") from None
    try:
        yield
    finally:
        places.release()
