"""The demo's stage: a HOME of its own, the sandbox, a database, a worker and the pages, and all of it gone at the end.

It takes no setting from outside: what is configured for real platforms cannot reach a demo.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from adloom.core import logging, settings
from adloom.core.errors import Invalid
from adloom.db import engine, migrate, server
from adloom.db.urls import Urls
from adloom.jobs import queries as jobs

HOME = Path(".adloom") / "demo"
_PATIENCE_S = 60.0
_SANDBOX_PATHS = {
    "GOOGLE_API_URL": "google",
    "GOOGLE_OAUTH_URL": "google-oauth",
    "GOOGLE_AUTHORIZE_URL": "google-authorize",
    "META_GRAPH_URL": "meta",
    "META_DIALOG_URL": "meta-dialog",
    "MICROSOFT_CAMPAIGN_URL": "microsoft-campaign",
    "MICROSOFT_REPORTING_URL": "microsoft-reporting",
    "MICROSOFT_CUSTOMER_URL": "microsoft-customer",
    "MICROSOFT_OAUTH_URL": "microsoft-oauth",
    "TIKTOK_API_URL": "tiktok",
    "TIKTOK_AUTHORIZE_URL": "tiktok-authorize",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """What the demo plays on. `logins` is the sandbox's first line, `address` where the pages are."""

    home: Path
    urls: Urls
    logins: dict[str, Any]
    sandbox_url: str
    address: str
    begun_s: float

    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the sandbox's control API."""
        request = urllib.request.Request(  # noqa: S310  (loopback, started by us)
            f"{self.sandbox_url}/_sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Sandbox-Key": self.logins["control_key"], "Content-Type": "application/json"},
            method="GET" if body is None else "POST",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.loads(answer.read())

    def pass_days(self, days: int) -> None:
        """Moves the sandbox's clock and the installation's together."""
        self.control("clock", {"advance": f"P{days}D"})
        clock = self.home / "clock"
        clock.with_suffix(".new").write_text(f"P{days}D\n")
        clock.with_suffix(".new").replace(clock)


@contextmanager
def stage(*, port: int) -> Iterator[Stage]:
    """Sets everything up in a fresh HOME, and takes it down again, whatever happens in between."""
    home = HOME.absolute()
    begun_s = time.monotonic()
    logging.configure("ERROR")
    with ExitStack() as stack:
        _fresh(home)
        logins, sandbox_url = stack.enter_context(_sandbox(home))
        config = _configure(home, sandbox_url, port=port)
        urls = stack.enter_context(server.running(config))
        stack.callback(server.stop, config)
        migrate.migrate(urls.owner)
        engine.configure(urls)
        stack.callback(engine.dispose)
        address = f"http://{config.host}:{config.port}"
        worker = stack.enter_context(_process(home, "worker"))
        pages = stack.enter_context(_process(home, "serve"))
        _until(worker, lambda: jobs.living_workers() > 0, log=home / "worker.log")
        _until(pages, lambda: _answers(f"{address}/readyz"), log=home / "serve.log")
        yield Stage(home, urls, logins, sandbox_url, address, begun_s)


def _fresh(home: Path) -> None:
    """An empty HOME: the last demo's database is removed, wherever it lives."""
    if home.exists():
        server.remove(settings.Settings(home=home, _env_file=None))
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True)


def _configure(home: Path, sandbox_url: str, *, port: int) -> settings.Settings:
    """Clears every ADLOOM_ variable, sets the demo's own, and returns the settings they make."""
    for name in [name for name in os.environ if name.startswith("ADLOOM_")]:
        del os.environ[name]
    (home / "clock").write_text("PT0S\n")
    os.environ |= {f"ADLOOM_{name}": f"{sandbox_url}/{path}" for name, path in _SANDBOX_PATHS.items()}
    os.environ |= {
        "ADLOOM_HOME": str(home),
        "ADLOOM_CLOCK": f"file:{home / 'clock'}",
        "ADLOOM_PORT": str(_free_port(port)),
        "ADLOOM_ENV_FILE": "",
        "ADLOOM_FX_URL": "",
    }
    settings.load.cache_clear()
    config = settings.load()
    strangers = [name for name, url in config.platform_urls().items() if not settings.is_loopback(url)]
    if strangers:
        raise Invalid.field(strangers[0], "a demo talks to a sandbox on loopback alone.", "Unset it.")
    return config


@contextmanager
def _sandbox(home: Path) -> Iterator[tuple[dict[str, Any], str]]:
    port = _free_port(0)
    command = [sys.executable, "-m", "adsandbox", "--port", str(port), "--seed", "7", "--exit-with-parent"]
    with (
        (home / "sandbox.log").open("wb") as log,
        _ended(command, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first:
            raise RuntimeError(f"the sandbox did not start: see {home / 'sandbox.log'}")
        yield json.loads(first), f"http://127.0.0.1:{port}"


@contextmanager
def _process(home: Path, command: str) -> Iterator[subprocess.Popen[bytes]]:
    with (home / f"{command}.log").open("wb") as log:
        with _ended([sys.executable, "-m", "adloom.cli.main", command], stdout=log, stderr=log) as process:
            yield process


def _until(process: subprocess.Popen[bytes], is_up: Callable[[], bool], *, log: Path) -> None:
    """Waits until a child is up; one that ends, or takes a minute, is a bug that its log explains."""
    deadline = time.monotonic() + _PATIENCE_S
    while not is_up():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{log.stem} did not come up: see {log}")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def _ended(command: list[str], **streams: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is ended with the demo: asked first, then killed."""
    process = subprocess.Popen(command, **streams)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port(wanted: int) -> int:
    """The wanted port where it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on loopback")
