"""Meta's whole tree over HTTP: created, read back, reviewed, shown, reported, switched off, deleted."""

import base64
import json
from decimal import Decimal

import pytest
from tests.sandbox.meta_client import PURCHASE, Meta, action, mp4, png

DAYS = {"since": "2026-11-20", "until": "2026-12-31"}
HOURLY = "hourly_stats_aggregated_by_advertiser_time_zone"


@pytest.fixture
def meta(sandbox):
    return Meta(sandbox)


def delivered(sandbox, **params):
    return sandbox.ledger(platform="facebook_ads", **params)["delivery"]


def test_the_whole_tree_delivers_after_review_and_the_report_equals_the_ledger(sandbox, meta):
    campaign, _, ad = meta.tree()
    assert meta.status(ad) == "PENDING_REVIEW"
    sandbox.advance("P5D")
    assert meta.status(ad) == "ACTIVE"
    rows = meta.insights(
        meta.account,
        level="campaign",
        time_range=DAYS,
        time_increment="1",
        fields="campaign_id,impressions,inline_link_clicks,spend,account_currency,actions,action_values",
        limit="2",
    )
    told = [
        (
            row["campaign_id"],
            row["date_start"],
            int(row["impressions"]),
            int(row["inline_link_clicks"]),
            Decimal(row["spend"]),
            Decimal(action(row, "actions", PURCHASE)),
            Decimal(action(row, "action_values", PURCHASE)),
        )
        for row in rows
    ]
    truth = [
        (
            row["campaign_id"],
            row["date"],
            row["impressions"],
            row["clicks"],
            Decimal(row["spend"]),
            Decimal(row["conversions"]),
            Decimal(row["conversion_value"]),
        )
        for row in delivered(sandbox)
    ]
    assert told == truth
    assert {row[0] for row in truth} == {campaign}
    assert len(truth) == 6
    assert sum(row[5] for row in truth) > 0
    assert all(Decimal(0) < row[4] <= Decimal("87.5") for row in truth)


def test_every_number_of_a_report_is_a_string(sandbox, meta):
    meta.tree()
    sandbox.advance("P2D")
    row = meta.insights(
        meta.account, time_range=DAYS, fields="impressions,clicks,spend,reach,frequency,cpc,ctr,actions"
    )[0]
    flat = [value for value in row.values() if not isinstance(value, list)] + [one["value"] for one in row["actions"]]
    assert all(isinstance(value, str) for value in flat)


def test_one_purchase_is_counted_under_several_types_that_must_not_be_summed(sandbox, meta):
    meta.tree()
    sandbox.advance("P5D")
    row = meta.insights(meta.account, time_range=DAYS, fields="actions")[0]
    counts = {action(row, "actions", type_) for type_ in (PURCHASE, "omni_purchase", "purchase")}
    assert len(counts) == 1
    assert counts != {"0"}


def test_hourly_rows_equal_the_ledger_and_carry_no_conversions(sandbox, meta):
    meta.tree()
    sandbox.advance("P2D")
    rows = meta.insights(
        meta.account,
        level="campaign",
        time_range=DAYS,
        time_increment="1",
        breakdowns=HOURLY,
        fields="impressions,spend,inline_link_clicks,actions,action_values",
    )
    told = [(r["date_start"], int(r[HOURLY][:2]), int(r["impressions"]), Decimal(r["spend"])) for r in rows]
    truth = [(r["date"], r["hour"], r["impressions"], Decimal(r["spend"])) for r in delivered(sandbox, grain="hour")]
    assert told == truth
    assert all(action(row, "actions", PURCHASE) == "0" and "action_values" not in row for row in rows)


def test_an_ad_set_without_an_event_counts_no_conversions(sandbox, meta):
    meta.tree(
        campaign={"objective": "OUTCOME_TRAFFIC"},
        adset={"optimization_goal": "LINK_CLICKS", "promoted_object": {}},
    )
    sandbox.advance("P3D")
    assert all(row["conversions"] is None for row in delivered(sandbox))
    row = meta.insights(meta.account, time_range=DAYS, fields="actions,impressions")[0]
    assert action(row, "actions", "link_click") != "0"
    assert not any(one["action_type"].startswith("offsite") for one in row["actions"])


