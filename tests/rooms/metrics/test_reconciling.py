"""Our sums against the platforms' own totals: equal after a pull, explained by strangers, and never explained away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import finished, work_off

from adloom.campaigns import actions as campaigns
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus
from adloom.core import time
from adloom.core.actor import Role
from adloom.core.errors import Forbidden, Invalid
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.metrics import actions as metrics
from adloom.metrics import grounds, outcomes
from adloom.metrics.differences import ByCampaign, Compared, Explanation, Figures, Key, Sums, by_campaign
from adloom.metrics.grounds import Cover
from adloom.operations import doctor
from adloom.platforms.types import Platform

DAY = date(2026, 11, 20)
KEY = Key(DAY, "USD")
OVER = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def _delivered() -> dict[str, bool]:
    return {}


@pytest.fixture
def delivered(lent_house: House, _delivered: dict[str, bool]) -> Iterator[House]:
    """An ad of ours on all four platforms, nine days of it, pulled; without a worker of its own."""
    for process in lent_house.installed.workers:
        if process.poll() is None:
            lent_house.installed.kill(process)
    if not _delivered:
        campaigns.deploy(lent_house.actor, ad_id=lent_house.ad(), accept_losses=True)
        work_off()
        lent_house.installed.pass_time("P9D")
        pull(lent_house)
        _delivered["is"] = True
    yield lent_house
    work_off(only_due=False)


def pull(house: House) -> None:
    job_ids = metrics.sync(house.actor)
    work_off()
    assert {finished(house.actor, job_id).status for job_id in job_ids} == {"completed"}


def reconcile(house: House, **period: date) -> list[dict[str, Any]]:
    job_ids = metrics.reconcile(house.actor, **period)
    work_off()
    ended = [finished(house.actor, job_id) for job_id in job_ids]
    assert {job.status for job in ended} == {"completed"}, [job.error for job in ended]
    return [dict(job.result or {}) for job in ended]


def words(results: list[dict[str, Any]]) -> set[str]:
    return {day["explanation"] for each in results for day in each["days"]}


def test_after_a_pull_every_closed_day_is_equal_on_every_platform(delivered: House) -> None:
    results = reconcile(delivered)
    assert [each["platform"] for each in results] == [platform.value for platform in Platform]
    for each in results:
        yesterday = time.today(each["time_zone"]) - timedelta(days=1)
        assert (each["from"], each["to"]) == ((yesterday - timedelta(days=6)).isoformat(), yesterday.isoformat())
        assert len(each["days"]) == 7
        assert all(day["ours"] == day["theirs"] and day["ours"]["impressions"] > 0 for day in each["days"])
    assert words(results) == {"equal"}
    assert [each["unexplained"] for each in results] == [0] * len(results)


def test_a_day_that_no_pull_covers_is_unknown_and_not_zero(delivered: House) -> None:
    before = time.today("UTC") - timedelta(days=60)
    (first, *_) = reconcile(delivered, since=before, until=before)
    assert [(day["ours"], day["difference"], day["explanation"]) for day in first["days"]] == [
        (None, None, "not_covered")
    ]


def test_days_to_come_are_not_asked_for_and_today_is_asked_for_as_it_is(delivered: House) -> None:
    to_come = reconcile(delivered, since=date(2090, 1, 1), until=date(2090, 1, 2))
    assert [each["days"] for each in to_come] == [[]] * len(Platform)
    for each in reconcile(delivered, since=time.today("America/Los_Angeles")):
        assert [day["date"] for day in each["days"]] == [time.today(each["time_zone"]).isoformat()]
        assert words([each]) <= {"equal", "not_covered"}


def test_a_row_that_was_tampered_with_is_unexplained_and_named(delivered: House) -> None:
    tampered = time.today("UTC") - timedelta(days=3)
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE campaign_metrics SET spend_amount = spend_amount + 0.01"
            " WHERE platform = 'google_ads' AND date = %s",
            (tampered,),
        )
    try:
        found = {each["platform"]: each for each in reconcile(delivered)}
        warned = [each for each in doctor.examine(delivered.installed.urls) if "unexplained" in each.what]
        alerts = outcomes.unexplained(delivered.actor)
        reconcile(delivered, since=tampered - timedelta(days=1), until=tampered - timedelta(days=1))
        of_another_day = doctor.examine(delivered.installed.urls), outcomes.unexplained(delivered.actor)
        kept = {each["platform"]: each for each in outcomes.newest(delivered.actor)}["google_ads"]
    finally:
        with db.owner_connection() as connection:
            connection.execute(
                "UPDATE campaign_metrics SET spend_amount = spend_amount - 0.01"
                " WHERE platform = 'google_ads' AND date = %s",
                (tampered,),
            )
    assert [(each.platform, each.days) for each in alerts] == [(Platform.GOOGLE_ADS, 1)]
    assert [each for each in of_another_day[0] if "unexplained" in each.what] == warned, "other days take nothing back"
    assert of_another_day[1] == alerts
    assert (kept["unexplained"], [day["date"] for day in kept["days"]]) == (
        1,
        [(tampered - timedelta(days=1)).isoformat(), tampered.isoformat()],
    )
    (warning,) = warned
    assert warning.what.startswith("google_ads account ")
    assert warning.level == "warning"
    google = found.pop("google_ads")
    (day,) = [day for day in google["days"] if day["explanation"] != "equal"]
    assert (day["date"], day["explanation"], google["unexplained"]) == (tampered.isoformat(), "unexplained", 1)
    assert day["difference"] == {
        "impressions": 0,
        "clicks": 0,
        "spend": "-0.01",
        "conversions": "0",
        "conversion_value": "0.00",
    }
    assert words(list(found.values())) == {"equal"}, "the others are as they were"


def test_a_strangers_campaign_explains_the_difference_to_the_last_digit(delivered: House) -> None:
    for platform in Platform:
        delivered.installed.control("seed", {"platform": platform.value, "campaigns": 1})
    delivered.installed.pass_time("P2D")
    pull(delivered)
    results = reconcile(delivered)
    assert words(results) == {"equal", "foreign"}
    for each in results:
        for day in (day for day in each["days"] if day["explanation"] == "foreign"):
            assert day["difference"] == day["foreign"]
            assert day["foreign"]["impressions"] > 0
    assert all("foreign" in words([each]) for each in results), "on each platform"


def test_the_newest_outcome_of_every_account_is_kept(delivered: House) -> None:
    results = reconcile(delivered)
    kept = outcomes.newest(delivered.actor)
    assert [{name: value for name, value in each.items() if name != "job_id"} for each in kept] == sorted(
        results, key=lambda each: each["platform"]
    )
    assert outcomes.newest(delivered.actor, client_id=delivered.actor.tenant_id) == [], "of another client's accounts"
    assert outcomes.unexplained(delivered.actor) == ()


def test_every_night_all_connected_accounts_are_compared(delivered: House) -> None:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type="metrics.reconcile_all", data={}, actor=None)
    assert len([job for job in work_off() if job.type == "metrics.reconcile"]) == len(Platform)


def test_what_cannot_be_compared_is_refused(delivered: House) -> None:
    with pytest.raises(Forbidden):
        metrics.reconcile(replace(delivered.actor, role=Role.VIEWER))
    with pytest.raises(Invalid):
        metrics.reconcile(delivered.actor, since=date(2026, 2, 2), until=date(2026, 2, 1))
    with pytest.raises(Invalid):
        metrics.reconcile(delivered.actor, since=date(2024, 2, 2), until=date(2026, 2, 1))
    with pytest.raises(Invalid, match="no platform tells of 0001-01-01"):
        metrics.reconcile(delivered.actor, until=date(1, 1, 1))


def _tamper(statement: str, *, tables: tuple[str, ...]) -> None:
    with db.owner_connection() as connection:
        for table in tables:
            connection.execute(f"UPDATE {table} SET {statement}")


def test_days_that_were_restated_since_the_last_pull_are_told_so_and_pulled_again(delivered: House) -> None:
    delivered.installed.pass_time("P1D")
    results = reconcile(delivered)
    assert "restated" in words(results) <= {"restated", "equal", "foreign", "not_covered"}
    assert {each["unexplained"] for each in results} == {0}, "a restatement is no alert"
    moved = [day["difference"] for each in results for day in each["days"] if day["explanation"] == "restated"]
    assert any(Decimal(each["conversions"]) for each in moved), "as conversions that come later do"
    for each in results:
        restated = [day["date"] for day in each["days"] if day["explanation"] == "restated"]
        assert (each["pull_job_id"] is None) is not bool(restated)
        if restated:
            pulled = finished(delivered.actor, UUID(each["pull_job_id"])).result or {}
            assert (pulled["since"], pulled["until"]) == (min(restated), max(restated))
    again = reconcile(delivered)
    assert "restated" not in words(again)
    assert {each["pull_job_id"] for each in again} == {None}


def test_a_wrong_row_is_unexplained_also_long_after_its_pull(delivered: House) -> None:
    """Within the window, and the platform agrees with itself: but nobody but an ingest writes facts, and its pull was
    later than the last comparison, which was told the same total."""
    pull(delivered)
    day = time.today("America/Los_Angeles") - timedelta(days=3)
    of_google = f"platform = 'google_ads' AND date = '{day}'"
    one_more = f"conversions = conversions %s 1 WHERE {of_google}"

    def explained() -> str:
        with db.transaction(delivered.actor) as session:
            (google,) = connections.accounts_in(session, platform=Platform.GOOGLE_ADS)
            asked = {"since": day, "until": day, "priority": Priority.PERSON}
            job_id = metrics.enqueue_reconciliation(session, delivered.actor, google, **asked)
        work_off()
        (compared,) = (finished(delivered.actor, job_id).result or {})["days"]
        return str(compared["explanation"])

    def forget() -> None:
        with db.owner_connection() as connection:
            connection.execute("DELETE FROM background_jobs WHERE job_type = 'metrics.reconcile'")

    assert explained() in ("equal", "foreign")
    forget()
    _tamper(one_more % "+", tables=("campaign_metrics",))
    assert explained() == "unexplained", "the roll-up knows nothing of it"
    _tamper(one_more % "+", tables=("account_metrics",))
    _tamper("pulled_at = pulled_at + INTERVAL '1 minute' WHERE grain = 'day'", tables=("metric_coverage",))
    delivered.installed.pass_time("PT2M")
    assert explained() == "unexplained", "a pull since then should have brought it"
    forget()
    assert explained() == "restated", "as it looks to whom nothing was told before"
    assert explained() in ("equal", "foreign"), "the pull that was queued put it right, in facts and roll-up"


def test_conversions_by_another_rule_than_the_pulls_are_of_another_attribution(delivered: House) -> None:
    delivered.installed.pass_time("P1D")
    with db.owner_connection() as connection:
        connection.execute("UPDATE metric_pulls SET attribution = '7d click, LastClick' WHERE grain = 'day'")
    results = reconcile(delivered)
    assert "attribution" in words(results)
    for day in (day for each in results for day in each["days"] if day["explanation"] == "attribution"):
        for name in ("impressions", "clicks", "spend"):
            assert day["difference"][name] == day["foreign"][name], "ours differ in what is claimed alone"
    assert {each["unexplained"] for each in results} == {0}
    pull(delivered)
    assert "attribution" not in words(reconcile(delivered))


def test_other_actions_that_were_chosen_since_the_pull_count_otherwise(delivered: House) -> None:
    """In campaigns that were made elsewhere by the account's own setting, in ours by their event."""

    def now() -> datetime:
        with db.owner_connection() as connection:
            ((found,),) = connection.execute("SELECT clock_timestamp()").fetchall()
        return found

    def is_other(platform: Platform, at: datetime) -> bool:
        account = next(each for each in connections.accounts(delivered.actor) if each.platform is platform)
        cover = Cover(at, DAY, DAY, attribution=None)
        with logins.open_connection(delivered.actor, platform=platform) as connection:
            return grounds.asked(delivered.actor, connection, account, {DAY: cover}).is_other_rule(DAY)

    def change(table: str, statement: str, back: str) -> Iterator[datetime]:
        before = now()
        _tamper(statement, tables=(table,))
        yield before
        _tamper(back, tables=(table,))

    meta, at_first = Platform.FACEBOOK_ADS, datetime(2026, 1, 1, tzinfo=UTC)
    assert not is_other(meta, at_first), "a campaign that was made has had no other event"
    setting = """attributes = attributes || '{"conversion_actions": "LEAD"}'"""
    event = "spec = jsonb_set(spec, '{ad,conversion,event}', '\"%s\"')"
    for before in (
        *change("platform_accounts", setting, "attributes = attributes - 'conversion_actions'"),
        *change("campaigns", event % "LEAD", event % "PURCHASE"),
    ):
        assert is_other(meta, before)
        assert not is_other(Platform.GOOGLE_ADS, before), "whose campaigns are counted by its own actions"
    assert not is_other(meta, now())


