"""Places: what each platform answered when it was asked for a region, a city, a postal code or a country.

Why: only the platform knows its own number of a place, and a plan asks no platform. The answers are reference data:
they say how a platform writes and numbers the world, the same for every account, so there is one row for all tenants,
without row-level security and without anything that says who asked. What a person may learn from a row is what the
platform tells everybody; all that a tenant puts in is the name of a place. The application reads it, for a plan, and
can write none of it, so that no tenant can send another one's money to the wrong place; the worker writes what a
platform has answered. Deployments keep the answers that they go by themselves, so a row may go, or change, at any time.
Locks: none.
Undo: drops the table; places are asked for again.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0022_places"
down_revision = "0021_guards"

UP = """
CREATE TABLE platform_places (
    platform platform_type NOT NULL,
    type text NOT NULL,
    country varchar(2) NOT NULL,
    code text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    places jsonb NOT NULL,
    looked_up_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (platform, type, country, code, name),
    CONSTRAINT type_is_known CHECK (type IN ('COUNTRY', 'REGION', 'CITY', 'POSTAL')),
    CONSTRAINT places_are_a_list CHECK (jsonb_typeof(places) = 'array')
);
COMMENT ON TABLE platform_places IS
    'What a platform answered when it was asked for a place, for all tenants together; only a worker writes here.';
COMMENT ON COLUMN platform_places.code IS 'ISO 3166-2, or a postal code; empty: none was given.';
COMMENT ON COLUMN platform_places.name IS 'As ads write it; empty: none was given.';
COMMENT ON COLUMN platform_places.places IS
    'The platform''s own id and name of each place that it has for this; empty: it knows none.';
CREATE INDEX idx_platform_places_looked_up_at ON platform_places (looked_up_at);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_places FOR EACH ROW EXECUTE FUNCTION set_updated_at();
GRANT SELECT ON platform_places TO adloom_app, adloom_worker, adloom_readonly;
GRANT INSERT, UPDATE ON platform_places TO adloom_worker;
"""

DOWN = """
DROP TABLE platform_places;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
