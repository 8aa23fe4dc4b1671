"""TikTok's numbers per campaign, by day and by hour: in pieces that TikTok takes, page by page. Reads only.

Source: TikTok API for Business, `report/integrated/get`: at most 30 days a call by day, one by hour; days and hours
are the advertiser's. Numbers are texts, '-' is none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from adloom.core import time
from adloom.core.errors import Unavailable
from adloom.platforms import http, repeated_hours
from adloom.platforms.facts import AccountFact, DailyFact, HourlyFact
from adloom.platforms.spec import Account
from adloom.platforms.tiktok import shapes, tasks
from adloom.platforms.tiktok.client import Client, TooManyRows
from adloom.platforms.tiktok.mapping import number
from adloom.platforms.types import ConversionEvent, Platform

Fact = TypeVar("Fact")

MAX_DAYS = 30
MAX_DAYS_BY_HOUR = 1
PAGE_SIZE = 1000
#: How many rows the synchronous report gives whole (its documentation: 10,000 ads).
MOST_ROWS = 10_000

DAY, HOUR = "stat_time_day", "stat_time_hour"
#: `total_complete_payment_rate` is, in spite of its name, the value of all purchases.
PURCHASE_VALUE = "total_complete_payment_rate"
METRICS = ("spend", "impressions", "clicks", "conversion", PURCHASE_VALUE)
#: Not additive, and not told by the hour.
PEOPLE = ("reach", "frequency")

_NOTHING = (None, "", "-")

#: Deleted campaigns have to be asked for, else their spend would be left out.
_EVERYTHING = {
    "field_name": "campaign_status",
    "filter_type": "IN",
    "filter_value": http.dumps(["STATUS_ALL"]),
}


def daily(
    client: Client, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[DailyFact]:
    """Every campaign's days, both ends included; raises Unavailable where a day comes twice."""
    rows = rows_of(client, since=since, until=until, by=DAY, metrics=(*METRICS, *PEOPLE))
    yield from once((to_fact(row, account=account, events=events) for row in rows if _has_delivery(row)), by=_day)


def totals(client: Client, *, account: Account, since: date, until: date) -> Iterator[AccountFact]:
    """The advertiser's own days (`AUCTION_ADVERTISER`), in which deleted campaigns are counted unasked.

    `conversion` there counts what each ad group is optimized for, the value all purchases, whoever's they are.
    """
    rows = _of_advertiser(client, since=since, until=until)
    facts = (
        AccountFact(
            date=moment(row, by=DAY).date(),
            impressions=count(row, "impressions"),
            clicks=count(row, "clicks"),
            spend=spend_of(row),
            currency=account.currency,
            conversions=metric(row, "conversion"),
            conversion_value=metric(row, PURCHASE_VALUE),
        )
        for row in rows
        if _has_delivery(row)
    )
    yield from once(facts, by=lambda fact: fact.date)


