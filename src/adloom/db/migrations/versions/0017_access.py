"""Access: a person's way through a platform's consent page, and what an ad account offers, lacks and was told.

Why: a code that a platform sends back is as good as a password, and belongs to one session, tenant and platform. What
an ad needs beside its account, and what keeps the account from working, is known before anything is sent.
Locks: AccessExclusive on user_api_credentials and platform_accounts, for an instant (two columns with constant
defaults, one CHECK over a row per owner and platform, one trigger made anew).
Undo: drops the tables and columns; what was asked of a platform before stays done.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0017_access"
down_revision = "0016_enums"

UP = """
-- A login in use is one that was sealed: before it was accepted, and after it was ended, there is none.
ALTER TABLE user_api_credentials
    ADD CONSTRAINT login_in_use_is_sealed CHECK (NOT is_active OR credentials_encrypted <> '');
COMMENT ON COLUMN user_api_credentials.credentials_encrypted IS
    'Sealed JSON, bound to the row''s tenant and platform; empty before one was accepted and after it was ended. '
    'Written by the application, read by workers alone.';
COMMENT ON COLUMN user_api_credentials.attributes IS
    'What is not secret about a login: which offer it came by, and whether it renews itself.';

CREATE TABLE authorizations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    actor_id uuid NOT NULL,
    session_id uuid NOT NULL,
    platform platform_type NOT NULL,
    status text NOT NULL DEFAULT 'started',
    state_hash text NOT NULL,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    job_id uuid,
    error_message text,
    accounts jsonb NOT NULL DEFAULT '[]',
    verifier_encrypted text,
    code_encrypted text,
    CONSTRAINT state_is_unique UNIQUE (state_hash),
    CONSTRAINT authorization_status_is_known CHECK (
        status IN ('started', 'returned', 'found', 'confirmed', 'connected', 'failed')
    )
);
COMMENT ON TABLE authorizations IS
    'A person on the way through a platform''s consent page and back; started -> returned -> found -> confirmed -> '
    'connected, or failed.';
COMMENT ON COLUMN authorizations.session_id IS
    'The session that began it; no foreign key: it may be erased before this row is.';
COMMENT ON COLUMN authorizations.state_hash IS 'SHA-256 of the state, which is in the browser alone.';
COMMENT ON COLUMN authorizations.expires_at IS 'Until when the state is good, in business time.';
COMMENT ON COLUMN authorizations.code_encrypted IS
    'The platform''s code, sealed and bound to this row; gone once it was exchanged. Read by workers alone.';
