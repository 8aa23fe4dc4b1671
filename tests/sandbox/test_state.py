"""`--state FILE`: a sandbox that is killed is had again as it was, with all that it had answered."""

import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.sandbox.conftest import SOURCE
from tests.sandbox.google_client import Google, tree
from tests.sandbox.meta_client import Meta, mp4
from tests.sandbox.microsoft_client import Microsoft
from tests.sandbox.test_microsoft_login import ask, redeemed, refresh
from tests.sandbox.tiktok_client import TikTok, data

from adsandbox.journal import Journal, Options

START = ("--seed", "7", "--start", "2026-11-23T18:00:00Z")


@pytest.fixture
def file(tmp_path):
    return str(tmp_path / "sandbox.state")


@pytest.fixture
def begin(start_sandbox, file):
    """Start on the state file, as often as it takes."""
    return lambda *options: start_sandbox("--state", file, *options)


def kill(running):
    running.process.kill()
    running.process.wait(timeout=10)


def trees(running):
    """A tree on every platform, made as programs make them."""
    Google(running).made(tree())
    Meta(running).tree()
    Microsoft(running).tree()
    TikTok(running).tree(converts=True)


def truth(running):
    return running.ledger(grain="hour", as_of=running.control("clock")["now"])


def without_port(line):
    return {name: value for name, value in line.items() if name != "port"}


def test_objects_delivery_requests_clock_and_faults_survive_a_kill(begin):
    first = begin(*START)
    trees(first)
    first.advance("P5D")
    first.control("account", {"platform": "google_ads", "action": "suspend"})
    first.control("seed", {"platform": "tiktok_ads", "campaigns": 1})
    first.fault("google_ads", "throttle", "mutate", times=3)
    assert Google(first).mutate(tree("Other")).status_code == 429
    first.advance("P2D")
    told, now, faults = truth(first), first.control("clock")["now"], first.control("faults")
    assert {row["platform"] for row in told["delivery"]} == set(without_port(first.line)) - {"control_key"}
    kill(first)
    second = begin()
    assert without_port(second.line) == without_port(first.line)
    again = second.ledger(grain="hour", as_of=now)
    assert again == told
    passed = datetime.fromisoformat(second.control("clock")["now"]) - datetime.fromisoformat(now)
    assert timedelta(0) <= passed < timedelta(minutes=2)
    assert second.control("faults") == faults
    assert [fault["left"] for fault in faults["faults"]] == [2]


def test_a_sandbox_that_was_stopped_goes_on_as_one_that_was_not(start_sandbox, begin):
    def before(running):
        trees(running)
        running.advance("P3D")

    def after(running):
        Meta(running).tree()
        Google(running).made(tree("Second"))
        running.control("clock", {"at": "2026-12-05T18:00:00Z"})
        ledger = running.ledger(grain="hour", as_of="2026-12-05T18:00:00Z")
        return [object_["id"] for object_ in ledger["objects"]], ledger["delivery"]

    whole = start_sandbox(*START)
    before(whole)
    first = begin(*START)
    before(first)
    kill(first)
    assert after(begin()) == after(whole)


