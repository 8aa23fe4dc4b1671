"""List endpoints: JSON that PostgreSQL builds, beside the same endpoint through pydantic and pgbench on the same SQL.

The product's application runs in a process of its own on the loopback, eight callers in another: each asks one after
the other, signed in, with row-level security and all that a request passes. pgbench sends the list's transaction alone.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
from tests.bench import account, serving, workers
from tests.bench.bench import Bench
from tests.bench.row import Row, at_least, at_most
from tests.installation import until

from adloom.campaigns import queries
from adloom.core.actor import Actor
from adloom.db.urls import Urls
from adloom.identity import sessions

_CAMPAIGNS = 5_000
_CALLERS = 8
_CALLS = 120
_PAGES = (50, 200)
_OURS = "/v1/campaigns"


@dataclass(frozen=True, slots=True)
class Taken:
    """Answers a second, the 99th percentile of the ms that one took, and what it cost of a core, in ms of either."""

    rate: float
    p99: float
    server: float
    callers: float


@dataclass(frozen=True, slots=True)
class Served:
    """The application's process, and who asks it."""

    port: int
    token: str

    def asked(self, path: str, page: int, *, calls: int = _CALLS) -> Taken:
        """All that the callers ask for."""
        task = {"port": self.port, "token": self.token, "path": f"{path}?limit={page}", "callers": _CALLERS}
        spent = self._spent()
        called = subprocess.run(
            [sys.executable, "-m", "tests.bench.calling"],
            input=json.dumps({**task, "calls": calls}),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        spent, done = self._spent() - spent, json.loads(called.stdout)
        answers = len(done["each"])
        return Taken(
            rate=answers / done["seconds"],
            p99=statistics.quantiles(done["each"], n=100)[98] * 1000,
            server=spent / answers * 1000,
            callers=done["cpu"] / answers * 1000,
        )

    def _spent(self) -> float:
        """Seconds of a core that the application's process has used."""
        answer = httpx.get(f"http://127.0.0.1:{self.port}{serving.SPENT}")
        return float(answer.raise_for_status().text)


def rows(bench: Bench) -> list[Row]:
    """The list of campaigns, by pages of two sizes, for few and for ten times as many."""
    found: list[Row] = []
    for size in bench.sizes(_CAMPAIGNS):
        with bench.database() as urls:
            assert urls.superuser is not None
            actor = bench.actor()
            account.make(actor, urls.superuser, campaigns=size)
            with _served(actor) as served:
                for page in _PAGES:
                    bench.tell(f"{size:,} campaigns, {page} to a page")
                    found += _compared(bench, urls, actor, served, size=size, page=page)
    return found


def _compared(bench: Bench, urls: Urls, actor: Actor, served: Served, *, size: int, page: int) -> list[Row]:
    taken: dict[str, list[Taken]] = {_OURS: [], serving.PATH: []}
    for path in taken:
        served.asked(path, page, calls=10)
    for number in range(bench.repetitions):
        for path in (_OURS, serving.PATH) if number % 2 == 0 else (serving.PATH, _OURS):
            taken[path].append(served.asked(path, page))
    ours, theirs = _median(taken[_OURS]), _median(taken[serving.PATH])
    raw = _pgbench(bench, urls, actor, page)
    return _rows(f"list of campaigns, {page} to a page", size, ours, theirs, raw)


def _rows(name: str, size: int, ours: Taken, theirs: Taken, raw: float | None) -> list[Row]:
    by_pydantic, absent = "through pydantic", "" if raw else "absent"
    rate, unit, things = ours.rate, "answers/s", "campaigns"
    return [
        Row(name, by_pydantic, size, rate, theirs.rate, unit, at_least(1.3), things),
        Row(f"{name}, p99", by_pydantic, size, ours.p99, theirs.p99, "ms", at_most(0.5), things),
        Row(name, "pgbench, same SQL", size, rate, raw, unit, at_least(0.15), things, absent),
        Row(f"{name}, the server's CPU", by_pydantic, size, ours.server, theirs.server, "ms", None, things),
        Row(f"{name}, the callers' CPU", by_pydantic, size, ours.callers, theirs.callers, "ms", None, things),
    ]


def _median(all_: list[Taken]) -> Taken:
    rate, p99, server, callers = (
        statistics.median(getattr(each, part) for each in all_) for part in ("rate", "p99", "server", "callers")
    )
    return Taken(rate, p99, server, callers)


def _pgbench(bench: Bench, urls: Urls, actor: Actor, page: int) -> float | None:
    """The list's transaction with two clients: as many as there are cores for them."""
    program = workers.program_of(bench)
    if program is None:
        return None
    values = {
        "with_deleted": "true",
        "platform": "NULL",
        "status": "NULL",
        "created_at": "NULL",
        "id": "NULL",
        "limit": str(page + 1),
    }
    opening = workers.opening("adloom_app", tenant=str(actor.tenant_id), read_only="on")
    script = bench.folder / "list.sql"
    first, page_of = (workers.filled(each.statement.text, values) for each in queries.listed(limit=page).queries)
    script.write_text("\n".join(["BEGIN;", f"{opening};", f"{first};", f"{page_of};", "COMMIT;"]))
    return workers.run_pgbench(program, urls.app, script, clients=2, transactions=200)


@contextmanager
def _served(actor: Actor) -> Iterator[Served]:
    assert actor.person_id is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tokens = sessions.begin(actor.person_id, address="127.0.0.1", agent="bench")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.serving", str(port)],
        env={**os.environ, "ADLOOM_CLOCK": "system"},  # a clock of tests is a file, read at each question
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _is_up(port), what="the application answers")
        yield Served(port, tokens.access_token)
    finally:
        process.terminate()
        process.wait()


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz").is_success
    except httpx.TransportError:
        return False
