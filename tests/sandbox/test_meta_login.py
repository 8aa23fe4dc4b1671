"""Logging in to Meta: the dialog, tokens and their end, proof of the app secret, throttling and other faults."""

import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.sandbox.meta_client import Meta

BACK = "https://adloom.example/callback"


@pytest.fixture
def meta(sandbox):
    return Meta(sandbox)


@pytest.fixture
def app(meta):
    return {"client_id": meta.line["client_id"], "client_secret": meta.line["client_secret"]}


def code(sandbox, meta, **more):
    query = {
        "client_id": meta.line["client_id"],
        "redirect_uri": BACK,
        "state": "s1",
        "scope": "ads_management",
        **more,
    }
    answer = sandbox.http.get("/meta-dialog/v26.0/dialog/oauth", params=query, follow_redirects=False)
    assert answer.status_code == 302
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert back["state"] == "s1"
    return back


def redeem(sandbox, app, **params):
    return sandbox.http.get("/meta/v26.0/oauth/access_token", params={**app, **params})


def test_a_code_becomes_a_token_of_two_hours_and_that_one_of_sixty_days(sandbox, meta, app):
    given = code(sandbox, meta)["code"]
    short = redeem(sandbox, app, redirect_uri=BACK, code=given).json()
    assert short["expires_in"] == 7200
    long = redeem(sandbox, app, grant_type="fb_exchange_token", fb_exchange_token=short["access_token"]).json()
    assert long["expires_in"] == 60 * 86400
    sandbox.advance("PT3H")
    expired = meta.call("GET", "me", {"access_token": short["access_token"]}).json()["error"]
    assert (expired["code"], expired["error_subcode"], expired["type"]) == (190, 463, "OAuthException")
    assert "Session has expired on" in expired["message"]
    assert meta.call("GET", "me", {"access_token": long["access_token"]}).status_code == 200
    sandbox.advance("P60D")
    assert meta.call("GET", "me", {"access_token": long["access_token"]}).status_code == 400


def test_a_code_is_spent_once_and_bound_to_its_address(sandbox, meta, app):
    given = code(sandbox, meta)["code"]
    assert (
        redeem(sandbox, app, redirect_uri="https://evil.example/", code=given).json()["error"]["error_subcode"] == 36008
    )
    assert redeem(sandbox, app, redirect_uri=BACK, code=given).status_code == 200
    assert redeem(sandbox, app, redirect_uri=BACK, code=given).json()["error"]["error_subcode"] == 36009
    late = code(sandbox, meta)["code"]
    sandbox.advance("PT11M")
    assert redeem(sandbox, app, redirect_uri=BACK, code=late).json()["error"]["error_subcode"] == 36007


def test_a_wrong_app_gets_nothing(sandbox, meta, app):
    given = code(sandbox, meta)["code"]
    wrong = {**app, "client_secret": "guess"}
    assert (
        redeem(sandbox, wrong, redirect_uri=BACK, code=given).json()["error"]["message"]
        == "Error validating client secret."
    )
    assert redeem(sandbox, {**app, "client_id": "1"}, redirect_uri=BACK, code=given).json()["error"]["code"] == 101
    assert redeem(sandbox, app).status_code == 400


def test_a_person_may_say_no(sandbox, meta):
    assert code(sandbox, meta, deny="1")["error"] == "access_denied"


def test_who_and_which_accounts_pages_and_pixels(sandbox, meta):
    assert meta.get("me", fields="id,name")["name"]
    fields = "account_id,currency,timezone_name,account_status,name"
    account = meta.get("me/adaccounts", fields=fields)["data"][0]
    assert (account["id"], account["currency"]) == (meta.account, "USD")
    assert (account["timezone_name"], account["account_status"]) == ("America/Los_Angeles", 1)
    page = meta.get("me/accounts", fields="id,name,access_token,instagram_business_account,tasks")["data"][0]
    assert page["id"] == meta.line["page_id"]
    assert page["instagram_business_account"]["id"] == meta.line["instagram_user_id"]
    assert meta.get(f"{meta.account}/adspixels", fields="id,name")["data"][0]["id"] == meta.line["pixel_id"]
    assert meta.get(meta.line["page_id"], fields="name")["name"]


def test_a_token_is_inspected(sandbox, meta, app):
    short = redeem(sandbox, app, redirect_uri=BACK, code=code(sandbox, meta)["code"]).json()["access_token"]
    found = meta.get("debug_token", input_token=short)["data"]
    assert found["is_valid"] is True
    assert found["scopes"] == ["ads_management"]
    assert meta.get("debug_token", input_token=meta.line["access_token"])["data"]["expires_at"] == 0
    assert meta.get("debug_token", input_token="nothing")["data"]["is_valid"] is False


