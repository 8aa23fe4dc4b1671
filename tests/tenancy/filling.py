"""One row in every tenant-owned table, written by the application's own role, for a client or for none."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db

DAY = date(2026, 11, 20)

_STATEMENTS = """
INSERT INTO platform_accounts (id, user_id, client_id, credential_id, platform, external_id, name, currency, time_zone)
SELECT :id, :user_id, :client_id, id, platform, :tag, 'Account', 'USD', 'America/Los_Angeles'
FROM user_api_credentials;

INSERT INTO account_resources (user_id, platform_account_id, kind, external_id, name, seen_at)
VALUES (:user_id, :id, 'pixel', '1', 'A pixel', now());

INSERT INTO account_faults (user_id, platform_account_id, code, words, fix, blocks_writes, asks, seen_at)
VALUES (:user_id, :id, 'eu_declaration_missing', 'A fault', 'Declare it.', true, '["eu_political"]', now());

INSERT INTO fault_answers (user_id, platform_account_id, fault, answers)
VALUES (:user_id, :id, 'eu_declaration_missing', '{"eu_political": "no"}');

INSERT INTO assets (
    id, user_id, client_id, filename, original_filename, kind, mime_type, file_size, sha256, md5, storage_key, file_url
)
VALUES (
    :id, :user_id, :client_id, 'a.png', 'a.png', 'image', 'image/png', 1, :sha256, :md5, 'a', 'file://a'
);

INSERT INTO platform_assets (user_id, asset_id, platform_account_id, platform, platform_asset_id)
VALUES (:user_id, :id, :id, 'google_ads', 'a');

INSERT INTO ads (id, user_id, client_id, name, unified_data, targeting_data, budget_data)
VALUES (:id, :user_id, :client_id, 'An ad', '{}', '{}', '{}');

INSERT INTO ad_assets (user_id, ad_id, asset_id, asset_type) VALUES (:user_id, :id, :id, 'primary_image');

INSERT INTO platform_verdicts (id, user_id, ad_id, platform, fingerprint)
VALUES (:id, :user_id, :id, 'google_ads', 'f');

INSERT INTO approval_requests (id, user_id, ad_id, operation, fingerprint, requested_by, plan)
VALUES (:id, :user_id, :id, 'deploy', 'f', :user_id, '{}');

INSERT INTO campaigns (
    id, user_id, client_id, ad_id, platform_account_id, platform, platform_campaign_id, campaign_name, marker,
    created_at
)
VALUES (
    :id, :user_id, :client_id, :id, :id, 'google_ads', '1', 'A campaign', 'marker', now() - INTERVAL '10 days'
);

INSERT INTO campaign_deployments (id, user_id, campaign_id, deployment_type, status)
VALUES (:id, :user_id, :id, 'create', 'pending');

INSERT INTO deployment_steps (user_id, deployment_id, campaign_id, position, key, kind, idempotency_key)
VALUES (:user_id, :id, :id, 1, 'campaign', 'campaign', 'k');

INSERT INTO platform_objects (user_id, campaign_id, kind, our_key) VALUES (:user_id, :id, 'campaign', 'campaign');

INSERT INTO campaign_drifts (user_id, campaign_id, object, kind) VALUES (:user_id, :id, 'campaign', 'gone');

INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone)
VALUES (:user_id, :id, 'google_ads', :day, 'UTC');

INSERT INTO campaign_metrics_hourly (user_id, campaign_id, platform, hour_timestamp, time_zone)
VALUES (:user_id, :id, 'google_ads', now(), 'UTC');

INSERT INTO campaign_conversions (user_id, campaign_id, platform, date, action, time_zone)
VALUES (:user_id, :id, 'google_ads', :day, 'purchase', 'UTC');

INSERT INTO campaign_audience (user_id, campaign_id, platform, date, dimension, value, time_zone)
VALUES (:user_id, :id, 'google_ads', :day, 'age', '18-24', 'UTC');

INSERT INTO campaign_metrics_ledger (
    user_id, campaign_id, platform, date, time_zone, impressions, clicks, spend_amount, spend_currency, valid_from,
    valid_to
)
VALUES (:user_id, :id, 'google_ads', :day, 'UTC', 1, 1, 1, 'USD', '2026-01-01', now());

INSERT INTO campaign_metrics_hourly_ledger (
    user_id, campaign_id, platform, hour_timestamp, time_zone, impressions, clicks, spend_amount, spend_currency,
    valid_from, valid_to
)
VALUES (:user_id, :id, 'google_ads', now(), 'UTC', 1, 1, 1, 'USD', now() - interval '1 day', now());

INSERT INTO campaign_conversions_ledger (
    user_id, campaign_id, platform, date, action, time_zone, spend_currency, valid_from, valid_to
)
VALUES (:user_id, :id, 'google_ads', :day, 'purchase', 'UTC', 'USD', now() - interval '1 day', now());

