"""What Meta would refuse and what would be lost there, field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs

from adloom.platforms.contract import Loss
from adloom.platforms.meta.preflight import check
from adloom.platforms.spec import (
    Bidding,
    CampaignSpec,
    Conversion,
    Daypart,
    Declarations,
    Image,
    Interest,
    Keyword,
    Location,
    Video,
)
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    ConversionEvent,
    Device,
    Gender,
    ImageRole,
    LocationIntent,
    LocationType,
    LossKind,
    MatchType,
    Objective,
    Weekday,
)

SPEC = feed_specs.feed_spec()
US = Location(LocationType.COUNTRY, country="US")
Change = Callable[[CampaignSpec], CampaignSpec]


def _with(**changes: Any) -> Change:
    return lambda spec: dataclasses.replace(spec, **changes)


def _aimed(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_targeting(spec, **changes)


def _made(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_creative(spec, **changes)


def _bid(strategy: BidStrategy, target: str | None = None, *, objective: Objective = Objective.TRAFFIC) -> Change:
    def change(spec: CampaignSpec) -> CampaignSpec:
        bidding = Bidding(strategy, Decimal(target) if target else None)
        budget = dataclasses.replace(spec.budget, bidding=bidding)
        conversion = Conversion(ConversionEvent.PURCHASE) if objective is not Objective.TRAFFIC else None
        return dataclasses.replace(spec, budget=budget, objective=objective, conversion=conversion)

    return change


def _attributes(**changes: str) -> Change:
    def change(spec: CampaignSpec) -> CampaignSpec:
        attributes = {**spec.account.attributes, **changes}
        return dataclasses.replace(spec, account=dataclasses.replace(spec.account, attributes=attributes))

    return change


def _daypart(start: int, end: int) -> Change:
    return lambda spec: dataclasses.replace(
        spec,
        budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME),
        schedule=dataclasses.replace(spec.schedule, dayparting=(Daypart((Weekday.MON,), start, end),)),
    )


def test_a_plain_ad_has_no_error_and_loses_no_targeting() -> None:
    found = check(SPEC)
    assert found.errors == ()
    assert not [loss for loss in found.losses if loss.is_targeting]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_attributes(page_id=""), "platforms.facebook_ads.page"),
        (_with(overrides={"status": "ACTIVE"}), "platforms.facebook_ads.overrides.status"),
        (_with(objective=Objective.CONVERSIONS), "conversion"),
        (
            _with(objective=Objective.LEADS, conversion=Conversion(ConversionEvent.CUSTOM)),
            "conversion.event",
        ),
        (
            lambda spec: _attributes(pixel_id="")(feed_specs.selling(spec)),
            "platforms.facebook_ads.pixel",
        ),
        (lambda spec: feed_specs.with_budget(spec, "10", currency="XAU"), "budget.amount.currency"),
        (lambda spec: feed_specs.with_budget(spec, "100.50", currency="HUF"), "budget.amount.value"),
        (lambda spec: feed_specs.with_budget(spec, "0"), "budget.amount.value"),
        (
            lambda spec: dataclasses.replace(spec, account=dataclasses.replace(spec.account, currency="EUR")),
            "budget.amount",
        ),
        (
            lambda spec: dataclasses.replace(
                spec,
                budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME),
                schedule=dataclasses.replace(spec.schedule, end=None),
            ),
            "schedule.end",
        ),
        (
            lambda spec: _with(schedule=dataclasses.replace(spec.schedule, end=spec.schedule.start))(spec),
            "schedule.end",
        ),
        (_bid(BidStrategy.MAX_CONVERSIONS), "budget.bidding.strategy"),
        (_bid(BidStrategy.MAX_VALUE, objective=Objective.LEADS), "budget.bidding.strategy"),
        (_bid(BidStrategy.TARGET_ROAS, "2", objective=Objective.LEADS), "budget.bidding.strategy"),
        (_bid(BidStrategy.TARGET_CPA, objective=Objective.CONVERSIONS), "budget.bidding.target"),
        (_bid(BidStrategy.BID_CAP, "0.005"), "budget.bidding.target"),
        (_bid(BidStrategy.TARGET_ROAS, "1.00001", objective=Objective.CONVERSIONS), "budget.bidding.target"),
        (_daypart(570, 1080), "schedule.dayparting"),
        (_daypart(1320, 360), "schedule.dayparting"),
        (
            lambda spec: _with(
                schedule=dataclasses.replace(spec.schedule, dayparting=(Daypart((Weekday.MON,), 0, 60),))
            )(spec),
            "schedule.dayparting",
        ),
        (_with(declarations=Declarations()), "declarations.special_categories"),
        (_with(declarations=Declarations(special_categories=("POLITICS",))), "declarations.special_categories"),
        (
            _with(declarations=Declarations(special_categories=("HOUSING",))),
            "declarations.special_category_countries",
        ),
        (_with(name="x" * 401), "name"),
        (_aimed(locations=()), "targeting.locations"),
        (_aimed(locations=(Location(LocationType.CITY, country="US", name="Reno"),)), "targeting.locations"),
        (_aimed(locations=(Location(LocationType.REGION, country="US", code="US-CA"),)), "targeting.locations"),
        (_aimed(locations=(Location(LocationType.RADIUS, country="US"),)), "targeting.locations"),
        (_aimed(locations=(Location(LocationType.POSTAL, country="US"),)), "targeting.locations"),
        (_aimed(locations=(Location(LocationType.COUNTRY, country="SG"),)), "targeting.locations"),
        (_aimed(locations=(US, Location(LocationType.POSTAL, country="TW", code="100"))), "targeting.locations"),
        (_aimed(age_min=66), "targeting.age"),
        (_aimed(age_min=65, age_max=65), "targeting.age"),
        (_aimed(devices=(Device.TABLET,)), "targeting.devices"),
        (_made(landing_url="http://example.com"), "creative.landing_url"),
        (_made(images=(), videos=()), "creative.images"),
        (_made(images=(), videos=(Video(feed_specs.FILM),)), "creative.videos"),
        (
            _made(images=(Image(dataclasses.replace(feed_specs.SQUARE, mime_type="image/gif"), ImageRole.SQUARE),)),
            "creative.images",
        ),
    ],
)
def test_what_meta_would_refuse_is_said_before(change: Change, field: str) -> None:
    found = check(change(SPEC))
    assert field in [error.field for error in found.errors]
    assert all(error.rule and error.fix for error in found.errors)


@pytest.mark.parametrize("country", ["DE", "FR", "NO", "IS", "RE", "LI"])
def test_an_ad_that_reaches_the_eu_says_who_benefits_and_who_pays(country: str) -> None:
    spec = feed_specs.with_targeting(SPEC, locations=(US, Location(LocationType.COUNTRY, country=country)))
    fields = {error.field for error in check(spec).errors}
    assert fields == {"declarations.dsa.beneficiary", "declarations.dsa.payor"}
    said = dataclasses.replace(spec.declarations, dsa_beneficiary="Acme", dsa_payor="Acme")
    assert check(dataclasses.replace(spec, declarations=said)).errors == ()


@pytest.mark.parametrize("country", ["US", "GB", "CH", "TR"])
def test_other_places_need_no_such_statement(country: str) -> None:
    spec = feed_specs.with_targeting(SPEC, locations=(Location(LocationType.COUNTRY, country=country),))
    assert check(spec).errors == ()


def test_a_circle_without_a_country_may_lie_in_the_eu() -> None:
    place = Location(LocationType.RADIUS, lat=Decimal(48), lon=Decimal(11), radius_km=Decimal(10))
    fields = {error.field for error in check(feed_specs.with_targeting(SPEC, locations=(place,))).errors}
    assert "declarations.dsa.payor" in fields


def test_a_protected_category_forbids_narrowing() -> None:
    said = Declarations(special_categories=("HOUSING",), special_category_countries=("US",))
    spec = feed_specs.with_targeting(
        dataclasses.replace(SPEC, declarations=said),
        age_max=40,
        genders=(Gender.MALE,),
        locations=(Location(LocationType.POSTAL, country="US", code="94304"),),
    )
    fields = {error.field for error in check(spec).errors}
    assert fields == {"targeting.age", "targeting.genders", "targeting.locations"}


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        (_aimed(age_max=65), Loss("targeting.age", LossKind.NARROWED, "18–65", "18–64", True)),
        (_aimed(age_min=10), Loss("targeting.age", LossKind.NARROWED, "10+", "13+", True)),
        (_aimed(languages=("mt",)), Loss("targeting.languages", LossKind.DROPPED, "mt", "every language", True)),
        (_aimed(languages=("en", "mt")), Loss("targeting.languages", LossKind.NARROWED, "en, mt", "en", True)),
        (
            _aimed(devices=(Device.DESKTOP, Device.TABLET)),
            Loss("targeting.devices", LossKind.NARROWED, "DESKTOP, TABLET", "DESKTOP", True),
        ),
        (
            _aimed(location_intent=LocationIntent.PRESENCE_OR_INTEREST),
            Loss("targeting.location_intent", LossKind.NARROWED, "PRESENCE_OR_INTEREST", "PRESENCE", True),
        ),
        (
            _aimed(interests=(Interest("unified", "sports/running"),)),
            Loss("targeting.interests", LossKind.DROPPED, "sports/running", "", True),
        ),
        (
            _aimed(interests=(Interest("tiktok_ads", "17"),)),
            Loss("targeting.interests", LossKind.DROPPED, "17", "", True),
        ),
        (
            _aimed(negative_keywords=(Keyword("free", MatchType.BROAD),)),
            Loss("targeting.negative_keywords", LossKind.DROPPED, "free", ""),
        ),
        (_made(long_headline="A long one"), Loss("creative.long_headline", LossKind.DROPPED, "A long one", "")),
        (_made(brand_name="Acme"), Loss("creative.brand_name", LossKind.DROPPED, "Acme", "the Page's name")),
    ],
)
def test_what_is_lost_is_listed_with_before_and_after(change: Change, loss: Loss) -> None:
    assert loss in check(change(SPEC)).losses


def test_dropped_keywords_need_no_consent() -> None:
    lost = next(loss for loss in check(SPEC).losses if loss.field == "targeting.keywords")
    assert (lost.kind, lost.is_targeting) == (LossKind.DROPPED, False)


def test_another_platforms_interests_are_no_loss_beside_metas_own() -> None:
    interests = (Interest("facebook_ads", "6003"), Interest("tiktok_ads", "17"))
    losses = check(feed_specs.with_targeting(SPEC, interests=interests)).losses
    assert "targeting.interests" not in [loss.field for loss in losses]


def test_texts_that_meta_only_cuts_on_display_are_sent_in_full() -> None:
    found = check(feed_specs.with_creative(SPEC, primary_text="word " * 60, headlines=("x" * 60,)))
    assert found.errors == ()
    assert LossKind.TRUNCATED not in [loss.kind for loss in found.losses]


def test_a_field_of_one_group_among_several_is_named_by_its_key() -> None:
    spec = feed_specs.with_targeting(feed_specs.feed_spec(groups=2), age_max=65)
    fields = {loss.field for loss in check(spec).losses if loss.kind is LossKind.NARROWED}
    assert fields == {"ad_groups[g0].targeting.age", "ad_groups[g1].targeting.age"}


@pytest.mark.parametrize(
    ("changes", "groups", "amount", "is_enough"),
    [
        ({}, 1, "1.00", True),
        ({}, 1, "0.99", False),
        ({}, 2, "1.99", False),
        ({"type": BudgetType.LIFETIME}, 1, "31.00", True),
        ({"type": BudgetType.LIFETIME}, 1, "30.99", False),
    ],
)
def test_an_ad_set_gets_what_the_account_says_is_the_least(
    changes: dict[str, Any], groups: int, amount: str, is_enough: bool
) -> None:
    spec = feed_specs.with_budget(feed_specs.feed_spec(groups=groups), amount)
    account = dataclasses.replace(spec.account, attributes={**spec.account.attributes, "min_daily_budget": "100"})
    spec = dataclasses.replace(spec, account=account, budget=dataclasses.replace(spec.budget, **changes))
    fields = {error.field for error in check(spec).errors}
    assert fields == (set() if is_enough else {"budget.amount.value"})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"duration_ms": 999}, "creative.videos"),
        ({"duration_ms": 241 * 60 * 1000 + 1}, "creative.videos"),
        ({"size": 4 * 1024**3 + 1}, "creative.videos"),
        ({"mime_type": "video/webm"}, "creative.videos"),
        ({"width": 119}, "creative.videos"),
        ({"duration_ms": 1000, "size": 4 * 1024**3}, None),
    ],
)
def test_a_film_that_meta_would_not_take_is_refused_before_it_is_uploaded(
    changes: dict[str, Any], field: str | None
) -> None:
    film = dataclasses.replace(feed_specs.FILM, **changes)
    spec = feed_specs.with_creative(SPEC, images=(), videos=(Video(film, cover=feed_specs.COVER),))
    assert {error.field for error in check(spec).errors} == ({field} if field else set())
