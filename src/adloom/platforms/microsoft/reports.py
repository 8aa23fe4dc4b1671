"""Microsoft's numbers: days, hours, conversions by goal, audiences. Each report's rows become facts.

Which report and which columns: the reporting service's column value sets. No report tells how many people were reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adloom.core.errors import Invalid
from adloom.core.time import zone as zone_of
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.microsoft import countries, csv_report, downloads
from adloom.platforms.microsoft.client import Client
from adloom.platforms.microsoft.csv_report import Row
from adloom.platforms.microsoft.downloads import HourlyRow, Report
from adloom.platforms.spec import Account

_COUNTS = ("Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue")
CAMPAIGN = Report("CampaignPerformanceReport", ("TimePeriod", "CampaignId", "CurrencyCode", *_COUNTS), hourly_days=178)
ACCOUNT = Report("AccountPerformanceReport", ("TimePeriod", "AccountId", "CurrencyCode", *_COUNTS), hourly_days=178)
DEVICE = replace(CAMPAIGN, columns=(*CAMPAIGN.columns, "DeviceType"))
#: Of all goals, also those that no bid follows; it has no currency, for goals are paid in the account's.
GOALS = Report(
    "GoalsAndFunnelsReport",
    ("TimePeriod", "CampaignId", "GoalId", "Goal", "AllConversionsQualified", "AllRevenue"),
    hourly_days=27,
)
#: Both columns are required, whichever is asked for; it has no currency either.
PEOPLE = Report(
    "AgeGenderAudienceReport", ("TimePeriod", "CampaignId", "AgeGroup", "Gender", *_COUNTS), hourly_days=178
)
PLACES = Report(
    "UserLocationPerformanceReport", ("TimePeriod", "CampaignId", "CurrencyCode", "Country", *_COUNTS), hourly_days=12
)

UNKNOWN = "UNKNOWN"
_DEVICES = {
    "Computer": "DESKTOP",
    "Smartphone": "MOBILE",
    "Non-smartphone": "MOBILE",
    "Tablet": "TABLET",
    "Tv": "TV",
    "TV": "TV",
}
_GENDERS = {"Male": "MALE", "Female": "FEMALE"}
_NOBODY = ("", "unknown", "undetermined", "unspecified")


@dataclass(frozen=True, slots=True)
class Split:
    """How a dimension is reported: by which report, in which column, in which words."""

    report: Report
    column: str
    value: Callable[[str], str]


_SPLITS: Mapping[Dimension, Split] = {
    Dimension.AGE: Split(PEOPLE, "AgeGroup", lambda word: word),
    Dimension.GENDER: Split(PEOPLE, "Gender", lambda word: _GENDERS.get(word, word)),
    Dimension.DEVICE: Split(DEVICE, "DeviceType", lambda word: _DEVICES.get(word, word)),
    Dimension.COUNTRY: Split(PLACES, "Country", countries.code),
}
DIMENSIONS = frozenset(_SPLITS)


@dataclass(slots=True)
class Sums:
    """Figures that add up; what no row reported stays None."""

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)
    conversions: Decimal | None = None
    value: Decimal | None = None
    currency: str = ""

    def add(self, row: Row) -> None:
        """Adds a row's figures."""
        self.impressions += csv_report.whole(row.get("Impressions", ""))
        self.clicks += csv_report.whole(row.get("Clicks", ""))
        self.spend += csv_report.number(row.get("Spend", "")) or Decimal(0)
        self.conversions = _plus(self.conversions, csv_report.number(_counted(row, "ConversionsQualified")))
        self.value = _plus(self.value, csv_report.number(_counted(row, "Revenue")))
        self.currency = csv_report.word(row.get("CurrencyCode")) or self.currency

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened at all."""
        return not (self.impressions or self.clicks or self.spend or self.conversions or self.value)


def daily(client: Client, *, account: Account, since: date, until: date) -> Iterator[DailyFact]:
    """Every campaign's days; raises Unavailable where a report is not whole or does not come."""
    in_hours = downloads.zone_of_reports(account) != account.time_zone
    dated = downloads.days(client, CAMPAIGN, account=account, since=since, until=until)
    yield from day_facts(dated, currency=account.currency, may_repeat=in_hours)


def day_facts(dated: Iterable[tuple[date, Row]], *, currency: str, may_repeat: bool = False) -> Iterator[DailyFact]:
    """The facts of dated rows; days on which nothing happened are left out. Pure.

    A campaign's day comes in one row, but where UTC's hours make up the account's days (`may_repeat`).
    """
    found: dict[tuple[str, date], Sums] = {}
    for day, row in dated:
        key = (_campaign(row), day)
        if key in found and not may_repeat:
            raise csv_report.broken("it holds one day twice")
        found.setdefault(key, Sums()).add(row)
    for (campaign, day), sums in found.items():
        if not sums.is_empty:
            yield DailyFact(
                platform_campaign_id=campaign,
                date=day,
                impressions=sums.impressions,
                clicks=sums.clicks,
                spend=sums.spend,
                currency=sums.currency or currency,
                conversions=sums.conversions,
                conversion_value=sums.value,
            )


