"""Puts right: caps count what somebody set on a platform by hand, and an undo or a putting back waits for two people.

Why: what was set by hand is spent as well as what was applied, and who needs two people could take nothing back.
Locks: `approval_requests`, for a moment. Undo: forgets the requests of these kinds.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0034_put_right"
down_revision = "0033_foreign_budgets"

_DRIFTED = """
        UNION ALL
        SELECT jsonb_set(
            c.spec,
            CASE
                WHEN jsonb_typeof(c.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget']) = 'object'
                    THEN ARRAY['ad', 'platforms', c.platform::text, 'budget', 'amount', 'value']
                ELSE '{ad,budget,amount,value}'::text[]
            END,
            to_jsonb(drifted.value #>> '{}')
        )
        FROM campaign_drifts AS drifted
        WHERE drifted.campaign_id = c.id
            AND drifted.field = 'budget.amount'
            AND drifted.ended_at IS NULL
            AND drifted.value #>> '{}' IS NOT NULL
            AND c.spec #> '{ad,budget}' IS NOT NULL"""

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
        coalesce(
            nullif(standing.spec #> ARRAY['ad', 'platforms', c.platform::text, 'budget'], 'null'),
            standing.spec #> '{ad,budget}',
            standing.spec -> 'budget'
        ),
        coalesce(
            standing.spec #> '{ad,schedule}',
            jsonb_strip_nulls(jsonb_build_object('end', standing.spec -> 'end'))
        ),
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
        UNION ALL
        SELECT jsonb_build_object(
            'budget', a.budget_data,
            'start', coalesce(a.unified_data #> '{imported,start}', to_jsonb(c.created_at)),
            'end', to_char(
                (a.unified_data #>> '{imported,end}')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
            )
        )
        WHERE a.origin = 'imported'
            AND a.budget_data ? 'amount'DRIFTED
    ) AS standing
    WHERE c.user_id = current_tenant()
        AND c.deleted_at IS NULL
        AND c.status <> 'completed'
        AND standing.spec IS NOT NULL
        AND (c.platform_account_id = of_account OR a.client_id = of_client)
$$;
"""

_WHAT = (
    "What may stand, paused or not, of an account or a client of this tenant, and what was asked for and is under way"
)

_COMMENT = """
COMMENT ON FUNCTION list_budgets(uuid, uuid, timestamptz) IS 'SAID';
"""

_OPERATIONS = """
ALTER TABLE approval_requests
    DROP CONSTRAINT request_operation_is_known,
    ADD CONSTRAINT request_operation_is_known CHECK (operation IN (KNOWN));
"""

_FORGET = "DELETE FROM approval_requests WHERE operation IN ('undo', 'put_back');"

UP = (
    _LIST.replace("DRIFTED", _DRIFTED)
    + _COMMENT.replace("SAID", f"{_WHAT}, or was set on the platform itself.")
    + _OPERATIONS.replace("KNOWN", "'deploy', 'resume', 'undo', 'put_back'")
)

DOWN = (
    _LIST.replace("DRIFTED", "")
    + _COMMENT.replace("SAID", f"{_WHAT}.")
    + _FORGET
    + _OPERATIONS.replace("KNOWN", "'deploy', 'resume'")
)


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
