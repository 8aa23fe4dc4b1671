"""Ads: what we want to say, to whom, for how much, and the assets it uses.

Why: an ad that was imported from a platform is an ad of its own kind: measured and pausable, its content
read-only.
Locks: none on existing tables.
Undo: drops the tables.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0007_ads"
down_revision = "0006_assets"

UP = """
CREATE TABLE ads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    name varchar(255) NOT NULL,
    status ad_status NOT NULL DEFAULT 'draft',
    origin text NOT NULL DEFAULT 'composed',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    description text,
    unified_data jsonb NOT NULL,
    targeting_data jsonb NOT NULL,
    budget_data jsonb NOT NULL,
    schedule_data jsonb,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id),
    CONSTRAINT ad_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT ad_origin_is_known CHECK (origin IN ('composed', 'imported'))
);
COMMENT ON TABLE ads IS
    'The unified ad: content, targeting, budget and schedule, as a person wrote it (or as it was imported).';
CREATE INDEX idx_ads_user_id ON ads (user_id, created_at DESC, id DESC);
CREATE INDEX idx_ads_status ON ads (status) WHERE deleted_at IS NULL;
CREATE INDEX idx_ads_client_id ON ads (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON ads FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE ad_assets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    ad_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    asset_type asset_type NOT NULL,
    order_index integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (ad_id, user_id) REFERENCES ads (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (asset_id, user_id) REFERENCES assets (id, user_id) ON DELETE CASCADE,
    CONSTRAINT asset_has_a_role_once UNIQUE (ad_id, asset_id, asset_type)
);
COMMENT ON TABLE ad_assets IS 'Which assets an ad uses, in which role and order.';
CREATE INDEX idx_ad_assets_asset_id ON ad_assets (asset_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON ad_assets FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE ad_assets;
DROP TABLE ads;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
