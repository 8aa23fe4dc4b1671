"""Doors: the short list of functions that work before a tenant is known, or across tenants.

Why: row-level security hides everybody until somebody is signed in. Each function answers one question,
runs as the owner with a fixed search_path, and is granted to the roles that ask it. None names an enum in
its signature: a type can then be swapped beneath it.
Locks: none.
Undo: drops the functions.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0014_doors"
down_revision = "0013_tenancy"

UP = """
-- Signing up and in -------------------------------------------------------------------------------

CREATE FUNCTION register_user(
    email text,
    password_hash text,
    first_name text,
    last_name text,
    role text DEFAULT 'user',
    signup text DEFAULT 'closed'
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    is_first boolean;
    new_id uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('adloom.register_user', 0));
    is_first := NOT EXISTS (SELECT FROM users);
    IF NOT is_first AND signup IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'sign-up is closed' USING ERRCODE = '23514', CONSTRAINT = 'sign_up_is_closed';
    END IF;
    INSERT INTO users (email, password_hash, first_name, last_name, role)
    VALUES (
        register_user.email,
        register_user.password_hash,
        register_user.first_name,
        register_user.last_name,
        (CASE WHEN is_first THEN 'admin' ELSE register_user.role END)::user_role
    )
    RETURNING users.id INTO new_id;
    RETURN new_id;
END
$$;
COMMENT ON FUNCTION register_user(text, text, text, text, text, text) IS
    'Makes a user and returns the id. The first one becomes admin; later ones need signup = open, else '
    'constraint sign_up_is_closed.';

