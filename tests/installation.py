"""An installation for tests: a database, a sandbox in a process of its own, and workers that can be killed."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from tests.databases import Cluster
from tests.forked import Forked

from adloom import worker
from adloom.connections import actions as connections
from adloom.core import settings
from adloom.core import time as business_time
from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import claims
from adloom.jobs import queries as jobs
from adloom.jobs.runner import LEASE, Runner
from adloom.jobs.types import Job, JobView, Priority
from adloom.platforms.types import Platform

PREFIXES = {
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
_PATIENCE_S = 180.0

#: Gives every quota back; what a worker takes from at this moment is left to it, for two that delete and take in
#: another order would wait for one another.
FRESH_QUOTAS = """
DELETE FROM platform_quotas
WHERE ctid IN (SELECT ctid FROM platform_quotas FOR UPDATE SKIP LOCKED)
"""


@dataclass(slots=True)
class Installation:
    """One HOME on one database and one sandbox. `line` is the sandbox's first line."""

    home: Path
    urls: Urls
    sandbox_url: str
    line: dict[str, Any]
    workers: list[Forked] = field(default_factory=list)
    passed: timedelta = timedelta(0)

    def settle(self, patch: pytest.MonkeyPatch) -> None:
        """Makes this process, and those that it starts, the installation's."""
        self.home.mkdir(exist_ok=True)
        self._write_clock()
        for name, value in environment(self.home, self.urls, self.sandbox_url).items():
            patch.setenv(name, value)
        settings.load.cache_clear()

    def connect(self, actor: Actor) -> None:
        """Connects all four platforms."""
        offered = [
            connections.connect(
                actor, platform=platform, token=self.line[platform], account=self.line[platform]["account_id"]
            )
            for platform in Platform
        ]
        if not jobs.living_workers():
            work_off()
        for connecting in offered:
            job = finished(actor, connecting.job_id)
            assert job.status == "completed", job.error

    def control(self, path: str, body: Any = None, *, method: str | None = None) -> Any:
        """One call of the sandbox's control API; GET without a body."""
        request = urllib.request.Request(
            f"{self.sandbox_url}/_sandbox/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Sandbox-Key": self.line["control_key"], "Content-Type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def fault(self, platform: str, match: str, fault: str, times: int = 1) -> str:
        """Plans a fault and returns its id."""
        body = {"platform": platform, "match": match, "fault": fault, "times": times}
        return str(self.control("faults", body)["id"])

    def pass_time(self, duration: str) -> None:
        """Moves the sandbox's clock and the installation's together."""
        self.control("clock", {"advance": duration})
        self.passed += business_time.parse_duration(duration)
        self._write_clock()

    def begin_an_hour(self) -> None:
        """Moves both clocks past the next full hour where that is near: then no hour begins between two syncs."""
        if business_time.now().minute >= 50:
            self.pass_time("PT11M")

    def _write_clock(self) -> None:
        written = self.home / "clock.new"
        written.write_text(f"PT{int(self.passed.total_seconds())}S")
        written.replace(self.home / "clock")

    def objects(self, platform: str, type_: str | None = None) -> list[dict[str, Any]]:
        """What the sandbox holds of a platform, as its ledger tells it."""
        found: list[dict[str, Any]] = self.control(f"ledger?platform={platform}")["objects"]
        return [item for item in found if type_ in (None, item["type"])]

    def worker(self) -> Forked:
        """Starts a worker process without chores of its own and waits until it holds its lock."""
        before = jobs.living_workers()
        process = Forked("tests.quiet", output=self.home / f"worker-{len(self.workers)}.log")
        self.workers.append(process)
        until(lambda: jobs.living_workers() > before, what="a worker is up")
        return process

    def keep_one_worker(self) -> None:
        """Ends every worker but the newest that is alive; starts one where none is."""
        alive = [process for process in self.workers if process.poll() is None]
        for process in alive[:-1]:
            self.kill(process, signal.SIGTERM)
        if not alive:
            self.worker()

    def kill(self, process: Forked, with_signal: int = signal.SIGKILL) -> None:
        """Ends a worker at once, whatever it does."""
        process.send_signal(with_signal)
        process.wait(timeout=30)

    def close(self) -> None:
        """Ends every worker."""
        for process in self.workers:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=30)


