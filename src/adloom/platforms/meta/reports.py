"""Meta's numbers per campaign: days, hours, conversions by action, audiences. Reads only.

Every number is a string; `spend` is in major units, unlike budgets. Rows without delivery are absent, and of actions
those that did not happen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from adloom.core import time
from adloom.core.errors import Invalid, Unavailable
from adloom.platforms import http, repeated_hours
from adloom.platforms.facts import AccountFact, AudienceFact, ConversionFact, DailyFact, Dimension, HourlyFact
from adloom.platforms.meta import mapping, runs
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import Account
from adloom.platforms.types import ConversionEvent, Platform

#: How many days are asked for in one report.
DAYS, DAYS_OF_HOURS = 31, 7

HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"
#: Each goes together with action types. `impression_device` would tell tablets apart, but answers nothing to accounts
#: that did not opt in (out-of-cycle changes of 2026-08-03).
BREAKDOWNS: Mapping[Dimension, str] = {
    Dimension.AGE: "age",
    Dimension.GENDER: "gender",
    Dimension.DEVICE: "device_platform",
    Dimension.COUNTRY: "country",
}
_TOTALS = "date_start,account_currency,impressions,inline_link_clicks,spend"
_FIGURES = f"campaign_id,{_TOTALS}"
#: Not additive, and not told by the hour.
_PEOPLE = ("reach", "frequency")
#: Without it, deleted and archived campaigns are left out, and their spend with them.
_ALL_STATUSES = ["ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES"]

#: What an action has by an attribution window, such as `7d_click` (Insights parameters, `action_attribution_windows`).
_WINDOW = re.compile(r"\d+d_[a-z]+$")

Key = tuple[object, ...]


def daily(
    graph: Graph, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[DailyFact]:
    """Every campaign's days, both ends included; raises Unavailable where a day comes twice."""
    params = _params(f"{_FIGURES},clicks,actions,action_values,{','.join(_PEOPLE)}")
    seen: set[Key] = set()
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS):
        for row in span.rows:
            fact = to_fact(row, account=account, event=events.get(str(row.get("campaign_id"))))
            _once(seen, (fact.platform_campaign_id, fact.date))
            yield fact


def totals(
    graph: Graph, *, account: Account, since: date, until: date, events: Mapping[str, ConversionEvent]
) -> Iterator[AccountFact]:
    """The account's own days (`level=account`), in which deleted and archived campaigns are counted unasked.

    Conversions by the one rule that all of its campaigns' days follow, None where they follow several.
    """
    params = {
        "level": "account",
        "time_increment": "1",
        "fields": f"{_TOTALS},actions,action_values",
        "use_unified_attribution_setting": "true",
    }
    actions = _common_actions(account, events)
    seen: set[Key] = set()
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS):
        for row in span.rows:
            _once(seen, (_day(row),))
            yield AccountFact(
                date=_day(row),
                impressions=_count(row, "impressions"),
                clicks=_count(row, "inline_link_clicks"),
                spend=_number(row.get("spend")),
                currency=str(row.get("account_currency") or account.currency),
                conversions=_told(row, "actions", actions=actions),
                conversion_value=_told(row, "action_values", actions=actions),
            )


def hourly(graph: Graph, *, account: Account, since: date, until: date) -> Iterator[HourlyFact]:
    """Every campaign's hours, without conversions: Meta tells none by the hour (Insights breakdowns, "Type 1").

    Raises Unavailable where there are no hours and yet impressions: then Meta keeps them back (as since 2026-08).
    """
    params = {**_params(_FIGURES), "breakdowns": http.dumps([HOURLY])}
    seen: set[Key] = set()
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS_OF_HOURS):
        if not span.rows:
            _expect_none(graph, since=span.since, until=span.until)
        facts = (_hour(row, account=account) for row in span.rows)
        for fact in repeated_hours.together(facts, zone=time.zone(account.time_zone)):
            _once(seen, repeated_hours.key(fact))
            yield fact


def conversions(graph: Graph, *, account: Account, since: date, until: date) -> Iterator[ConversionFact]:
    """Every campaign's days by action type. Types overlap: a purchase is counted under several of them."""
    params = _params("campaign_id,date_start,account_currency,actions,action_values")
    seen: set[Key] = set()
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS):
        for row in span.rows:
            _once(seen, (_campaign(row), _day(row)))
            yield from _actions(row, account=account)


