"""List endpoints: JSON that PostgreSQL builds, beside the same endpoint through pydantic and pgbench on the same SQL.

The product's application runs in a process of its own on the loopback; eight callers ask one after the other, each
signed in, with row-level security and all that a request passes. pgbench sends the list's transaction and no more.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
_CALLS = 40
_PAGES = (50, 200)


@dataclass(frozen=True, slots=True)
class Taken:
    """Answers a second, and the 99th percentile of the seconds that one took."""

    rate: float
    p99: float


def rows(bench: Bench) -> list[Row]:
    """The list of campaigns, by pages of two sizes, for few and for ten times as many."""
    found: list[Row] = []
    for size in bench.sizes(_CAMPAIGNS):
        with bench.database() as urls:
            assert urls.superuser is not None
            actor = bench.actor()
            account.make(actor, urls.superuser, campaigns=size)
            with _served() as base, _signed_in(base, actor) as http:
                for page in _PAGES:
                    bench.tell(f"{size:,} campaigns, {page} to a page")
                    found += _compared(bench, urls, actor, http, size=size, page=page)
    return found


def _compared(bench: Bench, urls: Urls, actor: Actor, http: httpx.Client, *, size: int, page: int) -> list[Row]:
    taken: dict[str, list[Taken]] = {"/v1/campaigns": [], serving.PATH: []}
    for path in taken:
        _ask(http, path, page, calls=5)
    for _ in range(bench.repetitions):
        for path, all_ in taken.items():
            all_.append(_ask(http, path, page, calls=_CALLS))
    ours, theirs = taken.values()
    name = f"list of campaigns, {page} to a page"
    rate = statistics.median(each.rate for each in ours)
    their_rate = statistics.median(each.rate for each in theirs)
    p99, their_p99 = (statistics.median(each.p99 * 1000 for each in side) for side in (ours, theirs))
    raw = _pgbench(bench, urls, actor, page)
    return [
        Row(name, "through pydantic", size, rate, their_rate, "answers/s", at_least(1.3), "campaigns"),
        Row(f"{name}, p99", "through pydantic", size, p99, their_p99, "ms", at_most(0.5), "campaigns"),
        Row(
            name,
            "pgbench, same SQL",
            size,
            rate,
            raw,
            "answers/s",
            at_least(0.15),
            "campaigns",
            "" if raw else "absent",
        ),
    ]


def _ask(http: httpx.Client, path: str, page: int, *, calls: int) -> Taken:
    def caller(_: int) -> list[float]:
        seconds = []
        for _call in range(calls):
            start = time.perf_counter()
            answer = http.get(path, params={"limit": page})
            seconds.append(time.perf_counter() - start)
            answer.raise_for_status()
        return seconds

    start = time.perf_counter()
    with ThreadPoolExecutor(_CALLERS) as callers:
        each = [seconds for some in callers.map(caller, range(_CALLERS)) for seconds in some]
    return Taken(len(each) / (time.perf_counter() - start), statistics.quantiles(each, n=100)[98])


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
    listed = workers.filled(queries._LISTED.text, values)
    script.write_text("\n".join(["BEGIN;", f"{opening};", f"{listed};", "COMMIT;"]))
    return workers.run_pgbench(program, urls.app, script, clients=2, transactions=200)


@contextmanager
def _served() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.serving", str(port)], stdout=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _is_up(base), what="the application answers")
        yield base
    finally:
        process.terminate()
        process.wait()


def _is_up(base: str) -> bool:
    try:
        return httpx.get(f"{base}/healthz").is_success
    except httpx.TransportError:
        return False


@contextmanager
def _signed_in(base: str, actor: Actor) -> Iterator[httpx.Client]:
    assert actor.person_id is not None
    tokens = sessions.begin(actor.person_id, address="127.0.0.1", agent="bench")
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {tokens.access_token}"}) as http:
        yield http
