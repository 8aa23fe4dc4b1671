"""TikTok's asynchronous reports on the sandbox: the same rows as the synchronous ones, or none at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.core.time import today
from adloom.platforms.tiktok import reports, tasks
from adloom.platforms.tiktok.client import Client, TooManyRows
from adloom.platforms.types import Operation, Platform


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    live = connect(Platform.TIKTOK_ADS)
    live.run(feed_specs.selling(live.spec()), Operation.CREATE, {})
    minute = int(live.sandbox.control("clock")["now"][14:16])
    live.sandbox.control("clock", {"advance": f"P6DT{70 - minute}M"})  # no hour ends while reports are compared
    return live


def _client(live: Live) -> Client:
    return Client(live.connection, advertiser_id=live.account.external_id)


def _range() -> tuple[date, date]:
    since = today("America/Los_Angeles") - timedelta(days=1)
    return since, since + timedelta(days=6)


def _params(live: Live) -> dict[str, Any]:
    since, until = _range()
    return {
        "advertiser_id": live.account.external_id,
        "report_type": "BASIC",
        "data_level": "AUCTION_CAMPAIGN",
        "dimensions": ["campaign_id", "stat_time_day"],
        "metrics": list(reports.METRICS),
        "start_date": since.isoformat(),
        "end_date": until.isoformat(),
    }


def _at_once(live: Live) -> list[dict[str, Any]]:
    since, until = _range()
    return list(reports.rows_of(_client(live), since=since, until=until, by=reports.DAY, metrics=reports.METRICS))


def _pass(live: Live) -> Callable[[float], None]:
    """Instead of waiting, the sandbox's clock goes on."""
    return lambda seconds: live.sandbox.control("clock", {"advance": f"PT{round(seconds) or 1}S"})


def test_a_task_gives_the_rows_of_the_report(live: Live) -> None:
    rows = list(tasks.rows(_client(live), params=_params(live), sleep=_pass(live)))
    assert rows == _at_once(live)
    assert len(rows) >= 6


def test_a_report_that_does_not_come_is_unavailable(live: Live) -> None:
    live.fault("slow_report", match="report/task/create")
    with pytest.raises(Unavailable, match="not ready"):
        list(tasks.rows(_client(live), params=_params(live), sleep=lambda _: None))


def test_a_task_that_is_gone_when_it_is_asked_for_is_asked_for_anew_and_not_given_up(live: Live) -> None:
    live.fault("slow_report", match="report/task/create")
    with pytest.raises(Unavailable, match="asked for anew"):
        list(tasks.rows(_client(live), params=_params(live), sleep=lambda _: live.sandbox.control("reset", {})))


def test_a_download_that_is_refused_is_what_its_envelope_says(live: Live) -> None:
    live.fault("token_expired", match="report/task/download")
    with pytest.raises(CredentialsExpired):
        list(tasks.rows(_client(live), params=_params(live), sleep=_pass(live)))


def test_more_rows_than_are_given_at_once_are_told_before_the_first(live: Live) -> None:
    rows = _client(live).rows("report/integrated/get", params=_params(live), page_size=1000, most=3)
    with pytest.raises(TooManyRows):
        next(rows)


def test_a_large_report_comes_as_a_task(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = _at_once(live)
    monkeypatch.setattr(reports, "MOST_ROWS", 3)
    assert _at_once(live) == expected
    paths = [entry["path"] for entry in live.sandbox.control("ledger", platform="tiktok_ads")["requests"]]
    assert any("report/task/download" in path for path in paths)
