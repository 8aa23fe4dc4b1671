"""Brings a database to the newest schema, takes versions back by their stored SQL, and says where it stands.

Needs the owner's direct URL: a session lock keeps two migrations apart. Makes no role and no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from adloom.core.errors import Conflict, NotFound
from adloom.db import roles
from adloom.db.engine import sqlalchemy_url
from adloom.db.migrations.rollback import LOCK

FOLDER = Path(__file__).parent / "migrations"
LOCK_TIMEOUT = "5s"

_BOOKS = """
CREATE TABLE IF NOT EXISTS alembic_version (
    version_num varchar(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
COMMENT ON TABLE alembic_version IS 'The newest version applied, for Alembic.';
CREATE TABLE IF NOT EXISTS schema_migrations (
    version varchar(50) PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    rollback_sql text
);
COMMENT ON TABLE schema_migrations IS
    'Every version applied, when, and the SQL that takes it back by itself.';
GRANT SELECT ON schema_migrations TO adloom_app, adloom_worker, adloom_readonly;
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """A version that stands, and since when."""

    version: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The server's version, the schema's versions applied, oldest first, and those still to come."""

    server_version: str
    applied: tuple[Applied, ...]
    pending: tuple[str, ...]


def migrate(owner_url: str) -> list[str]:
    """Applies what is pending and returns the versions applied, oldest first; a second time returns none.

    Waits for a migration that runs already. Raises Conflict where a role is missing, or where a table was in use
    for five seconds: it gives up rather than let everybody queue behind it; what was applied stays.
    """
    with _alone(owner_url) as connection:
        _require_roles(connection)
        connection.execute(_BOOKS)
        before = set(_versions(connection))
        _upgrade(owner_url)
        return [version for version in _versions(connection) if version not in before]


def rollback(owner_url: str, *, to: str | None = None) -> list[str]:
    """Takes versions back by their stored SQL, newest first, and returns them.

    Without `to` the newest one, else all above `to`; `base` is below the first.
    Raises NotFound for a version that is not applied, Conflict where one refuses, which leaves it in place.
    """
    with _alone(owner_url) as connection:
        doomed = _above(_versions(connection), to)
        for version in doomed:
            _run_stored(connection, version)
        return doomed


def status(owner_url: str) -> Status:
    """Where the database stands; an empty one has everything pending."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT version, applied_at FROM schema_migrations ORDER BY version" if _has_books(connection) else _NONE
        ).fetchall()
        server_version = connection.info.parameter_status("server_version") or ""
    applied = tuple(Applied(version, at) for version, at in rows)
    done = {row.version for row in applied}
    return Status(
        server_version.split()[0], applied, tuple(version for version in known_versions() if version not in done)
    )


def known_versions() -> list[str]:
    """Every version that this release brings, oldest first."""
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(_config()).walk_revisions()))]


_NONE = "SELECT NULL, NULL WHERE false"


@contextmanager
def _alone(owner_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [LOCK])
        yield connection


def _upgrade(owner_url: str) -> None:
    engine = create_engine(
        sqlalchemy_url(owner_url),
        poolclass=NullPool,
        connect_args={"options": f"-c lock_timeout={LOCK_TIMEOUT} -c timezone=UTC", "prepare_threshold": None},
    )
    config = _config()
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except OperationalError as error:
        if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise
        raise Conflict("A table was in use and could not be changed. Run `adloom db migrate` again.") from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _require_roles(connection: psycopg.Connection) -> None:
    found = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(roles.ALL)]).fetchall()
    missing = sorted(set(roles.ALL) - {name for (name,) in found})
    if missing:
        raise Conflict(f"The database has no role {', '.join(missing)}. Make them with `adloom db roles`.")


def _has_books(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT to_regclass('public.schema_migrations') IS NOT NULL").fetchone()
    return bool(row and row[0])


def _versions(connection: psycopg.Connection) -> list[str]:
    if not _has_books(connection):
        return []
    return [version for (version,) in connection.execute("SELECT version FROM schema_migrations ORDER BY version")]


def _above(versions: list[str], to: str | None) -> list[str]:
    newest_first = versions[::-1]
    if to is None:
        return newest_first[:1]
    if to == "base":
        return newest_first
    if to not in versions:
        raise NotFound(f"Version {to!r} is not applied. These are: {', '.join(versions) or 'none'}.")
    return newest_first[: newest_first.index(to)]


def _run_stored(connection: psycopg.Connection, version: str) -> None:
    row = connection.execute("SELECT rollback_sql FROM schema_migrations WHERE version = %s", [version]).fetchone()
    if row is None or row[0] is None:
        raise Conflict(f"Version {version} has no stored rollback.")
    try:
        connection.execute(row[0])
    except psycopg.Error as error:
        connection.execute("ROLLBACK")
        raise Conflict(f"Version {version} stays: {str(error).strip()}") from error
