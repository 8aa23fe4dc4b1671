"""Reports: what to report, how often, and what was made.

Why: a definition is a person's and can be deleted; its instances are history.
Locks: none on existing tables.
Undo: drops the tables; files stay where they are stored.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0010_reports"
down_revision = "0009_metrics"

UP = """
CREATE TABLE reports (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    name varchar(255) NOT NULL,
    report_type report_type NOT NULL,
    is_scheduled boolean NOT NULL DEFAULT false,
    last_generated_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    description text,
    configuration jsonb NOT NULL,
    schedule jsonb,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id),
    CONSTRAINT report_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT scheduled_report_has_a_schedule CHECK (NOT is_scheduled OR schedule IS NOT NULL)
);
COMMENT ON TABLE reports IS 'What to report, and when.';
CREATE INDEX idx_reports_user_id ON reports (user_id, created_at DESC, id DESC);
CREATE INDEX idx_reports_client_id ON reports (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON reports FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE report_instances (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    report_id uuid NOT NULL,
    status report_instance_status NOT NULL DEFAULT 'pending',
    file_size bigint,
    generated_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    file_url text,
    error_message text,
    metadata jsonb,
    FOREIGN KEY (report_id, user_id) REFERENCES reports (id, user_id) ON DELETE CASCADE
);
COMMENT ON TABLE report_instances IS 'Reports that were made, with their files, or why not.';
CREATE INDEX idx_report_instances_report ON report_instances (report_id, created_at DESC);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON report_instances
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE report_instances;
DROP TABLE reports;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
