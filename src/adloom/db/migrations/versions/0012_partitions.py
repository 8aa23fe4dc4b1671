"""Partitions: made ahead by functions of the owner, with UTC bounds whatever the caller's time zone.

Why: a row without a partition is refused, or lands in DEFAULT and blocks the partition it belongs to. A new
partition is made as a plain table, takes over what waits for it in DEFAULT, and is then attached.
Locks: ShareUpdateExclusive on the parent and AccessExclusive on its DEFAULT partition, for an instant.
Undo: drops the functions; partitions stay, and go with their tables.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0012_partitions"
down_revision = "0011_audit"

UP = """
CREATE FUNCTION attach_partition(parent text, child text, first_day date, next_day date) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
DECLARE
    spare text := parent || '_default';
    key text := (
        SELECT a.attname
        FROM pg_partitioned_table AS p
        JOIN pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = parent::regclass
    );
    plain_columns text := (
        SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
        FROM pg_attribute
        WHERE attrelid = parent::regclass
            AND attnum > 0
            AND NOT attisdropped
            AND attgenerated = ''
    );
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('adloom.partitions', 0));
    IF EXISTS (
        SELECT
        FROM pg_inherits
        WHERE inhparent = parent::regclass
            AND inhrelid = to_regclass(child)
    ) THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE %1$I (
            LIKE %2$I INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING CONSTRAINTS,
            CONSTRAINT bounds CHECK (%3$I >= %4$L AND %3$I < %5$L)
        )',
        child, parent, key, first_day, next_day
    );
    IF to_regclass(spare) IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', spare);
        EXECUTE format(
            'WITH moved AS (
                DELETE FROM %1$I
                WHERE %2$I >= %3$L
                    AND %2$I < %4$L
                RETURNING %5$s
            )
            INSERT INTO %6$I (%5$s)
            SELECT %5$s
            FROM moved',
            spare, key, first_day, next_day, plain_columns, child
        );
    END IF;
    EXECUTE format(
        'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child, first_day, next_day
    );
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT bounds', child);
END
$$;
COMMENT ON FUNCTION attach_partition(text, text, date, date) IS
    'The step both partition functions share; not for callers.';

CREATE FUNCTION refuse_partition(table_name text, start_date date, allowed text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
    IF table_name IS NULL OR NOT (table_name = ANY (allowed)) THEN
        RAISE EXCEPTION
            'table % is not partitioned this way; these are: %', table_name, array_to_string(allowed, ', ')
            USING ERRCODE = '22023';
    END IF;
    IF start_date IS NULL OR start_date < '2000-01-01' OR start_date > '2100-01-01' THEN
        RAISE EXCEPTION 'no partition is made for %', start_date USING ERRCODE = '22023';
    END IF;
END
$$;
COMMENT ON FUNCTION refuse_partition(text, date, text[]) IS
    'Raises for tables that are not ours and for days that no advertisement ran on.';

CREATE FUNCTION create_monthly_partition(table_name text, start_date date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
DECLARE
    first_day date := date_trunc('month', start_date::timestamp)::date;
    partition_name text := table_name || '_' || to_char(start_date, 'YYYY_MM');
BEGIN
    PERFORM refuse_partition(
        table_name,
        start_date,
        ARRAY['campaign_metrics', 'campaign_conversions', 'campaign_audience', 'audit_logs']
    );
    PERFORM attach_partition(table_name, partition_name, first_day, (first_day + interval '1 month')::date);
    RETURN partition_name;
END
$$;
COMMENT ON FUNCTION create_monthly_partition(text, date) IS
    'Makes sure that the month of start_date has its partition, and returns its name. Hourly metrics are by '
    'day.';

CREATE FUNCTION create_daily_partition(table_name text, start_date date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
DECLARE
    partition_name text := table_name || '_' || to_char(start_date, 'YYYY_MM_DD');
BEGIN
    PERFORM refuse_partition(table_name, start_date, ARRAY['campaign_metrics_hourly']);
    PERFORM attach_partition(table_name, partition_name, start_date, start_date + 1);
    RETURN partition_name;
END
$$;
COMMENT ON FUNCTION create_daily_partition(text, date) IS
    'Makes sure that a UTC day has its partition, and returns its name.';

CREATE FUNCTION ensure_partitions(business_date date DEFAULT (now() AT TIME ZONE 'UTC')::date)
RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
    -- The audit log is dated by the database's clock, facts by the business clock, which may be shifted.
    SELECT create_monthly_partition(
        monthly.table_name, (monthly.today + make_interval(months => month))::date
    )
    FROM (
        VALUES
            ('campaign_metrics', business_date),
            ('campaign_conversions', business_date),
            ('campaign_audience', business_date),
            ('audit_logs', (now() AT TIME ZONE 'UTC')::date)
    ) AS monthly (table_name, today)
    CROSS JOIN generate_series(-3, 23) AS month
    UNION ALL
    SELECT create_daily_partition('campaign_metrics_hourly', business_date + day)
    FROM generate_series(-8, 31) AS day
$$;
COMMENT ON FUNCTION ensure_partitions(date) IS
    'Makes sure of 3 months behind and 24 from now on, and of 8 days behind and 31 ahead; returns every such '
    'partition.';

REVOKE ALL ON FUNCTION
    attach_partition(text, text, date, date),
    refuse_partition(text, date, text[]),
    create_monthly_partition(text, date),
    create_daily_partition(text, date),
    ensure_partitions(date)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    create_monthly_partition(text, date),
    create_daily_partition(text, date),
    ensure_partitions(date)
TO adloom_worker;

SELECT ensure_partitions();
"""

DOWN = """
DROP FUNCTION ensure_partitions(date);
DROP FUNCTION create_daily_partition(text, date);
DROP FUNCTION create_monthly_partition(text, date);
DROP FUNCTION refuse_partition(text, date, text[]);
DROP FUNCTION attach_partition(text, text, date, date);
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
