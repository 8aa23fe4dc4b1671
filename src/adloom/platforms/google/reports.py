"""Google's numbers by GAQL: in the account's days, hours and currency, page by page (`google.md`, 7).

Segmented rows without delivery are left out by Google. An audience is summed up from rows by ad group.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from adloom.core import time
from adloom.core.errors import Invalid
from adloom.platforms import repeated_hours, surprises
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.google import countries, mapping, shapes
from adloom.platforms.google.client import Client
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

_NUMBERS = (
    "metrics.impressions",
    "metrics.clicks",
    "metrics.cost_micros",
    "metrics.conversions",
    "metrics.conversions_value",
)
#: All actions are in `all_conversions`; `conversions` has the account's primary ones only.
_ACTIONS = (
    "segments.conversion_action",
    "segments.conversion_action_name",
    "segments.conversion_action_category",
    "metrics.all_conversions",
    "metrics.all_conversions_value",
)

#: By dimension: what is selected from, and what tells the parts apart. The country is where people are, not what they
#: are interested in (v26: UserLocationView; its rows are split by campaign when a campaign's field is selected).
_AUDIENCES: Mapping[Dimension, tuple[str, str]] = {
    Dimension.AGE: ("age_range_view", "ad_group_criterion.age_range.type"),
    Dimension.GENDER: ("gender_view", "ad_group_criterion.gender.type"),
    Dimension.DEVICE: ("campaign", "segments.device"),
    Dimension.COUNTRY: ("user_location_view", "user_location_view.country_criterion_id"),
}
DIMENSIONS = frozenset(_AUDIENCES)


class _Sums(NamedTuple):
    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)
    conversions: Decimal = Decimal(0)
    value: Decimal = Decimal(0)
    currency: str = ""

    def plus(self, row: Mapping[str, Any], *, currency: str) -> _Sums:
        metrics = shapes.part(row, "metrics")
        return _Sums(
            self.impressions + shapes.whole(metrics, "impressions"),
            self.clicks + shapes.whole(metrics, "clicks"),
            self.spend + mapping.from_micros(shapes.whole(metrics, "costMicros")),
            self.conversions + shapes.number(metrics, "conversions"),
            self.value + shapes.number(metrics, "conversionsValue"),
            _currency(row, currency),
        )


def daily(client: Client, *, account: Account, since: date, until: date) -> Iterator[DailyFact]:
    """Every campaign's days, removed campaigns included; days without delivery are absent."""
    seen: set[Hashable] = set()
    for row in _rows(client, "campaign", *_NUMBERS, since=since, until=until):
        campaign, day, sums = shapes.campaign(row), shapes.day(row), _Sums().plus(row, currency=account.currency)
        _once(seen, (campaign, day))
        yield DailyFact(
            platform_campaign_id=campaign,
            date=day,
            impressions=sums.impressions,
            clicks=sums.clicks,
            spend=sums.spend,
            currency=sums.currency,
            conversions=sums.conversions,
            conversion_value=sums.value,
        )


def totals(client: Client, *, account: Account, since: date, until: date) -> Iterator[AccountFact]:
    """The account's own days (resource `customer`, which may be split by date: Google Ads API fields, v26).

    `metrics.conversions` there is the sum over the campaigns; one that is left out is not told, and no zero.
    """
    seen: set[Hashable] = set()
    selected = ", ".join(("segments.date", "customer.currency_code", *_NUMBERS))
    query = " ".join(("SELECT", selected, "FROM customer WHERE", _between(since, until)))
    for row in client.search(query):
        day, sums = shapes.day(row), _Sums().plus(row, currency=account.currency)
        _once(seen, day)
        yield AccountFact(
            date=day,
            impressions=sums.impressions,
            clicks=sums.clicks,
            spend=sums.spend,
            currency=sums.currency,
            conversions=sums.conversions if _tells(row, "conversions") else None,
            conversion_value=sums.value if _tells(row, "conversionsValue") else None,
        )


def hourly(client: Client, *, account: Account, since: date, until: date) -> Iterator[HourlyFact]:
    """Every campaign's hours on the account's clock. The hour that comes twice in autumn is one fact of both."""
    seen: set[Hashable] = set()
    rows = _rows(client, "campaign", "segments.hour", *_NUMBERS, since=since, until=until)
    facts = (_hour(row, account=account) for row in rows)
    for fact in repeated_hours.together(facts, zone=time.zone(account.time_zone)):
        _once(seen, repeated_hours.key(fact))
        yield fact


