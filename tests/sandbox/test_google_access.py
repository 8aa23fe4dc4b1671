"""Who may speak to Google: consent, tokens and their lives, revocation, login-customer-id, versions."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.sandbox.google_client import CUSTOMER, MANAGER, Google, codes

SCOPE = "https://www.googleapis.com/auth/adwords"
BACK = "http://127.0.0.1:8420/callback"


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


def _consent(sandbox, **more):
    query = {
        "client_id": sandbox.line["google_ads"]["client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": SCOPE,
        "access_type": "offline",
        "state": "s/1",
    }
    answer = sandbox.http.get("/google-authorize/o/oauth2/v2/auth", params=query | more)
    assert answer.status_code == 302
    back = parse_qs(urlsplit(answer.headers["location"]).query)
    assert back["state"] == ["s/1"]
    return back["code"][0]


def _token(sandbox, **form):
    line = sandbox.line["google_ads"]
    sent = {"client_id": line["client_id"], "client_secret": line["client_secret"]} | form
    return sandbox.http.post("/google-oauth/token", data=sent)


def _exchange(sandbox, code, **more):
    return _token(sandbox, grant_type="authorization_code", code=code, redirect_uri=BACK, **more)


def _accessible(sandbox, token):
    return sandbox.http.get(
        "/google/v26/customers:listAccessibleCustomers", headers={"Authorization": f"Bearer {token}"}
    )


def test_consent_gives_a_code_the_code_tokens_and_the_tokens_the_customers(sandbox):
    tokens = _exchange(sandbox, _consent(sandbox)).json()
    assert tokens["expires_in"] == 3599
    assert tokens["token_type"] == "Bearer"
    names = _accessible(sandbox, tokens["access_token"]).json()["resourceNames"]
    assert names == [f"customers/{CUSTOMER}", f"customers/{MANAGER}"]


def test_a_code_serves_once_for_ten_minutes_and_for_its_redirect_uri(sandbox):
    code = _consent(sandbox)
    wrong = _token(sandbox, grant_type="authorization_code", code=code, redirect_uri="http://elsewhere/")
    assert wrong.json()["error"] == "redirect_uri_mismatch"
    assert _exchange(sandbox, code).status_code == 200
    assert _exchange(sandbox, code).json()["error"] == "invalid_grant"
    late = _consent(sandbox)
    sandbox.advance("PT11M")
    assert _exchange(sandbox, late).json()["error"] == "invalid_grant"


def test_a_code_under_pkce_wants_its_verifier(sandbox):
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).decode().rstrip("=")
    code = _consent(sandbox, code_challenge=challenge, code_challenge_method="S256")
    assert _exchange(sandbox, code, code_verifier="guess").json()["error"] == "invalid_grant"
    assert _exchange(sandbox, code, code_verifier="verifier").status_code == 200


def test_an_issued_access_token_lapses_and_is_refreshed(sandbox):
    tokens = _exchange(sandbox, _consent(sandbox)).json()
    sandbox.advance("PT61M")
    lapsed = _accessible(sandbox, tokens["access_token"])
    assert lapsed.status_code == 401
    assert codes(lapsed) == ["authenticationError.OAUTH_TOKEN_EXPIRED"]
    fresh = _token(sandbox, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).json()
    assert "refresh_token" not in fresh
    assert _accessible(sandbox, fresh["access_token"]).status_code == 200


def test_the_tokens_of_the_first_line_never_lapse_and_refresh(sandbox):
    line = sandbox.line["google_ads"]
    sandbox.advance("P400D")
    assert _accessible(sandbox, line["access_token"]).status_code == 200
    assert _token(sandbox, grant_type="refresh_token", refresh_token=line["refresh_token"]).status_code == 200


def test_revocation_ends_a_consents_tokens_and_no_others(sandbox):
    mine, other = (_exchange(sandbox, _consent(sandbox)).json() for _ in range(2))
    assert sandbox.http.post("/google-oauth/revoke", data={"token": mine["refresh_token"]}).status_code == 200
    assert codes(_accessible(sandbox, mine["access_token"])) == ["authenticationError.OAUTH_TOKEN_REVOKED"]
    gone = _token(sandbox, grant_type="refresh_token", refresh_token=mine["refresh_token"])
    assert gone.status_code == 400
    assert gone.json() == {
        "error": "invalid_grant",
        "error_description": "Token has been expired or revoked.",
    }
    assert _accessible(sandbox, other["access_token"]).status_code == 200


def test_a_person_can_revoke_everything(sandbox):
    sandbox.control("account", {"platform": "google_ads", "action": "revoke"})
    line = sandbox.line["google_ads"]
    assert _accessible(sandbox, line["access_token"]).status_code == 401
    assert _token(sandbox, grant_type="refresh_token", refresh_token=line["refresh_token"]).status_code == 400


def test_a_wrong_client_gets_no_token(sandbox):
    line = sandbox.line["google_ads"]
    refused = _token(sandbox, grant_type="refresh_token", refresh_token=line["refresh_token"], client_secret="guess")
    assert refused.status_code == 401
    assert refused.json()["error"] == "invalid_client"
    assert _token(sandbox, grant_type="password").json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "OAUTH_TOKEN_HEADER_INVALID"),
        ("Basic abc", "OAUTH_TOKEN_HEADER_INVALID"),
        ("Bearer guess", "OAUTH_TOKEN_INVALID"),
    ],
)
def test_a_request_without_a_good_token_is_unauthenticated(sandbox, header, code):
    answer = sandbox.http.get("/google/v26/customers:listAccessibleCustomers", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert codes(answer) == [f"authenticationError.{code}"]


LOGINS = [
    (CUSTOMER, None, None),
    (CUSTOMER, MANAGER, None),
    (CUSTOMER, CUSTOMER, None),
    (CUSTOMER, "987-654-3210", "authenticationError.CLIENT_CUSTOMER_ID_INVALID"),
    (CUSTOMER, "1111111111", "authorizationError.USER_PERMISSION_DENIED"),
    (MANAGER, CUSTOMER, "authorizationError.INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION"),
    ("1111111111", None, "authorizationError.USER_PERMISSION_DENIED"),
    ("123-456-7890", None, "requestError.INVALID_CUSTOMER_ID"),
]


@pytest.mark.parametrize(("customer", "login", "code"), LOGINS)
def test_the_login_customer_must_be_above_the_customer(google, customer, login, code):
    headers = {"login_customer_id": login} if login else {}
    body = {"query": "SELECT customer.id FROM customer"}
    answer = google.request("POST", f"customers/{customer}/googleAds:search", body, **headers)
    assert (codes(answer) if answer.is_error else None) == (code and [code])


def test_the_manager_lists_its_clients(google):
    rows = google.rows(
        "SELECT customer_client.id, customer_client.level, customer_client.manager, "
        "customer_client.currency_code, customer_client.time_zone FROM customer_client "
        "WHERE customer_client.status = 'ENABLED' ORDER BY customer_client.level DESC",
        customer=MANAGER,
    )
    client = rows[0]["customerClient"]
    assert (client["id"], client["level"], client["manager"]) == (CUSTOMER, "1", False)
    assert (client["currencyCode"], client["timeZone"]) == ("USD", "America/Los_Angeles")
    assert rows[1]["customerClient"]["manager"] is True


def test_a_version_that_is_gone_says_so_and_an_unknown_method_is_not_found(google):
    headers = {"Authorization": f"Bearer {google.line['access_token']}"}
    old = google.sandbox.http.post(f"/google/v20/customers/{CUSTOMER}/googleAds:search", headers=headers)
    assert codes(old) == ["requestError.UNSUPPORTED_VERSION"]
    assert google.request("POST", f"customers/{CUSTOMER}/labels:mutate", {}).status_code == 404
    assert google.sandbox.http.get("/google/").json()["error"]["status"] == "NOT_FOUND"
