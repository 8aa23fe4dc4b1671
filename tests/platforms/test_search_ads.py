"""What both search platforms refuse and lose: one table, held against both adapters."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms.specs import search_spec, with_creative, with_targeting

from adloom.core.errors import Invalid
from adloom.core.money import Money
from adloom.platforms import registry, search_ads
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.spec import (
    Bidding,
    Budget,
    CampaignSpec,
    Conversion,
    Declarations,
    Image,
    Interest,
    Keyword,
    Location,
    MediaFile,
    Schedule,
    Video,
)
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    CallToAction,
    ConversionEvent,
    ImageRole,
    LocationType,
    LossKind,
    MatchType,
    Objective,
    Operation,
    Platform,
)

PLATFORMS = (Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS)
IMAGE = MediaFile("a1", "shoe.png", "image/png", 1, "0", "0", 1200, 628, None, read=lambda: b"")


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def check(request: pytest.FixtureRequest) -> Any:
    return registry.adapter(request.param).preflight


def budget(amount: str = "50.00", currency: str = "USD", **changes: Any) -> Budget:
    strategy = changes.pop("strategy", BidStrategy.MAX_CLICKS)
    target = changes.pop("target", None)
    return Budget(BudgetType.DAILY, Money(Decimal(amount), currency), Bidding(strategy, target))


def fields(preflight: Preflight) -> set[str]:
    return {error.field for error in preflight.errors}


def losses(preflight: Preflight) -> dict[str, Loss]:
    return {loss.field: loss for loss in preflight.losses}


def test_the_plain_ad_has_neither_errors_nor_losses(check: Any) -> None:
    assert check(search_spec()) == Preflight()


def headlines(*texts: str) -> CampaignSpec:
    return with_creative(search_spec(), headlines=texts)


def keywords(*texts: str) -> CampaignSpec:
    return with_targeting(search_spec(), keywords=tuple(Keyword(text, MatchType.BROAD) for text in texts))


REFUSED = [
    ("creative.headlines", headlines("One", "Two")),
    ("creative.headlines", headlines(*(f"Headline {n}" for n in range(16)))),
    ("creative.headlines", headlines("Same", "same", "Other")),
    ("creative.headlines[1]", headlines("One", "x" * 31, "Three")),
    ("creative.headlines[1]", headlines("One", "広" * 16, "Three")),
    ("creative.headlines[0]", headlines(" ", "Two", "Three")),
    ("creative.headlines[0]", headlines("One\nline", "Two", "Three")),
    ("creative.descriptions", with_creative(search_spec(), descriptions=("Only one.",))),
    ("creative.descriptions[1]", with_creative(search_spec(), descriptions=("One.", "x" * 91))),
    ("creative.display_paths", with_creative(search_spec(), display_paths=("a", "b", "c"))),
    ("creative.display_paths[0]", with_creative(search_spec(), display_paths=("x" * 16,))),
    ("creative.display_paths[0]", with_creative(search_spec(), display_paths=("a/b",))),
    ("creative.landing_url", with_creative(search_spec(), landing_url="http://example.com")),
    ("creative.landing_url", with_creative(search_spec(), landing_url="https://[")),
    ("creative.landing_url", with_creative(search_spec(), landing_url="https://example.com/" + "x" * 2048)),
    ("targeting.keywords", keywords()),
    ("targeting.keywords[0]", keywords("x" * 81)),
    ("targeting.keywords[0]", keywords("a b c d e f g h i j k")),
    ("targeting.keywords[0]", keywords("shoes!")),
    ("targeting.locations", with_targeting(search_spec(), locations=())),
    (
        "targeting.locations",
        with_targeting(search_spec(), locations=(Location(LocationType.COUNTRY, country="US", exclude=True),)),
    ),
    (
        "targeting.locations[0]",
        with_targeting(search_spec(), locations=(Location(LocationType.REGION, country="US", code="US-CA"),)),
    ),
    (
        "targeting.locations[0]",
        with_targeting(search_spec(), locations=(Location(LocationType.COUNTRY, country="ZZ"),)),
    ),
    ("targeting.locations[0]", with_targeting(search_spec(), locations=(Location(LocationType.RADIUS),))),
    (
        "targeting.locations[0]",
        with_targeting(
            search_spec(),
            locations=(Location(LocationType.RADIUS, lat=Decimal(1), lon=Decimal(1), radius_km=Decimal(801)),),
        ),
    ),
    (
        "targeting.locations",
        with_targeting(
            search_spec(),
            locations=(
                Location(LocationType.COUNTRY, country="US"),
                Location(LocationType.COUNTRY, country="US", exclude=True),
            ),
        ),
    ),
    ("targeting.keywords[0]", keywords("広" * 41)),
    ("targeting.languages", with_targeting(search_spec(), languages=("tlh",))),
    ("targeting.devices", with_targeting(search_spec(), devices=())),
    ("declarations.eu_political", search_spec(declarations=Declarations())),
    ("objective", search_spec(objective=Objective.VIDEO_VIEWS)),
    ("ad_groups", search_spec(groups=0)),
    ("ad_groups[g0].ads", search_spec(ads=4)),
    ("ad_groups[g0].ads", search_spec(ads=0)),
    ("budget.amount", search_spec(budget=budget("50.001"))),
    ("budget.amount", search_spec(budget=budget("0"))),
    ("budget.amount", search_spec(budget=budget("50", "EUR"))),
    ("budget.bidding.target", search_spec(budget=budget(strategy=BidStrategy.TARGET_CPA))),
    ("budget.bidding.target", search_spec(budget=budget(strategy=BidStrategy.BID_CAP, target=Decimal("0.001")))),
    ("budget.bidding.target", search_spec(budget=budget(strategy=BidStrategy.TARGET_ROAS, target=Decimal(1001)))),
    ("name", search_spec(name="x" * 300)),
    ("name", search_spec(name="two\nlines")),
]


@pytest.mark.parametrize(("field", "spec"), REFUSED, ids=[f"{n}-{each[0]}" for n, each in enumerate(REFUSED)])
def test_what_the_platform_would_refuse_is_refused_first(check: Any, field: str, spec: CampaignSpec) -> None:
    preflight = check(spec)
    assert field in fields(preflight)
    for error in preflight.errors:
        assert error.rule
        assert error.fix


def test_every_error_is_listed_and_not_only_the_first(check: Any) -> None:
    spec = with_targeting(headlines("One"), keywords=(), locations=())
    assert {"creative.headlines", "targeting.keywords", "targeting.locations"} <= fields(check(spec))


def test_wide_characters_count_two_columns(check: Any) -> None:
    assert search_ads.columns("広告 ad") == 7
    assert fields(check(headlines("広" * 15, "Two", "Three"))) == set()


def test_errors_name_the_ad_group_and_the_ad_where_there_are_several(check: Any) -> None:
    spec = search_spec(groups=2, ads=2)
    bad = dataclasses.replace(spec.groups[1].ads[1].creative, headlines=("One",))
    ad = dataclasses.replace(spec.groups[1].ads[1], creative=bad)
    group = dataclasses.replace(spec.groups[1], ads=(spec.groups[1].ads[0], ad))
    spec = dataclasses.replace(spec, groups=(spec.groups[0], group))
    assert fields(check(spec)) == {"ad_groups[g1].ads[a1].creative.headlines"}


def test_ad_groups_that_differ_in_what_the_campaign_decides_are_refused(check: Any) -> None:
    spec = search_spec(groups=2)
    other = dataclasses.replace(
        spec.groups[1],
        targeting=dataclasses.replace(spec.groups[1].targeting, languages=("de",)),
    )
    spec = dataclasses.replace(spec, groups=(spec.groups[0], other))
    assert "ad_groups.targeting" in fields(check(spec))


def test_what_a_search_ad_cannot_show_is_a_loss_and_no_error(check: Any) -> None:
    spec = with_creative(
        search_spec(),
        primary_text="Buy shoes",
        call_to_action=CallToAction.SHOP_NOW,
        long_headline="A longer headline",
        brand_name="Acme Shoes of Greater Boston",
        images=(Image(IMAGE, ImageRole.LANDSCAPE),),
        videos=(Video(None, youtube_id="abc"),),
    )
    preflight = check(spec)
    assert preflight.errors == ()
    assert {loss.field: (loss.kind, loss.before, loss.is_targeting) for loss in preflight.losses} == {
        "creative.primary_text": (LossKind.DROPPED, "Buy shoes", False),
        "creative.call_to_action": (LossKind.DROPPED, "SHOP_NOW", False),
        "creative.long_headline": (LossKind.DROPPED, "A longer headline", False),
        "creative.brand_name": (LossKind.DROPPED, "Acme Shoes of Greater Boston", False),
        "creative.images": (LossKind.DROPPED, "shoe.png", False),
        "creative.videos": (LossKind.DROPPED, "abc", False),
    }


def test_a_creative_that_ads_share_is_lost_once(check: Any) -> None:
    spec = search_spec(groups=3)
    spec = with_creative(spec, primary_text="Buy shoes")
    assert len(check(spec).losses) == 1


@pytest.mark.parametrize("platform", PLATFORMS)
def test_targeting_that_search_does_not_know_needs_consent(platform: Platform) -> None:
    """Audiences that exist on the platform are taken."""
    spec = with_targeting(
        search_spec(),
        interests=(Interest("unified", "sports/running"),),
        audiences_include=("77",),
        audiences_exclude=("78",),
    )
    found = losses(registry.adapter(platform).preflight(spec))
    assert set(found) == {"targeting.interests"}, "audiences are taken"
    assert all(loss.is_targeting and loss.kind is LossKind.DROPPED for loss in found.values())


@pytest.mark.parametrize("currency", ["HUF", "IDR", "TWD", "COP", "CRC", "RSD", "BHD", "JOD", "JPY", "XXX"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_currency_that_the_platform_does_not_bill_in_is_refused(platform: Platform, currency: str) -> None:
    """Each platform's own table decides, never ISO's digits."""
    known = {
        Platform.GOOGLE_ADS: {"HUF", "IDR", "TWD", "COP", "CRC", "RSD", "BHD", "JOD", "JPY"},
        Platform.MICROSOFT_ADS: {"IDR", "TWD", "COP"},
    }
    account = dataclasses.replace(search_spec().account, currency=currency)
    spec = search_spec(account=account, budget=budget("100000", currency))
    refused = "budget.amount.currency" in fields(registry.adapter(platform).preflight(spec))
    assert refused is (currency not in known[platform])


@pytest.mark.parametrize("platform", [Platform.MICROSOFT_ADS])
def test_changing_what_nobody_knows_to_stand_is_refused_with_a_sentence(platform: Platform) -> None:
    with pytest.raises(Invalid, match="is not known"):
        registry.adapter(platform).steps(search_spec(), operation=Operation.UPDATE)


def test_keywords_that_repeat_are_sent_once() -> None:
    twice = (Keyword("Shoes", MatchType.EXACT), Keyword("shoes", MatchType.EXACT), Keyword("shoes", MatchType.BROAD))
    assert search_ads.unique_keywords(twice) == (twice[0], twice[2])


def test_a_flight_without_end_is_taken(check: Any) -> None:
    spec = search_spec()
    assert check(dataclasses.replace(spec, schedule=Schedule(start=spec.schedule.start))).errors == ()


def test_a_conversion_action_that_was_chosen_is_not_lost() -> None:
    spec = dataclasses.replace(search_spec(), conversion=Conversion(ConversionEvent.PURCHASE))
    adapter = registry.adapter(Platform.GOOGLE_ADS)
    chosen = dataclasses.replace(
        spec, account=dataclasses.replace(spec.account, attributes={"conversion_actions": "7"})
    )
    for each in (spec, chosen):
        assert "conversion.event" not in {loss.field for loss in adapter.preflight(each).losses}