def test_days_of_another_zone_are_told_so_and_the_account_is_not_mixed(delivered: House) -> None:
    first = time.today("America/Los_Angeles") - timedelta(days=20)

    def act(action: str, value: str | None = None) -> None:
        delivered.installed.control("account", {"platform": "facebook_ads", "action": action, "value": value})

    act("suspend")  # what is shown until the last day counts on another one, which has to be over
    delivered.installed.pass_time("P2D")
    act("resume")
    pull(delivered)
    act("time_zone", "Europe/Berlin")
    found = {each["platform"]: each for each in reconcile(delivered, since=first)}
    meta = found.pop("facebook_ads")
    shifted = [day for day in meta["days"] if day["explanation"] == "time_zone"]
    assert len(shifted) > 10
    assert meta["unexplained"] == 0
    assert "time_zone" not in words(list(found.values()))
    status = {each.platform: each.status for each in connections.accounts(delivered.actor)}
    assert status.pop(Platform.FACEBOOK_ADS) == AccountStatus.CHANGED, "so that no pull mixes days of two zones"
    assert set(status.values()) == {AccountStatus.ACTIVE}


def _compared(ours: Figures, theirs: Figures, *, pulled_at: datetime = OVER) -> Compared:
    sums = Sums({KEY: ours}, {KEY: theirs}, {DAY: pulled_at}, time.zone("America/Los_Angeles"))
    (compared,) = sums.compare(since=DAY, until=DAY, currency="USD")
    return compared


