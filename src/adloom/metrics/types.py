"""The values of metrics, as doors and reports see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.core import money
from adloom.platforms.types import Platform

CTR_SCALE, CPC_SCALE, ROAS_SCALE = 4, 4, 2

#: As facts are kept; what a conversion makes of them is rounded to it where it is shown.
_MONEY_SCALE = 6

#: A day without a rate takes the last earlier one, if it is not older than this.
MAX_RATE_AGE_DAYS = 7


class By(StrEnum):
    """What rows are grouped by; the currency always is."""

    PLATFORM = "platform"
    CAMPAIGN = "campaign"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class CampaignName:
    id: UUID
    name: str
    platform_campaign_id: str | None


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that a row took: who said them, the oldest one's day, and on how many days an earlier one stood in.

    `age_days` is how old a rate was at most on the day whose figures it converts.
    """

    source: str
    oldest: date
    age_days: int
    carried_days: int

    def __str__(self) -> str:
        """What a reader of the figures is told."""
        words = f"Converted at each day's rate (source: {self.source}; the oldest is of {self.oldest})"
        carried, age = (f"{n} day{'' if n == 1 else 's'}" for n in (self.carried_days, self.age_days))
        return f"{words}; on {carried} at an earlier one, up to {age} old." if self.carried_days else f"{words}."

    def as_json(self) -> dict[str, Any]:
        """As it stands under `rates` in a row."""
        return {
            "source": self.source,
            "oldest": self.oldest.isoformat(),
            "age_days": self.age_days,
            "carried_days": self.carried_days,
        }


@dataclass(frozen=True, slots=True)
class Lacking:
    """A rate that is not held: of which currency, for which day, and the last earlier day that has one."""

    currency: str
    day: date
    last_held: date | None

    def __str__(self) -> str:
        held = f"the last one held is of {self.last_held}" if self.last_held else "none is held"
        return f"there is no rate of {self.currency} for {self.day}, nor of the {MAX_RATE_AGE_DAYS} days before: {held}"


@dataclass(frozen=True, slots=True)
class MetricRow:
    """Sums in one currency; keys that are not grouped by are None. None among the sums is 'not reported'.

    `as_of` is the oldest pull among those that cover the row's days. Where a reporting currency was asked for, `rates`
    tells which ones made it, and `note` why a row was left in its own; converted money is not rounded yet.
    """

    platform: Platform | None
    campaign: CampaignName | None
    date: date | None
    currency: str
    impressions: int
    clicks: int
    conversions: Decimal | None
    conversion_value: Decimal | None
    spend: Decimal
    as_of: datetime | None
    rates: Rates | None = None
    note: str | None = None

    @property
    def ctr(self) -> Decimal | None:
        """Clicks per impression, a fraction."""
        return money.ratio(Decimal(self.clicks), self.impressions, scale=CTR_SCALE)

    @property
    def cpc(self) -> Decimal | None:
        """Spend per click."""
        return money.ratio(self.spend, self.clicks, scale=CPC_SCALE)

    @property
    def roas(self) -> Decimal | None:
        """Conversion value per spend."""
        return money.ratio(self.conversion_value, self.spend, scale=ROAS_SCALE)

    def as_json(self) -> dict[str, Any]:
        """The row as `product.md` promises it: counts as integers, everything else as decimal strings."""
        digits = money.currency_digits(self.currency)
        return {
            "platform": self.platform.value if self.platform else None,
            "campaign": _campaign(self.campaign),
            "date": self.date.isoformat() if self.date else None,
            "currency": self.currency,
            "impressions": self.impressions,
            "clicks": self.clicks,
            "conversions": _text(self.conversions),
            "conversion_value": _money(self.conversion_value, digits),
            "spend": _money(self.spend, digits),
            "ctr": _text(self.ctr),
            "cpc": _text(self.cpc, digits),
            "roas": _text(self.roas),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "rates": self.rates.as_json() if self.rates else None,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one pull changed: rows written, and campaigns of the account that Adloom does not know, by platform id.

    `imported` is how many of the account's campaigns it has come to know by this pull.
    """

    changed: int
    rows: int
    foreign: Mapping[str, int]
    imported: int = 0

    def plus(self, other: Ingested) -> Ingested:
        """Both pulls together."""
        foreign = {
            name: self.foreign.get(name, 0) + other.foreign.get(name, 0) for name in {*self.foreign, *other.foreign}
        }
        return Ingested(
            changed=self.changed + other.changed,
            rows=self.rows + other.rows,
            foreign=dict(sorted(foreign.items())),
            imported=self.imported + other.imported,
        )


def _campaign(campaign: CampaignName | None) -> dict[str, Any] | None:
    if campaign is None:
        return None
    return {
        "id": str(campaign.id),
        "name": campaign.name,
        "platform_campaign_id": campaign.platform_campaign_id,
    }


def _money(value: Decimal | None, digits: int) -> str | None:
    return None if value is None else money.plain(money.rounded(value, scale=_MONEY_SCALE), digits=digits)


def _text(value: Decimal | None, digits: int = 0) -> str | None:
    return None if value is None else money.plain(value, digits=digits)
