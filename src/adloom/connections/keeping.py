"""Rows of logins and ad accounts, written by a worker: accepted, refused, kept, compared. Joins the caller's
transaction: of the worker's own role for logins, of the tenant for accounts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from adloom.core.errors import Conflict
from adloom.db.session import Session
from adloom.identity import limits
from adloom.identity.limits import Limit
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform

_ACCEPTED = text(
    """
    SELECT id
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
        AND attributes ->> 'login' = :offer
        AND is_active
    """
)

# An offer that another one has taken the place of is not accepted any more.
_ACCEPT = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = CASE
            WHEN attributes ->> 'candidate' = :offer THEN candidate_encrypted
            ELSE credentials_encrypted
        END,
        expires_at = CASE WHEN attributes ->> 'candidate' = :offer THEN :expires_at ELSE expires_at END,
        candidate_encrypted = CASE WHEN attributes ->> 'candidate' = :offer THEN NULL ELSE candidate_encrypted END,
        attributes = CASE
            WHEN attributes ->> 'candidate' = :offer
                THEN attributes - 'candidate' || jsonb_build_object('login', CAST(:offer AS text))
            ELSE attributes
        END,
        is_active = true,
        error_message = NULL,
        last_validated_at = clock_timestamp()
    WHERE platform = CAST(:platform AS platform_type)
        AND (attributes ->> 'candidate' = :offer OR attributes ->> 'login' = :offer)
    RETURNING id
    """
)

_REFUSE = text(
    """
    UPDATE user_api_credentials
    SET
        candidate_encrypted = NULL,
        attributes = attributes - 'candidate',
        error_message = CASE WHEN is_active THEN error_message ELSE :message END
    WHERE platform = CAST(:platform AS platform_type)
        AND attributes ->> 'candidate' = :offer
    """
)

_VALIDATED = text(
    """
    UPDATE user_api_credentials
    SET
        is_active = true,
        error_message = NULL,
        last_validated_at = clock_timestamp()
    WHERE platform = CAST(:platform AS platform_type)
    """
)

# Currency and time zone stay what they were: numbers of two kinds are not mixed, and the row says so.
_ACCOUNTS = text("SELECT count(*) FROM platform_accounts WHERE status <> 'disconnected'")

_KEEP_ACCOUNT = text(
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
        status,
        attributes
    )
    VALUES (
        :user_id,
        CAST(:client_id AS uuid),
        :credential_id,
        CAST(:platform AS platform_type),
        :external_id,
        :name,
        :currency,
        :time_zone,
        'active',
        CAST(:attributes AS jsonb)
    )
    ON CONFLICT (user_id, platform, external_id) DO UPDATE
    SET
        credential_id = excluded.credential_id,
        client_id = coalesce(platform_accounts.client_id, excluded.client_id),
        name = excluded.name,
        status = CASE
            WHEN platform_accounts.currency = excluded.currency
                AND platform_accounts.time_zone = excluded.time_zone
                THEN 'active'
            ELSE 'changed'
        END,
        attributes = platform_accounts.attributes || excluded.attributes
    RETURNING
        id,
        external_id,
        currency,
        time_zone,
        status,
        client_id
    """
)

_COMPARE = text(
    """
    UPDATE platform_accounts
    SET status = CASE WHEN currency = :currency AND time_zone = :time_zone THEN 'active' ELSE 'changed' END
    WHERE platform = CAST(:platform AS platform_type)
        AND external_id = :external_id
        AND status IN ('active', 'changed')
    RETURNING
        external_id,
        status
    """
)


_MARK_CHANGED = text("UPDATE platform_accounts SET status = 'changed' WHERE id = :id")


def accepted(session: Session, *, platform: Platform, offer: str) -> bool:
    """Whether this offer was accepted already, and nothing has taken its place."""
    return session.execute(_ACCEPTED, {"platform": platform.value, "offer": offer}).scalar() is not None


def accept(session: Session, *, platform: Platform, offer: str, expires_at: datetime | None) -> UUID:
    """Makes the offered login the one that is used; raises Conflict where a newer one was offered since."""
    values = {"platform": platform.value, "offer": offer, "expires_at": expires_at}
    found = session.execute(_ACCEPT, values).scalar()
    if found is None:
        raise Conflict(f"Another login for {platform.value} was given since; this one was not kept.")
    return UUID(str(found))


def refuse(session: Session, *, platform: Platform, offer: str, message: str) -> None:
    """Forgets an offered login; the one that is used stays as it is."""
    session.execute(_REFUSE, {"platform": platform.value, "offer": offer, "message": message})


def validated(session: Session, *, platform: Platform) -> None:
    """The login works."""
    session.execute(_VALIDATED, {"platform": platform.value})


def keep_account(
    session: Session,
    account: FoundAccount,
    *,
    user_id: UUID,
    client_id: str | None,
    credential_id: UUID,
    platform: Platform,
    attributes: Mapping[str, str],
) -> dict[str, str]:
    """Keeps an ad account and returns it; `status` is `changed` where its currency or time zone is another one.

    Raises Conflict where it belongs to another client than the one that is named, OverLimit beyond the tier's accounts.
    """
    values = {
        "user_id": user_id,
        "client_id": client_id,
        "credential_id": credential_id,
        "platform": platform.value,
        "external_id": account.external_id,
        "name": account.name or account.external_id,
        "currency": account.currency,
        "time_zone": account.time_zone,
        "attributes": json.dumps({**account.attributes, **attributes}),
    }
    row = dict(session.execute(_KEEP_ACCOUNT, values).mappings().one())
    limits.hold(session, Limit.PLATFORM_ACCOUNTS, used=lambda: int(session.execute(_ACCOUNTS).scalar_one()))
    owner = row.pop("client_id")
    if client_id is not None and str(owner) != client_id:
        raise Conflict(f"The ad account {account.external_id} belongs to another client. Assign it to this one first.")
    return {name: str(value) for name, value in row.items()}


def compare(session: Session, reached: Sequence[FoundAccount], *, platform: Platform) -> list[str]:
    """Marks the accounts whose currency or time zone is not what it was, and returns their ids; heals the others."""
    changed = []
    for account in reached:
        values = {
            "platform": platform.value,
            "external_id": account.external_id,
            "currency": account.currency,
            "time_zone": account.time_zone,
        }
        row = session.execute(_COMPARE, values).one_or_none()
        if row is not None and row.status == "changed":
            changed.append(str(row.external_id))
    return changed


def mark_changed(session: Session, *, account_id: UUID) -> None:
    """The account is not what it was when it was connected; who pulls its numbers has found out."""
    session.execute(_MARK_CHANGED, {"id": account_id})
