"""Verdicts: what platforms said to plans before anything was sent; and plans that wait for a second person.

Why: a platform refuses for reasons that nobody outside can know, and says so without doing anything where it is asked.
And a client may require that who planned does not apply: the database itself keeps that the two are different people.
Locks: AccessExclusive on clients and campaign_deployments, for a moment; no row is rewritten.
Undo: drops the tables and columns; plans that wait are forgotten.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0023_verdicts"
down_revision = "0022_places"

UP = """
CREATE TABLE platform_verdicts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    ad_id uuid NOT NULL,
    platform platform_type NOT NULL,
    fingerprint text NOT NULL,
    status text NOT NULL DEFAULT 'pending',
    manner text,
    reason text,
    job_id uuid,
    asked_at timestamptz NOT NULL DEFAULT now(),
    answered_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    objections jsonb NOT NULL DEFAULT '[]',
    unjudged jsonb NOT NULL DEFAULT '[]',
    FOREIGN KEY (ad_id, user_id) REFERENCES ads (id, user_id) ON DELETE CASCADE,
    CONSTRAINT plan_is_judged_once UNIQUE (ad_id, platform, fingerprint),
    CONSTRAINT verdict_status_is_known CHECK (status IN ('pending', 'done', 'unavailable')),
    CONSTRAINT verdict_manner_is_known CHECK (manner IN ('validated', 'read')),
    CONSTRAINT answered_at_iff_answered CHECK ((answered_at IS NOT NULL) = (status <> 'pending'))
);
COMMENT ON TABLE platform_verdicts IS
    'What a platform said to a plan (its fingerprint for this platform) when it was asked, and nothing was done there.';
COMMENT ON COLUMN platform_verdicts.manner IS 'validated: by the platform''s dry run; read: it has none.';
COMMENT ON COLUMN platform_verdicts.reason IS 'Why there is no verdict.';
COMMENT ON COLUMN platform_verdicts.job_id IS 'The job that asks; no foreign key: it is erased before this row is.';
CREATE INDEX idx_platform_verdicts_asked ON platform_verdicts (asked_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_verdicts FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE approval_requests (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    ad_id uuid NOT NULL,
    operation text NOT NULL,
    status text NOT NULL DEFAULT 'requested',
    fingerprint text NOT NULL,
    requested_by uuid NOT NULL,
    applied_by uuid,
    applied_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    plan jsonb NOT NULL,
    FOREIGN KEY (ad_id, user_id) REFERENCES ads (id, user_id) ON DELETE CASCADE,
    CONSTRAINT request_operation_is_known CHECK (operation IN ('deploy', 'resume')),
    CONSTRAINT request_status_is_known CHECK (status IN ('requested', 'applied', 'replaced')),
    CONSTRAINT applied_by_a_person CHECK (
        (status = 'applied') = (applied_by IS NOT NULL) AND (status = 'applied') = (applied_at IS NOT NULL)
    ),
    CONSTRAINT second_person_is_another CHECK (applied_by <> requested_by)
);
COMMENT ON TABLE approval_requests IS
    'Plans that a person made for another one to apply: who planned, who applied; audited.';
COMMENT ON COLUMN approval_requests.plan IS 'The plan as it was shown to who asked.';
CREATE UNIQUE INDEX request_is_open_once ON approval_requests (ad_id, operation) WHERE status = 'requested';
CREATE INDEX idx_approval_requests_ad_id ON approval_requests (ad_id, created_at DESC);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON approval_requests FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON approval_requests
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,plan');

DO $$
DECLARE
    tenant_owned text;
BEGIN
    FOREACH tenant_owned IN ARRAY ARRAY['platform_verdicts', 'approval_requests'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_owned);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_owned);
        EXECUTE format('CREATE POLICY owner ON %I TO adloom_owner USING (true) WITH CHECK (true)', tenant_owned);
        EXECUTE format('CREATE POLICY readonly ON %I FOR SELECT TO adloom_readonly USING (true)', tenant_owned);
        EXECUTE format(
            'CREATE POLICY tenant ON %I TO adloom_app USING (
                user_id = (SELECT current_tenant())
                AND (
                    (SELECT current_client()) IS NULL
                    OR ad_id IN (SELECT a.id FROM ads AS a WHERE a.client_id = (SELECT current_client()))
                )
            )',
            tenant_owned
        );
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE ON platform_verdicts, approval_requests TO adloom_app;
GRANT SELECT ON platform_verdicts, approval_requests TO adloom_readonly;

ALTER TABLE clients ADD COLUMN second_person boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN clients.second_person IS 'Who planned a change of its ads does not apply it: another person does.';

ALTER TABLE campaign_deployments
    ADD COLUMN planned_by uuid,
    ADD CONSTRAINT second_person_applies CHECK (planned_by <> actor_id);
COMMENT ON COLUMN campaign_deployments.planned_by IS
    'Who planned it, where a second person (actor_id) applied it; NULL: nobody had to.';
"""

DOWN = """
ALTER TABLE campaign_deployments
    DROP CONSTRAINT second_person_applies,
    DROP COLUMN planned_by;
ALTER TABLE clients DROP COLUMN second_person;
DROP TABLE approval_requests;
DROP TABLE platform_verdicts;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
