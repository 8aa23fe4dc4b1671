"""Rows that tests of several rooms stand on, as workers and people leave them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core import ids
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.platforms.types import Platform

_CREDENTIAL = text(
    """
    INSERT INTO user_api_credentials (user_id, platform, credentials_encrypted)
    VALUES (:user_id, CAST(:platform AS platform_type), 'sealed')
    ON CONFLICT (user_id, platform) DO UPDATE
    SET is_active = true
    RETURNING id
    """
)

_ACCOUNT = text(
    """
    INSERT INTO platform_accounts (
        user_id,
        client_id,
        credential_id,
        platform,
        external_id,
        name,
        currency,
        time_zone,
        status
    )
    VALUES (
        :user_id,
        :client_id,
        :credential_id,
        CAST(:platform AS platform_type),
        :external_id,
        'Shoes',
        :currency,
        :time_zone,
        :status
    )
    RETURNING id
    """
)

_AD = text(
    """
    INSERT INTO ads (user_id, client_id, name, origin, unified_data, targeting_data, budget_data)
    VALUES (:user_id, :client_id, :name, 'imported', '{}', '{}', '{}')
    RETURNING id
    """
)

_CAMPAIGN = text(
    """
    INSERT INTO campaigns (
        id,
        user_id,
        client_id,
        ad_id,
        platform_account_id,
        platform,
        platform_campaign_id,
        campaign_name,
        marker,
        status
    )
    SELECT
        gen_random_uuid(),
        user_id,
        client_id,
        :ad_id,
        id,
        platform,
        :platform_campaign_id,
        :name,
        :marker,
        'active'
    FROM platform_accounts
    WHERE id = :account_id
    RETURNING id
    """
)


def account(
    actor: Actor,
    platform: Platform = Platform.GOOGLE_ADS,
    *,
    external_id: str = "1234567890",
    client_id: UUID | None = None,
    currency: str = "USD",
    time_zone: str = "America/Los_Angeles",
    status: str = "active",
) -> UUID:
    """A connected ad account."""
    values: dict[str, Any] = {
        "user_id": actor.tenant_id,
        "platform": platform.value,
        "external_id": external_id,
        "client_id": client_id,
        "currency": currency,
        "time_zone": time_zone,
        "status": status,
    }
    with db.transaction(actor) as session:
        credential_id = session.execute(_CREDENTIAL, values).scalar_one()
        found: UUID = session.execute(_ACCOUNT, {**values, "credential_id": credential_id}).scalar_one()
    return found


def campaign(actor: Actor, account_id: UUID, *, platform_campaign_id: str, name: str = "Spring sale") -> UUID:
    """A campaign that stands in an ad account, as an imported one does."""
    with db.transaction(actor) as session:
        client_id = session.execute(
            text("SELECT client_id FROM platform_accounts WHERE id = :id"), {"id": account_id}
        ).scalar_one()
        values = {"user_id": actor.tenant_id, "client_id": client_id, "name": name}
        ad_id: UUID = session.execute(_AD, values).scalar_one()
        found: UUID = session.execute(
            _CAMPAIGN,
            {
                "ad_id": ad_id,
                "account_id": account_id,
                "platform_campaign_id": platform_campaign_id,
                "name": name,
                "marker": ids.marker(ad_id),
            },
        ).scalar_one()
    return found


def client(actor: Actor, name: str = "Acme") -> UUID:
    """A client of the owner's."""
    with db.transaction(actor) as session:
        found: UUID = session.execute(
            text("INSERT INTO clients (user_id, name) VALUES (:user_id, :name) RETURNING id"),
            {"user_id": actor.tenant_id, "name": name},
        ).scalar_one()
    return found
