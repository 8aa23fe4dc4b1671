"""Faults on demand, seen over HTTP: what is answered, and whether the write took effect."""

import threading
import time

import httpx
import pytest
from tests.sandbox.google_client import Google, codes, tree


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


def _campaigns(sandbox):
    return [o for o in sandbox.ledger(platform="google_ads")["objects"] if o["type"] == "campaign"]


def _last(sandbox):
    return sandbox.ledger(platform="google_ads")["requests"][-1]


def _impatient(google, operations, seconds=1.0):
    """A mutate by a client that gives up."""
    headers = {"Authorization": f"Bearer {google.line['access_token']}"}
    url = f"{google.sandbox.url}/google/v26/customers/1234567890/googleAds:mutate"
    return httpx.post(url, json={"mutateOperations": operations}, headers=headers, timeout=seconds)


@pytest.mark.parametrize(("fault", "effect"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_time_out_comes_before_or_after_the_effect(sandbox, google, fault, effect):
    sandbox.fault("google_ads", fault, "POST .*mutate")
    with pytest.raises(httpx.TimeoutException):
        _impatient(google, tree())
    assert len(_campaigns(sandbox)) == effect
    time.sleep(0.2)
    assert _last(sandbox)["fault"] == fault
    again = google.mutate(tree())
    assert again.status_code == (400 if effect else 200)


def test_a_cut_connection_leaves_the_effect_and_no_answer(sandbox, google):
    sandbox.fault("google_ads", "cut", "googleAds:mutate")
    with pytest.raises(httpx.RemoteProtocolError):
        google.mutate(tree())
    assert len(_campaigns(sandbox)) == 1
    assert codes(google.mutate(tree()))[0] == "campaignError.DUPLICATE_CAMPAIGN_NAME"


def test_a_held_request_takes_effect_when_it_is_let_go(sandbox, google):
    fault = sandbox.fault("google_ads", "hold", "googleAds:mutate")
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(_impatient(google, tree(), 10)))
    waiting.start()
    time.sleep(0.5)
    assert _campaigns(sandbox) == []
    assert waiting.is_alive()
    sandbox.control(f"faults/{fault}", method="DELETE")
    waiting.join(5)
    assert answers[0].status_code == 200
    assert len(_campaigns(sandbox)) == 1


REFUSALS = [
    ("throttle", 429, "quotaError.RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"),
    ("server_error", 500, "internalError.INTERNAL_ERROR", "INTERNAL"),
    ("token_expired", 401, "authenticationError.OAUTH_TOKEN_EXPIRED", "UNAUTHENTICATED"),
]


@pytest.mark.parametrize(("fault", "status", "code", "word"), REFUSALS)
def test_a_refusal_on_demand_is_in_the_platforms_own_shape_and_without_effect(
    sandbox, google, fault, status, code, word
):
    sandbox.fault("google_ads", fault, times=2)
    for _ in range(2):
        answer = google.mutate(tree())
        assert answer.status_code == status
        assert answer.json()["error"]["status"] == word
        assert codes(answer) == [code]
    assert _campaigns(sandbox) == []
    assert google.mutate(tree()).status_code == 200


def test_a_throttle_says_when_to_come_back(sandbox, google):
    sandbox.fault("google_ads", "throttle")
    error = google.mutate(tree()).json()["error"]["details"][0]["errors"][0]
    assert error["details"]["quotaErrorDetails"]["retryDelay"] == "30s"
    assert error["details"]["quotaErrorDetails"]["rateScope"] == "DEVELOPER"


def test_a_partial_success_fails_the_last_operation(sandbox, google):
    sandbox.fault("google_ads", "partial", "mutate")
    answer = google.mutate(tree(), partialFailure=True)
    assert codes(answer) == ["internalError.TRANSIENT_ERROR"]
    assert answer.json()["mutateOperationResponses"][-1] == {}
    assert len(_campaigns(sandbox)) == 1


def test_a_slow_report_takes_its_time(sandbox, google):
    sandbox.fault("google_ads", "slow_report", "search")
    begun = time.monotonic()
    assert google.query("SELECT campaign.id FROM campaign").status_code == 200
    assert time.monotonic() - begun >= 2.5


def test_a_fault_strikes_only_what_it_matches(sandbox, google):
    sandbox.fault("google_ads", "server_error", "POST /v26/customers/.*:mutate$")
    sandbox.fault("tiktok_ads", "server_error")
    assert google.query("SELECT campaign.id FROM campaign").status_code == 200
    assert google.mutate(tree()).status_code == 500


def test_planned_faults_are_listed_and_deleted(sandbox, google):
    first = sandbox.fault("google_ads", "throttle", "mutate", times=3)
    sandbox.fault("google_ads", "server_error")
    google.mutate(tree())
    listed = sandbox.control("faults")["faults"]
    assert [(f["fault"], f["times"], f["left"]) for f in listed] == [
        ("throttle", 3, 2),
        ("server_error", 1, 1),
    ]
    sandbox.control(f"faults/{first}", method="DELETE")
    sandbox.control("faults", method="DELETE")
    assert sandbox.control("faults") == {"faults": []}
    assert google.mutate(tree()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"platform": "google_ads", "match": "", "fault": "earthquake"},
        {"platform": "google", "match": "", "fault": "cut"},
        {"platform": "google_ads", "match": "(", "fault": "cut"},
        {"platform": "google_ads", "match": "", "fault": "cut", "times": 0},
        {"platform": "google_ads", "match": "", "fault": "cut", "often": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sandbox, body):
    answer = sandbox.control_raw("faults", body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_request_log_tells_every_request_and_its_outcome(sandbox, google):
    google.mutate(tree())
    google.mutate(tree())
    google.query("SELECT campaign.id FROM campaign")
    told = [(r["method"], r["path"], r["outcome"]) for r in sandbox.ledger(platform="google_ads")["requests"]]
    mutate = "/v26/customers/1234567890/googleAds:mutate"
    assert told == [
        ("POST", mutate, "ok"),
        ("POST", mutate, "refused"),
        ("POST", "/v26/customers/1234567890/googleAds:search", "ok"),
    ]


def test_a_reset_drops_held_requests_without_effect(sandbox, google):
    sandbox.fault("google_ads", "hold", "googleAds:mutate")
    failures = []

    def send():
        try:
            _impatient(google, tree(), 10)
        except httpx.RemoteProtocolError as error:
            failures.append(error)

    waiting = threading.Thread(target=send)
    waiting.start()
    time.sleep(0.5)
    sandbox.control("reset", {})
    waiting.join(5)
    assert len(failures) == 1
    assert _campaigns(sandbox) == []
