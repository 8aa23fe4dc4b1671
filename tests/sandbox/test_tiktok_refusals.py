"""What TikTok refuses when objects are made or changed: one broken field at a time, named in the text."""

import pytest
from tests.sandbox.tiktok_client import ABSENT, TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


@pytest.fixture
def tree(tiktok):
    return tiktok.tree()


def refused(answer, field, code=40002):
    """The answer is this code, its text names the field, and nothing else came with it."""
    assert answer["code"] == code, answer
    assert answer["message"].startswith(f"{field}: "), answer["message"]
    assert answer["data"] == {}
    assert answer["request_id"].isalnum()


LONG = "x" * 513

CAMPAIGN = [
    # required
    ("advertiser_id", ABSENT),
    ("campaign_name", ABSENT),
    ("objective_type", ABSENT),
    ("budget_mode", ABSENT),
    # types
    ("campaign_name", 7),
    ("budget", "50.00"),
    ("budget_optimize_on", "true"),
    ("special_industries", "HOUSING"),
    ("campaign_name", None),
    # enumerations
    ("objective_type", "SALES"),
    ("objective_type", "traffic"),
    ("budget_mode", "BUDGET_MODE_WEEK"),
    ("operation_status", "PAUSED"),
    ("operation_status", "DELETE"),
    ("campaign_type", "BRAND"),
    ("special_industries.0", ["POLITICS"]),
    # lengths and letters
    ("campaign_name", ""),
    ("campaign_name", LONG),
    ("campaign_name", "春" * 257),
    ("campaign_name", "Spring 🌷"),
    # idempotency keys
    ("request_id", "abc"),
    ("request_id", "9999999999999999999"),
    ("request_id", 17),
    # unknown
    ("status", "ENABLE"),
    ("start_time", "2026-12-01"),
]


@pytest.mark.parametrize(("field", "value"), CAMPAIGN)
def test_a_campaign_with_one_wrong_field_is_refused_by_its_name(sandbox, tiktok, field, value):
    refused(tiktok.post("campaign/create", tiktok.campaign(**{field.split(".")[0]: value})), field)
    assert not [o for o in sandbox.ledger(platform="tiktok_ads")["objects"] if o["type"] == "campaign"]


GROUP = [
    # required
    ("advertiser_id", ABSENT),
    ("campaign_id", ABSENT),
    ("adgroup_name", ABSENT),
    ("billing_event", ABSENT),
    ("budget", ABSENT),
    ("budget_mode", ABSENT),
    ("optimization_goal", ABSENT),
    ("pacing", ABSENT),
    ("schedule_type", ABSENT),
    ("schedule_start_time", ABSENT),
    # required by circumstances
    ("promotion_type", ABSENT),
    ("placements", ABSENT),
    ("location_ids", ABSENT),
    ("schedule_end_time", ABSENT),
    # types
    ("budget", "50"),
    ("location_ids", "6252001"),
    ("location_ids.0", [6252001]),
    ("comment_disabled", "false"),
    ("device_price_ranges.0", ["0"]),
    # enumerations
    ("optimization_goal", "CLICKS"),
    ("billing_event", "CPA"),
    ("budget_mode", "DAILY"),
    ("pacing", "FAST"),
    ("schedule_type", "ALWAYS"),
    ("promotion_type", "SITE"),
    ("placement_type", "AUTO"),
    ("placements.0", ["PLACEMENT_FACEBOOK"]),
    ("age_groups.0", ["AGE_18_49"]),
    ("gender", "FEMALE"),
    ("languages.0", ["english"]),
    ("operating_systems.0", ["WINDOWS"]),
    ("network_types.0", ["CABLE"]),
    ("bid_type", "MAX"),
    ("optimization_event", "PURCHASE"),
    ("operation_status", "ACTIVE"),
    ("brand_safety_type", "NONE"),
    ("click_attribution_window", "28D"),
    # lengths, formats, ranges
    ("adgroup_name", ""),
    ("adgroup_name", LONG),
    ("adgroup_name", "🎈"),
    ("schedule_start_time", "2026-12-01T08:00:00Z"),
    ("schedule_start_time", "2026-12-01"),
    ("schedule_start_time", "2026-13-41 08:00:00"),
    ("schedule_end_time", "2026-11-20 08:00:00"),
    ("dayparting", "1" * 335),
    ("dayparting", "2" * 336),
    ("dayparting", "1" * 168),
    ("operating_systems", ["ANDROID", "IOS"]),
    ("device_price_ranges", [0, 120]),
    ("device_price_ranges", [250, 0]),
    ("roas_bid", 0),
    ("request_id", "first"),
    # units
    ("budget", 0),
    ("budget", -50),
    ("budget", 50.001),
    ("bid_price", 1),
    # places and interests that are not there, or overlap
    ("location_ids", ["1"]),
    ("location_ids", ["US"]),
    ("location_ids", ["6252001", "5332921"]),
    ("location_ids", ["6252001", "6252001"]),
    ("location_ids", ["6252001", "4887398"]),
    ("location_ids", ["7000000094103"]),
    ("zipcode_ids", ["94103"]),
    ("zipcode_ids", ["7000000010118"]),
    ("interest_category_ids", ["999"]),
    # goal, billing, pixel
    ("optimization_goal", "CONVERT"),
    ("billing_event", "OCPM"),
    ("billing_event", "CPM"),
    ("pixel_id", "7000"),
    # unknown
    ("desired_status", "ENABLE"),
    ("campaign_name", "Spring"),
]


