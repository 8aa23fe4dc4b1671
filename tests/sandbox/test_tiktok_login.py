"""TikTok's envelope, login, advertiser and tools; its throttles and failures."""

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.sandbox.tiktok_client import API, TikTok, data


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def page(sandbox, **query):
    return sandbox.http.get("/tiktok-authorize/portal/auth", params=query, follow_redirects=False)


def code(sandbox, line):
    back = page(
        sandbox, app_id=line["client_id"], state="s p&1", redirect_uri="http://127.0.0.1:8420/back?a=1"
    ).headers["location"]
    query = parse_qs(urlsplit(back).query)
    assert (query["a"], query["state"]) == (["1"], ["s p&1"])
    return query["auth_code"][0]


def login(tiktok, auth_code, /, **change):
    line = tiktok.line
    body = {"app_id": line["client_id"], "secret": line["client_secret"], "auth_code": auth_code} | change
    return tiktok.sandbox.http.post(f"{API}/oauth2/access_token/", json=body).json()


def listed(sandbox, line, token):
    query = {"app_id": line["client_id"], "secret": line["client_secret"]}
    headers = {"Access-Token": token}
    return sandbox.http.get(f"{API}/oauth2/advertiser/get/", params=query, headers=headers).json()


# the envelope


def test_the_first_line_has_what_a_login_needs(tiktok):
    assert set(tiktok.line) >= {
        "account_id", "access_token", "refresh_token", "client_id", "client_secret", "identity_id",
        "identity_type", "pixel_id", "currency", "time_zone",
    }  # fmt: skip
    assert (tiktok.line["identity_type"], tiktok.line["currency"]) == ("TT_USER", "USD")
    assert tiktok.line["time_zone"] == "America/Los_Angeles"


def test_a_path_without_its_last_slash_is_not_there(sandbox, tiktok):
    assert sandbox.http.get(f"{API}/campaign/get").status_code == 404
    assert tiktok.raw("campaign/nothing", {}).status_code == 404
    assert sandbox.http.get("/tiktok/open_api/v1.2/campaign/get/").json()["code"] == 40051
    assert sandbox.http.get(f"{API}/campaign/create/").status_code == 405


def test_refusals_come_with_http_200_and_a_log_id(tiktok):
    answer = tiktok.raw("campaign/get", {})
    assert answer.status_code == 200
    assert answer.json()["message"] == "advertiser_id: Missing data for required field."
    assert answer.json()["request_id"].startswith("20261123")


