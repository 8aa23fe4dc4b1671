"""The specification's tables, columns, enums and indexes, written down here once more, independent of our models.

A column's type is the specification's; where `corrections.md` mends it, the mended type stands here, and says so.
"""

from __future__ import annotations

_UUID, _TEXT, _JSON, _BOOLEAN, _INTEGER, _BIGINT = "uuid", "text", "jsonb", "boolean", "integer", "bigint"
_INSTANT = "timestamp with time zone"


def _varchar(length: int) -> str:
    return f"character varying({length})"


TABLES: dict[str, dict[str, str]] = {
    "users": {
        "id": _UUID,
        "email": _varchar(255),
        "password_hash": _varchar(255),
        "first_name": _varchar(100),
        "last_name": _varchar(100),
        "role": "user_role",
        "subscription_tier": "subscription_tier",
        "email_verified": _BOOLEAN,
        "last_login_at": _INSTANT,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
        "deleted_at": _INSTANT,
    },
    "user_api_credentials": {
        "id": _UUID,
        "user_id": _UUID,
        "platform": "platform_type",
        "credentials_encrypted": _TEXT,
        "is_active": _BOOLEAN,
        "last_validated_at": _INSTANT,
        "expires_at": _INSTANT,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
    },
    "user_sessions": {
        "id": _UUID,
        "user_id": _UUID,
        "token_jti": _varchar(255),
        "refresh_token_hash": _varchar(255),
        "expires_at": _INSTANT,
        "last_used_at": _INSTANT,
        "ip_address": "inet",
        "user_agent": _TEXT,
        "created_at": _INSTANT,
    },
    "assets": {
        "id": _UUID,
        "user_id": _UUID,
        "filename": _varchar(255),
        "original_filename": _varchar(255),
        "file_size": _BIGINT,  # corrections 14
        "mime_type": _varchar(100),
        "file_url": _TEXT,
        "thumbnail_url": _TEXT,
        "width": _INTEGER,
        "height": _INTEGER,
        "duration": _INTEGER,
        "metadata": _JSON,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
        "deleted_at": _INSTANT,
    },
    "platform_assets": {
        "id": _UUID,
        "asset_id": _UUID,
        "platform": "platform_type",
        "platform_asset_id": _varchar(255),
        "platform_url": _TEXT,
        "platform_metadata": _JSON,
        "created_at": _INSTANT,
    },
    "ads": {
        "id": _UUID,
        "user_id": _UUID,
        "name": _varchar(255),
        "description": _TEXT,
        "status": "ad_status",
        "unified_data": _JSON,
        "targeting_data": _JSON,
        "budget_data": _JSON,
        "schedule_data": _JSON,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
        "deleted_at": _INSTANT,
    },
    "ad_assets": {
        "id": _UUID,
        "ad_id": _UUID,
        "asset_id": _UUID,
        "asset_type": "asset_type",
        "order_index": _INTEGER,
        "created_at": _INSTANT,
    },
    "campaigns": {
        "id": _UUID,
        "ad_id": _UUID,
        "platform": "platform_type",
        "platform_campaign_id": _varchar(255),
        "campaign_name": _varchar(255),
        "status": "campaign_status",
        "platform_data": _JSON,
        "error_message": _TEXT,
        "last_sync_at": _INSTANT,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
    },
    "campaign_deployments": {
        "id": _UUID,
        "campaign_id": _UUID,
        "deployment_type": "deployment_type",
        "status": "deployment_status",
        "started_at": _INSTANT,
        "completed_at": _INSTANT,
        "error_details": _JSON,
        "platform_response": _JSON,
        "created_at": _INSTANT,
    },
    "campaign_metrics": {  # corrections 1: without the surrogate id
        "campaign_id": _UUID,
        "date": "date",
        "impressions": _BIGINT,
        "clicks": _BIGINT,
        "conversions": "numeric(18,6)",  # corrections 32
        "spend_amount": "numeric(20,6)",  # corrections 32
        "spend_currency": _varchar(3),
        "cpc": "numeric",  # corrections 16, and the next three
        "ctr": "numeric",
        "conversion_rate": "numeric",
        "roas": "numeric",
        "platform_metrics": _JSON,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
    },
    "campaign_metrics_hourly": {  # corrections 1: without the surrogate id
        "campaign_id": _UUID,
        "hour_timestamp": _INSTANT,
        "impressions": _BIGINT,
        "clicks": _BIGINT,
        "conversions": "numeric(18,6)",
        "spend_amount": "numeric(20,6)",
        "platform_metrics": _JSON,
        "created_at": _INSTANT,
    },
    "reports": {
        "id": _UUID,
        "user_id": _UUID,
        "name": _varchar(255),
        "description": _TEXT,
        "report_type": "report_type",
        "configuration": _JSON,
        "schedule": _JSON,
        "is_scheduled": _BOOLEAN,
        "last_generated_at": _INSTANT,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
        "deleted_at": _INSTANT,
    },
    "report_instances": {
        "id": _UUID,
        "report_id": _UUID,
        "status": "report_instance_status",
        "file_url": _TEXT,
        "file_size": _BIGINT,  # corrections 14
        "generated_at": _INSTANT,
        "error_message": _TEXT,
        "metadata": _JSON,
        "created_at": _INSTANT,
    },
    "api_rate_limits": {
        "id": _UUID,
        "user_id": _UUID,
        "platform": "platform_type",
        "endpoint": _varchar(255),
        "requests_count": _INTEGER,
        "window_start": _INSTANT,
        "window_end": _INSTANT,
        "created_at": _INSTANT,
        "updated_at": _INSTANT,
    },
    "audit_logs": {
        "id": _UUID,
        "user_id": _UUID,
        "entity_type": _varchar(100),
        "entity_id": _UUID,
        "action": "audit_action",
        "old_values": _JSON,
        "new_values": _JSON,
        "ip_address": "inet",
        "user_agent": _TEXT,
        "created_at": _INSTANT,
    },
    "background_jobs": {
        "id": _UUID,
        "job_type": _varchar(100),
        "job_data": _JSON,
        "status": "job_status",
        "priority": _INTEGER,
        "attempts": _INTEGER,
        "max_attempts": _INTEGER,
        "scheduled_at": _INSTANT,
        "started_at": _INSTANT,
        "completed_at": _INSTANT,
        "error_message": _TEXT,
        "created_at": _INSTANT,
    },
    "schema_migrations": {
        "version": _varchar(50),
        "applied_at": _INSTANT,
        "rollback_sql": _TEXT,
    },
}