@pytest.mark.parametrize(("field", "value"), GROUP)
def test_an_ad_group_with_one_wrong_field_is_refused_by_its_name(sandbox, tiktok, field, value):
    body = tiktok.group(tiktok.new_campaign(), **{field.split(".")[0]: value})
    refused(tiktok.post("adgroup/create", body), field)
    assert not [o for o in sandbox.ledger(platform="tiktok_ads")["objects"] if o["type"] == "adgroup"]


CONVERTING = [
    ("pixel_id", ABSENT),
    ("pixel_id", "7000"),
    ("optimization_event", ABSENT),
    ("optimization_event", "LAUNCH_APP"),
    ("billing_event", "CPC"),
    ("conversion_bid_price", 5),
    ("bid_type", "BID_TYPE_COST_CAP"),
]


@pytest.mark.parametrize(("field", "value"), CONVERTING)
def test_an_ad_group_for_conversions_needs_pixel_and_event_that_fit(tiktok, field, value):
    campaign = tiktok.new_campaign(objective_type="WEB_CONVERSIONS")
    refused(tiktok.post("adgroup/create", tiktok.converting(campaign, **{field: value})), field)


BIDS = [
    ({"bid_type": "BID_TYPE_CUSTOM"}, "bid_price"),
    ({"bid_type": "BID_TYPE_CUSTOM", "bid_price": 50}, "bid_price"),
    ({"bid_type": "BID_TYPE_CUSTOM", "bid_price": 1.005}, "bid_price"),
    ({"deep_bid_type": "VO_MIN_ROAS"}, "roas_bid"),
    ({"budget_mode": "BUDGET_MODE_INFINITE"}, "budget_mode"),
    (
        {
            "budget_mode": "BUDGET_MODE_TOTAL",
            "schedule_type": "SCHEDULE_FROM_NOW",
            "schedule_end_time": ABSENT,
        },
        "schedule_type",
    ),
]


@pytest.mark.parametrize(("change", "field"), BIDS)
def test_bids_and_budgets_that_do_not_go_together_are_refused(tiktok, change, field):
    refused(tiktok.post("adgroup/create", tiktok.group(tiktok.new_campaign(), **change)), field)


MONEY = [
    ({"budget": 20}, "Your budget setting must be more than $20"),
    ({"budget": 19.99}, "Your budget setting must be more than $20"),
    (
        {
            "budget_mode": "BUDGET_MODE_TOTAL",
            "budget": 199.99,
            "schedule_end_time": "2026-12-03 18:00:00",
        },
        "Your budget setting must not be less than $200",
    ),
]


@pytest.mark.parametrize(("change", "text"), MONEY)
def test_an_ad_group_spends_more_than_twenty_a_day(tiktok, change, text):
    answer = tiktok.post("adgroup/create", tiktok.group(tiktok.new_campaign(), **change))
    assert (answer["code"], answer["message"]) == (40002, text)


def test_a_campaign_budget_is_at_least_fifty(tiktok):
    poor = {"budget_mode": "BUDGET_MODE_DAY", "budget": 49.99}
    answer = tiktok.post("campaign/create", tiktok.campaign(**poor))
    assert (answer["code"], answer["message"]) == (40002, "Your budget setting must not be less than $50")
    assert data(tiktok.post("campaign/create", tiktok.campaign(**poor | {"budget": 50})))["budget"] == 50.0
    refused(tiktok.post("campaign/create", tiktok.campaign(**poor | {"budget": ABSENT})), "budget")
    refused(tiktok.post("campaign/create", tiktok.campaign(budget=60)), "budget")


