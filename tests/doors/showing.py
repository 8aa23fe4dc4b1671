"""What pages show in tests: connected ad accounts, campaigns, and days with figures, as workers would leave them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.campaigns import drifts
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import actions, rollups
from adloom.platforms.changes import Drift
from adloom.platforms.types import Platform

_LOGIN = text(
    """
    INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted, is_active)
    VALUES (:user_id, :platform, 'sealed', true)
    ON CONFLICT (user_id, platform) DO UPDATE
    SET is_active = true
    RETURNING id
    """
)

_ACCOUNT = text(
    """
    INSERT INTO platform_accounts (
        id, user_id, credential_id, platform, external_id, name, currency, time_zone, status, attributes
    )
    VALUES (
        :id, :user_id, :credential_id, :platform, :external_id, 'Shop account', :currency, 'America/Los_Angeles',
        'ENABLED', '{}'
    )
    """
)

_CAMPAIGN = text(
    """
    INSERT INTO campaigns (
        id, user_id, ad_id, platform_account_id, platform, platform_campaign_id, campaign_name, marker, status
    )
    VALUES (:id, :user_id, :ad_id, :account_id, :platform, :remote_id, :name, :marker, 'active')
    """
)

_COMPARED = text(
    """
    UPDATE background_jobs
    SET
        status = 'completed',
        completed_at = now(),
        result = jsonb_build_object(
            'account_id', platform_accounts.id,
            'platform', platform_accounts.platform,
            'external_id', platform_accounts.external_id,
            'time_zone', platform_accounts.time_zone,
            'from', CAST(:days AS jsonb) #>> '{0,date}',
            'to', CAST(:days AS jsonb) #>> '{-1,date}',
            'compared_at', now(),
            'unexplained', CAST(:unexplained AS integer),
            'pull_job_id', NULL,
            'days', CAST(:days AS jsonb)
        )
    FROM platform_accounts
    WHERE background_jobs.id = :job_id
        AND CAST(platform_accounts.id AS text) = background_jobs.job_data ->> 'account_id'
    """
)

_DAY = text(
    """
    INSERT INTO campaign_metrics (
        user_id, campaign_id, platform, date, time_zone, impressions, clicks, conversions, conversion_value,
        spend_amount, spend_currency
    )
    VALUES (:user_id, :campaign_id, :platform, :date, 'America/Los_Angeles', 1000, 50, 4, 120, :spend, :currency)
    """
)


_APPLIED = text("UPDATE campaigns SET spec = CAST(:spec AS jsonb) WHERE id = :id")


def account(actor: Actor, platform: Platform, *, external_id: str, currency: str = "USD") -> UUID:
    """An ad account under a login that works."""
    account_id = uuid4()
    with db.transaction(actor) as session:
        login = session.execute(_LOGIN, {"user_id": actor.tenant_id, "platform": platform.value}).scalar_one()
        values = {
            "id": account_id,
            "user_id": actor.tenant_id,
            "credential_id": login,
            "platform": platform.value,
            "external_id": external_id,
            "currency": currency,
        }
        session.execute(_ACCOUNT, values)
    return account_id


def campaign(actor: Actor, *, ad_id: UUID, account_id: UUID, platform: Platform, name: str = "Spring sale") -> UUID:
    """An active campaign of an ad."""
    campaign_id = uuid4()
    values = {
        "id": campaign_id,
        "user_id": actor.tenant_id,
        "ad_id": ad_id,
        "account_id": account_id,
        "platform": platform.value,
        "remote_id": str(campaign_id.int)[:12],
        "name": name,
        "marker": campaign_id.hex[:12],
    }
    with db.transaction(actor) as session:
        session.execute(_CAMPAIGN, values)
    return campaign_id


def figures(
    actor: Actor,
    *,
    campaign_id: UUID,
    platform: Platform,
    newest: date,
    days: int,
    spend: str = "10.00",
    currency: str = "USD",
) -> None:
    """So many days with figures, up to the newest."""
    with db.transaction(actor) as session:
        for number in range(days):
            values = {
                "user_id": actor.tenant_id,
                "campaign_id": campaign_id,
                "platform": platform.value,
                "date": newest - timedelta(days=number),
                "spend": Decimal(spend),
                "currency": currency,
            }
            session.execute(_DAY, values)
    rollups.mend(actor)


def compared(actor: Actor, *, days: Sequence[Mapping[str, Any]]) -> None:
    """A comparison of each ad account that found these days, which came in the order given."""
    unexplained = sum(day["explanation"] == "unexplained" for day in days)
    for job_id in actions.reconcile(actor):
        values = {"job_id": job_id, "days": json.dumps(days), "unexplained": unexplained}
        with db.transaction(actor) as session:
            session.execute(_COMPARED, values)


def applied(actor: Actor, campaign_id: UUID, *, ad: dict[str, Any]) -> None:
    """What a campaign was given last."""
    spec = json.dumps({"ad": ad, "start": "2026-01-01T00:00:00+00:00"})
    with db.transaction(actor) as session:
        session.execute(_APPLIED, {"id": campaign_id, "spec": spec})


_DEPLOYED = text(
    """
    INSERT INTO campaign_deployments (id, user_id, campaign_id, actor_id, deployment_type, status, completed_at, spec)
    SELECT :id, :user_id, id, :actor_id, 'create', 'completed', now(), spec
    FROM campaigns
    WHERE id = :campaign_id
    """
)


def deployed(actor: Actor, campaign_id: UUID) -> UUID:
    """The creation that a campaign came from, with what was applied."""
    deployment_id = uuid4()
    values = {
        "id": deployment_id,
        "user_id": actor.tenant_id,
        "actor_id": actor.person_id,
        "campaign_id": campaign_id,
    }
    with db.transaction(actor) as session:
        session.execute(_DEPLOYED, values)
    return deployment_id


def drifted(actor: Actor, campaign_id: UUID, *found: Drift) -> None:
    """What a sync saw changed on the platform itself."""
    with db.transaction(actor) as session:
        drifts.seen(session, user_id=actor.tenant_id, campaign_id=campaign_id, found=found)
