"""Fairness: a tenant's thousand jobs, or calls, do not keep another one's single job or call waiting.

Why: the queue is served in the order of scheduled_at. A job takes its turn after its own tenant's waiting jobs, one
microsecond apart, and beside the head of the queue, not behind everybody's: start-time fair queueing, with the claim
and its index as they were. Of a quota of ours that all tenants share, the last fifth is kept for tenants who have
used less than a fifth of it. What waits under the endpoint pace is slowed down, not refused: urgent calls go past it.
Locks: background_jobs against writes, while its new index is built.
Undo: the functions as they were; turns that were given stay.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0018_fairness"
down_revision = "0017_access"

UP = """
CREATE INDEX idx_jobs_turn ON background_jobs (user_id, priority, scheduled_at) WHERE status = 'pending';

CREATE FUNCTION next_turn(tenant uuid, priority integer, wanted timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    front timestamptz := wanted;
    own timestamptz;
BEGIN
    IF tenant IS NULL THEN
        RETURN wanted;
    END IF;
    IF wanted > clock_timestamp() + interval '5 seconds' THEN
        front := date_trunc('second', wanted) + interval '1 second';
    ELSIF wanted <= clock_timestamp() THEN
        SELECT least(job.scheduled_at, wanted)
        INTO front
        FROM background_jobs AS job
        WHERE job.status = 'pending'
            AND job.priority = next_turn.priority
        ORDER BY job.scheduled_at
        LIMIT 1;
        front := coalesce(front, wanted);
    END IF;
    SELECT job.scheduled_at
    INTO own
    FROM background_jobs AS job
    WHERE job.status = 'pending'
        AND job.user_id = tenant
        AND job.priority = next_turn.priority
        AND job.scheduled_at >= front
        AND job.scheduled_at < greatest(front, wanted) + interval '1 second'
    ORDER BY job.scheduled_at DESC
    LIMIT 1;
    RETURN coalesce(own + interval '1 microsecond', front);
END
$$;
COMMENT ON FUNCTION next_turn(uuid, integer, timestamptz) IS
    'When a job that is wanted at a moment stands in the queue: beside the head of its priority, behind its own '
    'tenant''s waiting jobs. What shall wait for longer is due at a whole second, so that turns can be taken then.';
REVOKE ALL ON FUNCTION next_turn(uuid, integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_turn(uuid, integer, timestamptz) TO adloom_app, adloom_worker;
"""


#: The function as 0015 made it, with a place for what is kept from a tenant who has used much.
_RESERVE_QUOTA = """
CREATE OR REPLACE FUNCTION reserve_quota(
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
        AND --ENDPOINT--
        AND q.window_start = '-infinity'
        AND q.blocked_until > clock_timestamp()
    ORDER BY q.blocked_until DESC
    LIMIT 1;
    IF block IS NOT NULL THEN
        RETURN QUERY SELECT false, block;
        RETURN;
    END IF;--KEPT--
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
"""

_ENDPOINT = "q.endpoint IN (reserve_quota.endpoint, '*')"
_ENDPOINT_OR_PACE = f"({_ENDPOINT} OR (q.endpoint = 'pace' AND NOT is_urgent))"
_KEPT = """
    IF tenant IS NOT NULL AND scope = 'app' AND NOT is_urgent AND EXISTS (
        SELECT
        FROM api_rate_limits AS share
        WHERE share.user_id = tenant
            AND share.platform = reserve_quota.platform::platform_type
            AND share.endpoint = reserve_quota.endpoint
            AND share.window_start = opened
            AND share.requests_count >= quota / 5
    ) THEN
        available := available - quota / 5;
    END IF;"""

DOWN = """
DROP FUNCTION next_turn(uuid, integer, timestamptz);
DROP INDEX idx_jobs_turn;
"""


def upgrade() -> None:
    run(UP)
    run(_RESERVE_QUOTA.replace("--ENDPOINT--", _ENDPOINT_OR_PACE).replace("--KEPT--", _KEPT))


def downgrade() -> None:
    run(_RESERVE_QUOTA.replace("--ENDPOINT--", _ENDPOINT).replace("--KEPT--", ""))
    run(DOWN)