def _hour(row: Mapping[str, Any], *, account: Account) -> HourlyFact:
    sums = _Sums().plus(row, currency=account.currency)
    return HourlyFact(
        platform_campaign_id=shapes.campaign(row),
        date=shapes.day(row),
        hour=shapes.hour(row),
        zone=account.time_zone,
        impressions=sums.impressions,
        clicks=sums.clicks,
        spend=sums.spend,
        currency=sums.currency,
        conversions=sums.conversions,
        conversion_value=sums.value,
    )


def conversions(client: Client, *, account: Account, since: date, until: date) -> Iterator[ConversionFact]:
    """Every campaign's days by conversion action, secondary ones too. Google's actions are distinct."""
    seen: set[Hashable] = set()
    for row in _rows(client, "campaign", *_ACTIONS, since=since, until=until):
        campaign, day, segments = shapes.campaign(row), shapes.day(row), shapes.part(row, "segments")
        named = shapes.word(segments, "conversionActionName") or shapes.word(segments, "conversionActionCategory")
        action = (shapes.word(segments, "conversionAction") or "").rpartition("/")[2] or named
        metrics = shapes.part(row, "metrics")
        count, value = (shapes.number(metrics, name) for name in ("allConversions", "allConversionsValue"))
        if not (count or value):
            continue
        if not action:
            raise shapes.broken("gave conversions of no action")
        _once(seen, (campaign, day, action))
        yield ConversionFact(
            platform_campaign_id=campaign,
            date=day,
            action=action,
            name=named or action,
            conversions=count,
            currency=_currency(row, account.currency),
            conversion_value=value,
        )


def audience(
    client: Client, *, account: Account, since: date, until: date, dimension: Dimension
) -> Iterator[AudienceFact]:
    """Every campaign's days by a part of its audience; raises Invalid for a dimension that Google does not split by."""
    if dimension not in _AUDIENCES:
        rule = f"Google Ads does not split an audience by {dimension.value}."
        raise Invalid.field("dimension", rule, f"Known: {', '.join(sorted(DIMENSIONS))}.")
    resource, field = _AUDIENCES[dimension]
    sums: dict[tuple[str, date, str], _Sums] = {}
    for row in _rows(client, resource, field, *_NUMBERS, since=since, until=until):
        key = (shapes.campaign(row), shapes.day(row), _value(row, dimension=dimension))
        sums[key] = sums.get(key, _Sums()).plus(row, currency=account.currency)
    for (campaign, day, value), total in sums.items():
        yield AudienceFact(
            platform_campaign_id=campaign,
            date=day,
            dimension=dimension,
            value=value,
            impressions=total.impressions,
            clicks=total.clicks,
            currency=total.currency,
            spend=total.spend,
            conversions=total.conversions,
            conversion_value=total.value,
        )


def _rows(client: Client, resource: str, *fields: str, since: date, until: date) -> Iterator[Mapping[str, Any]]:
    """A resource's numbers by day and campaign, and by whatever else the fields split them."""
    selected = ", ".join(("segments.date", "campaign.id", "customer.currency_code", *fields))
    return client.search(" ".join(("SELECT", selected, "FROM", resource, "WHERE", _between(since, until))))


def _between(since: date, until: date) -> str:
    return f"segments.date BETWEEN '{since.isoformat()}' AND '{until.isoformat()}'"


def _tells(row: Mapping[str, Any], name: str) -> bool:
    return shapes.part(row, "metrics").get(name) is not None


def _currency(row: Mapping[str, Any], account: str) -> str:
    return str(shapes.part(row, "customer").get("currencyCode") or account)


def _once(seen: set[Hashable], key: Hashable) -> None:
    if key in seen:
        raise shapes.broken("gave one row twice")
    seen.add(key)


def _value(row: Mapping[str, Any], *, dimension: Dimension) -> str:
    """A part of an audience in our words; a word that is new to us is counted, and stays as it is."""
    if dimension is Dimension.COUNTRY:
        return countries.country(shapes.part(row, "userLocationView").get("countryCriterionId"))
    criterion = shapes.part(row, "adGroupCriterion")
    word, ours = {
        Dimension.DEVICE: (shapes.word(shapes.part(row, "segments"), "device"), mapping.device),
        Dimension.AGE: (shapes.word(shapes.part(criterion, "ageRange"), "type"), mapping.age),
        Dimension.GENDER: (shapes.word(shapes.part(criterion, "gender"), "type"), mapping.gender),
    }[dimension]
    field = _AUDIENCES[dimension][1]
    if mapping.unknown(field, word):
        surprises.note(Platform.GOOGLE_ADS, field, word)
    return ours(word)
