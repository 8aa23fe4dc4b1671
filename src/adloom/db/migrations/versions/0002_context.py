"""Context: who acts, read from the transaction's own settings, and the trigger that dates every change.

Why: policies, audit and defaults ask one place. Settings are `app.user_id` (tenant), `app.actor_id`
(person), `app.client_id` (restriction, empty for none), `app.ip` and `app.agent`, set per transaction,
never per session: behind a pooler a session belongs to nobody.
Locks: none.
Undo: drops the functions.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0002_context"
down_revision = "0001_types"

UP = """
CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tenant text := nullif(current_setting('app.user_id', true), '');
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'no tenant is set in this transaction' USING ERRCODE = '42501';
    END IF;
    RETURN tenant::uuid;
END
$$;
COMMENT ON FUNCTION current_tenant() IS
    'The owner this transaction acts for; raises 42501 where none is set.';

CREATE FUNCTION current_client() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(current_setting('app.client_id', true), '')::uuid $$;
COMMENT ON FUNCTION current_client() IS
    'The one client this transaction is restricted to; NULL means all of them.';

CREATE FUNCTION current_person() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT nullif(current_setting('app.actor_id', true), '')::uuid $$;
COMMENT ON FUNCTION current_person() IS 'The person who acts; NULL for the system''s own chores.';

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION set_updated_at() IS 'Dates a change. Metrics set updated_at in their merge instead.';

REVOKE ALL ON FUNCTION current_tenant(), current_client(), current_person(), set_updated_at() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_tenant(), current_client(), current_person()
    TO adloom_app, adloom_worker, adloom_readonly;
"""

DOWN = """
DROP FUNCTION set_updated_at();
DROP FUNCTION current_person();
DROP FUNCTION current_client();
DROP FUNCTION current_tenant();
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
