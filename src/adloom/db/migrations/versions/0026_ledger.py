"""The ledger: every earlier version of a fact, and every pull that said something.

Why: platforms restate their numbers for weeks. A report that was read by a person on Tuesday has to be told again on
Friday, and the difference has to have an answer. A fact's row says since which pull it stands (`valid_from`); what it
said before goes to the ledger with the pulls that said and unsaid it. Facts from before this migration stand since
ever. Each ledger is partitioned and kept like its facts: what loses whole partitions has no DEFAULT one.
Locks: AccessExclusive on each table of facts, for an instant (a constant default rewrites nothing).
Undo: drops the ledgers and the pulls: earlier versions are lost, the facts stay.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0026_ledger"
down_revision = "0025_compensation"

UP = """
ALTER TABLE campaign_metrics ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '2000-01-01 00:00:00+00';
ALTER TABLE campaign_metrics_hourly ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '2000-01-01 00:00:00+00';
ALTER TABLE campaign_conversions ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '2000-01-01 00:00:00+00';
ALTER TABLE campaign_audience ADD COLUMN valid_from timestamptz NOT NULL DEFAULT '2000-01-01 00:00:00+00';
COMMENT ON COLUMN campaign_metrics.valid_from IS
    'The pull that first said these figures; 2000-01-01 where it came before pulls were kept.';
ALTER TABLE campaign_conversions ADD COLUMN name text;
COMMENT ON COLUMN campaign_conversions.name IS 'What people call the action on the platform.';

CREATE TABLE campaign_metrics_ledger (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6) NOT NULL,
    spend_currency varchar(3) NOT NULL,
    platform_metrics jsonb,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, date, valid_to),
    CONSTRAINT lasted CHECK (valid_from < valid_to)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_metrics_ledger IS
    'What a campaign''s day was said to be, from one pull up to another.';
CREATE TABLE campaign_metrics_ledger_default PARTITION OF campaign_metrics_ledger DEFAULT;

CREATE TABLE campaign_metrics_hourly_ledger (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    hour_timestamp timestamptz NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6) NOT NULL,
    spend_currency varchar(3) NOT NULL,
    platform_metrics jsonb,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, hour_timestamp, valid_to),
    CONSTRAINT lasted CHECK (valid_from < valid_to)
) PARTITION BY RANGE (hour_timestamp);
COMMENT ON TABLE campaign_metrics_hourly_ledger IS
    'What a campaign''s hour was said to be; kept as long as the hours are.';

CREATE TABLE campaign_conversions_ledger (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    action text NOT NULL,
    time_zone text NOT NULL,
    name text,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_currency varchar(3) NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, date, action, valid_to),
    CONSTRAINT lasted CHECK (valid_from < valid_to)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_conversions_ledger IS
    'What a conversion action''s day was said to be.';
CREATE TABLE campaign_conversions_ledger_default PARTITION OF campaign_conversions_ledger DEFAULT;

CREATE TABLE campaign_audience_ledger (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6),
    spend_currency varchar(3) NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, date, dimension, value, valid_to),
    CONSTRAINT lasted CHECK (valid_from < valid_to)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_audience_ledger IS
    'What a part of the audience was said to have done on a day.';
CREATE TABLE campaign_audience_ledger_default PARTITION OF campaign_audience_ledger DEFAULT;

CREATE TABLE metric_pulls (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    platform_account_id uuid NOT NULL,
    grain text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    pulled_at timestamptz NOT NULL,
    attribution text,
    rows bigint NOT NULL,
    changed bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT grain_is_known CHECK (grain IN ('day', 'hour', 'conversion', 'audience')),
    CONSTRAINT days_are_in_order CHECK (since <= until)
);
COMMENT ON TABLE metric_pulls IS
    'Every successful pull: which days it covered, when, and by which rule the platform attributed. What was '
    'known at a moment is told from those before it.';
CREATE INDEX idx_metric_pulls_account ON metric_pulls (platform_account_id, grain, pulled_at);
-- Of what was pulled before, the last pull of each day is all that is known.
INSERT INTO metric_pulls (user_id, platform_account_id, grain, since, until, pulled_at, rows, changed)
SELECT user_id, platform_account_id, grain, min(date), max(date), pulled_at, 0, 0
FROM (
    SELECT
        *,
        date - CAST(row_number() OVER (PARTITION BY platform_account_id, grain, pulled_at ORDER BY date) AS integer)
            AS island
    FROM metric_coverage
) AS covered
GROUP BY user_id, platform_account_id, grain, pulled_at, island;

-- Partitions: the ledgers like their facts -------------------------------------------------------

