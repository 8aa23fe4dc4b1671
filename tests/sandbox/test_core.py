"""What every platform of the sandbox has in common: first line, control API, clock, orderly end."""

import os
import signal
import socket
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest


def test_the_first_line_tells_port_and_control_key(sandbox):
    assert sandbox.line["port"] > 0
    assert len(sandbox.line["control_key"]) >= 16


def test_the_control_api_wants_its_key(sandbox):
    assert sandbox.http.get("/_sandbox/ledger").status_code == 403
    assert sandbox.http.get("/_sandbox/ledger", headers={"X-Sandbox-Key": "guess"}).status_code == 403


def test_the_clock_moves_by_a_duration_and_to_an_instant_but_never_back(sandbox):
    assert sandbox.advance("PT24H").startswith("2026-11-24T18:00")
    assert sandbox.control("clock", {"at": "2026-12-01T00:00:00Z"})["now"].startswith("2026-12-01T00:00")
    assert sandbox.control_raw("clock", {"at": "2026-11-30T00:00:00Z"}).status_code == 400
    assert sandbox.control_raw("clock", {"advance": "tomorrow"}).status_code == 400


def test_reset_begins_again_at_the_start(sandbox):
    sandbox.advance("P20D")
    assert sandbox.control("reset", {})["now"].startswith("2026-11-23T18:00")


def test_a_sandbox_ends_quietly_on_a_signal(start_sandbox):
    running = start_sandbox()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=10) == 0


def test_nothing_but_the_first_line_is_printed(start_sandbox):
    running = start_sandbox("--platforms", "google_ads")
    running.http.get("/google/nowhere")
    running.ledger()
    running.process.terminate()
    running.process.wait(timeout=10)
    assert running.process.stdout.read() == ""


