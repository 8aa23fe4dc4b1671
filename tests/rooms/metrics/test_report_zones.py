"""Whose hours Microsoft's reports count is decided by what two of them show, and until then the days are uncertain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.housing import House
from tests.installation import work_off

from adloom.campaigns import actions as campaigns
from adloom.connections import actions as connecting
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.metrics import actions as metrics
from adloom.metrics import queries, report_zones
from adloom.metrics.grains import GrainName
from adloom.metrics.report_zones import Reading, ReportZone
from adloom.metrics.types import By
from adloom.platforms.types import Platform

LOS_ANGELES, SYDNEY, BERLIN = "America/Los_Angeles", "Australia/Sydney", "Europe/Berlin"
NOON = datetime(2026, 11, 27, 18, 20, tzinfo=UTC)


def reading(at: datetime, clock: tzinfo, *, hourly: int = 50, missing: int = 0) -> Reading:
    """What a report shows at a moment: so many impressions in each hour of the last day, labelled in a zone."""
    hours: dict[str, int] = {}
    for back in range(24):
        begin = (at - timedelta(hours=back)).replace(minute=0)
        share = at.minute * hourly // 60 if back == 0 else hourly
        hours[f"{begin.astimezone(clock):%Y-%m-%dT%H}"] = share
    return Reading(at, hours, sum(hours.values()) + missing)


def judged(clock: tzinfo, time_zone: str, *, at: datetime = NOON, apart: timedelta = timedelta(hours=1)) -> Any:
    second = reading(at + apart, clock)
    # Both cover the same hours: what the second one shows of the day before is no news.
    first = Reading(at, {**second.hours, **reading(at, clock).hours}, 0)
    known = {label: shown for label, shown in first.hours.items() if label <= max(reading(at, clock).hours)}
    return report_zones.judge(Reading(at, known, sum(known.values())), second, time_zone=time_zone)


@pytest.mark.parametrize("time_zone", [LOS_ANGELES, SYDNEY])
@pytest.mark.parametrize("hours", [0, 5, 11, 17, 23])
def test_what_is_new_in_an_hour_tells_the_zone_at_any_time_of_day(time_zone: str, hours: int) -> None:
    at = NOON + timedelta(hours=hours)
    assert judged(UTC, time_zone, at=at).zone is ReportZone.UTC
    assert judged(ZoneInfo(time_zone), time_zone, at=at).zone is ReportZone.ACCOUNT


def test_clocks_that_are_an_hour_apart_are_left_open_where_reports_may_just_be_late() -> None:
    found = judged(UTC, BERLIN)
    assert (found.zone, found.why) == (None, "what is new fits both zones, or neither")
    assert found.shares == {"account": "1.000", "utc": "1.000"}


def test_reports_that_are_too_far_apart_tell_nothing() -> None:
    assert judged(UTC, LOS_ANGELES, apart=timedelta(hours=7)).zone is None
    assert judged(UTC, LOS_ANGELES, apart=timedelta(0)).zone is None


def test_a_report_that_does_not_come_to_the_accounts_total_tells_nothing() -> None:
    whole = reading(NOON, UTC)
    later = NOON + timedelta(hours=1)
    for pair in (
        (whole, reading(later, UTC, missing=500)),
        (reading(NOON, UTC, missing=500), reading(later, UTC)),
    ):
        found = report_zones.judge(*pair, time_zone=LOS_ANGELES)
        assert (found.zone, "total" in found.why) == (None, True)


def test_a_handful_of_impressions_tells_nothing() -> None:
    first, second = (reading(at, UTC, hourly=5) for at in (NOON, NOON + timedelta(hours=1)))
    found = report_zones.judge(first, second, time_zone=LOS_ANGELES)
    assert (found.zone, found.grown) == (None, 5)


def test_a_reading_is_kept_and_read_back_as_it_was() -> None:
    one = reading(NOON, UTC)
    assert Reading.from_json(one.as_json()) == one


# with the sandbox


@pytest.fixture
def desk(lent_house: House) -> Iterator[House]:
    """A campaign on Microsoft that delivers, and nobody who works but the test."""
    for process in lent_house.installed.workers:
        if process.poll() is None:
            lent_house.installed.kill(process)
    _forget()
    yield lent_house
    lent_house.installed.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": "account"})
    _forget()
    work_off(only_due=False)


def _forget() -> None:
    with db.owner_connection() as connection:
        connection.execute("UPDATE platform_accounts SET attributes = attributes - 'report_zone', zone_evidence = NULL")


def account_of(desk: House) -> AccountView:
    (found,) = connections.accounts(desk.actor, platform=Platform.MICROSOFT_ADS)
    return found


def pull_hours(desk: House) -> None:
    metrics.sync(desk.actor, grain=GrainName.HOUR)
    work_off()


def until_ten_in_the_morning(desk: House) -> None:
    """Time passes until the account's clock shows ten past ten of another day: a day of its delivery has gone by."""
    now = datetime.fromisoformat(desk.installed.control("clock")["now"]).astimezone(ZoneInfo(LOS_ANGELES))
    wanted = now.replace(hour=10, minute=10, second=0, microsecond=0) + timedelta(days=2)
    desk.installed.pass_time(f"PT{int((wanted - now).total_seconds())}S")