def _figures(spend: str, *, impressions: int = 10) -> Figures:
    return Figures(impressions, 2, Decimal(spend))


@pytest.mark.parametrize(
    ("ours", "theirs", "known", "campaigns", "word"),
    [
        ("5.01", "5.00", "5.01", 2, Explanation.ROUNDING),
        ("5.019", "5.00", "5.019", 2, Explanation.ROUNDING),
        ("5.02", "5.00", "5.02", 2, Explanation.UNEXPLAINED),
        ("5.01", "5.00", "5.00", 2, Explanation.UNEXPLAINED),
        ("5.001", "5.00", "5.00", 2, Explanation.UNEXPLAINED),
    ],
)
def test_a_cent_is_rounding_only_where_the_platform_says_of_each_campaign_what_we_hold(
    ours: str, theirs: str, known: str, campaigns: int, word: Explanation
) -> None:
    told = ByCampaign(_figures(known), campaigns=campaigns)
    differs = _compared(_figures(ours), _figures(theirs))
    assert differs.explanation is Explanation.UNEXPLAINED, "until it is asked of each campaign"
    assert by_campaign(differs, held=_figures(ours), told=told).explanation is word
    assert by_campaign(
        _compared(_figures(ours, impressions=11), _figures(theirs)), held=_figures(ours, impressions=11), told=told
    ).explanation is (Explanation.UNEXPLAINED)


