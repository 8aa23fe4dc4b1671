"""Quotas by count: off by default, counted on the sandbox's clock, refused in each platform's own words."""

import pytest
from tests.sandbox.google_client import Google, codes
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import Microsoft
from tests.sandbox.test_microsoft_login import code as microsoft_code
from tests.sandbox.tiktok_client import TikTok

from adsandbox.client import RefusedError, started

PLATFORMS = ["google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads"]


def read(sandbox, platform):
    """One call; None where it is answered, the platform's signal where it is throttled."""
    if platform == "google_ads":
        answer = Google(sandbox).query("SELECT campaign.id FROM campaign")
        return None if answer.status_code == 200 else (answer.status_code, *codes(answer))
    if platform == "facebook_ads":
        answer = Meta(sandbox).call("GET", Meta(sandbox).account, {"fields": "name"})
        return None if answer.status_code == 200 else (answer.status_code, answer.json()["error"]["code"])
    if platform == "microsoft_ads":
        microsoft = Microsoft(sandbox)
        body = {"AccountId": microsoft.account, "CampaignType": "Search"}
        answer = microsoft.call("POST", "Campaigns/QueryByAccountId", body)
        return None if answer.status_code == 200 else (answer.status_code, answer.json()["Errors"][0]["Code"])
    answer = TikTok(sandbox).get("campaign/get")
    return None if answer["code"] == 0 else (200, answer["code"])


SIGNALS = {
    "google_ads": (429, "quotaError.RESOURCE_EXHAUSTED"),
    "facebook_ads": (400, 80004),
    "microsoft_ads": (400, 117),
    "tiktok_ads": (200, 40100),
}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_calls_beyond_the_quota_get_the_platforms_own_signal_until_the_window_has_passed(sandbox, platform):
    sandbox.control("quotas", {"platform": platform, "calls": 3, "window": "PT1M"})
    assert [read(sandbox, platform) for _ in range(5)] == [None] * 3 + [SIGNALS[platform]] * 2
    others = [name for name in PLATFORMS if name != platform]
    assert [read(sandbox, name) for name in others] == [None] * 3
    told = {"platform": platform, "calls": 3, "window_seconds": 60, "used": 3, "refused": 2}
    assert sandbox.ledger()["quotas"] == [told]
    sandbox.advance("PT59S")
    sandbox.advance("PT2S")
    assert read(sandbox, platform) is None
    assert sandbox.control("quotas")["quotas"] == [{**told, "used": 1}]


def test_there_is_no_quota_until_one_is_set(sandbox):
    assert sandbox.ledger()["quotas"] == []
    assert [read(sandbox, "tiktok_ads") for _ in range(40)] == [None] * 40


def test_a_refused_call_has_no_effect_and_is_logged_as_throttled(sandbox):
    sandbox.control("quotas", {"platform": "tiktok_ads", "calls": 1, "window": "P1D"})
    tiktok = TikTok(sandbox)
    assert tiktok.post("campaign/create", tiktok.campaign())["code"] == 0
    assert tiktok.post("campaign/create", tiktok.campaign())["code"] == 40133
    ledger = sandbox.ledger(platform="tiktok_ads")
    assert len([o for o in ledger["objects"] if o["type"] == "campaign"]) == 1
    assert [(r["outcome"], r["fault"]) for r in ledger["requests"]] == [("ok", None), ("refused", "throttle")]


def test_a_planned_fault_spends_no_quota(sandbox):
    sandbox.control("quotas", {"platform": "google_ads", "calls": 1, "window": "PT1M"})
    sandbox.fault("google_ads", "server_error", times=2)
    assert [read(sandbox, "google_ads")[0] for _ in range(2)] == [500, 500]
    assert read(sandbox, "google_ads") is None


def test_logging_in_spends_no_quota(sandbox):
    sandbox.control("quotas", {"platform": "microsoft_ads", "calls": 1, "window": "PT1M"})
    for _ in range(3):
        assert microsoft_code(sandbox, Microsoft(sandbox))["code"]
    assert read(sandbox, "microsoft_ads") is None


def test_a_quota_is_taken_back(sandbox):
    for platform in ("google_ads", "tiktok_ads"):
        sandbox.control("quotas", {"platform": platform, "calls": 1, "window": "PT1H"})
    sandbox.control("quotas", method="DELETE", platform="google_ads")
    assert [q["platform"] for q in sandbox.control("quotas")["quotas"]] == ["tiktok_ads"]
    sandbox.control("quotas", method="DELETE")
    assert sandbox.control("quotas") == {"quotas": []}


def test_quotas_of_the_command_line_hold_from_the_start_and_after_a_reset(start_sandbox):
    running = start_sandbox("--quotas", "tiktok_ads=2/PT1H", "--platforms", "tiktok_ads")
    for _ in range(2):
        assert [read(running, "tiktok_ads") for _ in range(3)] == [None, None, (200, 40100)]
        running.control("reset", {})


def test_what_was_used_survives_a_restart(start_sandbox, tmp_path):
    options = ("--state", str(tmp_path / "a.state"), "--quotas", "tiktok_ads=3/PT1H")
    first = start_sandbox(*options)
    assert [read(first, "tiktok_ads") for _ in range(4)] == [None, None, None, (200, 40100)]
    told = first.ledger()["quotas"]
    first.process.kill()
    first.process.wait(timeout=10)
    second = start_sandbox(*options[:2])
    assert second.ledger()["quotas"] == told
    assert read(second, "tiktok_ads") == (200, 40100)


@pytest.mark.parametrize("text", ["myspace_ads=1/PT1M", "google_ads=0/PT1M", "google_ads=5", "google_ads=5/soon"])
def test_quotas_of_the_command_line_that_make_no_sense_are_a_usage_error(text):
    with pytest.raises(RefusedError, match="exit code 2"), started("--quotas", text):
        pass


@pytest.mark.parametrize(
    "body",
    [
        {"platform": "google", "calls": 1, "window": "PT1M"},
        {"platform": "google_ads", "calls": 0, "window": "PT1M"},
        {"platform": "google_ads", "calls": "1", "window": "PT1M"},
        {"platform": "google_ads", "calls": 1, "window": "soon"},
        {"platform": "google_ads", "calls": 1},
    ],
)
def test_a_quota_that_makes_no_sense_is_refused(sandbox, body):
    answer = sandbox.control_raw("quotas", body)
    assert answer.status_code == 400
    assert answer.json()["error"]
