"""What Meta refuses, one thing at a time: each required field, enum, unit, id and rule, in Meta's error shape."""

import json

import pytest
from tests.sandbox.meta_client import Meta, png

ABSENT = object()


@pytest.fixture
def meta(sandbox):
    return Meta(sandbox)


def without(fields):
    """Parameters less those marked as absent."""
    return {name: value for name, value in fields.items() if value is not ABSENT}


def refused(answer, subcode=None, blame=None):
    """Assert Meta's error shape; the error."""
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] in ("OAuthException", "GraphMethodException")
    assert error["fbtrace_id"]
    assert "x-business-use-case-usage" in answer.headers
    if subcode is not None:
        assert error.get("error_subcode") == subcode, error
    if blame is not None:
        assert error["error_data"]["blame_field_specs"][0][-1] == blame, error
        assert error["code"] == 100
        assert error["error_user_msg"]
        assert error["error_user_title"]
    return error


CAMPAIGN = {
    "name is required": ({"name": ABSENT}, None, "name"),
    "a name is not empty": ({"name": ""}, None, "name"),
    "a name has at most 400 characters": ({"name": "x" * 401}, None, "name"),
    "objective is required": ({"objective": ABSENT}, None, "objective"),
    "an objective is one of the enum": ({"objective": "TRAFFIC"}, None, "objective"),
    "objectives of before ODAX are gone": ({"objective": "LINK_CLICKS"}, 1815715, "objective"),
    "special_ad_categories is required": ({"special_ad_categories": ABSENT}, None, "special_ad_categories"),
    "special_ad_categories is a list": ({"special_ad_categories": "NONE"}, None, "special_ad_categories"),
    "a special ad category is one of the enum": ({"special_ad_categories": ["PETS"]}, None, "0"),
    "a special ad category names its countries": (
        {"special_ad_categories": ["HOUSING"]},
        None,
        "special_ad_category_country",
    ),
    "a status is one of the enum": ({"status": "ENABLED"}, None, "status"),
    "nothing is created deleted": ({"status": "DELETED"}, None, "status"),
    "budget sharing is stated without a campaign budget": (
        {"is_adset_budget_sharing_enabled": ABSENT},
        4834011,
        "is_adset_budget_sharing_enabled",
    ),
    "budget sharing needs a bid strategy": ({"is_adset_budget_sharing_enabled": True}, 4834005, "bid_strategy"),
    "budget sharing and a campaign budget exclude each other": (
        {"is_adset_budget_sharing_enabled": True, "daily_budget": 5000},
        4834002,
        "is_adset_budget_sharing_enabled",
    ),
    "a budget is whole cents, not dollars": ({"daily_budget": "50.00"}, None, "daily_budget"),
    "a budget is not negative": ({"daily_budget": -1}, None, "daily_budget"),
    "a budget has a minimum": ({"daily_budget": 99}, 1885272, "daily_budget"),
    "daily and lifetime budget exclude each other": (
        {"daily_budget": 5000, "lifetime_budget": 5000},
        None,
        "lifetime_budget",
    ),
    "a bid strategy is one of the enum": ({"daily_budget": 5000, "bid_strategy": "MAX"}, None, "bid_strategy"),
    "a buying type is one of the enum": ({"buying_type": "CPC"}, None, "buying_type"),
    "an unknown field is refused": ({"budget": 5000}, None, "budget"),
    "a time has an offset": ({"stop_time": "2026-12-31T00:00:00"}, None, "stop_time"),
    "the stop is after the start": ({"stop_time": "2026-01-01T00:00:00+0000"}, None, "stop_time"),
}


@pytest.mark.parametrize("case", CAMPAIGN)
def test_a_campaign_is_refused(meta, case):
    changes, subcode, blame = CAMPAIGN[case]
    refused(meta.call("POST", f"{meta.account}/campaigns", without(meta.campaign(**changes))), subcode, blame)
    assert meta.get(f"{meta.account}/campaigns")["data"] == []