def audience(
    graph: Graph, *, account: Account, since: date, until: date, dimension: Dimension
) -> Iterator[AudienceFact]:
    """Every campaign's days by one dimension; what Meta tells apart and we do not is added up."""
    if dimension not in BREAKDOWNS:
        raise Invalid.field("dimension", f"Meta splits by no {dimension}.", f"Use one of {', '.join(BREAKDOWNS)}.")
    params = {
        **_params(f"{_FIGURES},actions,action_values"),
        "breakdowns": http.dumps([BREAKDOWNS[dimension]]),
    }
    actions = mapping.action_types(account, None)
    seen: set[Key] = set()
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS):
        found: dict[Key, AudienceFact] = {}
        for row in span.rows:
            _once(seen, (_campaign(row), _day(row), str(row.get(BREAKDOWNS[dimension]))))
            fact = _part(row, account=account, dimension=dimension, actions=actions)
            key = (fact.platform_campaign_id, fact.date, fact.value)
            found[key] = _added(found[key], fact) if key in found else fact
        yield from found.values()


def to_fact(row: Mapping[str, Any], *, account: Account, event: ConversionEvent | None) -> DailyFact:
    """One row of insights; pure. Raises Unavailable where it cannot be read."""
    actions = mapping.action_types(account, event)
    return DailyFact(
        platform_campaign_id=_campaign(row),
        date=_day(row),
        impressions=_count(row, "impressions"),
        clicks=_count(row, "inline_link_clicks"),
        spend=_number(row.get("spend")),
        currency=str(row.get("account_currency") or account.currency),
        conversions=_picked(row.get("actions"), actions=actions),
        conversion_value=_picked(row.get("action_values"), actions=actions),
        platform_metrics={"clicks_all": _count(row, "clicks"), **_people(row)},
    )


def _params(fields: str) -> dict[str, str]:
    return {
        "level": "campaign",
        "time_increment": "1",
        "fields": fields,
        "filtering": http.dumps([{"field": "campaign.effective_status", "operator": "IN", "value": _ALL_STATUSES}]),
        "use_unified_attribution_setting": "true",
    }


def _hour(row: Mapping[str, Any], *, account: Account) -> HourlyFact:
    hour = str(row.get(HOURLY) or "")[:2]
    if not hour.isdigit() or int(hour) > 23:
        raise _unreadable(f"the hour {row.get(HOURLY)!r}")
    return HourlyFact(
        platform_campaign_id=_campaign(row),
        date=_day(row),
        hour=int(hour),
        zone=account.time_zone,
        impressions=_count(row, "impressions"),
        clicks=_count(row, "inline_link_clicks"),
        spend=_number(row.get("spend")),
        currency=str(row.get("account_currency") or account.currency),
    )


def _expect_none(graph: Graph, *, since: date, until: date) -> None:
    """Raises Unavailable where the account was shown in these days after all."""
    params = {"level": "account", "fields": "impressions", "time_increment": "all_days"}
    for span in runs.spans(graph, params=params, since=since, until=until, window=DAYS_OF_HOURS):
        if any(_count(row, "impressions") for row in span.rows):
            raise Unavailable(
                "Meta shows impressions and no hours of them: it keeps hours back from this account.",
                platform=Platform.FACEBOOK_ADS,
            )


def _actions(row: Mapping[str, Any], *, account: Account) -> Iterator[ConversionFact]:
    counts, values = _by_type(row.get("actions")), _by_type(row.get("action_values"))
    for action in dict.fromkeys([*counts, *values]):
        if not counts.get(action) and not values.get(action):
            continue
        yield ConversionFact(
            platform_campaign_id=_campaign(row),
            date=_day(row),
            action=action,
            name=mapping.action_name(action),
            conversions=counts.get(action, Decimal(0)),
            currency=str(row.get("account_currency") or account.currency),
            conversion_value=values.get(action),
        )


def _part(row: Mapping[str, Any], *, account: Account, dimension: Dimension, actions: Collection[str]) -> AudienceFact:
    return AudienceFact(
        platform_campaign_id=_campaign(row),
        date=_day(row),
        dimension=dimension,
        value=mapping.audience_value(dimension, row.get(BREAKDOWNS[dimension])),
        impressions=_count(row, "impressions"),
        clicks=_count(row, "inline_link_clicks"),
        currency=str(row.get("account_currency") or account.currency),
        spend=_number(row.get("spend")),
        conversions=_picked(row.get("actions"), actions=actions),
        conversion_value=_picked(row.get("action_values"), actions=actions),
    )