COMMENT ON COLUMN authorizations.accounts IS 'The ad accounts that the login was found to reach.';
CREATE INDEX idx_authorizations_user_id ON authorizations (user_id);
CREATE INDEX idx_authorizations_expires ON authorizations (expires_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON authorizations
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

ALTER TABLE platform_accounts
    ADD COLUMN inspected_at timestamptz,
    ADD COLUMN missing_rights jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN platform_accounts.missing_rights IS 'The platform''s names of what its login may not do there.';
DROP TRIGGER write_audit ON platform_accounts;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_synced_at,inspected_at,missing_rights');

CREATE TABLE account_resources (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform_account_id uuid NOT NULL,
    kind text NOT NULL,
    external_id varchar(255) NOT NULL,
    name text NOT NULL,
    status text NOT NULL DEFAULT '',
    seen_at timestamptz NOT NULL,
    gone_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    attributes jsonb NOT NULL DEFAULT '{}',
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT resource_is_listed_once UNIQUE (platform_account_id, kind, external_id),
    CONSTRAINT resource_kind_is_known CHECK (
        kind IN (
            'page', 'instagram', 'pixel', 'identity', 'conversion_action', 'video_channel', 'goal'
        )
    )
);
COMMENT ON TABLE account_resources IS
    'What ads of an account can use beside it: pages, pixels, identities, conversion actions, goals, channels.';
COMMENT ON COLUMN account_resources.gone_at IS 'Since when it was not found any more; NULL while it is there.';
CREATE INDEX idx_account_resources_user_id ON account_resources (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON account_resources
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE account_faults (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform_account_id uuid NOT NULL,
    code text NOT NULL,
    words text NOT NULL,
    fix text NOT NULL,
    blocks_writes boolean NOT NULL,
    asks jsonb NOT NULL DEFAULT '[]',
    seen_at timestamptz NOT NULL,
    gone_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT fault_is_listed_once UNIQUE (platform_account_id, code)
);
COMMENT ON TABLE account_faults IS
    'What keeps an ad account from working as it should, in our code and the platform''s words, and what mends it.';
COMMENT ON COLUMN account_faults.asks IS 'The answers that mend it from here; empty where only the platform can.';
CREATE INDEX idx_account_faults_user_id ON account_faults (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON account_faults
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE fault_answers (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform_account_id uuid NOT NULL,
    actor_id uuid,
    fault text NOT NULL,
    answers jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE
);
COMMENT ON TABLE fault_answers IS
    'What a person declared to mend an account''s fault, and when the platform was told so.';
CREATE INDEX idx_fault_answers_user_id ON fault_answers (user_id);
CREATE INDEX idx_fault_answers_account ON fault_answers (platform_account_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON fault_answers
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON fault_answers
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');

-- Tenancy -----------------------------------------------------------------------------------------

DO $$
DECLARE
    tenant_owned text;
BEGIN
    FOREACH tenant_owned IN ARRAY ARRAY['authorizations', 'account_resources', 'account_faults', 'fault_answers']
    LOOP
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

CREATE POLICY tenant ON authorizations TO adloom_app USING (
    user_id = (SELECT current_tenant()) AND (SELECT current_client()) IS NULL
);
CREATE POLICY worker ON authorizations TO adloom_worker
    USING (user_id = (SELECT current_tenant()))
    WITH CHECK (user_id = (SELECT current_tenant()));

CREATE POLICY tenant ON account_resources TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR platform_account_id IN (
            SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
        )
    )
);

CREATE POLICY tenant ON account_faults TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR platform_account_id IN (
            SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
        )
    )
);

CREATE POLICY tenant ON fault_answers TO adloom_app USING (
    user_id = (SELECT current_tenant())
    AND (
        (SELECT current_client()) IS NULL
        OR platform_account_id IN (
            SELECT a.id FROM platform_accounts AS a WHERE a.client_id = (SELECT current_client())
        )
    )
);

GRANT SELECT (
    id,
    user_id,
    actor_id,
    session_id,
    platform,
    status,
    state_hash,
    expires_at,
    created_at,
    updated_at,
    job_id,
    error_message,
    accounts
) ON authorizations TO adloom_app;
GRANT INSERT, UPDATE ON authorizations TO adloom_app;
GRANT SELECT, UPDATE ON authorizations TO adloom_worker;
GRANT SELECT (
    id,
    user_id,
    actor_id,
    session_id,
    platform,
    status,
    expires_at,
    created_at,
    updated_at,
    job_id,
    error_message,
    accounts
) ON authorizations TO adloom_readonly;
GRANT SELECT, INSERT, UPDATE ON account_resources, account_faults, fault_answers TO adloom_app;
GRANT SELECT ON account_resources, account_faults, fault_answers TO adloom_readonly;
"""

DOWN = """
DROP TABLE fault_answers;
DROP TABLE account_faults;
DROP TABLE account_resources;
DROP TRIGGER write_audit ON platform_accounts;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_synced_at');
ALTER TABLE platform_accounts
    DROP COLUMN missing_rights,
    DROP COLUMN inspected_at;
DROP TABLE authorizations;
COMMENT ON COLUMN user_api_credentials.attributes IS
    'What is not secret about a login: scopes, its name at the platform.';
COMMENT ON COLUMN user_api_credentials.credentials_encrypted IS
    'Sealed JSON, bound to the row''s tenant and platform. Written by the application, read by workers '
    'alone.';
ALTER TABLE user_api_credentials
    DROP CONSTRAINT login_in_use_is_sealed;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
