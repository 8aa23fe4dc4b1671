"""The tables of metrics. They never leave this room; ingest and reading are COPY and SQL, not objects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from adloom.db.base import Base, Created, Dated, Identified, TextEnum, pg_enum
from adloom.metrics.rate_files import Source
from adloom.platforms.types import Platform

_COUNTS = "impressions >= 0 AND clicks >= 0"


class _Fact(Dated):
    """What every fact knows: whose it is, and in which zone and currency it is told."""

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    time_zone: Mapped[str]
    #: None is 'not reported', which is not 0.
    conversions: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    conversion_value: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    spend_currency: Mapped[str] = mapped_column(String(3), server_default=text("'USD'"))
    #: The pull that first said these figures; 2000-01-01 where it came before pulls were kept.
    valid_from: Mapped[datetime] = mapped_column(server_default=text("'2000-01-01 00:00:00+00'"))


class CampaignMetric(_Fact, Base):
    """A campaign's day, in its account's time zone and currency."""

    __tablename__ = "campaign_metrics"

    date: Mapped[date]
    impressions: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    clicks: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    spend_amount: Mapped[Decimal] = mapped_column(Numeric(20, 6), server_default=text("0"))
    cpc: Mapped[Decimal | None] = mapped_column(
        Numeric, Computed("round(spend_amount::numeric(38, 18) / nullif(clicks, 0), 4)", persisted=True)
    )
    ctr: Mapped[Decimal | None] = mapped_column(
        Numeric, Computed("round(clicks::numeric(38, 18) / nullif(impressions, 0), 4)", persisted=True)
    )
    conversion_rate: Mapped[Decimal | None] = mapped_column(
        Numeric, Computed("round(conversions::numeric(38, 18) / nullif(clicks, 0), 4)", persisted=True)
    )
    roas: Mapped[Decimal | None] = mapped_column(
        Numeric, Computed("round(conversion_value::numeric(38, 18) / nullif(spend_amount, 0), 2)", persisted=True)
    )
    platform_metrics: Mapped[dict[str, Any] | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date"),
        CheckConstraint(_COUNTS, name="counts_are_not_negative"),
        Index(
            "idx_metrics_multi_platform",
            text("date DESC"),
            "campaign_id",
            postgresql_include=[
                "user_id",
                "platform",
                "impressions",
                "clicks",
                "spend_amount",
                "spend_currency",
            ],
        ),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class CampaignMetricHourly(_Fact, Base):
    """A campaign's hour, kept for a week."""

    __tablename__ = "campaign_metrics_hourly"

    hour_timestamp: Mapped[datetime]
    impressions: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    clicks: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    spend_amount: Mapped[Decimal] = mapped_column(Numeric(20, 6), server_default=text("0"))
    platform_metrics: Mapped[dict[str, Any] | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "hour_timestamp"),
        CheckConstraint(_COUNTS, name="counts_are_not_negative"),
        {"postgresql_partition_by": "RANGE (hour_timestamp)"},
    )


class CampaignConversion(_Fact, Base):
    """Conversions of a campaign's day by the platform's action."""

    __tablename__ = "campaign_conversions"

    date: Mapped[date]
    action: Mapped[str]
    name: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date", "action"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class CampaignAudience(_Fact, Base):
    """A campaign's day by one dimension of its audience."""

    __tablename__ = "campaign_audience"

    date: Mapped[date]
    dimension: Mapped[str]
    value: Mapped[str]
    impressions: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    clicks: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    spend_amount: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date", "dimension", "value"),
        CheckConstraint("dimension IN ('age', 'gender', 'device', 'country')", name="dimension_is_known"),
        CheckConstraint(_COUNTS, name="counts_are_not_negative"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class _Earlier(Created):
    """What every earlier version of a fact knows: from which pull up to which one it was said."""

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    time_zone: Mapped[str]
    conversions: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    conversion_value: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    spend_currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime]


_LASTED = "valid_from < valid_to"


class CampaignMetricEarlier(_Earlier, Base):
    """What a campaign's day was said to be, from one pull up to another."""

    __tablename__ = "campaign_metrics_ledger"

    date: Mapped[date]
    impressions: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    spend_amount: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    platform_metrics: Mapped[dict[str, Any] | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date", "valid_to"),
        CheckConstraint(_LASTED, name="lasted"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class CampaignMetricHourlyEarlier(_Earlier, Base):
    """What a campaign's hour was said to be; kept as long as the hours are."""

    __tablename__ = "campaign_metrics_hourly_ledger"

    hour_timestamp: Mapped[datetime]
    impressions: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    spend_amount: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    platform_metrics: Mapped[dict[str, Any] | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "hour_timestamp", "valid_to"),
        CheckConstraint(_LASTED, name="lasted"),
        {"postgresql_partition_by": "RANGE (hour_timestamp)"},
    )


class CampaignConversionEarlier(_Earlier, Base):
    """What a conversion action's day was said to be."""

    __tablename__ = "campaign_conversions_ledger"

    date: Mapped[date]
    action: Mapped[str]
    name: Mapped[str | None]

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date", "action", "valid_to"),
        CheckConstraint(_LASTED, name="lasted"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class CampaignAudienceEarlier(_Earlier, Base):
    """What a part of the audience was said to have done on a day."""

    __tablename__ = "campaign_audience_ledger"

    date: Mapped[date]
    dimension: Mapped[str]
    value: Mapped[str]
    impressions: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    spend_amount: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "date", "dimension", "value", "valid_to"),
        CheckConstraint(_LASTED, name="lasted"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class _Sum(Created):
    """Sums of facts in one currency. What no fact told is unknown, not 0: how many told it is kept beside it."""

    #: Ingest sets it itself, with the database's clock: a statement that adds to thousands of sums fires no trigger.
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"), sort_order=91)

    user_id: Mapped[UUID]
    date: Mapped[date]
    spend_currency: Mapped[str] = mapped_column(String(3))
    facts: Mapped[int] = mapped_column(BigInteger)
    impressions: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    conversions: Mapped[Decimal] = mapped_column(Numeric(38, 6))
    conversions_told: Mapped[int] = mapped_column(BigInteger)
    conversion_value: Mapped[Decimal] = mapped_column(Numeric(38, 6))
    conversion_value_told: Mapped[int] = mapped_column(BigInteger)
    spend_amount: Mapped[Decimal] = mapped_column(Numeric(38, 6))


class AccountMetric(_Sum, Base):
    """An account's day over its campaigns, by their client: what every question without a campaign is answered from."""

    __tablename__ = "account_metrics"

    platform_account_id: Mapped[UUID]
    client_id: Mapped[UUID | None]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))

    __table_args__ = (
        UniqueConstraint(
            "user_id",
            "date",
            "platform_account_id",
            "platform",
            "spend_currency",
            "client_id",
            name="account_has_a_day_once",
            postgresql_nulls_not_distinct=True,
        ),
        {"postgresql_partition_by": "RANGE (date)"},
    )
    #: The table has no primary key, because a client may be none; the constraint above is what identifies a row.
    __mapper_args__ = {  # noqa: RUF012 SQLAlchemy declares it so
        "primary_key": ["user_id", "date", "platform_account_id", "platform", "spend_currency", "client_id"],
        "allow_partial_pks": True,
    }


