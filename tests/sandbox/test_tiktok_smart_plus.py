"""Upgraded Smart+: the tree whose creatives are lists; request_id is required above the ad and unknown at it."""

import pytest
from tests.sandbox.tiktok_client import ABSENT, TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def without(body, change):
    return {k: v for k, v in (body | change).items() if v is not ABSENT}


def campaign(tiktok, **change):
    body = {
        "advertiser_id": tiktok.account,
        "campaign_name": "Smart",
        "objective_type": "WEB_CONVERSIONS",
        "request_id": "11",
        "budget_mode": "BUDGET_MODE_DYNAMIC_DAILY_BUDGET",
        "budget": 80,
    }
    return without(body, change)


def group(tiktok, campaign_id, **change):
    body = {
        "advertiser_id": tiktok.account,
        "campaign_id": campaign_id,
        "adgroup_name": "Smart group",
        "request_id": "12",
        "promotion_type": "WEBSITE",
        "optimization_goal": "CONVERT",
        "billing_event": "OCPM",
        "pixel_id": tiktok.line["pixel_id"],
        "optimization_event": "SHOPPING",
        "schedule_type": "SCHEDULE_FROM_NOW",
        "schedule_start_time": "2026-11-23 18:00:00",
        "targeting_spec": {"location_ids": ["6252001"], "age_groups": ["AGE_25_34"]},
    }
    return without(body, change)


def ad(tiktok, group_id, video, cover, **change):
    creative = {
        "ad_format": "SINGLE_VIDEO",
        "identity_type": "TT_USER",
        "identity_id": tiktok.line["identity_id"],
        "video_info": {"video_id": video},
        "image_info": [{"web_uri": cover}],
    }
    body = {
        "advertiser_id": tiktok.account,
        "adgroup_id": group_id,
        "ad_name": "Smart ad",
        "creative_list": [{"creative_info": creative}],
        "ad_text_list": [{"ad_text": "Spring sale"}, {"ad_text": "All shoes 20% off"}],
        "call_to_action_list": [{"call_to_action": "SHOP_NOW"}],
        "landing_page_url_list": [{"landing_page_url": "https://example.com"}],
    }
    return without(body, change)


@pytest.fixture
def tree(tiktok):
    video, cover = tiktok.files()
    top = data(tiktok.post("smart_plus/campaign/create", campaign(tiktok)))["campaign_id"]
    middle = data(tiktok.post("smart_plus/adgroup/create", group(tiktok, top)))["adgroup_id"]
    made = data(tiktok.post("smart_plus/ad/create", ad(tiktok, middle, video, cover)))
    return top, middle, made["smart_plus_ad_id"]


def test_the_tree_is_read_back_and_delivers(sandbox, tiktok, tree):
    top, middle, low = tree
    read = data(tiktok.get("smart_plus/campaign/get"))["list"][0]
    assert (read["campaign_id"], read["budget"], read["is_smart_performance_campaign"]) == (top, 80.0, True)
    read = data(tiktok.get("smart_plus/adgroup/get", {"filtering": {"campaign_ids": [top]}}))["list"][0]
    assert (read["adgroup_id"], read["targeting_spec"]["location_ids"]) == (middle, ["6252001"])
    read = data(tiktok.get("smart_plus/ad/get", {"filtering": {"adgroup_ids": [middle]}}))["list"][0]
    assert (read["smart_plus_ad_id"], read["secondary_status"]) == (low, "AD_STATUS_AUDIT")
    assert len(read["ad_text_list"]) == 2
    assert data(tiktok.get("ad/get"))["list"] == []
    sandbox.advance("P2D")
    assert [r["campaign_id"] for r in sandbox.ledger(platform="tiktok_ads")["delivery"]] == [top] * 3
    reviewed = data(tiktok.get("smart_plus/ad/review_info", {"smart_plus_ad_ids": [low]}))
    assert reviewed["smart_plus_ad_review_infos"][0]["is_approved"]


