"""Reads of logins, of people on their way to one, and of ad accounts with what they offer and lack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.audit import queries as audit
from adloom.connections import rules
from adloom.connections.types import (
    AccountView,
    AuthorizationStatus,
    AuthorizationView,
    CredentialView,
    FaultView,
    ResourceView,
)
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.platforms.access import ResourceKind
from adloom.platforms.contract import FoundAccount
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
        last_synced_at,
        inspected_at,
        missing_rights,
        trim_scale(daily_cap) AS daily_cap,
        zone_evidence - 'reading' AS zone_evidence
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
        error_message,
        is_active OR attributes ? 'login' AS is_connected,
        CAST(attributes ->> 'renews' AS boolean) AS renews
    FROM user_api_credentials
    ORDER BY platform
    """
)

_RESOURCES = text(
    """
    SELECT
        platform_account_id AS account_id,
        kind,
        external_id,
        name,
        status,
        attributes,
        seen_at,
        gone_at
    FROM account_resources
    WHERE platform_account_id = :account_id
    ORDER BY
        gone_at NULLS FIRST,
        kind,
        name,
        external_id
    """
)

_FAULTS = text(
    """
    SELECT
        platform_account_id AS account_id,
        code,
        words,
        fix,
        blocks_writes,
        asks,
        seen_at
    FROM account_faults
    WHERE gone_at IS NULL
        AND (CAST(:account_id AS uuid) IS NULL OR platform_account_id = CAST(:account_id AS uuid))
    ORDER BY
        blocks_writes DESC,
        code,
        platform_account_id
    """
)

_AUTHORIZATION = text(
    """
    SELECT
        id,
        platform,
        status,
        expires_at,
        job_id,
        error_message,
        accounts
    FROM authorizations
    WHERE id = :id
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


def earlier(session: ReadSession, account: AccountView) -> Iterator[AccountView]:
    """How the account was before, newest first, as far back as the audit log is looked through and shown."""
    names = ("client_id", "external_id", "currency", "time_zone", "status", "attributes", "daily_cap")
    for old in audit.earlier(session, "platform_accounts", account.id, columns=names):
        values = dict(old)
        if values.get("client_id") is not None:
            values["client_id"] = UUID(values["client_id"])
        if values.get("daily_cap") is not None:
            values["daily_cap"] = _trimmed(Decimal(str(values["daily_cap"])))
        account = replace(account, **values)
        yield account


def credentials(actor: Actor) -> tuple[CredentialView, ...]:
    """Every login of the tenant, without its secrets."""
    with db.reading(actor) as session:
        rows = session.execute(_CREDENTIALS).mappings()
        return tuple(_credential(row) for row in rows)


def resources(actor: Actor, *, account_id: UUID) -> tuple[ResourceView, ...]:
    """What ads of an account can use, what is gone last."""
    with db.reading(actor) as session:
        return resources_in(session, account_id=account_id)


def resources_in(session: ReadSession, *, account_id: UUID) -> tuple[ResourceView, ...]:
    """The same, in the caller's transaction."""
    rows = session.execute(_RESOURCES, {"account_id": account_id}).mappings()
    return tuple(ResourceView(**{**row, "kind": ResourceKind(row["kind"])}) for row in rows)


def faults(actor: Actor, *, account_id: UUID | None = None) -> tuple[FaultView, ...]:
    """What is wrong with an account now, or with all that this actor may see; what blocks everything first."""
    with db.reading(actor) as session:
        return faults_in(session, account_id=account_id)


def faults_in(session: ReadSession, *, account_id: UUID | None = None) -> tuple[FaultView, ...]:
    """The same, in the caller's transaction."""
    rows = session.execute(_FAULTS, {"account_id": account_id}).mappings()
    return tuple(FaultView(**{**row, "asks": tuple(row["asks"])}) for row in rows)


def authorization(actor: Actor, *, authorization_id: UUID) -> AuthorizationView | None:
    """How far an authorisation is, with the accounts that it found; or None."""
    with db.reading(actor) as session:
        row = session.execute(_AUTHORIZATION, {"id": authorization_id}).mappings().first()
    if row is None:
        return None
    values: dict[str, Any] = {
        **row,
        "platform": Platform(row["platform"]),
        "status": AuthorizationStatus(row["status"]),
        "accounts": tuple(FoundAccount(**account) for account in row["accounts"]),
    }
    return AuthorizationView(**values)


def _credential(row: RowMapping) -> CredentialView:
    platform = Platform(row["platform"])
    renews = rules.renews(platform) if row["renews"] is None else row["renews"]
    return CredentialView(**{**row, "platform": platform, "renews": renews})


def _account(row: RowMapping) -> AccountView:
    values: dict[str, Any] = dict(row)
    rights = tuple(values.pop("missing_rights"))
    return AccountView(platform=Platform(values.pop("platform")), missing_rights=rights, **values)


def _trimmed(amount: Decimal) -> Decimal:
    """As `trim_scale` has it: no zeros at the end, and no exponent."""
    short = amount.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
