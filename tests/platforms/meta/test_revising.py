"""Updates on Meta: what is sent, in which order, what people are told, and what Meta cannot change."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs

from adloom.core.money import Money
from adloom.platforms.changes import Action, Effect
from adloom.platforms.meta import payloads, revising, standing, steps
from adloom.platforms.spec import Bidding, Budget, CampaignSpec, Conversion, Daypart, Image, Location
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    ConversionEvent,
    Gender,
    ImageRole,
    LocationType,
    Objective,
    Operation,
    Weekday,
)

BEFORE = feed_specs.feed_spec(groups=2, ads=2)


class Everything(dict[str, str]):
    """Ids of all that anybody asks for."""

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return f"id of {key}"


def _against(after: CampaignSpec, *before: CampaignSpec) -> CampaignSpec:
    return dataclasses.replace(after, standing=before or (BEFORE,))


def _keys(spec: CampaignSpec) -> list[str]:
    return [step.key for step in steps.plan(spec, operation=Operation.UPDATE)]


def _sent(spec: CampaignSpec, key: str) -> dict[str, Any]:
    step = next(step for step in steps.plan(spec, operation=Operation.UPDATE) if step.key == key)
    body = steps.body(spec, step=step, ids=Everything())
    return {name: value for name, value in body.items() if name != "id"}


def _budget(spec: CampaignSpec, value: str, **changes: Any) -> CampaignSpec:
    budget = dataclasses.replace(spec.budget, money=Money(Decimal(value), "USD"), **changes)
    return dataclasses.replace(spec, budget=budget)


def test_what_is_the_same_is_not_sent() -> None:
    assert _keys(_against(BEFORE)) == []
    assert revising.revise(_against(BEFORE)).changes == ()


def test_each_ad_set_gets_its_share_and_people_see_it() -> None:
    after = _against(_budget(BEFORE, "61.01"))
    assert _sent(after, "update/ad_group/g0") == {"daily_budget": 3051}
    assert _sent(after, "update/ad_group/g1") == {"daily_budget": 3050}
    first, second = revising.revise(after).changes
    assert (first.object, first.field, first.before, first.after) == (
        "ad_group/g0",
        "budget.amount",
        "25.00 USD",
        "30.51 USD",
    )
    assert second.effects == {Effect.MAY_RESET_LEARNING}


def test_a_budget_falls_before_another_one_comes_and_rises_after() -> None:
    three = feed_specs.feed_spec(campaign_id=BEFORE.campaign_id, groups=3, ads=1)
    two = dataclasses.replace(three, groups=three.groups[:2])
    added = _keys(_against(three, two))
    assert added[:2] == ["update/ad_group/g0", "update/ad_group/g1"]
    assert added.index("ad_group/g2") < added.index("activate/ad/g2/a0") < added.index("activate/ad_group/g2")
    gone = _keys(_against(two, three))
    assert gone == ["update/ad_group/g0", "update/ad_group/g1", "delete/ad_group/g2"]


def test_a_new_ad_may_reset_the_learning_of_its_ad_set_and_a_new_ad_set_has_none() -> None:
    more = feed_specs.feed_spec(campaign_id=BEFORE.campaign_id, groups=3, ads=3)
    effects = {change.object: change.effects for change in revising.revise(_against(more)).changes}
    assert effects["ad/g0/a2"] == {Effect.MAY_RESET_LEARNING}
    assert effects["ad_group/g2"] == effects["ad/g2/a0"] == frozenset()


def test_an_ad_goes_last_and_its_ads_go_with_an_ad_set() -> None:
    group = dataclasses.replace(BEFORE.groups[0], ads=BEFORE.groups[0].ads[:1])
    fewer = dataclasses.replace(BEFORE, groups=(group, BEFORE.groups[1]))
    assert _keys(_against(fewer)) == ["delete/ad/g0/a1"]
    (change,) = revising.revise(_against(fewer)).changes
    assert (change.action, change.object, change.effects) == (Action.DELETE, "ad/g0/a1", {Effect.IRREVERSIBLE})


def test_what_never_came_to_stand_is_not_taken_away() -> None:
    step = next(
        step
        for step in steps.plan(_against(BEFORE, feed_specs.feed_spec(groups=3)), operation=Operation.UPDATE)
        if step.key == "delete/ad_group/g2"
    )
    assert steps.body(_against(BEFORE), step=step, ids={}) == {}


def test_new_words_are_a_new_creative_of_the_same_ad() -> None:
    after = _against(feed_specs.with_creative(BEFORE, primary_text="Autumn sale"))
    keys = _keys(after)
    group, ad = BEFORE.groups[0], BEFORE.groups[0].ads[0]
    made = payloads.creative_key(after, group=after.groups[0], ad=after.groups[0].ads[0])
    assert made.startswith("creative/g0/a0/")
    assert made != payloads.creative_key(BEFORE, group=group, ad=ad)
    assert keys[keys.index(made) + 1] == "update/ad/g0/a0"
    assert not [key for key in keys if key.startswith("asset/")], "its picture was uploaded before"
    assert _sent(after, "update/ad/g0/a0") == {"creative": {"creative_id": f"id of {made}"}}
    change = revising.revise(after).changes[0]
    assert (change.field, change.after) == ("creative.primary_text", "Autumn sale")
    assert change.effects == {Effect.REPLACES_OBJECT, Effect.RE_REVIEW, Effect.MAY_RESET_LEARNING}


def test_a_new_picture_is_uploaded_before_it_is_shown() -> None:
    images = (Image(feed_specs.COVER, ImageRole.SQUARE),)
    keys = _keys(_against(feed_specs.with_creative(BEFORE, images=images)))
    assert keys[0] == "asset/cover"


def test_a_creative_is_found_by_what_it_shows_and_not_by_its_ad() -> None:
    """A lost answer for new words must not be taken for the creative with the old ones."""
    ids, names = Everything(), set()
    for spec in (BEFORE, feed_specs.with_creative(BEFORE, primary_text="Autumn sale")):
        for group in spec.groups:
            for ad in group.ads:
                names.add(payloads.creative(spec, group=group, ad=ad, ids=ids)["name"])
    assert len(names) == 8


def test_an_audience_is_sent_whole_and_told_field_by_field() -> None:
    places = (Location(LocationType.COUNTRY, country="US"), Location(LocationType.COUNTRY, country="CA"))
    after = _against(feed_specs.with_targeting(BEFORE, genders=(Gender.FEMALE,), age_min=25, locations=places))
    assert set(_sent(after, "update/ad_group/g0")) == {"targeting"}
    told = {change.field: (change.before, change.after) for change in revising.revise(after).changes}
    assert told == {
        "targeting.locations": ("US", "US, CA"),
        "targeting.age": ("18+", "25+"),
        "targeting.genders": ("ANY", "FEMALE"),
    }


def test_an_end_and_hours_can_be_taken_back() -> None:
    hours = (Daypart((Weekday.MON,), 540, 1080),)
    lifetime = _budget(BEFORE, "5000", type=BudgetType.LIFETIME)
    parted = dataclasses.replace(lifetime, schedule=dataclasses.replace(BEFORE.schedule, dayparting=hours))
    assert _sent(_against(lifetime, parted), "update/ad_group/g0") == {
        "pacing_type": ["standard"],
        "adset_schedule": [],
    }
    endless = dataclasses.replace(BEFORE, schedule=dataclasses.replace(BEFORE.schedule, end=None))
    assert _sent(_against(endless), "update/ad_group/g0") == {"end_time": 0}


def test_a_bid_travels_with_its_strategy() -> None:
    def with_bid(strategy: BidStrategy, target: str | None) -> CampaignSpec:
        bidding = Bidding(strategy, Decimal(target) if target else None)
        return _budget(BEFORE, "50", bidding=bidding)

    free, capped = with_bid(BidStrategy.MAX_CLICKS, None), with_bid(BidStrategy.BID_CAP, "1.50")
    assert _sent(_against(capped, free), "update/ad_group/g0") == {
        "bid_strategy": "LOWEST_COST_WITH_BID_CAP",
        "bid_amount": 150,
    }
    assert _sent(_against(free, capped), "update/ad_group/g0") == {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}
    higher = with_bid(BidStrategy.BID_CAP, "1.75")
    (change, _) = revising.revise(_against(higher, capped)).changes
    assert (change.field, change.before, change.after) == ("budget.bidding.target", "1.5", "1.75")


SELLING = feed_specs.selling(BEFORE)
FOR_LIFE = {
    "objective": (dataclasses.replace(BEFORE, objective=Objective.AWARENESS), BEFORE),
    "budget.type": (_budget(BEFORE, "5000", type=BudgetType.LIFETIME), BEFORE),
    "budget.bidding.strategy": (
        _budget(SELLING, "50", bidding=Bidding(BidStrategy.MAX_VALUE)),
        SELLING,
    ),
    "conversion.event": (dataclasses.replace(SELLING, conversion=Conversion(ConversionEvent.ADD_TO_CART)), SELLING),
    "platforms.facebook_ads.pixel": (
        dataclasses.replace(
            SELLING, account=dataclasses.replace(SELLING.account, attributes={"page_id": "11", "pixel_id": "23"})
        ),
        SELLING,
    ),
    "platforms.facebook_ads.account": (
        dataclasses.replace(BEFORE, account=dataclasses.replace(BEFORE.account, external_id="act_9")),
        BEFORE,
    ),
}


@pytest.mark.parametrize("field", FOR_LIFE)
def test_what_meta_keeps_for_life_is_an_error_that_names_its_field(field: str) -> None:
    after, before = FOR_LIFE[field]
    found = revising.revise(_against(after, before))
    assert [error.field for error in found.errors] == [field]
    assert found.changes == ()
    assert all(error.rule and error.fix for error in found.errors)


def test_an_update_that_ended_half_way_is_set_right_object_by_object() -> None:
    """What it may have made is made where it does not stand, and set right where it does; no step comes twice."""
    three = feed_specs.feed_spec(campaign_id=BEFORE.campaign_id, groups=3, ads=2)
    half = feed_specs.with_creative(feed_specs.with_targeting(three, age_min=40), primary_text="Half")
    keys = _keys(_against(three, BEFORE, half))
    assert len(keys) == len(set(keys))
    assert keys.index("ad_group/g2") < keys.index("update/ad_group/g2")
    assert keys.index("ad/g2/a1") < keys.index("update/ad/g2/a1")
    ids = Everything()
    for step in steps.plan(_against(three, BEFORE, half), operation=Operation.UPDATE):
        assert steps.body(_against(three, BEFORE, half), step=step, ids=ids)


def test_what_an_update_that_ended_half_way_may_have_taken_away_is_made_again() -> None:
    half = dataclasses.replace(BEFORE, groups=BEFORE.groups[:1])
    keys = _keys(_against(BEFORE, BEFORE, half))
    assert [key for key in keys if key.startswith(("ad_group/", "ad/"))] == ["ad_group/g1", "ad/g1/a0", "ad/g1/a1"]
    assert keys.index("ad/g1/a1") < keys.index("activate/ad_group/g1")
    assert not [key for key in keys if key.startswith("delete/")]


def test_an_ad_that_meta_would_not_take_is_not_compared() -> None:
    broken = dataclasses.replace(
        BEFORE, budget=Budget(BudgetType.DAILY, Money(Decimal("1"), "XXX"), BEFORE.budget.bidding)
    )
    assert revising.revise(_against(broken)).changes == ()


AUDIENCE = {"geo_locations": {"countries": ["US"]}, "age_min": 18, "age_max": 65, "device_platforms": ["mobile"]}
HOLDS: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "numbers come back as text": ({"daily_budget": 5000}, {"daily_budget": "5000"}, True),
    "another number": ({"daily_budget": 5000}, {"daily_budget": "5001"}, False),
    "a number that is missing": ({"daily_budget": 5000}, {}, False),
    "a name of digits is no number": ({"name": "7"}, {"name": "007"}, False),
    "instants in other zones": (
        {"end_time": "2026-12-01T00:00:00+0000"},
        {"end_time": "2026-11-30T16:00:00-0800"},
        True,
    ),
    "no end": ({"end_time": 0}, {}, True),
    "an end that should be gone": ({"end_time": 0}, {"end_time": "2026-11-30T16:00:00-0800"}, False),
    "names that Meta adds": (
        {"targeting": {**AUDIENCE, "flexible_spec": [{"interests": [{"id": "6003"}]}]}},
        {"targeting": {**AUDIENCE, "flexible_spec": [{"interests": [{"id": "6003", "name": "Running"}]}]}},
        True,
    ),
    "lists in another order": (
        {"targeting": {"geo_locations": {"countries": ["US", "CA"]}}},
        {"targeting": {"geo_locations": {"countries": ["CA", "US"], "location_types": ["home"]}}},
        True,
    ),
    "a narrower audience": ({"targeting": AUDIENCE}, {"targeting": {**AUDIENCE, "genders": [1]}}, False),
    "more places": (
        {"targeting": AUDIENCE},
        {"targeting": {**AUDIENCE, "geo_locations": {"countries": ["US"], "zips": [{"key": "CA:1"}]}}},
        False,
    ),
    "a city as Meta names it": (
        {"targeting": {"geo_locations": {"cities": [{"key": "7"}]}}},
        {"targeting": {"geo_locations": {"cities": [{"key": "7", "name": "Chicago", "radius": 0}]}}},
        True,
    ),
    "a city and what lies around it": (
        {"targeting": {"geo_locations": {"cities": [{"key": "7"}]}}},
        {"targeting": {"geo_locations": {"cities": [{"key": "7", "radius": 25, "distance_unit": "mile"}]}}},
        False,
    ),
    "a category that Meta adds": (
        {"regional_regulated_categories": ["SINGAPORE_UNIVERSAL"]},
        {"regional_regulated_categories": ["VOLUNTARY_VERIFICATION", "SINGAPORE_UNIVERSAL"]},
        True,
    ),
    "a category that is missing": (
        {"regional_regulated_categories": ["SINGAPORE_UNIVERSAL"]},
        {"regional_regulated_categories": []},
        False,
    ),
    "the creative": ({"creative": {"creative_id": "1"}}, {"creative": {"id": "1"}}, True),
    "another creative": ({"creative": {"creative_id": "1"}}, {"creative": {"id": "2"}}, False),
    "no hours": ({"adset_schedule": [], "pacing_type": ["standard"]}, {"pacing_type": ["standard"]}, True),
}


@pytest.mark.parametrize("name", HOLDS)
def test_what_stands_is_told_from_what_does_not(name: str) -> None:
    wanted, found, holds = HOLDS[name]
    assert standing.holds({"id": "1", **found}, {"id": "1", **wanted}) is holds


def test_a_later_end_is_told_in_the_accounts_time() -> None:
    end = BEFORE.schedule.end
    assert end is not None
    later = dataclasses.replace(BEFORE, schedule=dataclasses.replace(BEFORE.schedule, end=end + timedelta(days=1)))
    change = revising.revise(_against(later)).changes[0]
    assert (change.field, change.before) == ("schedule.end", "2026-12-31T23:59:59-0800")