LIFETIME = {"daily_budget": 0, "lifetime_budget": 50000, "end_time": "2026-12-31T00:00:00-0800"}
DAYPART = {"days": [1], "start_minute": 540, "end_minute": 720}
ADSET = {
    "name is required": ({"name": ABSENT}, None, "name"),
    "campaign_id is required": ({"campaign_id": ABSENT}, None, "campaign_id"),
    "targeting is required": ({"targeting": ABSENT}, None, "targeting"),
    "optimization_goal is required": ({"optimization_goal": ABSENT}, None, "optimization_goal"),
    "billing_event is required": ({"billing_event": ABSENT}, None, "billing_event"),
    "a status is one of the enum": ({"status": "ENABLE"}, None, "status"),
    "a goal is one of the enum": ({"optimization_goal": "CLICKS"}, None, "optimization_goal"),
    "a goal suits the objective": ({"optimization_goal": "THRUPLAY"}, 2490408, "optimization_goal"),
    "a billing event is one of the enum": ({"billing_event": "CPM"}, None, "billing_event"),
    "a billing event suits the goal": ({"billing_event": "LINK_CLICKS"}, None, "billing_event"),
    "a budget is needed somewhere": ({"daily_budget": ABSENT}, None, "daily_budget"),
    "a budget is whole cents": ({"daily_budget": "50.00"}, None, "daily_budget"),
    "a budget has a minimum": ({"daily_budget": 50}, 1885272, "daily_budget"),
    "one kind of budget": ({**LIFETIME, "daily_budget": 5000}, None, "lifetime_budget"),
    "a lifetime budget needs an end": ({**LIFETIME, "end_time": ABSENT}, None, "end_time"),
    "a lifetime budget has a minimum per day": ({**LIFETIME, "lifetime_budget": 3000}, 1885272, "lifetime_budget"),
    "a time has an offset": ({"end_time": "2026-12-31 00:00:00"}, None, "end_time"),
    "the end is after the start": (
        {"start_time": "2026-12-31T00:00:00-0800", "end_time": "2026-12-30T00:00:00-0800"},
        None,
        "end_time",
    ),
    "the end is not past": ({"end_time": "2026-11-01T00:00:00-0700", "start_time": 1761000000}, None, "end_time"),
    "conversions need an event": ({"promoted_object": ABSENT}, None, "promoted_object"),
    "an event is one of the enum": (
        {"promoted_object": {"pixel_id": "1", "custom_event_type": "BUY"}},
        None,
        "custom_event_type",
    ),
    "an unknown field of the promoted object": ({"promoted_object": {"pixel": "1"}}, None, "pixel"),
    "a cost cap needs its bid": ({"bid_strategy": "COST_CAP"}, 2490487, "bid_amount"),
    "a bid cap needs its bid": ({"bid_strategy": "LOWEST_COST_WITH_BID_CAP"}, 2490487, "bid_amount"),
    "a minimum ROAS needs its floor": ({"bid_strategy": "LOWEST_COST_WITH_MIN_ROAS"}, 2490487, "bid_constraints"),
    "a bid without a strategy for it": (
        {"bid_strategy": "LOWEST_COST_WITHOUT_CAP", "bid_amount": 100},
        None,
        "bid_amount",
    ),
    "a bid is whole cents": ({"bid_amount": "1.50"}, None, "bid_amount"),
    "dayparts need a lifetime budget": (
        {"adset_schedule": [DAYPART], "pacing_type": ["day_parting"]},
        None,
        "adset_schedule",
    ),
    "dayparts need their pacing": ({**LIFETIME, "adset_schedule": [DAYPART]}, None, "pacing_type"),
    "dayparts are whole hours": (
        {**LIFETIME, "adset_schedule": [{**DAYPART, "end_minute": 690}], "pacing_type": ["day_parting"]},
        None,
        "adset_schedule",
    ),
    "a destination is one of the enum": ({"destination_type": "SITE"}, None, "destination_type"),
    "an unknown field is refused": ({"budget": 5000}, None, "budget"),
}