def test_a_day_that_was_pulled_before_it_was_over_by_the_accounts_clock_is_not_covered() -> None:
    some, more = _figures("5.00"), _figures("6.00", impressions=12)
    still_the_day = datetime(2026, 11, 21, 7, 59, tzinfo=UTC)
    assert _compared(some, more, pulled_at=still_the_day).explanation is Explanation.NOT_COVERED
    over = _compared(some, more, pulled_at=still_the_day + timedelta(minutes=1))
    assert over.explanation is Explanation.UNEXPLAINED
    assert _compared(some, some, pulled_at=still_the_day).explanation is Explanation.EQUAL


def test_sums_of_two_currencies_are_not_held_against_each_other() -> None:
    one = _figures("5.00")
    sums = Sums({KEY: one}, {Key(DAY, "EUR"): one}, {DAY: OVER}, time.zone("UTC"))
    found = sums.compare(since=DAY, until=DAY, currency="USD")
    assert [(each.key.currency, each.explanation.value) for each in found] == [
        ("EUR", "unexplained"),
        ("USD", "unexplained"),
    ]


def test_a_strangers_campaign_does_not_explain_what_it_does_not_add_up_to() -> None:
    held = _figures("5.00")
    differs = _compared(held, Figures(20, 4, Decimal("9.00")))

    def word(foreign: str, *, listed: bool = True, known: str = "5.00") -> Explanation:
        told = ByCampaign(_figures(known), Figures(10, 2, Decimal(foreign)), listed, campaigns=2)
        return by_campaign(differs, held=held, told=told).explanation

    assert word("4.00") is Explanation.FOREIGN
    assert word("4.00", listed=False) is Explanation.DELETED
    assert word("4.01") is Explanation.FOREIGN, "and a cent of rounding"
    assert word("4.01", known="5.01") is word("3.00") is Explanation.UNEXPLAINED
    assert by_campaign(differs, held=held, told=ByCampaign()).explanation is Explanation.UNEXPLAINED
