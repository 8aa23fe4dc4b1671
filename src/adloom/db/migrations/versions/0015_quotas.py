"""Quotas: one function reserves from a platform's quota, for all workers and tenants together.

Why: a quota belongs to our app, a login or an ad account, whoever spends it. A reservation is one short
transaction of its own, and a part is kept for what is urgent: pause and stop.
Locks: none.
Undo: drops the functions.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0015_quotas"
down_revision = "0014_doors"

UP = """
CREATE FUNCTION reserve_quota(
    platform text,
    scope text,
    scope_key text,
    endpoint text,
    quota integer,
    window_length interval,
    cost integer DEFAULT 1,
    reserve integer DEFAULT 0,
    is_urgent boolean DEFAULT false,
    tenant uuid DEFAULT NULL
) RETURNS TABLE (is_granted boolean, retry_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    opened timestamptz := date_bin(window_length, clock_timestamp(), '2000-01-01 00:00:00+00');
    closes timestamptz := opened + window_length;
    available integer := quota - CASE WHEN is_urgent THEN 0 ELSE reserve END;
    block timestamptz;
BEGIN
    SELECT q.blocked_until
    INTO block
    FROM platform_quotas AS q
    WHERE q.platform = reserve_quota.platform::platform_type
        AND q.scope = reserve_quota.scope
        AND q.scope_key = reserve_quota.scope_key
        AND q.endpoint IN (reserve_quota.endpoint, '*')
        AND q.window_start = '-infinity'
        AND q.blocked_until > clock_timestamp()
    ORDER BY q.blocked_until DESC
    LIMIT 1;
    IF block IS NOT NULL THEN
        RETURN QUERY SELECT false, block;
        RETURN;
    END IF;
    IF cost > available THEN
        RETURN QUERY SELECT false, closes;
        RETURN;
    END IF;
    INSERT INTO platform_quotas AS q (platform, scope, scope_key, endpoint, window_start, window_end, used)
    VALUES (
        reserve_quota.platform::platform_type,
        reserve_quota.scope,
        reserve_quota.scope_key,
        reserve_quota.endpoint,
        opened,
        closes,
        cost
    )
    ON CONFLICT (platform, scope, scope_key, endpoint, window_start) DO UPDATE SET used = q.used + cost
        WHERE q.used + cost <= available;
    IF NOT FOUND THEN
        RETURN QUERY SELECT false, closes;
        RETURN;
    END IF;
    IF tenant IS NOT NULL THEN
        INSERT INTO api_rate_limits AS share (
            user_id,
            platform,
            endpoint,
            requests_count,
            window_start,
            window_end
        )
        VALUES (tenant, reserve_quota.platform::platform_type, reserve_quota.endpoint, cost, opened, closes)
        ON CONFLICT (user_id, platform, endpoint, window_start)
            DO UPDATE SET requests_count = share.requests_count + cost;
    END IF;
    RETURN QUERY SELECT true, NULL::timestamptz;
END
$$;
COMMENT ON FUNCTION
    reserve_quota(text, text, text, text, integer, interval, integer, integer, boolean, uuid) IS
    'Takes cost from the current window, or says when to ask again; reserve is kept for urgent callers. '
    'Commit at once.';

CREATE FUNCTION block_quota(
    platform text,
    scope text,
    scope_key text,
    endpoint text,
    until timestamptz
) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    INSERT INTO platform_quotas AS q (
        platform,
        scope,
        scope_key,
        endpoint,
        window_start,
        window_end,
        blocked_until
    )
    VALUES (
        block_quota.platform::platform_type,
        block_quota.scope,
        block_quota.scope_key,
        block_quota.endpoint,
        '-infinity',
        until,
        until
    )
    ON CONFLICT (platform, scope, scope_key, endpoint, window_start) DO UPDATE SET
        window_end = greatest(q.window_end, until),
        blocked_until = greatest(q.blocked_until, until)
$$;
COMMENT ON FUNCTION block_quota(text, text, text, text, timestamptz) IS
    'The platform said when to come back: nothing is granted before. Endpoint * blocks all of the scope.';

REVOKE ALL ON FUNCTION
    reserve_quota(text, text, text, text, integer, interval, integer, integer, boolean, uuid),
    block_quota(text, text, text, text, timestamptz)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    reserve_quota(text, text, text, text, integer, interval, integer, integer, boolean, uuid),
    block_quota(text, text, text, text, timestamptz)
TO adloom_app, adloom_worker;
"""

DOWN = """
DROP FUNCTION block_quota(text, text, text, text, timestamptz);
DROP FUNCTION
    reserve_quota(text, text, text, text, integer, interval, integer, integer, boolean, uuid);
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
