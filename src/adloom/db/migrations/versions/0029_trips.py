"""Round trips: all quotas of a call are reserved together or not at all, by one statement that needs no second look.

Why: a reservation kept the rows of a quota, which all workers share, locked until its client had come back to commit.
As one statement it is sent with its BEGIN and COMMIT, and the rows are locked no longer than the server takes.
A quota that the platform may count by the sliding window is counted here in parts of it: with the parts that such a
window can touch added up, there is no moment at which more was spent in the window that ends then.
Locks: none. Undo: drops the function; workers of the version before never called it.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0029_trips"
down_revision = "0028_rates"

UP = """
CREATE FUNCTION reserve_quotas(platform text, quotas jsonb, cost integer, is_urgent boolean)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    asked record;
    reserved record;
    part interval;
    spent integer;
BEGIN
    FOR asked IN
        SELECT *
        FROM jsonb_to_recordset(reserve_quotas.quotas) AS quota (
            scope text,
            scope_key text,
            endpoint text,
            calls integer,
            window_s numeric,
            parts integer,
            reserve integer,
            tenant uuid
        )
    LOOP
        part := make_interval(secs => asked.window_s / asked.parts);
        spent := 0;
        IF asked.parts > 1 THEN
            SELECT coalesce(sum(q.used), 0)
            INTO spent
            FROM platform_quotas AS q
            WHERE q.platform = reserve_quotas.platform::platform_type
                AND q.scope = asked.scope
                AND q.scope_key = asked.scope_key
                AND q.endpoint = asked.endpoint
                AND q.window_start >= date_bin(part, clock_timestamp(), '2000-01-01 00:00:00+00') - part * asked.parts
                AND q.window_start < date_bin(part, clock_timestamp(), '2000-01-01 00:00:00+00');
        END IF;
        SELECT *
        INTO reserved
        FROM reserve_quota(
            reserve_quotas.platform,
            asked.scope,
            asked.scope_key,
            asked.endpoint,
            asked.calls - spent,
            part,
            reserve_quotas.cost,
            asked.reserve,
            reserve_quotas.is_urgent,
            asked.tenant
        );
        IF NOT reserved.is_granted THEN
            RAISE EXCEPTION 'quota' USING ERRCODE = 'AD001';
        END IF;
    END LOOP;
    RETURN NULL;
EXCEPTION
    WHEN SQLSTATE 'AD001' THEN
        RETURN reserved.retry_at;
END
$$;
COMMENT ON FUNCTION reserve_quotas(text, jsonb, integer, boolean) IS
    'Takes cost from each of these quotas and returns NULL, or from none and says when to ask again. parts: how many '
    'parts a window that slides is counted in.';

REVOKE ALL ON FUNCTION reserve_quotas(text, jsonb, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reserve_quotas(text, jsonb, integer, boolean) TO adloom_app, adloom_worker;
"""

DOWN = "DROP FUNCTION reserve_quotas(text, jsonb, integer, boolean);"


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
