"""Rules that hold for every table there is and will be: loops over the catalog instead of a hundred reviews."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

_TABLES = """
    SELECT c.oid, c.relname, c.relforcerowsecurity AND c.relrowsecurity AS is_forced
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind IN ('r', 'p')
        AND NOT c.relispartition
"""

#: No person changes these, or their time stamps are set by the statement that changes them.
_UNDATED = {
    "alembic_version": "one row, Alembic's",
    "schema_migrations": "never changed",
    "audit_logs": "append-only",
    "campaign_metrics": "the merge sets updated_at",
    "campaign_metrics_hourly": "the merge sets updated_at",
    "campaign_conversions": "the merge sets updated_at",
    "campaign_audience": "the merge sets updated_at",
    "metric_coverage": "the merge sets pulled_at",
    "account_metrics": "the merge sets updated_at",
    "campaign_weeks": "the merge sets updated_at",
    "campaign_windows": "the merge sets updated_at",
    "campaign_metrics_ledger": "never changed",
    "campaign_metrics_hourly_ledger": "never changed",
    "campaign_conversions_ledger": "never changed",
    "campaign_audience_ledger": "never changed",
    "metric_pulls": "never changed",
}

#: Partitioned tables that keep every row.
_WITH_DEFAULT = {
    "account_metrics",
    "campaign_metrics",
    "campaign_metrics_ledger",
    "campaign_conversions",
    "campaign_conversions_ledger",
    "campaign_audience",
    "campaign_audience_ledger",
    "campaign_weeks",
}

#: What people change, and what of it is secret.
_AUDITED = {
    "users": {"password_hash"},
    "user_api_credentials": {"credentials_encrypted", "candidate_encrypted"},
    "clients": set(),
    "members": set(),
    "platform_accounts": set(),
    "assets": set(),
    "ads": set(),
    "ad_assets": set(),
    "approval_requests": set(),
    "campaigns": set(),
    "reports": set(),
    "fault_answers": set(),
}


def _names(catalog: psycopg.Connection[Any], query: str) -> set[str]:
    return {row[0] for row in catalog.execute(query).fetchall()}


def _having(catalog: psycopg.Connection[Any], column: str) -> set[str]:
    return _names(
        catalog,
        f"""
        SELECT t.relname
        FROM ({_TABLES}) AS t
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attname = '{column}' AND NOT a.attisdropped
        """,
    )


def test_row_level_security_is_forced_wherever_a_tenant_stands(catalog: psycopg.Connection[Any]) -> None:
    forced = _names(catalog, f"SELECT relname FROM ({_TABLES}) AS t WHERE is_forced")
    assert forced == _having(catalog, "user_id") | {"users"}


def test_every_forced_table_lets_its_owner_see_all_and_the_application_a_tenant(
    catalog: psycopg.Connection[Any],
) -> None:
    rows = catalog.execute(
        f"""
        SELECT
            t.relname,
            array_agg(r::regrole::text || ' ' || (pg_get_expr(p.polqual, p.polrelid) = 'true')::text)
        FROM ({_TABLES}) AS t
        JOIN pg_policy AS p ON p.polrelid = t.oid
        CROSS JOIN unnest(p.polroles) AS r
        WHERE t.is_forced
        GROUP BY t.relname
        """
    ).fetchall()
    for table, policies in rows:
        assert "adloom_owner true" in policies, table
        assert "adloom_readonly true" in policies, table
        assert "adloom_app false" in policies, table
        assert "adloom_app true" not in policies, table
    assert len(rows) == len(_having(catalog, "user_id")) + 1


def test_policies_ask_for_the_tenant_once_per_statement(catalog: psycopg.Connection[Any]) -> None:
    """`(SELECT f())` is an InitPlan; a bare f() would run for every row."""
    rows = catalog.execute(
        """
        SELECT
            polrelid::regclass::text,
            concat_ws(' ', pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
        FROM pg_policy
        """
    ).fetchall()
    for table, expression in rows:
        for function in ("current_tenant()", "current_client()", "current_person()"):
            assert expression.count(function) == expression.count(f"SELECT {function} AS"), table


def test_every_audited_table_has_its_trigger_and_hides_its_secrets(catalog: psycopg.Connection[Any]) -> None:
    rows = catalog.execute(
        """
        SELECT
            tgrelid::regclass::text,
            pg_get_triggerdef(oid)
        FROM pg_trigger
        WHERE tgname = 'write_audit'
        """
    ).fetchall()
    found = {table: definition for table, definition in rows}
    assert found.keys() == _AUDITED.keys()
    for table, definition in found.items():
        assert "AFTER INSERT OR DELETE OR UPDATE" in definition, table
        assert all(secret in definition for secret in _AUDITED[table]), table


def test_columns_that_sound_secret_are_hidden_from_the_audit_log(catalog: psycopg.Connection[Any]) -> None:
    sounding = catalog.execute(
        f"""
        SELECT t.relname, a.attname
        FROM ({_TABLES}) AS t
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum > 0
        WHERE a.attname ~ 'password|secret|token|encrypted|sealed'
            AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype)
        """
    ).fetchall()
    for table, column in sounding:
        assert table not in _AUDITED or column in _AUDITED[table], (table, column)


def test_every_table_knows_when_a_row_was_made(catalog: psycopg.Connection[Any]) -> None:
    every = _names(catalog, f"SELECT relname FROM ({_TABLES}) AS t")
    assert every - _having(catalog, "created_at") == {"alembic_version", "schema_migrations"}


def test_every_mutable_table_dates_its_changes_by_trigger(catalog: psycopg.Connection[Any]) -> None:
    every = _names(catalog, f"SELECT relname FROM ({_TABLES}) AS t")
    triggered = _names(catalog, "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'set_updated_at'")
    assert every - triggered == set(_UNDATED)
    assert triggered <= _having(catalog, "updated_at")


def test_what_a_person_can_delete_is_deleted_softly(catalog: psycopg.Connection[Any]) -> None:
    assert _having(catalog, "deleted_at") == {
        "users",
        "clients",
        "members",
        "assets",
        "ads",
        "campaigns",
        "platform_objects",
        "reports",
    }


def test_every_foreign_key_has_an_index(catalog: psycopg.Connection[Any]) -> None:
    """Its first column leads one that is whole, or lacks only the rows where that column is NULL."""
    lacking = catalog.execute(
        """
        SELECT
            k.conrelid::regclass::text,
            k.conname
        FROM pg_constraint AS k
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        WHERE k.contype = 'f'
            AND k.conparentid = 0
            AND NOT EXISTS (
                SELECT
                FROM pg_index AS i
                WHERE i.indrelid = k.conrelid
                    AND i.indisvalid
                    AND i.indkey[0] = k.conkey[1]
                    AND (
                        i.indpred IS NULL
                        OR pg_get_expr(i.indpred, i.indrelid) = format('(%s IS NOT NULL)', a.attname)
                    )
            )
        """
    ).fetchall()
    assert lacking == []


def test_no_index_repeats_another(catalog: psycopg.Connection[Any]) -> None:
    """An index whose keys begin another one over the same rows is paid for twice (foreign keys' own excepted)."""
    repeated = catalog.execute(
        """
        SELECT
            one.indexrelid::regclass::text,
            other.indexrelid::regclass::text
        FROM pg_index AS one
        JOIN pg_index AS other ON other.indrelid = one.indrelid AND other.indexrelid <> one.indexrelid
        JOIN pg_class AS c ON c.oid = one.indrelid AND NOT c.relispartition
        WHERE c.relnamespace = 'public'::regnamespace
            AND NOT one.indisunique
            AND one.indexprs IS NULL
            AND other.indexprs IS NULL
            AND pg_get_expr(one.indpred, one.indrelid) IS NOT DISTINCT FROM pg_get_expr(other.indpred, other.indrelid)
            AND one.indkey::text = ANY (
                SELECT array_to_string((string_to_array(other.indkey::text, ' '))[1:one.indnkeyatts], ' ')
            )
            AND one.indoption::text = array_to_string(
                (string_to_array(other.indoption::text, ' '))[1:one.indnkeyatts], ' '
            )
        """
    ).fetchall()
    assert repeated == []


def test_every_tenant_owned_child_proves_its_tenant_through_its_parent(catalog: psycopg.Connection[Any]) -> None:
    """A foreign key within the tenant's tables names the tenant as well."""
    loose = catalog.execute(
        """
        SELECT
            k.conrelid::regclass::text,
            k.conname
        FROM pg_constraint AS k
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attname = 'user_id'
        JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attname = 'user_id'
        WHERE k.contype = 'f'
            AND k.conparentid = 0
            AND NOT (a.attnum = ANY (k.conkey) AND b.attnum = ANY (k.confkey))
        """
    ).fetchall()
    assert sorted(loose) == [
        # A session's successor is the same person's; a deployment outlives its job, which is retained for 30 days.
        ("campaign_deployments", "campaign_deployments_job_id_fkey"),
        ("user_sessions", "user_sessions_replaced_by_fkey"),
    ]


def test_the_application_deletes_nothing_that_is_history(catalog: psycopg.Connection[Any]) -> None:
    deletable = catalog.execute(
        f"""
        SELECT relname
        FROM ({_TABLES}) AS t
        WHERE has_table_privilege('adloom_app', t.oid, 'DELETE')
            OR has_table_privilege('adloom_app', t.oid, 'TRUNCATE')
        """
    ).fetchall()
    assert {name for (name,) in deletable} == {"ad_assets", "idempotency_keys"}


def test_partitions_grant_nothing_to_anybody(catalog: psycopg.Connection[Any]) -> None:
    granted = _names(catalog, "SELECT relname FROM pg_class WHERE relispartition AND relacl IS NOT NULL")
    assert granted == set()


def test_nothing_is_granted_to_everybody(catalog: psycopg.Connection[Any]) -> None:
    public = _names(
        catalog,
        """
        SELECT c.relname
        FROM pg_class AS c
        CROSS JOIN aclexplode(c.relacl) AS acl
        WHERE c.relnamespace = 'public'::regnamespace
            AND c.relowner = 'adloom_owner'::regrole
            AND acl.grantee = 0
        """,
    )
    assert public == set()


def test_every_table_and_function_says_what_it_is_for(catalog: psycopg.Connection[Any]) -> None:
    silent = _names(
        catalog, f"SELECT relname FROM ({_TABLES}) AS t WHERE coalesce(obj_description(oid, 'pg_class'), '') = ''"
    )
    silent |= _names(
        catalog,
        """
        SELECT proname
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace
            AND proowner = 'adloom_owner'::regrole
            AND coalesce(obj_description(oid, 'pg_proc'), '') = ''
        """,
    )
    assert silent == set()


def test_no_money_is_a_float(catalog: psycopg.Connection[Any]) -> None:
    floats = catalog.execute(
        f"""
        SELECT t.relname, a.attname
        FROM ({_TABLES}) AS t
        JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE a.atttypid IN ('float4'::regtype, 'float8'::regtype, 'money'::regtype)
        """
    ).fetchall()
    assert floats == []


def test_no_time_is_without_a_zone(catalog: psycopg.Connection[Any]) -> None:
    naive = catalog.execute(
        f"""
        SELECT t.relname, a.attname
        FROM ({_TABLES}) AS t
        JOIN pg_attribute AS a ON a.attrelid = t.oid
        WHERE a.atttypid IN ('timestamp'::regtype, 'time'::regtype)
        """
    ).fetchall()
    assert naive == []


@pytest.mark.parametrize("table", [*sorted(_WITH_DEFAULT), "audit_logs"])
def test_monthly_partitions_stand_ahead(catalog: psycopg.Connection[Any], table: str) -> None:
    today = _today(catalog)
    # A ledger and a roll-up hold what was pulled before.
    ahead = 3 if table.endswith("_ledger") or table in {"account_metrics", "campaign_weeks"} else 24
    months = [_month(today, offset) for offset in range(-3, ahead)]
    assert _names(catalog, _partitions_of(table)) - {f"{table}_default"} == {
        f"{table}_{month:%Y_%m}" for month in months
    }


def test_daily_partitions_stand_ahead(catalog: psycopg.Connection[Any]) -> None:
    today = _today(catalog)
    days = [today + timedelta(days=offset) for offset in range(-8, 32)]
    assert _names(catalog, _partitions_of("campaign_metrics_hourly")) == {
        f"campaign_metrics_hourly_{day:%Y_%m_%d}" for day in days
    }


def test_only_what_keeps_its_rows_has_a_default_partition(catalog: psycopg.Connection[Any]) -> None:
    with_default = _names(catalog, "SELECT partrelid::regclass::text FROM pg_partitioned_table WHERE partdefid <> 0")
    assert with_default == _WITH_DEFAULT


def _partitions_of(table: str) -> str:
    return f"SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = '{table}'::regclass"


def _today(catalog: psycopg.Connection[Any]) -> date:
    row = catalog.execute("SELECT (now() AT TIME ZONE 'UTC')::date").fetchone()
    assert row is not None
    found: date = row[0]
    return found


def _month(day: date, offset: int) -> date:
    months = day.year * 12 + day.month - 1 + offset
    return date(months // 12, months % 12 + 1, 1)