def test_a_report_run_is_ready_after_a_while_and_tells_the_same(sandbox, meta):
    meta.tree()
    sandbox.advance("P2D")
    asked = {"level": "ad", "time_range": DAYS, "time_increment": "1", "fields": "ad_id,impressions,spend"}
    run = meta.post(f"{meta.account}/insights", **asked)["report_run_id"]
    begun = meta.get(run, fields="async_status,async_percent_completion")
    assert begun["async_status"] != "Job Completed"
    assert meta.call("GET", f"{run}/insights").status_code == 400
    sandbox.advance("PT2S")
    done = meta.get(run)
    assert (done["async_status"], done["async_percent_completion"]) == ("Job Completed", 100)
    assert meta.insights(run) == meta.insights(meta.account, **asked)


def test_a_slow_report_takes_minutes(sandbox, meta):
    sandbox.fault("facebook_ads", "slow_report", "POST .*/insights")
    run = meta.post(f"{meta.account}/insights", level="campaign")["report_run_id"]
    sandbox.advance("PT5M")
    assert meta.get(run)["async_status"] == "Job Running"
    sandbox.advance("PT6M")
    assert meta.get(run)["async_status"] == "Job Completed"


def test_status_follows_the_hierarchy(sandbox, meta):
    campaign, adset, ad = meta.tree(live=False)
    sandbox.advance("PT1H")
    assert meta.status(ad) == "PAUSED"
    meta.post(ad, status="ACTIVE")
    assert meta.status(ad) == "ADSET_PAUSED"
    meta.post(adset, status="ACTIVE")
    assert (meta.status(adset), meta.status(ad)) == ("CAMPAIGN_PAUSED", "CAMPAIGN_PAUSED")
    meta.post(campaign, status="ACTIVE")
    assert meta.status(ad) == "ACTIVE"
    assert meta.get(ad, fields="status,configured_status") == {
        "status": "ACTIVE",
        "configured_status": "ACTIVE",
        "id": ad,
    }


def test_a_paused_campaign_spends_nothing(sandbox, meta):
    campaign, _, _ = meta.tree()
    sandbox.advance("P1D")
    meta.post(campaign, status="PAUSED")
    sandbox.advance("PT1H")
    before = delivered(sandbox)
    sandbox.advance("P2D")
    assert [row["impressions"] for row in delivered(sandbox)] == [row["impressions"] for row in before]


def test_deleted_objects_leave_the_lists_take_their_children_along_and_stay_readable(sandbox, meta):
    campaign, adset, ad = meta.tree()
    sandbox.advance("P1D")
    assert meta.delete(campaign) == {"success": True}
    for edge in ("campaigns", "adsets", "ads"):
        assert meta.get(f"{meta.account}/{edge}")["data"] == []
    assert [meta.status(one) for one in (campaign, adset, ad)] == ["DELETED"] * 3
    found = meta.get(f"{meta.account}/campaigns", effective_status=["DELETED"])["data"]
    assert found == [{"id": campaign}]
    assert meta.call("POST", campaign, {"status": "ACTIVE"}).json()["error"]["code"] == 100
    assert meta.insights(campaign, time_range=DAYS)[0]["campaign_id"] == campaign


def test_a_rejected_ad_tells_why_and_never_shows(sandbox, meta):
    _, _, ad = meta.tree(story=meta.story(message="The miracle cure"))
    sandbox.advance("P2D")
    assert meta.status(ad) == "DISAPPROVED"
    assert meta.get(ad, fields="ad_review_feedback")["ad_review_feedback"]["global"]
    assert delivered(sandbox) == []