CREATE OR REPLACE FUNCTION create_monthly_partition(table_name text, start_date date) RETURNS text
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
        ARRAY[
            'campaign_metrics',
            'campaign_metrics_ledger',
            'campaign_conversions',
            'campaign_conversions_ledger',
            'campaign_audience',
            'campaign_audience_ledger',
            'audit_logs'
        ]
    );
    PERFORM attach_partition(table_name, partition_name, first_day, (first_day + interval '1 month')::date);
    RETURN partition_name;
END
$$;

CREATE OR REPLACE FUNCTION create_daily_partition(table_name text, start_date date) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
DECLARE
    partition_name text := table_name || '_' || to_char(start_date, 'YYYY_MM_DD');
BEGIN
    PERFORM refuse_partition(
        table_name,
        start_date,
        ARRAY['campaign_metrics_hourly', 'campaign_metrics_hourly_ledger']
    );
    PERFORM attach_partition(table_name, partition_name, start_date, start_date + 1);
    RETURN partition_name;
END
$$;

CREATE OR REPLACE FUNCTION ensure_partitions(business_date date DEFAULT (now() AT TIME ZONE 'UTC')::date)
RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
    -- The audit log is dated by the database's clock, facts by the business clock, which may be shifted. A ledger holds
    -- days that were pulled before: none lies ahead.
    SELECT create_monthly_partition(
        monthly.table_name, (monthly.today + make_interval(months => month))::date
    )
    FROM (
        VALUES
            ('campaign_metrics', business_date, 23),
            ('campaign_metrics_ledger', business_date, 2),
            ('campaign_conversions', business_date, 23),
            ('campaign_conversions_ledger', business_date, 2),
            ('campaign_audience', business_date, 23),
            ('campaign_audience_ledger', business_date, 2),
            ('audit_logs', (now() AT TIME ZONE 'UTC')::date, 23)
    ) AS monthly (table_name, today, ahead)
    CROSS JOIN generate_series(-3, monthly.ahead) AS month
    UNION ALL
    SELECT create_daily_partition(daily.table_name, business_date + day)
    FROM (
        VALUES
            ('campaign_metrics_hourly', 31),
            ('campaign_metrics_hourly_ledger', 2)
    ) AS daily (table_name, ahead)
    CROSS JOIN generate_series(-8, daily.ahead) AS day
$$;

SELECT ensure_partitions();

-- Tenancy ----------------------------------------------------------------------------------------

DO $$
DECLARE
    tenant_owned text;
BEGIN
    FOREACH tenant_owned IN ARRAY ARRAY[
        'campaign_metrics_ledger',
        'campaign_metrics_hourly_ledger',
        'campaign_conversions_ledger',
        'campaign_audience_ledger',
        'metric_pulls'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_owned);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_owned);
        EXECUTE format(
            'CREATE POLICY owner ON %I TO adloom_owner USING (true) WITH CHECK (true)', tenant_owned
        );
        EXECUTE format(
            'CREATE POLICY readonly ON %I FOR SELECT TO adloom_readonly USING (true)', tenant_owned
        );
    END LOOP;
END
$$;

CREATE POLICY tenant ON campaign_metrics_ledger TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_metrics_hourly_ledger TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_conversions_ledger TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_audience_ledger TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON metric_pulls TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR platform_account_id IN (
            SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
        )
    )
);

GRANT SELECT, INSERT ON
    campaign_metrics_ledger,
    campaign_metrics_hourly_ledger,
    campaign_conversions_ledger,
    campaign_audience_ledger,
    metric_pulls
TO adloom_app;
GRANT SELECT ON
    campaign_metrics_ledger,
    campaign_metrics_hourly_ledger,
    campaign_conversions_ledger,
    campaign_audience_ledger,
    metric_pulls
TO adloom_readonly;
"""

DOWN = """
CREATE OR REPLACE FUNCTION create_monthly_partition(table_name text, start_date date) RETURNS text
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

CREATE OR REPLACE FUNCTION create_daily_partition(table_name text, start_date date) RETURNS text
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

CREATE OR REPLACE FUNCTION ensure_partitions(business_date date DEFAULT (now() AT TIME ZONE 'UTC')::date)
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

DROP TABLE metric_pulls;
DROP TABLE campaign_audience_ledger;
DROP TABLE campaign_conversions_ledger;
DROP TABLE campaign_metrics_hourly_ledger;
DROP TABLE campaign_metrics_ledger;
ALTER TABLE campaign_conversions DROP COLUMN name;
ALTER TABLE campaign_audience DROP COLUMN valid_from;
ALTER TABLE campaign_conversions DROP COLUMN valid_from;
ALTER TABLE campaign_metrics_hourly DROP COLUMN valid_from;
ALTER TABLE campaign_metrics DROP COLUMN valid_from;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