def hourly(
    client: Client, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[HourlyFact]:
    """Every campaign's hours on the advertiser's clock; raises Unavailable where an hour comes twice.

    An hour that the clock really shows twice is one fact, whether TikTok gives it as one row or as two.
    """
    rows = rows_of(client, since=since, until=until, by=HOUR, metrics=METRICS)
    facts = (to_hour(row, account=account, events=events) for row in rows if _has_delivery(row))
    yield from once(repeated_hours.together(facts, zone=time.zone(account.time_zone)), by=repeated_hours.key)


def windows(since: date, until: date, *, days: int = MAX_DAYS) -> Iterator[tuple[date, date]]:
    """The range in pieces of at most so many days, in order, without gap or overlap; pure."""
    first = since
    while first <= until:
        last = min(first + timedelta(days=days - 1), until)
        yield first, last
        first = last + timedelta(days=1)


def rows_of(
    client: Client,
    *,
    since: date,
    until: date,
    by: str,
    metrics: Sequence[str],
    audience: str | None = None,
) -> Iterator[dict[str, Any]]:
    """The report's rows by campaign and time, and by a dimension of the audience where one is named."""
    days = MAX_DAYS_BY_HOUR if by == HOUR else MAX_DAYS
    for first, last in windows(since, until, days=days):
        params = {
            "advertiser_id": client.advertiser_id,
            "report_type": "BASIC" if audience is None else "AUDIENCE",
            "data_level": "AUCTION_CAMPAIGN",
            "dimensions": ["campaign_id", by, *([audience] if audience else [])],
            "metrics": list(metrics),
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "filtering": [_EVERYTHING],
        }
        yield from _whole(client, params=params)


def _of_advertiser(client: Client, *, since: date, until: date) -> Iterator[dict[str, Any]]:
    for first, last in windows(since, until):
        params = {
            "advertiser_id": client.advertiser_id,
            "report_type": "BASIC",
            "data_level": "AUCTION_ADVERTISER",
            "dimensions": ["advertiser_id", DAY],
            "metrics": list(METRICS),
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
        }
        yield from _whole(client, params=params)


def _whole(client: Client, *, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The synchronous report, or the same one as a task where it holds more than TikTok gives at once."""
    try:
        yield from client.rows("report/integrated/get", params=params, page_size=PAGE_SIZE, most=MOST_ROWS)
    except TooManyRows as many:
        yield from tasks.rows(client, params=params, counted=many.counted)


def once(facts: Iterable[Fact], *, by: Callable[[Fact], Hashable]) -> Iterator[Fact]:
    """The facts as they come; raises Unavailable where one comes twice, because then others may be missing."""
    seen: set[Hashable] = set()
    for fact in facts:
        if by(fact) in seen:
            raise broken("gave the same row twice")
        seen.add(by(fact))
        yield fact


def to_fact(row: Mapping[str, Any], *, account: Account, events: Mapping[str, ConversionEvent]) -> DailyFact:
    """One row of the report by day; pure."""
    people = {name: str(found) for name in PEOPLE if (found := metric(row, name)) is not None}
    shared = _shared(row, account=account, events=events)
    return DailyFact(**shared, date=moment(row, by=DAY).date(), platform_metrics=people)


def to_hour(row: Mapping[str, Any], *, account: Account, events: Mapping[str, ConversionEvent]) -> HourlyFact:
    """One row of the report by hour; pure."""
    at = moment(row, by=HOUR)
    shared = _shared(row, account=account, events=events)
    return HourlyFact(**shared, date=at.date(), hour=at.hour, zone=account.time_zone)


def campaign_of(row: Mapping[str, Any]) -> str:
    """The campaign of a row, whose id is a text or a number; raises Unavailable where there is none."""
    found = shapes.an_id(shapes.an_object(row.get("dimensions")).get("campaign_id"))
    if not found:
        raise broken("gave a row of no campaign")
    return found


def moment(row: Mapping[str, Any], *, by: str) -> datetime:
    """When a row was, on the advertiser's clock; raises Unavailable where that cannot be read."""
    text = shapes.text(shapes.an_object(row.get("dimensions")).get(by))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise broken(f"gave a row of no time ({text!r})") from None


def metric(row: Mapping[str, Any], name: str) -> Decimal | None:
    """A number of a row; None for '-' and for nothing. Raises Unavailable for what cannot be read as one."""
    value = shapes.an_object(row.get("metrics")).get(name)
    found = number(value)
    if found is None and value not in _NOTHING:
        raise broken(f"told a {name} that is no number ({value!r})")
    return found


def spend_of(row: Mapping[str, Any]) -> Decimal:
    """What a row cost, 0 for '-'; raises Unavailable where TikTok does not say, for money is never guessed."""
    if shapes.an_object(row.get("metrics")).get("spend") in (None, ""):
        raise broken("told no spend")
    return metric(row, "spend") or Decimal(0)


def count(row: Mapping[str, Any], name: str) -> int:
    """A whole number of a row; 0 for '-'. Raises Unavailable for a fraction."""
    found = metric(row, name) or Decimal(0)
    if found != found.to_integral_value():
        raise broken(f"told a {name} that is no whole number ({found})")
    return int(found)


def broken(what: str) -> Unavailable:
    """A report that cannot be trusted."""
    return Unavailable(f"TikTok {what}; the report is not whole.", platform=Platform.TIKTOK_ADS.value)


def _shared(row: Mapping[str, Any], *, account: Account, events: Mapping[str, ConversionEvent]) -> dict[str, Any]:
    """TikTok answers 0 conversions where a campaign has no event: that is unknown, not zero.

    The value is that of purchases alone.
    """
    campaign_id = campaign_of(row)
    event = events.get(campaign_id)
    return {
        "platform_campaign_id": campaign_id,
        "impressions": count(row, "impressions"),
        "clicks": count(row, "clicks"),
        "spend": spend_of(row),
        "currency": account.currency,
        "conversions": None if event is None else metric(row, "conversion"),
        "conversion_value": metric(row, PURCHASE_VALUE) if event is ConversionEvent.PURCHASE else None,
    }


def _has_delivery(row: Mapping[str, Any]) -> bool:
    return spend_of(row) != 0 or any(metric(row, name) for name in METRICS)


def _day(fact: DailyFact) -> tuple[str, date]:
    return fact.platform_campaign_id, fact.date
