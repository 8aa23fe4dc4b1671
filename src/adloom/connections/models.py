"""The tables of connections. They never leave this room."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adloom.connections.types import AuthorizationStatus
from adloom.db.base import Base, Dated, Identified, TextEnum, pg_enum
from adloom.platforms.access import ResourceKind
from adloom.platforms.types import Platform

_EMPTY = text("'{}'")
_NONE = text("'[]'")


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


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
    #: Empty where no login is in use. Written by the application, selected by the worker's own role alone: name it
    #: with `undefer`.
    credentials_encrypted: Mapped[str] = mapped_column(deferred=True, deferred_raiseload=True)
    #: A new login until a worker has tried it; as secret as the other.
    candidate_encrypted: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)

    __table_args__ = (
        UniqueConstraint("user_id", "platform", name="login_is_connected_once"),
        UniqueConstraint("id", "user_id", name="credential_is_of_tenant"),
        CheckConstraint("NOT is_active OR credentials_encrypted <> ''", name="login_in_use_is_sealed"),
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
    #: When it was last looked at for what its ads need, and what its login was found not to be allowed there.
    inspected_at: Mapped[datetime | None]
    missing_rights: Mapped[list[Any]] = mapped_column(server_default=_NONE)
    #: The most that the budgets set in it may come to a day, in its currency.
    daily_cap: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    #: The last hourly reading, and what it and the one before say of the zone that its reports count in.
    zone_evidence: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["credential_id", "user_id"],
            ["user_api_credentials.id", "user_api_credentials.user_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        UniqueConstraint("user_id", "platform", "external_id", name="account_is_connected_once"),
        UniqueConstraint("id", "user_id", name="account_is_of_tenant"),
        CheckConstraint("daily_cap > 0", name="daily_cap_is_positive"),
        Index("idx_platform_accounts_credential", "credential_id"),
        Index("idx_platform_accounts_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class Authorization(Identified, Dated, Base):
    """A person on the way through a platform's consent page and back."""

    __tablename__ = "authorizations"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    actor_id: Mapped[UUID]
    session_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    status: Mapped[AuthorizationStatus] = mapped_column(TextEnum(AuthorizationStatus), server_default=text("'started'"))
    state_hash: Mapped[str]
    expires_at: Mapped[datetime]
    job_id: Mapped[UUID | None]
    error_message: Mapped[str | None]
    accounts: Mapped[list[Any]] = mapped_column(server_default=_NONE)
    #: Both sealed, and selected by the worker's own role alone.
    verifier_encrypted: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)
    code_encrypted: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)

    __table_args__ = (
        UniqueConstraint("state_hash", name="state_is_unique"),
        CheckConstraint(_one_of("status", AuthorizationStatus), name="authorization_status_is_known"),
        Index("idx_authorizations_user_id", "user_id"),
        Index("idx_authorizations_expires", "expires_at"),
    )


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["platform_account_id", "user_id"],
        ["platform_accounts.id", "platform_accounts.user_id"],
        ondelete="CASCADE",
    )


class AccountResource(Identified, Dated, Base):
    """What ads of an account can use beside it."""

    __tablename__ = "account_resources"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    platform_account_id: Mapped[UUID]
    kind: Mapped[ResourceKind] = mapped_column(TextEnum(ResourceKind))
    external_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=text("''"))
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)

    __table_args__ = (
        _of_account(),
        UniqueConstraint("platform_account_id", "kind", "external_id", name="resource_is_listed_once"),
        CheckConstraint(_one_of("kind", ResourceKind), name="resource_kind_is_known"),
        Index("idx_account_resources_user_id", "user_id"),
    )


class AccountFault(Identified, Dated, Base):
    """What keeps an account from working as it should; `gone_at` is NULL while it does."""

    __tablename__ = "account_faults"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    platform_account_id: Mapped[UUID]
    code: Mapped[str]
    words: Mapped[str]
    fix: Mapped[str]
    blocks_writes: Mapped[bool]
    asks: Mapped[list[Any]] = mapped_column(server_default=_NONE)
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]

    __table_args__ = (
        _of_account(),
        UniqueConstraint("platform_account_id", "code", name="fault_is_listed_once"),
        Index("idx_account_faults_user_id", "user_id"),
    )


class FaultAnswer(Identified, Dated, Base):
    """What a person declared to mend a fault."""

    __tablename__ = "fault_answers"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    platform_account_id: Mapped[UUID]
    actor_id: Mapped[UUID | None]
    fault: Mapped[str]
    answers: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        _of_account(),
        Index("idx_fault_answers_user_id", "user_id"),
        Index("idx_fault_answers_account", "platform_account_id"),
    )
