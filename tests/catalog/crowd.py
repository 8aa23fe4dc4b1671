"""Enough rows for the planner to choose between indexes as it would in a busy installation: 50 owners, 5,000 ads."""

from __future__ import annotations

import psycopg

_ROWS = """
SET session_replication_role = replica;

INSERT INTO users (id, email, password_hash, first_name, last_name, role)
SELECT
    md5('user' || n)::uuid,
    n || '@example.com',
    '-',
    'F',
    'L',
    (CASE WHEN n = 1 THEN 'admin' ELSE 'user' END)::user_role
FROM generate_series(1, 2000) AS n;

INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted, is_active)
SELECT md5('user' || n)::uuid, platform, '-', n % 20 = 0
FROM generate_series(1, 1000) AS n
CROSS JOIN unnest(enum_range(NULL::platform_type)) AS platform;

INSERT INTO user_sessions (user_id, token_jti, expires_at)
SELECT md5('user' || n % 50)::uuid, n::text, now() + interval '1 hour' * (n - 4900)
FROM generate_series(1, 5000) AS n;

INSERT INTO ads (id, user_id, name, status, created_at, unified_data, targeting_data, budget_data)
SELECT
    md5('ad' || n)::uuid,
    md5('user' || n % 50)::uuid,
    'An ad',
    (CASE n % 50 WHEN 7 THEN 'active' ELSE 'draft' END)::ad_status,
    now() - interval '1 minute' * n,
    '{}',
    '{}',
    '{}'
FROM generate_series(1, 5000) AS n;

INSERT INTO assets (
    user_id,
    filename,
    original_filename,
    kind,
    mime_type,
    file_size,
    sha256,
    md5,
    storage_key,
    file_url,
    created_at
)
SELECT
    md5('user' || n % 50)::uuid,
    'a',
    'a',
    'image',
    'image/png',
    1,
    md5(n::text) || md5(n::text),
    md5(n::text),
    'a',
    'a',
    now() - interval '1 minute' * n
FROM generate_series(1, 5000) AS n;

INSERT INTO platform_assets (user_id, asset_id, platform_account_id, platform, platform_asset_id)
SELECT user_id, id, md5('account' || platform)::uuid, platform, 'a'
FROM assets
CROSS JOIN unnest(enum_range(NULL::platform_type)) AS platform;

INSERT INTO campaigns (
    id,
    user_id,
    ad_id,
    platform_account_id,
    platform,
    campaign_name,
    marker,
    status,
    created_at,
    last_sync_at
)
SELECT
    md5('campaign' || n)::uuid,
    md5('user' || n % 50)::uuid,
    md5('ad' || n)::uuid,
    md5('account' || n % 500)::uuid,
    (CASE n % 40 WHEN 3 THEN 'tiktok_ads' ELSE 'google_ads' END)::platform_type,
    'A campaign',
    'm',
    (CASE WHEN n % 40 = 1 THEN 'error' WHEN n % 3 = 0 THEN 'paused' ELSE 'active' END)::campaign_status,
    now() - interval '1 minute' * n,
    now() - interval '1 minute' * (n % 777)
FROM generate_series(1, 5000) AS n;

INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone, impressions, clicks, spend_amount)
SELECT md5('user' || n % 50)::uuid, md5('campaign' || n)::uuid, 'google_ads', day, 'UTC', n, 1, 1
FROM generate_series(1, 1000) AS n
CROSS JOIN generate_series(timestamp '2026-11-01', timestamp '2026-11-30', interval '1 day') AS day;

INSERT INTO campaign_metrics_hourly (user_id, campaign_id, platform, hour_timestamp, time_zone)
SELECT md5('user' || n % 50)::uuid, md5('campaign' || n)::uuid, 'google_ads', hour, 'UTC'
FROM generate_series(1, 200) AS n
CROSS JOIN generate_series(date_trunc('day', now()) - interval '2 days', now(), interval '1 hour') AS hour;

INSERT INTO reports (user_id, name, report_type, configuration, created_at)
SELECT md5('user' || n % 50)::uuid, 'A report', 'performance', '{}', now() - interval '1 minute' * n
FROM generate_series(1, 2000) AS n;

INSERT INTO audit_logs (user_id, entity_type, entity_id, action, created_at)
SELECT
    md5('user' || n % 50)::uuid,
    (ARRAY['ads', 'campaigns', 'assets', 'reports'])[1 + n % 4],
    md5('ad' || n)::uuid,
    'update',
    now() - interval '1 minute' * n
FROM generate_series(1, 20000) AS n;

INSERT INTO background_jobs (user_id, job_type, job_data, status, priority, completed_at)
SELECT
    md5('user' || n % 50)::uuid,
    (ARRAY['metrics.pull', 'campaigns.apply', 'campaigns.sync', 'reports.generate'])[1 + n % 4],
    '{}',
    (CASE WHEN n % 10 = 0 THEN 'pending' WHEN n % 10 = 1 THEN 'failed' ELSE 'completed' END)::job_status,
    n % 3,
    CASE WHEN n % 10 > 0 THEN now() END
FROM generate_series(1, 10000) AS n;

ANALYZE;
"""

#: An owner among them.
TENANT = "md5('user7')::uuid"


def fill(superuser_url: str) -> None:
    """Fills a migrated database, past triggers and foreign keys."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(_ROWS)