def test_a_sandbox_ends_with_its_parent_when_asked_to():
    program = (
        "import json, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'adsandbox', '--port', '0', '--exit-with-parent'],\n"
        "                         stdout=subprocess.PIPE, text=True)\n"
        "print(child.pid, json.loads(child.stdout.readline())['port'])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    parent = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=30, check=True
    )
    port = int(parent.stdout.split()[1])
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _listens(port):
        time.sleep(0.1)
    assert not _listens(port)


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_start_that_is_no_instant_is_a_usage_error():
    command = [sys.executable, "-m", "adsandbox", "--start", "soon"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    assert subprocess.run(command, env=env, capture_output=True, timeout=30, check=False).returncode == 2


def test_the_first_line_has_what_other_programs_rely_on(sandbox):
    common = {"account_id", "access_token", "refresh_token", "client_id", "client_secret", "currency", "time_zone"}
    platforms = {"google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads"} & set(sandbox.line)
    assert "google_ads" in platforms
    for platform in platforms:
        assert common <= set(sandbox.line[platform]), platform
        assert sandbox.line[platform]["currency"] == "USD"
        assert sandbox.line[platform]["time_zone"] == "America/Los_Angeles"
    assert sandbox.line["google_ads"]["login_customer_id"]


def test_a_path_outside_every_prefix_is_not_found(sandbox):
    assert sandbox.http.get("/").status_code == 404
    assert sandbox.http.get("/googleads/v26/customers").status_code == 404


@pytest.fixture
def campaign(sandbox):
    """A live campaign that a person made, and its ad."""
    made = sandbox.control("seed", {"platform": "google_ads", "campaigns": 1})["campaigns"][0]
    return made["id"]


def test_the_ledger_has_the_shape_that_other_programs_rely_on(sandbox, campaign):
    sandbox.advance("P2D")
    ledger = sandbox.ledger(platform="google_ads")
    keys = {"platform", "type", "id", "parent_id", "name", "status", "created_at", "fields"}
    assert all(keys <= set(o) for o in ledger["objects"])
    assert [o["id"] for o in ledger["objects"] if o["type"] == "campaign"] == [campaign]
    row = ledger["delivery"][0]
    assert set(row) == {
        "platform", "campaign_id", "date", "hour", "impressions", "clicks", "conversions", "conversion_value",
        "spend", "currency",
    }  # fmt: skip
    assert (row["platform"], row["campaign_id"], row["currency"]) == ("google_ads", campaign, "USD")
    assert row["hour"] is None
    assert isinstance(row["spend"], str)
    assert isinstance(row["conversions"], str)
    assert isinstance(row["clicks"], int)


def test_the_ledger_can_be_asked_by_grain_window_and_instant(sandbox, campaign):
    sandbox.advance("P3D")
    days = sandbox.ledger(platform="google_ads", first="2026-11-24", to="2026-11-25")["delivery"]
    assert [row["date"] for row in days] == ["2026-11-24", "2026-11-25"]
    hours = sandbox.ledger(platform="google_ads", grain="hour", first="2026-11-24", to="2026-11-25")["delivery"]
    assert {row["campaign_id"] for row in hours} == {campaign}
    assert sum(row["clicks"] for row in hours) == sum(row["clicks"] for row in days)
    assert sum(Decimal(row["spend"]) for row in hours) == sum(Decimal(row["spend"]) for row in days)
    then = sandbox.ledger(platform="google_ads", as_of="2026-11-24T18:00:00Z")["delivery"]
    assert max(row["date"] for row in then) == "2026-11-24"
    for wrong in ({"grain": "week"}, {"first": "yesterday"}, {"as_of": "soon"}, {"platform": "x"}):
        query = {"from" if k == "first" else k: v for k, v in wrong.items()}
        assert sandbox.control_raw("ledger", **query).status_code == 400


def test_a_person_can_edit_in_the_platforms_own_words(sandbox, campaign):
    edited = sandbox.control("edit", {"platform": "google_ads", "id": campaign, "field": "name", "value": "Mine"})
    assert edited["name"] == "Mine"
    sandbox.control("edit", {"platform": "google_ads", "id": campaign, "field": "status", "value": "REMOVED"})
    ledger = sandbox.ledger(platform="google_ads")["objects"]
    assert next(o["status"] for o in ledger if o["id"] == campaign) == "REMOVED"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("edit", {"platform": "google_ads", "id": "1", "field": "name", "value": "x"}),
        ("edit", {"platform": "myspace_ads", "id": "1", "field": "name", "value": "x"}),
        ("review", {"platform": "google_ads", "ad": "1", "verdict": "approve"}),
        ("account", {"platform": "google_ads", "action": "promote"}),
        ("account", {"platform": "google_ads", "action": "currency"}),
        ("account", {"platform": "google_ads", "action": "currency", "value": "euro"}),
        ("account", {"platform": "google_ads", "action": "time_zone", "value": "Mars/Olympus"}),
        ("clock", {}),
        ("clock", {"advance": "PT1H", "at": "2027-01-01T00:00:00Z"}),
        ("clock", {"backwards": "PT1H"}),
        ("clock", []),
        ("seed", {"platform": "google_ads", "adverts": 1}),
    ],
)
def test_a_control_call_that_makes_no_sense_is_refused_with_a_reason(sandbox, path, body):
    answer = sandbox.control_raw(path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_only_ads_are_reviewed(sandbox, campaign):
    body = {"platform": "google_ads", "ad": campaign, "verdict": "reject", "reason": "no"}
    assert "not an ad" in sandbox.control_raw("review", body).json()["error"]
    ads = [o["id"] for o in sandbox.ledger(platform="google_ads")["objects"] if o["type"] == "ad_group_ad"]
    wrong = {"platform": "google_ads", "ad": ads[0], "verdict": "maybe"}
    assert sandbox.control_raw("review", wrong).status_code == 400
    assert sandbox.control("review", {**body, "ad": ads[0]})["id"] == ads[0]


def test_a_suspended_account_stops_delivery_until_it_is_resumed(sandbox, campaign):
    sandbox.advance("P1D")
    sandbox.control("account", {"platform": "google_ads", "action": "suspend"})
    sandbox.advance("P3D")
    sandbox.control("account", {"platform": "google_ads", "action": "resume"})
    sandbox.advance("P1D")
    dates = [row["date"] for row in sandbox.ledger(platform="google_ads")["delivery"]]
    assert "2026-11-26" not in dates
    assert max(dates) == "2026-11-28"
    assert campaign


def test_a_new_currency_and_time_zone_hold_from_then_on(sandbox, campaign):
    sandbox.advance("P1D")
    sandbox.control("account", {"platform": "google_ads", "action": "currency", "value": "EUR"})
    sandbox.control("account", {"platform": "google_ads", "action": "time_zone", "value": "Europe/Berlin"})
    sandbox.advance("P2D")
    rows = sandbox.ledger(platform="google_ads")["delivery"]
    assert {row["currency"] for row in rows if row["date"] < "2026-11-24"} == {"USD"}
    assert {row["currency"] for row in rows if row["date"] > "2026-11-25"} == {"EUR"}
    assert campaign
