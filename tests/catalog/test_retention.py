"""What is past its time goes, whole partitions at once; what is not stays; a crash half-way is finished later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql
from tests.databases import Cluster

from adloom.core.errors import Conflict
from adloom.db import partitions, retention
from adloom.db.retention import Expired
from adloom.db.urls import Urls
from adloom.metrics.grains import GRAINS, HOUR, GrainName

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.fixture
def urls(cluster: Cluster) -> Iterator[Urls]:
    """A database of its own: partitions are dropped here."""
    with cluster.migrated() as found:
        yield found


def _run(urls: Urls, *statements: str) -> None:
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _count(urls: Urls, table: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _hourly(urls: Urls) -> list[str]:
    with psycopg.connect(urls.owner) as connection:
        found = partitions.partitions(connection)
    return [part.name for part in found if part.table == "campaign_metrics_hourly"]


def _with_hours(urls: Urls, days: range) -> None:
    for day in days:
        at = (NOW - timedelta(days=day)).replace(hour=0)
        _run(
            urls,
            f"SELECT create_daily_partition('campaign_metrics_hourly', '{at:%Y-%m-%d}')",
            f"""
            INSERT INTO campaign_metrics_hourly (user_id, campaign_id, platform, hour_timestamp, time_zone)
            SELECT gen_random_uuid(), gen_random_uuid(), 'google_ads', '{at.isoformat()}', 'UTC'
            FROM generate_series(1, 3)
            """,
        )


def test_hours_older_than_seven_days_go_with_their_partitions(urls: Urls) -> None:
    _with_hours(urls, range(5, 12))
    gone = [e for e in retention.apply(urls.owner, now=NOW) if e.table == "campaign_metrics_hourly" and e.rows]
    assert gone == [
        Expired("campaign_metrics_hourly", f"campaign_metrics_hourly_2026_11_{day:02}", 3) for day in (9, 10, 11, 12)
    ]
    left = _hourly(urls)
    assert "campaign_metrics_hourly_2026_11_12" not in left
    assert "campaign_metrics_hourly_2026_11_13" in left
    assert retention.plan(urls.owner, now=NOW) == []


_OLD_MONTH, _OLD_DAY = "2022-01-01", "2026-11-01"


def test_a_ledger_is_kept_as_long_as_its_facts_and_so_is_a_roll_up(urls: Urls) -> None:
    by_month = {grain.facts for grain in GRAINS.values() if grain.name is not GrainName.HOUR}
    kept = {"account_metrics", "campaign_weeks", *by_month, *(f"{facts}_ledger" for facts in by_month)}
    hours = {HOUR.facts, HOUR.ledger}
    _run(urls, *(f"SELECT create_monthly_partition('{table}', '{_OLD_MONTH}')" for table in kept))
    _run(urls, *(f"SELECT create_daily_partition('{table}', '{_OLD_DAY}')" for table in hours))
    gone = {expired.what for expired in retention.apply(urls.owner, now=NOW)}
    assert {f"{table}_2026_11_01" for table in hours} <= gone
    with psycopg.connect(urls.owner) as connection:
        left = {part.name for part in partitions.partitions(connection)}
    assert {f"{table}_2022_01" for table in kept} <= left - gone


def test_a_plan_names_the_same_and_changes_nothing(urls: Urls) -> None:
    _with_hours(urls, range(9, 11))
    before = _hourly(urls)
    planned = retention.plan(urls.owner, now=NOW)
    assert retention.plan(urls.owner, now=NOW) == planned
    assert _hourly(urls) == before
    assert retention.apply(urls.owner, now=NOW) == planned


def test_a_large_partition_goes_without_being_counted(urls: Urls) -> None:
    _run(
        urls,
        f"SELECT create_daily_partition('campaign_metrics_hourly', '{_OLD_DAY}')",
        f"""
        INSERT INTO campaign_metrics_hourly (user_id, campaign_id, platform, hour_timestamp, time_zone)
        SELECT gen_random_uuid(), gen_random_uuid(), 'google_ads', '{_OLD_DAY} 00:00:00Z', 'UTC'
        FROM generate_series(1, 110000)
        """,
        "VACUUM ANALYZE campaign_metrics_hourly",
    )
    (gone,) = [e for e in retention.apply(urls.owner, now=NOW) if e.what == "campaign_metrics_hourly_2026_11_01"]
    assert gone.is_estimate
    assert gone.rows == pytest.approx(110_000, rel=0.02)
    assert gone.what not in _hourly(urls)


def test_the_audit_log_keeps_two_years(urls: Urls) -> None:
    _run(
        urls,
        "SELECT create_monthly_partition('audit_logs', (now() - interval '26 months')::date)",
        "SELECT create_monthly_partition('audit_logs', (now() - interval '23 months')::date)",
    )
    gone = [e.what for e in retention.apply(urls.owner, now=NOW) if e.table == "audit_logs"]
    assert len(gone) == 1
    with psycopg.connect(urls.owner) as connection:
        row = connection.execute("SELECT to_char(now() - interval '26 months', '\"audit_logs_\"YYYY_MM')").fetchone()
    assert row == (gone[0],)


def test_rows_past_their_time_go_and_the_others_stay(urls: Urls) -> None:
    _run(
        urls,
        """
        INSERT INTO users (id, email, password_hash, first_name, last_name)
        VALUES ('00000000-0000-0000-0000-000000000001', 'a@example.com', '-', 'A', 'B')
        """,
        """
        INSERT INTO user_sessions (user_id, token_jti, expires_at)
        SELECT '00000000-0000-0000-0000-000000000001', days::text, now() - interval '1 day' * days
        FROM unnest(ARRAY[-1, 29, 31, 90]) AS days
        """,
        """
        INSERT INTO background_jobs (job_type, job_data, status, completed_at, locked_by, lease_expires_at)
        SELECT
            'test',
            '{}',
            status,
            CASE WHEN status IN ('completed', 'failed', 'cancelled') THEN now() - interval '1 day' * days END,
            'w',
            now()
        FROM unnest(enum_range(NULL::job_status)) AS status
        CROSS JOIN unnest(ARRAY[29, 31]) AS days
        """,
        """
        INSERT INTO api_rate_limits (user_id, platform, endpoint, window_start, window_end)
        SELECT
            '00000000-0000-0000-0000-000000000001',
            'google_ads',
            '*',
            now() - interval '1 day' * days - interval '1 minute',
            now() - interval '1 day' * days
        FROM unnest(ARRAY[29, 31]) AS days
        """,
        """
        INSERT INTO authorizations (user_id, actor_id, session_id, platform, state_hash, expires_at)
        SELECT
            '00000000-0000-0000-0000-000000000001',
            '00000000-0000-0000-0000-000000000001',
            gen_random_uuid(),
            'google_ads',
            h::text,
            now() - interval '1 hour' * h
        FROM unnest(ARRAY[23, 25]) AS h
        """,
        """
        INSERT INTO idempotency_keys (user_id, key, method, path, hash, expires_at)
        SELECT '00000000-0000-0000-0000-000000000001', h::text, 'POST', '/', 'h', now() + interval '1 hour' * h
        FROM unnest(ARRAY[-1, 1]) AS h
        """,
        """
        INSERT INTO workers (id, lock_key, pid, host, heartbeat_at)
        SELECT h::text, h, 1, 'host', now() - interval '1 hour' * h
        FROM unnest(ARRAY[1, 25]) AS h
        """,
        """
        INSERT INTO platform_quotas (platform, scope, scope_key, endpoint, window_start, window_end)
        SELECT
            'google_ads',
            'app',
            'k',
            '*',
            now() - interval '1 day' * days - interval '1 minute',
            now() - interval '1 day' * days
        FROM unnest(ARRAY[29, 31]) AS days
        """,
        """
        INSERT INTO ads (id, user_id, name, unified_data, targeting_data, budget_data)
        VALUES (
            '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001', 'An ad', '{}', '{}', '{}'
        )
        """,
        """
        INSERT INTO platform_verdicts (user_id, ad_id, platform, fingerprint, asked_at)
        SELECT
            '00000000-0000-0000-0000-000000000001',
            '00000000-0000-0000-0000-000000000001',
            'google_ads',
            days::text,
            now() - interval '1 day' * days
        FROM unnest(ARRAY[29, 31]) AS days
        """,
        """
        INSERT INTO platform_surprises (platform, kind, word, times, last_seen_at)
        SELECT 'google_ads', 'ad status', days::text, 1, now() - interval '1 day' * days
        FROM unnest(ARRAY[179, 181]) AS days
        """,
        """
        INSERT INTO platform_places (platform, type, country, name, places, looked_up_at)
        SELECT 'google_ads', 'CITY', 'US', days::text, '[]', now() - interval '1 day' * days
        FROM unnest(ARRAY[179, 181]) AS days
        """,
    )
    gone = {e.table: e.rows for e in retention.apply(urls.owner, now=NOW) if e.what == "rows"}
    assert gone == {
        "authorizations": 1,
        "user_sessions": 2,
        "background_jobs": 3,
        "api_rate_limits": 1,
        "idempotency_keys": 1,
        "workers": 1,
        "platform_quotas": 1,
        "platform_surprises": 1,
        "platform_places": 1,
        "platform_verdicts": 1,
    }
    assert _count(urls, "background_jobs") == 7
    assert _count(urls, "user_sessions") == 2
    assert retention.apply(urls.owner, now=NOW) == []


def test_many_rows_go_in_batches(urls: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 10)
    _run(
        urls,
        """
        INSERT INTO workers (id, lock_key, pid, host, heartbeat_at)
        SELECT n::text, n, 1, 'host', now() - interval '2 days'
        FROM generate_series(1, 35) AS n
        """,
    )
    (gone,) = [e for e in retention.apply(urls.owner, now=NOW) if e.table == "workers"]
    assert gone.rows == 35


def test_a_partition_that_a_crash_left_detached_is_dropped_by_the_next_run(urls: Urls) -> None:
    _with_hours(urls, range(9, 10))
    _run(
        urls,
        "ALTER TABLE campaign_metrics_hourly DETACH PARTITION campaign_metrics_hourly_2026_11_11 CONCURRENTLY",
    )
    left_behind = Expired("campaign_metrics_hourly", "campaign_metrics_hourly_2026_11_11", 3)
    assert left_behind in retention.plan(urls.owner, now=NOW)
    assert left_behind in retention.apply(urls.owner, now=NOW)
    assert retention.plan(urls.owner, now=NOW) == []


def test_a_detaching_that_was_interrupted_is_finished(urls: Urls) -> None:
    _with_hours(urls, range(9, 10))
    with psycopg.connect(urls.owner) as reader:
        reader.execute("SELECT count(*) FROM campaign_metrics_hourly")
        with psycopg.connect(urls.owner, autocommit=True) as detaching:
            detaching.execute("SET statement_timeout = '300ms'")
            with pytest.raises(psycopg.errors.QueryCanceled):
                detaching.execute(
                    "ALTER TABLE campaign_metrics_hourly"
                    " DETACH PARTITION campaign_metrics_hourly_2026_11_11 CONCURRENTLY"
                )
    assert "campaign_metrics_hourly_2026_11_11" in {e.what for e in retention.apply(urls.owner, now=NOW)}
    assert retention.plan(urls.owner, now=NOW) == []


def test_two_runs_at_once_are_one(urls: Urls) -> None:
    with psycopg.connect(urls.owner, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('adloom.retention', 0))")
        with pytest.raises(Conflict, match="runs already"):
            retention.apply(urls.owner, now=NOW)


def test_metrics_by_the_day_are_kept_for_ever(urls: Urls) -> None:
    _run(
        urls,
        """
        INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'google_ads', '2001-01-01', 'UTC')
        """,
    )
    retention.apply(urls.owner, now=NOW)
    assert _count(urls, "campaign_metrics") == 1
