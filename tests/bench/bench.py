"""What a benchmark gets: a server with durable settings, migrated databases, peers, sizes, and paired measurements.

A module of benchmarks has `def rows(bench: Bench) -> list[Row]`, and its name stands in `__main__._MODULES`:

    def rows(bench: Bench) -> list[Row]:
        found = []
        for size in bench.sizes():                          # two, ten times apart; of --rows, or of what is given
            with bench.database() as urls:                  # migrated, empty; the product's engine is configured to it
                actor = bench.actor()                       # a tenant of its own
                peer = bench.peers.find("jobs")             # None: absent, and the row says so
                def ours() -> float: ...                    # seconds, or whatever is compared
                def theirs() -> float:
                    return peer.run("queue_pgqueuer.py", {"url": urls.superuser, "jobs": size})["seconds"]
                pair = bench.paired(ours, theirs)           # alternating; medians of `bench.repetitions`
            found.append(Row("no-op jobs", "pgqueuer", size, size / pair.ours, …, "jobs/s", at_least(1.4), "jobs"))
        return found
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from tests import installation
from tests.bench.peers import Peers

from adloom.core import settings
from adloom.core.actor import Actor, Role
from adloom.core.settings import Settings
from adloom.db import engine, migrate, roles, server
from adloom.db import session as db
from adloom.db.urls import Urls

_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
_TEMPLATE = "template_bench"


@dataclass(frozen=True, slots=True)
class Pair:
    """Medians of two sides that were measured in turn."""

    ours: float
    theirs: float


@dataclass(slots=True)
class Bench:
    """One run. `rows` is the larger of the two sizes; `repetitions` of each side are taken, and their median kept.

    `template` is a migrated database without rows; one is made where none is named.
    """

    urls: Urls
    folder: Path
    peers: Peers
    rows: int
    repetitions: int
    template: str = ""
    _numbers: Iterator[int] = field(default_factory=count)

    def sizes(self, largest: int | None = None) -> tuple[int, int]:
        """Two sizes, ten times apart; the second is the run's, or the one given where that is smaller."""
        large = min(self.rows, largest or self.rows)
        return max(1, large // 10), large

    @contextmanager
    def database(self) -> Iterator[Urls]:
        """A migrated database of its own, to which this process and those that it starts are set; dropped afterwards.

        `urls.superuser` bypasses row-level security; peers may make schemas of their own with it.
        """
        name = self._clone()
        urls = self.urls.at(name)
        home = self.folder / name
        home.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in installation.environment(home, urls, "http://127.0.0.1:9").items():
                patch.setenv(variable, value)
            settings.load.cache_clear()
            engine.configure(urls)
            try:
                yield urls
            finally:
                engine.dispose()
                self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        settings.load.cache_clear()

    def actor(self, email: str = "owner@example.com") -> Actor:
        """Registers a tenant in the database that is open."""
        with db.anonymous() as session:
            user_id: UUID = session.execute(
                text("SELECT register_user(:email, 'no password', 'Test', 'Person', signup => 'open')"),
                {"email": email},
            ).scalar_one()
        return Actor(tenant_id=user_id, person_id=user_id, role=Role.ADMIN)

    def paired(self, ours: Callable[[], float], theirs: Callable[[], float], *, repetitions: int | None = None) -> Pair:
        """Both in turn, each second time in the other order, so that what the machine does meanwhile strikes both."""
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number in range(repetitions or self.repetitions):
            for is_ours in (True, False) if number % 2 == 0 else (False, True):
                taken[is_ours].append(ours() if is_ours else theirs())
        return Pair(statistics.median(taken[True]), statistics.median(taken[False]))

    def tell(self, words: str) -> None:
        """Says how far it is, to whoever waits."""
        sys.stderr.write(f"{words}\n")

    def _clone(self) -> str:
        if not self.template:
            roles.apply(self._superuser("postgres"), database=_TEMPLATE)
            migrate.migrate(self.urls.at(_TEMPLATE).owner)
            self.template = _TEMPLATE
        name = f"bench_{next(self._numbers)}"
        self._administer(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(roles.OWNER), sql.Identifier(self.template)
            )
        )
        return name

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._superuser("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _superuser(self, database: str) -> str:
        url = self.urls.at(database).superuser
        assert url is not None
        return url


@contextmanager
def opened(folder: Path, *, peers: Peers, rows: int, repetitions: int) -> Iterator[Bench]:
    """A run on a server of its own, which is removed with its data afterwards. It is as durable as the product's."""
    with ExitStack() as stack:
        place = Settings(home=folder / "server")
        stack.callback(server.remove, place)
        bench = Bench(stack.enter_context(server.running(place)), folder, peers, rows, repetitions)
        with psycopg.connect(bench._superuser("postgres")) as connection:
            for setting in _DURABLE:
                held = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
                assert held == ("on",), f"{setting} is off: what is measured would not be true of a real server"
        yield bench
