"""The embedded server as others on the machine meet it: where it listens, whom it lets in, its account."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from adloom.core.errors import Conflict, Invalid
from adloom.core.settings import Settings
from adloom.db import server
from adloom.db.server import account
from adloom.db.server.account import Account

from .conftest import Command

Install = Callable[..., Settings]
Start = Callable[..., Command]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root lends the server an account; this is not root")


@pytest.fixture
def found(settings: Settings) -> Iterator[tuple[Settings, psycopg.Connection]]:
    with (
        server.running(settings) as urls,
        psycopg.connect(urls.superuser or "", autocommit=True) as connection,
    ):
        yield settings, connection


def show(connection: psycopg.Connection, setting: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
    assert row is not None
    return str(row[0])


def test_what_is_committed_survives_and_damage_is_noticed(found: tuple[Settings, psycopg.Connection]) -> None:
    names = ("data_checksums", "fsync", "full_page_writes", "synchronous_commit", "wal_level")
    assert [show(found[1], name) for name in names] == ["on", "on", "on", "on", "replica"]


def test_text_is_utf8_sorted_by_code_point_with_letters_beyond_ascii(
    found: tuple[Settings, psycopg.Connection],
) -> None:
    row = found[1].execute("SELECT pg_encoding_to_char(encoding) FROM pg_database").fetchall()
    assert {encoding for (encoding,) in row} == {"UTF8"}
    assert found[1].execute("SELECT lower('ÀÉ'), 'Z' < 'a'").fetchone() == ("àé", True)
    assert show(found[1], "timezone") == "UTC"


def test_statistics_of_queries_are_kept(found: tuple[Settings, psycopg.Connection]) -> None:
    found[1].execute("SELECT 'counted'")
    assert found[1].execute("SELECT count(*) > 0 FROM pg_stat_statements").fetchone() == (True,)


def test_it_listens_on_loopback_alone_and_on_no_socket(found: tuple[Settings, psycopg.Connection]) -> None:
    assert show(found[1], "listen_addresses") == "127.0.0.1"
    assert show(found[1], "unix_socket_directories") == ""
    port = server.status(found[0]).port or 0
    for address in _own_addresses():
        with socket.socket() as knock:
            knock.settimeout(2)
            assert knock.connect_ex((address, port)) != 0, f"it answers on {address}"


def test_nobody_enters_without_the_password(found: tuple[Settings, psycopg.Connection]) -> None:
    port = server.status(found[0]).port
    for role in (
        "postgres",
        "adloom_owner",
        "adloom_app",
        "adloom_worker",
        "adloom_readonly",
        "adloom_backup",
    ):
        for password in ("wrong", ""):
            with pytest.raises(psycopg.OperationalError, match=r"password|no password supplied"):
                psycopg.connect(host="127.0.0.1", port=port, user=role, password=password, dbname="adloom")


def test_passwords_are_stored_as_scram_and_never_logged(found: tuple[Settings, psycopg.Connection]) -> None:
    rows = found[1].execute("SELECT rolpassword FROM pg_authid WHERE rolcanlogin").fetchall()
    assert len(rows) == 6
    assert all(row[0].startswith("SCRAM-SHA-256$4096:") for row in rows)
    log = (server.status(found[0]).log or Path()).read_text()
    kept = found[1].execute("SELECT string_agg(query, ' ') FROM pg_stat_statements").fetchone() or ("",)
    for secret in (found[0].home / "secrets").glob("database-*"):
        assert secret.read_text().strip() not in log + kept[0]


def test_secrets_and_data_are_closed_to_others(install: Install) -> None:
    settings = install()
    os.umask(0o000)
    try:
        with server.running(settings):
            now = server.status(settings)
            secrets = settings.home / "secrets"
            for path, mode in ((settings.home, 0o700), (secrets, 0o700), (now.data, 0o700), (now.log, 0o600)):
                assert stat.S_IMODE((path or Path()).stat().st_mode) == mode, path
            assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    finally:
        os.umask(0o022)


def test_a_strict_umask_does_not_lock_the_server_out(install: Install) -> None:
    settings = install()
    os.umask(0o077)
    try:
        with server.running(settings) as urls, psycopg.connect(urls.app):
            pass
    finally:
        os.umask(0o022)


@as_root
def test_under_root_the_server_is_an_unprivileged_account_and_its_cluster_outside_home(
    settings: Settings,
) -> None:
    with server.running(settings):
        now = server.status(settings)
        assert now.data is not None
        assert now.data.parents[1] == Path("/var/lib/adloom")
        owner = pwd.getpwuid(now.data.stat().st_uid)
        assert owner.pw_uid != 0
        assert owner.pw_name == now.runs_as
        assert f"Uid:\t{owner.pw_uid}\t" in Path(f"/proc/{now.pid}/status").read_text()
        assert str(now.data.parent) in (settings.home / "database" / "cluster.json").read_text()


@as_root
def test_a_home_below_a_closed_folder_works_under_root(install: Install, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    with server.running(install("closed/below/home")) as urls, psycopg.connect(urls.app) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@as_root
def test_a_named_account_is_taken_and_an_existing_cluster_keeps_its_owner(install: Install) -> None:
    for named in ("nobody", "daemon", "nobody"):
        with server.running(install(pg_user=named)):
            assert server.status(install()).runs_as == "nobody"


@as_root
@pytest.mark.parametrize(
    ("name", "rule"), [("no-such-account", "there is no account"), ("root", "does not run as root")]
)
def test_an_account_that_cannot_serve_is_refused_by_the_settings_name(install: Install, name: str, rule: str) -> None:
    with pytest.raises(Invalid, match=rule) as refusal, server.running(install("other", pg_user=name)):
        pytest.fail("it ran")
    assert refusal.value.errors[0].field == "ADLOOM_PG_USER"


@as_root
def test_a_home_that_was_moved_takes_its_database_along(install: Install, tmp_path: Path) -> None:
    settings = install("before")
    with server.running(settings) as urls, psycopg.connect(urls.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    settings.home.rename(tmp_path / "after")
    with server.running(install("before")) as another, psycopg.connect(another.owner) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)
    with server.running(install("after")) as moved, psycopg.connect(moved.owner) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@as_root
def test_a_copy_of_a_home_does_not_share_its_database(install: Install, tmp_path: Path) -> None:
    settings = install("original")
    with server.running(settings):
        shutil.copytree(settings.home, tmp_path / "copy")
        copy = Settings(_env_file=None, home=tmp_path / "copy")  # type: ignore[call-arg]
        with pytest.raises(Conflict, match="is a copy of"), server.running(copy):
            pytest.fail("it was shared")
        assert server.status(settings).running


@pytest.fixture
def ordinary() -> Iterator[tuple[Account | None, Path]]:
    """An account that is not root, and a folder that is its own; None and a folder where we are not root."""
    folder = Path(tempfile.mkdtemp(prefix="adloom-"))
    someone = account.choose("nobody") if os.geteuid() == 0 else None
    if someone is not None:
        os.chown(folder, someone.uid, someone.gid)
    yield someone, folder
    shutil.rmtree(folder)


def test_an_ordinary_user_has_the_cluster_inside_home(ordinary: tuple[Account | None, Path], command: Start) -> None:
    someone, folder = ordinary
    settings = Settings(_env_file=None, home=folder / "home")  # type: ignore[call-arg]
    control = settings.home / "database"
    one = command(settings, someone)
    with psycopg.connect(one.url()) as connection:
        assert show(connection, "data_directory") == str(control / "data")
        assert show(connection, "config_file") == str(control / "postgresql.conf")
    if someone is not None:  # root keeps to the owner of what it finds
        with server.running(settings) as urls, psycopg.connect(urls.app):
            assert server.status(settings).runs_as == someone.name
    one.leave()
    assert not server.status(settings).running
    with server.running(settings):
        pass
    two = command(settings, someone)  # whatever root left there
    two.url()
    two.leave()
    assert {path.owner() for path in control.glob("*.lock")} == {folder.owner()}


@as_root
def test_an_ordinary_user_is_told_that_the_database_is_roots(
    install: Install, ordinary: tuple[Account, Path], command: Start
) -> None:
    someone, folder = ordinary
    settings = install()
    with server.running(settings):
        pass
    home = folder / "home"
    shutil.copytree(settings.home, home)
    for path in (home, *home.rglob("*")):
        shutil.chown(path, someone.uid, someone.gid)
    one = command(Settings(_env_file=None, home=home), someone)  # type: ignore[call-arg]
    _, complaint = one.process.communicate(timeout=60)
    assert one.process.returncode == 1
    assert "Forbidden: The database of" in complaint
    assert "was made by root" in complaint


def test_a_folder_without_programs_is_refused_by_the_settings_name(install: Install, tmp_path: Path) -> None:
    with (
        pytest.raises(Invalid, match="holds no postgres") as refusal,
        server.running(install(pg_bin_dir=tmp_path)),
    ):
        pytest.fail("it ran")
    assert refusal.value.errors[0].field == "ADLOOM_PG_BIN_DIR"


def _own_addresses() -> set[str]:
    """Addresses of this machine other than the server's; asking for a route sends nothing."""
    found = {"127.0.0.2"}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))
        found.add(probe.getsockname()[0])
    return found
