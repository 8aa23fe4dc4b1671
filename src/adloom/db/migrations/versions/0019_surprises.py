"""Surprises: words and fields in platforms' answers that this version of Adloom does not know, counted.

Why: a platform adds values in place, without a new version. An answer with one is survived; that it came has to be
seen by whoever runs the installation, before somebody's campaign is shown wrongly for weeks.
Locks: none.
Undo: drops the table and its function.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0019_surprises"
down_revision = "0018_fairness"

UP = """
CREATE TABLE platform_surprises (
    platform platform_type NOT NULL,
    kind text NOT NULL,
    word text NOT NULL,
    times bigint NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, kind, word),
    CONSTRAINT times_is_positive CHECK (times > 0)
);
COMMENT ON TABLE platform_surprises IS
    'Words of platforms that this version does not know (kind: status, error code, field, …), of all tenants '
    'together; note_surprise() alone writes here.';
CREATE INDEX idx_platform_surprises_last_seen ON platform_surprises (last_seen_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_surprises FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE FUNCTION note_surprise(platform text, kind text, word text, times bigint)
RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
    INSERT INTO platform_surprises AS known (platform, kind, word, times)
    VALUES (note_surprise.platform::platform_type, left(note_surprise.kind, 60), left(note_surprise.word, 200),
        note_surprise.times)
    ON CONFLICT (platform, kind, word) DO UPDATE SET
        times = known.times + excluded.times,
        last_seen_at = now()
$$;
COMMENT ON FUNCTION note_surprise(text, text, text, bigint) IS
    'Counts a platform''s word that is not known.';
REVOKE ALL ON FUNCTION note_surprise(text, text, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_surprise(text, text, text, bigint) TO adloom_worker;
GRANT SELECT ON platform_surprises TO adloom_app, adloom_worker, adloom_readonly;
"""

DOWN = """
DROP FUNCTION note_surprise(text, text, text, bigint);
DROP TABLE platform_surprises;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