def _added(one: AudienceFact, other: AudienceFact) -> AudienceFact:
    return AudienceFact(
        one.platform_campaign_id,
        one.date,
        one.dimension,
        one.value,
        impressions=one.impressions + other.impressions,
        clicks=one.clicks + other.clicks,
        currency=one.currency,
        spend=_sum(one.spend, other.spend),
        conversions=_sum(one.conversions, other.conversions),
        conversion_value=_sum(one.conversion_value, other.conversion_value),
    )


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _once(seen: set[Key], key: Key) -> None:
    if key in seen:
        raise Unavailable("Meta gave the same row twice; the report is not whole.", platform=Platform.FACEBOOK_ADS)
    seen.add(key)


def _campaign(row: Mapping[str, Any]) -> str:
    if not row.get("campaign_id"):
        raise _unreadable("a row without a campaign")
    return str(row["campaign_id"])


def _day(row: Mapping[str, Any]) -> date:
    """The only day of a row. One that stands for several would put them all on its first."""
    first = str(row.get("date_start") or "")
    if str(row.get("date_stop") or first) != first:
        raise _unreadable(f"a row from {first} to {row['date_stop']}, where days were asked for")
    try:
        return date.fromisoformat(first)
    except ValueError:
        raise _unreadable(f"the day {first!r}") from None


def _count(row: Mapping[str, Any], name: str) -> int:
    found = _number(row.get(name))
    if found != int(found):
        raise _unreadable(f"{name} {found}")
    return int(found)


def _people(row: Mapping[str, Any]) -> Mapping[str, str]:
    """How many people a day reached and how often, as exact texts; left out where it is not told."""
    return {name: str(_number(row[name])) for name in _PEOPLE if row.get(name) not in (None, "")}


def _number(value: Any) -> Decimal:
    """A figure; what is missing is 0, as Meta leaves out what did not happen."""
    if value is None or value == "":
        return Decimal(0)
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise _unreadable(f"the figure {value!r}") from None
    if isinstance(value, bool) or not found.is_finite():
        raise _unreadable(f"the figure {value!r}")
    return found


def _picked(told: Any, *, actions: Collection[str]) -> Decimal | None:
    """The sum of exactly these action types: 0 where they are missing, None where none is chosen."""
    found = _by_type(told, of=actions)
    return sum((found.get(action, Decimal(0)) for action in actions), Decimal(0)) if actions else None


def _common_actions(account: Account, events: Mapping[str, ConversionEvent]) -> Collection[str]:
    """The action types that count for every campaign of the account, whoever made it; none where they differ."""
    rules = {mapping.action_types(account, event) for event in (None, *events.values())} - {()}
    return rules.pop() if len(rules) == 1 else ()


def _told(row: Mapping[str, Any], name: str, *, actions: Collection[str]) -> Decimal | None:
    """As `_picked`; None where the row tells of no action at all, for then nobody knows whether it would."""
    is_told = row.get("actions") is not None or row.get("action_values") is not None
    return _picked(row.get(name), actions=actions) if is_told else None


def _by_type(actions: Any, *, of: Collection[str] | None = None) -> dict[str, Decimal]:
    """An action list by type, of all of them or of these. One that comes in parts (by destination, say) is added up.

    Raises Unavailable for one that is told by its windows alone (`7d_click`, …): which of them count is not known then,
    and what happened would be read as nothing. Those that were not asked for stand beside `value`, the setting's own.
    """
    found: dict[str, Decimal] = {}
    for entry in actions if isinstance(actions, list) else ():
        if isinstance(entry, Mapping) and entry.get("action_type"):
            type_ = str(entry["action_type"])
            if of is not None and type_ not in of:
                continue
            if entry.get("value") is None and any(_WINDOW.match(name) for name in entry):
                raise _unreadable(f"{type_} by its windows alone")
            found[type_] = found.get(type_, Decimal(0)) + _number(entry.get("value"))
    return found


def _unreadable(what: str) -> Unavailable:
    return Unavailable(f"Meta's report holds {what}; it is not used.", platform=Platform.FACEBOOK_ADS)
