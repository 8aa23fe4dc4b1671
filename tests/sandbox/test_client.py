"""The control API from Python: what the fixture of other projects gives."""

from datetime import UTC, date, datetime

import pytest

from adsandbox.client import RefusedError, started


@pytest.fixture(scope="module")
def running():
    with started("--start", "2026-11-23T18:00:00Z", "--platforms", "google_ads") as sandbox:
        yield sandbox
    assert sandbox.process.poll() == 0


def test_a_call_that_makes_no_sense_is_refused_with_the_reason(running):
    with pytest.raises(RefusedError, match="none of"):
        running.fault("earthquake")
    with pytest.raises(RefusedError, match="google_ads"):
        running.seed("myspace_ads")


def test_the_ledger_is_asked_by_grain_window_and_instant(running):
    running.reset()
    running.seed("google_ads")
    running.move_to(datetime(2026, 11, 27, 8, tzinfo=UTC))
    day = date(2026, 11, 25)
    hours = running.ledger("google_ads", grain="hour", first=day, last=day)["delivery"]
    assert [row["hour"] for row in hours] == list(range(24))
    early = running.ledger("google_ads", as_of=datetime(2026, 11, 24, 8, tzinfo=UTC))["delivery"]
    assert {row["date"] for row in early} == {"2026-11-23"}


def test_people_decide_and_accounts_are_suspended(running):
    running.reset()
    running.seed("google_ads")
    ad = next(o["id"] for o in running.ledger()["objects"] if o["type"] == "ad_group_ad")
    assert running.review("google_ads", ad, "reject", "because")["id"] == ad
    running.account("google_ads", "suspend")
    running.advance("P2D")
    assert running.ledger()["delivery"] == []


def test_options_that_make_no_sense_end_the_start():
    with pytest.raises(RefusedError, match="exit code 2"), started("--start", "soon"):
        pass
