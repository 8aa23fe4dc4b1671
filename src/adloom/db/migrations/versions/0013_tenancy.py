"""Tenancy: row-level security forced on every table with a tenant, and what each role may do.

Why: the tenant is the owner's user id, asserted by whoever opens a transaction; these policies are the
second line. A member restricted to one client sees that client's rows and what hangs on them. `(SELECT
f())` makes the function run once per statement. Grants stand on parents only: a policy of a partitioned
table is not applied to a partition that is read directly.
Locks: AccessExclusive on each table, for an instant.
Undo: drops policies, lifts the force, revokes the grants.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0013_tenancy"
down_revision = "0012_partitions"

UP = """
DO $$
DECLARE
    tenant_owned text;
BEGIN
    FOREACH tenant_owned IN ARRAY ARRAY[
        'users',
        'clients',
        'members',
        'user_sessions',
        'idempotency_keys',
        'background_jobs',
        'user_api_credentials',
        'platform_accounts',
        'api_rate_limits',
        'assets',
        'platform_assets',
        'ads',
        'ad_assets',
        'campaigns',
        'campaign_deployments',
        'deployment_steps',
        'platform_objects',
        'campaign_metrics',
        'campaign_metrics_hourly',
        'campaign_conversions',
        'campaign_audience',
        'metric_coverage',
        'reports',
        'report_instances',
        'audit_logs'
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

-- People ------------------------------------------------------------------------------------------

CREATE POLICY tenant ON users FOR SELECT TO adloom_app USING (
    id = (SELECT current_tenant())
    OR id = (SELECT current_person())
    OR id IN (SELECT m.member_id FROM members AS m WHERE m.user_id = (SELECT current_tenant()))
);
CREATE POLICY oneself ON users FOR UPDATE TO adloom_app
    USING (id = coalesce((SELECT current_person()), (SELECT current_tenant())))
    WITH CHECK (id = coalesce((SELECT current_person()), (SELECT current_tenant())));

CREATE POLICY tenant ON clients TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR id = (SELECT current_client()))
    )
    WITH CHECK (user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL);

CREATE POLICY tenant ON members TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL);

CREATE POLICY oneself ON user_sessions TO adloom_app
    USING (user_id = (SELECT current_person()))
    WITH CHECK (user_id = (SELECT current_person()));

CREATE POLICY tenant ON idempotency_keys TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND actor_id IS NOT DISTINCT FROM (SELECT current_person())
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND actor_id IS NOT DISTINCT FROM (SELECT current_person())
    );

-- Tables with a client ----------------------------------------------------------------------------

CREATE POLICY tenant ON background_jobs TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    );
CREATE POLICY worker ON background_jobs TO adloom_worker USING (true) WITH CHECK (true);

CREATE POLICY tenant ON platform_accounts TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    );

CREATE POLICY tenant ON assets TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    );

CREATE POLICY tenant ON ads TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    );

CREATE POLICY tenant ON reports TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    );

-- A campaign of one client may not hang on another client's ad or account.
CREATE POLICY tenant ON campaigns TO adloom_app
    USING (
        user_id = (SELECT current_tenant())
        AND ((SELECT current_client()) IS NULL OR client_id = (SELECT current_client()))
    )
    WITH CHECK (
        user_id = (SELECT current_tenant())
        AND (
            (SELECT current_client()) IS NULL
            OR (
                client_id = (SELECT current_client())
                AND EXISTS (
                    SELECT
                    FROM ads AS a
                    WHERE a.id = ad_id
                        AND a.client_id = (SELECT current_client())
                )
                AND EXISTS (
                    SELECT
                    FROM platform_accounts AS a
                    WHERE a.id = platform_account_id
                        AND a.client_id = (SELECT current_client())
                )
            )
        )
    );

-- What hangs on them ------------------------------------------------------------------------------

CREATE POLICY tenant ON platform_assets TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR (
            asset_id IN (SELECT a.id FROM assets AS a WHERE a.client_id = (SELECT current_client()))
            AND platform_account_id IN (
                SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
            )
        )
    )
);

CREATE POLICY tenant ON ad_assets TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR (
            ad_id IN (SELECT a.id FROM ads AS a WHERE a.client_id = (SELECT current_client()))
            AND asset_id IN (SELECT a.id FROM assets AS a WHERE a.client_id = (SELECT current_client()))
        )
    )
);

