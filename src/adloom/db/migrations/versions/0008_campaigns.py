"""Campaigns: one ad on one platform, its deployments step by step, and the remote objects they made.

Why: a step's intent is committed before the call and its result after it, so that a killed worker leaves an
uncertain step, never a blind repetition.
Locks: none on existing tables.
Undo: drops the tables; what stands on the platforms stays there.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0008_campaigns"
down_revision = "0007_ads"

UP = """
CREATE TABLE campaigns (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    client_id uuid,
    ad_id uuid NOT NULL,
    platform_account_id uuid NOT NULL,
    platform platform_type NOT NULL,
    platform_campaign_id varchar(255),
    campaign_name varchar(255) NOT NULL,
    marker varchar(12) NOT NULL,
    status campaign_status NOT NULL DEFAULT 'pending',
    desired_status text NOT NULL DEFAULT 'paused',
    delivery_state text NOT NULL DEFAULT 'UNKNOWN',
    delivery_words text,
    generation integer NOT NULL DEFAULT 1,
    last_sync_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    error_message text,
    spec_hash text,
    spec jsonb,
    platform_data jsonb,
    FOREIGN KEY (ad_id, user_id) REFERENCES ads (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id),
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT campaign_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT remote_campaign_is_ours_once UNIQUE (platform_account_id, platform_campaign_id),
    CONSTRAINT desired_status_is_known CHECK (desired_status IN ('active', 'paused', 'deleted')),
    CONSTRAINT delivery_state_is_known CHECK (
        delivery_state IN (
            'IN_REVIEW',
            'ACTIVE',
            'LIMITED',
            'PAUSED',
            'REJECTED',
            'SCHEDULED',
            'ENDED',
            'BILLING_BLOCKED',
            'DELETED',
            'UNKNOWN'
        )
    ),
    CONSTRAINT generation_is_positive CHECK (generation > 0)
);
COMMENT ON TABLE campaigns IS
    'One ad on one platform. status is what was asked and accepted, delivery_state what the platform says.';
COMMENT ON COLUMN campaigns.marker IS
    '12 base32 characters of the id; every name we give on the platform carries them.';
COMMENT ON COLUMN campaigns.generation IS
    'Grows when an object has to be made anew: part of every idempotency key.';
COMMENT ON COLUMN campaigns.spec IS
    'The unified ad as it was last applied to this platform; spec_hash is its hash.';
CREATE UNIQUE INDEX ad_is_on_a_platform_once ON campaigns (ad_id, platform) WHERE deleted_at IS NULL;
CREATE INDEX idx_campaigns_ad_id ON campaigns (ad_id);
CREATE INDEX idx_campaigns_platform ON campaigns (platform);
CREATE INDEX idx_campaigns_status ON campaigns (status);
CREATE INDEX idx_campaigns_sync ON campaigns (last_sync_at DESC) WHERE status = 'active';
CREATE INDEX idx_user_campaigns_performance ON campaigns (user_id, status, created_at DESC)
    INCLUDE (platform, platform_campaign_id);
CREATE INDEX idx_campaigns_client_id ON campaigns (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaigns FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE campaign_deployments (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    job_id uuid REFERENCES background_jobs (id) ON DELETE SET NULL,
    actor_id uuid,
    deployment_type deployment_type NOT NULL,
    status deployment_status NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    idempotency_key text,
    started_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    words text,
    spec_hash text,
    spec jsonb,
    error_details jsonb,
    platform_response jsonb,
    FOREIGN KEY (campaign_id, user_id) REFERENCES campaigns (id, user_id) ON DELETE CASCADE,
    CONSTRAINT deployment_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT completed_at_iff_finished CHECK (
        (completed_at IS NOT NULL) = (status IN ('completed', 'failed'))
    )
);
COMMENT ON TABLE campaign_deployments IS
    'What was asked of a platform for a campaign, by whom, and how it ended. Never deleted.';
COMMENT ON COLUMN campaign_deployments.words IS 'The outcome in the platform''s own words, for people.';
COMMENT ON COLUMN campaign_deployments.spec IS 'What this deployment applies; spec_hash is its hash.';
CREATE UNIQUE INDEX deployment_of_a_type_is_unfinished_once
    ON campaign_deployments (campaign_id, deployment_type)
    WHERE status IN ('pending', 'in_progress');
CREATE INDEX idx_deployments_campaign ON campaign_deployments (campaign_id, created_at DESC);
CREATE INDEX idx_deployments_job_id ON campaign_deployments (job_id) WHERE job_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON campaign_deployments
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE deployment_steps (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    deployment_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    position integer NOT NULL,
    key text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'planned',
    generation integer NOT NULL DEFAULT 1,
    attempts integer NOT NULL DEFAULT 0,
    idempotency_key text NOT NULL,
    request_hash text,
    platform_id varchar(255),
    sent_at timestamptz,
    finished_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    response jsonb,
    error jsonb,
    FOREIGN KEY (deployment_id, user_id) REFERENCES campaign_deployments (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (campaign_id, user_id) REFERENCES campaigns (id, user_id) ON DELETE CASCADE,
    CONSTRAINT step_stands_once UNIQUE (deployment_id, key),
    CONSTRAINT step_state_is_known CHECK (state IN ('planned', 'sent', 'done', 'uncertain', 'failed')),
    CONSTRAINT sent_step_has_a_time CHECK (state IN ('planned', 'failed') OR sent_at IS NOT NULL),
    CONSTRAINT step_attempts_are_counted CHECK (attempts >= 0)
);
COMMENT ON TABLE deployment_steps IS
    'Every outward write: its intent committed before the call, its result after.';
CREATE INDEX idx_deployment_steps_campaign ON deployment_steps (campaign_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON deployment_steps
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE platform_objects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    kind text NOT NULL,
    our_key text NOT NULL,
    platform_id varchar(255),
    parent_id varchar(255),
    status text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    applied jsonb,
    observed jsonb,
    FOREIGN KEY (campaign_id, user_id) REFERENCES campaigns (id, user_id) ON DELETE CASCADE
);
COMMENT ON TABLE platform_objects IS
    'Every remote object of a campaign: what we applied and what was last observed.';
COMMENT ON COLUMN platform_objects.our_key IS
    'What we call it within the campaign, such as campaign or ad_group/main.';
COMMENT ON COLUMN platform_objects.parent_id IS 'Our key of the object above it.';
CREATE UNIQUE INDEX object_stands_once ON platform_objects (campaign_id, our_key) WHERE deleted_at IS NULL;
CREATE INDEX idx_platform_objects_campaign ON platform_objects (campaign_id, platform_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_objects
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE platform_objects;
DROP TABLE deployment_steps;
DROP TABLE campaign_deployments;
DROP TABLE campaigns;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
