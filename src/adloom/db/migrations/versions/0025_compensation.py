"""Compensation: what becomes of a creation that fails half-way, and what stands at a platform twice.

Why: whether what is left of a failed creation stays or is removed, and what becomes of objects at the platform that
carry our marker and are not ours, are a person's choices. They are kept with the deployment that they were made for.
Locks: AccessExclusive on campaign_deployments, for a moment; no row is rewritten.
Undo: drops the columns.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0025_compensation"
down_revision = "0024_drift"

UP = """
ALTER TABLE campaign_deployments
    ADD COLUMN on_failure text NOT NULL DEFAULT 'complete',
    ADD COLUMN surplus jsonb,
    ADD COLUMN decided jsonb,
    ADD CONSTRAINT on_failure_is_known CHECK (on_failure IN ('complete', 'remove'));
COMMENT ON COLUMN campaign_deployments.on_failure IS
    'What becomes of a creation that fails for good: it stays paused to be completed, or it is removed.';
COMMENT ON COLUMN campaign_deployments.surplus IS
    'What stood at the platform under the marker beside what is ours, when it stopped for that; NULL: nothing.';
COMMENT ON COLUMN campaign_deployments.decided IS
    'Platform ids of surplus objects that a person said to keep or to remove; NULL: nothing was said.';
"""

DOWN = """
ALTER TABLE campaign_deployments
    DROP CONSTRAINT on_failure_is_known,
    DROP COLUMN decided,
    DROP COLUMN surplus,
    DROP COLUMN on_failure;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
