"""Identity: people, the clients an owner works for, members, sessions, tiers, throttled log-in, idempotency
keys.

Why: the tenant is the owner's user id; clients and members are what an agency needs on top of it.
Locks: none on existing tables.
Undo: drops the tables.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0003_identity"
down_revision = "0002_context"

UP = """
CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email varchar(255) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    role user_role NOT NULL DEFAULT 'user',
    subscription_tier subscription_tier NOT NULL DEFAULT 'free',
    email_verified boolean NOT NULL DEFAULT false,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    password_hash varchar(255) NOT NULL,
    CONSTRAINT email_is_an_address CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$')
);
COMMENT ON TABLE users IS 'People who sign in. An owner''s id is the tenant of everything the owner has.';
COMMENT ON COLUMN users.password_hash IS
    'argon2id. Not selectable by the application; find_login() returns it.';
CREATE UNIQUE INDEX idx_users_email ON users (lower(email)) WHERE deleted_at IS NULL;
CREATE INDEX idx_users_role ON users (role) WHERE deleted_at IS NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE clients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name varchar(255) NOT NULL,
    currency varchar(3),
    time_zone text,
    monthly_budget numeric(20, 6),
    naming_template text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    utm_template jsonb NOT NULL DEFAULT '{}',
    caps jsonb NOT NULL DEFAULT '{}',
    branding jsonb NOT NULL DEFAULT '{}',
    declarations jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT client_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT monthly_budget_is_positive CHECK (monthly_budget > 0)
);
COMMENT ON TABLE clients IS 'The brands an owner works for, with their defaults and caps.';
CREATE UNIQUE INDEX client_name_is_unique ON clients (user_id, lower(name)) WHERE deleted_at IS NULL;
CREATE INDEX idx_clients_user_id ON clients (user_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON clients FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    member_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    role text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id) ON DELETE CASCADE,
    CONSTRAINT member_role_is_known CHECK (role IN ('editor', 'viewer')),
    CONSTRAINT owner_is_not_a_member CHECK (member_id <> user_id)
);
COMMENT ON TABLE members IS
    'Who may act or read in an owner''s tenant: for one client, or for all (client_id NULL).';
CREATE UNIQUE INDEX member_is_listed_once ON members (user_id, member_id, client_id) NULLS NOT DISTINCT
    WHERE deleted_at IS NULL;
CREATE INDEX idx_members_user_id ON members (user_id);
CREATE INDEX idx_members_member_id ON members (member_id);
CREATE INDEX idx_members_client_id ON members (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE user_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    family_id uuid NOT NULL DEFAULT gen_random_uuid(),
    replaced_by uuid REFERENCES user_sessions (id) ON DELETE SET NULL,
    token_jti varchar(255) NOT NULL,
    refresh_token_hash varchar(255),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    ip_address inet,
    user_agent text,
    CONSTRAINT token_jti_is_unique UNIQUE (token_jti),
    CONSTRAINT replaced_session_is_revoked CHECK (replaced_by IS NULL OR revoked_at IS NOT NULL)
);
COMMENT ON TABLE user_sessions IS
    'Signed-in sessions. A rotated refresh token points at its successor; reuse of one revokes the family.';
CREATE INDEX idx_sessions_user_id ON user_sessions (user_id);
CREATE INDEX idx_sessions_expires ON user_sessions (expires_at);
CREATE INDEX idx_sessions_family ON user_sessions (family_id);
CREATE INDEX idx_sessions_replaced_by ON user_sessions (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE UNIQUE INDEX refresh_token_is_unique ON user_sessions (refresh_token_hash);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON user_sessions FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE login_attempts (
    throttle_key text PRIMARY KEY,
    failures integer NOT NULL DEFAULT 0,
    blocked_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT failures_are_counted CHECK (failures >= 0)
);
COMMENT ON TABLE login_attempts IS
    'Failed log-ins by throttle key (an address or a network, hashed by the caller). Reached by functions '
    'alone.';
CREATE TRIGGER set_updated_at BEFORE UPDATE ON login_attempts FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE tier_limits (
    tier subscription_tier PRIMARY KEY,
    max_platform_accounts integer,
    max_active_ads integer,
    max_clients integer,
    max_members integer,
    max_scheduled_reports integer,
    max_storage_bytes bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE tier_limits IS
    'What each tier may have; NULL is unlimited, and a self-hosted installation starts unlimited.';
CREATE TRIGGER set_updated_at BEFORE UPDATE ON tier_limits FOR EACH ROW EXECUTE FUNCTION set_updated_at();
INSERT INTO tier_limits (tier) VALUES ('free'), ('starter'), ('professional'), ('enterprise');

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    key text NOT NULL,
    actor_id uuid,
    method text NOT NULL,
    path text NOT NULL,
    hash text NOT NULL,
    status integer,
    expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    body jsonb,
    PRIMARY KEY (user_id, key),
    CONSTRAINT key_length_is_sane CHECK (length(key) BETWEEN 1 AND 255)
);
COMMENT ON TABLE idempotency_keys IS
    'Answers kept for repeated requests; status NULL while the first one runs. Seen by the person who asked.';
CREATE INDEX idx_idempotency_keys_expires ON idempotency_keys (expires_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON idempotency_keys
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE idempotency_keys;
DROP TABLE tier_limits;
DROP TABLE login_attempts;
DROP TABLE user_sessions;
DROP TABLE members;
DROP TABLE clients;
DROP TABLE users;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
