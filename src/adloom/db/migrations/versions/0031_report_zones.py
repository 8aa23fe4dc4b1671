"""What two hourly reports said of the zone that an account's reports count in.

Why: Microsoft's pages say both UTC and the account's zone; it is decided by evidence, which is shown with the setting.
Locks: AccessExclusive on platform_accounts, for a moment; no row is rewritten.
Undo: drops the column.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0031_report_zones"
down_revision = "0030_rollups"

UP = """
ALTER TABLE platform_accounts ADD COLUMN zone_evidence jsonb;
COMMENT ON COLUMN platform_accounts.zone_evidence IS
    'The last hourly reading, and what it and the one before say of the reports'' zone; NULL: never read.';
DROP TRIGGER write_audit ON platform_accounts;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_synced_at,inspected_at,missing_rights,zone_evidence');
"""

DOWN = """
DROP TRIGGER write_audit ON platform_accounts;
CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON platform_accounts
    FOR EACH ROW EXECUTE FUNCTION write_audit('updated_at,last_synced_at,inspected_at,missing_rights');
ALTER TABLE platform_accounts DROP COLUMN zone_evidence;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
