"""Behind PgBouncer in transaction mode a session belongs to nobody: tenants share connections, and never rows."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from sqlalchemy import text
from tests import debian
from tests.conftest import Registering
from tests.tenancy import filling

from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls

_BACKENDS = 2
_ACCOUNT = "nobody"

_CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = {backends}
max_client_conn = 100
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for the account that runs the pooler, which refuses to be root; pytest's own is closed to others."""
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        yield Path(name)


@pytest.fixture
def pooled(database: Urls, folder: Path) -> Iterator[Urls]:
    """The same database through a pooler with two connections per login; the direct URL goes past it."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    debian.needs("pgbouncer", program)
    port = _free_port()
    _write(folder, database, port)
    command = [program, *(["-u", _ACCOUNT] if os.geteuid() == 0 else []), str(folder / "pgbouncer.ini")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/") as process:
        try:
            logins = {role: _through(url, port) for role, url in database.logins.items()}
            _await(logins["adloom_app"])
            urls = replace(database, logins=logins, direct_url=database.app)
            engine.configure(urls)
            yield urls
        finally:
            engine.dispose()
            process.terminate()


def test_tenants_who_share_connections_never_share_rows(pooled: Urls, register: Registering) -> None:
    owners = [register(f"owner-{number}@example.com") for number in range(4)]
    for owner in owners:
        filling.add_client(owner, f"client of {owner.tenant_id}")

    def look(turn: int) -> tuple[bool, int]:
        owner: Actor = owners[turn % len(owners)]
        with db.reading(owner) as session:
            names = session.execute(text("SELECT name FROM clients WHERE id <> gen_random_uuid()")).scalars().all()
            backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        return names == [f"client of {owner.tenant_id}"], backend

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(look, range(400)))
    assert all(right for right, _ in seen)
    assert len({backend for _, backend in seen}) <= _BACKENDS


def test_a_snapshot_is_its_tenants_and_over_with_its_transaction(pooled: Urls, register: Registering) -> None:
    owners = [register(f"owner-{number}@example.com") for number in range(2)]
    for owner in owners:
        filling.add_client(owner, f"client of {owner.tenant_id}")
    seen = text("SELECT current_setting('transaction_isolation'), string_agg(name, ',') FROM clients")
    for owner in owners * _BACKENDS:
        with db.snapshot(owner) as (session, _):
            assert session.execute(seen).one() == ("repeatable read", f"client of {owner.tenant_id}")
        with db.reader(owner) as (session, _):
            assert session.execute(seen).one() == ("read committed", f"client of {owner.tenant_id}")


def test_a_transaction_without_a_tenant_finds_none_left_over(pooled: Urls, register: Registering) -> None:
    owner = register("owner@example.com")
    filling.add_client(owner, "Acme")
    for _ in range(2 * _BACKENDS):
        with db.anonymous() as session:
            assert session.execute(text("SELECT current_setting('app.user_id', true)")).scalar_one() in {None, ""}
    with db.as_worker(), db.reading(owner) as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "adloom_app"
    with db.worker_transaction() as session:
        assert session.execute(text("SELECT current_user")).scalar_one() == "adloom_worker"


def test_session_locks_and_listening_go_past_the_pooler(pooled: Urls, database: Urls) -> None:
    with engine.direct_connection() as connection:
        assert connection.info.port == urlsplit(database.worker).port
        connection.execute("LISTEN adloom_jobs")
        with db.worker_transaction() as session:
            session.execute(text("INSERT INTO background_jobs (job_type, job_data) VALUES ('test', '{}')"))
        assert [note.payload for note in connection.notifies(timeout=5, stop_after=1)] == ["test"]


def _write(folder: Path, urls: Urls, port: int) -> None:
    server_port = urlsplit(urls.app).port
    (folder / "pgbouncer.ini").write_text(
        _CONFIGURATION.format(server_port=server_port, port=port, folder=folder, backends=_BACKENDS)
    )
    users = [f'"{role}" "{unquote(urlsplit(url).password or "")}"' for role, url in urls.logins.items()]
    (folder / "users.txt").write_text("\n".join(users))
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, _ACCOUNT)


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}").geturl()


def _await(url: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(url, connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("PgBouncer did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
