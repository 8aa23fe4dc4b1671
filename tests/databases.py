"""Databases for tests: real servers, a template migrated once, and clones that are emptied between tests."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from tests import debian

from adloom.core.settings import Settings
from adloom.db import migrate, roles, server
from adloom.db.urls import Urls

TEMPLATE = "template_adloom"

# Rows go, partitions stay. As a replica no trigger fires and no foreign key is checked; a superuser sees every tenant.
_EMPTY = """
SET session_replication_role = replica;
SET lock_timeout = '5s';
DO $$
DECLARE
    filled regclass;
BEGIN
    FOR filled IN
        SELECT oid
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
            AND relkind IN ('r', 'p')
            AND NOT relispartition
            AND relname NOT IN ('alembic_version', 'schema_migrations', 'tier_limits')
    LOOP
        EXECUTE format('DELETE FROM %s', filled);
    END LOOP;
END
$$;
"""

_PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p') ORDER BY relname"

_CUT_OFF = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = %s
    AND pid <> pg_backend_pid()
"""


class Cluster:
    """One server of one version, with its databases."""

    def __init__(self, urls: Urls) -> None:
        self.urls = urls.at("postgres")
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        self._washers: dict[str, psycopg.Connection] = {}
        self._has_template = False
        self._partitions_of_template: list[str] = []
        with self._administration() as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            connection.execute("SELECT pg_reload_conf()")

    @contextmanager
    def empty(self) -> Iterator[Urls]:
        """A database without a schema, dropped afterwards."""
        name = f"empty_{next(self._numbers)}"
        self._make(name)
        try:
            yield self.urls.at(name)
        finally:
            self._drop(name)

    @contextmanager
    def migrated(self) -> Iterator[Urls]:
        """A migrated database of its own, for tests that change the schema; dropped afterwards."""
        name = self._clone()
        try:
            yield self.urls.at(name)
        finally:
            self._drop(name)

    @contextmanager
    def lent(self) -> Iterator[Urls]:
        """A migrated database without rows; who borrows it may fill it, but not change its schema."""
        name = self._free.pop() if self._free else self._clone()
        yield self.urls.at(name)
        try:
            is_as_new = self._wash(name)
        except psycopg.Error:
            is_as_new = False
        if is_as_new:
            self._free.append(name)
        else:
            self._drop(name)

    def superuser(self, database: str) -> str:
        """The superuser's URL of one of the databases."""
        url = self.urls.at(database).superuser
        assert url is not None
        return url

    def _administration(self) -> psycopg.Connection:
        return psycopg.connect(self.superuser("postgres"), autocommit=True)

    def _make(self, name: str) -> None:
        roles.apply(self.superuser("postgres"), database=name)

    def _clone(self) -> str:
        if not self._has_template:
            self._make(TEMPLATE)
            migrate.migrate(self.urls.at(TEMPLATE).owner)
            with psycopg.connect(self.superuser(TEMPLATE), autocommit=True) as connection:
                self._partitions_of_template = self._partitions(connection)
            self._has_template = True
        name = f"clone_{next(self._numbers)}"
        with self._administration() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(TEMPLATE)
                )
            )
        return name

    def close(self) -> None:
        """Closes what was kept open."""
        for connection in self._washers.values():
            connection.close()

    def _wash(self, name: str) -> bool:
        """Empties a database, and says whether it is as it was made: a worker whose clock was moved may have made and
        dropped partitions. The connection is kept, because a new one would first read the whole catalog.
        """
        if name not in self._washers:
            self._washers[name] = psycopg.connect(self.superuser(name), autocommit=True)
        self._washers[name].execute(_CUT_OFF, [name])
        self._washers[name].execute(_EMPTY)
        return self._partitions(self._washers[name]) == self._partitions_of_template

    def _partitions(self, connection: psycopg.Connection) -> list[str]:
        return [name for (name,) in connection.execute(_PARTITIONS)]

    def _drop(self, name: str) -> None:
        if name in self._washers:
            self._washers.pop(name).close()
        with self._administration() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Servers:
    """Servers by major version, started when a test first asks for one, removed with their data at the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[int | None, Cluster] = {}
        self._stack = ExitStack()

    def cluster(self, major: int | None = None) -> Cluster:
        """The server of a Debian package's version; without one, of the version that is embedded."""
        if major not in self._running:
            settings = Settings(home=self._folder / f"home-{major}", pg_bin_dir=_programs(major))
            self._stack.callback(server.remove, settings)
            self._running[major] = Cluster(self._stack.enter_context(server.running(settings)))
            self._stack.callback(self._running[major].close)
        return self._running[major]

    def close(self) -> None:
        """Stops and removes every server."""
        self._stack.close()


def _programs(major: int | None) -> Path | None:
    if major is None:
        return None
    folder = Path(f"/usr/lib/postgresql/{major}/bin")
    return debian.needs(f"postgresql-{major}", folder / "postgres").parent
