"""Jobs: work for later, who does it, and which schedules were last run.

Why: a job is a row of the transaction that needs it, so it can neither be lost nor run for a change that
never was.
Locks: none on existing tables.
Undo: drops the tables, waiting jobs included.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0004_jobs"
down_revision = "0003_identity"

UP = """
CREATE TABLE background_jobs (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    actor_id uuid,
    job_type varchar(100) NOT NULL,
    dedupe_key text,
    status job_status NOT NULL DEFAULT 'pending',
    priority integer NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 3,
    deaths integer NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    locked_by text,
    lease_expires_at timestamptz,
    scheduled_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    job_data jsonb NOT NULL,
    progress jsonb,
    result jsonb,
    error jsonb,
    error_message text,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id) ON DELETE CASCADE,
    CONSTRAINT attempts_are_counted CHECK (attempts >= 0 AND deaths >= 0),
    CONSTRAINT max_attempts_is_positive CHECK (max_attempts > 0),
    CONSTRAINT running_job_has_a_lease CHECK (
        status <> 'running' OR (locked_by IS NOT NULL AND lease_expires_at IS NOT NULL)
    ),
    CONSTRAINT completed_at_iff_final CHECK (
        (completed_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled'))
    )
);
COMMENT ON TABLE background_jobs IS
    'Work for later. user_id NULL is the system''s own; workers see every tenant''s, people only their own.';
COMMENT ON COLUMN background_jobs.fence IS
    'Grows with every claim: a write that names an older fence comes too late.';
COMMENT ON COLUMN background_jobs.deaths IS
    'Workers that died holding this job. They spend no attempt and have a bound of their own.';
CREATE INDEX idx_jobs_status_priority ON background_jobs (priority DESC, scheduled_at, id)
    WHERE status = 'pending';
CREATE INDEX idx_jobs_type_status ON background_jobs (job_type, status);
CREATE INDEX idx_jobs_running ON background_jobs (locked_by, lease_expires_at) WHERE status = 'running';
CREATE INDEX idx_jobs_final ON background_jobs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX idx_jobs_user_id ON background_jobs (user_id, created_at DESC);
CREATE INDEX idx_jobs_client_id ON background_jobs (client_id) WHERE client_id IS NOT NULL;
CREATE UNIQUE INDEX live_job_is_queued_once ON background_jobs (dedupe_key)
    WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'running');
CREATE TRIGGER set_updated_at BEFORE UPDATE ON background_jobs FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE FUNCTION notify_jobs() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_notify('adloom_jobs', NEW.job_type);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION notify_jobs() IS
    'Wakes idle workers on channel adloom_jobs; the payload is the job''s type.';
REVOKE ALL ON FUNCTION notify_jobs() FROM PUBLIC;
CREATE TRIGGER wake_workers_on_insert AFTER INSERT ON background_jobs
    FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION notify_jobs();
CREATE TRIGGER wake_workers_on_update AFTER UPDATE OF status, scheduled_at ON background_jobs
    FOR EACH ROW WHEN (NEW.status = 'pending') EXECUTE FUNCTION notify_jobs();

CREATE TABLE workers (
    id text PRIMARY KEY,
    lock_key bigint NOT NULL,
    pid integer NOT NULL,
    host text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    heartbeat_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT lock_key_is_unique UNIQUE (lock_key)
);
COMMENT ON TABLE workers IS
    'Worker processes. Each holds the session advisory lock lock_key while it lives; the heartbeat is the '
    'second line.';
CREATE INDEX idx_workers_heartbeat ON workers (heartbeat_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE schedules (
    name text PRIMARY KEY,
    last_due timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schedules IS
    'The last due moment, in business time, for which each scheduled chore was enqueued.';
CREATE TRIGGER set_updated_at BEFORE UPDATE ON schedules FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE schedules;
DROP TABLE workers;
DROP TABLE background_jobs;
DROP FUNCTION notify_jobs();
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
