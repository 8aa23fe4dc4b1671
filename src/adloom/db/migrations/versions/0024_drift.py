"""Drift: what was changed on a platform itself, and what became of it; and what a deployment puts back or undoes.

Why: an edit in a platform's own pages is shown beside what was applied, until a person adopts it or puts ours back. A
change that was applied can be undone from the history of its campaign.
Locks: AccessExclusive on campaigns and campaign_deployments, for an instant; no row is rewritten.
Undo: drops the table and the columns; what was adopted, put back or undone stays as it was done.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0024_drift"
down_revision = "0023_verdicts"

UP = """
ALTER TABLE campaigns ADD COLUMN drift_checked_at timestamptz;
COMMENT ON COLUMN campaigns.drift_checked_at IS
    'When what stands was last compared with what was applied; NULL: never.';
DROP TRIGGER write_audit ON campaigns;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION write_audit(
        'updated_at,last_sync_at,delivery_state,delivery_words,platform_data,drift_checked_at'
    );

ALTER TABLE campaign_deployments
    ADD COLUMN reason text,
    ADD COLUMN undoes uuid,
    ADD COLUMN drift jsonb,
    ADD FOREIGN KEY (undoes, user_id) REFERENCES campaign_deployments (id, user_id),
    ADD CONSTRAINT deployment_reason_is_known CHECK (reason IN ('adopt', 'put_back', 'undo'));
COMMENT ON COLUMN campaign_deployments.reason IS
    'What it was asked for beside the ad itself: adopt, put_back, undo; NULL: as the ad says.';
COMMENT ON COLUMN campaign_deployments.undoes IS 'The deployment whose change it takes back.';
COMMENT ON COLUMN campaign_deployments.drift IS 'What was changed on the platform, that it adopts or puts back.';
CREATE INDEX idx_deployments_undoes ON campaign_deployments (undoes) WHERE undoes IS NOT NULL;

CREATE TABLE campaign_drifts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    deployment_id uuid,
    decided_by uuid,
    object text NOT NULL,
    kind text NOT NULL,
    field text NOT NULL DEFAULT '',
    ours text,
    theirs text,
    decision text,
    first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    value jsonb,
    FOREIGN KEY (campaign_id, user_id) REFERENCES campaigns (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (deployment_id, user_id) REFERENCES campaign_deployments (id, user_id),
    CONSTRAINT drift_kind_is_known CHECK (kind IN ('changed', 'gone', 'added')),
    CONSTRAINT drift_decision_is_known CHECK (decision IN ('adopted', 'put_back')),
    CONSTRAINT drift_decision_has_a_time CHECK ((decided_at IS NOT NULL) = (decision IS NOT NULL))
);
COMMENT ON TABLE campaign_drifts IS
    'What stands on a platform otherwise than it was applied, because somebody changed it there: ours and theirs.';
COMMENT ON COLUMN campaign_drifts.object IS 'Our key; of an object that is not ours, its kind and the platform''s id.';
COMMENT ON COLUMN campaign_drifts.field IS 'The unified field; empty where a whole object is gone or was added.';
COMMENT ON COLUMN campaign_drifts.value IS 'Theirs in a form that can be adopted or compared with; NULL: it has none.';
COMMENT ON COLUMN campaign_drifts.ended_at IS 'Since when it stands no more; NULL while it does.';
CREATE UNIQUE INDEX drift_stands_once ON campaign_drifts (campaign_id, object, field, kind) WHERE ended_at IS NULL;
CREATE INDEX idx_campaign_drifts_campaign ON campaign_drifts (campaign_id, first_seen_at DESC);
CREATE INDEX idx_campaign_drifts_deployment ON campaign_drifts (deployment_id) WHERE deployment_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaign_drifts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

ALTER TABLE campaign_drifts ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_drifts FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON campaign_drifts TO adloom_owner USING (true) WITH CHECK (true);
CREATE POLICY readonly ON campaign_drifts FOR SELECT TO adloom_readonly USING (true);
CREATE POLICY tenant ON campaign_drifts TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR campaign_id IN (SELECT c.id FROM campaigns AS c WHERE c.client_id = (SELECT current_client()))
    )
);
GRANT SELECT, INSERT, UPDATE ON campaign_drifts TO adloom_app;
GRANT SELECT ON campaign_drifts TO adloom_readonly;
"""

DOWN = """
DROP TABLE campaign_drifts;
DROP INDEX idx_deployments_undoes;
ALTER TABLE campaign_deployments
    DROP CONSTRAINT deployment_reason_is_known,
    DROP COLUMN drift,
    DROP COLUMN undoes,
    DROP COLUMN reason;
DROP TRIGGER write_audit ON campaigns;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION write_audit(
        'updated_at,last_sync_at,delivery_state,delivery_words,platform_data'
    );
ALTER TABLE campaigns DROP COLUMN drift_checked_at;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
