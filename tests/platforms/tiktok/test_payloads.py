"""What is sent to TikTok: a campaign that is off, nothing that widens, exact numbers, times in UTC."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platforms import feed_specs

from adloom.core import ids as ids_module
from adloom.core.errors import Conflict, CredentialsExpired
from adloom.platforms import http
from adloom.platforms.contract import Credentials
from adloom.platforms.spec import Bidding, CampaignSpec, Daypart, Location, Schedule, Targeting
from adloom.platforms.tiktok import audience, client, steps
from adloom.platforms.tiktok.adapter import TikTokAdapter
from adloom.platforms.types import (
    BidStrategy,
    BudgetType,
    ConversionEvent,
    Gender,
    LocationType,
    Objective,
    Operation,
    RemoteStatus,
    Weekday,
)

IDS = {"campaign": "1", "ad_group/g0": "2", "ad_group/g1": "3", "asset/film": "v1", "asset/cover": "i1"}
KEY = ids_module.idempotency_key(feed_specs.feed_spec().campaign_id, step="campaign", generation=1)
JP = (Location(LocationType.COUNTRY, country="JP"),)
US = (Location(LocationType.COUNTRY, country="US"),)


def _body(spec: CampaignSpec, key: str) -> dict[str, Any]:
    step = next(step for step in steps.plan(spec, operation=Operation.CREATE) if step.key == key)
    return steps.body(spec, step=step, ids=IDS, key=KEY)


def test_children_are_live_below_a_campaign_that_is_off_and_the_campaign_is_the_last_write() -> None:
    spec = feed_specs.feed_spec(groups=2, ads=3)
    plan = steps.plan(spec, operation=Operation.CREATE)
    assert [step.key for step in plan][:3] == ["asset/film", "asset/cover", "campaign"]
    assert [step.key for step in plan if step.activates] == ["activate/campaign"]
    assert plan[-1].key == "activate/campaign"
    assert _body(spec, "campaign")["operation_status"] == "DISABLE"
    assert _body(spec, "ad_group/g0")["operation_status"] == "ENABLE"
    assert _body(spec, "ad/g0/a0")["creatives"][0]["operation_status"] == "ENABLE"


def test_what_shall_be_paused_stays_off() -> None:
    plan = steps.plan(feed_specs.feed_spec(desired_status=RemoteStatus.PAUSED), operation=Operation.CREATE)
    assert not [step for step in plan if step.activates]


def test_a_request_number_is_the_same_for_every_attempt_and_fits_64_bits() -> None:
    number = _body(feed_specs.feed_spec(), "campaign")["request_id"]
    assert number == ids_module.request_number(KEY)
    assert 0 <= int(number) < 2**63


def test_what_would_widen_is_switched_off_by_name() -> None:
    body = _body(feed_specs.feed_spec(), "ad_group/g0")
    assert body["placement_type"] == "PLACEMENT_TYPE_NORMAL"
    assert body["placements"] == ["PLACEMENT_TIKTOK"]
    assert (body["comment_disabled"], body["video_download_disabled"], body["share_disabled"]) == (True, True, True)
    assert body["search_result_enabled"] is False


def test_a_budget_is_an_exact_number_in_major_units() -> None:
    spec = feed_specs.with_budget(feed_specs.feed_spec(groups=2), "100.01")
    sent = [http.dumps(_body(spec, f"ad_group/g{n}")["budget"]) for n in (0, 1)]
    assert sent == ["50.01", "50.00"]
    assert _body(spec, "campaign")["budget_mode"] == "BUDGET_MODE_INFINITE"
    assert "budget" not in _body(spec, "campaign")


def test_times_are_utc() -> None:
    schedule = Schedule(datetime.fromisoformat("2026-12-01T00:00:00-08:00"), datetime(2027, 1, 1, 8, tzinfo=UTC))
    body = _body(feed_specs.feed_spec(schedule=schedule), "ad_group/g0")
    assert body["schedule_type"] == "SCHEDULE_START_END"
    assert body["schedule_start_time"] == "2026-12-01 08:00:00"
    assert body["schedule_end_time"] == "2027-01-01 08:00:00"
    open_end = _body(feed_specs.feed_spec(schedule=dataclasses.replace(schedule, end=None)), "ad_group/g0")
    assert open_end["schedule_type"] == "SCHEDULE_FROM_NOW"
    assert "schedule_end_time" not in open_end


def test_the_week_has_336_half_hours_from_monday_on_cut_inwards() -> None:
    windows = (Daypart((Weekday.MON,), 9 * 60, 10 * 60), Daypart((Weekday.SUN,), 23 * 60 + 10, 24 * 60))
    week = audience.week(Schedule(datetime(2026, 12, 1, tzinfo=UTC), dayparting=windows))
    assert len(week) == 336
    assert [place for place, on in enumerate(week) if on == "1"] == [18, 19, 335]


@pytest.mark.parametrize(
    ("strategy", "target", "objective", "sent"),
    [
        (BidStrategy.MAX_CLICKS, None, Objective.TRAFFIC, {"bid_type": "BID_TYPE_NO_BID"}),
        (
            BidStrategy.BID_CAP,
            "1.25",
            Objective.TRAFFIC,
            {"bid_type": "BID_TYPE_CUSTOM", "bid_price": Decimal("1.25")},
        ),
        (
            BidStrategy.TARGET_CPA,
            "9.90",
            Objective.CONVERSIONS,
            {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": Decimal("9.90")},
        ),
    ],
)
def test_bidding_in_tiktoks_words(
    strategy: BidStrategy, target: str | None, objective: Objective, sent: dict[str, Any]
) -> None:
    spec = feed_specs.selling(feed_specs.feed_spec())
    bidding = Bidding(strategy, Decimal(target) if target else None)
    spec = dataclasses.replace(spec, objective=objective, budget=dataclasses.replace(spec.budget, bidding=bidding))
    body = _body(spec, "ad_group/g0")
    assert {name: body[name] for name in sent} == sent


def test_conversions_need_the_pixel_and_one_event() -> None:
    body = _body(feed_specs.selling(feed_specs.feed_spec(), event=ConversionEvent.SIGN_UP), "ad_group/g0")
    assert (body["pixel_id"], body["optimization_event"]) == ("22", "ON_WEB_REGISTER")
    assert (body["optimization_goal"], body["billing_event"]) == ("CONVERT", "OCPM")


def test_a_lifetime_budget_is_a_total() -> None:
    spec = feed_specs.feed_spec()
    spec = dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, type=BudgetType.LIFETIME))
    assert _body(spec, "ad_group/g0")["budget_mode"] == "BUDGET_MODE_TOTAL"


def test_an_ad_is_one_video_with_its_cover_under_its_identity() -> None:
    creative = _body(feed_specs.feed_spec(), "ad/g0/a0")["creatives"][0]
    assert (creative["video_id"], creative["image_ids"]) == ("v1", ["i1"])
    assert (creative["identity_type"], creative["identity_id"]) == ("TT_USER", "33")
    assert "identity_authorized_bc_id" not in creative
    assert creative["ad_text"] == "Spring sale: 20% off all shoes"
    assert creative["utm_params"][0] == {"key": "utm_source", "value": "adloom"}


def test_a_business_centers_identity_names_the_center() -> None:
    spec = feed_specs.feed_spec()
    attributes = {"identity_id": "33", "identity_type": "BC_AUTH_TT", "identity_bc_id": "44"}
    spec = dataclasses.replace(spec, account=dataclasses.replace(spec.account, attributes=attributes))
    assert _body(spec, "ad/g0/a0")["creatives"][0]["identity_authorized_bc_id"] == "44"


def test_places_and_people_in_tiktoks_words() -> None:
    spec = feed_specs.with_targeting(
        feed_specs.feed_spec(), locations=(*US, *JP, *US), genders=(Gender.FEMALE,), age_min=25, age_max=44
    )
    body = _body(spec, "ad_group/g0")
    assert body["location_ids"] == ["6252001", "1861060"]
    assert body["gender"] == "GENDER_FEMALE"
    assert body["age_groups"] == ["AGE_25_34", "AGE_35_44"]


@given(
    low=st.integers(0, 90),
    span=st.none() | st.integers(0, 90),
    place=st.sampled_from((US, JP)),
)
def test_nobody_outside_the_asked_ages_is_served(low: int, span: int | None, place: tuple[Location, ...]) -> None:
    high = None if span is None else low + span
    groups = audience.age_groups(Targeting(place, age_min=low, age_max=high))
    served = {age for _, first, last in groups for age in range(first, (last or 120) + 1)}
    asked = {age for age in range(121) if age >= low and (high is None or age <= high)}
    assert served <= asked
    assert not (place == US and served & set(range(18)))


def test_parameters_of_reads_carry_lists_as_json() -> None:
    assert client.query({"advertiser_id": "7", "ids": ["1"], "page": 2}) == {
        "advertiser_id": "7",
        "ids": '["1"]',
        "page": "2",
    }
    assert client.url("campaign/get").endswith("/open_api/v1.3/campaign/get/")


def test_the_stored_request_is_plain_json_with_decimals_as_text() -> None:
    adapter, spec = TikTokAdapter(), feed_specs.feed_spec()
    step = next(step for step in steps.plan(spec, operation=Operation.CREATE) if step.kind == "ad_group")
    stored = adapter.request(spec, step=step, ids=IDS, key=KEY)
    assert stored["budget"] == "50.00"


def test_nothing_is_put_under_what_does_not_stand() -> None:
    step = next(s for s in steps.plan(feed_specs.feed_spec(), operation=Operation.CREATE) if s.kind == "ad_group")
    with pytest.raises(Conflict):
        steps.body(feed_specs.feed_spec(), step=step, ids={}, key=KEY)


def test_a_dead_token_needs_a_person() -> None:
    with closing(http.Http.from_settings()) as client_, pytest.raises(CredentialsExpired):
        TikTokAdapter().refresh(client_, credentials=Credentials("t"))
