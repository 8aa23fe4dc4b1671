"""Everything that the specification names exists, under its name: tables, columns, types, enums, rules, procedures."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from tests.catalog import specification

_COLUMNS = """
    SELECT
        a.attname,
        format_type(a.atttypid, a.atttypmod) AS type,
        a.attnotnull AS is_required,
        pg_get_expr(d.adbin, d.adrelid) AS definition
    FROM pg_attribute AS a
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass
        AND a.attnum > 0
        AND NOT a.attisdropped
"""


def _columns(catalog: psycopg.Connection[Any], table: str) -> dict[str, tuple[str, bool, str | None]]:
    return {name: (type_, required, default) for name, type_, required, default in catalog.execute(_COLUMNS, [table])}


@pytest.mark.parametrize("table", specification.TABLES)
def test_a_table_has_every_column_of_its_type(catalog: psycopg.Connection[Any], table: str) -> None:
    found = _columns(catalog, table)
    wanted = specification.TABLES[table]
    assert {name: found[name][0] for name in wanted if name in found} == wanted


@pytest.mark.parametrize("table", specification.NOT_NULL)
def test_what_is_required_is_required(catalog: psycopg.Connection[Any], table: str) -> None:
    found = _columns(catalog, table)
    assert [name for name in specification.NOT_NULL[table] if not found[name][1]] == []


def test_defaults_are_the_specifications(catalog: psycopg.Connection[Any]) -> None:
    found = {name: _columns(catalog, name.split(".")[0])[name.split(".")[1]][2] for name in specification.DEFAULTS}
    assert found == specification.DEFAULTS


def test_enums_have_the_specifications_values_in_its_order_and_there_are_no_others(
    catalog: psycopg.Connection[Any],
) -> None:
    rows = catalog.execute(
        """
        SELECT
            t.typname,
            array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
        FROM pg_type AS t
        JOIN pg_enum AS e ON e.enumtypid = t.oid
        GROUP BY t.typname
        """
    )
    assert {name: tuple(labels) for name, labels in rows} == specification.ENUMS


@pytest.mark.parametrize(("table", "columns", "predicate"), specification.UNIQUE)
def test_what_is_unique_is_unique(
    catalog: psycopg.Connection[Any], table: str, columns: tuple[str, ...], predicate: str | None
) -> None:
    rows = catalog.execute(
        """
        SELECT
            ARRAY(
                SELECT pg_get_indexdef(indexrelid, place, true)
                FROM generate_series(1, indnkeyatts) AS place
            ),
            pg_get_expr(indpred, indrelid)
        FROM pg_index
        WHERE indrelid = %s::regclass
            AND indisunique
        """,
        [table],
    )
    found = [(tuple(keys), where) for keys, where in rows]
    assert any({*keys} == {*columns} and where == predicate for keys, where in found) or (
        (tuple(c.replace("(email)", "email") for c in columns), predicate) in found
    ), found


def test_metrics_and_logs_are_partitioned_by_their_time(catalog: psycopg.Connection[Any]) -> None:
    rows = catalog.execute("SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid) FROM pg_partitioned_table")
    assert dict(rows.fetchall()) == {
        "account_metrics": "RANGE (date)",
        "audit_logs": "RANGE (created_at)",
        "campaign_audience": "RANGE (date)",
        "campaign_audience_ledger": "RANGE (date)",
        "campaign_conversions": "RANGE (date)",
        "campaign_conversions_ledger": "RANGE (date)",
        "campaign_metrics": "RANGE (date)",
        "campaign_metrics_ledger": "RANGE (date)",
        "campaign_metrics_hourly": "RANGE (hour_timestamp)",
        "campaign_metrics_hourly_ledger": "RANGE (hour_timestamp)",
        "campaign_weeks": "RANGE (date)",
    }


def test_the_partition_procedure_has_the_specifications_name_and_signature(
    catalog: psycopg.Connection[Any],
) -> None:
    row = catalog.execute(
        """
        SELECT
            pg_get_function_arguments(oid),
            pg_get_function_result(oid)
        FROM pg_proc
        WHERE proname = 'create_monthly_partition'
        """
    ).fetchone()
    assert row == ("table_name text, start_date date", "text")
    made = catalog.execute("SELECT create_monthly_partition('campaign_metrics', '2024-01-01')").fetchone()
    assert made == ("campaign_metrics_2024_01",)


def test_every_foreign_key_of_the_specification_cascades_as_it_says(catalog: psycopg.Connection[Any]) -> None:
    """Metrics have none (corrections 37); children name parent and tenant together (corrections 3)."""
    rows = catalog.execute(
        """
        SELECT
            conrelid::regclass::text || '.' || (
                SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]
            ),
            confrelid::regclass::text || ' ' || confdeltype::text
        FROM pg_constraint
        WHERE contype = 'f'
            AND conparentid = 0
        """
    ).fetchall()
    found = dict(rows)
    wanted = {
        "user_api_credentials.user_id": "users c",
        "user_sessions.user_id": "users c",
        "assets.user_id": "users c",
        "platform_assets.asset_id": "assets c",
        "ads.user_id": "users c",
        "ad_assets.ad_id": "ads c",
        "ad_assets.asset_id": "assets c",
        "campaigns.ad_id": "ads c",
        "campaign_deployments.campaign_id": "campaigns c",
        "reports.user_id": "users c",
        "report_instances.report_id": "reports c",
        "api_rate_limits.user_id": "users c",
        "audit_logs.user_id": "users n",
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert not [name for name in found if name.startswith("campaign_metrics")]