ENUMS: dict[str, tuple[str, ...]] = {
    "user_role": ("admin", "user", "viewer"),
    "subscription_tier": ("free", "starter", "professional", "enterprise"),
    "platform_type": ("google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads"),
    "ad_status": ("draft", "active", "paused", "completed", "archived"),
    "campaign_status": ("pending", "active", "paused", "error", "completed"),
    "deployment_type": ("create", "update", "pause", "resume", "delete"),
    "deployment_status": ("pending", "in_progress", "completed", "failed"),
    "asset_type": ("primary_image", "secondary_image", "logo", "video", "document"),
    "report_type": ("performance", "conversion", "audience", "custom"),
    "report_instance_status": ("pending", "generating", "completed", "failed"),
    "audit_action": ("create", "update", "delete", "login", "logout"),
    "job_status": ("pending", "running", "completed", "failed", "cancelled"),
}

#: What the specification calls NOT NULL, beyond primary keys.
NOT_NULL: dict[str, tuple[str, ...]] = {
    "users": ("email", "password_hash", "first_name", "last_name", "role", "subscription_tier"),
    "user_api_credentials": ("user_id", "platform", "credentials_encrypted"),
    "user_sessions": ("user_id", "token_jti", "expires_at"),
    "assets": ("user_id", "filename", "original_filename", "file_size", "mime_type", "file_url"),
    "platform_assets": ("asset_id", "platform", "platform_asset_id"),
    "ads": ("user_id", "name", "unified_data", "targeting_data", "budget_data"),
    "ad_assets": ("ad_id", "asset_id", "asset_type"),
    "campaigns": ("ad_id", "platform", "campaign_name"),
    "campaign_deployments": ("campaign_id", "deployment_type", "status", "started_at"),
    "campaign_metrics": ("campaign_id", "date"),
    "campaign_metrics_hourly": ("campaign_id", "hour_timestamp"),
    "reports": ("user_id", "name", "report_type", "configuration"),
    "report_instances": ("report_id",),
    "api_rate_limits": ("user_id", "platform", "endpoint", "window_start", "window_end"),
    "audit_logs": ("entity_type", "entity_id", "action"),
    "background_jobs": ("job_type", "job_data"),
}

