"""Loads of reports by the product's ingest, beside raw COPY into the same table and beside the peers."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from tests.bench import account, by_peers
from tests.bench.account import Account, Taken
from tests.bench.bench import Bench
from tests.bench.peers.figures import DAYS, Report
from tests.bench.row import Goal, Row, at_least, at_most

from adloom.core import time as business_time

_PIECE = 50_000
_SYNC = 3_000
#: What takes minutes where we take seconds is measured at a tenth of the size, and ours with it.
_OF_SLOW_PEERS = 100_000
_OF_MEMORY = 200_000

#: Where the ledger and the roll-ups are written.
_BOOKS = ("campaign_metrics_ledger", "metric_rollups", "metric_totals")


def rows(bench: Bench) -> list[Row]:
    """First load, load again, loads in pieces, one account's sync, and memory."""
    found: list[Row] = []
    for size in bench.sizes():
        found += _loads(bench, size)
    for size in bench.sizes(_OF_SLOW_PEERS):
        found += _slow_peers(bench, size)
    for size in bench.sizes(_OF_MEMORY):
        found += _memory(bench, size)
    return found


@dataclass(frozen=True, slots=True)
class _Measured:
    """The median of some loads."""

    rows: int
    taken: list[Taken]

    @property
    def rate(self) -> float:
        """Rows in a second."""
        return self.rows / statistics.median(load.seconds for load in self.taken)

    @property
    def rate_without_books(self) -> float:
        """Rows in a second, had neither ledger nor roll-ups been written."""
        return self.rows / statistics.median(load.without(*_BOOKS) for load in self.taken)

    @property
    def wal(self) -> float:
        """Bytes of WAL for a row."""
        return statistics.median(load.wal for load in self.taken) / self.rows


def _loads(bench: Bench, size: int) -> list[Row]:
    report = _report(size)
    with bench.database() as urls:
        assert urls.superuser is not None
        ours = account.make(bench.actor(), urls.superuser, campaigns=report.campaigns)
        found = _ours(bench, ours, report)
        found += _of_sync(bench, ours, size)
        ours.empty()
        bench.tell(f"{report.rows:,} rows: SQLAlchemy, dlt from Arrow")
        core = by_peers.sqlalchemy_core(ours, report)
    first = found[0].ours
    found.append(_rate("first load", "SQLAlchemy Core, ON CONFLICT", report.rows, first, core, at_least(3)))
    return found


def _ours(bench: Bench, ours: Account, report: Report) -> list[Row]:
    """One after the other in turns: raw COPY, a first load, the same again, with one row in ten changed, in pieces."""
    kinds = ("raw", "first", "pieces first", "same", "changed", "pieces changed")
    taken: dict[str, list[Taken]] = {kind: [] for kind in kinds}
    pieces = max(2, report.rows // _PIECE)
    for number in range(bench.repetitions):
        bench.tell(f"{report.rows:,} rows: round {number + 1} of {bench.repetitions}")
        for kind in ("raw", "pieces first", "first") if number % 2 == 0 else ("first", "raw", "pieces first"):
            ours.empty()
            load = ours.copy(report) if kind == "raw" else ours.ingest(report, pieces=pieces if "pieces" in kind else 1)
            taken[kind].append(load)
        ours.settle()
        taken["same"].append(ours.ingest(_first_of_all(report, taken)))
    return []
