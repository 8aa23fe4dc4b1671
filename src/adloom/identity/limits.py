"""What a tenant's tier allows: one table, `tier_limits`, NULL is unlimited. A self-hosted installation starts so."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from sqlalchemy import text

from adloom.core.errors import OverLimit
from adloom.db.session import Session


class Limit(StrEnum):
    """The columns of `tier_limits` that are held so far."""

    PLATFORM_ACCOUNTS = "max_platform_accounts"
    ACTIVE_ADS = "max_active_ads"
    CLIENTS = "max_clients"
    MEMBERS = "max_members"
    STORAGE_BYTES = "max_storage_bytes"


_WORDS = {
    Limit.PLATFORM_ACCOUNTS: "ad accounts",
    Limit.ACTIVE_ADS: "ads on platforms",
    Limit.CLIENTS: "clients",
    Limit.MEMBERS: "members",
    Limit.STORAGE_BYTES: "bytes of files",
}

_ALLOWED = text(
    """
    SELECT
        users.subscription_tier AS tier,
        CAST(to_jsonb(tier_limits) ->> :limit AS bigint) AS allowed
    FROM users
    JOIN tier_limits ON tier_limits.tier = users.subscription_tier
    WHERE users.id = (SELECT current_tenant())
    """
)

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('limit:' || current_tenant() || :limit, 0))")


def hold(session: Session, limit: Limit, *, used: Callable[[], int]) -> None:
    """Raises OverLimit where the tenant now has more than its tier allows; call it after what adds to it.

    `used` counts within the caller's transaction, and only where there is a limit. Two that add at once are counted
    one after the other.
    """
    row = session.execute(_ALLOWED, {"limit": limit.value}).one()
    if row.allowed is None:
        return
    session.execute(_ONE_AT_A_TIME, {"limit": limit.value})
    if used() > row.allowed:
        raise OverLimit(f"The tier {row.tier} allows {row.allowed} {_WORDS[limit]}.")
