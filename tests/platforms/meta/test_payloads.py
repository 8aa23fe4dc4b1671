"""What is sent to Meta: everything paused, nothing that widens, money exact, hours and days as Meta writes them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms import feed_specs

from adloom.core.errors import Conflict, Invalid
from adloom.platforms import http
from adloom.platforms.meta import graph, steps, targeting
from adloom.platforms.meta.adapter import MetaAdapter
from adloom.platforms.spec import Bidding, CampaignSpec, Daypart, Location, Schedule, Targeting
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    ConversionEvent,
    Device,
    Gender,
    LocationType,
    Objective,
    Operation,
    RemoteStatus,
    Weekday,
)

IDS = {
    "campaign": "1",
    "ad_group/g0": "2",
    "ad_group/g1": "3",
    "creative/g0/a0": "4",
    "ad/g0/a0": "5",
    "asset/square": "hash",
    "asset/film": "6",
    "asset/cover": "hash2",
}
US = (Location(LocationType.COUNTRY, country="US"),)


def _body(spec: CampaignSpec, key: str) -> dict[str, Any]:
    step = next(step for step in steps.plan(spec, operation=Operation.CREATE) if step.key == key)
    return steps.body(spec, step=step, ids=IDS)


def test_every_level_is_created_paused_and_the_campaign_goes_live_last() -> None:
    spec = feed_specs.feed_spec(groups=2, ads=3)
    plan = steps.plan(spec, operation=Operation.CREATE)
    keys = [step.key for step in plan]
    assert keys[:2] == ["asset/square", "campaign"]
    assert keys[-1] == "activate/campaign"
    assert [step.key for step in plan if step.activates] == ["activate/campaign"]
    assert len(keys) == len(set(keys)) == 2 + 2 + 6 + 6 + 6 + 2 + 1
    for key in ("campaign", "ad_group/g0", "ad/g0/a0"):
        assert _body(spec, key)["status"] == "PAUSED"


def test_what_shall_be_paused_is_not_activated_at_all() -> None:
    plan = steps.plan(feed_specs.feed_spec(desired_status=RemoteStatus.PAUSED), operation=Operation.CREATE)
    assert not [step.key for step in plan if step.key.startswith("activate/")]


def test_what_would_widen_or_rewrite_is_switched_off_by_name() -> None:
    spec = feed_specs.feed_spec()
    ad_set, creative = _body(spec, "ad_group/g0"), _body(spec, "creative/g0/a0")
    assert ad_set["targeting"]["targeting_automation"] == {"advantage_audience": 0}
    assert ad_set["targeting"]["publisher_platforms"] == ["facebook"]
    assert ad_set["targeting"]["facebook_positions"] == ["feed"]
    features = creative["degrees_of_freedom_spec"]["creative_features_spec"]
    assert features
    assert {feature["enroll_status"] for feature in features.values()} == {"OPT_OUT"}
    assert creative["contextual_multi_ads"] == {"enroll_status": "OPT_OUT"}
    assert _body(spec, "campaign")["is_adset_budget_sharing_enabled"] is False


def test_the_campaign_carries_the_declared_categories_and_no_budget() -> None:
    spec = feed_specs.feed_spec()
    assert _body(spec, "campaign")["special_ad_categories"] == []
    said = dataclasses.replace(spec.declarations, special_categories=("HOUSING",), special_category_countries=("US",))
    body = _body(dataclasses.replace(spec, declarations=said), "campaign")
    assert body["special_ad_categories"] == ["HOUSING"]
    assert body["special_ad_category_country"] == ["US"]
    assert not [name for name in body if "budget" in name and name != "is_adset_budget_sharing_enabled"]


def test_times_are_the_accounts_with_their_offset() -> None:
    schedule = Schedule(datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2027, 6, 1, 6, 59, tzinfo=UTC))
    body = _body(feed_specs.feed_spec(schedule=schedule), "ad_group/g0")
    assert body["start_time"] == "2026-12-01T00:00:00-0800"
    assert body["end_time"] == "2027-05-31T23:59:00-0700"


def test_hours_come_with_a_lifetime_budget_and_sunday_is_the_first_day() -> None:
    spec = feed_specs.feed_spec()
    spec = dataclasses.replace(
        spec,
        budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME),
        schedule=dataclasses.replace(spec.schedule, dayparting=(Daypart((Weekday.MON, Weekday.SUN), 540, 1080),)),
    )
    body = _body(spec, "ad_group/g0")
    assert body["lifetime_budget"] == 5000
    assert "daily_budget" not in body
    assert body["pacing_type"] == ["day_parting"]
    assert body["adset_schedule"] == [
        {"days": [0, 1], "start_minute": 540, "end_minute": 1080, "timezone_type": "ADVERTISER"}
    ]


@pytest.mark.parametrize(
    ("strategy", "target", "sent"),
    [
        (BidStrategy.MAX_CONVERSIONS, None, {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"}),
        (BidStrategy.TARGET_CPA, "9.90", {"bid_strategy": "COST_CAP", "bid_amount": 990}),
        (BidStrategy.BID_CAP, "1.25", {"bid_strategy": "LOWEST_COST_WITH_BID_CAP", "bid_amount": 125}),
        (
            BidStrategy.TARGET_ROAS,
            "2.5",
            {
                "bid_strategy": "LOWEST_COST_WITH_MIN_ROAS",
                "bid_constraints": {"roas_average_floor": 25000},
                "optimization_goal": "VALUE",
            },
        ),
        (BidStrategy.MAX_CLICKS, None, {"optimization_goal": "LINK_CLICKS"}),
    ],
)
def test_bidding_in_metas_words(strategy: BidStrategy, target: str | None, sent: dict[str, Any]) -> None:
    spec = feed_specs.selling(feed_specs.feed_spec())
    bidding = Bidding(strategy, Decimal(target) if target else None)
    spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, bidding=bidding))
    body = _body(spec, "ad_group/g0")
    assert {name: body[name] for name in sent} == sent
    assert body["promoted_object"] == {"pixel_id": "22", "custom_event_type": "PURCHASE"}


def test_sign_ups_are_complete_registrations() -> None:
    spec = feed_specs.selling(feed_specs.feed_spec(), event=ConversionEvent.SIGN_UP)
    assert _body(spec, "ad_group/g0")["promoted_object"]["custom_event_type"] == "COMPLETE_REGISTRATION"


def test_an_image_ad_links_by_its_picture_and_a_video_ad_by_its_button() -> None:
    image = _body(feed_specs.feed_spec(), "creative/g0/a0")
    assert image["object_story_spec"]["link_data"] == {
        "link": "https://example.com/spring",
        "image_hash": "hash",
        "message": "Spring sale: 20% off all shoes",
        "name": "Spring Sale",
        "description": "Save 20% on all shoes.",
        "call_to_action": {"type": "SHOP_NOW", "value": {"link": "https://example.com/spring"}},
    }
    spec = feed_specs.with_creative(feed_specs.feed_spec(objective=Objective.VIDEO_VIEWS), call_to_action=None)
    video = _body(spec, "creative/g0/a0")["object_story_spec"]["video_data"]
    assert (video["video_id"], video["image_hash"], video["title"]) == ("6", "hash2", "Spring Sale")
    assert video["call_to_action"] == {"type": "LEARN_MORE", "value": {"link": "https://example.com/spring"}}


def test_tracking_is_a_query_with_its_values_escaped() -> None:
    spec = feed_specs.feed_spec(tracking={"utm_source": "ad loom", "utm_campaign": "a&b"})
    assert _body(spec, "creative/g0/a0")["url_tags"] == "utm_source=ad%20loom&utm_campaign=a%26b"


def test_places_in_metas_words() -> None:
    spec = feed_specs.with_targeting(
        feed_specs.feed_spec(),
        locations=(
            *US,
            Location(LocationType.POSTAL, country="US", code="94304"),
            Location(LocationType.RADIUS, lat=Decimal("43.650"), lon=Decimal("-79.38"), radius_km=Decimal("25.0")),
            Location(LocationType.COUNTRY, country="MX", exclude=True),
        ),
    )
    target = _body(spec, "ad_group/g0")["targeting"]
    assert http.dumps(target["geo_locations"]) == (
        '{"countries":["US"],"zips":[{"key":"US:94304"}],"custom_locations":'
        '[{"latitude":43.650,"longitude":-79.38,"radius":25,"distance_unit":"kilometer"}]}'
    )
    assert target["excluded_geo_locations"] == {"countries": ["MX"]}


def test_genders_are_numbers_and_any_is_none() -> None:
    def sent(*genders: Gender) -> Any:
        spec = feed_specs.with_targeting(feed_specs.feed_spec(), genders=genders)
        return _body(spec, "ad_group/g0")["targeting"].get("genders")

    assert sent(Gender.ANY) is None
    assert sent(Gender.FEMALE) == [2]
    assert sent(Gender.MALE, Gender.FEMALE) is None


def test_tablets_are_mobile_for_meta() -> None:
    assert targeting.device_platforms(Targeting(US)) == ["mobile", "desktop"]
    assert targeting.device_platforms(Targeting(US, devices=(Device.MOBILE,))) == ["mobile"]


@given(low=st.integers(13, 80), span=st.none() | st.integers(0, 60))
def test_nobody_outside_the_asked_ages_is_served(low: int, span: int | None) -> None:
    """Meta's 65 reaches everybody from 65 on."""
    high = None if span is None else low + span
    got = targeting.ages(Targeting(US, age_min=low, age_max=high))
    if got is None:
        return
    served = {age for age in range(13, 101) if got.low <= age and (age <= got.high or got.high == 65)}
    asked = {age for age in range(13, 101) if age >= low and (high is None or age <= high)}
    assert served <= asked
    assert served


