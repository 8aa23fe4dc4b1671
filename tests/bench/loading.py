"""Loads of reports by the product's ingest, beside raw COPY into the same table and beside the peers."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import timedelta

from tests.bench import account, by_peers
from tests.bench.account import Account, Taken
from tests.bench.bench import Bench
from tests.bench.peers.figures import DAYS, Report
from tests.bench.row import Goal, Of, Row, at_least, at_most

from adloom.core import time as business_time
from adloom.metrics import rollups, rules

_PIECE = 50_000
#: As the product cuts an account's history.
_MONTHS = -(-DAYS // rules.PIECE_DAYS)
_SYNC = 3_000
_SYNCS = 7
#: What takes minutes where we take seconds is measured at a tenth of the size, and ours beside it.
_OF_SLOW_PEERS = 100_000
_OF_MEMORY = 200_000


def rows(bench: Bench) -> list[Row]:
    """First load, load again, loads in pieces, one account's sync, and memory."""
    found: list[Row] = []
    for size in bench.sizes():
        found += loads(bench, size)
    for size in bench.sizes(_OF_SLOW_PEERS):
        found += slow_peers(bench, size)
    for size in bench.sizes(_OF_MEMORY):
        found += memory(bench, size)
    return sorted(found, key=lambda row: _ORDER.index(row.name))


_ABSENT = "absent"
_BOUND = "raw COPY, which no load passes"
_HOW = (" by INSERT, its default", " by COPY")
_ORDER = (
    "first load",
    _BOUND,
    "first load in pieces of 50,000",
    "first load in pieces of a month",
    "load again, 10 % changed",
    "the same, without ledger and roll-ups",
    "load again in pieces of 50,000",
    "keeping roll-ups: first load",
    "keeping roll-ups: load again, 10 % changed",
    "keeping roll-ups: first load in pieces of 50,000",
    "keeping roll-ups: first load in pieces of a month",
    "rows that a recount finds wrong",
    "WAL of a load without a change",
    "sync of one account",
    "peak memory",
)
#: Loads of which is said what keeping roll-ups costs.
_KEPT = {
    "first": "first load",
    "again": "load again, 10 % changed",
    "first in pieces": "first load in pieces of 50,000",
    "first in months": "first load in pieces of a month",
}


def loads(bench: Bench, size: int) -> list[Row]:
    """What is loaded in seconds: ours in all its ways, raw COPY, SQLAlchemy, and dlt at its best."""
    report, small = _report(size), _report(min(size, _SYNC))
    with bench.database() as urls:
        assert urls.superuser is not None
        ours = account.make(bench.actor(), urls.superuser, campaigns=report.campaigns)
        taken = _in_turn(bench, ours, report)
        recounted = recount(ours, report)
        syncs = _syncs(ours, small)
        ours.empty()
        core = by_peers.sqlalchemy_core(ours, report)
        bench.tell(f"{report.rows:,} rows: dlt")
        dlt = by_peers.dlt(bench, urls.superuser, report, form="arrow", sync=small, syncs=_SYNCS)
    first, raw = (_rate(report, taken[kind]) for kind in ("first", "raw"))
    return [
        *_own_rows(report, taken),
        *(_keeping(report, words, taken[kind]) for kind, words in _KEPT.items()),
        recounted,
        _versus("SQLAlchemy Core", report, first, core, at_least(3)),
        _versus("dlt, Arrow", report, first, dlt and dlt.seconds, at_least(3)),
        _versus("dlt, Arrow", report, raw, dlt and dlt.seconds, name=_BOUND),
        Row(
            "sync of one account",
            "dlt, Arrow",
            report.rows,
            syncs * 1000,
            dlt and dlt.sync * 1000,
            "ms",
            at_most(0.1),
            note="" if dlt else _ABSENT,
        ),
    ]


