"""Foreign budgets: what campaigns that others made may spend counts against caps, as ours does.

Why: an imported campaign's budget can be changed from here, and a cap that leaves out half of an account is none.
Locks: none. Undo: puts the functions back as they were.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0033_foreign_budgets"
down_revision = "0032_pulls"

_BUDGET = """coalesce(
            nullif(standing.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget'], 'null'),
            standing.spec #> '{ad,budget}'FOREIGN
        )"""

_FOREIGN = """
        UNION ALL
        SELECT jsonb_build_object(
            'budget', a.budget_data,
            'start', coalesce(a.unified_data #> '{imported,start}', to_jsonb(c.created_at)),
            'end', to_char(
                (a.unified_data #>> '{imported,end}')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
            )
        )
        WHERE a.origin = 'imported'
            AND a.budget_data ? 'amount'"""

_LIST = """
CREATE OR REPLACE FUNCTION list_budgets(of_account uuid, of_client uuid, earlier_than timestamptz)
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
        BUDGET,
        SCHEDULE,
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
            )IMPORTED
    ) AS standing
    WHERE c.user_id = current_tenant()
        AND c.deleted_at IS NULL
        AND c.status <> 'completed'
        AND standing.spec IS NOT NULL
        AND (c.platform_account_id = of_account OR a.client_id = of_client)
$$;
"""

_OURS = _LIST.replace("BUDGET", _BUDGET.replace("FOREIGN", "")).replace("IMPORTED", "")
_ALL = _LIST.replace("BUDGET", _BUDGET.replace("FOREIGN", ",\n            standing.spec -> 'budget'"))

UP = _ALL.replace(
    "SCHEDULE",
    """coalesce(
            standing.spec #> '{ad,schedule}',
            jsonb_strip_nulls(jsonb_build_object('end', standing.spec -> 'end'))
        )""",
).replace("IMPORTED", _FOREIGN)

DOWN = _OURS.replace("SCHEDULE", "standing.spec #> '{ad,schedule}'")


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