@pytest.mark.parametrize("case", ADSET)
def test_an_ad_set_is_refused(meta, case):
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"]
    changes, subcode, blame = ADSET[case]
    refused(meta.call("POST", f"{meta.account}/adsets", without(meta.adset(campaign, **changes))), subcode, blame)
    assert meta.get(f"{meta.account}/adsets")["data"] == []


EVERYWHERE = {"geo_locations": {"countries": ["US"]}}
TARGETING = {
    "the advantage_audience flag is required": ({"targeting_automation": ABSENT}, 1870227, "targeting"),
    "the flag is 0 or 1": ({"targeting_automation": {"advantage_audience": 2}}, None, "advantage_audience"),
    "the flag allows no maximum age": (
        {"targeting_automation": {"advantage_audience": 1}, "age_max": 40},
        1870189,
        "targeting",
    ),
    "a location is needed": ({"geo_locations": {}}, 1885364, "targeting"),
    "a country exists": ({"geo_locations": {"countries": ["XX"]}}, None, "countries"),
    "a country is its ISO code": ({"geo_locations": {"countries": ["usa"]}}, None, "0"),
    "a region exists": ({"geo_locations": {"regions": [{"key": "1"}]}}, None, "regions"),
    "a region has a key": ({"geo_locations": {"regions": [{"name": "California"}]}}, None, "key"),
    "a city exists": ({"geo_locations": {"cities": [{"key": "1"}]}}, None, "cities"),
    "a country holds its regions": (
        {"geo_locations": {"countries": ["US"], "regions": [{"key": "3847"}]}},
        1487756,
        "geo_locations",
    ),
    "a region holds its cities": (
        {"geo_locations": {"regions": [{"key": "3847"}], "cities": [{"key": "2418779"}]}},
        1487756,
        "geo_locations",
    ),
    "a borough is no city": ({"geo_locations": {"cities": [{"key": "2703980"}]}}, None, "cities"),
    "a place left out exists": ({"excluded_geo_locations": {"regions": [{"key": "1"}]}}, None, "regions"),
    "a city's radius has a unit": ({"geo_locations": {"cities": [{"key": "2418779", "radius": 10}]}}, None, "cities"),
    "a zip names its country": ({"geo_locations": {"zips": [{"key": "94304"}]}}, None, "key"),
    "an age is at least 13": ({"age_min": 12}, None, "age_min"),
    "an age is at most 65": ({"age_max": 66}, None, "age_max"),
    "ages are in order": ({"age_min": 40, "age_max": 30}, None, "age_min"),
    "a gender is 1 or 2": ({"genders": [0]}, None, "0"),
    "genders are numbers": ({"genders": ["MALE"]}, None, "0"),
    "a locale exists": ({"locales": [999]}, None, "locales"),
    "an interest lives": ({"flexible_spec": [{"interests": [{"id": "1"}]}]}, 1487694, "interests"),
    "an interest is its id": ({"flexible_spec": [{"interests": [{"name": "Running"}]}]}, None, "id"),
    "a device platform is one of the enum": ({"device_platforms": ["tablet"]}, None, "0"),
    "a publisher platform is one of the enum": ({"publisher_platforms": ["tiktok"]}, None, "0"),
    "keywords are unknown": ({"keywords": ["shoes"]}, None, "keywords"),
}


@pytest.mark.parametrize("case", TARGETING)
def test_a_targeting_is_refused(meta, case):
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"]
    changes, subcode, blame = TARGETING[case]
    fields = meta.adset(campaign, targeting=without(meta.targeting(**changes)))
    refused(meta.call("POST", f"{meta.account}/adsets", fields), subcode, blame)


def test_the_eu_wants_payer_and_beneficiary(meta):
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"]
    for geo in ({"countries": ["DE"]}, {"country_groups": ["worldwide"]}, {"regions": [{"key": "1081"}]}):
        there = meta.adset(campaign, targeting=meta.targeting(geo_locations=geo))
        refused(meta.call("POST", f"{meta.account}/adsets", there), 3858079, "dsa_payor")
        refused(meta.call("POST", f"{meta.account}/adsets", {**there, "dsa_payor": "A"}), 3858081, "dsa_beneficiary")
        assert meta.post(f"{meta.account}/adsets", **there, dsa_payor="A", dsa_beneficiary="B")["id"]