#: The specification's defaults; `conversions` has none (corrections 32), the ratios are generated (corrections 16).
DEFAULTS: dict[str, str] = {
    "users.id": "gen_random_uuid()",
    "users.role": "'user'::user_role",
    "users.subscription_tier": "'free'::subscription_tier",
    "users.email_verified": "false",
    "users.created_at": "now()",
    "user_api_credentials.is_active": "true",
    "user_sessions.last_used_at": "now()",
    "ads.status": "'draft'::ad_status",
    "ad_assets.order_index": "0",
    "campaigns.status": "'pending'::campaign_status",
    "campaign_metrics.impressions": "0",
    "campaign_metrics.clicks": "0",
    "campaign_metrics.spend_amount": "0",
    "campaign_metrics.spend_currency": "'USD'::character varying",
    "campaign_metrics_hourly.impressions": "0",
    "campaign_metrics_hourly.clicks": "0",
    "campaign_metrics_hourly.spend_amount": "0",
    "reports.is_scheduled": "false",
    "report_instances.status": "'pending'::report_instance_status",
    "api_rate_limits.requests_count": "0",
    "background_jobs.status": "'pending'::job_status",
    "background_jobs.priority": "0",
    "background_jobs.attempts": "0",
    "background_jobs.max_attempts": "3",
    "background_jobs.scheduled_at": "now()",
    "schema_migrations.applied_at": "clock_timestamp()",
}

#: The specification's UNIQUE constraints: table, columns as we hold them, predicate (corrections 15, 34, 35).
UNIQUE: tuple[tuple[str, tuple[str, ...], str | None], ...] = (
    ("users", ("lower((email)::text)",), "(deleted_at IS NULL)"),
    ("user_api_credentials", ("user_id", "platform"), None),
    ("user_sessions", ("token_jti",), None),
    ("platform_assets", ("asset_id", "platform", "platform_account_id"), None),
    ("ad_assets", ("ad_id", "asset_id", "asset_type"), None),
    ("campaigns", ("ad_id", "platform"), "(deleted_at IS NULL)"),
    ("campaign_metrics", ("campaign_id", "date"), None),
    ("campaign_metrics_hourly", ("campaign_id", "hour_timestamp"), None),
    ("api_rate_limits", ("user_id", "platform", "endpoint", "window_start"), None),
)

