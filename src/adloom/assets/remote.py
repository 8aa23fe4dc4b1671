"""What assets are called in the ad accounts that hold them: looked up before an upload, kept after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import null, orm, text
from sqlalchemy.dialects.postgresql import insert

from adloom.assets.models import PlatformAsset
from adloom.db.trips import Query
from adloom.platforms.types import Platform

_FIND = text(
    """
    SELECT
        platform,
        platform_asset_id,
        platform_url
    FROM platform_assets
    WHERE asset_id = :asset_id
        AND platform_account_id = :platform_account_id
    """
)


@dataclass(frozen=True, slots=True)
class RemoteAsset:
    """An asset in an ad account: the platform's id of it, and where it can be seen there."""

    platform: Platform
    platform_asset_id: str
    platform_url: str | None


def find(session: orm.Session, *, asset_id: UUID, platform_account_id: UUID) -> RemoteAsset | None:
    """What an asset is called in an ad account, or None where it was not uploaded there."""
    values = {"asset_id": asset_id, "platform_account_id": platform_account_id}
    row = session.execute(_FIND, values).one_or_none()
    if row is None:
        return None
    return RemoteAsset(Platform(row.platform), row.platform_asset_id, row.platform_url)


def finding(*, asset_id: UUID, platform_account_id: UUID) -> Query:
    """The same as a query to be sent with others: a row of platform, the platform's id and where it can be seen."""
    return Query(_FIND, {"asset_id": asset_id, "platform_account_id": platform_account_id})


def record(
    session: orm.Session,
    *,
    user_id: UUID,
    asset_id: UUID,
    platform: Platform,
    platform_account_id: UUID,
    platform_asset_id: str,
    platform_url: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Remembers what an asset is called in an ad account; a later upload there replaces an earlier one."""
    names: dict[str, Any] = {
        "platform_asset_id": platform_asset_id,
        "platform_url": platform_url,
        "platform_metadata": null() if metadata is None else dict(metadata),
    }
    statement = insert(PlatformAsset).values(
        user_id=user_id,
        asset_id=asset_id,
        platform=platform,
        platform_account_id=platform_account_id,
        **names,
    )
    session.execute(statement.on_conflict_do_update(constraint="asset_is_uploaded_once", set_=names))