@pytest.mark.parametrize(("country", "category"), [("SG", "SINGAPORE_UNIVERSAL"), ("TW", "TAIWAN_UNIVERSAL")])
def test_some_places_want_verified_persons(meta, country, category):
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"]
    there = meta.adset(campaign, targeting=meta.targeting(geo_locations={"countries": [country]}))
    subcode = {"SG": 3858550, "TW": 3858498}[country]
    refused(meta.call("POST", f"{meta.account}/adsets", there), subcode, "regional_regulated_categories")
    persons = {f"{category.lower()}_beneficiary": "1", f"{category.lower()}_payer": "1"}
    said = {"regional_regulated_categories": [category], "regional_regulation_identities": persons}
    half = said | {"regional_regulation_identities": {f"{category.lower()}_payer": "1"}}
    refused(meta.call("POST", f"{meta.account}/adsets", there | half), subcode, "regional_regulated_categories")
    assert meta.post(f"{meta.account}/adsets", **there, **said)["id"]


def test_a_special_ad_category_forbids_narrow_targeting(meta):
    special = {"special_ad_categories": ["HOUSING"], "special_ad_category_country": ["US"]}
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign(**special))["id"]
    for narrow in ({"age_min": 25}, {"genders": [1]}, {"geo_locations": {"zips": [{"key": "US:94304"}]}}):
        fields = meta.adset(campaign, targeting=meta.targeting(**narrow))
        refused(meta.call("POST", f"{meta.account}/adsets", fields), blame="targeting")
    assert meta.post(f"{meta.account}/adsets", **meta.adset(campaign))["id"]


def test_a_budget_stands_on_one_level(meta):
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign(daily_budget=5000))["id"]
    both = meta.call("POST", f"{meta.account}/adsets", meta.adset(campaign))
    refused(both, 1885621, "daily_budget")


def story(meta, **changes):
    return {"object_story_spec": {**meta.story(), **changes}}


def features(**chosen):
    return {"degrees_of_freedom_spec": {"creative_features_spec": chosen}}


CREATIVE = {
    "a story is needed": (lambda meta: {"object_story_spec": ABSENT}, None, "object_story_spec"),
    "a page is required": (lambda meta: {"object_story_spec": {"link_data": {}}}, None, "page_id"),
    "the page exists": (lambda meta: story(meta, page_id="1"), None, "page_id"),
    "the Instagram account exists": (lambda meta: story(meta, instagram_user_id="1"), None, "instagram_user_id"),
    "a link is required": (lambda meta: story(meta, link_data={"message": "x"}), None, "link"),
    "a link is an address": (lambda meta: story(meta, link_data={"link": "example"}), None, "link"),
    "an unknown field of link_data": (lambda meta: {"object_story_spec": meta.story(headline="x")}, None, "headline"),
    "a call to action is one of the enum": (
        lambda meta: {"object_story_spec": meta.story(call_to_action={"type": "SHOP"})},
        None,
        "type",
    ),
    "an image hash exists": (lambda meta: {"object_story_spec": meta.story(image_hash="0" * 32)}, None, "image_hash"),
    "an image hash is a hash": (lambda meta: {"object_story_spec": meta.story(image_hash="a.png")}, None, "image_hash"),
    "one kind of story": (lambda meta: story(meta, photo_data={}), None, "object_story_spec"),
    "standard_enhancements are gone": (
        lambda meta: features(standard_enhancements={"enroll_status": "OPT_OUT"}),
        None,
        "standard_enhancements",
    ),
    "an enrolment is one of the enum": (
        lambda meta: features(image_uncrop={"enroll_status": "OFF"}),
        None,
        "enroll_status",
    ),
    "an asset feed needs texts": (
        lambda meta: {"object_story_spec": {"page_id": meta.line["page_id"]}, "asset_feed_spec": {"images": []}},
        None,
        "bodies",
    ),
    "an unknown field is refused": (lambda meta: {"headline": "x"}, None, "headline"),
}  # fmt: skip


