"""Audit: who changed what, written by triggers in the transaction that changed it.

Why: code can forget to write a log, a trigger cannot. The table is append-only: only write_audit() and the
log-in functions insert. No foreign key on the person: history outlives people.
Locks: ShareRowExclusive on each audited table, for CREATE TRIGGER.
Undo: drops triggers and log.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0011_audit"
down_revision = "0010_reports"

UP = """
CREATE TABLE audit_logs (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (id) ON DELETE SET NULL,
    actor_id uuid,
    entity_type varchar(100) NOT NULL,
    entity_id uuid NOT NULL,
    action audit_action NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ip_address inet,
    user_agent text,
    old_values jsonb,
    new_values jsonb,
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
COMMENT ON TABLE audit_logs IS
    'Who changed what: tenant (user_id), person (actor_id), table, row, old and new values. Secrets never.';
CREATE INDEX idx_audit_logs_user_entity ON audit_logs (user_id, entity_type, entity_id);
CREATE INDEX idx_audit_logs_created_at ON audit_logs (created_at DESC);

CREATE FUNCTION write_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
-- Arguments, comma-separated: columns that are not worth a row, and columns whose values are secret.
DECLARE
    excluded text[] := string_to_array(TG_ARGV[0], ',');
    secret text[] := string_to_array(coalesce(TG_ARGV[1], ''), ',');
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - excluded END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - excluded END;
    entity jsonb := coalesce(new_row, old_row);
    tenant uuid := entity ->> CASE TG_TABLE_NAME WHEN 'users' THEN 'id' ELSE 'user_id' END;
    hidden jsonb := '"[redacted]"';
    deed audit_action := CASE TG_OP WHEN 'INSERT' THEN 'create' WHEN 'DELETE' THEN 'delete' ELSE 'update' END;
    old_values jsonb;
    new_values jsonb;
BEGIN
    IF old_row IS NOT DISTINCT FROM new_row THEN
        RETURN NULL;
    END IF;
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (secret) AND value <> 'null' THEN hidden ELSE value END)
    INTO old_values
    FROM jsonb_each(old_row)
    WHERE new_row IS NULL OR value IS DISTINCT FROM new_row -> key;
    SELECT jsonb_object_agg(key, CASE WHEN key = ANY (secret) AND value <> 'null' THEN hidden ELSE value END)
    INTO new_values
    FROM jsonb_each(new_row)
    WHERE old_row IS NULL OR value IS DISTINCT FROM old_row -> key;
    IF TG_OP = 'UPDATE' AND old_row ->> 'deleted_at' IS NULL AND new_row ->> 'deleted_at' IS NOT NULL THEN
        deed := 'delete';
    END IF;
    IF TG_OP = 'DELETE' THEN
        -- The tenant may be the row that goes, or go with it.
        tenant := (SELECT users.id FROM users WHERE users.id = tenant);
    END IF;
    INSERT INTO audit_logs (
        user_id,
        actor_id,
        entity_type,
        entity_id,
        action,
        ip_address,
        user_agent,
        old_values,
        new_values
    )
    VALUES (
        tenant,
        nullif(current_setting('app.actor_id', true), '')::uuid,
        TG_TABLE_NAME,
        (entity ->> 'id')::uuid,
        deed,
        nullif(current_setting('app.ip', true), '')::inet,
        nullif(current_setting('app.agent', true), ''),
        old_values,
        new_values
    );
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION write_audit() IS
    'One audit row per changed row, changed columns only; none when only excluded columns changed. A soft '
    'delete is a delete.';
REVOKE ALL ON FUNCTION write_audit() FROM PUBLIC;

CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_login_at', 'password_hash');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON clients
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON members
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON user_api_credentials
    FOR EACH ROW EXECUTE FUNCTION write_audit(
        'updated_at,last_validated_at', 'credentials_encrypted,candidate_encrypted'
    );
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_synced_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON assets
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON ads
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON ad_assets
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at');
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON campaigns
    FOR EACH ROW EXECUTE FUNCTION write_audit(
        'updated_at,last_sync_at,delivery_state,delivery_words,platform_data'
    );
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON reports
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_generated_at');
"""

DOWN = """
DROP TRIGGER write_audit ON reports;
DROP TRIGGER write_audit ON campaigns;
DROP TRIGGER write_audit ON ad_assets;
DROP TRIGGER write_audit ON ads;
DROP TRIGGER write_audit ON assets;
DROP TRIGGER write_audit ON platform_accounts;
DROP TRIGGER write_audit ON user_api_credentials;
DROP TRIGGER write_audit ON members;
DROP TRIGGER write_audit ON clients;
DROP TRIGGER write_audit ON users;
DROP FUNCTION write_audit();
DROP TABLE audit_logs;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