def test_each_level_can_be_switched(sandbox, tiktok, tree):
    for level, ids, id_ in zip(("campaign", "adgroup", "ad"), ("campaign_ids", "adgroup_ids", "smart_plus_ad_ids"),
                               tree, strict=True):  # fmt: skip
        body = {"advertiser_id": tiktok.account, ids: [id_], "operation_status": "DISABLE"}
        assert data(tiktok.post(f"smart_plus/{level}/status/update", body))[ids] == [id_]
    sandbox.advance("P2D")
    assert sandbox.ledger(platform="tiktok_ads")["delivery"] == []


def test_the_same_request_creates_once(tiktok, tree):
    assert tiktok.post("smart_plus/campaign/create", campaign(tiktok))["code"] == 40050
    assert tiktok.post("smart_plus/adgroup/create", group(tiktok, tree[0]))["code"] == 40050
    assert tiktok.post("campaign/create", tiktok.campaign(request_id="11"))["code"] == 40050


def test_the_plain_list_can_tell_smart_campaigns_apart(tiktok, tree):
    plain = tiktok.new_campaign()
    for smart, found in ((True, tree[0]), (False, plain)):
        page = data(tiktok.get("campaign/get", {"filtering": {"is_smart_performance_campaign": smart}}))
        assert [c["campaign_id"] for c in page["list"]] == [found]


def update(tiktok, level, **body):
    return tiktok.post(f"smart_plus/{level}/update", {"advertiser_id": tiktok.account, **body})


def test_a_campaign_is_changed_by_its_own_endpoint_alone(tiktok, tree):
    body = {"advertiser_id": tiktok.account, "campaign_id": tree[0], "budget": 90}
    assert tiktok.post("campaign/update", body)["code"] == 40002
    assert data(update(tiktok, "campaign", campaign_id=tree[0], budget=90, campaign_name="New"))["budget"] == 90.0
    assert data(tiktok.get("smart_plus/campaign/get"))["list"][0]["campaign_name"] == "New"


def test_targeting_is_replaced_as_a_whole(tiktok, tree):
    spec = {"location_ids": ["6252001"], "gender": "GENDER_FEMALE"}
    data(update(tiktok, "adgroup", adgroup_id=tree[1], targeting_spec=spec, schedule_type="SCHEDULE_FROM_NOW"))
    read = data(tiktok.get("smart_plus/adgroup/get"))["list"][0]["targeting_spec"]
    assert (read["gender"], read["age_groups"]) == ("GENDER_FEMALE", None)


def test_new_words_send_an_ad_to_review_again_and_a_new_name_does_not(sandbox, tiktok, tree):
    sandbox.advance("P1D")
    data(update(tiktok, "ad", smart_plus_ad_id=tree[2], ad_name="New"))
    assert data(tiktok.get("smart_plus/ad/get"))["list"][0]["secondary_status"].startswith("AD_STATUS_DELIVERY")
    data(update(tiktok, "ad", smart_plus_ad_id=tree[2], ad_text_list=[{"ad_text": "Autumn"}]))
    read = data(tiktok.get("smart_plus/ad/get"))["list"][0]
    assert (read["secondary_status"], read["ad_text_list"]) == ("AD_STATUS_REAUDIT", [{"ad_text": "Autumn"}])


def test_ad_groups_that_share_a_budget_bid_alike(tiktok, tree):
    other = group(tiktok, tree[0], adgroup_name="Other", request_id="21")
    priced = other | {"bid_type": "BID_TYPE_CUSTOM", "conversion_bid_price": 9}
    assert tiktok.post("smart_plus/adgroup/create", priced)["code"] == 40002
    data(tiktok.post("smart_plus/adgroup/create", other))


def test_the_manual_path_ends_where_control_says(sandbox, tiktok):
    sandbox.control("account", {"platform": "tiktok_ads", "action": "manual_ends", "value": "2026-11-25"})
    tiktok.new_campaign(objective_type="WEB_CONVERSIONS")
    sandbox.advance("P3D")
    answer = tiktok.post("campaign/create", tiktok.campaign(objective_type="WEB_CONVERSIONS"))
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, "objective_type")
    tiktok.new_campaign(objective_type="TRAFFIC")
    data(tiktok.post("smart_plus/campaign/create", campaign(tiktok)))


