"""Whether this process can serve: its database answers, and stands at the schema that this release brings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from adloom.db import migrate
from adloom.db import session as db

_VERSIONS = text("SELECT version FROM schema_migrations")


@dataclass(frozen=True, slots=True)
class Readiness:
    """`database` is whether it answers, `pending` the versions that it lacks; ready is: it does, and none."""

    database: bool
    pending: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        return self.database and not self.pending


def check() -> Readiness:
    """Asks the database now; never raises for one that is away or empty."""
    try:
        with db.anonymous() as session:
            applied = set(session.execute(_VERSIONS).scalars())
    except (DBAPIError, PoolExhausted):
        return Readiness(database=False, pending=())
    return Readiness(database=True, pending=tuple(v for v in _known() if v not in applied))


@cache
def _known() -> tuple[str, ...]:
    return tuple(migrate.known_versions())
