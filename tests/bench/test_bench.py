"""The benchmark runs, small and without peers, and its rows say what they are held against."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
from tests.bench import account, loading, table
from tests.bench.bench import Bench
from tests.bench.peers import Peers
from tests.bench.peers.figures import DAYS, Report
from tests.bench.row import Of, Row, at_least, at_most
from tests.databases import TEMPLATE, Cluster

from adloom.core import time
from adloom.db.urls import Urls

SIZE = 10 * DAYS


def test_loads_are_measured_and_absent_peers_are_said_to_be(cluster: Cluster, database: Urls, tmp_path: Path) -> None:
    assert database.superuser is not None, "and its template is there"
    bench = Bench(cluster.urls, tmp_path, Peers(are_wanted=False), SIZE, 1, template=TEMPLATE)
    found = loading.loads(bench, SIZE)
    (recounted,) = (row for row in found if row.name == "rows that a recount finds wrong")
    assert (recounted.ours, recounted.is_met) == (0, True)
    found.remove(recounted)
    assert all(row.size == SIZE and row.ours is not None and row.ours > 0 for row in found), found
    for row in found:
        is_absent = row.against.startswith("dlt")
        assert (row.theirs is None, row.note == "absent", row.is_met is None) == (is_absent,) * 3, row
    assert set(bench.peers.absent) == {"dlt"}
    json.dumps([row.as_json() for row in found])
    assert table.text(found, absent=bench.peers.absent).count("\n| ") == len(found)


def test_keeping_roll_ups_is_measured_with_windows_and_a_recount_finds_what_is_wrong(
    cluster: Cluster, database: Urls, tmp_path: Path
) -> None:
    bench = Bench(cluster.urls, tmp_path, Peers(are_wanted=False), SIZE, 1, template=TEMPLATE)
    report = Report(SIZE // DAYS, time.now().date() - timedelta(days=2))
    with bench.database() as urls:
        assert urls.superuser is not None
        ours = account.make(bench.actor(), urls.superuser, campaigns=report.campaigns)
        ours.empty()
        first = ours.ingest(report)
        assert 0 < first.without_books == first.without_roll_ups < first.seconds, "nothing of it was held before"
        again = ours.ingest(replace(report, version=1))
        assert 0 < again.without_books < again.without_roll_ups < again.seconds
        assert loading.recount(ours, report).is_met is True
        with psycopg.connect(urls.superuser) as connection:
            (windows,) = connection.execute("SELECT count(*) FROM campaign_windows").fetchone() or (0,)
            assert windows == 3 * report.campaigns, "as in production"
            connection.execute("UPDATE campaign_windows SET clicks = clicks + 1 WHERE days = 90")
            connection.execute("UPDATE account_metrics SET clicks = clicks + 1 WHERE date = current_date - 9")
        found = loading.recount(ours, report)
    assert (found.ours, found.is_met) == (report.campaigns + 1, False)


def test_a_goal_is_kept_or_not_and_without_a_figure_neither() -> None:
    def row(ours: float | None, theirs: float | None, goal: object) -> bool | None:
        return Row("load", "COPY", 10, ours, theirs, "rows/s", goal).is_met  # type: ignore[arg-type]

    assert [row(5, 10, at_least(0.5)), row(4, 10, at_least(0.5)), row(4, None, at_least(0.5))] == [True, False, None]
    assert [row(4, 10, at_most(0.4)), row(5, 10, at_most(0.4)), row(5, 10, None)] == [True, False, None]
    assert [row(5, None, at_most(5, Of.OURS)), row(6, 1, at_most(5, Of.OURS))] == [True, False]


def test_each_version_of_a_report_says_one_row_in_ten_otherwise() -> None:
    versions = [list(Report(10, date(2026, 11, 1), version).figures()) for version in range(3)]
    changed = [sum(a != b for a, b in zip(*two, strict=True)) for two in pairwise(versions)]
    assert changed == [DAYS, DAYS]
