"""Roll-ups: an account's day over all of its campaigns, a campaign's week, and its last 7, 30 and 90 days.

Why: a dashboard of a year reads thousands of facts per figure that it shows. `account_metrics` is what every question
without a campaign is answered from; client and currency are part of its key, because a member of one client sees only
theirs and no sum crosses currencies. It is moved by a trigger when a campaign changes its owner. `campaign_weeks` makes
any period of a campaign short. Both are written in the ingest's transaction, as what changed. `campaign_windows` is
made anew from the facts for the campaigns that changed; all windows of a tenant end on one day, which a job moves on.
A sum of what was never reported is no zero: the number of facts that told one is kept beside it.
Not reach, frequency or unique users: they do not add up, and are not among the facts' columns.
Locks: ShareRowExclusive on campaign_metrics and campaigns while the roll-up is filled (about three seconds for a
million facts).
Undo: drops the tables and the trigger; the facts stay.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0030_rollups"
down_revision = "0029_trips"

UP = """
LOCK TABLE campaigns, campaign_metrics IN SHARE ROW EXCLUSIVE MODE;

CREATE TABLE account_metrics (
    user_id uuid NOT NULL,
    platform_account_id uuid NOT NULL,
    client_id uuid,
    platform platform_type NOT NULL,
    date date NOT NULL,
    spend_currency varchar(3) NOT NULL,
    facts bigint NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric(38, 6) NOT NULL,
    conversions_told bigint NOT NULL,
    conversion_value numeric(38, 6) NOT NULL,
    conversion_value_told bigint NOT NULL,
    spend_amount numeric(38, 6) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_has_a_day_once
        UNIQUE NULLS NOT DISTINCT (user_id, date, platform_account_id, platform, spend_currency, client_id)
) PARTITION BY RANGE (date);
COMMENT ON TABLE account_metrics IS
    'An account''s day: the sums of its campaigns'' facts, by the campaigns'' client and by currency.';
COMMENT ON COLUMN account_metrics.facts IS 'How many facts were added up; a row of none is as if it were not there.';
COMMENT ON COLUMN account_metrics.conversions_told IS
    'How many facts reported conversions; where none did, the sum is unknown, not 0.';
CREATE TABLE account_metrics_default PARTITION OF account_metrics DEFAULT;

CREATE TABLE campaign_weeks (
    user_id uuid NOT NULL,
    date date NOT NULL,
    campaign_id uuid NOT NULL,
    spend_currency varchar(3) NOT NULL,
    facts bigint NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric(38, 6) NOT NULL,
    conversions_told bigint NOT NULL,
    conversion_value numeric(38, 6) NOT NULL,
    conversion_value_told bigint NOT NULL,
    spend_amount numeric(38, 6) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, date, campaign_id, spend_currency)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_weeks IS
    'A campaign''s week: the sums of its facts from a Monday, which is its date, to Sunday.';
CREATE TABLE campaign_weeks_default PARTITION OF campaign_weeks DEFAULT;

CREATE TABLE campaign_windows (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    days smallint NOT NULL,
    spend_currency varchar(3) NOT NULL,
    facts bigint NOT NULL,
    impressions bigint NOT NULL,
    clicks bigint NOT NULL,
    conversions numeric,
    conversion_value numeric,
    spend_amount numeric NOT NULL,
    facts_before bigint NOT NULL,
    impressions_before bigint NOT NULL,
    clicks_before bigint NOT NULL,
    conversions_before numeric,
    conversion_value_before numeric,
    spend_amount_before numeric NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, days, spend_currency),
    CONSTRAINT days_are_a_preset CHECK (days IN (7, 30, 90))
);
COMMENT ON TABLE campaign_windows IS
    'A campaign''s last 7, 30 and 90 days and as many before, up to the day in campaign_window_ends.';
CREATE INDEX idx_campaign_windows_spend
    ON campaign_windows (user_id, days, spend_currency, spend_amount DESC, campaign_id);