def notes(desk: House) -> dict[Platform | None, str | None]:
    shown = queries.show(desk.actor, since=date(2020, 1, 1), until=date(2100, 1, 1), by=(By.PLATFORM,))
    return {row.platform: row.note for row in shown}


def days(desk: House) -> dict[str, int]:
    """What is held of each day on Microsoft."""
    by = (By.PLATFORM, By.DAY)
    shown = queries.show(desk.actor, since=date(2020, 1, 1), until=date(2100, 1, 1), by=by)
    return {str(row.date): row.impressions for row in shown if row.platform is Platform.MICROSOFT_ADS}


def truth(desk: House) -> dict[str, int]:
    rows = desk.installed.control("ledger?platform=microsoft_ads&grain=day")["delivery"]
    return {row["date"]: row["impressions"] for row in rows if row["impressions"]}


def test_the_zone_is_decided_by_two_pulls_of_hours_and_the_days_are_uncertain_until_then(desk: House) -> None:
    campaigns.deploy(desk.actor, ad_id=desk.ad(), accept_losses=True, platforms=[Platform.MICROSOFT_ADS])
    work_off()
    for value in ("utc", "account"):
        _forget()
        desk.installed.control("account", {"platform": "microsoft_ads", "action": "report_zone", "value": value})
        until_ten_in_the_morning(desk)
        metrics.sync(desk.actor)
        pull_hours(desk)
        account = account_of(desk)
        assert (account.attributes.get("report_zone"), account.zone_evidence) == (None, {})
        for by in ((By.PLATFORM,), (By.CAMPAIGN,), ()):
            (row,) = queries.show(desk.actor, since=date(2020, 1, 1), until=date(2100, 1, 1), by=by)
            assert "uncertain" in (row.note or "")
        assert (days(desk) == truth(desk)) == (value == "account")
        desk.installed.pass_time("PT1H")
        pull_hours(desk)
        account = account_of(desk)
        assert account.attributes["report_zone"] == value, account.zone_evidence
        evidence = account.zone_evidence or {}
        assert (evidence["zone"], evidence["grown"] >= 20) == (value, True)
        assert "reading" not in evidence
        assert notes(desk)[Platform.MICROSOFT_ADS] is None
        work_off()
        if value == "utc":
            assert days(desk) == truth(desk), "what was read in the wrong zone was pulled anew"


def test_a_person_may_say_it_and_is_believed(desk: House) -> None:
    account = account_of(desk)
    with pytest.raises(Invalid, match="settings"):
        connecting.choose(desk.actor, account_id=account.id, settings={"report_zone": "moon"})
    connecting.choose(desk.actor, account_id=account.id, settings={"report_zone": "utc"})
    assert not report_zones.is_doubted(account_of(desk))
    assert report_zones.of_hours(account_of(desk)) == "UTC", "also of a report without a row"
    pull_hours(desk)
    assert account_of(desk).zone_evidence is None
    connecting.choose(desk.actor, account_id=account.id, settings={"report_zone": None})
    assert report_zones.is_doubted(account_of(desk))


def test_only_microsofts_zone_is_doubted(desk: House) -> None:
    doubted = {each.platform for each in connections.accounts(desk.actor) if report_zones.is_doubted(each)}
    assert doubted == {Platform.MICROSOFT_ADS}
    for each in connections.accounts(desk.actor):
        said = replace(each, attributes={**each.attributes, report_zones.ATTRIBUTE: "utc"})
        is_utc = each.platform is Platform.MICROSOFT_ADS
        assert report_zones.of_hours(said) == ("UTC" if is_utc else each.time_zone)