class CampaignWeek(_Sum, Base):
    """A campaign's week; its date is the Monday."""

    __tablename__ = "campaign_weeks"

    campaign_id: Mapped[UUID]

    __table_args__ = (
        PrimaryKeyConstraint("user_id", "date", "campaign_id", "spend_currency"),
        {"postgresql_partition_by": "RANGE (date)"},
    )


class CampaignWindow(Created, Base):
    """A campaign's last 7, 30 or 90 days and as many before, up to the tenant's `CampaignWindowEnd`."""

    __tablename__ = "campaign_windows"

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    days: Mapped[int] = mapped_column(SmallInteger)
    spend_currency: Mapped[str] = mapped_column(String(3))
    facts: Mapped[int] = mapped_column(BigInteger)
    impressions: Mapped[int] = mapped_column(BigInteger)
    clicks: Mapped[int] = mapped_column(BigInteger)
    conversions: Mapped[Decimal | None]
    conversion_value: Mapped[Decimal | None]
    spend_amount: Mapped[Decimal]
    facts_before: Mapped[int] = mapped_column(BigInteger)
    impressions_before: Mapped[int] = mapped_column(BigInteger)
    clicks_before: Mapped[int] = mapped_column(BigInteger)
    conversions_before: Mapped[Decimal | None]
    conversion_value_before: Mapped[Decimal | None]
    spend_amount_before: Mapped[Decimal]
    updated_at: Mapped[datetime] = mapped_column(server_default=text("now()"), sort_order=91)

    __table_args__ = (
        PrimaryKeyConstraint("campaign_id", "days", "spend_currency"),
        CheckConstraint("days IN (7, 30, 90)", name="days_are_a_preset"),
        Index(
            "idx_campaign_windows_spend", "user_id", "days", "spend_currency", text("spend_amount DESC"), "campaign_id"
        ),
    )


class CampaignWindowEnd(Dated, Base):
    """The last day of all windows of a tenant; without a row there are none yet."""

    __tablename__ = "campaign_window_ends"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    until: Mapped[date]


class MetricPull(Identified, Created, Base):
    """A successful pull: which days it covered, when, and by which rule the platform attributed."""

    __tablename__ = "metric_pulls"

    user_id: Mapped[UUID]
    platform_account_id: Mapped[UUID]
    grain: Mapped[str]
    since: Mapped[date]
    until: Mapped[date]
    pulled_at: Mapped[datetime]
    attribution: Mapped[str | None]
    rows: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        ForeignKeyConstraint(
            ["platform_account_id", "user_id"],
            ["platform_accounts.id", "platform_accounts.user_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("grain IN ('day', 'hour', 'conversion', 'audience')", name="grain_is_known"),
        CheckConstraint("since <= until", name="days_are_in_order"),
        Index("idx_metric_pulls_account", "platform_account_id", "grain", "pulled_at"),
    )


class MetricCoverage(Dated, Base):
    """A day of an account that a successful pull covers: an absent row inside is zero, outside unknown."""

    __tablename__ = "metric_coverage"

    user_id: Mapped[UUID]
    platform_account_id: Mapped[UUID]
    grain: Mapped[str]
    date: Mapped[date]
    pull_id: Mapped[UUID]
    pulled_at: Mapped[datetime]

    __table_args__ = (
        PrimaryKeyConstraint("platform_account_id", "grain", "date"),
        ForeignKeyConstraint(
            ["platform_account_id", "user_id"],
            ["platform_accounts.id", "platform_accounts.user_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("grain IN ('day', 'hour', 'conversion', 'audience')", name="grain_is_known"),
    )


class ExchangeRate(Dated, Base):
    """Units of a currency that one euro buys on a day. Nobody's and everybody's: it has no tenant."""

    __tablename__ = "exchange_rates"

    currency: Mapped[str] = mapped_column(primary_key=True)
    date: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal]
    source: Mapped[Source] = mapped_column(TextEnum(Source))

    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$' AND currency <> 'EUR'", name="currency_is_a_code"),
        CheckConstraint("rate > 0 AND rate < 1000000000000", name="rate_is_positive"),
        CheckConstraint("source IN ('wheel', 'ecb', 'own')", name="source_is_known"),
    )
