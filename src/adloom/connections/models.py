"""The tables of connections. They never leave this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adloom.db.base import Base, Dated, Identified, pg_enum
from adloom.platforms.types import Platform

_EMPTY = text("'{}'")


class UserApiCredential(Identified, Dated, Base):
    """An owner's login at a platform."""

    __tablename__ = "user_api_credentials"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    last_validated_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    error_message: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    #: Written by the application, selected by the worker's own role alone: name it with `undefer`.
    credentials_encrypted: Mapped[str] = mapped_column(deferred=True, deferred_raiseload=True)
    #: A new login until a worker has tried it; as secret as the other.
    candidate_encrypted: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)

    __table_args__ = (
        UniqueConstraint("user_id", "platform", name="login_is_connected_once"),
        UniqueConstraint("id", "user_id", name="credential_is_of_tenant"),
        Index("idx_api_credentials_active", "is_active", postgresql_where=text("is_active = true")),
    )


class PlatformAccount(Identified, Dated, Base):
    """An ad account that a login reaches."""

    __tablename__ = "platform_accounts"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    credential_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    external_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255))
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str]
    #: The platform's word; `disconnected` is ours, and ends every pull.
    status: Mapped[str] = mapped_column(server_default=text("'active'"))
    last_synced_at: Mapped[datetime | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)

    __table_args__ = (
        ForeignKeyConstraint(
            ["credential_id", "user_id"],
            ["user_api_credentials.id", "user_api_credentials.user_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        UniqueConstraint("user_id", "platform", "external_id", name="account_is_connected_once"),
        UniqueConstraint("id", "user_id", name="account_is_of_tenant"),
        Index("idx_platform_accounts_credential", "credential_id"),
        Index("idx_platform_accounts_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )
