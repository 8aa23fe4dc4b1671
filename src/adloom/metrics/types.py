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
class MetricRow:
    """Sums in one currency; keys that are not grouped by are None. None among the sums is 'not reported'.

    `as_of` is the oldest pull among those that cover the row's days.
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
            "conversion_value": _text(self.conversion_value, digits),
            "spend": money.plain(self.spend, digits=digits),
            "ctr": _text(self.ctr),
            "cpc": _text(self.cpc, digits),
            "roas": _text(self.roas),
            "as_of": self.as_of.isoformat() if self.as_of else None,
        }


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one pull changed: rows written, and campaigns of the account that Adloom does not know, by platform id."""

    changed: int
    rows: int
    foreign: Mapping[str, int]

    def plus(self, other: Ingested) -> Ingested:
        """Both pulls together."""
        foreign = {
            name: self.foreign.get(name, 0) + other.foreign.get(name, 0) for name in {*self.foreign, *other.foreign}
        }
        return Ingested(self.changed + other.changed, self.rows + other.rows, dict(sorted(foreign.items())))


def _campaign(campaign: CampaignName | None) -> dict[str, Any] | None:
    if campaign is None:
        return None
    return {
        "id": str(campaign.id),
        "name": campaign.name,
        "platform_campaign_id": campaign.platform_campaign_id,
    }


def _text(value: Decimal | None, digits: int = 0) -> str | None:
    return None if value is None else money.plain(value, digits=digits)
