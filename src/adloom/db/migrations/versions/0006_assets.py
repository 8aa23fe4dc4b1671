"""Assets: files probed once, stored once, uploaded once per ad account.

Why: image hashes and ids belong to one ad account, so the account is part of the key.
Locks: none on existing tables.
Undo: drops the tables; stored files stay.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0006_assets"
down_revision = "0005_connections"

UP = """
CREATE TABLE assets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id uuid,
    filename varchar(255) NOT NULL,
    original_filename varchar(255) NOT NULL,
    kind text NOT NULL,
    mime_type varchar(100) NOT NULL,
    file_size bigint NOT NULL,
    width integer,
    height integer,
    duration integer,
    sha256 text NOT NULL,
    md5 text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    storage_key text NOT NULL,
    file_url text NOT NULL,
    thumbnail_url text,
    metadata jsonb,
    FOREIGN KEY (client_id, user_id) REFERENCES clients (id, user_id),
    CONSTRAINT asset_is_of_tenant UNIQUE (id, user_id),
    CONSTRAINT asset_kind_is_known CHECK (kind IN ('image', 'video', 'document')),
    CONSTRAINT file_is_not_empty CHECK (file_size > 0),
    CONSTRAINT sha256_is_hexadecimal CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT md5_is_hexadecimal CHECK (md5 ~ '^[0-9a-f]{32}$')
);
COMMENT ON TABLE assets IS 'Images, videos and documents: probed, hashed, stored once per owner.';
COMMENT ON COLUMN assets.duration IS 'Whole seconds, rounded up; metadata keeps milliseconds.';
CREATE UNIQUE INDEX asset_is_stored_once ON assets (user_id, client_id, sha256) NULLS NOT DISTINCT
    WHERE deleted_at IS NULL;
CREATE INDEX idx_assets_user_id ON assets (user_id, created_at DESC, id DESC);
CREATE INDEX idx_assets_client_id ON assets (client_id) WHERE client_id IS NOT NULL;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON assets FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE platform_assets (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL,
    asset_id uuid NOT NULL,
    platform_account_id uuid NOT NULL,
    platform platform_type NOT NULL,
    platform_asset_id varchar(255) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    platform_url text,
    platform_metadata jsonb,
    FOREIGN KEY (asset_id, user_id) REFERENCES assets (id, user_id) ON DELETE CASCADE,
    FOREIGN KEY (platform_account_id, user_id) REFERENCES platform_accounts (id, user_id) ON DELETE CASCADE,
    CONSTRAINT asset_is_uploaded_once UNIQUE (asset_id, platform, platform_account_id)
);
COMMENT ON TABLE platform_assets IS 'What an asset is called in each ad account that holds it.';
CREATE INDEX idx_platform_assets_account ON platform_assets (platform_account_id);
CREATE TRIGGER set_updated_at BEFORE UPDATE ON platform_assets FOR EACH ROW EXECUTE FUNCTION set_updated_at();
"""

DOWN = """
DROP TABLE platform_assets;
DROP TABLE assets;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