def test_budgets_follow_the_currency_of_the_account(sandbox, tiktok):
    sandbox.control("account", {"platform": "tiktok_ads", "action": "currency", "value": "JPY"})
    campaign = tiktok.new_campaign()
    assert tiktok.post("adgroup/create", tiktok.group(campaign, budget=50))["code"] == 40002
    refused(tiktok.post("adgroup/create", tiktok.group(campaign, budget=5000.5)), "budget")
    data(tiktok.post("adgroup/create", tiktok.group(campaign, budget=5000)))


@pytest.mark.parametrize("country", ["6252001", "2635167", "2921044"])
def test_minors_cannot_be_targeted_where_the_law_forbids_it(tiktok, country):
    body = tiktok.group(tiktok.new_campaign(), location_ids=[country], age_groups=["AGE_13_17"])
    refused(tiktok.post("adgroup/create", body), "age_groups", code=40065)


def test_a_postal_code_does_not_overlap_with_what_holds_it(tiktok):
    body = tiktok.group(tiktok.new_campaign(), location_ids=["6252001"], zipcode_ids=["7000000094103"])
    refused(tiktok.post("adgroup/create", body), "location_ids")


def test_a_special_category_has_no_postal_codes(tiktok):
    campaign = tiktok.new_campaign(special_industries=["HOUSING"])
    body = tiktok.group(campaign, location_ids=["1861060"], zipcode_ids=["7000000094103"])
    refused(tiktok.post("adgroup/create", body), "zipcode_ids")


SEARCHES = [
    ("search_type", "SEARCH"),
    ("keywords", []),
    ("keywords", "94103"),
    ("geo_types", ["CITY"]),
    ("geo_types.0", ["BOROUGH"]),
    ("region_codes", ["DE"]),
    ("region_codes", []),
    ("placements", []),
    ("objective_type", "CLICKS"),
    ("language", "en"),
]


@pytest.mark.parametrize(("field", "value"), SEARCHES)
def test_a_search_for_places_with_one_wrong_field_is_refused_by_its_name(tiktok, field, value):
    refused(tiktok.post("tool/targeting/search", tiktok.search() | {field.split(".")[0]: value}), field)


def test_postal_codes_of_some_countries_are_for_chosen_advertisers(tiktok):
    assert tiktok.post("tool/targeting/search", tiktok.search() | {"region_codes": ["BR"]})["code"] == 40001


CREATIVE = [
    # required
    ("ad_name", ABSENT),
    ("ad_format", ABSENT),
    ("identity_type", ABSENT),
    ("identity_id", ABSENT),
    ("ad_text", ABSENT),
    ("video_id", ABSENT),
    ("image_ids", ABSENT),
    ("call_to_action", ABSENT),
    ("landing_page_url", ABSENT),
    # enumerations
    ("ad_format", "VIDEO"),
    ("ad_format", "LIVE_CONTENT"),
    ("identity_type", "PAGE"),
    ("call_to_action", "DOWNLOAD"),
    ("call_to_action", "Shop now"),
    ("dark_post_status", "YES"),
    ("operation_status", "PAUSED"),
    # lengths and letters: 100, CJK counts 2, no emoji, no line break
    ("ad_text", ""),
    ("ad_text", "x" * 101),
    ("ad_text", "靴" * 51),
    ("ad_text", "Spring sale ☀️"),
    ("ad_text", "two\nlines"),
    ("ad_name", LONG),
    ("display_name", "x" * 41),
    ("landing_page_url", "example.com"),
    # types
    ("image_ids", "ad-site/1"),
    ("ad_text", 5),
    ("utm_params", {"utm_source": "tiktok"}),
    # things that are not there
    ("identity_id", "7000"),
    ("video_id", "v1"),
    ("image_ids", ["ad-site/1"]),
    # unknown
    ("headline", "Spring"),
]


@pytest.mark.parametrize(("field", "value"), CREATIVE)
def test_an_ad_with_one_wrong_field_is_refused_by_its_name(sandbox, tiktok, field, value):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    creatives = [tiktok.creative(video, cover), tiktok.creative(video, cover, **{field: value})]
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": creatives}
    refused(tiktok.post("ad/create", body), f"creatives.1.{field}")
    assert not [o for o in sandbox.ledger(platform="tiktok_ads")["objects"] if o["type"] == "ad"]


