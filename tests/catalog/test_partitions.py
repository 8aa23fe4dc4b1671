"""Partitions stand before their rows, in UTC whoever asks; what came unforeseen is moved, and nothing is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg
import pytest
from tests.databases import Cluster

from adloom.db import partitions
from adloom.db.urls import Urls

_INSERT = """
INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone, clicks, spend_amount)
VALUES (gen_random_uuid(), gen_random_uuid(), 'google_ads', %s, 'UTC', 2, 3)
"""


@pytest.fixture
def urls(cluster: Cluster) -> Iterator[Urls]:
    """A database of its own: partitions are schema."""
    with cluster.migrated() as found:
        yield found


def _names(urls: Urls, table: str) -> set[str]:
    with psycopg.connect(urls.owner) as connection:
        return {part.name for part in partitions.partitions(connection) if part.table == table}


def test_nothing_lacks_right_after_a_migration(urls: Urls) -> None:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute("SELECT (now() AT TIME ZONE 'UTC')::date").fetchone()
    assert row is not None
    assert partitions.ensure(urls.owner, today=row[0]) == []


def test_a_clock_that_is_ahead_finds_its_partitions_and_the_audit_log_keeps_its_own(urls: Urls) -> None:
    ahead = date.today() + timedelta(days=400)  # noqa: DTZ011 any day will do
    made = partitions.ensure(urls.owner, today=ahead)
    assert f"campaign_metrics_hourly_{ahead:%Y_%m_%d}" in made
    assert f"campaign_metrics_{ahead.year + 1}_{ahead:%m}" in made
    assert not [name for name in made if name.startswith("audit_logs")]
    assert partitions.ensure(urls.owner, today=ahead) == []


def test_a_worker_may_make_partitions_and_the_application_may_not(urls: Urls) -> None:
    assert partitions.ensure(urls.worker, today=date(2035, 1, 1))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        partitions.ensure(urls.app, today=date(2036, 1, 1))


def test_every_table_says_from_when_to_when_it_is_ready(urls: Urls) -> None:
    found = {table.table: table for table in partitions.tables(urls.owner)}
    assert found["campaign_metrics"].partitions == 27
    assert found["campaign_metrics_hourly"].partitions == 40
    assert found["campaign_metrics"].default_rows == 0
    assert found["audit_logs"].default_rows is None
    first, following = found["audit_logs"].first, found["audit_logs"].next
    assert first is not None
    assert following is not None
    assert (following.year - first.year) * 12 + following.month - first.month == 27


def test_a_row_of_long_ago_waits_in_default_and_is_moved_to_its_month(urls: Urls) -> None:
    with psycopg.connect(urls.owner) as connection:
        for day in (date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 30)):
            connection.execute(_INSERT, [day])
        before = connection.execute("SELECT * FROM campaign_metrics ORDER BY date").fetchall()
    waiting = {table.table: table.default_rows for table in partitions.tables(urls.owner)}
    assert waiting["campaign_metrics"] == 3
    assert partitions.drain(urls.owner) == {"campaign_metrics": 3}
    assert partitions.drain(urls.owner) == {}
    with psycopg.connect(urls.owner) as connection:
        assert connection.execute("SELECT * FROM campaign_metrics ORDER BY date").fetchall() == before
        assert partitions.count(connection, "campaign_metrics_2023_06") == 2
        assert partitions.count(connection, "campaign_metrics_default") == 0


def test_a_partition_takes_over_what_waits_for_it_in_default(urls: Urls) -> None:
    """The known outage: with one row in DEFAULT, an ordinary CREATE TABLE … PARTITION OF is refused."""
    with psycopg.connect(urls.owner) as connection:
        connection.execute(_INSERT, [date(2030, 3, 15)])
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute(
                "CREATE TABLE p PARTITION OF campaign_metrics FOR VALUES FROM ('2030-03-01') TO ('2030-04-01')"
            )
        connection.execute("SELECT create_monthly_partition('campaign_metrics', '2030-03-07')")
        assert partitions.count(connection, "campaign_metrics_2030_03") == 1


def test_a_new_partition_is_like_its_siblings(urls: Urls) -> None:
    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT create_monthly_partition('campaign_metrics', '2019-02-10')")
        shapes = connection.execute(
            """
            SELECT
                p.name,
                (
                    SELECT array_agg(pg_get_constraintdef(oid) ORDER BY pg_get_constraintdef(oid))
                    FROM pg_constraint
                    WHERE conrelid = p.name::regclass
                ),
                (SELECT count(*) FROM pg_index WHERE indrelid = p.name::regclass),
                (
                    SELECT array_agg(concat_ws(' ', attname, attnotnull, attgenerated) ORDER BY attname)
                    FROM pg_attribute
                    WHERE attrelid = p.name::regclass AND attnum > 0
                ),
                pg_get_expr(c.relpartbound, c.oid)
            FROM (VALUES ('campaign_metrics_2019_02'), ('campaign_metrics_default')) AS p (name)
            JOIN pg_class AS c ON c.oid = p.name::regclass
            """
        ).fetchall()
    (_, constraints, indexes, columns, bounds), sibling = shapes
    assert (constraints, indexes, columns) == sibling[1:4]
    assert bounds == "FOR VALUES FROM ('2019-02-01') TO ('2019-03-01')"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
def test_bounds_are_utc_whatever_the_callers_time_zone(urls: Urls, zone: str) -> None:
    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        connection.execute("SELECT create_monthly_partition('audit_logs', '2020-02-29')")
        connection.execute("SELECT create_daily_partition('campaign_metrics_hourly', '2020-02-29')")
        connection.execute("SET TimeZone = 'UTC'")
        bounds = connection.execute(
            "SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname ~ '2020_02' AND relkind = 'r' ORDER BY 1"
        ).fetchall()
    assert [bound for (bound,) in bounds] == [
        "FOR VALUES FROM ('2020-02-01 00:00:00+00') TO ('2020-03-01 00:00:00+00')",
        "FOR VALUES FROM ('2020-02-29 00:00:00+00') TO ('2020-03-01 00:00:00+00')",
    ]


@pytest.mark.parametrize(
    "call",
    [
        "create_monthly_partition('users', '2026-01-01')",
        "create_monthly_partition('campaign_metrics_hourly', '2026-01-01')",
        "create_monthly_partition('pg_catalog.pg_class', '2026-01-01')",
        "create_monthly_partition(NULL, '2026-01-01')",
        "create_monthly_partition('campaign_metrics', NULL)",
        "create_monthly_partition('campaign_metrics', '1999-12-31')",
        "create_monthly_partition('campaign_metrics', 'infinity')",
        "create_daily_partition('campaign_metrics', '2026-01-01')",
    ],
)
def test_only_our_own_tables_and_sensible_days_get_partitions(database: Urls, call: str) -> None:
    with psycopg.connect(database.worker) as connection, pytest.raises(psycopg.errors.InvalidParameterValue):
        connection.execute(f"SELECT {call}")


def test_making_a_partition_twice_answers_the_same(urls: Urls) -> None:
    with psycopg.connect(urls.worker, autocommit=True) as connection:
        for _ in range(2):
            row = connection.execute("SELECT create_monthly_partition('campaign_audience', '2020-01-20')").fetchone()
            assert row == ("campaign_audience_2020_01",)
    assert "campaign_audience_2020_01" in _names(urls, "campaign_audience")
