"""Metrics: daily and hourly facts, conversions by action, audience, and which days a pull covers.

Why: keyed by campaign and time without a foreign key (a cascade would erase money, and inserts run twice as
fast); the merge joins campaigns and takes tenant and platform from there. Ratios are generated, so they
cannot drift; NULL where the divisor is 0; the dividend's 18 decimals keep large quotients exact, which
PostgreSQL's own 16 digits would not. Conversions and value have no default: NULL is unknown, which is not 0.
Tables that lose whole partitions to retention have no DEFAULT partition, because DETACH CONCURRENTLY refuses
one.
Locks: none on existing tables.
Undo: drops the tables with their partitions.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0009_metrics"
down_revision = "0008_campaigns"

UP = """
CREATE TABLE campaign_metrics (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL DEFAULT 0,
    clicks bigint NOT NULL DEFAULT 0,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6) NOT NULL DEFAULT 0,
    spend_currency varchar(3) NOT NULL DEFAULT 'USD',
    cpc numeric GENERATED ALWAYS AS (round(spend_amount::numeric(38, 18) / nullif(clicks, 0), 4)) STORED,
    ctr numeric GENERATED ALWAYS AS (round(clicks::numeric(38, 18) / nullif(impressions, 0), 4)) STORED,
    conversion_rate numeric GENERATED ALWAYS AS (round(conversions::numeric(38, 18) / nullif(clicks, 0), 4)) STORED,
    roas numeric GENERATED ALWAYS AS (round(conversion_value::numeric(38, 18) / nullif(spend_amount, 0), 2)) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    platform_metrics jsonb,
    PRIMARY KEY (campaign_id, date),
    CONSTRAINT counts_are_not_negative CHECK (impressions >= 0 AND clicks >= 0)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_metrics IS 'A campaign''s day, in its account''s time zone and currency.';
COMMENT ON COLUMN campaign_metrics.ctr IS
    'A fraction: 0.0123 is 1.23 %. Totals are ratios of sums, never sums of ratios.';
CREATE TABLE campaign_metrics_default PARTITION OF campaign_metrics DEFAULT;
CREATE INDEX idx_metrics_multi_platform ON campaign_metrics (date DESC, campaign_id)
    INCLUDE (user_id, platform, impressions, clicks, spend_amount, spend_currency);

CREATE TABLE campaign_metrics_hourly (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    hour_timestamp timestamptz NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL DEFAULT 0,
    clicks bigint NOT NULL DEFAULT 0,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6) NOT NULL DEFAULT 0,
    spend_currency varchar(3) NOT NULL DEFAULT 'USD',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    platform_metrics jsonb,
    PRIMARY KEY (campaign_id, hour_timestamp),
    CONSTRAINT counts_are_not_negative CHECK (impressions >= 0 AND clicks >= 0)
) PARTITION BY RANGE (hour_timestamp);
COMMENT ON TABLE campaign_metrics_hourly IS
    'A campaign''s hour, kept for a week; one partition per UTC day, none for the rest.';

CREATE TABLE campaign_conversions (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    action text NOT NULL,
    time_zone text NOT NULL,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_currency varchar(3) NOT NULL DEFAULT 'USD',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, date, action)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_conversions IS
    'Conversions of a campaign''s day by the platform''s action; which actions count is the account''s '
    'setting.';
CREATE TABLE campaign_conversions_default PARTITION OF campaign_conversions DEFAULT;

CREATE TABLE campaign_audience (
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    platform platform_type NOT NULL,
    date date NOT NULL,
    dimension text NOT NULL,
    value text NOT NULL,
    time_zone text NOT NULL,
    impressions bigint NOT NULL DEFAULT 0,
    clicks bigint NOT NULL DEFAULT 0,
    conversions numeric(18, 6),
    conversion_value numeric(20, 6),
    spend_amount numeric(20, 6),
    spend_currency varchar(3) NOT NULL DEFAULT 'USD',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (campaign_id, date, dimension, value),
    CONSTRAINT dimension_is_known CHECK (dimension IN ('age', 'gender', 'device', 'country')),
    CONSTRAINT counts_are_not_negative CHECK (impressions >= 0 AND clicks >= 0)
) PARTITION BY RANGE (date);
COMMENT ON TABLE campaign_audience IS
    'A campaign''s day by one dimension of its audience; no sum runs over two dimensions.';
CREATE TABLE campaign_audience_default PARTITION OF campaign_audience DEFAULT;

CREATE TABLE metric_coverage (
    user_id uuid NOT NULL,
    platform_account_id uuid NOT NULL,
    grain text NOT NULL,
    date date NOT NULL,
    pull_id uuid NOT NULL,
    pulled_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform_account_id, grain, date),
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT grain_is_known CHECK (grain IN ('day', 'hour', 'conversion', 'audience'))
);
COMMENT ON TABLE metric_coverage IS
    'Which days of an account a successful pull covers: an absent row inside is zero, outside unknown.';
"""

DOWN = """
DROP TABLE metric_coverage;
DROP TABLE campaign_audience;
DROP TABLE campaign_conversions;
DROP TABLE campaign_metrics_hourly;
DROP TABLE campaign_metrics;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