UPDATES = [
    ("campaign", {"campaign_id": 0, "budget": 10}),
    ("campaign", {"campaign_id": 0, "budget": "90"}),
    ("campaign", {"campaign_id": 0, "objective_type": "LEAD_GENERATION"}),
    ("campaign", {"budget": 90}),
    ("adgroup", {"adgroup_id": 1, "optimization_event": "FORM"}),
    ("adgroup", {"adgroup_id": 1, "bid_type": "BID_TYPE_CUSTOM"}),
    ("adgroup", {"adgroup_id": 1, "targeting_spec": {"location_ids": []}}),
    ("adgroup", {"adgroup_id": 1, "targeting_spec": {"location_ids": ["2921044"]}}),
    ("adgroup", {"adgroup_id": 1, "dayparting": "1"}),
    ("ad", {"smart_plus_ad_id": 2, "ad_text_list": []}),
    ("ad", {"smart_plus_ad_id": 2, "operation_status": "DISABLE"}),
    ("ad", {"smart_plus_ad_id": 2, "landing_page_url_list": []}),
    ("ad", {"ad_name": "New"}),
]


@pytest.mark.parametrize(("level", "change"), UPDATES)
def test_what_a_smart_update_cannot_do_is_refused(tiktok, tree, level, change):
    body = {name: tree[value] if name.endswith("_id") else value for name, value in change.items()}
    assert update(tiktok, level, **body)["code"] == 40002


CAMPAIGN = [
    ("request_id", ABSENT),
    ("campaign_name", ABSENT),
    ("objective_type", ABSENT),
    ("objective_type", "TRAFFIC"),
    ("budget_mode", "BUDGET_MODE_DAY"),
    ("budget_mode", ABSENT),
    ("budget", ABSENT),
    ("budget", "80"),
    ("colour", "red"),
]


@pytest.mark.parametrize(("field", "value"), CAMPAIGN)
def test_a_smart_campaign_with_one_wrong_field_is_refused(tiktok, field, value):
    answer = tiktok.post("smart_plus/campaign/create", campaign(tiktok, **{field: value}))
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, field)


GROUP = [
    ("request_id", ABSENT),
    ("adgroup_name", ABSENT),
    ("billing_event", ABSENT),
    ("optimization_goal", ABSENT),
    ("promotion_type", ABSENT),
    ("schedule_type", ABSENT),
    ("schedule_start_time", ABSENT),
    ("targeting_spec", ABSENT),
    ("pixel_id", ABSENT),
    ("billing_event", "CPC"),
    ("targeting_spec.gender", {"gender": "FEMALE"}),
    ("targeting_spec.colour", {"colour": "red"}),
    ("location_ids", {"age_groups": []}),
]


@pytest.mark.parametrize(("field", "value"), GROUP)
def test_a_smart_ad_group_with_one_wrong_field_is_refused(tiktok, field, value):
    top = data(tiktok.post("smart_plus/campaign/create", campaign(tiktok)))["campaign_id"]
    key = "targeting_spec" if isinstance(value, dict) else field
    answer = tiktok.post("smart_plus/adgroup/create", group(tiktok, top, **{key: value}))
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, field)


AD = [
    ("ad_name", ABSENT),
    ("creative_list", ABSENT),
    ("creative_list", []),
    ("ad_text_list", ABSENT),
    ("call_to_action_list", ABSENT),
    ("landing_page_url_list", ABSENT),
    ("request_id", "13"),
    ("ad_text_list.0.ad_text", [{"ad_text": "x" * 101}]),
    ("call_to_action_list.0.call_to_action", [{"call_to_action": "BUY"}]),
]


@pytest.mark.parametrize(("field", "value"), AD)
def test_a_smart_ad_with_one_wrong_field_is_refused(tiktok, tree, field, value):
    video, cover = tiktok.files()
    body = ad(tiktok, tree[1], video, cover, **{field.split(".")[0]: value})
    answer = tiktok.post("smart_plus/ad/create", body)
    assert (answer["code"], answer["message"].split(":")[0]) == (40002, field)


def test_a_smart_ad_group_needs_a_smart_campaign(tiktok):
    plain = tiktok.new_campaign(objective_type="WEB_CONVERSIONS")
    assert tiktok.post("smart_plus/adgroup/create", group(tiktok, plain))["code"] == 40002
