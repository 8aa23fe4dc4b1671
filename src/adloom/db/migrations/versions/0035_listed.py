"""Lists campaigns along an index: a tenant's, newest first, as ads and assets are.

Why: a page of fifty read and sorted every campaign that there is.
Locks: `campaigns` against writes while the index is built (a second for a million rows). Undo: drops it.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0035_listed"
down_revision = "0034_put_right"

UP = """
CREATE INDEX idx_campaigns_user_id ON campaigns (user_id, created_at DESC, id DESC);
"""

DOWN = """
DROP INDEX idx_campaigns_user_id;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