CREATE TABLE campaign_window_ends (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    until date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE campaign_window_ends IS
    'The last day of all windows of a tenant; without a row there are none yet.';
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaign_window_ends
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- A campaign that changes its client or account takes its sums along; one that is erased takes them away.
CREATE FUNCTION move_account_metrics() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    -- Ingest holds the same lock while it writes facts and sums.
    PERFORM pg_advisory_xact_lock(hashtextextended('metrics:' || places.account_id, 0))
    FROM (
        SELECT unnest(ARRAY[OLD.platform_account_id, NEW.platform_account_id]) AS account_id
        ORDER BY 1
    ) AS places
    WHERE places.account_id IS NOT NULL;
    INSERT INTO account_metrics AS held (
        user_id,
        platform_account_id,
        client_id,
        platform,
        date,
        spend_currency,
        facts,
        impressions,
        clicks,
        conversions,
        conversions_told,
        conversion_value,
        conversion_value_told,
        spend_amount
    )
    SELECT
        facts.user_id,
        places.account_id,
        places.client_id,
        facts.platform,
        facts.date,
        facts.spend_currency,
        places.sign,
        places.sign * facts.impressions,
        places.sign * facts.clicks,
        places.sign * coalesce(facts.conversions, 0),
        places.sign * num_nonnulls(facts.conversions),
        places.sign * coalesce(facts.conversion_value, 0),
        places.sign * num_nonnulls(facts.conversion_value),
        places.sign * facts.spend_amount
    FROM campaign_metrics AS facts
    CROSS JOIN (
        VALUES
            (OLD.platform_account_id, OLD.client_id, -1),
            (NEW.platform_account_id, NEW.client_id, 1)
    ) AS places (account_id, client_id, sign)
    WHERE facts.campaign_id = OLD.id
        AND places.account_id IS NOT NULL
    ON CONFLICT (user_id, date, platform_account_id, platform, spend_currency, client_id) DO UPDATE
    SET
        facts = held.facts + excluded.facts,
        impressions = held.impressions + excluded.impressions,
        clicks = held.clicks + excluded.clicks,
        conversions = held.conversions + excluded.conversions,
        conversions_told = held.conversions_told + excluded.conversions_told,
        conversion_value = held.conversion_value + excluded.conversion_value,
        conversion_value_told = held.conversion_value_told + excluded.conversion_value_told,
        spend_amount = held.spend_amount + excluded.spend_amount,
        updated_at = clock_timestamp();
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION move_account_metrics() IS
    'Takes a campaign''s facts out of the sums of where it was, and adds them to those of where it is.';
REVOKE ALL ON FUNCTION move_account_metrics() FROM PUBLIC;
CREATE TRIGGER move_account_metrics AFTER UPDATE ON campaigns
    FOR EACH ROW
    WHEN (
        (OLD.platform_account_id, OLD.client_id) IS DISTINCT FROM (NEW.platform_account_id, NEW.client_id)
    )
    EXECUTE FUNCTION move_account_metrics();
CREATE TRIGGER remove_account_metrics AFTER DELETE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION move_account_metrics();

-- Partitions: the roll-up like its facts ----------------------------------------------------------

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
            'account_metrics',
            'campaign_metrics',
            'campaign_metrics_ledger',
            'campaign_conversions',
            'campaign_conversions_ledger',
            'campaign_audience',
            'campaign_audience_ledger',
            'campaign_weeks',
            'audit_logs'
        ]
    );
    PERFORM attach_partition(table_name, partition_name, first_day, (first_day + interval '1 month')::date);
    RETURN partition_name;
END
$$;

