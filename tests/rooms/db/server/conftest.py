"""An installation of one's own per test, and commands that use it: real processes that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.debian import needs

from adloom.core.settings import Settings
from adloom.db import server
from adloom.db.server.account import Account

COMMAND = """
import os
import sys
from pathlib import Path
from adloom.core.settings import Settings
from adloom.db import server

home, bin_dir, uid, gid = sys.argv[1:]
if uid:
    os.setgroups([])
    os.setgid(int(gid))
    os.setuid(int(uid))
programs = Path(bin_dir) if bin_dir else None
with server.running(Settings(_env_file=None, home=Path(home), pg_bin_dir=programs)) as urls:
    print(urls.superuser, flush=True)
    sys.stdin.read()
"""


class Command:
    """A process that uses the server until it is told to leave, or is killed."""

    def __init__(self, settings: Settings, account: Account | None = None) -> None:
        who = (account.uid, account.gid) if account else ("", "")
        arguments = (settings.home, settings.pg_bin_dir or "", *who)
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def url(self) -> str:
        """Waits until the server is there; fails with what the command complained about."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line:
            pytest.fail(self.process.communicate(timeout=60)[1])
        return str(line)

    def leave(self) -> None:
        _, complaints = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, complaints

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)

    def interrupt(self) -> None:
        """Ctrl-C, which reaches the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.communicate(timeout=60)


def on_debian_15() -> Path:
    return needs("postgresql-15", "/usr/lib/postgresql/15/bin")


@pytest.fixture(params=["wheel", "debian"])
def programs(request: pytest.FixtureRequest) -> Path | None:
    """The programs to run: the wheel's PostgreSQL 18, or Debian's 15."""
    return None if request.param == "wheel" else on_debian_15()


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Callable[..., Settings]]:
    """Makes the settings of an installation; what runs there after the test is stopped and deleted."""
    made: list[Settings] = []

    def settings(name: str = "home", **more: object) -> Settings:
        made.append(Settings(_env_file=None, home=tmp_path / name, **more))  # type: ignore[call-arg, arg-type]
        return made[-1]

    yield settings
    for one in made:
        server.stop(one, force=True)
        server.remove(one)


@pytest.fixture(scope="package", params=["wheel", "debian"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """One installation per kind of programs, for tests that leave it as they found it: a start is quick."""
    programs = None if request.param == "wheel" else on_debian_15()
    made = Settings(_env_file=None, home=tmp_path_factory.mktemp("lasting"), pg_bin_dir=programs)  # type: ignore[call-arg]
    yield made
    server.remove(made)


@pytest.fixture
def settings(lasting: Settings) -> Iterator[Settings]:
    """The lasting installation, whose server does not run at the beginning, nor after the test."""
    yield lasting
    server.stop(lasting, force=True)


@pytest.fixture
def command() -> Iterator[Callable[..., Command]]:
    """Starts commands, and ends them after the test."""
    started: list[Command] = []

    def start(settings: Settings, account: Account | None = None) -> Command:
        started.append(Command(settings, account))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.kill()
        for stream in (one.process.stdin, one.process.stdout, one.process.stderr):
            assert stream is not None
            stream.close()


def eventually(holds: Callable[[], bool], *, within_s: float = 20) -> None:
    """Waits for something that another process brings about."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)
