"""Meta's insights beyond days: breakdowns that add up, what is left out, presets, and which questions are refused."""

from collections import defaultdict
from decimal import Decimal

import pytest
from tests.sandbox.meta_client import PURCHASE, Meta, action

DAYS = {"since": "2026-11-23", "until": "2026-11-30"}
FIGURES = "impressions,inline_link_clicks,clicks,spend,actions,action_values"
BREAKDOWNS = (
    ["age"],
    ["gender"],
    ["age", "gender"],
    ["country"],
    ["device_platform"],
    ["publisher_platform"],
    ["publisher_platform", "platform_position"],
)


@pytest.fixture
def meta(sandbox):
    return Meta(sandbox)


def _figures(row):
    amounts = [Decimal(row.get(name, "0")) for name in ("impressions", "inline_link_clicks", "clicks", "spend")]
    return [*amounts, *(Decimal(action(row, name, PURCHASE)) for name in ("actions", "action_values"))]


def _days(rows):
    sums = defaultdict(lambda: [Decimal(0)] * 6)
    for row in rows:
        day = row["date_start"]
        sums[day] = [a + b for a, b in zip(sums[day], _figures(row), strict=True)]
    return dict(sums)


@pytest.mark.parametrize("names", BREAKDOWNS, ids=",".join)
def test_the_parts_of_a_day_add_up_to_the_day(sandbox, meta, names):
    meta.tree()
    meta.tree(adset={"targeting": meta.targeting(age_min=30, age_max=50, genders=[2])})
    sandbox.advance("P3D")
    asked = {"level": "campaign", "time_increment": "1", "time_range": DAYS, "fields": FIGURES}
    parts = meta.insights(meta.account, **asked, breakdowns=names)
    assert all(row[name] for row in parts for name in names)
    assert _days(parts) == _days(meta.insights(meta.account, **asked))


def test_a_report_holds_the_asked_days_of_the_accounts_zone_whichever_it_was_before(sandbox, meta):
    """Three in the afternoon in Los Angeles is the next morning in Tokyo: those hours are other days' now."""
    meta.tree()
    sandbox.advance("P3D")
    asked = {"time_increment": "1", "time_range": {"since": "2026-11-24", "until": "2026-11-25"}, "fields": FIGURES}
    before = _days(meta.insights(meta.account, **asked))
    sandbox.control("account", {"platform": "facebook_ads", "action": "time_zone", "value": "Asia/Tokyo"})
    after = _days(meta.insights(meta.account, **asked))
    assert list(before) == list(after) == ["2026-11-24", "2026-11-25"]
    assert all(before[day] != after[day] for day in before)


def test_only_who_was_asked_for_is_reached(sandbox, meta):
    targeting = meta.targeting(age_min=30, age_max=50, genders=[2], device_platforms=["desktop"])
    targeting["geo_locations"] = {"countries": ["CA", "US"]}
    meta.tree(adset={"targeting": targeting})
    sandbox.advance("P2D")

    def values(name):
        rows = meta.insights(meta.account, time_range=DAYS, fields="impressions", breakdowns=[name])
        return {row[name] for row in rows}

    assert values("age") == {"25-34", "35-44", "45-54", "Unknown"}
    assert values("gender") == {"female"}
    assert values("country") == {"CA", "US"}
    assert values("device_platform") == {"desktop"}


@pytest.mark.parametrize(
    "name", ["impression_device", "hourly_stats_aggregated_by_audience_time_zone", "frequency_value"]
)
def test_what_needs_opting_in_is_answered_with_nothing(sandbox, meta, name):
    meta.tree()
    sandbox.advance("P2D")
    answer = meta.call("GET", f"{meta.account}/insights", {"time_range": DAYS, "breakdowns": [name]})
    assert (answer.status_code, answer.json()["data"]) == (200, [])


def test_an_accounts_hours_can_be_kept_back(sandbox, meta):
    meta.tree()
    sandbox.advance("P1D")
    asked = {"time_range": DAYS, "breakdowns": ["hourly_stats_aggregated_by_advertiser_time_zone"]}
    assert meta.insights(meta.account, **asked)
    sandbox.control("account", {"platform": "facebook_ads", "action": "hours", "value": "kept"})
    assert meta.insights(meta.account, **asked) == []


def test_regions_carry_no_conversions(sandbox, meta):
    meta.tree()
    sandbox.advance("P3D")
    rows = meta.insights(meta.account, time_range=DAYS, fields=FIGURES, breakdowns=["region"])
    assert rows
    assert all(action(row, "actions", PURCHASE) == "0" for row in rows)


