"""The tables of assets. They never leave this room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from adloom.assets.types import AssetKind
from adloom.db.base import Base, Dated, Deletable, Identified, TextEnum, pg_enum
from adloom.platforms.types import Platform


class Asset(Identified, Deletable, Base):
    """A file: probed, hashed, stored once per owner."""

    __tablename__ = "assets"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    filename: Mapped[str] = mapped_column(String(255))
    original_filename: Mapped[str] = mapped_column(String(255))
    kind: Mapped[AssetKind] = mapped_column(TextEnum(AssetKind))
    mime_type: Mapped[str] = mapped_column(String(100))
    file_size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    #: Whole seconds, rounded up; `metadata_` keeps milliseconds.
    duration: Mapped[int | None]
    sha256: Mapped[str]
    md5: Mapped[str]
    storage_key: Mapped[str]
    file_url: Mapped[str]
    thumbnail_url: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")

    __table_args__ = (
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        UniqueConstraint("id", "user_id", name="asset_is_of_tenant"),
        CheckConstraint("kind IN ('image', 'video', 'document')", name="asset_kind_is_known"),
        CheckConstraint("file_size > 0", name="file_is_not_empty"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),
        CheckConstraint("md5 ~ '^[0-9a-f]{32}$'", name="md5_is_hexadecimal"),
        Index(
            "asset_is_stored_once",
            "user_id",
            "client_id",
            "sha256",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_assets_user_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("idx_assets_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class PlatformAsset(Identified, Dated, Base):
    """What an asset is called in an ad account that holds it."""

    __tablename__ = "platform_assets"

    user_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    platform_account_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    platform_asset_id: Mapped[str] = mapped_column(String(255))
    platform_url: Mapped[str | None]
    platform_metadata: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["asset_id", "user_id"], ["assets.id", "assets.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["platform_account_id", "user_id"],
            ["platform_accounts.id", "platform_accounts.user_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("asset_id", "platform", "platform_account_id", name="asset_is_uploaded_once"),
        Index("idx_platform_assets_account", "platform_account_id"),
    )
