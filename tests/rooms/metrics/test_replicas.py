"""Figures are read from a streaming replica that is near enough, and every answer says the moment of its data."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from tests.databases import Servers
from tests.rooms import rows
from tests.rooms.metrics.test_ingest import FIRST, LAST, fact, put

from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import engine, replicas
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.metrics import answers, caveats, history, outcomes, queries

_PATIENCE_S = 20

_LOCKED = """
    SELECT EXISTS (
        SELECT
        FROM pg_locks
        LEFT JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE pg_locks.mode = 'AccessExclusiveLock'
            AND pg_locks.granted
            AND (pg_locks.database = 0 OR pg_database.datname = %s)
    )
"""


@dataclass(frozen=True)
class Standby:
    """A streaming replica of the tests' server."""

    port: int
    primary: str
    log: Path

    def url(self, login: str) -> str:
        """The same login and database, here."""
        return login.replace(f":{psycopg.conninfo.conninfo_to_dict(login)['port']}/", f":{self.port}/")

    def ask(self, statement: str, *values: object) -> object:
        """One value, as the superuser."""
        with psycopg.connect(self.url(self.primary), autocommit=True) as connection:
            row = connection.execute(statement, values).fetchone()
        return row and row[0]

    def catch_up(self) -> None:
        """Waits until everything that is committed now is seen here. A flushed record of its own is what it waits for:
        the next one's place may lie behind a page's header, and nothing need ever be written there.
        """
        with psycopg.connect(self.primary, autocommit=True, options="-c synchronous_commit=on") as connection:
            (reached,) = connection.execute("SELECT pg_logical_emit_message(true, 'tests', '')").fetchone() or (None,)
        deadline = clock.monotonic() + _PATIENCE_S
        while not self.ask("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", reached):
            assert clock.monotonic() < deadline, f"the replica does not follow: {self._whereabouts(reached)}"
            clock.sleep(0.01)

    def _whereabouts(self, reached: object) -> str:
        received, replayed = (self.ask(f"SELECT pg_last_wal_{what}_lsn()") for what in ("receive", "replay"))
        return f"{reached} is awaited, {received} is received, {replayed} is replayed\n{self.log.read_text()}"

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing more is replayed inside."""
        deadline = clock.monotonic() + _PATIENCE_S
        try:
            while not self._is_paused() or self._is_locked():
                assert clock.monotonic() < deadline, "the replica does not pause"
                clock.sleep(0.01)
            yield
        finally:
            self.ask("SELECT pg_wal_replay_resume()")

    def _is_paused(self) -> bool:
        self.ask("SELECT pg_wal_replay_pause()")
        return self.ask("SELECT pg_get_wal_replay_pause_state()") == "paused"

    def _is_locked(self) -> bool:
        """Whether replay stands where a table of the database is locked (vacuum cuts one off): who reads would wait
        until it goes on. It goes on, then.
        """
        name = psycopg.conninfo.conninfo_to_dict(engine.urls().app)["dbname"]
        is_locked = self.ask(_LOCKED, name) is True
        if is_locked:
            self.ask("SELECT pg_wal_replay_resume()")
        return is_locked


@pytest.fixture(scope="module")
def standby(servers: Servers) -> Iterator[Standby]:
    """A replica that follows the tests' server; it listens on loopback alone."""
    primary = servers.cluster().superuser("postgres")
    with psycopg.connect(primary, autocommit=True) as connection:
        data, access, programs = connection.execute(
            """
            SELECT current_setting('data_directory'), current_setting('hba_file'), setting
            FROM pg_config
            WHERE name = 'BINDIR'
            """
        ).fetchone() or ("", "", "")
    home, owner = Path(data).parent / "standby", pwd.getpwuid(Path(data).stat().st_uid)
    home.mkdir(mode=0o700)
    os.chown(home, owner.pw_uid, owner.pw_gid)
    account = {} if owner.pw_uid == os.geteuid() else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    copy = [f"{programs}/pg_basebackup", "-d", primary, "-D", home / "data", "-R", "-X", "stream", "-c", "fast", "-N"]
    subprocess.run(copy, check=True, cwd="/", **account)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "hba_file": access,
        "max_locks_per_transaction": 256,
        "fsync": "off",
        "wal_receiver_status_interval": 1,
    }
    command = [f"{programs}/postgres", "-D", home / "data", *(f"--{name}={value}" for name, value in settings.items())]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd="/", stderr=log, **account)
    found = Standby(port, primary, home / "log")
    try:
        _await(found)
        yield found
    finally:
        server.terminate()
        server.wait(_PATIENCE_S)
        shutil.rmtree(home)


def _await(standby: Standby) -> None:
    deadline = clock.monotonic() + _PATIENCE_S
    while True:
        try:
            assert standby.ask("SELECT pg_is_in_recovery()") is True
            return
        except psycopg.OperationalError:
            assert clock.monotonic() < deadline, standby.log.read_text()
            clock.sleep(0.02)


@pytest.fixture
def replicated(database: Urls, standby: Standby) -> Urls:
    """The database, with a replica of it that this process may read."""
    urls = replace(database, replicas=(standby.url(database.app),))
    engine.configure(urls)
    standby.catch_up()
    return urls


