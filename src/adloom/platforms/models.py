"""The tables of platforms: quotas across tenants, each tenant's share, unknown words, known places.

They never leave this room.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from adloom.db.base import Base, Dated, Identified, TextEnum, pg_enum
from adloom.platforms.types import LocationType, Platform


class PlatformQuota(Dated, Base):
    """What all tenants together spent of a quota per window; `reserve_quota()` alone writes here."""

    __tablename__ = "platform_quotas"

    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    scope_key: Mapped[str] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    window_end: Mapped[datetime]
    used: Mapped[int] = mapped_column(server_default=text("0"))
    blocked_until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("scope IN ('app', 'login', 'account')", name="scope_is_known"),
        CheckConstraint("used >= 0", name="used_is_not_negative"),
        Index("idx_platform_quotas_window_end", "window_end"),
    )


class ApiRateLimit(Identified, Dated, Base):
    """A tenant's share of a quota, and its history."""

    __tablename__ = "api_rate_limits"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    endpoint: Mapped[str] = mapped_column(String(255))
    requests_count: Mapped[int] = mapped_column(server_default=text("0"))
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("user_id", "platform", "endpoint", "window_start", name="share_is_counted_once"),
        CheckConstraint("window_end > window_start", name="window_has_a_length"),
        Index("idx_api_rate_limits_window_end", "window_end"),
    )


class PlatformSurprise(Dated, Base):
    """A word of a platform that this version does not know; `note_surprise()` alone writes here."""

    __tablename__ = "platform_surprises"

    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
    first_seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    last_seen_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("times > 0", name="times_is_positive"),
        Index("idx_platform_surprises_last_seen", "last_seen_at"),
    )


class PlatformPlace(Dated, Base):
    """What a platform has for a place as ads name it: `places` are (id, name), none where it knows none.

    Reference data of all tenants together; only a worker writes it, from a platform's own answer.
    """

    __tablename__ = "platform_places"

    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"), primary_key=True)
    type: Mapped[LocationType] = mapped_column(TextEnum(LocationType), primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    name: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    places: Mapped[list[Any]]
    looked_up_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("type IN ('COUNTRY', 'REGION', 'CITY', 'POSTAL')", name="type_is_known"),
        CheckConstraint("jsonb_typeof(places) = 'array'", name="places_are_a_list"),
        Index("idx_platform_places_looked_up_at", "looked_up_at"),
    )