INSERT INTO campaign_audience_ledger (
    user_id, campaign_id, platform, date, dimension, value, time_zone, impressions, clicks, spend_currency, valid_from,
    valid_to
)
VALUES (:user_id, :id, 'google_ads', :day, 'age', '18-24', 'UTC', 1, 1, 'USD', now() - interval '1 day', now());

INSERT INTO metric_pulls (user_id, platform_account_id, grain, since, until, pulled_at, rows, changed)
VALUES (:user_id, :id, 'day', :day, :day, now(), 1, 1);

INSERT INTO account_metrics (
    user_id, platform_account_id, client_id, platform, date, spend_currency, facts, impressions, clicks, conversions,
    conversions_told, conversion_value, conversion_value_told, spend_amount
)
VALUES (:user_id, :id, :client_id, 'google_ads', :day, 'USD', 1, 0, 0, 0, 0, 0, 0, 0);

INSERT INTO campaign_weeks (
    user_id, date, campaign_id, spend_currency, facts, impressions, clicks, conversions, conversions_told,
    conversion_value, conversion_value_told, spend_amount
)
VALUES (:user_id, :day, :id, 'USD', 1, 0, 0, 0, 0, 0, 0, 0);

INSERT INTO campaign_windows (
    user_id, campaign_id, days, spend_currency, facts, impressions, clicks, spend_amount, facts_before,
    impressions_before, clicks_before, spend_amount_before
)
VALUES (:user_id, :id, 7, 'USD', 1, 0, 0, 0, 0, 0, 0, 0);

INSERT INTO metric_coverage (user_id, platform_account_id, grain, date, pull_id, pulled_at)
VALUES (:user_id, :id, 'day', :day, :id, now());

INSERT INTO reports (id, user_id, client_id, name, report_type, configuration)
VALUES (:id, :user_id, :client_id, 'A report', 'performance', '{}');

INSERT INTO report_instances (user_id, report_id) VALUES (:user_id, :id);

INSERT INTO background_jobs (id, user_id, client_id, job_type, job_data)
VALUES (:id, :user_id, :client_id, 'test', '{}');
"""

_ONCE = """
INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)
VALUES (:user_id, 'google_ads', 'sealed');

INSERT INTO api_rate_limits (user_id, platform, endpoint, window_start, window_end)
VALUES (:user_id, 'google_ads', '*', now(), now() + interval '1 minute');

INSERT INTO campaign_window_ends (user_id, until) VALUES (:user_id, '2026-11-20');

INSERT INTO authorizations (id, user_id, actor_id, session_id, platform, status, state_hash, expires_at)
VALUES (:user_id, :user_id, :user_id, :user_id, 'google_ads', 'found', :tag, now());

INSERT INTO user_sessions (user_id, token_jti, expires_at) VALUES (:user_id, :tag, now() + interval '1 day');

INSERT INTO idempotency_keys (user_id, actor_id, key, method, path, hash)
VALUES (:user_id, :user_id, 'a key', 'POST', '/v1/ads', 'h');
"""


def fill_tenant(actor: Actor) -> None:
    """What a tenant has once, whatever its clients."""
    _run(_ONCE, actor, {"tag": str(actor.tenant_id)})


def fill(actor: Actor, *, client_id: UUID | None = None) -> UUID:
    """A row in every other table, as this actor, for a client or for none; returns the id they all have."""
    id_ = uuid4()
    _run(
        _STATEMENTS,
        actor,
        {
            "id": id_,
            "client_id": client_id,
            "tag": str(id_),
            "sha256": id_.hex * 2,
            "md5": id_.hex,
            "day": DAY,
        },
    )
    return id_


def add_client(actor: Actor, name: str) -> UUID:
    """A client of this tenant."""
    with db.transaction(actor) as session:
        made: UUID = session.execute(
            text("INSERT INTO clients (user_id, name) VALUES (:user_id, :name) RETURNING id"),
            {"user_id": actor.tenant_id, "name": name},
        ).scalar_one()
    return made


def add_member(actor: Actor, member: Actor, *, client_id: UUID | None, role: str = "editor") -> None:
    """Lets a person act in this tenant."""
    with db.transaction(actor) as session:
        session.execute(
            text(
                """
                INSERT INTO members (user_id, member_id, client_id, role)
                VALUES (:user_id, :member_id, :client_id, :role)
                """
            ),
            {
                "user_id": actor.tenant_id,
                "member_id": member.person_id,
                "client_id": client_id,
                "role": role,
            },
        )


def _run(statements: str, actor: Actor, values: dict[str, object]) -> None:
    with db.transaction(actor) as session:
        for statement in statements.split(";\n"):
            if statement.strip():
                session.execute(text(statement), {"user_id": actor.tenant_id, **values})