def test_tokens_that_were_issued_and_spent_survive(begin):
    first = begin(*START)
    microsoft = Microsoft(first)
    tokens = redeemed(first, microsoft)
    rotated = refresh(first, microsoft, tokens["refresh_token"]).json()
    kill(first)
    second = begin()
    microsoft = Microsoft(second)
    assert ask(microsoft, rotated["access_token"]).status_code == 200
    assert refresh(second, microsoft, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    second.advance("PT61M")
    assert ask(microsoft, rotated["access_token"]).status_code == 401
    assert refresh(second, microsoft, rotated["refresh_token"]).status_code == 200


def test_idempotency_keys_survive_and_so_do_uniqueness_and_review(begin):
    first = begin(*START)
    tiktok = TikTok(first)
    body = tiktok.campaign()
    assert tiktok.post("campaign/create", body)["code"] == 0
    ad = tiktok.tree()[2]
    first.control("review", {"platform": "tiktok_ads", "ad": ad, "verdict": "reject", "reason": "no"})
    kill(first)
    tiktok = TikTok(begin())
    assert tiktok.post("campaign/create", body)["code"] == 40050
    assert "DENY" in tiktok.status("ad", ad)


def test_an_upload_in_chunks_goes_on(begin):
    film = mp4(2_500_000)
    meta = Meta(begin(*START))
    edge = f"{meta.account}/advideos"
    begun = meta.post(edge, upload_phase="start", file_size=len(film))
    at = {"upload_phase": "transfer", "upload_session_id": begun["upload_session_id"]}
    start, end = int(begun["start_offset"]), int(begun["end_offset"])
    kill(meta.sandbox)
    meta = Meta(begin())
    while start < end:
        chunk = ("v.mp4", film[start:end])
        answer = meta.call("POST", edge, {**at, "start_offset": start}, video_file_chunk=chunk).json()
        start, end = int(answer["start_offset"]), int(answer["end_offset"])
        kill(meta.sandbox)
        meta = Meta(begin())
    assert meta.post(edge, upload_phase="finish", upload_session_id=at["upload_session_id"]) == {"success": True}


def test_what_was_done_but_never_answered_is_kept_and_what_was_held_is_not(begin):
    first = begin(*START)
    first.fault("tiktok_ads", "cut", "campaign/create")
    tiktok = TikTok(first)
    with pytest.raises(httpx.TransportError):
        tiktok.post("campaign/create", tiktok.campaign(campaign_name="cut"))
    first.fault("tiktok_ads", "hold", "campaign/create")

    def wait():
        with contextlib.suppress(httpx.TransportError):
            tiktok.post("campaign/create", tiktok.campaign(campaign_name="held"))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.5)
    kill(first)
    waiting.join(10)
    second = begin()
    names = [c["campaign_name"] for c in data(TikTok(second).get("campaign/get"))["list"]]
    assert names == ["cut"]
    assert [(f["fault"], f["left"]) for f in second.control("faults")["faults"]] == [("cut", 0), ("hold", 1)]


def test_reads_are_kept_without_their_bodies_and_not_asked_again(begin, file):
    first = begin(*START)
    trees(first)
    first.advance("P2D")
    before = len(first.ledger()["requests"])
    for _ in range(5):
        Google(first).rows("SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date DURING LAST_7_DAYS")
        Meta(first).get(Meta(first).account, fields="name")
        Microsoft(first).campaigns()
        TikTok(first).get("campaign/get")
    kill(first)
    with contextlib.closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT replay, length(body), headers FROM asked ORDER BY number").fetchall()
    assert rows[-20:] == [(0, 0, "[]")] * 20
    assert len(begin().ledger()["requests"]) == before + 20


def test_a_reset_empties_the_file(begin):
    first = begin(*START)
    trees(first)
    first.advance("P2D")
    first.control("reset", {})
    Google(first).made(tree())
    told = first.ledger()
    kill(first)
    assert begin().ledger() == told


def test_time_goes_on_while_nothing_runs(tmp_path):
    journal = Journal(tmp_path / "a.state")
    journal.begin(Options(start="2026-11-23T18:00:00+00:00"), began=datetime(2026, 11, 23, 18, tzinfo=UTC))
    time.sleep(0.2)
    assert timedelta(seconds=0.2) <= journal.now() - journal.began < timedelta(seconds=20)
    journal.close()


# refusals


def refused(*options):
    command = [sys.executable, "-m", "adsandbox", "--port", "0", "--exit-with-parent", *options]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=30, check=False, env={"PYTHONPATH": str(SOURCE)}
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    return ended.stderr


def test_two_sandboxes_never_share_a_file(begin, file):
    begin()
    assert "in use" in refused("--state", file)


def test_a_file_of_something_else_is_left_alone(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text(
        "Dear diary, today I wrote more than a hundred bytes, so that nobody takes me for an empty file." * 9
    )
    before = other.read_bytes()
    assert "no state" in refused("--state", str(other))
    assert other.read_bytes() == before


def test_a_file_that_cannot_be_made_is_named(tmp_path):
    assert "No such file" in refused("--state", str(tmp_path / "nowhere" / "a.state"))
    assert "directory" in refused("--state", str(tmp_path))


@pytest.mark.parametrize("other", [("--seed", "8"), ("--start", "2026-11-24T18:00:00Z"), ("--no-delivery",)])
def test_a_file_keeps_the_options_that_it_was_begun_with(begin, file, other):
    kill(begin(*START))
    assert "leave it out" in refused("--state", file, *other)
    assert begin(*START).line["port"]


def test_another_version_that_answers_otherwise_is_refused(begin, file):
    first = begin(*START)
    Google(first).made(tree())
    kill(first)
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE asked SET status = 400 WHERE path LIKE '%googleAds:mutate'")
        database.commit()
    assert "the sandbox has changed" in refused("--state", file)
