"""The queue: no-op jobs through the product's own worker beside its peers and pgbench, idle latency, and a death.

A worker of ours and each peer is a process of its own, with one connection's worth of work; the jobs are there before
it starts. pgbench runs the product's statements with the same batch, and does nothing else.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tests.bench import workers
from tests.bench.bench import Bench
from tests.bench.row import Of, Row, at_least, at_most

from adloom.core.actor import Actor
from adloom.db.urls import Urls

_JOBS = 20_000
_OF_PROCRASTINATE = 1_000
_ASKED = 200
_PAUSE_S = 0.03
_ABSENT = "absent"
_BATCHES = ((10, 1.4), (100, 2.0))


def rows(bench: Bench) -> list[Row]:
    """Rates at two sizes, what else lies in the table, latency, and how soon a dead worker's job runs again."""
    found: list[Row] = []
    for size in bench.sizes(_JOBS):
        found += _rates(bench, size)
    found += _crowded(bench)
    found += _latency(bench)
    found += _death(bench)
    return found


def _rates(bench: Bench, size: int) -> list[Row]:
    found: list[Row] = []
    with bench.database() as urls:
        actor = bench.actor()
        workers.rate(urls, actor, size // 10, batch=100)  # what is read for the first time is not counted
        for batch, goal in _BATCHES:
            bench.tell(f"{size:,} jobs, claiming {batch}")
            pair = bench.paired(
                partial(_emptied, urls, actor, size, batch),
                partial(_peer, bench, urls, "pgqueuer_jobs.py", size, batch),
            )
            row = _row(f"no-op jobs, claiming {batch}", "pgqueuer", size, pair.ours, pair.theirs)
            found.append(replace(row, goal=at_least(goal)))
            of_pgbench = workers.pgbench(bench, urls, actor, size, batch=batch)
            row = _row(f"no-op jobs, claiming {batch}", "pgbench, same SQL", size, pair.ours, of_pgbench)
            found.append(replace(row, goal=at_least(0.55)))
        few = min(size, _OF_PROCRASTINATE)
        theirs = _peer(bench, urls, "procrastinate_jobs.py", few, 10)
        found.append(replace(_row("no-op jobs", "procrastinate", size, pair.ours, theirs), goal=at_least(10)))
    return found


def _crowded(bench: Bench) -> list[Row]:
    """The same jobs beside half as many waiting ones as `--rows`, or as many finished ones, or an old snapshot."""
    size = min(bench.rows, _JOBS)
    with bench.database() as urls:
        actor = bench.actor()

        def rate() -> float:
            return workers.rate(urls, actor, size, batch=100, is_all=False)

        rate()
        alone = statistics.median(rate() for _ in range(bench.repetitions))
        with workers.an_old_snapshot(urls):
            found = [_beside("a session with an old snapshot", size, rate(), alone, is_goal=False)]
        for others in bench.sizes(bench.rows // 2):
            for name, delay in (
                (f"{others:,} that wait for tomorrow", "1 day"),
                (f"{others:,} in the line behind", "0"),
            ):
                bench.tell(f"{size:,} jobs beside {name}")
                workers.clear(urls)
                workers.put(urls, actor, others, delay=delay)
                found.append(_beside(name, size, _median(bench, rate), alone))
        for others in bench.sizes():
            workers.clear(urls)
            workers.put(urls, actor, others, status="completed")
            found.append(_beside(f"{others:,} finished", size, _median(bench, rate), alone))
    return found


def _latency(bench: Bench) -> list[Row]:
    with bench.database() as urls:
        bench.tell("idle latency")
        actor = bench.actor()
        taken: dict[str, list[float]] = {"": [], "pgqueuer": [], "procrastinate": []}
        for _ in range(bench.repetitions):  # in turn, for a tail is made by whatever else the machine does
            for name, seconds in taken.items():
                seconds.extend(_their_latency(bench, urls, f"{name}_jobs.py") if name else _our_latency(actor))
    ours = _percentiles(taken.pop(""))
    theirs = {name: _percentiles(seconds) if seconds else None for name, seconds in taken.items()}
    best = min((found[1] for found in theirs.values() if found), default=None)
    found = []
    for name, figures in theirs.items():
        for number, words in enumerate(("p50", "p99")):
            value = figures[number] if figures else None
            goal = at_most(0.5) if words == "p99" and value is not None and value == best else None
            asked = _ASKED * bench.repetitions
            row = _row(f"latency when idle, {words}", name, asked, ours[number], value, unit="ms")
            found.append(replace(row, goal=goal))
    return found


def _death(bench: Bench) -> list[Row]:
    with bench.database() as urls:
        bench.tell("a death")
        actor = bench.actor()
        times = []
        for _ in range(max(3, bench.repetitions)):
            times.append(workers.taken_over(urls, actor))
            workers.clear(urls)
    row = _row("a killed worker's job runs again, the longest", "", len(times), max(times), None, unit="s")
    return [replace(row, goal=at_most(2, Of.OURS), things="deaths", note="")]


def _median(bench: Bench, rate: Callable[[], float]) -> float:
    return statistics.median(rate() for _ in range(bench.repetitions))


def _beside(name: str, size: int, ours: float, alone: float, *, is_goal: bool = True) -> Row:
    row = _row(f"no-op jobs beside {name}", "the same alone", size, ours, alone)
    return replace(row, goal=at_least(0.8) if is_goal else None)


def _row(name: str, against: str, size: int, ours: float, theirs: float | None, unit: str = "jobs/s") -> Row:
    note = _ABSENT if against and not theirs else ""
    return Row(name, against, size, ours, theirs or None, unit, None, "jobs", note)


def _emptied(urls: Urls, actor: Actor, jobs: int, batch: int) -> float:
    workers.clear(urls)
    return workers.rate(urls, actor, jobs, batch=batch)


def _peer(bench: Bench, urls: Urls, script: str, jobs: int, batch: int) -> float:
    """Their jobs a second, 0 where they are absent."""
    if (peer := bench.peers.find("jobs")) is None:
        return 0.0
    task = {"url": urls.superuser, "what": "rate", "jobs": jobs, "batch": batch}
    return jobs / float(peer.run(script, task)["seconds"])


def _our_latency(actor: Actor) -> list[float]:
    return workers.latencies(actor, _ASKED, pause=_PAUSE_S)


def _their_latency(bench: Bench, urls: Urls, script: str) -> list[float]:
    """Seconds for each job; none where the peer is absent."""
    if (peer := bench.peers.find("jobs")) is None:
        return []
    task = {"url": urls.superuser, "what": "latency", "jobs": _ASKED, "batch": 10, "pause": _PAUSE_S}
    seconds: list[float] = peer.run(script, task)["seconds"]
    return seconds


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    """The 50th and the 99th, in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100)
    return cuts[49] * 1000, cuts[98] * 1000
