"""One contract over all adapters: hours, conversions by action, and audiences add up to the days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core.errors import Invalid
from adloom.core.time import today
from adloom.platforms.facts import Dimension
from adloom.platforms.types import ConversionEvent, Operation, Platform

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS, Platform.TIKTOK_ADS)
#: Platforms that report no conversions by the hour (meta.md, 0).
NO_HOURLY_CONVERSIONS = (Platform.FACEBOOK_ADS,)
#: Platforms whose ad groups take a pixel, and so count anything, only for conversions (tiktok.md, 6).
COUNTS_FOR_SALES_ALONE = (Platform.TIKTOK_ADS,)

Connect = Callable[[Platform], Live]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def delivered(request: pytest.FixtureRequest, connect: Connect) -> Live:
    """A campaign that has delivered for some days, and what may still restate has come in."""
    live = connect(request.param)
    spec = live.spec()
    live.run(feed_specs.selling(spec) if live.platform in COUNTS_FOR_SALES_ALONE else spec, Operation.CREATE, {})
    live.sandbox.control("clock", {"advance": "P4D"})
    return live


def _range(live: Live) -> tuple[date, date]:
    return today("America/Los_Angeles") - timedelta(days=1), date.fromisoformat(
        live.sandbox.control("clock")["now"][:10]
    )


def test_the_hours_equal_the_ledger_hour_by_hour(delivered: Live) -> None:
    since, until = _range(delivered)
    rows = delivered.sandbox.control("ledger", platform=delivered.platform.value, grain="hour")["delivery"]
    truth = {(row["date"], row["hour"]): row for row in rows if row["impressions"]}
    events = {row["campaign_id"]: ConversionEvent.PURCHASE for row in rows if row["conversions"] is not None}
    facts = list(
        delivered.adapter.hourly(
            delivered.connection, account=delivered.account, since=since, until=until, events=events
        )
    )
    assert len({(fact.date, fact.hour) for fact in facts}) == len(facts) > 48
    assert {(fact.date.isoformat(), fact.hour) for fact in facts} == set(truth)
    for fact in facts:
        row = truth[fact.date.isoformat(), fact.hour]
        assert fact.zone == "America/Los_Angeles"
        assert (fact.impressions, fact.clicks, fact.spend) == (row["impressions"], row["clicks"], Decimal(row["spend"]))
        if delivered.platform in NO_HOURLY_CONVERSIONS:
            assert (fact.conversions, fact.conversion_value) == (None, None)
        else:
            assert fact.conversions == (None if row["conversions"] is None else Decimal(row["conversions"]))


def test_conversions_by_action_name_their_action_and_their_day(delivered: Live) -> None:
    since, until = _range(delivered)
    facts = list(
        delivered.adapter.conversions(delivered.connection, account=delivered.account, since=since, until=until)
    )
    keys = [(fact.platform_campaign_id, fact.date, fact.action) for fact in facts]
    assert len(set(keys)) == len(keys) > 0
    assert all(fact.name and fact.conversions > 0 and fact.currency == "USD" for fact in facts)
    rows = delivered.sandbox.control("ledger", platform=delivered.platform.value, grain="day")["delivery"]
    counted = {row["date"]: Decimal(row["conversions"]) for row in rows if row["conversions"] not in (None, "0")}
    days: dict[str, list[Decimal]] = defaultdict(list)
    for fact in facts:
        days[fact.date.isoformat()].append(fact.conversions)
    assert set(counted) <= set(days)
    for day, total in counted.items():
        assert total in days[day] or total == sum(days[day]), "an action, or all of them, make up the day"


@pytest.mark.parametrize("dimension", list(Dimension))
def test_an_audience_adds_up_to_the_days(delivered: Live, dimension: Dimension) -> None:
    since, until = _range(delivered)
    if dimension not in delivered.adapter.dimensions:
        with pytest.raises(Invalid):
            list(
                delivered.adapter.audience(
                    delivered.connection, account=delivered.account, since=since, until=until, dimension=dimension
                )
            )
        return
    facts = list(
        delivered.adapter.audience(
            delivered.connection, account=delivered.account, since=since, until=until, dimension=dimension
        )
    )
    assert len({(fact.date, fact.value) for fact in facts}) == len(facts) > 0
    shown: dict[str, int] = defaultdict(int)
    for fact in facts:
        assert fact.dimension is dimension
        shown[fact.date.isoformat()] += fact.impressions
    rows = delivered.sandbox.control("ledger", platform=delivered.platform.value, grain="day")["delivery"]
    assert shown == {row["date"]: row["impressions"] for row in rows if row["impressions"]}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_accounts_own_totals_are_all_that_the_ledger_shows_day_by_day(connect: Connect, platform: Platform) -> None:
    """A stranger's campaign is counted, and so is one of ours that was deleted since."""
    live = connect(platform)
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    live.sandbox.control("seed", {"platform": live.platform.value, "campaigns": 1})
    live.sandbox.control("clock", {"advance": "P4D"})
    live.run(live.spec(), Operation.DELETE, ids)
    since, until = _range(live)
    facts = list(live.adapter.totals(live.connection, account=live.account, since=since, until=until))
    rows = live.sandbox.control("ledger", platform=live.platform.value, grain="day")["delivery"]
    assert len({row["campaign_id"] for row in rows if row["impressions"]}) == 2
    truth: dict[str, tuple[int, int, Decimal]] = {}
    for row in (row for row in rows if row["impressions"]):
        shown, clicks, spend = truth.get(row["date"], (0, 0, Decimal(0)))
        truth[row["date"]] = (shown + row["impressions"], clicks + row["clicks"], spend + Decimal(row["spend"]))
    assert {fact.date.isoformat(): (fact.impressions, fact.clicks, fact.spend) for fact in facts} == truth
    assert len(facts) == len(truth) > 3
    assert {fact.currency for fact in facts} == {"USD"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_accounts_own_conversions_are_those_that_the_days_of_its_campaigns_count(
    connect: Connect, platform: Platform
) -> None:
    """By the event that each counts, in two campaigns of the account."""
    live = connect(platform)
    live.run(feed_specs.selling(live.spec()), Operation.CREATE, {})
    live.sandbox.control("seed", {"platform": platform.value, "campaigns": 1})
    live.sandbox.control("clock", {"advance": "P5D"})
    since, until = _range(live)
    rows = live.sandbox.control("ledger", platform=platform.value, grain="day")["delivery"]
    events = {row["campaign_id"]: ConversionEvent.PURCHASE for row in rows}
    asked = {"account": live.account, "since": since, "until": until, "events": events}
    facts = {fact.date: fact for fact in live.adapter.totals(live.connection, **asked)}
    days: dict[date, tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    for each in live.adapter.daily(live.connection, **asked):
        assert each.conversions is not None
        assert each.conversion_value is not None
        count, value = days[each.date]
        days[each.date] = (count + each.conversions, value + each.conversion_value)
    assert {day: (fact.conversions, fact.conversion_value) for day, fact in facts.items()} == days
    counted: dict[str, Decimal] = defaultdict(Decimal)
    for row in (row for row in rows if row["impressions"]):
        counted[row["date"]] += Decimal(row["conversions"] or 0)
    assert {day.isoformat(): fact.conversions for day, fact in facts.items()} == counted
    assert sum(counted.values()) > 0


#: TikTok's campaign of this contract sets no windows of its own.
RULES = {
    Platform.GOOGLE_ADS: "30d click, 1d view, GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN",
    Platform.FACEBOOK_ADS: "7d_click_1d_view",
    Platform.MICROSOFT_ADS: "30d click, 1d view, LastClick",
    Platform.TIKTOK_ADS: None,
}


def test_the_rule_by_which_conversions_are_attributed_is_told_in_one_line(delivered: Live) -> None:
    since, until = _range(delivered)
    told = delivered.adapter.attribution(delivered.connection, account=delivered.account, since=since, until=until)
    assert told == RULES[delivered.platform]
