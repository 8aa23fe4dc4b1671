"""Logging in to Microsoft: codes, tokens that rotate and end, the headers of every call, faults."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.sandbox.microsoft_client import CUSTOMER, REPORTING, Microsoft

BACK = "https://adloom.example/callback"
SCOPE = "https://ads.microsoft.com/msads.manage offline_access"
OAUTH = "/microsoft-oauth/common/oauth2/v2.0"


@pytest.fixture
def microsoft(sandbox):
    return Microsoft(sandbox)


def code(sandbox, microsoft, **more):
    query = {
        "client_id": microsoft.line["client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPE,
        "state": "s1",
        **more,
    }
    answer = sandbox.http.get(f"{OAUTH}/authorize", params=query, follow_redirects=False)
    assert answer.status_code == 302
    back = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert back["state"] == "s1"
    return back


def token(sandbox, microsoft, **given):
    app = {"client_id": microsoft.line["client_id"], "client_secret": microsoft.line["client_secret"], "scope": SCOPE}
    return sandbox.http.post(f"{OAUTH}/token", data={**app, **given})


def redeemed(sandbox, microsoft):
    given = code(sandbox, microsoft)["code"]
    answer = token(sandbox, microsoft, grant_type="authorization_code", code=given, redirect_uri=BACK)
    assert answer.status_code == 200
    return answer.json()


def refresh(sandbox, microsoft, value):
    return token(sandbox, microsoft, grant_type="refresh_token", refresh_token=value)


def ask(microsoft, access):
    return microsoft.call("POST", "User/Query", {}, service=CUSTOMER, Authorization=f"Bearer {access}")


def test_a_code_becomes_tokens_and_an_expired_one_is_refreshed(sandbox, microsoft):
    first = redeemed(sandbox, microsoft)
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 3600)
    assert ask(microsoft, first["access_token"]).status_code == 200
    sandbox.advance("PT61M")
    expired = ask(microsoft, first["access_token"])
    assert expired.status_code == 401
    body = expired.json()
    assert body["Type"] == "AdApiFaultDetail"
    assert body["Errors"][0]["Code"] == 109
    assert body["Errors"][0]["ErrorCode"] == "AuthenticationTokenExpired"
    second = refresh(sandbox, microsoft, first["refresh_token"]).json()
    assert ask(microsoft, second["access_token"]).status_code == 200


def test_a_refresh_token_dies_when_it_is_used_and_after_ninety_days(sandbox, microsoft):
    first = redeemed(sandbox, microsoft)["refresh_token"]
    second = refresh(sandbox, microsoft, first).json()["refresh_token"]
    assert second != first
    again = refresh(sandbox, microsoft, first)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    sandbox.advance("P91D")
    assert refresh(sandbox, microsoft, second).json()["error"] == "invalid_grant"


def test_the_tokens_of_the_first_line_never_lapse(sandbox, microsoft):
    sandbox.advance("P200D")
    assert ask(microsoft, microsoft.line["access_token"]).status_code == 200
    for _ in range(2):
        assert refresh(sandbox, microsoft, microsoft.line["refresh_token"]).status_code == 200


def test_a_code_is_spent_once_and_bound_to_its_address(sandbox, microsoft):
    given = {"grant_type": "authorization_code", "code": code(sandbox, microsoft)["code"]}
    assert token(sandbox, microsoft, **given, redirect_uri="https://evil.example/").json()["error"] == "invalid_grant"
    assert token(sandbox, microsoft, **given, redirect_uri=BACK).status_code == 200
    assert token(sandbox, microsoft, **given, redirect_uri=BACK).json()["error"] == "invalid_grant"


def test_a_challenge_wants_its_verifier(sandbox, microsoft):
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    found = code(sandbox, microsoft, code_challenge=challenge, code_challenge_method="S256")["code"]
    given = {"grant_type": "authorization_code", "code": found, "redirect_uri": BACK}
    assert token(sandbox, microsoft, **given).json()["error"] == "invalid_grant"
    assert token(sandbox, microsoft, **given, code_verifier=verifier).status_code == 200


def test_a_wrong_app_or_grant_gets_nothing(sandbox, microsoft):
    value = microsoft.line["refresh_token"]
    wrong = token(sandbox, microsoft, grant_type="refresh_token", refresh_token=value, client_secret="guess")
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    other = token(sandbox, microsoft, grant_type="refresh_token", refresh_token=value, client_id="1")
    assert other.json()["error"] == "unauthorized_client"
    assert token(sandbox, microsoft, grant_type="password").json()["error"] == "unsupported_grant_type"
    assert code(sandbox, microsoft, deny="1")["error"] == "access_denied"


def test_a_revoked_login_opens_nothing(sandbox, microsoft):
    sandbox.control("account", {"platform": "microsoft_ads", "action": "revoke"})
    assert ask(microsoft, microsoft.line["access_token"]).json()["Errors"][0]["Code"] == 105
    assert refresh(sandbox, microsoft, microsoft.line["refresh_token"]).json()["error"] == "invalid_grant"


HEADERS = {
    "no token": ({"Authorization": ""}, 401, 105),
    "a wrong token": ({"Authorization": "Bearer guess"}, 401, 105),
    "another scheme": ({"Authorization": "Basic guess"}, 401, 105),
    "no developer token": ({"DeveloperToken": ""}, 400, 116),
    "a wrong developer token": ({"DeveloperToken": "guess"}, 401, 105),
    "no customer": ({"CustomerId": ""}, 400, 116),
    "another customer": ({"CustomerId": "1"}, 403, 106),
    "no account": ({"CustomerAccountId": ""}, 400, 116),
    "another account": ({"CustomerAccountId": "1"}, 403, 106),
}


@pytest.mark.parametrize("case", HEADERS)
def test_every_call_needs_its_headers(microsoft, case):
    changes, status, number = HEADERS[case]
    answer = microsoft.call("POST", "Campaigns/QueryByAccountId", {"AccountId": microsoft.account}, **changes)
    assert (answer.status_code, answer.json()["Errors"][0]["Code"]) == (status, number)


def test_customer_management_needs_no_account(microsoft):
    answer = microsoft.call("POST", "User/Query", {}, service=CUSTOMER, CustomerAccountId="")
    assert answer.status_code == 200


def test_a_throttled_call_has_no_effect(sandbox, microsoft):
    sandbox.fault("microsoft_ads", "throttle", "POST .*/Campaigns")
    body = {"AccountId": microsoft.account, "Campaigns": [microsoft.campaign()]}
    answer = microsoft.call("POST", "Campaigns", body)
    assert (answer.status_code, answer.json()["Errors"][0]["ErrorCode"]) == (400, "CallRateExceeded")
    assert "retry-after" not in answer.headers
    assert microsoft.campaigns() == []


def test_too_many_reports_have_a_code_of_their_own(sandbox, microsoft):
    sandbox.fault("microsoft_ads", "throttle", "Submit")
    body = {"ReportRequest": microsoft.report()}
    answer = microsoft.call("POST", "GenerateReport/Submit", body, service=REPORTING)
    assert answer.json()["Errors"][0]["Code"] == 207


def test_other_faults_speak_microsofts_language(sandbox, microsoft):
    sandbox.fault("microsoft_ads", "server_error")
    down = microsoft.call("POST", "User/Query", {}, service=CUSTOMER)
    assert (down.status_code, down.json()["Errors"][0]["Code"]) == (500, 0)
    sandbox.fault("microsoft_ads", "token_expired")
    assert microsoft.call("POST", "User/Query", {}, service=CUSTOMER).status_code == 401


def test_a_path_that_does_not_exist_is_not_found(sandbox, microsoft):
    assert microsoft.call("POST", "Campaigns/Query", {}).status_code == 404
    assert microsoft.call("GET", "Campaigns", {}).status_code == 404


def test_a_body_must_be_a_json_object(sandbox, microsoft):
    for raw, number in ((b"", 100), (b"{", 201), (b"[]", 201)):
        answer = sandbox.http.post(
            "/microsoft-campaign/CampaignManagement/v13/Campaigns", content=raw, headers=microsoft.headers()
        )
        assert answer.json()["OperationErrors"][0]["Code"] == number