def test_a_deleted_campaign_is_left_out_unless_it_is_asked_for(sandbox, meta):
    campaign, _, _ = meta.tree()
    sandbox.advance("P2D")
    meta.delete(campaign)
    asked = {"level": "campaign", "time_range": DAYS, "fields": "spend"}
    statuses = [{"field": "campaign.effective_status", "operator": "IN", "value": ["ACTIVE", "DELETED"]}]
    assert meta.insights(meta.account, **asked) == []
    (row,) = meta.insights(meta.account, **asked, filtering=statuses)
    (whole,) = meta.insights(meta.account, time_range=DAYS, fields="spend")
    assert row["spend"] == whole["spend"] == meta.insights(campaign, time_range=DAYS, fields="spend")[0]["spend"]


@pytest.mark.parametrize(
    ("preset", "since", "until"),
    [
        ("today", "2026-11-25", "2026-11-25"),
        ("yesterday", "2026-11-24", "2026-11-24"),
        ("last_7d", "2026-11-18", "2026-11-24"),
        ("this_month", "2026-11-01", "2026-11-25"),
        ("this_week_mon_today", "2026-11-23", "2026-11-25"),
        ("this_week_sun_today", "2026-11-22", "2026-11-25"),
        ("this_quarter", "2026-10-01", "2026-11-25"),
        ("this_year", "2026-01-01", "2026-11-25"),
    ],
)
def test_presets_are_days_of_the_account(sandbox, meta, preset, since, until):
    meta.tree()
    sandbox.advance("P2D")
    run = meta.post(f"{meta.account}/insights", date_preset=preset)["report_run_id"]
    found = meta.get(run, fields="date_start,date_stop")
    assert (found["date_start"], found["date_stop"]) == (since, until)


REFUSED = {
    "a breakdown that does not exist": {"breakdowns": ["colour"]},
    "a breakdown in capitals": {"breakdowns": ["AGE"]},
    "a breakdown that is not imitated": {"breakdowns": ["product_id"]},
    "breakdowns that do not go together": {"breakdowns": ["age", "country"]},
    "positions without their platform": {"breakdowns": ["platform_position"]},
    "hours with another breakdown": {"breakdowns": ["hourly_stats_aggregated_by_advertiser_time_zone", "age"]},
    "hours with reach": {
        "breakdowns": ["hourly_stats_aggregated_by_advertiser_time_zone"],
        "fields": "reach",
    },
    "hours with video figures": {
        "breakdowns": ["hourly_stats_aggregated_by_advertiser_time_zone"],
        "fields": "video_play_actions",
    },
    "a preset that does not exist": {"date_preset": "lifetime"},
    "an order that does not exist": {"sort": ["spend"]},
    "an order by what is no figure": {"sort": ["colour_ascending"]},
    "a sum of what does not exist": {"summary": ["colour"]},
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_question_that_meta_does_not_take_is_refused(meta, name):
    answer = meta.call("GET", f"{meta.account}/insights", REFUSED[name])
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


def test_rows_are_ordered_and_summed_up_on_demand(sandbox, meta):
    for cents in (2000, 6000, 4000):
        meta.tree(adset={"daily_budget": cents})
    sandbox.advance("P2D")
    asked = {"level": "campaign", "time_range": DAYS, "fields": "spend,impressions"}
    down = [Decimal(row["spend"]) for row in meta.insights(meta.account, **asked, sort=["spend_descending"])]
    up = [Decimal(row["spend"]) for row in meta.insights(meta.account, **asked, sort=["spend_ascending"])]
    assert down == sorted(down, reverse=True) == up[::-1]
    summed = meta.get(f"{meta.account}/insights", **asked, summary=["spend"])["summary"]
    assert Decimal(summed["spend"]) == sum(down)
    assert "impressions" not in summed


def test_several_times_have_rows_of_their_own(sandbox, meta):
    meta.tree()
    sandbox.advance("P3D")
    days = [{"since": day, "until": day} for day in ("2026-11-24", "2026-11-25")]
    rows = meta.insights(meta.account, time_ranges=days, fields="spend")
    assert [row["date_start"] for row in rows] == ["2026-11-24", "2026-11-25"]
    assert [row["spend"] for row in rows] == [
        meta.insights(meta.account, time_range=day, fields="spend")[0]["spend"] for day in days
    ]
