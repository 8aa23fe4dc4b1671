"""Guards: caps of ad accounts, what was confirmed for a deployment, and what counts against a cap.

Why: money is checked where it leaves the house, when it is asked for and again before the first write. What
counts against a cap is everything of the account or the client, also what the person who asks may not see.
Locks: AccessExclusive on platform_accounts and campaign_deployments, for a moment; no row is rewritten.
Undo: drops the columns and the functions.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0021_guards"
down_revision = "0020_stop"

UP = """
ALTER TABLE platform_accounts
    ADD COLUMN daily_cap numeric(20, 6),
    ADD CONSTRAINT daily_cap_is_positive CHECK (daily_cap > 0);
COMMENT ON COLUMN platform_accounts.daily_cap IS
    'The most that the budgets set in this account may come to a day, in its currency; NULL: no cap.';

ALTER TABLE campaign_deployments
    ADD COLUMN confirmed jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN plan jsonb;
COMMENT ON COLUMN campaign_deployments.confirmed IS 'The sentences with which a person confirmed unusual budgets.';
COMMENT ON COLUMN campaign_deployments.plan IS
    'The plan that it goes by, as digests of what it was made of; NULL: none was named.';

CREATE FUNCTION list_budgets(of_account uuid, of_client uuid, earlier_than timestamptz)
RETURNS TABLE (
    campaign_id uuid,
    is_of_account boolean,
    is_of_client boolean,
    time_zone text,
    budget jsonb,
    schedule jsonb,
    flight_start timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        c.id,
        c.platform_account_id = of_account,
        a.client_id IS NOT DISTINCT FROM of_client AND of_client IS NOT NULL,
        p.time_zone,
        coalesce(
            nullif(standing.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget'], 'null'),
            standing.spec #> '{ad,budget}'
        ),
        standing.spec #> '{ad,schedule}',
        (standing.spec ->> 'start')::timestamptz
    FROM campaigns AS c
    JOIN ads AS a ON a.id = c.ad_id
    JOIN platform_accounts AS p ON p.id = c.platform_account_id
    CROSS JOIN LATERAL (
        SELECT c.spec
        UNION ALL
        SELECT d.spec
        FROM campaign_deployments AS d
        WHERE d.campaign_id = c.id
            AND d.deployment_type IN ('create', 'update')
            AND (earlier_than IS NULL OR d.created_at < earlier_than)
            AND (
                d.status IN ('pending', 'in_progress')
                OR d.status = 'failed'
                AND EXISTS (
                    SELECT
                    FROM deployment_steps AS s
                    WHERE s.deployment_id = d.id
                        AND s.state <> 'planned'
                )
                AND NOT EXISTS (
                    SELECT
                    FROM campaign_deployments AS later
                    WHERE later.campaign_id = c.id
                        AND later.deployment_type IN ('create', 'update')
                        AND later.status = 'completed'
                        AND later.created_at > d.created_at
                )
            )
    ) AS standing
    WHERE c.user_id = current_tenant()
        AND c.deleted_at IS NULL
        AND c.status <> 'completed'
        AND standing.spec IS NOT NULL
        AND (c.platform_account_id = of_account OR a.client_id = of_client)
$$;
COMMENT ON FUNCTION list_budgets(uuid, uuid, timestamptz) IS
    'What may stand, paused or not, of an account or a client of this tenant, and what was asked for and is under way.';

CREATE FUNCTION largest_budgets(of_account uuid, earlier_than timestamptz)
RETURNS TABLE (budget_type text, amount numeric)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        applied.budget ->> 'type',
        max((applied.budget #>> '{amount,value}')::numeric)
    FROM (
        SELECT
            coalesce(
                nullif(c.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget'], 'null'),
                c.spec #> '{ad,budget}'
            ) AS budget
        FROM campaigns AS c
        WHERE c.user_id = current_tenant()
            AND c.platform_account_id = of_account
            AND c.spec IS NOT NULL
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
    ) AS applied
    GROUP BY 1
$$;
COMMENT ON FUNCTION largest_budgets(uuid, timestamptz) IS
    'The largest budget of each type in an account of this tenant, of campaigns that stood or stand, by then.';

REVOKE ALL ON FUNCTION list_budgets(uuid, uuid, timestamptz), largest_budgets(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_budgets(uuid, uuid, timestamptz), largest_budgets(uuid, timestamptz) TO adloom_app;
"""

DOWN = """
DROP FUNCTION largest_budgets(uuid, timestamptz);
DROP FUNCTION list_budgets(uuid, uuid, timestamptz);
ALTER TABLE campaign_deployments
    DROP COLUMN plan,
    DROP COLUMN confirmed;
ALTER TABLE platform_accounts
    DROP CONSTRAINT daily_cap_is_positive,
    DROP COLUMN daily_cap;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
