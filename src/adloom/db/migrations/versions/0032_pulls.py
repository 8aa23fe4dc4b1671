"""Pulls: a question that is asked while the same job runs is queued again, and campaigns keep the names they had.

Why: a pull that runs may have been planned before a campaign was imported, so its key must be free once it has begun;
one that was handed back stays outside of the unique index and never collides with the one that was queued since. What
was told under a name that a campaign no longer bears is told again under that name.
Locks: background_jobs against writes, while its new indexes are built; campaigns for a moment.
Undo: drops the columns: earlier names are lost.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0032_pulls"
down_revision = "0031_report_zones"

UP = """
ALTER TABLE background_jobs ADD COLUMN waiting_key text;
COMMENT ON COLUMN background_jobs.waiting_key IS
    'Taken while the job waits, unlike dedupe_key, which is taken until it has ended: what is asked while it runs is '
    'queued again.';
CREATE UNIQUE INDEX waiting_job_is_queued_once ON background_jobs (waiting_key)
    WHERE waiting_key IS NOT NULL AND status = 'pending' AND fence = 0;
CREATE INDEX idx_jobs_waiting_key ON background_jobs (waiting_key)
    WHERE waiting_key IS NOT NULL AND status = 'pending';

ALTER TABLE campaigns ADD COLUMN earlier_names jsonb NOT NULL DEFAULT '[]'
    CONSTRAINT earlier_names_are_a_list CHECK (jsonb_typeof(earlier_names) = 'array');
COMMENT ON COLUMN campaigns.earlier_names IS
    'What the campaign was called before, the oldest first: {"name", "until"}, by the installation''s clock.';
"""

DOWN = """
ALTER TABLE campaigns DROP COLUMN earlier_names;
DROP INDEX idx_jobs_waiting_key, waiting_job_is_queued_once;
ALTER TABLE background_jobs DROP COLUMN waiting_key;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
