"""The embedded server's life: made, shared, adopted, left, kept, stopped, whoever is killed on the way."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from adloom.core.errors import Conflict
from adloom.core.settings import Settings
from adloom.db import server, urls
from adloom.db.server import locks
from adloom.db.server import place as places

from .conftest import Command, eventually, on_debian_15

Start = Callable[..., Command]
Install = Callable[..., Settings]


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0]


def everybody() -> dict[int, str]:
    """The command line of every process of the machine; a zombie has none."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found[int(entry.name)] = os.fsdecode((entry / "cmdline").read_bytes().replace(b"\0", b" "))
    return {pid: line for pid, line in found.items() if line}


def processes_on(settings: Settings) -> list[int]:
    """Postmasters of this installation's cluster."""
    data = f" {server.status(settings).data} "
    return [pid for pid, line in everybody().items() if data in line]


def test_a_first_command_makes_a_server_and_the_last_to_leave_stops_it(install: Install, programs: Path | None) -> None:
    settings = install(pg_bin_dir=programs)
    with server.running(settings) as found:
        assert ask(found.owner, "SELECT current_user") == "adloom_owner"
        assert ask(found.app, "SELECT current_database()") == "adloom"
        version = ask(found.app, "SELECT split_part(current_setting('server_version'), ' ', 1)")
        now = server.status(settings)
        assert (now.running, now.in_use, now.kept, now.version) == (True, True, False, version)
        assert processes_on(settings) == [now.pid]
    assert not server.status(settings).running
    assert processes_on(settings) == []


