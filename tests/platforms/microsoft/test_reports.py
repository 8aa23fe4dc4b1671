"""Microsoft's reports: both report zones, clocks that go back, a today that is not ours, and the words of audiences."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.platforms.conftest import Live

from adloom.core.errors import Invalid, Rejected, Throttled, Unavailable
from adloom.platforms.facts import Dimension
from adloom.platforms.microsoft import csv_report, downloads, reports
from adloom.platforms.types import Operation, Platform

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    """A campaign that has delivered for four days."""
    live = connect(Platform.MICROSOFT_ADS)
    live.run(live.spec(), Operation.CREATE, {})
    live.sandbox.control("clock", {"advance": "P4D"})
    return live


def asked(live: Live, *, zone: str = "account", days: int = 6) -> dict[str, Any]:
    """The account, with its report zone, and the sandbox's last days."""
    account = dataclasses.replace(live.account, attributes={**live.account.attributes, "report_zone": zone})
    until = datetime.fromisoformat(live.sandbox.control("clock")["now"]).astimezone(LOS_ANGELES).date()
    return {"account": account, "since": until - timedelta(days=days), "until": until}


def ledger(live: Live, grain: str) -> list[Mapping[str, Any]]:
    rows = live.sandbox.control("ledger", platform="microsoft_ads", grain=grain)["delivery"]
    return [row for row in rows if row["impressions"]]


