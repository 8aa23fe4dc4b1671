"""The tables of ads. They never leave this room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from adloom.ads.types import AdOrigin, AdStatus
from adloom.assets.types import AssetType
from adloom.db.base import Base, Dated, Deletable, Identified, TextEnum, pg_enum


class Ad(Identified, Deletable, Base):
    """The unified ad: content, targeting, budget and schedule."""

    __tablename__ = "ads"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(255))
    status: Mapped[AdStatus] = mapped_column(pg_enum(AdStatus, "ad_status"), server_default=text("'draft'"))
    origin: Mapped[AdOrigin] = mapped_column(TextEnum(AdOrigin), server_default=text("'composed'"))
    description: Mapped[str | None]
    unified_data: Mapped[dict[str, Any]]
    targeting_data: Mapped[dict[str, Any]]
    budget_data: Mapped[dict[str, Any]]
    schedule_data: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        UniqueConstraint("id", "user_id", name="ad_is_of_tenant"),
        CheckConstraint("origin IN ('composed', 'imported')", name="ad_origin_is_known"),
        Index("idx_ads_user_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("idx_ads_status", "status", postgresql_where=text("deleted_at IS NULL")),
        Index("idx_ads_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class AdAsset(Identified, Dated, Base):
    """An asset that an ad uses, in a role and an order."""

    __tablename__ = "ad_assets"

    user_id: Mapped[UUID]
    ad_id: Mapped[UUID]
    asset_id: Mapped[UUID]
    asset_type: Mapped[AssetType] = mapped_column(pg_enum(AssetType, "asset_type"))
    order_index: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        ForeignKeyConstraint(["ad_id", "user_id"], ["ads.id", "ads.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["asset_id", "user_id"], ["assets.id", "assets.user_id"], ondelete="CASCADE"),
        UniqueConstraint("ad_id", "asset_id", "asset_type", name="asset_has_a_role_once"),
        Index("idx_ad_assets_asset_id", "asset_id"),
    )
