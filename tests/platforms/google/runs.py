"""Runs through all that the Google adapter can do on a sandbox: the witness listens to them, and so may any test."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.google import display

from adloom.core.errors import Missing, PlatformError, Rejected
from adloom.core.money import Money
from adloom.core.time import today
from adloom.platforms.facts import Dimension
from adloom.platforms.geography import query_of
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Conversion, Daypart, Declarations, Keyword, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    Channel,
    ConversionEvent,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    MatchType,
    Operation,
    Weekday,
)


def one_ad(live: Live) -> None:
    """One ad, and its whole life."""
    _life(live, live.spec())


def two_groups_of_three_ads(live: Live) -> None:
    """Several ad groups with several ads."""
    _life(live, live.spec(groups=2, ads=3))


def display_ads(live: Live) -> None:
    """Display campaigns, their images included."""
    _life(live, display.live_spec(live.account, declarations=Declarations(eu_political=False, ai_generated=True)))
    _life(live, display.live_spec(live.account, groups=2, ads=2))


def everything_targeted(live: Live) -> None:
    """Places, languages, hours, devices, ages, genders, audiences, every way to bid and both kinds of budget."""
    _life(live, everywhere(live.spec(groups=2)))
    for strategy in BidStrategy:
        for kind in BudgetType:
            target = None if strategy.value.startswith("MAX") else Decimal("2.5")
            money = Budget(kind, Money(Decimal(500), "USD"), Bidding(strategy, target))
            _life(live, live.spec(budget=money))


def finer_places(live: Live) -> None:
    """Regions, cities and postal codes, asked for and then targeted and excluded."""
    places = (
        Location(LocationType.REGION, country="US", code="US-CA"),
        Location(LocationType.CITY, country="US", name="Springfield", code="US-IL", exclude=True),
        Location(LocationType.POSTAL, country="GB", code="sw1a"),
    )
    spec = specs.with_targeting(live.spec(), locations=places)
    _life(live, told(live, spec))


def told(live: Live, spec: CampaignSpec) -> CampaignSpec:
    """The ad with what the platform answers about its places."""
    queries = live.adapter.place_queries(spec)
    answers = {
        each.query: each.places for each in live.adapter.places(live.connection, account=live.account, queries=queries)
    }
    places = spec.groups[0].targeting.locations
    known = tuple(
        dataclasses.replace(each, places=answers[query]) if (query := query_of(each)) in answers else each
        for each in places
    )
    return specs.with_targeting(spec, locations=known)


def updates(live: Live) -> None:
    """One update after another, of every field, and back again."""
    for before in (live.spec(groups=2, ads=2), display.live_spec(live.account, groups=2, ads=2)):
        ids: dict[str, str] = {}
        live.run(before, Operation.CREATE, ids)
        for after in (edited(before), before):
            spec = dataclasses.replace(after, standing=(edited(before) if after is before else before,))
            assert live.adapter.preflight(spec).errors == ()
            live.run(spec, Operation.UPDATE, ids)


def goals(live: Live) -> None:
    """A conversion action is chosen, then another, then none, of search and of display."""
    for plain in (live.spec(), display.live_spec(live.account)):
        ids: dict[str, str] = {}
        first, second = (counting(plain, f"70000000{number}") for number in (1, 2))
        live.run(first, Operation.CREATE, ids)
        assert live.adapter.drift(live.connection, spec=first, ids=ids) == ()
        for before, after in ((first, second), (second, plain), (plain, first)):
            live.run(dataclasses.replace(after, standing=(before,)), Operation.UPDATE, ids)


def counting(spec: CampaignSpec, action: str) -> CampaignSpec:
    """The same ad, counting purchases as this conversion action."""
    attributes = {**spec.account.attributes, "conversion_actions": action}
    account = dataclasses.replace(spec.account, attributes=attributes)
    return dataclasses.replace(spec, conversion=Conversion(ConversionEvent.PURCHASE), account=account)


def accounts(live: Live) -> None:
    """What a login reaches, what is there, and the one fault that can be mended."""
    assert live.adapter.accounts(live.connection)
    ids: dict[str, str] = {}
    live.run(live.spec(), Operation.CREATE, ids)
    field = "containsEuPoliticalAdvertising"
    live.sandbox.control("edit", {"platform": "google_ads", "id": ids["campaign"], "field": field, "value": None})
    (fault,) = live.adapter.inspect(live.connection, account=live.account).faults
    live.adapter.mend(live.connection, account=live.account, fault=fault.code, answers={"eu_political": "false"})
    assert live.adapter.inspect(live.connection, account=live.account).faults == ()


def reports(live: Live) -> None:
    """Every report of some days of delivery."""
    live.run(live.spec(), Operation.CREATE, {})
    live.sandbox.control("clock", {"advance": "P3D"})
    since = today(live.account.time_zone)
    days = {"account": live.account, "since": since, "until": since + timedelta(days=3)}
    assert list(live.adapter.daily(live.connection, events={}, **days))
    assert list(live.adapter.hourly(live.connection, events={}, **days))
    assert list(live.adapter.conversions(live.connection, **days))
    for dimension in Dimension:
        assert list(live.adapter.audience(live.connection, dimension=dimension, **days))


def refusals(live: Live) -> None:
    """Errors of every kind: refused content, throttles, breakdowns, what is not there, a suspended account."""
    spec = specs.with_creative(live.spec(), headlines=("One", "Two", "x" * 31))
    _refused(live, spec, Rejected)
    for fault in ("throttle", "server_error"):
        live.fault(fault)
        with pytest.raises(PlatformError):
            live.adapter.inspect(live.connection, account=live.account)
    live.fault("token_expired")
    live.adapter.inspect(live.connection, account=live.account)
    with pytest.raises(Missing):
        live.run(live.spec(), Operation.PAUSE, {"campaign": "987654321"})
    live.sandbox.control("account", {"platform": "google_ads", "action": "suspend"})
    assert live.adapter.inspect(live.connection, account=live.account).faults
    _refused(live, live.spec(), Rejected)


def everywhere(spec: CampaignSpec) -> CampaignSpec:
    """The same ad with everything targeted."""
    places = (
        Location(LocationType.COUNTRY, country="DE"),
        Location(LocationType.COUNTRY, country="FR", exclude=True),
        Location(LocationType.RADIUS, lat=Decimal("52.52"), lon=Decimal("-0.5"), radius_km=Decimal("10.5")),
    )
    spec = specs.with_targeting(
        spec,
        locations=places,
        location_intent=LocationIntent.PRESENCE_OR_INTEREST,
        languages=("en", "zh"),
        age_min=25,
        age_max=44,
        genders=(Gender.FEMALE,),
        devices=(Device.MOBILE, Device.TABLET),
        audiences_include=("7100000001",),
        audiences_exclude=("7100000002",),
    )
    hours = (Daypart((Weekday.MON, Weekday.TUE), 0, 18 * 60 + 30), Daypart((Weekday.MON,), 20 * 60, 24 * 60))
    return dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=hours))


def edited(spec: CampaignSpec) -> CampaignSpec:
    """The same ad with everything changed that can be: every field, an ad group and an ad less, and new ones."""
    changed = everywhere(spec)
    if spec.groups[0].targeting.keywords:
        words = (Keyword("running shoes", MatchType.EXACT), Keyword("sneakers", MatchType.BROAD))
        changed = specs.with_targeting(changed, keywords=words, negative_keywords=(Keyword("used", MatchType.EXACT),))
    changed = specs.with_creative(
        changed,
        headlines=("Autumn Sale", "Run Further", "No Shipping Costs"),
        descriptions=("Save 30% on all shoes.", "Order now, ships now."),
        landing_url="https://example.com/autumn",
        display_paths=(),
        images=(display.LANDSCAPE, display.OTHER_SQUARE, display.WIDE_LOGO) if spec.channel is Channel.DISPLAY else (),
    )
    first, second = changed.groups
    renamed = dataclasses.replace(
        first, name=f"{first.name} renamed", ads=(first.ads[0], dataclasses.replace(first.ads[1], key="a9"))
    )
    third = dataclasses.replace(second, key="g9", name=f"{second.name} anew")
    schedule = dataclasses.replace(changed.schedule, end=changed.schedule.start + timedelta(days=20))
    bidding = Bidding(BidStrategy.TARGET_CPA, Decimal("12.5"))
    return dataclasses.replace(
        changed,
        name=f"{spec.name} renamed",
        groups=(renamed, third),
        budget=Budget(BudgetType.DAILY, Money(Decimal("61.25"), "USD"), bidding),
        schedule=schedule,
        tracking={"utm_source": "autumn"},
        declarations=dataclasses.replace(spec.declarations, eu_political=True),
    )


def _life(live: Live, spec: CampaignSpec) -> None:
    ids: dict[str, str] = {}
    for operation in (Operation.CREATE, Operation.PAUSE, Operation.RESUME, Operation.DELETE):
        live.run(spec, operation, ids)
        live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])


def _refused(live: Live, spec: CampaignSpec, kind: type[PlatformError]) -> None:
    step = live.adapter.steps(spec, operation=Operation.CREATE)[-2]
    with pytest.raises(kind):
        live.adapter.execute(live.connection, spec=spec, step=step, ids={}, key="k")


ALL: tuple[Callable[[Live], None], ...] = (
    one_ad,
    two_groups_of_three_ads,
    display_ads,
    everything_targeted,
    finer_places,
    updates,
    goals,
    accounts,
    reports,
    refusals,
)