def totals(client: Client, *, account: Account, since: date, until: date) -> Iterator[AccountFact]:
    """The account's own days (AccountPerformanceReport), on the account's calendar as `daily` puts them there."""
    may_repeat = downloads.zone_of_reports(account) != account.time_zone
    found: dict[date, Sums] = {}
    for day, row in downloads.days(client, ACCOUNT, account=account, since=since, until=until):
        if day in found and not may_repeat:
            raise csv_report.broken("it holds one day twice")
        found.setdefault(day, Sums()).add(row)
    for day, sums in found.items():
        if not sums.is_empty:
            yield AccountFact(
                date=day,
                impressions=sums.impressions,
                clicks=sums.clicks,
                spend=sums.spend,
                currency=sums.currency or account.currency,
                conversions=sums.conversions,
                conversion_value=sums.value,
            )


def hourly(client: Client, *, account: Account, since: date, until: date) -> Iterator[HourlyFact]:
    """Every campaign's hours, on the clock of the account or of UTC, as the account's report zone is."""
    rows = downloads.hours(client, CAMPAIGN, account=account, since=since, until=until)
    yield from hour_facts(rows, zone=downloads.zone_of_reports(account), currency=account.currency)


def hour_facts(rows: Iterable[HourlyRow], *, zone: str, currency: str) -> Iterator[HourlyFact]:
    """The facts of hourly rows; an hour that the clocks of the zone show twice is one fact with both. Pure."""
    found: dict[tuple[str, date, int], Sums] = {}
    for each in rows:
        key = (_campaign(each.row), each.date, each.hour)
        if key in found and not _comes_twice(each, zone=zone):
            raise csv_report.broken("it holds one hour twice")
        found.setdefault(key, Sums()).add(each.row)
    for (campaign, day, hour), sums in found.items():
        if not sums.is_empty:
            yield HourlyFact(
                platform_campaign_id=campaign,
                date=day,
                hour=hour,
                zone=zone,
                impressions=sums.impressions,
                clicks=sums.clicks,
                spend=sums.spend,
                currency=sums.currency or currency,
                conversions=sums.conversions,
                conversion_value=sums.value,
            )


def conversions(client: Client, *, account: Account, since: date, until: date) -> Iterator[ConversionFact]:
    """Every campaign's days by conversion goal; goals are distinct, and all of them are counted."""
    found: dict[tuple[str, date, str], Sums] = {}
    names: dict[str, str] = {}
    for day, row in downloads.days(client, GOALS, account=account, since=since, until=until):
        name = csv_report.word(row.get("Goal"))
        action = csv_report.word(row.get("GoalId")) or name or UNKNOWN
        names[action] = name or action
        found.setdefault((_campaign(row), day, action), Sums()).add(row)
    for (campaign, day, action), sums in found.items():
        if not sums.is_empty:
            yield ConversionFact(
                platform_campaign_id=campaign,
                date=day,
                action=action,
                name=names[action],
                conversions=sums.conversions or Decimal(0),
                currency=account.currency,
                conversion_value=sums.value,
            )


def audience(
    client: Client, *, account: Account, since: date, until: date, dimension: Dimension
) -> Iterator[AudienceFact]:
    """Every campaign's days by one dimension; raises Invalid for one that no report has."""
    split = _SPLITS.get(dimension)
    if split is None:
        rule = f"Microsoft Advertising does not split its numbers by {dimension}."
        raise Invalid.field("dimension", rule, f"Use one of {', '.join(sorted(DIMENSIONS))}.")
    found: dict[tuple[str, date, str], Sums] = {}
    for day, row in downloads.days(client, split.report, account=account, since=since, until=until):
        word = csv_report.word(row[split.column])
        value = UNKNOWN if word.casefold() in _NOBODY else split.value(word)
        found.setdefault((_campaign(row), day, value), Sums()).add(row)
    for (campaign, day, value), sums in found.items():
        if not sums.is_empty:
            yield AudienceFact(
                platform_campaign_id=campaign,
                date=day,
                dimension=dimension,
                value=value,
                impressions=sums.impressions,
                clicks=sums.clicks,
                currency=sums.currency or account.currency,
                spend=sums.spend,
                conversions=sums.conversions,
                conversion_value=sums.value,
            )


def _campaign(row: Row) -> str:
    return csv_report.campaign(row["CampaignId"])


def _counted(row: Row, column: str) -> str:
    return row.get(column) or row.get(f"All{column}") or ""


def _comes_twice(each: HourlyRow, *, zone: str) -> bool:
    """Whether the clocks of a zone show this hour twice: then two rows of it are two hours."""
    first = each.local(zone_of(zone))
    return first.utcoffset() != first.replace(fold=1).utcoffset()


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one + (other or Decimal(0))
