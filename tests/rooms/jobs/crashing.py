"""A server of its own with the product's durable settings, which is killed in the middle and started again.

Both ways lose what only its shared memory held. The log is written by those who wait for it and by nobody else, so
that a commit that nobody waits for is lost unless a later one is not.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from tests.installation import until

from adloom.core.settings import Settings
from adloom.db import engine, migrate, roles, server
from adloom.db.urls import Urls

#: An immediate shutdown, and the postmaster's death, which all of its processes follow.
WAYS = (signal.SIGQUIT, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Durable:
    """The server, and what a superuser does there."""

    settings: Settings
    urls: Urls

    def crash(self, how: int) -> None:
        """Ends the server at once; what was in flight is not waited for."""
        pid = server.status(self.settings).pid
        assert pid is not None
        os.kill(pid, how)
        until(lambda: server.status(self.settings).pid is None, what="the server is gone", patience_s=10)

    def start(self) -> None:
        """Starts it again: it recovers."""
        with server.running(self.settings):  # whoever had it running before keeps it so
            pass

    def asked(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement of the superuser's."""
        with self._administration() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def do(self, statement: str | sql.Composed) -> None:
        """A statement of the superuser's."""
        with self._administration() as connection:
            connection.execute(statement.encode() if isinstance(statement, str) else statement)

    def let_workers_in(self, are_let: bool) -> None:
        """Whether a worker may connect anew; what is connected stays so."""
        limit = sql.Literal(-1 if are_let else 0)
        self.do(sql.SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(sql.Identifier(roles.WORKER), limit))

    def _administration(self) -> psycopg.Connection:
        assert self.urls.superuser is not None
        return psycopg.connect(self.urls.superuser, autocommit=True)


@contextmanager
def durable(home: Path) -> Iterator[Durable]:
    """Such a server, migrated, to which this process is set; removed with its data afterwards."""
    settings = Settings(home=home)
    with server.running(settings) as urls:
        found = Durable(settings, urls)
        migrate.migrate(urls.owner)
        found.do("ALTER SYSTEM SET wal_writer_delay = '10s'")
        if sys.platform == "linux":  # elsewhere each file is flushed before recovery, which takes seconds
            found.do("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
        found.do("SELECT pg_reload_conf()")
        found.do("CHECKPOINT")
        engine.configure(urls)
        try:
            yield found
        finally:
            engine.dispose()
    server.remove(settings)