@pytest.mark.parametrize(("field", "value"), [("adgroup_id", ABSENT), ("creatives", ABSENT), ("creatives", [])])
def test_ads_need_an_ad_group_and_at_least_one_creative(tiktok, field, value):
    body = {"advertiser_id": tiktok.account, "adgroup_id": "1", "creatives": [{}]} | {field: value}
    refused(tiktok.post("ad/create", {k: v for k, v in body.items() if v is not ABSENT}), field)


def test_more_than_twenty_creatives_at_once_or_in_one_group_are_refused(tiktok):
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    many = [tiktok.creative(video, cover) for _ in range(21)]
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": many}
    refused(tiktok.post("ad/create", body), "creatives")
    tiktok.new_ads(group, *many[:20])
    assert tiktok.post("ad/create", body | {"creatives": many[20:]})["code"] == 40502


def test_a_custom_identity_can_be_made_but_no_longer_used(tiktok):
    video, cover = tiktok.files()
    made = data(
        tiktok.post(
            "identity/create",
            {"advertiser_id": tiktok.account, "display_name": "Acme", "image_uri": cover},
        )
    )["identity_id"]
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    custom = tiktok.creative(video, cover, identity_type="CUSTOMIZED_USER", identity_id=made)
    body = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": [custom]}
    refused(tiktok.post("ad/create", body), "creatives.0.identity_type")


FIXED = [
    ("campaign", "objective_type", "REACH"),
    ("campaign", "budget_mode", "BUDGET_MODE_DAY"),
    ("campaign", "operation_status", "ENABLE"),
    ("adgroup", "placement_type", "PLACEMENT_TYPE_AUTOMATIC"),
    ("adgroup", "placements", ["PLACEMENT_PANGLE"]),
    ("adgroup", "budget_mode", "BUDGET_MODE_TOTAL"),
    ("adgroup", "optimization_goal", "CLICK"),
    ("adgroup", "billing_event", "CPC"),
    ("adgroup", "pixel_id", "1"),
    ("adgroup", "campaign_id", "1"),
    ("adgroup", "operation_status", "ENABLE"),
]


@pytest.mark.parametrize(("level", "field", "value"), FIXED)
def test_what_is_fixed_at_creation_cannot_be_changed(tiktok, tree, level, field, value):
    id_ = tree[("campaign", "adgroup").index(level)]
    body = {"advertiser_id": tiktok.account, f"{level}_id": id_, field: value}
    refused(tiktok.post(f"{level}/update", body), field)


CHANGES = [
    ("campaign", "campaign_id", ABSENT),
    ("campaign", "campaign_name", ""),
    ("campaign", "budget", 100),
    ("adgroup", "adgroup_id", ABSENT),
    ("adgroup", "budget", "60"),
    ("adgroup", "location_ids", ["5332921", "6252001"]),
    ("adgroup", "age_groups", []),
    ("adgroup", "schedule_end_time", "2026-11-01 00:00:00"),
    ("adgroup", "gender", "MALE"),
]


@pytest.mark.parametrize(("level", "field", "value"), [c for c in CHANGES if c[1:] != ("age_groups", [])])
def test_a_wrong_change_is_refused_by_its_name(tiktok, tree, level, field, value):
    id_ = tree[("campaign", "adgroup").index(level)]
    body = {"advertiser_id": tiktok.account, f"{level}_id": id_, field: value}
    refused(tiktok.post(f"{level}/update", {k: v for k, v in body.items() if v is not ABSENT}), field)


@pytest.mark.parametrize("change", [{}, {"ad_ids": []}, {"ad_ids": ["1"] * 21}, {"ad_ids": "1"}])
def test_a_status_update_takes_one_to_twenty_ids(tiktok, change):
    body = {"advertiser_id": tiktok.account, "operation_status": "DISABLE"} | change
    refused(tiktok.post("ad/status/update", body), "ad_ids")


@pytest.mark.parametrize("status", ["PAUSE", "FROZEN", None, 1])
def test_a_status_update_knows_three_operations(tiktok, tree, status):
    refused(tiktok.switch("campaign", [tree[0]], status), "operation_status")


def test_objects_that_are_not_there_have_a_code_of_their_own(tiktok):
    assert tiktok.post("adgroup/create", tiktok.group("1"))["code"] == 40007
    body = {"advertiser_id": tiktok.account, "campaign_id": "1", "campaign_name": "x"}
    assert tiktok.post("campaign/update", body)["code"] == 40007