def test_forms_carry_nested_values_as_json_and_text_as_it_is() -> None:
    assert graph.form({"name": "a", "n": 5, "off": False, "list": ["x"], "map": {"y": Decimal("1.50")}}) == {
        "name": "a",
        "n": "5",
        "off": "false",
        "list": '["x"]',
        "map": '{"y":1.50}',
    }


def test_the_stored_request_is_plain_json_and_the_same_every_time() -> None:
    adapter, spec = MetaAdapter(), feed_specs.feed_spec()
    for step in steps.plan(spec, operation=Operation.CREATE):
        stored = adapter.request(spec, step=step, ids=IDS, key="k")
        assert stored == adapter.request(spec, step=step, ids=IDS, key="k")
        assert "token" not in http.dumps(stored)


def test_nothing_is_put_under_what_does_not_stand() -> None:
    step = next(s for s in steps.plan(feed_specs.feed_spec(), operation=Operation.CREATE) if s.kind == "ad_group")
    with pytest.raises(Conflict):
        steps.body(feed_specs.feed_spec(), step=step, ids={})


def test_an_update_of_what_nobody_knows_is_refused_with_a_sentence() -> None:
    with pytest.raises(Invalid, match="what stands on Meta is not known"):
        steps.plan(feed_specs.feed_spec(), operation=Operation.UPDATE)