class TestReportsInUtc:
    """Microsoft's pages say so; then the account's days are made of UTC's hours."""

    @pytest.fixture(autouse=True)
    def _in_utc(self, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Our clock goes with the sandbox's: which day of UTC's is the last depends on it for eight hours of a day."""
        (tmp_path / "clock").write_text("P4D")
        monkeypatch.setenv("ADLOOM_CLOCK", f"file:{tmp_path / 'clock'}")
        live.sandbox.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": "utc"})

    def test_the_accounts_days_are_right_to_the_cent(self, live: Live) -> None:
        facts = live.adapter.daily(live.connection, events={}, **asked(live, zone="utc"))
        found = {fact.date.isoformat(): (fact.impressions, fact.clicks, fact.spend) for fact in facts}
        truth = {row["date"]: (row["impressions"], row["clicks"], Decimal(row["spend"])) for row in ledger(live, "day")}
        assert found == truth

    def test_the_accounts_own_totals_are_put_on_its_days_too(self, live: Live) -> None:
        facts = list(live.adapter.totals(live.connection, **asked(live, zone="utc")))
        found = {fact.date.isoformat(): (fact.impressions, fact.clicks, fact.spend) for fact in facts}
        truth = {row["date"]: (row["impressions"], row["clicks"], Decimal(row["spend"])) for row in ledger(live, "day")}
        assert (found, len(found)) == (truth, len(facts))

    def test_hours_say_that_they_are_utcs(self, live: Live) -> None:
        wanted = asked(live, zone="utc")
        facts = list(live.adapter.hourly(live.connection, events={}, **wanted))
        assert {fact.zone for fact in facts} == {"UTC"}
        truth = {}
        for row in ledger(live, "hour"):
            local = datetime.fromisoformat(row["date"]).replace(hour=row["hour"], tzinfo=LOS_ANGELES)
            truth[local.astimezone(UTC).replace(tzinfo=None)] = row["impressions"]
        found = {datetime.combine(fact.date, datetime.min.time()).replace(hour=fact.hour): fact for fact in facts}
        assert len(found) == len(facts)
        assert {at: fact.impressions for at, fact in found.items()}.items() <= truth.items()
        assert len(found) > 48

    @pytest.mark.parametrize("dimension", list(Dimension))
    def test_audiences_add_up_to_the_accounts_days(self, live: Live, dimension: Dimension) -> None:
        facts = live.adapter.audience(live.connection, dimension=dimension, **asked(live, zone="utc"))
        shown: dict[str, int] = {}
        for fact in facts:
            shown[fact.date.isoformat()] = shown.get(fact.date.isoformat(), 0) + fact.impressions
        assert shown == {row["date"]: row["impressions"] for row in ledger(live, "day")}

    def test_conversions_add_up_to_the_accounts_days(self, live: Live) -> None:
        facts = list(live.adapter.conversions(live.connection, **asked(live, zone="utc")))
        assert {fact.name for fact in facts} == {"Purchase"}
        found = {fact.date.isoformat(): fact.conversions for fact in facts}
        truth = {row["date"]: Decimal(row["conversions"]) for row in ledger(live, "day") if int(row["conversions"])}
        assert found == truth

    def test_an_account_that_is_said_to_report_in_its_own_zone_gets_other_days(self, live: Live) -> None:
        """The setting is decided by evidence: taken wrongly, it shows."""
        facts = live.adapter.daily(live.connection, events={}, **asked(live, zone="account"))
        found = {fact.date.isoformat(): fact.impressions for fact in facts}
        assert found != {row["date"]: row["impressions"] for row in ledger(live, "day")}


def test_values_of_audiences_are_adlooms(live: Live) -> None:
    values = {
        dimension: {fact.value for fact in live.adapter.audience(live.connection, dimension=dimension, **asked(live))}
        for dimension in Dimension
    }
    assert values[Dimension.AGE] == {"18-24", "25-34", "35-49", "50-64", "65+", "UNKNOWN"}
    assert values[Dimension.GENDER] == {"MALE", "FEMALE", "UNKNOWN"}
    assert values[Dimension.DEVICE] == {"MOBILE", "DESKTOP", "TABLET", "UNKNOWN"}
    assert values[Dimension.COUNTRY] == {"US", "CA", "GB", "DE", "UNKNOWN"}
    assert live.adapter.dimensions == set(Dimension)


def test_a_goal_is_named_by_the_id_that_the_account_knows_it_by(live: Live) -> None:
    facts = list(live.adapter.conversions(live.connection, **asked(live)))
    resources = live.adapter.inspect(live.connection, account=live.account).resources
    goals = {each.external_id: each.name for each in resources if each.kind.value == "goal"}
    assert {fact.action: fact.name for fact in facts} == goals
    assert all(fact.conversion_value for fact in facts)


def test_a_dimension_that_no_report_has_is_invalid(live: Live) -> None:
    with pytest.raises(Invalid, match="does not split"):
        list(live.adapter.audience(live.connection, dimension="mood", **asked(live)))  # type: ignore[arg-type]


def test_a_day_that_has_not_begun_at_microsoft_is_left_out(live: Live) -> None:
    wanted = asked(live)
    ahead = {**wanted, "until": wanted["until"] + timedelta(days=1)}
    assert list(live.adapter.daily(live.connection, events={}, **ahead)) == list(
        live.adapter.daily(live.connection, events={}, **wanted)
    )
    with pytest.raises(Rejected):
        list(live.adapter.daily(live.connection, events={}, **{**ahead, "until": ahead["until"] + timedelta(days=1)}))


def test_a_report_that_is_gone_when_it_is_asked_for_is_asked_for_anew_and_not_given_up(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.fault("slow_report", match="GenerateReport/Submit")
    days_pass = lambda _: live.sandbox.control("clock", {"advance": "P2D"})  # noqa: E731
    monkeypatch.setattr("adloom.platforms.microsoft.downloads.time.sleep", days_pass)
    with pytest.raises(Unavailable, match="asked for anew"):
        list(live.adapter.daily(live.connection, events={}, **asked(live)))


def test_too_many_reports_at_once_is_a_throttle(live: Live) -> None:
    live.fault("throttle", match="GenerateReport/Submit")
    with pytest.raises(Throttled) as caught:
        list(live.adapter.hourly(live.connection, events={}, **asked(live)))
    assert caught.value.platform_code == "ConcurrentRequestOverLimit"


class TestHoursOfAClockThatGoesBack:
    """A local hour that comes twice is one row with both hours' figures."""

    HEADER = '"TimePeriod","CampaignId","Impressions","Clicks","Spend"'

    def facts(self, *cells: str) -> list[Any]:
        lines = [self.HEADER, *(f'"{cell}","9","5","1","0.50"' for cell in cells), "", '"©2026 Microsoft"']
        rows = csv_report.rows("\n".join(lines), needed=("TimePeriod", "CampaignId"))
        hours = downloads.by_hour(rows, since=date(2026, 11, 1), until=date(2026, 11, 1))
        return list(reports.hour_facts(hours, zone="America/Los_Angeles", currency="USD"))

    def test_both_hours_are_one_row(self) -> None:
        (fact,) = self.facts("2026-11-01|1", "2026-11-01|1")
        assert (fact.hour, fact.impressions, fact.spend) == (1, 10, Decimal("1.00"))

    def test_any_other_hour_twice_is_no_report(self) -> None:
        with pytest.raises(Unavailable, match="one hour twice"):
            self.facts("2026-11-01|2", "2026-11-01|2")

    def test_a_day_that_was_not_asked_for_is_no_report(self) -> None:
        with pytest.raises(Unavailable, match="was not asked for"):
            self.facts("2026-11-02|2")
