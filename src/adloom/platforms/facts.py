"""What platforms report, in Adloom's words: one frozen row per fact. None is 'not reported', which is not 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Dimension(StrEnum):
    """By what an audience is split. Values of each: `AudienceFact.value`."""

    AGE = "age"
    GENDER = "gender"
    DEVICE = "device"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class DailyFact:
    """One campaign's day, in the account's time zone and currency."""

    platform_campaign_id: str
    date: date
    impressions: int
    clicks: int
    spend: Decimal
    currency: str
    conversions: Decimal | None = None
    conversion_value: Decimal | None = None
    platform_metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AccountFact:
    """One day of a whole account as the platform itself sums it up, whoever made its campaigns, deleted ones included.

    The day is one in the account's time zone, money is in its currency. Conversions and their value are None where the
    platform tells none, or none that are counted as all of its campaigns' days are.
    """

    date: date
    impressions: int
    clicks: int
    spend: Decimal
    currency: str
    conversions: Decimal | None = None
    conversion_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HourlyFact:
    """One campaign's hour on the wall clock of `zone` (an IANA name): the account's, or `UTC` where a report says so.

    `hour` is 0 to 23. A local hour that comes twice, when clocks go back, is one row with both hours' figures where
    the platform does not tell them apart. Conversions are None where a platform has none by the hour (Meta).
    """

    platform_campaign_id: str
    date: date
    hour: int
    zone: str
    impressions: int
    clicks: int
    spend: Decimal
    currency: str
    conversions: Decimal | None = None
    conversion_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ConversionFact:
    """One campaign's day of one conversion action. `action` is the platform's id or type of it, `name` what people see.

    Actions may overlap (Meta's do): a sum over them means nothing unless the platform says that they are distinct.
    """

    platform_campaign_id: str
    date: date
    action: str
    name: str
    conversions: Decimal
    currency: str
    conversion_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AudienceFact:
    """One campaign's day of one part of its audience.

    `value` is: an age bracket as the platform cuts it, written `18-24` or `65+`; `MALE` or `FEMALE`; `MOBILE`,
    `DESKTOP`, `TABLET` or `TV`; an ISO 3166-1 alpha-2 country; or `UNKNOWN`. Another word of the platform stays as it
    is.
    """

    platform_campaign_id: str
    date: date
    dimension: Dimension
    value: str
    impressions: int
    clicks: int
    currency: str
    spend: Decimal | None = None
    conversions: Decimal | None = None
    conversion_value: Decimal | None = None
