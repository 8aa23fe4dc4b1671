"""Stopping everything: an administrator of the installation may pause every tenant's campaigns at once.

Why: row-level security shows an administrator their own tenant alone. Who has something to stop is answered to living
administrators only; each tenant's campaigns are then paused in a transaction of that tenant, in the administrator's
name, which the deployments and the audit log keep.
Locks: none.
Undo: drops the function.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0020_stop"
down_revision = "0019_surprises"

UP = """
CREATE FUNCTION list_owners_to_stop()
RETURNS TABLE (user_id uuid, email text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    SELECT
        owner.id,
        owner.email::text
    FROM users AS owner
    WHERE EXISTS (
        SELECT
        FROM campaigns
        WHERE campaigns.user_id = owner.id
            AND campaigns.deleted_at IS NULL
    )
        AND EXISTS (
            SELECT
            FROM users AS person
            WHERE person.id = current_person()
                AND person.role = 'admin'
                AND person.deleted_at IS NULL
        )
    ORDER BY owner.id
$$;
COMMENT ON FUNCTION list_owners_to_stop() IS
    'Every owner of a campaign that is not deleted, where the person who acts is an administrator; else nobody.';
REVOKE ALL ON FUNCTION list_owners_to_stop() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_owners_to_stop() TO adloom_app;
"""

DOWN = """
DROP FUNCTION list_owners_to_stop();
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