def test_data_and_urls_survive_a_restart(settings: Settings) -> None:
    with server.running(settings) as first, psycopg.connect(first.owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with server.running(settings) as second:
        assert second == first
        assert ask(second.owner, "SELECT answer FROM kept") == 42


def test_a_server_whose_command_was_killed_is_adopted(settings: Settings, command: Start) -> None:
    killed = command(settings)
    url = killed.url()
    before = server.status(settings).pid
    killed.kill()
    now = server.status(settings)
    assert (now.running, now.in_use, now.pid) == (True, False, before)
    started = time.monotonic()
    with server.running(settings) as found:
        assert time.monotonic() - started < 0.5
        assert found.superuser == url
        assert server.status(settings).pid == before
    assert processes_on(settings) == []


def test_three_commands_at_the_same_instant_share_one_server(settings: Settings, command: Start) -> None:
    together = [command(settings) for _ in range(3)]
    assert len({one.url() for one in together}) == 1
    assert len(processes_on(settings)) == 1
    for one in together[:-1]:
        one.leave()
        assert server.status(settings).running
    together[-1].leave()
    assert processes_on(settings) == []


def test_the_server_outlives_the_command_that_started_it(settings: Settings, command: Start) -> None:
    first, second = command(settings), command(settings)
    url = first.url()
    second.url()
    first.interrupt()
    assert ask(url, "SELECT 1") == 1
    second.leave()
    assert processes_on(settings) == []


def test_a_kept_server_stays_until_it_is_stopped(settings: Settings) -> None:
    with server.running(settings) as found:
        server.keep(settings)
    assert server.status(settings).kept
    assert ask(found.app, "SELECT 1") == 1
    started = time.monotonic()
    assert server.stop(settings)
    assert time.monotonic() - started < 5
    now = server.status(settings)
    assert (now.running, now.kept) == (False, False)
    with server.running(settings):
        pass
    assert not server.status(settings).running


def test_a_stop_leaves_those_at_work_alone_unless_it_is_forced(settings: Settings, command: Start) -> None:
    at_work = command(settings)
    url = at_work.url()
    server.keep(settings)
    assert not server.stop(settings)
    assert ask(url, "SELECT 1") == 1
    assert server.stop(settings, force=True)
    assert processes_on(settings) == []
    at_work.leave()


def test_stopping_what_never_ran_makes_nothing(install: Install) -> None:
    settings = install()
    assert server.stop(settings)
    assert server.status(settings) == server.ServerStatus(embedded=True)
    assert not settings.home.exists()


def test_a_killed_server_is_started_again_with_what_was_committed(settings: Settings, command: Start) -> None:
    at_work = command(settings)
    url = at_work.url()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE committed AS SELECT 42 AS answer")
    os.kill(processes_on(settings)[0], signal.SIGKILL)
    eventually(lambda: processes_on(settings) == [])
    with server.running(settings) as found:
        assert found.superuser == url
        assert ask(url, "SELECT answer FROM committed") == 42


def test_a_process_id_that_now_belongs_to_somebody_else_is_no_server(settings: Settings) -> None:
    with server.running(settings):
        left_over = (server.status(settings).data or Path()) / "postmaster.pid"
        text = left_over.read_text()
    somebody = subprocess.Popen(["sleep", "60"])
    try:
        left_over.write_text("\n".join([str(somebody.pid), *text.splitlines()[1:]]) + "\n")
        assert not server.status(settings).running
        assert server.stop(settings)
        with server.running(settings) as found:
            assert ask(found.app, "SELECT 1") == 1
        assert somebody.poll() is None
    finally:
        somebody.kill()
        somebody.wait()


@pytest.mark.parametrize("after_s", [0.03, 0.15, 0.3, 0.5])
def test_a_command_killed_while_it_sets_up_harms_nobody(install: Install, command: Start, after_s: float) -> None:
    settings = install()
    killed = command(settings)
    control = settings.home / "database"
    eventually((control / "change.lock").exists)
    time.sleep(after_s)
    killed.kill()
    with server.running(settings) as found:
        assert ask(found.owner, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
        assert len(processes_on(settings)) == 1
    assert processes_on(settings) == []

    def nothing_is_left() -> bool:
        with server.running(settings):
            return not list((server.status(settings).data or Path()).parent.glob("new-*"))

    eventually(nothing_is_left)


def test_what_a_killed_set_up_left_is_cleared_away(install: Install) -> None:
    settings = install()
    places.prepare(places.home_of(settings))
    place, _ = places.claim(settings)
    half = place.base / "new-half"
    (half / "data" / "global").mkdir(parents=True)
    (half / "data" / "PG_VERSION").write_text("18\n")
    with server.running(settings) as found:
        assert ask(found.app, "SELECT 1") == 1
    assert not half.exists()


def test_the_port_is_kept_unless_somebody_took_it(settings: Settings) -> None:
    with server.running(settings) as first:
        port = server.status(settings).port
    with socket.create_server(("127.0.0.1", port or 0)), server.running(settings) as second:
        assert server.status(settings).port != port
        assert ask(second.app, "SELECT 1") == 1
    assert first != second
    with server.running(settings) as third:
        assert third == second


def test_a_forked_child_does_not_hold_its_parents_server(settings: Settings) -> None:
    with server.running(settings):
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
    try:
        assert processes_on(settings) == []
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_leaving_inside_a_block_within_a_block_stops_nothing(settings: Settings) -> None:
    with server.running(settings) as outer:
        with server.running(settings) as inner:
            assert inner == outer
        assert ask(outer.app, "SELECT 1") == 1


def test_no_child_of_the_command_inherits_its_locks(settings: Settings) -> None:
    with server.running(settings):
        child = subprocess.Popen(["sleep", "60"])
    try:
        assert processes_on(settings) == []
    finally:
        child.kill()
        child.wait()


def test_migrations_wait_for_each_other(settings: Settings) -> None:
    lock = settings.home / "database" / "migrate.lock"
    with server.exclusively(settings):
        assert locks.is_held(lock)
        with pytest.raises(Conflict, match=r"migrate\.lock"), locks.exclusive(lock, wait_s=0.05):
            pytest.fail("two at a time")
    assert not locks.is_held(lock)


def test_a_cluster_is_not_opened_by_the_programs_of_another_version(install: Install) -> None:
    debian = on_debian_15()
    with server.running(install()):
        pass
    with (
        pytest.raises(Exception, match="the cluster was made by PostgreSQL 18"),
        server.running(install(pg_bin_dir=debian)),
    ):
        pytest.fail("it was opened")


def test_a_cluster_that_is_gone_is_not_silently_replaced_by_an_empty_one(install: Install) -> None:
    settings = install()
    with server.running(settings):
        pass
    data = server.status(settings).data or Path()
    data.rename(data.with_name("elsewhere"))
    with pytest.raises(Conflict, match="is gone"), server.running(settings):
        pytest.fail("an empty one was made")
    data.with_name("elsewhere").rename(data)


def test_a_home_that_was_deleted_begins_anew_and_its_server_is_stopped(install: Install) -> None:
    settings = install()
    with server.running(settings) as first:
        server.keep(settings)
    old = server.status(settings)
    shutil.rmtree(settings.home)
    with server.running(settings) as second:
        assert second != first
        assert ask(second.app, "SELECT 1") == 1
        eventually(lambda: old.pid not in everybody(), within_s=90)
    if os.geteuid() == 0:  # nothing but a person deletes it
        base = (old.data or Path()).parent
        assert base in server.ownerless()
        assert (server.status(settings).data or Path()).parent not in server.ownerless()
        shutil.rmtree(base)


def test_a_removed_password_is_made_anew_and_the_old_one_is_refused(install: Install) -> None:
    settings = install()
    with server.running(settings) as before:
        pass
    (settings.home / "secrets" / "database-adloom_app").unlink()
    with server.running(settings) as after:
        assert ask(after.app, "SELECT 1") == 1
        assert after.owner == before.owner
        old = before.app.replace(str(urls_port(before)), str(urls_port(after)))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            ask(old, "SELECT 1")


def urls_port(found: urls.Urls) -> int:
    return int(found.app.rpartition(":")[2].partition("/")[0])