@pytest.mark.parametrize("case", CREATIVE)
def test_a_creative_is_refused(meta, case):
    changes, subcode, blame = CREATIVE[case]
    fields = without(meta.creative(**changes(meta)))
    refused(meta.call("POST", f"{meta.account}/adcreatives", fields), subcode, blame)


def test_a_video_needs_a_thumbnail_and_must_exist(meta, sandbox):
    gone = {"page_id": meta.line["page_id"], "video_data": {"video_id": "1", "image_hash": meta.image()}}
    refused(meta.call("POST", f"{meta.account}/adcreatives", meta.creative(object_story_spec=gone)), 33)
    video = meta.post(f"{meta.account}/advideos", file_url="https://example.com/v.mp4")["id"]
    sandbox.advance("PT10S")
    bare = {"page_id": meta.line["page_id"], "video_data": {"video_id": video}}
    refused(meta.call("POST", f"{meta.account}/adcreatives", meta.creative(object_story_spec=bare)), 1443226)


AD = {
    "name is required": ({"name": ABSENT}, None, "name"),
    "adset_id is required": ({"adset_id": ABSENT}, None, "adset_id"),
    "creative is required": ({"creative": ABSENT}, None, "creative"),
    "status is required": ({"status": ABSENT}, None, "status"),
    "an ad is created active or paused": ({"status": "ARCHIVED"}, None, "status"),
    "the creative exists": ({"creative": {"creative_id": "1"}}, None, "creative_id"),
    "a creative is an object": ({"creative": "1"}, None, "creative"),
    "a conversion domain is a domain": ({"conversion_domain": "https://example.com"}, None, "conversion_domain"),
    "an unknown field is refused": ({"campaign_id": "1"}, None, "campaign_id"),
}


@pytest.mark.parametrize("case", AD)
def test_an_ad_is_refused(meta, case):
    _, adset, _ = meta.tree(live=False)
    creative = meta.post(f"{meta.account}/adcreatives", **meta.creative())["id"]
    changes, subcode, blame = AD[case]
    refused(meta.call("POST", f"{meta.account}/ads", without(meta.ad(adset, creative, **changes))), subcode, blame)


def test_ids_of_nothing_are_refused_alike_everywhere(meta):
    paths = [
        ("GET", "1", {}),
        ("POST", "1", {"status": "PAUSED"}),
        ("DELETE", "1", {}),
        ("GET", "act_1", {}),
        ("POST", "act_1/campaigns", meta.campaign()),
        ("POST", f"{meta.account}/adsets", meta.adset("1")),
        ("POST", f"{meta.account}/ads", meta.ad("1", "1")),
    ]
    for method, path, params in paths:
        answer = meta.call(method, path, params)
        assert (answer.status_code, answer.json()["error"]["error_subcode"]) == (400, 33), path


