"""Types: the specification's twelve enums.

Why: they come before the tables that use them. States that are ours alone are text with a CHECK, which can
shrink.
Locks: none on tables.
Undo: drops the types; refused by PostgreSQL while a column uses one.
"""

from __future__ import annotations

from adloom.db.migrations.sql import run

revision = "0001_types"
down_revision = None

UP = """
CREATE TYPE user_role AS ENUM ('admin', 'user', 'viewer');

CREATE TYPE subscription_tier AS ENUM ('free', 'starter', 'professional', 'enterprise');

CREATE TYPE platform_type AS ENUM ('google_ads', 'facebook_ads', 'microsoft_ads', 'tiktok_ads');

CREATE TYPE ad_status AS ENUM ('draft', 'active', 'paused', 'completed', 'archived');

CREATE TYPE campaign_status AS ENUM ('pending', 'active', 'paused', 'error', 'completed');

CREATE TYPE deployment_type AS ENUM ('create', 'update', 'pause', 'resume', 'delete');

CREATE TYPE deployment_status AS ENUM ('pending', 'in_progress', 'completed', 'failed');

CREATE TYPE asset_type AS ENUM ('primary_image', 'secondary_image', 'logo', 'video', 'document');

CREATE TYPE report_type AS ENUM ('performance', 'conversion', 'audience', 'custom');

CREATE TYPE report_instance_status AS ENUM ('pending', 'generating', 'completed', 'failed');

CREATE TYPE audit_action AS ENUM ('create', 'update', 'delete', 'login', 'logout');

CREATE TYPE job_status AS ENUM ('pending', 'running', 'completed', 'failed', 'cancelled');
"""

DOWN = """
DROP TYPE job_status;
DROP TYPE audit_action;
DROP TYPE report_instance_status;
DROP TYPE report_type;
DROP TYPE asset_type;
DROP TYPE deployment_status;
DROP TYPE deployment_type;
DROP TYPE campaign_status;
DROP TYPE ad_status;
DROP TYPE platform_type;
DROP TYPE subscription_tier;
DROP TYPE user_role;
"""


def upgrade() -> None:
    run(UP)


def downgrade() -> None:
    run(DOWN)