@pytest.fixture
def delivered(replicated: Urls, actor: Actor, standby: Standby) -> Actor:
    """Somebody with one day's figures, which the replica has as well."""
    rows.campaign(actor, rows.account(actor), platform_campaign_id="a", name="a")
    deliver(actor, "12.34")
    standby.catch_up()
    return actor


def deliver(actor: Actor, spend: str) -> None:
    with db.reading(actor) as session:
        account_id = session.connection().exec_driver_sql("SELECT id FROM platform_accounts").scalar_one()
    put(actor, account_id, [fact("a", 1, spend=Decimal(spend))])


def spent(actor: Actor) -> tuple[Decimal, datetime]:
    answer = queries.show(actor, since=FIRST, until=LAST, by=())
    return answer[0].spend, answer.data_as_of


def test_an_answer_is_the_replicas_with_the_moment_of_its_data(delivered: Actor, standby: Standby) -> None:
    with standby.paused():
        before = time.now()
        deliver(delivered, "99.99")
        spend, data_as_of = spent(delivered)
        assert spend == Decimal("12.34"), "what the primary has since is not on the replica yet"
        assert before - timedelta(seconds=30) < data_as_of < before
        for other in (history.coverage(delivered), outcomes.newest(delivered)):
            assert other.data_as_of < before
    standby.catch_up()
    spend, data_as_of = spent(delivered)
    assert (spend, data_as_of >= before) == (Decimal("99.99"), True)


def test_what_stands_beside_figures_is_read_where_they_are(delivered: Actor, standby: Standby) -> None:
    with standby.paused():
        with db.owner_connection() as connection:
            connection.execute("DELETE FROM metric_coverage")
            connection.execute("UPDATE metric_pulls SET attribution = '1d_click'")
        with answers.of_one_moment(delivered) as moment:
            (row,) = answer = queries.show(delivered, since=FIRST, until=LAST, by=())
            told = caveats.of(delivered, since=FIRST, until=LAST)
        assert (row.spend, answer.data_as_of) == (Decimal("12.34"), moment)
        assert (told.unknown(row), told.claims.settings) == (frozenset(), ()), "as the replica has it"
        assert caveats.of(delivered, since=FIRST, until=LAST).gaps == (), "and so by itself"
    standby.catch_up()
    told = caveats.of(delivered, since=FIRST, until=LAST)
    assert told.unknown(row), "there as well by now"


def test_of_one_moment_a_replica_shows_nothing_that_it_replays_meanwhile(delivered: Actor, standby: Standby) -> None:
    with answers.of_one_moment(delivered) as moment:
        spend, data_as_of = spent(delivered)
        deliver(delivered, "99.99")
        standby.catch_up()
        assert spent(delivered) == (spend, data_as_of) == (Decimal("12.34"), moment)
    assert spent(delivered)[0] == Decimal("99.99")


def test_what_belongs_to_a_write_is_read_from_the_primary(delivered: Actor, standby: Standby) -> None:
    with standby.paused():
        deliver(delivered, "99.99")
        with db.joint(delivered):
            assert spent(delivered)[0] == Decimal("99.99")
        with db.reading(delivered) as session:
            assert not session.connection().exec_driver_sql("SELECT pg_is_in_recovery()").scalar()


def test_a_replica_that_is_too_far_behind_is_not_read(delivered: Actor, replicated: Urls, standby: Standby) -> None:
    engine.configure(replace(replicated, max_lag=timedelta(0)))
    (stands,) = replicas.standing()
    assert (stands.as_json()["is_read"], stands.problem) == (False, "it is more than 0:00:00 behind")
    with standby.paused():
        before = time.now()
        deliver(delivered, "99.99")
        spend, data_as_of = spent(delivered)
    assert (spend, data_as_of >= before) == (Decimal("99.99"), True)


def test_a_replica_that_does_not_answer_is_left_alone_for_a_while(delivered: Actor, replicated: Urls) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"postgresql://adloom_app:x@127.0.0.1:{closed.getsockname()[1]}/postgres"
        engine.configure(replace(replicated, replicas=(nobody,)))
        assert replicas.candidates() == [nobody]
        assert spent(delivered)[0] == Decimal("12.34")
        assert replicas.candidates() == []
        (stands,) = replicas.standing()
        assert stands.problem.startswith("it does not answer")
        assert "x@" not in stands.place, "no password"


def test_a_server_that_is_no_replica_is_not_taken_for_one(delivered: Actor, replicated: Urls) -> None:
    engine.configure(replace(replicated, replicas=(replicated.app,)))
    before = time.now()
    assert spent(delivered)[1] >= before
    (stands,) = replicas.standing()
    assert stands.problem == "it is no replica, or has replayed nothing yet"


def test_a_replica_shows_a_tenant_nothing_of_another(delivered: Actor, second_tenant: Actor, standby: Standby) -> None:
    standby.catch_up()
    assert queries.show(second_tenant, since=FIRST, until=LAST, by=()) == []
    with db.reader(second_tenant) as (session, _):
        assert session.connection().exec_driver_sql("SELECT pg_is_in_recovery()").scalar() is True
