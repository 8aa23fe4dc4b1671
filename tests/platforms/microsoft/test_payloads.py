"""What Microsoft gets: one call per level, nothing widened, the campaign last."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.platforms.specs import search_spec, with_creative, with_targeting

from adloom.core.money import Money
from adloom.platforms import registry
from adloom.platforms.contract import Loss
from adloom.platforms.geography import Place
from adloom.platforms.microsoft import payloads, targets, zones
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Daypart, Declarations, Keyword, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    Device,
    Gender,
    LocationIntent,
    LocationType,
    LossKind,
    MatchType,
    Operation,
    Platform,
    Weekday,
)

ADAPTER = registry.adapter(Platform.MICROSOFT_ADS)


def campaign(spec: CampaignSpec) -> Any:
    return payloads.campaign(spec)["Campaigns"][0]


def criteria(spec: CampaignSpec, kind: str) -> list[Any]:
    return [each for each in targets.of(spec) if each["Criterion"]["Type"] == kind]


def bids(spec: CampaignSpec, kind: str, field: str) -> dict[str, int]:
    return {each["Criterion"][field]: each["CriterionBid"]["Multiplier"] for each in criteria(spec, kind)}


def losses(spec: CampaignSpec) -> dict[str, Loss]:
    return {loss.field: loss for loss in ADAPTER.preflight(spec).losses}


def errors(spec: CampaignSpec) -> list[str]:
    return [error.field for error in ADAPTER.preflight(spec).errors]


def test_the_campaign_is_paused_and_everything_that_widens_is_off() -> None:
    spec = search_spec()
    fields = campaign(spec)
    assert (fields["Status"], fields["CampaignType"]) == ("Paused", "Search")
    assert (fields["AudienceAdsBidAdjustment"], fields["MultimediaAdsBidAdjustment"]) == (-100, -100)
    assert (fields["DailyBudget"], fields["BudgetType"]) == (Decimal("50.00"), "DailyBudgetStandard")
    assert (fields["IsPolitical"], fields["Languages"]) == (False, ["English"])
    assert fields["TimeZone"] == "PacificTimeUSCanadaTijuana"
    (group,) = payloads.ad_group(spec, spec.groups[0], campaign_id="1")["AdGroups"]
    assert group["Network"] == "OwnedAndOperatedOnly"
    assert group["StartDate"] == {"Year": 2026, "Month": 12, "Day": 1}
    assert group["EndDate"] == {"Year": 2026, "Month": 12, "Day": 31}


def test_search_partners_are_on_only_where_the_person_says_so() -> None:
    spec = search_spec(overrides={"search_partners": True})
    (group,) = payloads.ad_group(spec, spec.groups[0], campaign_id="1")["AdGroups"]
    assert group["Network"] == "OwnedAndOperatedAndSyndicatedSearch"
    assert errors(search_spec(overrides={"Status": "Active"})) == ["platforms.microsoft_ads.overrides.Status"]


def test_no_language_means_all() -> None:
    assert campaign(with_targeting(search_spec(), languages=()))["Languages"] == ["All"]


@pytest.mark.parametrize(
    ("strategy", "target", "scheme"),
    [
        (BidStrategy.MAX_CLICKS, None, {"Type": "MaxClicksBiddingScheme"}),
        (BidStrategy.BID_CAP, "1.5", {"Type": "MaxClicksBiddingScheme", "MaxCpc": {"Amount": Decimal("1.5")}}),
        (BidStrategy.MAX_CONVERSIONS, None, {"Type": "MaxConversionsBiddingScheme"}),
        (BidStrategy.TARGET_CPA, "12.5", {"Type": "MaxConversionsBiddingScheme", "TargetCpa": Decimal("12.5")}),
        (BidStrategy.MAX_VALUE, None, {"Type": "MaxConversionValueBiddingScheme"}),
        (BidStrategy.TARGET_ROAS, "3.5", {"Type": "MaxConversionValueBiddingScheme", "TargetRoas": Decimal("3.5")}),
    ],
)
def test_every_bid_strategy_has_its_scheme(strategy: BidStrategy, target: str | None, scheme: Any) -> None:
    bidding = Bidding(strategy, Decimal(target) if target else None)
    spec = search_spec(budget=Budget(BudgetType.DAILY, Money(Decimal(50), "USD"), bidding))
    assert campaign(spec)["BiddingScheme"] == scheme
    assert errors(spec) == []


def test_a_lifetime_budget_is_refused() -> None:
    money = Budget(BudgetType.LIFETIME, Money(Decimal(500), "USD"), Bidding(BidStrategy.MAX_CLICKS))
    assert errors(search_spec(budget=money)) == ["budget.type"]


@pytest.mark.parametrize(("amount", "is_refused"), [("0.04", True), ("0.05", False)])
def test_the_least_budget_is_microsofts(amount: str, is_refused: bool) -> None:
    money = Budget(BudgetType.DAILY, Money(Decimal(amount), "USD"), Bidding(BidStrategy.MAX_CLICKS))
    assert ("budget.amount" in errors(search_spec(budget=money))) is is_refused


def test_a_political_ad_is_refused() -> None:
    assert errors(search_spec(declarations=Declarations(eu_political=True))) == ["declarations.eu_political"]


def test_places_and_their_intent() -> None:
    spec = with_targeting(
        search_spec(),
        locations=(
            Location(LocationType.COUNTRY, country="GB"),
            Location(LocationType.COUNTRY, country="CA", exclude=True),
            Location(LocationType.RADIUS, lat=Decimal("52.52"), lon=Decimal("13.4"), radius_km=Decimal("10.9")),
        ),
    )
    included, excluded = criteria(spec, "LocationCriterion")
    assert (included["Type"], included["Criterion"]["LocationId"]) == ("BiddableCampaignCriterion", "188")
    assert excluded == {
        "Type": "NegativeCampaignCriterion",
        "Criterion": {"Type": "LocationCriterion", "LocationId": "32"},
    }
    (circle,) = criteria(spec, "RadiusCriterion")
    assert (circle["Criterion"]["Radius"], circle["Criterion"]["RadiusUnit"]) == ("10", "Kilometers")
    loss = losses(spec)["targeting.locations"]
    assert (loss.kind, loss.before, loss.after) == (LossKind.NARROWED, "10.9 km", "10 km")
    (item,) = targets.intent(spec, campaign_id="1")["CampaignCriterions"]
    assert item["Criterion"] == {"Type": "LocationIntentCriterion", "IntentOption": "PeopleIn"}
    wide = with_targeting(spec, location_intent=LocationIntent.PRESENCE_OR_INTEREST)
    (item,) = targets.intent(wide, campaign_id="1", criterion_id="5")["CampaignCriterions"]
    assert (item["Id"], item["Criterion"]["IntentOption"]) == ("5", "PeopleInOrSearchingForOrViewingPages")


def test_a_country_whose_id_is_not_known_is_asked_for_and_then_sent_by_its_id() -> None:
    japan = Location(LocationType.COUNTRY, country="JP")
    spec = with_targeting(search_spec(), locations=(japan,))
    assert [query.country for query in ADAPTER.place_queries(spec)] == ["JP"]
    (error,) = ADAPTER.preflight(spec).errors
    assert (error.field, error.fix) == ("targeting.locations[0]", "Plan again in a moment.")
    told = with_targeting(spec, locations=(replace(japan, places=(Place("96", "JP"),)),))
    assert ADAPTER.preflight(told).errors == ()
    (item,) = criteria(told, "LocationCriterion")
    assert item["Criterion"]["LocationId"] == "96"
    assert ADAPTER.place_queries(with_targeting(spec, locations=(Location(LocationType.COUNTRY, country="US"),))) == ()


def test_devices_are_sent_all_three_or_not_at_all() -> None:
    assert criteria(search_spec(), "DeviceCriterion") == []
    spec = with_targeting(search_spec(), devices=(Device.DESKTOP, Device.TABLET))
    assert bids(spec, "DeviceCriterion", "DeviceName") == {"Computers": 0, "Smartphones": -100, "Tablets": 0}


def test_ages_and_genders_only_bid_on_search_so_a_restriction_needs_consent() -> None:
    spec = with_targeting(search_spec(), age_min=25, age_max=49, genders=(Gender.FEMALE,))
    assert bids(spec, "AgeCriterion", "AgeRange") == {
        "EighteenToTwentyFour": -90,
        "TwentyFiveToThirtyFour": 0,
        "ThirtyFiveToFourtyNine": 0,
        "FiftyToSixtyFour": -90,
        "SixtyFiveAndAbove": -90,
    }
    assert bids(spec, "GenderCriterion", "GenderType") == {"Male": -90, "Female": 0}
    found = losses(spec)
    assert {(field, loss.kind, loss.is_targeting) for field, loss in found.items()} == {
        ("targeting.age", LossKind.DROPPED, True),
        ("targeting.genders", LossKind.DROPPED, True),
    }


def test_all_ages_and_genders_send_no_bids_and_lose_nothing() -> None:
    assert criteria(search_spec(), "AgeCriterion") == criteria(search_spec(), "GenderCriterion") == []
    assert losses(search_spec()) == {}


def test_hours_are_the_accounts_and_not_the_searchers() -> None:
    spec = search_spec()
    hours = (Daypart((Weekday.MON,), 9 * 60, 24 * 60),)
    spec = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=hours))
    assert campaign(spec)["AdScheduleUseSearcherTimeZone"] is False
    (criterion,) = criteria(spec, "DayTimeCriterion")
    assert criterion["Criterion"] == {
        "Type": "DayTimeCriterion",
        "Day": "Monday",
        "FromHour": 9,
        "FromMinute": "Zero",
        "ToHour": 24,
        "ToMinute": "Zero",
    }


def test_a_broad_negative_keyword_becomes_a_phrase_with_consent() -> None:
    broad = (Keyword("free", MatchType.BROAD), Keyword("Free", MatchType.PHRASE))
    spec = with_targeting(search_spec(), negative_keywords=broad)
    assert [(each["Text"], each["MatchType"]) for each in payloads.negatives(spec.groups[0])] == [("Free", "Phrase")]
    loss = losses(spec)["targeting.negative_keywords"]
    assert (loss.kind, loss.is_targeting) == (LossKind.DROPPED, True)


def test_chinese_is_the_traditional_one() -> None:
    loss = losses(with_targeting(search_spec(), languages=("zh",)))["targeting.languages"]
    assert (loss.kind, loss.after) == (LossKind.NARROWED, "traditional Chinese")


def test_domain_and_paths_are_67_characters_at_most() -> None:
    spec = with_creative(search_spec(), landing_url=f"https://{'x' * 50}.example/y", display_paths=("a" * 5, "b" * 5))
    assert errors(spec) == ["creative.display_paths"]


def test_more_keywords_than_a_call_takes_go_in_portions() -> None:
    many = tuple(Keyword(f"word {index}", MatchType.EXACT) for index in range(1001))
    steps = ADAPTER.steps(with_targeting(search_spec(), keywords=many), operation=Operation.CREATE)
    portions = [step for step in steps if step.kind == "keyword"]
    assert [len(step.creates) for step in portions] == [1000, 1]
    keys = {key for step in portions for key in step.creates}
    assert len(keys) == 1001, "each keyword has a key of its own"
    fewer = ADAPTER.steps(with_targeting(search_spec(), keywords=many[1:]), operation=Operation.CREATE)
    assert {key for step in fewer if step.kind == "keyword" for key in step.creates} < keys, "the same in any list"


def test_more_criteria_than_a_call_takes_go_in_portions() -> None:
    circles = tuple(
        Location(LocationType.RADIUS, lat=Decimal(index), lon=Decimal(1), radius_km=Decimal(5)) for index in range(85)
    ) + tuple(
        Location(LocationType.RADIUS, lat=Decimal(index), lon=Decimal(2), radius_km=Decimal(5)) for index in range(85)
    )
    steps = ADAPTER.steps(with_targeting(search_spec(), locations=circles), operation=Operation.CREATE)
    assert [(step.key, len(step.creates)) for step in steps if step.key.startswith("criteria")] == [
        ("criteria", 100),
        ("criteria/1", 70),
    ]


def test_the_name_that_all_ads_share_is_the_campaigns_and_another_is_lost() -> None:
    spec = with_creative(search_spec(ads=2), brand_name="Acme")
    assert campaign(spec)["BusinessName"] == "Acme"
    assert "creative.brand_name" not in str(ADAPTER.preflight(spec).losses)
    (group,) = spec.groups
    other = dataclasses.replace(group.ads[1], creative=dataclasses.replace(group.ads[1].creative, brand_name="Bolt"))
    mixed = dataclasses.replace(spec, groups=(dataclasses.replace(group, ads=(group.ads[0], other)),))
    assert "BusinessName" not in campaign(mixed)
    assert {loss.before for loss in ADAPTER.preflight(mixed).losses} == {"Acme", "Bolt"}


def test_the_writes_come_parents_first_and_the_campaign_last() -> None:
    steps = ADAPTER.steps(search_spec(groups=2, ads=2), operation=Operation.CREATE)
    assert [step.key for step in steps] == [
        "campaign",
        "criteria",
        "location_intent",
        *("ad_group/g0", "keywords/g0/0", "negatives/g0", "ad/g0/a0", "ad/g0/a1"),
        *("ad_group/g1", "keywords/g1/0", "negatives/g1", "ad/g1/a0", "ad/g1/a1"),
        "activate/campaign",
    ]
    assert [step.activates for step in steps] == [False] * 13 + [True]


def test_keys_may_hold_a_slash() -> None:
    spec = search_spec()
    group = dataclasses.replace(spec.groups[0], key="a/b")
    spec = dataclasses.replace(spec, groups=(group,))
    ids = {"campaign": "1", "ad_group/a/b": "2"}
    for step in ADAPTER.steps(spec, operation=Operation.CREATE):
        assert ADAPTER.request(spec, step=step, ids=ids, key="k")


def test_every_time_zone_of_microsofts_is_a_zone_of_iana() -> None:
    for name, iana in zones.IANA.items():
        assert ZoneInfo(iana)
        assert zones.to_iana(name) == iana
        assert zones.of_campaign(iana) == name
    assert zones.to_iana("SomewhereNew") == ""
    assert zones.of_report("Europe/Athens") == "AthensIslandanbulMinsk"
