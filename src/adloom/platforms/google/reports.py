"""Google's daily numbers by GAQL: in the account's days and currency, page by page (`google.md`, 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms.facts import DailyFact
from adloom.platforms.google import mapping
from adloom.platforms.google.client import Client
from adloom.platforms.types import Platform

_DAILY = """SELECT segments.date, campaign.id, customer.currency_code, metrics.impressions, metrics.clicks,
metrics.cost_micros, metrics.conversions, metrics.conversions_value
FROM campaign WHERE segments.date BETWEEN '{since}' AND '{until}'"""


def daily(client: Client, *, since: date, until: date) -> Iterator[DailyFact]:
    """Every campaign's days, removed campaigns included; days without delivery are absent."""
    seen: set[tuple[str, date]] = set()
    for row in client.search(_DAILY.format(since=since.isoformat(), until=until.isoformat())):
        fact = _fact(row)
        key = (fact.platform_campaign_id, fact.date)
        if key in seen:
            raise Unavailable("Google Ads gave one day twice.", platform=Platform.GOOGLE_ADS.value)
        seen.add(key)
        yield fact


def _fact(row: Mapping[str, Any]) -> DailyFact:
    metrics = row.get("metrics", {})
    return DailyFact(
        platform_campaign_id=str(row["campaign"]["id"]),
        date=date.fromisoformat(row["segments"]["date"]),
        impressions=int(metrics.get("impressions", 0)),
        clicks=int(metrics.get("clicks", 0)),
        spend=mapping.from_micros(metrics.get("costMicros", 0)),
        currency=str(row["customer"]["currencyCode"]),
        conversions=Decimal(metrics.get("conversions", 0)),
        conversion_value=Decimal(metrics.get("conversionsValue", 0)),
    )
