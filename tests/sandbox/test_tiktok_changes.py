"""What ad groups and ads refuse to be changed to on TikTok, and what a change takes with it."""

import pytest
from tests.sandbox.tiktok_client import TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def change_group(tiktok, group, **change):
    return tiktok.post("adgroup/update", {"advertiser_id": tiktok.account, "adgroup_id": group, **change})


def patch(tiktok, group, ad, **change):
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "patch_update": True}
    return tiktok.post("ad/update", body | {"creatives": [{"ad_id": ad, **change}]})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("call_to_action", "LEARN_MORE"),
        ("landing_page_url", "https://example.com/autumn"),
        ("utm_params", [{"key": "a", "value": "b"}]),
        ("aigc_disclosure_type", "SELF_DISCLOSURE"),
        ("dark_post_status", "OFF"),
    ],
)
def test_a_patch_reaches_only_the_documented_fields(tiktok, field, value):
    _, group, ad = tiktok.tree()
    answer = patch(tiktok, group, ad, **{field: value})
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, f"creatives.0.{field}")


def test_what_the_sdk_always_says_changes_nothing_in_a_patch(sandbox, tiktok):
    _, group, ad = tiktok.tree()
    sandbox.advance("PT30M")
    said = {"aigc_disclosure_type": "NOT_DECLARED", "promotional_music_disabled": True, "deeplink_type": "NORMAL"}
    data(patch(tiktok, group, ad, ad_name="renamed", **said))
    assert tiktok.status("ad", ad) == "AD_STATUS_DELIVERY_OK"
    assert data(tiktok.get("ad/get"))["list"][0]["promotional_music_disabled"] is None


def test_a_whole_creative_replaces_what_it_does_not_name(tiktok):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    parameters = [{"key": "utm_source", "value": "x"}]
    (ad,) = tiktok.new_ads(group, tiktok.creative(video, cover, utm_params=parameters))
    whole = {k: v for k, v in tiktok.creative(video, cover).items() if k != "operation_status"}
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": [whole | {"ad_id": ad}]}
    data(tiktok.post("ad/update", body))
    assert data(tiktok.get("ad/get"))["list"][0]["utm_params"] is None


def test_the_usa_cannot_be_taken_out_but_may_be_narrowed(tiktok):
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    answer = change_group(tiktok, group, location_ids=["2921044"])
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, "location_ids")
    data(change_group(tiktok, group, location_ids=["6252001", "2921044"]))


def test_a_start_is_fixed_once_it_has_passed(sandbox, tiktok):
    later = tiktok.new_group(tiktok.group(tiktok.new_campaign(), schedule_start_time="2026-12-01 00:00:00"))
    data(change_group(tiktok, later, schedule_start_time="2026-12-02 00:00:00"))
    sandbox.advance("P20D")
    answer = change_group(tiktok, later, schedule_start_time="2026-12-20 00:00:00")
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, "schedule_start_time")
    data(change_group(tiktok, later, schedule_start_time="2026-12-02 00:00:00", budget=60))


def test_without_a_price_of_its_own_an_ad_group_forgets_the_old_one(tiktok):
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign(), bid_type="BID_TYPE_CUSTOM", bid_price=2))
    changed = data(change_group(tiktok, group, bid_type="BID_TYPE_NO_BID"))
    assert (changed["bid_type"], changed["bid_price"]) == ("BID_TYPE_NO_BID", None)


@pytest.mark.parametrize(
    "change",
    [
        {"budget_mode": "BUDGET_MODE_TOTAL"},
        {"placement_type": "PLACEMENT_TYPE_AUTOMATIC"},
        {"optimization_goal": "CONVERT"},
        {"billing_event": "CPM"},
        {"pixel_id": "1"},
        {"promotion_type": "APP_IOS"},
        {"operation_status": "DISABLE"},
        {"budget": 20},
        {"budget": "60"},
        {"budget": 60.001},
        {"age_groups": ["AGE_13_17"]},
        {"languages": ["xx"]},
        {"dayparting": "1" * 335},
        {"schedule_type": "SCHEDULE_START_END", "schedule_end_time": "2026-11-01 00:00:00"},
        {"bid_type": "BID_TYPE_CUSTOM"},
        {"bid_type": "BID_TYPE_CUSTOM", "bid_price": 50},
        {"colour": "red"},
    ],
)
def test_an_ad_group_refuses(tiktok, change):
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    assert change_group(tiktok, group, **change)["code"] in (40002, 40065)


def test_the_plain_endpoints_leave_smart_campaigns_alone(tiktok):
    smart = {
        "advertiser_id": tiktok.account,
        "campaign_name": "Smart",
        "objective_type": "WEB_CONVERSIONS",
        "request_id": "11",
        "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        "budget": 80,
    }
    top = data(tiktok.post("smart_plus/campaign/create", smart))["campaign_id"]
    inner = {
        "advertiser_id": tiktok.account,
        "campaign_id": top,
        "adgroup_name": "Smart group",
        "request_id": "12",
        "promotion_type": "WEBSITE",
        "optimization_goal": "CONVERT",
        "billing_event": "OCPM",
        "pixel_id": tiktok.line["pixel_id"],
        "optimization_event": "SHOPPING",
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": "2026-11-23 18:00:00",
        "targeting_spec": {"location_ids": ["6252001"]},
    }
    group = data(tiktok.post("smart_plus/adgroup/create", inner))["adgroup_id"]
    budgets = {"advertiser_id": tiktok.account, "budget": [{"adgroup_id": group, "budget": 90}]}
    for answer in (
        tiktok.post("adgroup/create", tiktok.converting(top)),
        change_group(tiktok, group, languages=["en"]),
        tiktok.post("adgroup/budget/update", budgets),
        patch(tiktok, group, "1", ad_text="x"),
    ):
        assert (answer["code"], "Smart+" in answer["message"]) == (40002, True)
