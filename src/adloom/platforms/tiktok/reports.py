"""TikTok's daily numbers per campaign: at most 30 days a call, page by page. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms import http
from adloom.platforms.facts import DailyFact
from adloom.platforms.spec import Account
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import ConversionEvent, Platform

MAX_DAYS = 30
PAGE_SIZE = 1000

#: `total_complete_payment_rate` is, in spite of its name, the value of all purchases.
PURCHASE_VALUE = "total_complete_payment_rate"
METRICS = ["spend", "impressions", "clicks", "conversion", PURCHASE_VALUE]


def daily(
    client: Client, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[DailyFact]:
    """Every campaign's days, both ends included; raises Unavailable where a day comes twice."""
    seen: set[tuple[str, date]] = set()
    for first, last in windows(since, until):
        for row in _rows(client, first=first, last=last):
            fact = to_fact(row, account=account, events=events)
            key = (fact.platform_campaign_id, fact.date)
            if key in seen:
                message = "TikTok gave the same day twice; the report is not whole."
                raise Unavailable(message, platform=Platform.TIKTOK_ADS)
            seen.add(key)
            yield fact


def windows(since: date, until: date) -> Iterator[tuple[date, date]]:
    """The range in pieces of at most 30 days, in order, without gap or overlap; pure."""
    first = since
    while first <= until:
        last = min(first + timedelta(days=MAX_DAYS - 1), until)
        yield first, last
        first = last + timedelta(days=1)


def to_fact(row: Mapping[str, Any], *, account: Account, events: Mapping[str, ConversionEvent]) -> DailyFact:
    """One row of the report; numbers are strings, and '-' is none; pure.

    TikTok answers 0 conversions where a campaign has no event: that is unknown, not zero. The value is
    that of purchases alone.
    """
    dimensions, metrics = row["dimensions"], row["metrics"]
    campaign_id = str(dimensions["campaign_id"])
    event = events.get(campaign_id)
    return DailyFact(
        platform_campaign_id=campaign_id,
        date=date.fromisoformat(str(dimensions["stat_time_day"])[:10]),
        impressions=int(number(metrics.get("impressions")) or 0),
        clicks=int(number(metrics.get("clicks")) or 0),
        spend=number(metrics.get("spend")) or Decimal(0),
        currency=account.currency,
        conversions=None if event is None else number(metrics.get("conversion")),
        conversion_value=number(metrics.get(PURCHASE_VALUE)) if event is ConversionEvent.PURCHASE else None,
    )


def number(text: Any) -> Decimal | None:
    """A metric's number; None for '-' and for nothing."""
    return None if text in (None, "", "-") else Decimal(str(text))


def _rows(client: Client, *, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Deleted campaigns are asked for by name, else their spend would be left out."""
    everything = {
        "field_name": "campaign_status",
        "filter_type": "IN",
        "filter_value": http.dumps(["STATUS_ALL"]),
    }
    params = {
        "advertiser_id": client.advertiser_id,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": METRICS,
        "start_date": first.isoformat(),
        "end_date": last.isoformat(),
        "filtering": [everything],
    }
    return client.rows("report/integrated/get", params=params, page_size=PAGE_SIZE)
