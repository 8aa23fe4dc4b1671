"""What can be wrong with Meta's account or login, set by the control API, and what learning and delivery checks say."""

import pytest
from tests.sandbox.meta_client import Meta

DAYS = {"since": "2026-11-23", "until": "2026-12-10"}


@pytest.fixture
def meta(sandbox):
    return Meta(sandbox)


def _do(sandbox, action, value=None):
    sandbox.control("account", {"platform": "facebook_ads", "action": action, "value": value})


def _account(meta):
    fields = "account_status,disable_reason,spend_cap,amount_spent,funding_source_details,funding_source"
    return meta.get(meta.account, fields=fields)


@pytest.mark.parametrize(
    ("number", "runs", "writes"),
    [(1, True, True), (2, False, False), (3, False, True), (7, False, False), (9, True, True), (101, False, False)],
)
def test_an_accounts_state_decides_whether_ads_run_and_can_be_made(sandbox, meta, number, runs, writes):
    _, _, ad = meta.tree()
    sandbox.advance("PT1H")
    _do(sandbox, "status", str(number))
    assert _account(meta)["account_status"] == number
    answer = meta.call("POST", f"{meta.account}/campaigns", meta.campaign())
    assert (answer.status_code == 200) is writes
    assert meta.status(ad) == ("ACTIVE" if runs else "PENDING_BILLING_INFO")
    assert ("failed_delivery_checks" in meta.get(ad, fields="failed_delivery_checks")) is not runs
    before = meta.insights(meta.account, time_range=DAYS, fields="impressions")
    sandbox.advance("P1D")
    assert (meta.insights(meta.account, time_range=DAYS, fields="impressions") != before) is runs


def test_a_suspended_account_is_disabled_with_a_reason(sandbox, meta):
    _do(sandbox, "suspend")
    found = _account(meta)
    assert (found["account_status"], found["disable_reason"]) == (2, 1)


def test_a_spending_limit_stops_all_ads_at_its_amount(sandbox, meta):
    meta.tree()
    sandbox.advance("P1D")
    spent = int(_account(meta)["amount_spent"])
    _do(sandbox, "spend_cap", str(spent + 1000))
    sandbox.advance("P3D")
    found = _account(meta)
    assert found["spend_cap"] == str(spent + 1000)
    assert spent < int(found["amount_spent"]) <= spent + 1000


def test_an_account_without_a_way_to_pay_shows_none(sandbox, meta):
    _do(sandbox, "funding", "none")
    assert not {"funding_source", "funding_source_details"} & set(_account(meta))
    _do(sandbox, "funding", "card")
    assert _account(meta)["funding_source_details"]["display_string"]


def test_a_declined_right_is_told_and_missed(sandbox, meta):
    _do(sandbox, "decline", "ads_management")
    _do(sandbox, "decline", "pages_show_list")
    rows = {row["permission"]: row["status"] for row in meta.get("me/permissions")["data"]}
    assert (rows["ads_management"], rows["ads_read"]) == ("declined", "granted")
    assert meta.get("me/permissions", permission="ads_read")["data"] == [
        {"permission": "ads_read", "status": "granted"}
    ]
    assert meta.call("POST", f"{meta.account}/campaigns", meta.campaign()).status_code == 403
    assert meta.get("me/accounts")["data"] == []


@pytest.mark.parametrize(
    ("what", "edge"), [("page", "me/accounts"), ("instagram", "instagram_accounts"), ("pixel", "adspixels")]
)
def test_what_was_lost_is_listed_and_taken_no_more(sandbox, meta, what, edge):
    path = edge if "/" in edge else f"{meta.account}/{edge}"
    assert meta.get(path)["data"]
    _do(sandbox, "lose", what)
    assert meta.get(path)["data"] == []
    campaign = meta.post(f"{meta.account}/campaigns", **meta.campaign())["id"]
    story = {**meta.story(), **({"instagram_user_id": meta.line["instagram_user_id"]} if what == "instagram" else {})}
    if what == "pixel":
        answer = meta.call("POST", f"{meta.account}/adsets", meta.adset(campaign))
    else:
        answer = meta.call("POST", f"{meta.account}/adcreatives", meta.creative(object_story_spec=story))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("status", "4"),
        ("spend_cap", "ten"),
        ("funding", "cash"),
        ("lose", "face"),
        ("hours", "lost"),
        ("tier", "gold"),
        ("paint", "red"),
    ],
)
def test_a_control_call_that_makes_no_sense_is_refused(sandbox, action, value):
    body = {"platform": "facebook_ads", "action": action, "value": value}
    assert sandbox.control_raw("account", body).status_code == 400


def test_an_ad_set_learns_until_it_has_fifty_results_or_a_week_is_over(sandbox, meta):
    _, clicks, _ = meta.tree(adset={"optimization_goal": "LINK_CLICKS"})
    _, sales, _ = meta.tree(adset={"daily_budget": 500})
    info = "learning_stage_info"
    assert info not in meta.get(clicks, fields=info)
    sandbox.advance("PT6H")
    assert meta.get(clicks, fields=info)[info]["status"] == "LEARNING"
    sandbox.advance("P8D")
    assert meta.get(clicks, fields=info)[info]["status"] == "SUCCESS"
    assert meta.get(sales, fields=info)[info]["status"] == "FAIL"
    meta.post(clicks, daily_budget=9000)
    assert info not in meta.get(clicks, fields=info), "the edit begins the phase anew"


def test_an_ad_set_that_runs_keeps_its_start_and_ends_in_the_future(sandbox, meta):
    _, adset, _ = meta.tree()
    sandbox.advance("P1D")
    started = meta.call("POST", adset, {"start_time": "2026-12-24T00:00:00+0000"})
    assert started.json()["error"]["error_data"]["blame_field_specs"] == [["start_time"]]
    over = meta.call("POST", adset, {"end_time": "2026-11-24T00:00:00+0000"})
    assert over.json()["error"]["error_data"]["blame_field_specs"] == [["end_time"]]
    meta.post(adset, end_time="2026-12-24T00:00:00+0000")
    meta.post(adset, end_time=0)
    assert "end_time" not in meta.get(adset, fields="end_time")


def test_a_new_bid_strategy_leaves_the_old_bid_behind(meta):
    _, adset, _ = meta.tree(live=False, adset={"bid_strategy": "COST_CAP", "bid_amount": 900})
    refused = meta.call("POST", adset, {"bid_strategy": "LOWEST_COST_WITH_BID_CAP"})
    assert refused.json()["error"]["error_subcode"] == 2490487
    meta.post(adset, bid_strategy="LOWEST_COST_WITHOUT_CAP")
    assert "bid_amount" not in meta.get(adset, fields="bid_amount")


def test_an_archived_campaign_is_renamed_or_deleted_and_nothing_else(meta):
    campaign, _, _ = meta.tree()
    meta.post(campaign, status="ARCHIVED")
    assert meta.get(f"{meta.account}/campaigns")["data"] == []
    refused = meta.call("POST", campaign, {"status": "ACTIVE"}).json()["error"]
    assert refused["error_data"]["blame_field_specs"] == [["status"]]
    meta.post(campaign, name="Old")
    meta.post(campaign, status="DELETED")
    assert meta.status(campaign) == "DELETED"
