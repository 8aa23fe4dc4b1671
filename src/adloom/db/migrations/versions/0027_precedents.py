"""Precedents: whether an account has a budget of a type beyond an amount, answered by the first one that is found.

Why: a new campaign's budget is held against the largest of its account twice (when it is asked for, and before the
first write). The largest of five thousand takes 90 ms to find; that one of them is large enough takes the first row.
Locks: none. Undo: drops the function.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0027_precedents"
down_revision = "0026_ledger"

UP = """
CREATE FUNCTION has_budget_beyond(of_account uuid, earlier_than timestamptz, of_type text, beyond numeric)
RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT EXISTS (
        SELECT
        FROM campaigns AS c
        CROSS JOIN LATERAL (
            SELECT
                coalesce(
                    nullif(c.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget'], 'null'),
                    c.spec #> '{ad,budget}'
                ) AS budget
        ) AS applied
        WHERE c.user_id = current_tenant()
            AND c.platform_account_id = of_account
            AND c.spec IS NOT NULL
            AND applied.budget ->> 'type' = of_type
            AND (applied.budget #>> '{amount,value}')::numeric > beyond
            AND (
                earlier_than IS NULL
                OR EXISTS (
                    SELECT
                    FROM campaign_deployments AS d
                    WHERE d.campaign_id = c.id
                        AND d.status = 'completed'
                        AND d.completed_at < earlier_than
                )
            )
    )
$$;
COMMENT ON FUNCTION has_budget_beyond(uuid, timestamptz, text, numeric) IS
    'Whether a campaign that stood or stands in an account of this tenant, by then, had a budget of a type beyond it.';

REVOKE ALL ON FUNCTION has_budget_beyond(uuid, timestamptz, text, numeric) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_budget_beyond(uuid, timestamptz, text, numeric) TO adloom_app;
"""

DOWN = "DROP FUNCTION has_budget_beyond(uuid, timestamptz, text, numeric);"


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
