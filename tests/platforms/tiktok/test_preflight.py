"""What TikTok would refuse and what would be lost there, field by field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs

from adloom.platforms.contract import Loss
from adloom.platforms.spec import (
    Bidding,
    CampaignSpec,
    Conversion,
    Daypart,
    Image,
    Interest,
    Location,
    MediaFile,
    Video,
)
from adloom.platforms.tiktok.preflight import check
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    ConversionEvent,
    Device,
    ImageRole,
    LocationIntent,
    LocationType,
    LossKind,
    Objective,
    Weekday,
)

SPEC = feed_specs.feed_spec()
Change = Callable[[CampaignSpec], CampaignSpec]


def _with(**changes: Any) -> Change:
    return lambda spec: dataclasses.replace(spec, **changes)


def _aimed(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_targeting(spec, **changes)


def _made(**changes: Any) -> Change:
    return lambda spec: feed_specs.with_creative(spec, **changes)


def _attributes(**changes: str) -> Change:
    def change(spec: CampaignSpec) -> CampaignSpec:
        attributes = {**spec.account.attributes, **changes}
        return dataclasses.replace(spec, account=dataclasses.replace(spec.account, attributes=attributes))

    return change


def _bid(strategy: BidStrategy, target: str | None = None) -> Change:
    bidding = Bidding(strategy, Decimal(target) if target else None)
    return lambda spec: dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))


def _budget(amount: str, *, kind: BudgetType = BudgetType.DAILY, groups: int = 1) -> Change:
    def change(_: CampaignSpec) -> CampaignSpec:
        spec = feed_specs.with_budget(feed_specs.feed_spec(groups=groups), amount)
        return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, type=kind))

    return change


def _film(**changes: Any) -> Change:
    video = dataclasses.replace(feed_specs.FILM, **changes)
    return _made(videos=(Video(video, cover=feed_specs.COVER),))


def _cover(cover: MediaFile | None) -> Change:
    return _made(videos=(Video(feed_specs.FILM, cover=cover),))


def _dayparts(*windows: tuple[int, int]) -> Change:
    parts = tuple(Daypart((Weekday.MON,), start, end) for start, end in windows)
    return lambda spec: dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=parts))


def _place(kind: LocationType, **changes: Any) -> Change:
    return _aimed(locations=(Location(kind, **changes),))


def test_a_plain_ad_for_every_device_deploys_without_consent() -> None:
    found = check(SPEC)
    assert found.errors == ()
    assert not [loss for loss in found.losses if loss.is_targeting]
    assert Loss("targeting.devices", LossKind.NARROWED, "MOBILE, DESKTOP, TABLET", "MOBILE") in found.losses


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (_attributes(identity_id=""), "platforms.tiktok_ads.identity"),
        (_attributes(identity_type="CUSTOMIZED_USER"), "platforms.tiktok_ads.identity"),
        (_attributes(identity_type="BC_AUTH_TT"), "platforms.tiktok_ads.identity.bc_id"),
        (_with(overrides={"budget": 1}), "platforms.tiktok_ads.overrides.budget"),
        (_with(name="Spring 🌷"), "name"),
        (_with(name="x" * 513), "name"),
        (_with(objective=Objective.CONVERSIONS), "conversion"),
        (_with(objective=Objective.LEADS, conversion=Conversion(ConversionEvent.CUSTOM)), "conversion.event"),
        (lambda spec: _attributes(pixel_id="")(feed_specs.selling(spec)), "platforms.tiktok_ads.pixel"),
        (lambda spec: feed_specs.with_budget(spec, "50", currency="XAU"), "budget.amount.currency"),
        (lambda spec: feed_specs.with_budget(spec, "8000.5", currency="JPY"), "budget.amount.value"),
        (
            lambda spec: dataclasses.replace(spec, account=dataclasses.replace(spec.account, currency="EUR")),
            "budget.amount",
        ),
        (_budget("20.00"), "budget.amount.value"),
        (_budget("40.00", groups=2), "budget.amount.value"),
        (_budget("620.00", kind=BudgetType.LIFETIME), "budget.amount.value"),
        (_bid(BidStrategy.TARGET_ROAS, "2"), "budget.bidding.strategy"),
        (_bid(BidStrategy.MAX_CONVERSIONS), "budget.bidding.strategy"),
        (_bid(BidStrategy.BID_CAP), "budget.bidding.target"),
        (_bid(BidStrategy.BID_CAP, "50"), "budget.bidding.target"),
        (_dayparts((600, 600)), "schedule.dayparting"),
        (_dayparts((605, 625)), "schedule.dayparting"),
        (_aimed(locations=()), "targeting.locations"),
        (_place(LocationType.REGION, country="US", code="US-CA"), "targeting.locations"),
        (_place(LocationType.COUNTRY, country="XX"), "targeting.locations"),
        (
            _aimed(
                locations=(
                    Location(LocationType.COUNTRY, country="US"),
                    Location(LocationType.COUNTRY, country="MX", exclude=True),
                )
            ),
            "targeting.locations",
        ),
        (_aimed(age_min=19, age_max=24), "targeting.age"),
        (_aimed(age_min=13, age_max=17), "targeting.age"),
        (_aimed(devices=(Device.DESKTOP,)), "targeting.devices"),
        (_made(primary_text=None), "creative.primary_text"),
        (_made(primary_text="x" * 101), "creative.primary_text"),
        (_made(primary_text="広" * 51), "creative.primary_text"),
        (_made(primary_text="Spring 🌷"), "creative.primary_text"),
        (_made(primary_text="two\nlines"), "creative.primary_text"),
        (_made(landing_url="http://example.com"), "creative.landing_url"),
        (_made(videos=()), "creative.videos"),
        (_made(videos=(Video(None, youtube_id="abc"),)), "creative.videos"),
        (_cover(None), "creative.videos"),
        (_cover(feed_specs.SQUARE), "creative.videos"),
        (_cover(dataclasses.replace(feed_specs.COVER, width=2160, height=3840)), "creative.videos"),
        (_film(mime_type="video/webm"), "creative.videos"),
        (_film(size=501 * 1024 * 1024), "creative.videos"),
        (_film(duration_ms=601_000), "creative.videos"),
        (_film(width=720, height=900), "creative.videos"),
        (_film(width=360, height=640), "creative.videos"),
    ],
)
def test_what_tiktok_would_refuse_is_said_before(change: Change, field: str) -> None:
    found = check(change(SPEC))
    assert field in [error.field for error in found.errors]
    assert all(error.rule and error.fix for error in found.errors)


@pytest.mark.parametrize("change", [_budget("20.01"), _budget("40.02", groups=2), _made(primary_text="広" * 50)])
def test_just_within_the_limit_is_taken(change: Change) -> None:
    assert check(change(SPEC)).errors == ()


def test_an_image_of_the_videos_ratio_serves_as_its_cover() -> None:
    spec = feed_specs.with_creative(
        SPEC, videos=(Video(feed_specs.FILM),), images=(Image(feed_specs.COVER, ImageRole.STORY),)
    )
    found = check(spec)
    assert found.errors == ()
    assert "creative.images" not in [loss.field for loss in found.losses]


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        (_aimed(age_max=49), Loss("targeting.age", LossKind.NARROWED, "18–49", "18–44", True)),
        (_aimed(age_min=20), Loss("targeting.age", LossKind.NARROWED, "20+", "25+", True)),
        (_aimed(age_min=13), Loss("targeting.age", LossKind.NARROWED, "13+", "18+", True)),
        (
            _aimed(devices=(Device.MOBILE, Device.DESKTOP)),
            Loss("targeting.devices", LossKind.NARROWED, "MOBILE, DESKTOP", "MOBILE", True),
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
            _dayparts((605, 700)),
            Loss("schedule.dayparting", LossKind.NARROWED, "minutes", "whole half hours within the window", True),
        ),
        (_made(brand_name="Acme"), Loss("creative.brand_name", LossKind.DROPPED, "Acme", "the identity's name")),
        (_made(call_to_action=None), Loss("creative.call_to_action", LossKind.DROPPED, "none", "LEARN_MORE")),
        (lambda spec: spec, Loss("creative.headlines", LossKind.DROPPED, "3 texts", "")),
        (lambda spec: spec, Loss("creative.images", LossKind.DROPPED, "square.png", "")),
        (lambda spec: spec, Loss("targeting.keywords", LossKind.DROPPED, "running shoes", "")),
    ],
)
def test_what_is_lost_is_listed_with_before_and_after(change: Change, loss: Loss) -> None:
    assert loss in check(change(SPEC)).losses


def test_minors_are_reached_where_tiktok_allows_it() -> None:
    spec = feed_specs.with_targeting(SPEC, age_min=13, locations=(Location(LocationType.COUNTRY, country="JP"),))
    assert "targeting.age" not in [loss.field for loss in check(spec).losses]


def test_everyday_symbols_are_no_emoji() -> None:
    assert check(feed_specs.with_creative(SPEC, primary_text="Acme® shoes™ – 20 % off → now")).errors == ()


@pytest.mark.parametrize(
    ("amount", "currency", "is_enough"),
    [("20.01", "USD", True), ("20", "USD", False), ("20", "KWD", False), ("2000", "JPY", False), ("2001", "JPY", True)],
)
def test_an_ad_groups_budget_exceeds_what_tiktok_takes_in_any_currency(
    amount: str, currency: str, is_enough: bool
) -> None:
    spec = feed_specs.with_budget(feed_specs.feed_spec(), amount, currency=currency)
    fields = {error.field for error in check(spec).errors}
    assert fields == (set() if is_enough else {"budget.amount.value"})