CREATE FUNCTION find_login(email text)
RETURNS TABLE (user_id uuid, password_hash text, role text, email_verified boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        users.id,
        users.password_hash::text,
        users.role::text,
        users.email_verified
    FROM users
    WHERE lower(users.email) = lower(find_login.email)
        AND users.deleted_at IS NULL
$$;
COMMENT ON FUNCTION find_login(text) IS
    'The living user with this address, in any case of letters; no row where there is none.';

CREATE FUNCTION find_only_user() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT (array_agg(users.id))[1]
    FROM users
    WHERE users.deleted_at IS NULL
    HAVING count(*) = 1
$$;
COMMENT ON FUNCTION find_only_user() IS
    'The one living user where exactly one exists, else NULL: commands then imply --user.';

CREATE FUNCTION find_session(jti text)
RETURNS TABLE (
    session_id uuid,
    user_id uuid,
    email text,
    role text,
    expires_at timestamptz,
    last_used_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        s.id,
        s.user_id,
        u.email::text,
        u.role::text,
        s.expires_at,
        s.last_used_at
    FROM user_sessions AS s
    JOIN users AS u ON u.id = s.user_id
    WHERE s.token_jti = find_session.jti
        AND s.revoked_at IS NULL
        AND u.deleted_at IS NULL
$$;
COMMENT ON FUNCTION find_session(text) IS
    'The unrevoked session of an access token, with its person; expiry is the caller''s to judge.';

CREATE FUNCTION find_refresh(hash text)
RETURNS TABLE (
    session_id uuid,
    family_id uuid,
    user_id uuid,
    role text,
    expires_at timestamptz,
    revoked_at timestamptz,
    replaced_by uuid
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        s.id,
        s.family_id,
        s.user_id,
        u.role::text,
        s.expires_at,
        s.revoked_at,
        s.replaced_by
    FROM user_sessions AS s
    JOIN users AS u ON u.id = s.user_id
    WHERE s.refresh_token_hash = find_refresh.hash
        AND u.deleted_at IS NULL
$$;
COMMENT ON FUNCTION find_refresh(text) IS
    'The session of a refresh token, revoked ones included: reuse of a rotated one is theft.';

CREATE FUNCTION revoke_session_family(family uuid) RETURNS integer
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    WITH revoked AS (
        UPDATE user_sessions
        SET revoked_at = now()
        WHERE family_id = family
            AND revoked_at IS NULL
        RETURNING id
    )
    SELECT count(*)::integer FROM revoked
$$;
COMMENT ON FUNCTION revoke_session_family(uuid) IS
    'Revokes every session that descends from one log-in; returns how many were alive.';

CREATE FUNCTION tenants_of(person uuid)
RETURNS TABLE (
    tenant_id uuid,
    tenant_email text,
    tenant_name text,
    role text,
    client_id uuid,
    client_name text
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        u.id,
        u.email::text,
        concat_ws(' ', u.first_name, u.last_name),
        u.role::text,
        NULL::uuid,
        NULL::text
    FROM users AS u
    WHERE u.id = person
        AND u.deleted_at IS NULL
        AND u.role <> 'viewer'
    UNION ALL
    SELECT
        owner.id,
        owner.email::text,
        concat_ws(' ', owner.first_name, owner.last_name),
        CASE
            WHEN m.role = 'editor' AND u.role <> 'viewer' THEN 'user'
            ELSE 'viewer'
        END,
        m.client_id,
        c.name::text
    FROM members AS m
    JOIN users AS u ON u.id = m.member_id
    JOIN users AS owner ON owner.id = m.user_id
    LEFT JOIN clients AS c ON c.id = m.client_id
    WHERE m.member_id = person
        AND m.deleted_at IS NULL
        AND u.deleted_at IS NULL
        AND owner.deleted_at IS NULL
        AND c.deleted_at IS NULL
$$;
COMMENT ON FUNCTION tenants_of(uuid) IS
    'Where a person may act or read: their own tenant (never a viewer''s), and those they are a member of; '
    'the role is the one they have there.';

-- Throttled log-in, and its trace -----------------------------------------------------------------

CREATE FUNCTION login_blocked_until(throttle_key text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT a.blocked_until
    FROM login_attempts AS a
    WHERE a.throttle_key = login_blocked_until.throttle_key
        AND a.blocked_until > now()
$$;
COMMENT ON FUNCTION login_blocked_until(text) IS
    'Until when log-ins under this key are refused; NULL where they are not.';

CREATE FUNCTION note_login_attempt(
    throttle_key text,
    succeeded boolean,
    free_failures integer DEFAULT 5,
    longest_block interval DEFAULT '15 minutes'
) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    -- Beyond the free failures each further one doubles the block. A quiet hour, or a success, forgets them.
    INSERT INTO login_attempts AS a (throttle_key, failures)
    VALUES (note_login_attempt.throttle_key, CASE WHEN succeeded THEN 0 ELSE 1 END)
    ON CONFLICT (throttle_key) DO UPDATE SET
        failures = CASE
            WHEN succeeded THEN 0
            WHEN a.updated_at < now() - interval '1 hour' THEN 1
            ELSE a.failures + 1
        END,
        blocked_until = CASE
            WHEN succeeded THEN NULL
            WHEN a.updated_at < now() - interval '1 hour' THEN NULL
            WHEN a.failures + 1 < free_failures THEN NULL
            ELSE now() + least(
                longest_block, interval '1 second' * 2 ^ least(a.failures + 1 - free_failures, 20)
            )
        END
    RETURNING blocked_until
$$;
COMMENT ON FUNCTION note_login_attempt(text, boolean, integer, interval) IS
    'Counts an attempt under a key and returns until when the next ones are refused; NULL where they are '
    'not.';

CREATE FUNCTION record_login(person uuid, ip inet DEFAULT NULL, agent text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    UPDATE users SET last_login_at = now() WHERE users.id = person;
    INSERT INTO audit_logs (user_id, actor_id, entity_type, entity_id, action, ip_address, user_agent)
    SELECT users.id, users.id, 'users', users.id, 'login', ip, agent
    FROM users
    WHERE users.id = person
$$;
COMMENT ON FUNCTION record_login(uuid, inet, text) IS 'Dates a person''s log-in and writes its audit row.';

CREATE FUNCTION record_logout(person uuid, ip inet DEFAULT NULL, agent text DEFAULT NULL) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    INSERT INTO audit_logs (user_id, actor_id, entity_type, entity_id, action, ip_address, user_agent)
    SELECT users.id, users.id, 'users', users.id, 'logout', ip, agent
    FROM users
    WHERE users.id = person
$$;
COMMENT ON FUNCTION record_logout(uuid, inet, text) IS 'Writes the audit row of a log-out.';

-- What workers do for everybody -------------------------------------------------------------------

CREATE FUNCTION list_credentials()
RETURNS TABLE (
    user_id uuid,
    credential_id uuid,
    platform text,
    is_active boolean,
    expires_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        c.user_id,
        c.id,
        c.platform::text,
        c.is_active,
        c.expires_at
    FROM user_api_credentials AS c
    JOIN users AS u ON u.id = c.user_id
    WHERE u.deleted_at IS NULL
    ORDER BY c.expires_at NULLS LAST, c.id
$$;
COMMENT ON FUNCTION list_credentials() IS
    'Every login of every living owner, soonest to lapse first: for refreshing and for new keys. No secrets.';

CREATE FUNCTION list_pull_targets()
RETURNS TABLE (
    user_id uuid,
    platform_account_id uuid,
    platform text,
    time_zone text,
    last_synced_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        a.user_id,
        a.id,
        a.platform::text,
        a.time_zone,
        a.last_synced_at
    FROM platform_accounts AS a
    JOIN user_api_credentials AS c ON c.id = a.credential_id
    JOIN users AS u ON u.id = a.user_id
    WHERE c.is_active = true
        AND a.status <> 'disconnected'
        AND u.deleted_at IS NULL
    ORDER BY a.last_synced_at NULLS FIRST, a.id
$$;
COMMENT ON FUNCTION list_pull_targets() IS 'The ad accounts whose metrics are pulled, longest waiting first.';

CREATE FUNCTION list_sync_targets()
RETURNS TABLE (
    user_id uuid,
    campaign_id uuid,
    platform text,
    platform_account_id uuid,
    last_sync_at timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        campaigns.user_id,
        campaigns.id,
        campaigns.platform::text,
        campaigns.platform_account_id,
        campaigns.last_sync_at
    FROM campaigns
    JOIN platform_accounts AS a ON a.id = campaigns.platform_account_id
    JOIN user_api_credentials AS c ON c.id = a.credential_id
    JOIN users AS u ON u.id = campaigns.user_id
    WHERE campaigns.platform_campaign_id IS NOT NULL
        AND campaigns.deleted_at IS NULL
        AND c.is_active = true
        AND a.status <> 'disconnected'
        AND u.deleted_at IS NULL
    ORDER BY campaigns.last_sync_at NULLS FIRST, campaigns.id
$$;
COMMENT ON FUNCTION list_sync_targets() IS
    'The campaigns whose state is read from their platform, longest waiting first.';

REVOKE ALL ON FUNCTION
    register_user(text, text, text, text, text, text),
    find_login(text),
    find_only_user(),
    find_session(text),
    find_refresh(text),
    revoke_session_family(uuid),
    tenants_of(uuid),
    login_blocked_until(text),
    note_login_attempt(text, boolean, integer, interval),
    record_login(uuid, inet, text),
    record_logout(uuid, inet, text),
    list_credentials(),
    list_pull_targets(),
    list_sync_targets()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    register_user(text, text, text, text, text, text),
    find_login(text),
    find_only_user(),
    find_session(text),
    find_refresh(text),
    revoke_session_family(uuid),
    tenants_of(uuid),
    login_blocked_until(text),
    note_login_attempt(text, boolean, integer, interval),
    record_login(uuid, inet, text),
    record_logout(uuid, inet, text)
TO adloom_app;
GRANT EXECUTE ON FUNCTION
    list_credentials(),
    list_pull_targets(),
    list_sync_targets()
TO adloom_worker;
"""

DOWN = """
DROP FUNCTION list_sync_targets();
DROP FUNCTION list_pull_targets();
DROP FUNCTION list_credentials();
DROP FUNCTION record_logout(uuid, inet, text);
DROP FUNCTION record_login(uuid, inet, text);
DROP FUNCTION note_login_attempt(text, boolean, integer, interval);
DROP FUNCTION login_blocked_until(text);
DROP FUNCTION tenants_of(uuid);
DROP FUNCTION revoke_session_family(uuid);
DROP FUNCTION find_refresh(text);
DROP FUNCTION find_session(text);
DROP FUNCTION find_only_user();
DROP FUNCTION find_login(text);
DROP FUNCTION register_user(text, text, text, text, text, text);
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
