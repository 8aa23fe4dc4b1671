"""What Google gets: one atomic tree, nothing widened, money in whole micros."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms.specs import search_spec, with_creative, with_targeting

from adloom.core.money import Money
from adloom.platforms import registry
from adloom.platforms.contract import Loss
from adloom.platforms.google import countries, mapping, payloads
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Daypart, Declarations, Keyword, Location, Schedule
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
    RemoteStatus,
    Weekday,
)

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)


def creates(spec: CampaignSpec, operation: str) -> list[Any]:
    return [each.create for each in payloads.tree(spec, ids={}) if each.operation == operation]


def negatives(spec: CampaignSpec, name: str) -> set[str]:
    found = creates(spec, "adGroupCriterionOperation")
    assert not [each for each in found if name in each and not each.get("negative")]
    return {each[name]["type"] for each in found if name in each}


def losses(spec: CampaignSpec) -> tuple[Loss, ...]:
    return ADAPTER.preflight(spec).losses


def test_the_tree_is_one_atomic_write_with_parents_before_children() -> None:
    spec = search_spec(groups=2, ads=2)
    body = payloads.mutate(payloads.tree(spec, ids={}))
    assert body["partialFailure"] is False
    known: set[str] = set()
    for operation in body["mutateOperations"]:
        create = next(iter(operation.values()))["create"]
        for parent in ("campaignBudget", "campaign", "adGroup"):
            assert parent not in create or create[parent] in known
        known.add(create.get("resourceName", ""))
    names = [name for name in known if name]
    assert len(names) == len(set(names)) == 4


def test_the_campaign_is_paused_and_everything_that_widens_is_off() -> None:
    (campaign,) = creates(search_spec(), "campaignOperation")
    assert campaign["status"] == "PAUSED"
    assert campaign["networkSettings"] == {
        "targetGoogleSearch": True,
        "targetSearchNetwork": False,
        "targetContentNetwork": False,
        "targetPartnerSearchNetwork": False,
    }
    assert campaign["geoTargetTypeSetting"] == {"positiveGeoTargetType": "PRESENCE"}
    assert {each["assetAutomationStatus"] for each in campaign["assetAutomationSettings"]} == {"OPTED_OUT"}
    assert campaign["containsEuPoliticalAdvertising"] == "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
    assert campaign["startDateTime"] == "2026-12-01 00:00:00"
    assert campaign["endDateTime"] == "2026-12-31 23:59:59"
    assert campaign["finalUrlSuffix"].startswith("utm_source=adloom&utm_campaign=")


def test_the_political_declaration_is_the_persons() -> None:
    (campaign,) = creates(search_spec(declarations=Declarations(eu_political=True)), "campaignOperation")
    assert campaign["containsEuPoliticalAdvertising"] == "CONTAINS_EU_POLITICAL_ADVERTISING"


def test_search_partners_are_on_only_where_the_person_says_so() -> None:
    (campaign,) = creates(search_spec(overrides={"search_partners": True}), "campaignOperation")
    assert campaign["networkSettings"]["targetSearchNetwork"] is True
    errors = ADAPTER.preflight(search_spec(overrides={"status": "ENABLED"})).errors
    assert [error.field for error in errors] == ["platforms.google_ads.overrides.status"]


@pytest.mark.parametrize(
    ("amount", "micros"),
    [("50.00", "50000000"), ("0.01", "10000"), ("1234567.89", "1234567890000"), ("19.99", "19990000")],
)
def test_money_is_whole_micros_in_a_string(amount: str, micros: str) -> None:
    assert mapping.to_micros(Decimal(amount)) == micros
    assert mapping.from_micros(micros) == Decimal(amount)


def test_less_than_a_micro_is_no_money() -> None:
    with pytest.raises(ValueError, match="more than six decimals"):
        mapping.to_micros(Decimal("0.0000001"))


@pytest.mark.parametrize(
    ("strategy", "target", "scheme"),
    [
        (BidStrategy.MAX_CLICKS, None, {"targetSpend": {}}),
        (BidStrategy.BID_CAP, "1.50", {"targetSpend": {"cpcBidCeilingMicros": "1500000"}}),
        (BidStrategy.MAX_CONVERSIONS, None, {"maximizeConversions": {}}),
        (BidStrategy.TARGET_CPA, "12.5", {"maximizeConversions": {"targetCpaMicros": "12500000"}}),
        (BidStrategy.MAX_VALUE, None, {"maximizeConversionValue": {}}),
        (BidStrategy.TARGET_ROAS, "3.5", {"maximizeConversionValue": {"targetRoas": Decimal("3.5")}}),
    ],
)
def test_every_bid_strategy_has_its_scheme(strategy: BidStrategy, target: str | None, scheme: Any) -> None:
    bidding = Bidding(strategy, Decimal(target) if target else None)
    spec = search_spec(budget=Budget(BudgetType.DAILY, Money(Decimal(50), "USD"), bidding))
    (campaign,) = creates(spec, "campaignOperation")
    assert scheme.items() <= campaign.items()
    assert ADAPTER.preflight(spec).errors == ()


def test_a_lifetime_budget_is_a_total_and_needs_an_end() -> None:
    money = Budget(BudgetType.LIFETIME, Money(Decimal(500), "USD"), Bidding(BidStrategy.MAX_CLICKS))
    spec = search_spec(budget=money)
    (budget,) = creates(spec, "campaignBudgetOperation")
    assert (budget["totalAmountMicros"], budget["period"]) == ("500000000", "CUSTOM_PERIOD")
    assert "amountMicros" not in budget
    endless = dataclasses.replace(spec, schedule=Schedule(start=spec.schedule.start))
    assert [error.field for error in ADAPTER.preflight(endless).errors] == ["schedule.end"]


def test_all_ages_from_18_and_all_genders_exclude_nobody() -> None:
    spec = search_spec()
    assert (negatives(spec, "ageRange"), negatives(spec, "gender")) == (set(), set())


@pytest.mark.parametrize(
    ("low", "high", "kept", "loss"),
    [
        (18, 24, {"AGE_RANGE_18_24"}, None),
        (25, 34, {"AGE_RANGE_25_34"}, None),
        (65, None, {"AGE_RANGE_65_UP"}, None),
        (18, 49, {"AGE_RANGE_18_24", "AGE_RANGE_25_34", "AGE_RANGE_35_44"}, "18–44"),
        (21, 50, {"AGE_RANGE_25_34", "AGE_RANGE_35_44"}, "25–44"),
        (13, 34, {"AGE_RANGE_18_24", "AGE_RANGE_25_34"}, "18–34"),
        (
            21,
            None,
            {"AGE_RANGE_25_34", "AGE_RANGE_35_44", "AGE_RANGE_45_54", "AGE_RANGE_55_64", "AGE_RANGE_65_UP"},
            "25+",
        ),
    ],
)
def test_ages_are_cut_inwards_and_never_widened(low: int, high: int | None, kept: set[str], loss: str | None) -> None:
    """Whoever is outside, or of unknown age, is excluded: on Search, a positive age would only bid."""
    spec = with_targeting(search_spec(), age_min=low, age_max=high)
    everyone = {name for name, _, _ in mapping.AGES} | {mapping.AGE_UNKNOWN}
    assert negatives(spec, "ageRange") == everyone - kept
    found = losses(spec)
    assert [each.after for each in found] == ([loss] if loss else [])
    assert all(each.kind is LossKind.NARROWED and each.is_targeting for each in found)


def test_ages_between_two_brackets_are_refused() -> None:
    spec = with_targeting(search_spec(), age_min=19, age_max=23)
    assert [error.field for error in ADAPTER.preflight(spec).errors] == ["targeting.age"]


def test_one_gender_excludes_the_other_and_the_unknown() -> None:
    assert negatives(with_targeting(search_spec(), genders=(Gender.FEMALE,)), "gender") == {"MALE", "UNDETERMINED"}
    assert negatives(with_targeting(search_spec(), genders=(Gender.MALE, Gender.FEMALE)), "gender") == set()


def test_devices_that_were_not_asked_for_are_excluded() -> None:
    spec = with_targeting(search_spec(), devices=(Device.MOBILE,))
    excluded = [each for each in creates(spec, "campaignCriterionOperation") if "device" in each]
    assert {(each["device"]["type"], each["bidModifier"]) for each in excluded} == {("DESKTOP", 0), ("TABLET", 0)}


def test_places_languages_and_hours() -> None:
    spec = with_targeting(
        search_spec(),
        locations=(
            Location(LocationType.COUNTRY, country="DE"),
            Location(LocationType.COUNTRY, country="FR", exclude=True),
            Location(LocationType.RADIUS, lat=Decimal("52.52"), lon=Decimal("-13.405"), radius_km=Decimal("10.5")),
        ),
        languages=("zh",),
        location_intent=LocationIntent.PRESENCE_OR_INTEREST,
    )
    hours = (Daypart((Weekday.FRI,), 9 * 60 + 30, 24 * 60),)
    spec = dataclasses.replace(spec, schedule=dataclasses.replace(spec.schedule, dayparting=hours))
    campaign = "customers/1234567890/campaigns/-2"
    assert creates(spec, "campaignCriterionOperation") == [
        {"campaign": campaign, "location": {"geoTargetConstant": "geoTargetConstants/2276"}},
        {"campaign": campaign, "location": {"geoTargetConstant": "geoTargetConstants/2250"}, "negative": True},
        {
            "campaign": campaign,
            "proximity": {
                "geoPoint": {"latitudeInMicroDegrees": 52520000, "longitudeInMicroDegrees": -13405000},
                "radius": Decimal("10.5"),
                "radiusUnits": "KILOMETERS",
            },
        },
        {"campaign": campaign, "language": {"languageConstant": "languageConstants/1017"}},
        {"campaign": campaign, "language": {"languageConstant": "languageConstants/1018"}},
        {
            "campaign": campaign,
            "adSchedule": {
                "dayOfWeek": "FRIDAY",
                "startHour": 9,
                "startMinute": "THIRTY",
                "endHour": 24,
                "endMinute": "ZERO",
            },
        },
    ]
    (setting,) = (each["geoTargetTypeSetting"] for each in creates(spec, "campaignOperation"))
    assert setting == {"positiveGeoTargetType": "PRESENCE_OR_INTEREST"}


@pytest.mark.parametrize(
    ("code", "constant"),
    [("US", 2840), ("CA", 2124), ("GB", 2826), ("DE", 2276), ("FR", 2250), ("JP", 2392), ("de", 2276), ("AF", 2004)],
)
def test_a_country_is_2000_and_its_iso_number(code: str, constant: int) -> None:
    assert countries.geo_target(code) == f"geoTargetConstants/{constant}"


@pytest.mark.parametrize("code", ["KP", "XX", "", "USA"])
def test_what_is_no_country_with_ads_has_no_constant(code: str) -> None:
    assert countries.geo_target(code) is None


def test_a_keyword_and_its_negatives_stand_in_their_ad_group() -> None:
    spec = with_targeting(search_spec(), negative_keywords=(Keyword("free", MatchType.BROAD),))
    criteria = creates(spec, "adGroupCriterionOperation")
    assert [(each["keyword"]["text"], each.get("negative", False)) for each in criteria] == [
        ("running shoes", False),
        ("trail shoes", False),
        ("free", True),
    ]


def test_a_create_ends_with_the_one_write_that_lets_it_deliver() -> None:
    steps = ADAPTER.steps(search_spec(), operation=Operation.CREATE)
    assert [(step.key, step.activates) for step in steps] == [("tree", False), ("activate/campaign", True)]
    paused = ADAPTER.steps(search_spec(desired_status=RemoteStatus.PAUSED), operation=Operation.CREATE)
    assert [step.key for step in paused] == ["tree"]


def test_the_same_ad_gives_the_same_request_for_every_attempt() -> None:
    spec = search_spec(groups=2, ads=2)
    (tree, _) = ADAPTER.steps(spec, operation=Operation.CREATE)
    first = ADAPTER.request(spec, step=tree, ids={}, key="k")
    assert first == ADAPTER.request(spec, step=tree, ids={}, key="k")
    assert len(first["mutateOperations"]) == len(tree.creates)


def test_a_campaign_of_more_parts_than_one_write_holds_is_refused() -> None:
    words = tuple(Keyword(f"shoes {number}", MatchType.EXACT) for number in range(2001))
    spec = with_targeting(search_spec(groups=5), keywords=words)
    assert [error.field for error in ADAPTER.preflight(spec).errors] == ["ad_groups"]
    fewer = with_targeting(search_spec(groups=5), keywords=words[:1900])
    assert ADAPTER.preflight(fewer).errors == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money(Decimal("1000000000.01"), "USD")}, "budget.amount"),
        ({"bidding": Bidding(BidStrategy.TARGET_CPA, Decimal("1000000001"))}, "budget.bidding.target"),
    ],
)
def test_a_slip_of_the_pen_is_refused(changes: Any, field: str) -> None:
    spec = search_spec()
    spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, **changes))
    assert [error.field for error in ADAPTER.preflight(spec).errors] == [field]


def test_repeated_marks_are_refused_before_google_finds_them() -> None:
    spec = with_creative(search_spec(), headlines=("Spring Sale", "Run Faster", "Free Shipping!!"))
    (error,) = ADAPTER.preflight(spec).errors
    assert (error.field, error.fix) == ("creative.headlines[2]", "Use one mark.")
    ellipsis = with_creative(search_spec(), headlines=("Spring Sale", "Run Faster", "And then…"))
    assert ADAPTER.preflight(ellipsis).errors == ()