def test_a_body_that_is_no_json_object_is_refused(sandbox, tiktok):
    for body, kind in (("{", "application/json"), ("[]", "application/json"), ("{}", "text/plain")):
        headers = {"Access-Token": tiktok.line["access_token"], "Content-Type": kind}
        answer = sandbox.http.post(f"{API}/campaign/create/", content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (200, 40000)


@pytest.mark.parametrize(("token", "code"), [("", 40104), ("guess", 40105)])
def test_a_token_that_is_missing_or_wrong_has_its_code(tiktok, token, code):
    answer = tiktok.post("campaign/create", tiktok.campaign(), **{"Access-Token": token})
    assert (answer["code"], answer["data"]) == (code, {})


def test_an_advertiser_that_is_not_there_is_refused(tiktok):
    assert tiktok.get("campaign/get", {"advertiser_id": "7000"})["code"] == 40300
    assert tiktok.raw("advertiser/info", {"advertiser_ids": ["7000"]}).json()["code"] == 40300


# faults


@pytest.mark.parametrize(
    ("kind", "read", "write"),
    [("throttle", 40100, 40133), ("server_error", 50000, 50000), ("token_expired", 40105, 40105)],
)
def test_failures_on_demand_have_tiktoks_codes_and_no_effect(sandbox, tiktok, kind, read, write):
    sandbox.fault("tiktok_ads", kind, times=2)
    assert tiktok.get("campaign/get")["code"] == read
    body = tiktok.campaign()
    answer = tiktok.post("campaign/create", body)
    assert (answer["code"], answer["data"]) == (write, {})
    data(tiktok.post("campaign/create", body))


def test_the_ledger_tells_every_request_and_how_it_ended(sandbox, tiktok):
    tiktok.new_campaign()
    tiktok.post("campaign/create", {})
    log = sandbox.ledger(platform="tiktok_ads")["requests"]
    assert [(r["method"], r["path"], r["outcome"]) for r in log] == [
        ("POST", "/open_api/v1.3/campaign/create/", "ok"),
        ("POST", "/open_api/v1.3/campaign/create/", "refused"),
    ]


# login


def test_a_code_is_good_for_one_token_that_does_not_lapse(sandbox, tiktok):
    auth_code = code(sandbox, tiktok.line)
    granted = data(login(tiktok, auth_code))
    assert granted["advertiser_ids"] == [tiktok.account]
    assert all(isinstance(scope, int) for scope in granted["scope"])
    assert login(tiktok, auth_code)["code"] == 40110
    sandbox.advance("P400D")
    found = data(listed(sandbox, tiktok.line, granted["access_token"]))["list"]
    assert [a["advertiser_id"] for a in found] == [tiktok.account]


def test_a_code_lapses_after_an_hour(sandbox, tiktok):
    auth_code = code(sandbox, tiktok.line)
    sandbox.advance("PT61M")
    assert login(tiktok, auth_code)["code"] == 40110


@pytest.mark.parametrize(
    ("change", "code_"),
    [
        ({"auth_code": "guess"}, 40110),
        ({"secret": "guess"}, 40113),
        ({"app_id": "1"}, 40113),
        ({"auth_code": None}, 40002),
        ({"grant_type": "code"}, 40002),
    ],
)
def test_a_login_that_is_not_right_is_refused(sandbox, tiktok, change, code_):
    assert login(tiktok, code(sandbox, tiktok.line), **change)["code"] == code_


def test_the_page_wants_a_known_app_and_a_place_to_go_back_to(sandbox, tiktok):
    app = tiktok.line["client_id"]
    assert page(sandbox, app_id="1", redirect_uri="http://127.0.0.1/").status_code == 400
    assert page(sandbox, app_id=app, redirect_uri="javascript:1").status_code == 400
    assert page(sandbox, app_id=app).status_code == 400


def test_a_revoked_token_opens_nothing(sandbox, tiktok):
    token = data(login(tiktok, code(sandbox, tiktok.line)))["access_token"]
    body = {
        "app_id": tiktok.line["client_id"],
        "secret": tiktok.line["client_secret"],
        "access_token": token,
    }
    data(sandbox.http.post(f"{API}/oauth2/revoke_token/", json=body).json())
    assert listed(sandbox, tiktok.line, token)["code"] == 40105
    assert sandbox.http.post(f"{API}/oauth2/revoke_token/", json=body).json()["code"] == 40105


def test_a_person_who_removes_the_app_ends_every_token(sandbox, tiktok):
    sandbox.control("account", {"platform": "tiktok_ads", "action": "revoke"})
    assert tiktok.get("campaign/get")["code"] == 40105


# advertiser, identity, pixel, tools


def test_the_advertiser_tells_currency_time_zone_and_standing(sandbox, tiktok):
    found = data(tiktok.raw("advertiser/info", {"advertiser_ids": [tiktok.account]}).json())["list"][0]
    assert (found["currency"], found["timezone"]) == ("USD", "America/Los_Angeles")
    assert found["status"] == "STATUS_ENABLE"
    some = {"advertiser_ids": [tiktok.account], "fields": ["currency"]}
    assert data(tiktok.raw("advertiser/info", some).json())["list"] == [
        {"advertiser_id": tiktok.account, "currency": "USD"}
    ]
    assert tiktok.raw("advertiser/info", some | {"fields": ["colour"]}).json()["code"] == 40002
    sandbox.control("account", {"platform": "tiktok_ads", "action": "suspend"})
    assert data(tiktok.raw("advertiser/info", some | {"fields": ["status"]}).json())["list"][0]["status"] == (
        "STATUS_DISABLE"
    )


def test_the_person_is_told_masked(tiktok):
    assert "*" in data(tiktok.raw("user/info", {}).json())["email"]


def test_identities_and_pixels_are_those_of_the_first_line(tiktok):
    identities = data(tiktok.get("identity/get", {"identity_type": "TT_USER"}))["identity_list"]
    assert [i["identity_id"] for i in identities] == [tiktok.line["identity_id"]]
    assert data(tiktok.get("identity/get", {"identity_type": "CUSTOMIZED_USER"}))["identity_list"] == []
    assert tiktok.get("identity/get", {"identity_type": "BC_AUTH_TT"})["code"] == 40002
    pixels = data(tiktok.get("pixel/list"))["pixels"]
    assert [p["pixel_id"] for p in pixels] == [tiktok.line["pixel_id"]]
    assert {"SHOPPING", "FORM", "ON_WEB_REGISTER"} <= {e["optimization_event"] for e in pixels[0]["events"]}


def test_tools_tell_what_ad_groups_then_accept(tiktok):
    query = {"placements": ["PLACEMENT_TIKTOK"], "objective_type": "TRAFFIC"}
    regions = {r["location_id"]: r for r in data(tiktok.get("tool/region", query))["region_info"]}
    known = {"6252001": "US", "2635167": "GB", "6251999": "CA", "2921044": "DE", "3017382": "FR", "1861060": "JP"}
    assert {id_: regions[id_]["region_code"] for id_ in known} == known
    assert "5332921" in regions["6252001"]["next_level_ids"]
    countries = data(tiktok.get("tool/region", query | {"level_range": "TO_COUNTRY"}))["region_info"]
    assert {r["level"] for r in countries} == {"COUNTRY"}
    assert tiktok.get("tool/region", {"objective_type": "TRAFFIC"})["code"] == 40002
    levels = {r["level"] for r in data(tiktok.get("tool/region", query | {"level_range": "TO_CITY"}))["region_info"]}
    assert levels == {"COUNTRY", "PROVINCE", "CITY"}
    found = data(tiktok.post("tool/targeting/search", tiktok.search() | {"keywords": ["94103", "99999", "10118"]}))
    assert [(tag["keyword"], tag["status_info"]["status"]) for tag in found["targeting_tag_list"]] == [
        ("94103", "ENABLED"),
        ("10118", "DISABLED"),
    ]
    assert {"California", "New York", "United States"} <= {tag["name"] for tag in found["parent_tags"]}
    fuzzy = {"search_type": "FUZZY_SEARCH", "keywords": ["springf"], "geo_types": ["DISTRICT"], "region_codes": ["US"]}
    towns = data(tiktok.post("tool/targeting/search", tiktok.search() | fuzzy))["targeting_tag_list"]
    assert [tag["geo"]["geo_type"] for tag in towns] == ["DISTRICT", "DISTRICT"]
    assert tiktok.post("tool/targeting/search", tiktok.search() | fuzzy | {"keywords": ["a", "b"]})["code"] == 40002
    languages = [x["code"] for x in data(tiktok.get("tool/language"))["languages"]]
    interests = data(tiktok.get("tool/interest_category"))["interest_categories"]
    ids = [x["interest_category_id"] for x in interests if x["level"] == 2]
    tiktok.new_group(
        tiktok.group(
            tiktok.new_campaign(),
            location_ids=["5332921", "2921044", towns[0]["geo"]["geo_id"]],
            languages=languages[:5],
            interest_category_ids=ids,
        )
    )