#: For each index of the specification: the question it is there for, and the index of ours that has to answer it.
INDEXES: dict[str, tuple[str, str]] = {
    "idx_users_email": (
        "SELECT id FROM users WHERE lower(email) = 'a@example.com' AND deleted_at IS NULL",
        "idx_users_email",
    ),
    "idx_users_role": ("SELECT id FROM users WHERE role = 'admin' AND deleted_at IS NULL", "idx_users_role"),
    "idx_api_credentials_user_platform": (
        "SELECT id FROM user_api_credentials WHERE user_id = :id AND platform = 'google_ads'",
        "login_is_connected_once",
    ),
    "idx_api_credentials_active": (
        "SELECT id FROM user_api_credentials WHERE is_active = true",
        "idx_api_credentials_active",
    ),
    "idx_sessions_user_id": ("SELECT id FROM user_sessions WHERE user_id = :id", "idx_sessions_user_id"),
    "idx_sessions_expires": ("SELECT id FROM user_sessions WHERE expires_at > now()", "idx_sessions_expires"),
    "idx_ads_user_id": ("SELECT id FROM ads WHERE user_id = :id AND deleted_at IS NULL", "idx_ads_user_id"),
    "idx_ads_status": ("SELECT id FROM ads WHERE status = 'active' AND deleted_at IS NULL", "idx_ads_status"),
    "idx_ads_created_at": (
        "SELECT id FROM ads WHERE user_id = :id AND deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 25",
        "idx_ads_user_id",
    ),
    "idx_campaigns_ad_id": ("SELECT id FROM campaigns WHERE ad_id = :id", "idx_campaigns_ad_id"),
    "idx_campaigns_platform": (
        "SELECT id FROM campaigns WHERE platform = 'tiktok_ads'",
        "idx_campaigns_platform",
    ),
    "idx_campaigns_status": ("SELECT id FROM campaigns WHERE status = 'error'", "idx_campaigns_status"),
    "idx_campaigns_sync": (
        "SELECT id FROM campaigns WHERE status = 'active' ORDER BY last_sync_at LIMIT 100",
        "idx_campaigns_sync",
    ),
    "idx_metrics_campaign_date": (
        "SELECT clicks FROM campaign_metrics WHERE campaign_id = :id"
        " AND date BETWEEN '2026-11-01' AND '2026-11-30' ORDER BY date DESC LIMIT 7",
        "campaign_metrics_pkey",
    ),
    "idx_metrics_date": (
        "SELECT sum(clicks) FROM campaign_metrics WHERE date = '2026-11-20'",
        "idx_metrics_multi_platform",
    ),
    "idx_hourly_metrics_campaign_hour": (
        "SELECT clicks FROM campaign_metrics_hourly WHERE campaign_id = :id ORDER BY hour_timestamp DESC LIMIT 24",
        "campaign_metrics_hourly_pkey",
    ),
    "idx_assets_user_id": (
        "SELECT id FROM assets WHERE user_id = :id AND deleted_at IS NULL",
        "idx_assets_user_id",
    ),
    "idx_platform_assets_asset_platform": (
        "SELECT id FROM platform_assets WHERE asset_id = :id AND platform = 'google_ads'",
        "asset_is_uploaded_once",
    ),
    "idx_audit_logs_user_entity": (
        "SELECT id FROM audit_logs WHERE user_id = :id AND entity_type = 'ads' AND entity_id = :id",
        "idx_audit_logs_user_entity",
    ),
    "idx_audit_logs_created_at": (
        "SELECT id FROM audit_logs ORDER BY created_at DESC LIMIT 50",
        "idx_audit_logs_created_at",
    ),
    "idx_jobs_status_priority": (
        "SELECT id FROM background_jobs WHERE status = 'pending' AND scheduled_at <= now()"
        " ORDER BY priority DESC, scheduled_at, id LIMIT 10",
        "idx_jobs_status_priority",
    ),
    "idx_jobs_type_status": (
        "SELECT id FROM background_jobs WHERE job_type = 'metrics.pull' AND status = 'failed'",
        "idx_jobs_type_status",
    ),
    "idx_user_campaigns_performance": (
        "SELECT platform, platform_campaign_id FROM campaigns"
        " WHERE user_id = :id AND status = 'active' ORDER BY created_at DESC LIMIT 25",
        "idx_user_campaigns_performance",
    ),
    "idx_metrics_multi_platform": (
        "SELECT campaign_id, sum(impressions), sum(clicks), sum(spend_amount) FROM campaign_metrics"
        " WHERE date BETWEEN '2026-11-01' AND '2026-11-30' GROUP BY campaign_id",
        "idx_metrics_multi_platform",
    ),
}