CHANGES = {
    "a budget keeps its kind": (
        "adset",
        {"lifetime_budget": 50000, "end_time": "2026-12-31T00:00:00-0800"},
        "lifetime_budget",
    ),
    "a budget keeps its minimum": ("adset", {"daily_budget": 1}, "daily_budget"),
    "a goal is fixed once there are ads": ("adset", {"optimization_goal": "VALUE"}, "optimization_goal"),
    "a status is one of the enum": ("adset", {"status": "STOPPED"}, "status"),
    "an ad set keeps its campaign": ("adset", {"campaign_id": "1"}, "campaign_id"),
    "an objective is fixed": ("campaign", {"objective": "OUTCOME_TRAFFIC"}, "objective"),
    "a campaign budget cannot join ad set budgets": ("campaign", {"daily_budget": 5000}, "daily_budget"),
    "an unknown field is refused": ("ad", {"headline": "x"}, "headline"),
    "an ad keeps its ad set": ("ad", {"adset_id": "1"}, "adset_id"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_is_refused(meta, case):
    made = dict(zip(("campaign", "adset", "ad"), meta.tree(live=False), strict=True))
    which, changes, blame = CHANGES[case]
    refused(meta.call("POST", made[which], changes), None, blame)


READS = {
    "a field that does not exist": ("campaigns", {"fields": "id,colour"}, 100),
    "a field that another node has": ("ads", {"fields": "daily_budget"}, 100),
    "braces that do not close": ("ads", {"fields": "creative{id"}, 2500),
    "an unknown parameter": ("campaigns", {"page": "2"}, 100),
    "an unknown operator": ("campaigns", {"filtering": [{"field": "name", "operator": "IS", "value": "x"}]}, 100),
    "a filter without a value": ("campaigns", {"filtering": [{"field": "name"}]}, 100),
    "a limit of nothing": ("campaigns", {"limit": "0"}, 100),
    "an edge that does not exist": ("keywords", {}, 2500),
    "a level that does not exist": ("insights", {"level": "ad_group"}, 100),
    "a metric that does not exist": ("insights", {"fields": "cost"}, 100),
    "a date that is none": ("insights", {"time_range": {"since": "23.11.2026", "until": "2026-11-24"}}, 100),
    "a range that ends before it begins": (
        "insights",
        {"time_range": {"since": "2026-11-24", "until": "2026-11-23"}},
        100,
    ),
    "a range beyond 37 months": ("insights", {"time_range": {"since": "2023-01-01", "until": "2026-11-23"}}, 3018),
    "an increment that is none": ("insights", {"time_increment": "hourly"}, 100),
    "reach by the hour": (
        "insights",
        {"fields": "reach", "breakdowns": "hourly_stats_aggregated_by_advertiser_time_zone"},
        100,
    ),
    "an attribution window that is gone": ("insights", {"action_attribution_windows": ["7d_view"]}, 100),
}


@pytest.mark.parametrize("case", READS)
def test_a_read_is_refused(meta, case):
    edge, params, code = READS[case]
    assert refused(meta.call("GET", f"{meta.account}/{edge}", params))["code"] == code


def test_files_that_are_none_are_refused(meta):
    edge = f"{meta.account}/adimages"
    refused(meta.call("POST", edge, {"bytes": "bm8gaW1hZ2U="}), 1487411)
    refused(meta.call("POST", edge, {"bytes": "***"}), blame="bytes")
    refused(meta.call("POST", edge, {}), blame="bytes")
    refused(meta.call("POST", f"{meta.account}/advideos", {}, source=("v.mp4", png(9, 9))), 1363024)
    refused(meta.call("POST", f"{meta.account}/advideos", {}), 1363030)


def test_an_ended_version_is_refused(sandbox, meta):
    params = {"access_token": meta.line["access_token"]}
    answer = sandbox.http.get(f"/meta/v20.0/{meta.account}", params=params)
    assert answer.json()["error"]["code"] == 2635
    assert sandbox.http.get(f"/meta/v25.0/{meta.account}", params=params).status_code == 200


def test_a_request_refused_in_its_middle_leaves_nothing(meta):
    _, adset, _ = meta.tree(live=False)
    photo = {"page_id": meta.line["page_id"], "photo_data": {"image_hash": meta.image()}}
    inline = meta.creative(object_story_spec=photo)
    count = len(meta.get(f"{meta.account}/adcreatives")["data"])
    refused(meta.call("POST", f"{meta.account}/ads", meta.ad(adset, "", creative=inline)), blame="creative")
    assert len(meta.get(f"{meta.account}/adcreatives")["data"]) == count


def test_the_error_data_is_an_object(meta):
    error = refused(meta.call("POST", f"{meta.account}/campaigns", meta.campaign(daily_budget=1)))
    assert json.loads(json.dumps(error["error_data"])) == {"blame_field_specs": [["daily_budget"]]}
    assert error["error_user_title"] == "Budget Is Too Low"
    assert error["is_transient"] is False
