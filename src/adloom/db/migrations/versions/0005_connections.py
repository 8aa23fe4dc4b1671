"""Connections: platform logins, the ad accounts beneath them, quotas, and each tenant's share of them.

Why: one login reaches many accounts with currencies and time zones of their own; a quota belongs to our app
or to an account, across tenants.
Locks: none on existing tables.
Undo: drops the tables.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0005_connections"
down_revision = "0004_jobs"

UP = """
CREATE TABLE user_api_credentials (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform platform_type NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    last_validated_at timestamptz,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    error_message text,
    attributes jsonb NOT NULL DEFAULT '{}',
    credentials_encrypted text NOT NULL,
    candidate_encrypted text,
    CONSTRAINT login_is_connected_once UNIQUE (user_id, platform),
    CONSTRAINT credential_is_of_tenant UNIQUE (id, user_id)
);
COMMENT ON TABLE user_api_credentials IS 'One login per owner and platform.';
COMMENT ON COLUMN user_api_credentials.credentials_encrypted IS
    'Sealed JSON, bound to the row''s tenant and platform. Written by the application, read by workers '
    'alone.';
COMMENT ON COLUMN user_api_credentials.candidate_encrypted IS
    'Newly given credentials, sealed likewise, until the platform has accepted them; they replace the others '
    'only then.';
COMMENT ON COLUMN user_api_credentials.attributes IS
    'What is not secret about a login: scopes, its name at the platform.';
CREATE INDEX idx_api_credentials_active ON user_api_credentials (is_active) WHERE is_active = true;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON user_api_credentials
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE platform_accounts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    credential_id uuid NOT NULL,
    platform platform_type NOT NULL,
    external_id varchar(255) NOT NULL,
    name varchar(255) NOT NULL,
    currency varchar(3) NOT NULL,
    time_zone text NOT NULL,
    status text NOT NULL DEFAULT 'active',
    last_synced_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    attributes jsonb NOT NULL DEFAULT '{}',
    FOREIGN KEY (credential_id, user_id) REFERENCES user_api_credentials (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id),
    CONSTRAINT account_is_connected_once UNIQUE (user_id, platform, external_id),
    CONSTRAINT account_is_of_tenant UNIQUE (id, user_id)
);
COMMENT ON TABLE platform_accounts IS
    'Ad accounts that a login reaches, each with its currency, time zone and at most one client.';
COMMENT ON COLUMN platform_accounts.status IS
    'The platform''s word; ''disconnected'' is ours, and ends every pull.';
COMMENT ON COLUMN platform_accounts.attributes IS
    'Facts (page_id, pixel_id, login_customer_id, customer_id, identity) and settings (which conversion '
    'actions count).';
CREATE INDEX idx_platform_accounts_credential ON platform_accounts (credential_id);
CREATE INDEX idx_platform_accounts_client_id ON platform_accounts (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE platform_quotas (
    platform platform_type NOT NULL,
    scope text NOT NULL,
    scope_key text NOT NULL,
    endpoint text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    used integer NOT NULL DEFAULT 0,
    blocked_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, scope, scope_key, endpoint, window_start),
    CONSTRAINT scope_is_known CHECK (scope IN ('app', 'login', 'account')),
    CONSTRAINT used_is_not_negative CHECK (used >= 0)
);
COMMENT ON TABLE platform_quotas IS
    'What all tenants together spent of a platform''s quota per window; reserve_quota() alone writes here. '
    'window_start -infinity holds a block.';
CREATE INDEX idx_platform_quotas_window_end ON platform_quotas (window_end);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_quotas FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE api_rate_limits (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    platform platform_type NOT NULL,
    endpoint varchar(255) NOT NULL,
    requests_count integer NOT NULL DEFAULT 0,
    window_start timestamptz NOT NULL,
    window_end timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT share_is_counted_once UNIQUE (user_id, platform, endpoint, window_start),
    CONSTRAINT window_has_a_length CHECK (window_end > window_start)
);
COMMENT ON TABLE api_rate_limits IS 'Each tenant''s share of the quotas, and its history.';
CREATE INDEX idx_api_rate_limits_window_end ON api_rate_limits (window_end);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON api_rate_limits FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE api_rate_limits;
DROP TABLE platform_quotas;
DROP TABLE platform_accounts;
DROP TABLE user_api_credentials;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