@contextmanager
def living_worker() -> Iterator[Runner]:
    """A worker of this process that holds its lock and does nothing by itself."""
    runner = worker.runner(with_schedule=False)
    with engine.direct_connection() as lock:
        runner._register(lock)
        yield runner


def work_off(*, only_due: bool = True, background: bool = False) -> list[Job]:
    """Does every job that waits, in this process, one after the other, until none is due; returns them as claimed.

    `only_due=False` makes waiting ones due first, as if their time had come. What brings in the past waits on, unless
    it is the `background` that a test is about.
    """
    at_least = Priority.LOWEST if background else Priority.ROUTINE
    done: list[Job] = []
    with living_worker() as runner:
        while True:
            with db.worker_transaction() as session:
                if not only_due:
                    session.execute(text("UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'"))
                found = claims.claim(
                    session,
                    worker=runner.name,
                    job_types=list(worker.HANDLERS),
                    limit=1,
                    lease=LEASE,
                    at_least=at_least,
                )
            if not found:
                return done
            runner.do(found[0])
            done += found


def until(condition: Callable[[], bool], *, what: str, patience_s: float = _PATIENCE_S) -> None:
    """Waits until something is so; fails naming it otherwise."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience_s} s: {what}"
        time.sleep(0.02)


def owner(email: str) -> Actor:
    """Registers a user who acts in their own tenant."""
    with db.anonymous() as session:
        user_id: UUID = session.execute(
            text("SELECT register_user(:email, 'no password', 'Test', 'Person', signup => 'open')"), {"email": email}
        ).scalar_one()
    return Actor(tenant_id=user_id, person_id=user_id, address="127.0.0.1", agent="test")


def finished(actor: Actor, job_id: UUID) -> JobView:
    """The job, once it is final."""

    def is_final() -> bool:
        view = jobs.get(actor, job_id=job_id)
        return view is not None and view.status.is_final

    until(is_final, what=f"job {job_id} ends")
    view = jobs.get(actor, job_id=job_id)
    assert view is not None
    return view


@contextmanager
def outage(cluster: Cluster, urls: Urls) -> Iterator[None]:
    """The database is gone for as long as the block lasts: every connection is cut, and no new one is let in."""
    name = urlsplit(urls.app).path.strip("/")

    def allow(connection: psycopg.Connection, allowed: bool) -> None:
        statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(statement.format(sql.Identifier(name), sql.Literal(allowed)))

    with psycopg.connect(cluster.superuser("postgres"), autocommit=True) as connection:
        allow(connection, False)
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            yield
        finally:
            allow(connection, True)


def environment(home: Path, urls: Urls, sandbox_url: str) -> Mapping[str, str]:
    """The settings of an installation on an external database."""
    key = base64.b64encode(b"k" * 32).decode()
    return {
        "ADLOOM_HOME": str(home),
        "ADLOOM_CLOCK": f"file:{home / 'clock'}",
        "ADLOOM_DATABASE_URL": urls.app,
        "ADLOOM_OWNER_DATABASE_URL": urls.owner,
        "ADLOOM_WORKER_DATABASE_URL": urls.worker,
        **({"ADLOOM_DIRECT_DATABASE_URL": urls.direct_url} if urls.direct_url else {}),
        "ADLOOM_SECRET_KEYS": f"test:{key}",
        "ADLOOM_JWT_KEY": key,
        "ADLOOM_ENV_FILE": "",
        "ADLOOM_FX_URL": "",
        **{f"ADLOOM_{name}": f"{sandbox_url}/{prefix}" for name, prefix in PREFIXES.items()},
    }


@contextmanager
def sandbox_process(*arguments: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A sandbox on a port of its own: its URL and its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "adsandbox", "--port", "0", "--seed", "7", "--exit-with-parent", *arguments],
        stdout=subprocess.PIPE,
        env={**os.environ},
    )
    assert process.stdout is not None
    try:
        line = json.loads(process.stdout.readline())
        yield f"http://127.0.0.1:{line['port']}", line
    finally:
        process.terminate()
        process.wait(timeout=15)
        process.stdout.close()
