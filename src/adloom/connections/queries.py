"""Reads of logins and ad accounts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.connections.types import AccountView, CredentialView
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.platforms.types import Platform

_ACCOUNTS = text(
    """
    SELECT
        id,
        credential_id,
        client_id,
        platform,
        external_id,
        name,
        currency,
        time_zone,
        status,
        attributes,
        last_synced_at
    FROM platform_accounts
    WHERE (CAST(:id AS uuid) IS NULL OR id = CAST(:id AS uuid))
        AND (CAST(:platform AS platform_type) IS NULL OR platform = CAST(:platform AS platform_type))
    ORDER BY platform, external_id
    """
)

_CREDENTIALS = text(
    """
    SELECT
        id,
        platform,
        is_active,
        last_validated_at,
        expires_at,
        error_message
    FROM user_api_credentials
    ORDER BY platform
    """
)


def accounts(actor: Actor, *, platform: Platform | None = None) -> tuple[AccountView, ...]:
    """Every ad account this actor may see, by platform and id."""
    with db.reading(actor) as session:
        return accounts_in(session, platform=platform)


def accounts_in(session: ReadSession, *, platform: Platform | None = None) -> tuple[AccountView, ...]:
    """The same, in the caller's transaction."""
    values = {"id": None, "platform": platform.value if platform else None}
    return tuple(_account(row) for row in session.execute(_ACCOUNTS, values).mappings())


def account(actor: Actor, *, account_id: UUID) -> AccountView | None:
    """One ad account, or None."""
    with db.reading(actor) as session:
        return account_in(session, account_id=account_id)


def account_in(session: ReadSession, *, account_id: UUID) -> AccountView | None:
    """The same, in the caller's transaction."""
    row = session.execute(_ACCOUNTS, {"id": account_id, "platform": None}).mappings().first()
    return None if row is None else _account(row)


def credentials(actor: Actor) -> tuple[CredentialView, ...]:
    """Every login of the tenant, without its secrets."""
    with db.reading(actor) as session:
        rows = session.execute(_CREDENTIALS).mappings()
        return tuple(CredentialView(**{**row, "platform": Platform(row["platform"])}) for row in rows)


def _account(row: RowMapping) -> AccountView:
    values: dict[str, Any] = dict(row)
    return AccountView(platform=Platform(values.pop("platform")), **values)
