"""The tables of identity. They never leave this room."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from adloom.db.base import Base, Dated, Deletable, Identified, TextEnum, pg_enum
from adloom.identity.types import MemberRole, SubscriptionTier, UserRole

_EMPTY = text("'{}'")


class User(Identified, Deletable, Base):
    """A person who signs in; an owner's id is the tenant."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(255))
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[UserRole] = mapped_column(pg_enum(UserRole, "user_role"), server_default=text("'user'"))
    subscription_tier: Mapped[SubscriptionTier] = mapped_column(
        pg_enum(SubscriptionTier, "subscription_tier"), server_default=text("'free'")
    )
    email_verified: Mapped[bool] = mapped_column(server_default=text("false"))
    last_login_at: Mapped[datetime | None]
    #: Written only; the application may not select it.
    password_hash: Mapped[str] = mapped_column(String(255), deferred=True, deferred_raiseload=True)

    __table_args__ = (
        CheckConstraint("email ~ '^[^@[:space:]]+@[^@[:space:]]+$'", name="email_is_an_address"),
        Index("idx_users_email", text("lower(email)"), unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("idx_users_role", "role", postgresql_where=text("deleted_at IS NULL")),
    )


class Client(Identified, Deletable, Base):
    """A brand that an owner works for."""

    __tablename__ = "clients"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    currency: Mapped[str | None] = mapped_column(String(3))
    time_zone: Mapped[str | None]
    monthly_budget: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    naming_template: Mapped[str | None]
    utm_template: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    caps: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    branding: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    declarations: Mapped[dict[str, Any]] = mapped_column(server_default=_EMPTY)
    #: Who planned a change of its ads does not apply it.
    second_person: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("id", "user_id", name="client_is_of_tenant"),
        CheckConstraint("monthly_budget > 0", name="monthly_budget_is_positive"),
        Index(
            "client_name_is_unique",
            "user_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_clients_user_id", "user_id"),
    )


class Member(Identified, Deletable, Base):
    """Who may act or read in an owner's tenant: for one client, or for all."""

    __tablename__ = "members"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    role: Mapped[MemberRole] = mapped_column(TextEnum(MemberRole))

    __table_args__ = (
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"], ondelete="CASCADE"),
        CheckConstraint("role IN ('editor', 'viewer')", name="member_role_is_known"),
        CheckConstraint("member_id <> user_id", name="owner_is_not_a_member"),
        Index(
            "member_is_listed_once",
            "user_id",
            "member_id",
            "client_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_members_user_id", "user_id"),
        Index("idx_members_member_id", "member_id"),
        Index("idx_members_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class UserSession(Identified, Dated, Base):
    """A signed-in session; a rotated refresh token points at its successor."""

    __tablename__ = "user_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    family_id: Mapped[UUID] = mapped_column(default=uuid4, server_default=text("gen_random_uuid()"))
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("user_sessions.id", ondelete="SET NULL"))
    token_jti: Mapped[str] = mapped_column(String(255))
    refresh_token_hash: Mapped[str | None] = mapped_column(String(255))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ip_address: Mapped[IPv4Address | IPv6Address | None] = mapped_column(INET)
    user_agent: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("token_jti", name="token_jti_is_unique"),
        CheckConstraint("replaced_by IS NULL OR revoked_at IS NOT NULL", name="replaced_session_is_revoked"),
        Index("idx_sessions_user_id", "user_id"),
        Index("idx_sessions_expires", "expires_at"),
        Index("idx_sessions_family", "family_id"),
        Index("idx_sessions_replaced_by", "replaced_by", postgresql_where=text("replaced_by IS NOT NULL")),
        Index("refresh_token_is_unique", "refresh_token_hash", unique=True),
    )


class LoginAttempt(Dated, Base):
    """Failed log-ins by throttle key; reached through functions alone."""

    __tablename__ = "login_attempts"

    throttle_key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    blocked_until: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("failures >= 0", name="failures_are_counted"),)


class TierLimit(Dated, Base):
    """What a tier may have; None is unlimited."""

    __tablename__ = "tier_limits"

    tier: Mapped[SubscriptionTier] = mapped_column(pg_enum(SubscriptionTier, "subscription_tier"), primary_key=True)
    max_platform_accounts: Mapped[int | None]
    max_active_ads: Mapped[int | None]
    max_clients: Mapped[int | None]
    max_members: Mapped[int | None]
    max_scheduled_reports: Mapped[int | None]
    max_storage_bytes: Mapped[int | None] = mapped_column(BigInteger)


class IdempotencyKey(Dated, Base):
    """An answer kept for a repeated request; `status` None while the first one runs."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID | None]
    method: Mapped[str]
    path: Mapped[str]
    hash: Mapped[str]
    status: Mapped[int | None]
    expires_at: Mapped[datetime] = mapped_column(server_default=text("now() + interval '24 hours'"))
    body: Mapped[dict[str, Any] | None]

    __table_args__ = (
        CheckConstraint("length(key) BETWEEN 1 AND 255", name="key_length_is_sane"),
        Index("idx_idempotency_keys_expires", "expires_at"),
    )