def _in_turn(bench: Bench, ours: Account, report: Report) -> dict[str, list[Taken]]:
    """Rounds of every kind of load, so that what the machine does meanwhile strikes all of them."""
    taken: dict[str, list[Taken]] = defaultdict(list)
    pieces = max(2, report.rows // _PIECE)
    again, once_more = (_report(report.rows, version) for version in (1, 2))
    for number in range(bench.repetitions):
        bench.tell(f"{report.rows:,} rows: round {number + 1} of {bench.repetitions}")
        ours.empty()
        taken["raw"].append(ours.copy(report))
        ours.empty()
        taken["first in pieces"].append(ours.ingest(report, pieces=pieces))
        ours.empty()
        taken["first in months"].append(ours.ingest(report, pieces=_MONTHS))
        ours.empty()
        taken["first"].append(ours.ingest(report))
        ours.settle()
        taken["unchanged"].append(ours.ingest(report))
        taken["again"].append(ours.ingest(again))
        ours.settle()
        taken["again in pieces"].append(ours.ingest(once_more, pieces=pieces))
    return taken


def _own_rows(report: Report, taken: dict[str, list[Taken]]) -> list[Row]:
    raw, first, again = (_rate(report, taken[kind]) for kind in ("raw", "first", "again"))
    without = _rate(report, taken["again"], is_without_books=True)
    unchanged, copied = (_wal(report, taken[kind]) for kind in ("unchanged", "raw"))

    def row(name: str, against: str, mine: float, other: float, goal: Goal, unit: str = "rows/s") -> Row:
        return Row(name, against, report.rows, mine, other, unit, goal)

    return [
        row("first load", "raw COPY", first, raw, at_least(0.5)),
        row("first load in pieces of 50,000", "in one", _rate(report, taken["first in pieces"]), first, at_least(0.9)),
        row("first load in pieces of a month", "in one", _rate(report, taken["first in months"]), first, at_least(0.9)),
        row("load again, 10 % changed", "raw COPY", again, raw, at_least(0.45)),
        row("the same, without ledger and roll-ups", "raw COPY", without, raw, at_least(0.65)),
        row("load again in pieces of 50,000", "in one", _rate(report, taken["again in pieces"]), again, at_least(0.9)),
        row("WAL of a load without a change", "raw COPY", unchanged, copied, at_most(0.02), "bytes/row"),
    ]


def _keeping(report: Report, words: str, taken: list[Taken]) -> Row:
    """A load with all that it does, beside the same one less the statements that write roll-ups."""
    whole, without = (
        statistics.median(seconds) * 1000
        for seconds in ([load.seconds for load in taken], [load.without_roll_ups for load in taken])
    )
    return Row(f"keeping roll-ups: {words}", "without", report.rows, whole, without, "ms", at_most(1.8))


def recount(ours: Account, report: Report) -> Row:
    """How many sums of all that was loaded are not those of the facts."""
    wrong = rollups.recount(ours.actor).wrong
    return Row("rows that a recount finds wrong", "", report.rows, wrong, None, "rows", at_most(0, Of.OURS))


def _syncs(ours: Account, small: Report) -> float:
    """The median seconds of a small report, one row in ten changed, of another account of the same tables."""
    other = account.make(ours.actor, ours.superuser, campaigns=small.campaigns, external_id="2345678901")
    taken = [other.ingest(_report(small.rows, version)).seconds for version in range(_SYNCS + 2)]
    return statistics.median(taken[2:])


def slow_peers(bench: Bench, size: int) -> list[Row]:
    """A first load beside those that take minutes."""
    report = _report(size)
    with bench.database() as urls:
        assert urls.superuser is not None
        ours = account.make(bench.actor(), urls.superuser, campaigns=report.campaigns)
        taken: dict[str, list[Taken]] = defaultdict(list)
        for _ in range(bench.repetitions):
            ours.empty()
            taken["raw"].append(ours.copy(report))
            ours.empty()
            taken["first"].append(ours.ingest(report))
        bench.tell(f"{report.rows:,} rows: dlt from dicts, Singer's target")
        dicts = [
            by_peers.dlt(bench, urls.superuser, report, form="dicts", is_copied=copied) for copied in (False, True)
        ]
        singer = [by_peers.singer(bench, urls.superuser, report, is_copied=copied) for copied in (False, True)]
    peers = [
        *((f"dlt, dicts{how}", d and d.seconds, 10) for how, d in zip(_HOW, dicts, strict=True)),
        *((f"Singer's target{how}", s, 20) for how, s in zip(_HOW, singer, strict=True)),
    ]
    first, raw = (_rate(report, taken[kind]) for kind in ("first", "raw"))
    return [
        *(_versus(against, report, first, seconds, at_least(times)) for against, seconds, times in peers),
        *(_versus(against, report, raw, seconds, name=_BOUND) for against, seconds, _ in peers),
    ]


def memory(bench: Bench, size: int) -> list[Row]:
    """The peak of a process that loads a report which is made while it is read."""
    report = _report(size)
    with bench.database() as urls:
        assert urls.superuser is not None
        ours = account.make(bench.actor(), urls.superuser, campaigns=report.campaigns)
        mine = by_peers.our_peak(ours, report)
        bench.tell(f"{report.rows:,} rows: dlt's memory")
        found = [
            (f"dlt, {form}", by_peers.dlt(bench, urls.superuser, report, form=form, is_streamed=True))
            for form in ("arrow", "dicts")
        ]
    return [
        Row(
            "peak memory",
            against,
            report.rows,
            mine,
            dlt and dlt.peak,
            "MiB",
            at_most(0.4),
            note="" if dlt else _ABSENT,
        )
        for against, dlt in found
    ]


def _versus(
    against: str, report: Report, rate: float, seconds: float | None, goal: Goal | None = None, name: str = "first load"
) -> Row:
    """A first load, or what bounds it, beside a peer that may be absent."""
    theirs = report.rows / seconds if seconds else None
    return Row(name, against, report.rows, rate, theirs, "rows/s", goal, note="" if theirs else _ABSENT)


def _rate(report: Report, taken: list[Taken], *, is_without_books: bool = False) -> float:
    """Rows in a second."""
    seconds = [load.without_books if is_without_books else load.seconds for load in taken]
    return report.rows / statistics.median(seconds)


def _wal(report: Report, taken: list[Taken]) -> float:
    """Bytes for a row, in the round that wrote least: autovacuum, which follows the load before, only adds to it."""
    return min(load.wal for load in taken) / report.rows


def _report(size: int, version: int = 0) -> Report:
    """Up to the day before yesterday, whatever the zone."""
    return Report(max(1, size // DAYS), business_time.now().date() - timedelta(days=2), version)