def test_a_reviewers_verdict_acts_at_once(sandbox, meta):
    _, _, ad = meta.tree()
    sandbox.control("review", {"platform": "facebook_ads", "ad": ad, "verdict": "limit", "reason": "alcohol"})
    assert meta.status(ad) == "WITH_ISSUES"
    assert meta.get(ad, fields="issues_info")["issues_info"][0]["level"] == "AD"


def test_a_new_creative_goes_into_review_and_so_does_new_targeting(sandbox, meta):
    _, adset, ad = meta.tree()
    sandbox.advance("PT1H")
    other = meta.post(f"{meta.account}/adcreatives", **meta.creative(name="Other"))["id"]
    meta.post(ad, creative={"creative_id": other})
    assert meta.status(ad) == "PENDING_REVIEW"
    sandbox.advance("PT1H")
    assert meta.status(ad) == "ACTIVE"
    meta.post(adset, targeting=meta.targeting(age_min=25))
    assert meta.status(ad) == "PENDING_REVIEW"


def test_objects_are_read_back_as_meta_writes_them(sandbox, meta):
    campaign, adset, ad = meta.tree(adset={"end_time": "2026-12-31T23:59:59-0800", "start_time": 1795000000})
    read = meta.get(
        adset, fields="name,daily_budget,lifetime_budget,start_time,end_time,bid_strategy,campaign_id,account_id"
    )
    assert read["daily_budget"] == "5000"
    assert read["lifetime_budget"] == "0"
    assert read["end_time"] == "2026-12-31T23:59:59-0800"
    assert read["start_time"].endswith("-0800")
    assert read["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"
    assert (read["campaign_id"], read["account_id"]) == (campaign, meta.account.removeprefix("act_"))
    whole = meta.get(ad, fields="id,name,creative{id,name,object_story_spec{link_data}},adset{id,campaign{name}}")
    assert whole["creative"]["object_story_spec"]["link_data"]["name"] == "Run faster"
    assert whole["adset"] == {"id": adset, "campaign": {"name": "Spring", "id": campaign}}


def test_names_may_repeat_and_a_filter_finds_them(meta):
    ids = {meta.post(f"{meta.account}/campaigns", **meta.campaign(name="Twice"))["id"] for _ in range(2)}
    meta.post(f"{meta.account}/campaigns", **meta.campaign(name="Once"))
    test = [{"field": "name", "operator": "EQUAL", "value": "Twice"}]
    found = meta.get(f"{meta.account}/campaigns", fields="id,name", filtering=test)["data"]
    assert {one["id"] for one in found} == ids


def test_lists_are_paged_by_cursor(meta):
    made = [meta.post(f"{meta.account}/campaigns", **meta.campaign(name=f"C{n}"))["id"] for n in range(5)]
    found, params = [], {"limit": "2", "summary": "true"}
    while True:
        page = meta.get(f"{meta.account}/campaigns", **params)
        assert page["summary"] == {"total_count": 5}
        found += [one["id"] for one in page["data"]]
        if "next" not in page["paging"]:
            break
        params["after"] = page["paging"]["cursors"]["after"]
    assert found == made[::-1]
    assert meta.call("GET", f"{meta.account}/campaigns", {"after": "nonsense"}).status_code == 400


def test_half_a_page_still_leads_to_the_rest(sandbox, meta):
    for n in range(4):
        meta.post(f"{meta.account}/campaigns", **meta.campaign(name=f"C{n}"))
    sandbox.fault("facebook_ads", "truncated_page", "GET .*/campaigns")
    page = meta.get(f"{meta.account}/campaigns")
    assert len(page["data"]) == 2
    rest = meta.get(f"{meta.account}/campaigns", after=page["paging"]["cursors"]["after"])
    assert len(rest["data"]) == 2


def test_edges_below_a_campaign_list_its_own(meta):
    campaign, adset, ad = meta.tree(live=False)
    meta.tree(live=False)
    assert meta.get(f"{campaign}/adsets")["data"] == [{"id": adset}]
    assert meta.get(f"{campaign}/ads")["data"] == [{"id": ad}]
    assert meta.get(f"{adset}/ads", fields="name")["data"] == [{"id": ad, "name": "An ad"}]
    assert len(meta.get(f"{ad}/adcreatives")["data"]) == 1


def test_a_dry_run_changes_nothing(sandbox, meta):
    dry = ["validate_only"]
    assert meta.post(f"{meta.account}/campaigns", **meta.campaign(execution_options=dry)) == {"success": True}
    campaign, adset, _ = meta.tree(live=False)
    meta.post(adset, daily_budget=9000, execution_options=dry)
    assert meta.get(adset, fields="daily_budget")["daily_budget"] == "5000"
    assert [one["id"] for one in meta.get(f"{meta.account}/campaigns")["data"]] == [campaign]


def test_images_come_as_base64_or_as_files_and_are_one_by_hash(meta):
    data = png(600, 600)
    first = meta.post(f"{meta.account}/adimages", bytes=base64.b64encode(data).decode())["images"]["bytes"]
    second = meta.call("POST", f"{meta.account}/adimages", {}, filename=("a.png", data)).json()["images"]["a.png"]
    assert first["hash"] == second["hash"]
    found = meta.get(f"{meta.account}/adimages", hashes=[first["hash"]], fields="hash,width,height")["data"]
    assert [(one["hash"], one["width"], one["height"]) for one in found] == [(first["hash"], 600, 600)]


def test_a_video_is_transcoded_before_an_ad_may_use_it(sandbox, meta):
    video = meta.call("POST", f"{meta.account}/advideos", {"name": "v"}, source=("v.mp4", mp4())).json()["id"]
    assert meta.get(video, fields="status")["status"]["video_status"] == "processing"
    data = {
        "video_id": video,
        "image_hash": meta.image(),
        "call_to_action": meta.story()["link_data"]["call_to_action"],
    }
    story = {"page_id": meta.line["page_id"], "video_data": data}
    early = meta.call("POST", f"{meta.account}/adcreatives", meta.creative(object_story_spec=story))
    assert early.json()["error"]["error_subcode"] == 1885252
    sandbox.advance("PT10S")
    assert meta.get(video, fields="status")["status"]["video_status"] == "ready"
    meta.tree(story=story)
    sandbox.advance("P2D")
    row = meta.insights(meta.account, time_range=DAYS, fields="video_thruplay_watched_actions,video_play_actions")[0]
    assert int(action(row, "video_thruplay_watched_actions", "video_view")) > 0
    assert meta.get(f"{video}/thumbnails")["data"][0]["is_preferred"] is True


def test_a_video_may_come_in_chunks(sandbox, meta):
    data, edge = mp4(2_500_000), f"{meta.account}/advideos"
    begun = meta.post(edge, upload_phase="start", file_size=len(data))
    session, start, end = begun["upload_session_id"], int(begun["start_offset"]), int(begun["end_offset"])
    while start < end:
        answer = meta.call(
            "POST",
            edge,
            {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start},
            video_file_chunk=("v.mp4", data[start:end]),
        ).json()
        start, end = int(answer["start_offset"]), int(answer["end_offset"])
    assert meta.post(edge, upload_phase="finish", upload_session_id=session) == {"success": True}
    sandbox.advance("PT10S")
    assert meta.get(begun["video_id"], fields="status")["status"]["video_status"] == "ready"


def test_a_campaign_budget_binds_all_its_ad_sets(sandbox, meta):
    budget = {"daily_budget": 3000, "is_adset_budget_sharing_enabled": False}
    campaign, _, _ = meta.tree(campaign=budget, adset={"daily_budget": 0})
    second = meta.post(f"{meta.account}/adsets", **meta.adset(campaign, daily_budget=0, status="ACTIVE"))["id"]
    creative = meta.post(f"{meta.account}/adcreatives", **meta.creative())["id"]
    meta.post(f"{meta.account}/ads", **meta.ad(second, creative, status="ACTIVE"))
    sandbox.advance("P3D")
    assert all(Decimal(row["spend"]) <= Decimal("52.5") for row in delivered(sandbox))
    assert meta.get(campaign, fields="bid_strategy,daily_budget")["bid_strategy"] == "LOWEST_COST_WITHOUT_CAP"


def test_dayparts_of_a_lifetime_budget_are_kept(sandbox, meta):
    parts = [{"days": [1, 2, 3, 4, 5], "start_minute": 540, "end_minute": 720, "timezone_type": "ADVERTISER"}]
    timed = {
        "daily_budget": 0,
        "lifetime_budget": 50000,
        "end_time": "2026-12-03T00:00:00-0800",
        "pacing_type": ["day_parting"],
        "adset_schedule": parts,
    }
    meta.tree(adset=timed)
    sandbox.advance("P12D")
    rows = delivered(sandbox, grain="hour")
    assert {row["hour"] for row in rows} <= {9, 10, 11}
    assert max(row["date"] for row in rows) == "2026-12-02"
    assert not {"2026-11-28", "2026-11-29"} & {row["date"] for row in rows}
    assert sum(Decimal(row["spend"]) for row in rows) <= 500


@pytest.mark.parametrize(
    ("currency", "offset"),
    [("HUF", 1), ("IDR", 1), ("TWD", 1), ("COP", 1), ("CRC", 1), ("JPY", 1), ("RSD", 100), ("BHD", 100), ("JOD", 100)],
)
def test_budgets_are_in_metas_own_units_of_each_currency(sandbox, meta, currency, offset):
    sandbox.control("account", {"platform": "facebook_ads", "action": "currency", "value": currency})
    row = next(one for one in meta.get(f"{meta.account}/minimum_budgets")["data"] if one["currency"] == currency)
    least = row["min_daily_budget_imp"]
    low = meta.call("POST", f"{meta.account}/campaigns", meta.campaign(daily_budget=least - 1))
    assert low.json()["error"]["error_subcode"] == 1885272
    _, adset, _ = meta.tree(adset={"daily_budget": 100 * least})
    assert meta.get(adset, fields="daily_budget")["daily_budget"] == str(100 * least)
    sandbox.advance("P2D")
    rows = delivered(sandbox)
    assert rows
    assert all(Decimal(one["spend"]) <= Decimal(175 * least) / offset for one in rows)
    assert sum(Decimal(one["spend"]) for one in rows) > Decimal(30 * least) / offset


def test_a_suspended_account_shows_nothing_and_takes_nothing(sandbox, meta):
    _, _, ad = meta.tree()
    sandbox.advance("PT1H")
    sandbox.control("account", {"platform": "facebook_ads", "action": "suspend"})
    assert meta.get(meta.account, fields="account_status")["account_status"] == 2
    assert meta.status(ad) == "PENDING_BILLING_INFO"
    assert meta.call("POST", f"{meta.account}/campaigns", meta.campaign()).status_code == 400
    before = delivered(sandbox)
    sandbox.advance("P1D")
    assert delivered(sandbox) == before


def test_a_person_in_ads_manager_may_change_and_delete(sandbox, meta):
    campaign, adset, _ = meta.tree()
    sandbox.control("edit", {"platform": "facebook_ads", "id": adset, "field": "daily_budget", "value": 7000})
    assert meta.get(adset, fields="daily_budget")["daily_budget"] == "7000"
    refused = sandbox.control_raw("edit", {"platform": "facebook_ads", "id": adset, "field": "colour", "value": 1})
    assert refused.status_code == 400
    sandbox.control("edit", {"platform": "facebook_ads", "id": campaign, "field": "status", "value": "DELETED"})
    assert meta.status(adset) == "DELETED"


def test_seeded_campaigns_are_live(sandbox, meta):
    made = sandbox.control("seed", {"platform": "facebook_ads", "campaigns": 2})["campaigns"]
    assert [meta.status(one["id"]) for one in made] == ["ACTIVE", "ACTIVE"]
    sandbox.advance("P1D")
    assert {row["campaign_id"] for row in delivered(sandbox)} == {one["id"] for one in made}


def test_search_finds_places_languages_and_interests(meta):
    california = meta.get("search", type="adgeolocation", q="Califor", location_types=["region"])["data"][0]
    assert (california["key"], california["type"]) == ("3847", "region")
    springfields = meta.get("search", type="adgeolocation", q="springfield", location_types=["city"])["data"]
    assert [one["region"] for one in springfields] == ["Illinois", "Missouri", "Michigan"]
    asked = {"q": "springfield", "location_types": ["city"], "region_id": springfields[1]["region_id"]}
    assert meta.get("search", type="adgeolocation", **asked)["data"] == springfields[1:2]
    assert not meta.get("search", type="adgeolocation", q="springfield", country_code="DE")["data"]
    boroughs = meta.get("search", type="adgeolocation", q="manhattan", location_types=["city"])["data"]
    assert [one["type"] for one in boroughs] == ["subcity", "city"]
    assert {"key": 6, "name": "English (US)"} in meta.get("search", type="adlocale", q="english")["data"]
    running = meta.get("search", type="adinterest", q="Running")["data"][0]
    group = meta.adset(
        meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"],
        targeting=meta.targeting(
            geo_locations={"regions": [{"key": california["key"]}]},
            locales=[6],
            flexible_spec=[{"interests": [{"id": running["id"], "name": running["name"]}]}],
        ),
    )
    assert meta.post(f"{meta.account}/adsets", **group)["id"]


def test_json_bodies_are_as_good_as_forms(sandbox, meta):
    answer = sandbox.http.post(
        f"/meta/v26.0/{meta.account}/campaigns",
        json=meta.campaign(),
        headers={"Authorization": f"Bearer {meta.line['access_token']}"},
    )
    assert answer.status_code == 200
    assert answer.json()["id"]


def test_a_batch_answers_each_call_by_itself(meta):
    body = "&".join(f"{n}={v if isinstance(v, str) else json.dumps(v)}" for n, v in meta.campaign().items())
    calls = [
        {"method": "GET", "relative_url": "me?fields=name"},
        {"method": "POST", "relative_url": f"{meta.account}/campaigns", "body": body},
        {"method": "GET", "relative_url": "1"},
    ]
    answers = meta.post("", batch=calls)
    assert [one["code"] for one in answers] == [200, 200, 400]
    assert json.loads(answers[2]["body"])["error"]["error_subcode"] == 33


def test_a_call_of_a_batch_may_use_what_an_earlier_one_made(meta):
    def body(fields):
        return "&".join(f"{n}={v if isinstance(v, str) else json.dumps(v)}" for n, v in fields.items())

    calls = [
        {"method": "POST", "relative_url": f"{meta.account}/campaigns", "name": "c", "body": body(meta.campaign())},
        {"method": "POST", "relative_url": f"{meta.account}/adsets", "body": body(meta.adset("{result=c:$.id}"))},
        {"method": "GET", "relative_url": "{result=nothing:$.id}"},
    ]
    made, below, lost = meta.post("", batch=calls)
    campaign = json.loads(made["body"])["id"]
    assert meta.get(json.loads(below["body"])["id"], fields="campaign_id")["campaign_id"] == campaign
    assert lost["code"] == 400


def test_a_list_may_be_narrowed_to_what_changed(sandbox, meta):
    old = meta.post(f"{meta.account}/campaigns", **meta.campaign(name="Old"))["id"]
    meta.post(f"{meta.account}/campaigns", **meta.campaign(name="Older"))
    sandbox.advance("P1D")
    meta.post(old, name="New")
    since = 1795500000  # 2026-11-24T06:00:00Z, between the two
    found = meta.get(f"{meta.account}/campaigns", updated_since=since, fields="name")["data"]
    assert found == [{"id": old, "name": "New"}]


def test_the_same_seed_and_clock_give_the_same_ids(sandbox, meta):
    first = meta.tree()
    sandbox.control("reset", {})
    assert meta.tree() == first