def test_disconnecting_ends_the_token(sandbox, meta, app):
    token = redeem(sandbox, app, redirect_uri=BACK, code=code(sandbox, meta)["code"]).json()["access_token"]
    assert meta.call("DELETE", "me/permissions", {"access_token": token}).json() == {"success": True}
    assert meta.call("GET", "me", {"access_token": token}).json()["error"]["error_subcode"] == 458
    sandbox.control("account", {"platform": "facebook_ads", "action": "revoke"})
    assert meta.call("GET", "me").json()["error"]["code"] == 190


def test_no_token_and_a_wrong_one_are_told_apart(sandbox, meta):
    assert sandbox.http.get("/meta/v26.0/me").json()["error"]["code"] == 104
    assert meta.call("GET", "me", {"access_token": "guess"}).json()["error"]["code"] == 190
    bearer = {"Authorization": f"Bearer {meta.line['access_token']}"}
    assert sandbox.http.get("/meta/v26.0/me", headers=bearer).status_code == 200


def test_a_proof_of_the_app_secret_is_checked_when_sent(meta):
    secret, token = meta.line["client_secret"], meta.line["access_token"]
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    assert meta.call("GET", "me", {"appsecret_proof": proof}).status_code == 200
    refused = meta.call("GET", "me", {"appsecret_proof": "0" * 64}).json()["error"]
    assert refused["message"] == "Invalid appsecret_proof provided in the API argument"


def test_every_answer_tells_version_and_usage(meta):
    for answer in (meta.call("GET", meta.account), meta.call("POST", f"{meta.account}/campaigns", {})):
        assert answer.headers["facebook-api-version"] == "v26.0"
        assert answer.headers["x-fb-trace-id"]
        case = json.loads(answer.headers["x-business-use-case-usage"])[meta.account.removeprefix("act_")][0]
        assert case["type"] == "ads_management"
        assert case["call_count"] < 100
        assert "call_count" in json.loads(answer.headers["x-app-usage"])
        assert "acc_id_util_pct" in json.loads(answer.headers["x-ad-account-usage"])


def test_a_throttled_call_has_no_effect_and_tells_when_to_come_back(sandbox, meta):
    sandbox.fault("facebook_ads", "throttle", "POST .*/campaigns")
    answer = meta.call("POST", f"{meta.account}/campaigns", meta.campaign())
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 80004, 2446079)
    case = json.loads(answer.headers["x-business-use-case-usage"])[meta.account.removeprefix("act_")][0]
    assert case["call_count"] == 100
    assert case["estimated_time_to_regain_access"] > 0
    assert "retry-after" not in answer.headers
    assert meta.get(f"{meta.account}/campaigns")["data"] == []


def test_insights_have_an_allowance_of_their_own(sandbox, meta):
    sandbox.fault("facebook_ads", "throttle", "GET .*/insights")
    answer = meta.call("GET", f"{meta.account}/insights")
    assert answer.json()["error"]["code"] == 80000
    case = json.loads(answer.headers["x-business-use-case-usage"])[meta.account.removeprefix("act_")][0]
    assert case["type"] == "ads_insights"
    assert json.loads(answer.headers["x-fb-ads-insights-throttle"])["acc_id_util_pct"] == 100


def test_a_token_opens_what_its_permissions_cover(sandbox, meta, app):
    given = code(sandbox, meta, scope="ads_read,pages_show_list")["code"]
    token = redeem(sandbox, app, redirect_uri=BACK, code=given).json()["access_token"]
    assert meta.call("GET", meta.account, {"access_token": token}).status_code == 200
    refused = meta.call("POST", f"{meta.account}/campaigns", {**meta.campaign(), "access_token": token})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, 200)
    granted = meta.call("GET", "me/permissions", {"access_token": token}).json()["data"]
    assert {one["permission"] for one in granted} == {"ads_read", "pages_show_list"}


def test_a_small_tier_is_used_up_and_recovers_within_the_hour(sandbox, meta):
    sandbox.control("account", {"platform": "facebook_ads", "action": "tier", "value": "development_access"})
    codes = [meta.call("GET", meta.account).json().get("error", {}).get("code") for _ in range(301)]
    assert codes[0] is None
    assert codes[-1] == 80004
    sandbox.advance("PT61M")
    assert meta.call("GET", meta.account).status_code == 200


def test_other_faults_speak_metas_language(sandbox, meta):
    sandbox.fault("facebook_ads", "server_error")
    down = meta.call("GET", meta.account)
    assert (down.status_code, down.json()["error"]["code"], down.json()["error"]["is_transient"]) == (500, 2, True)
    sandbox.fault("facebook_ads", "token_expired")
    expired = meta.call("GET", meta.account).json()["error"]
    assert (expired["code"], expired["error_subcode"]) == (190, 463)
    assert meta.call("GET", meta.account).status_code == 200