CREATE OR REPLACE FUNCTION ensure_partitions(business_date date DEFAULT (now() AT TIME ZONE 'UTC')::date)
RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
SET "TimeZone" = 'UTC'
AS $$
    -- The audit log is dated by the database's clock, facts by the business clock, which may be shifted. A ledger and a
    -- roll-up hold days that were pulled: none lies ahead.
    SELECT create_monthly_partition(
        monthly.table_name, (monthly.today + make_interval(months => month))::date
    )
    FROM (
        VALUES
            ('account_metrics', business_date, 2),
            ('campaign_metrics', business_date, 23),
            ('campaign_metrics_ledger', business_date, 2),
            ('campaign_conversions', business_date, 23),
            ('campaign_conversions_ledger', business_date, 2),
            ('campaign_audience', business_date, 23),
            ('campaign_audience_ledger', business_date, 2),
            ('campaign_weeks', business_date, 2),
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

-- What is held already ----------------------------------------------------------------------------

SELECT create_monthly_partition(rolled_up.table_name, months.month)
FROM (VALUES ('account_metrics'), ('campaign_weeks')) AS rolled_up (table_name)
CROSS JOIN (
    SELECT DISTINCT date_trunc('month', date::timestamp)::date AS month
    FROM campaign_metrics
    WHERE date >= '2000-01-01'
        AND date < '2100-01-01'
) AS months;

INSERT INTO account_metrics (
    user_id,
    platform_account_id,
    client_id,
    platform,
    date,
    spend_currency,
    facts,
    impressions,
    clicks,
    conversions,
    conversions_told,
    conversion_value,
    conversion_value_told,
    spend_amount
)
SELECT
    facts.user_id,
    campaigns.platform_account_id,
    campaigns.client_id,
    facts.platform,
    facts.date,
    facts.spend_currency,
    count(*),
    sum(facts.impressions),
    sum(facts.clicks),
    coalesce(sum(facts.conversions), 0),
    count(facts.conversions),
    coalesce(sum(facts.conversion_value), 0),
    count(facts.conversion_value),
    sum(facts.spend_amount)
FROM campaign_metrics AS facts
JOIN campaigns ON campaigns.id = facts.campaign_id
GROUP BY
    facts.user_id,
    campaigns.platform_account_id,
    campaigns.client_id,
    facts.platform,
    facts.date,
    facts.spend_currency;

INSERT INTO campaign_weeks (
    user_id,
    date,
    campaign_id,
    spend_currency,
    facts,
    impressions,
    clicks,
    conversions,
    conversions_told,
    conversion_value,
    conversion_value_told,
    spend_amount
)
SELECT
    facts.user_id,
    date_trunc('week', facts.date::timestamp)::date,
    facts.campaign_id,
    facts.spend_currency,
    count(*),
    sum(facts.impressions),
    sum(facts.clicks),
    coalesce(sum(facts.conversions), 0),
    count(facts.conversions),
    coalesce(sum(facts.conversion_value), 0),
    count(facts.conversion_value),
    sum(facts.spend_amount)
FROM campaign_metrics AS facts
GROUP BY
    facts.user_id,
    date_trunc('week', facts.date::timestamp),
    facts.campaign_id,
    facts.spend_currency;

-- Tenancy -----------------------------------------------------------------------------------------

DO $$
DECLARE
    tenant_owned text;
BEGIN
    FOREACH tenant_owned IN ARRAY ARRAY[
        'account_metrics',
        'campaign_weeks',
        'campaign_windows',
        'campaign_window_ends'
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

CREATE POLICY tenant ON account_metrics TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
);

CREATE POLICY tenant ON campaign_weeks TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_windows TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

-- A member of one client reads windows as well, and moves none.
CREATE POLICY tenant ON campaign_window_ends TO adloom_app
    USING (user_id = (SELECT current_tenant()))
    WITH CHECK (user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL);

GRANT SELECT, INSERT, UPDATE ON account_metrics, campaign_weeks, campaign_windows, campaign_window_ends TO adloom_app;
GRANT SELECT ON account_metrics, campaign_weeks, campaign_windows, campaign_window_ends TO adloom_readonly;
"""

DOWN = """
DROP TRIGGER remove_account_metrics ON campaigns;
DROP TRIGGER move_account_metrics ON campaigns;
DROP FUNCTION move_account_metrics();
DROP TABLE campaign_window_ends;
DROP TABLE campaign_windows;
DROP TABLE campaign_weeks;
DROP TABLE account_metrics;

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
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
