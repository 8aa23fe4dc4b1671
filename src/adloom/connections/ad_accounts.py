"""Rows of ad accounts, as a worker finds them: kept, compared, disconnected. Joins the tenant's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from adloom.connections.types import AccountView
from adloom.core.errors import Conflict
from adloom.db.session import Session
from adloom.identity import limits
from adloom.identity.limits import Limit
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform

_ACCOUNTS = text("SELECT count(*) FROM platform_accounts WHERE status <> 'disconnected'")

_COUNT_WITH = text(
    """
    SELECT count(*)
    FROM (
        SELECT CAST(platform AS text), external_id
        FROM platform_accounts
        WHERE status <> 'disconnected'
        UNION
        SELECT :platform, unnest(CAST(:external_ids AS text[]))
    ) AS accounts
    """
)

# Currency and time zone stay what they were: numbers of two kinds are not mixed, and the row says so.
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

#: Kept among the account's attributes; no adapter reads them.
_IMPORTING, _HISTORY = "imports_campaigns", "imports_history"
_SET_IMPORTING = text(
    """
    UPDATE platform_accounts
    SET attributes = CASE
        WHEN :ongoing THEN attributes || '{"imports_campaigns": "true"}'
        ELSE attributes - 'imports_campaigns' - 'imports_history'
    END
    WHERE id = :account_id
    """
)
_BEGIN_HISTORY = text(
    """
    UPDATE platform_accounts
    SET attributes = attributes || '{"imports_history": "true"}'
    WHERE id = :account_id
        AND attributes ->> 'imports_campaigns' = 'true'
        AND attributes ->> 'imports_history' IS NULL
    RETURNING id
    """
)

_MARK_CHANGED = text("UPDATE platform_accounts SET status = 'changed' WHERE id = :id")

_DISCONNECT = text(
    """
    UPDATE platform_accounts
    SET status = 'disconnected'
    WHERE platform = CAST(:platform AS platform_type)
        AND status <> 'disconnected'
    """
)
_OF_PLATFORM = text(
    """
    SELECT external_id
    FROM platform_accounts
    WHERE platform = CAST(:platform AS platform_type)
    ORDER BY external_id
    """
)


def hold_limit(session: Session, *, platform: Platform, external_ids: Collection[str]) -> None:
    """Returns where these accounts can be connected beside those that are; raises OverLimit beyond the tier's."""
    values = {"platform": platform.value, "external_ids": list(external_ids)}
    limits.hold(session, Limit.PLATFORM_ACCOUNTS, used=lambda: int(session.execute(_COUNT_WITH, values).scalar_one()))


def keep(
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


def disconnect_all(session: Session, *, platform: Platform) -> list[str]:
    """Marks every ad account of the platform as disconnected, and returns their ids, in their order."""
    session.execute(_DISCONNECT, {"platform": platform.value})
    return [str(row) for row in session.execute(_OF_PLATFORM, {"platform": platform.value}).scalars()]


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


def set_importing(session: Session, *, account_id: UUID, ongoing: bool) -> None:
    """Whether campaigns that others make in this account are imported as they appear."""
    session.execute(_SET_IMPORTING, {"account_id": account_id, "ongoing": ongoing})


def is_importing(account: AccountView) -> bool:
    """Whether the account is set to it."""
    return account.attributes.get(_IMPORTING) == "true"


def of_ads(account: AccountView) -> Mapping[str, str]:
    """The account's attributes that an ad can depend on: not those that say what is imported."""
    return {name: value for name, value in account.attributes.items() if name not in (_IMPORTING, _HISTORY)}


def begins_history(session: Session, *, account_id: UUID) -> bool:
    """Whether the figures of the past have yet to be asked for with everybody's campaigns in mind; True but once.

    Once again where importing was ended since, for nothing of others was taken in from then on.
    """
    return session.execute(_BEGIN_HISTORY, {"account_id": account_id}).scalar() is not None


def mark_changed(session: Session, *, account_id: UUID) -> None:
    """The account is not what it was when it was connected; who pulls its numbers has found out."""
    session.execute(_MARK_CHANGED, {"id": account_id})