CREATE POLICY tenant ON campaign_deployments TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON deployment_steps TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON platform_objects TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_metrics TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_metrics_hourly TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_conversions TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON campaign_audience TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);

CREATE POLICY tenant ON metric_coverage TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR platform_account_id IN (
            SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
        )
    )
);

CREATE POLICY tenant ON report_instances TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR report_id IN (SELECT r.id FROM reports AS r WHERE r.client_id = (SELECT current_client()))
    )
);

-- The whole tenant's, hidden from a member of one client ------------------------------------------

CREATE POLICY tenant ON user_api_credentials TO adloom_app USING (
    user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL
);
CREATE POLICY worker ON user_api_credentials TO adloom_worker
    USING (user_id = (SELECT current_tenant()))
    WITH CHECK (user_id = (SELECT current_tenant()));

CREATE POLICY tenant ON api_rate_limits TO adloom_app USING (
    user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL
);

CREATE POLICY tenant ON audit_logs FOR SELECT TO adloom_app USING (
    user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL
);

-- Grants ------------------------------------------------------------------------------------------

GRANT SELECT (
    id,
    email,
    first_name,
    last_name,
    role,
    subscription_tier,
    email_verified,
    last_login_at,
    created_at,
    updated_at,
    deleted_at
) ON users TO adloom_app, adloom_readonly;
GRANT UPDATE (email, first_name, last_name, email_verified, password_hash, deleted_at) ON users TO adloom_app;

GRANT SELECT (
    id,
    user_id,
    platform,
    is_active,
    last_validated_at,
    expires_at,
    created_at,
    updated_at,
    error_message,
    attributes
) ON user_api_credentials TO adloom_app, adloom_readonly;
GRANT INSERT, UPDATE ON user_api_credentials TO adloom_app;
GRANT SELECT, UPDATE ON user_api_credentials TO adloom_worker;

GRANT SELECT, INSERT, UPDATE ON
    clients,
    members,
    user_sessions,
    idempotency_keys,
    background_jobs,
    platform_accounts,
    api_rate_limits,
    assets,
    platform_assets,
    ads,
    ad_assets,
    campaigns,
    campaign_deployments,
    deployment_steps,
    platform_objects,
    campaign_metrics,
    campaign_metrics_hourly,
    campaign_conversions,
    campaign_audience,
    metric_coverage,
    reports,
    report_instances
TO adloom_app;
GRANT DELETE ON ad_assets, idempotency_keys TO adloom_app;
GRANT SELECT ON audit_logs, tier_limits, workers TO adloom_app;

GRANT SELECT, INSERT, UPDATE ON background_jobs, schedules TO adloom_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON workers TO adloom_worker;
GRANT SELECT ON platform_quotas, tier_limits TO adloom_worker;

GRANT SELECT (
    id,
    user_id,
    family_id,
    replaced_by,
    expires_at,
    revoked_at,
    last_used_at,
    created_at,
    updated_at,
    ip_address,
    user_agent
) ON user_sessions TO adloom_readonly;
GRANT SELECT ON
    clients,
    members,
    tier_limits,
    background_jobs,
    workers,
    schedules,
    platform_accounts,
    platform_quotas,
    api_rate_limits,
    assets,
    platform_assets,
    ads,
    ad_assets,
    campaigns,
    campaign_deployments,
    deployment_steps,
    platform_objects,
    campaign_metrics,
    campaign_metrics_hourly,
    campaign_conversions,
    campaign_audience,
    metric_coverage,
    reports,
    report_instances,
    audit_logs
TO adloom_readonly;
"""

DOWN = """
DO $$
DECLARE
    policy record;
BEGIN
    FOR policy IN
        SELECT
            polname,
            polrelid::regclass AS tenant_owned
        FROM pg_policy
    LOOP
        EXECUTE format('DROP POLICY %I ON %s', policy.polname, policy.tenant_owned);
        EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', policy.tenant_owned);
        EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', policy.tenant_owned);
        EXECUTE format(
            'REVOKE ALL ON %s FROM adloom_app, adloom_worker, adloom_readonly', policy.tenant_owned
        );
    END LOOP;
END
$$;
REVOKE ALL ON tier_limits, workers, schedules, platform_quotas
    FROM adloom_app, adloom_worker, adloom_readonly;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
