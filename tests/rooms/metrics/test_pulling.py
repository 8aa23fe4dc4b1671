"""Pulls from the sandbox: what it shows is what is held, and what cannot be trusted is not taken over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from psycopg import sql
from sqlalchemy import text
from tests.housing import House
from tests.installation import finished, work_off
from tests.rooms import rows

from adloom.campaigns import actions as campaigns
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.actor import Role
from adloom.core.errors import Forbidden, Invalid
from adloom.db import engine, partitions
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs.types import JobView, Priority
from adloom.metrics import actions as metrics
from adloom.metrics import backfill, queries, rollups, rules
from adloom.metrics.grains import GrainName
from adloom.metrics.types import By
from adloom.platforms.types import Platform

ALWAYS = (date(2020, 1, 1), date(2100, 1, 1))


@pytest.fixture
def desk(lent_house: House) -> Iterator[House]:
    """The house without a worker of its own, its accounts as they were connected."""
    for process in lent_house.installed.workers:
        if process.poll() is None:
            lent_house.installed.kill(process)
    yield lent_house
    with db.owner_connection() as connection:
        connection.execute("UPDATE platform_accounts SET status = 'active'")
    work_off(only_due=False)


@pytest.fixture(scope="module")
def _delivered() -> dict[str, bool]:
    return {}


@pytest.fixture
def delivered(desk: House, _delivered: dict[str, bool]) -> House:
    """An ad of ours on all four platforms, and a stranger's campaign on each; twenty days have passed."""
    if not _delivered:
        campaigns.deploy(desk.actor, ad_id=desk.ad(), accept_losses=True)
        work_off()
        for platform in Platform:
            desk.installed.control("seed", {"platform": platform.value, "campaigns": 1})
        desk.installed.pass_time("P20D")
        desk.installed.begin_an_hour()
        _delivered["is"] = True
    return desk


def sync(desk: House, **period: date) -> list[JobView]:
    job_ids = metrics.sync(desk.actor, **period)
    work_off()
    return [finished(desk.actor, job_id) for job_id in job_ids]


def total(desk: House) -> Decimal:
    return sum((row.spend for row in queries.show(desk.actor, since=ALWAYS[0], until=ALWAYS[1], by=())), Decimal(0))


def account_of(desk: House, platform: Platform) -> UUID:
    (found,) = connections.accounts(desk.actor, platform=platform)
    return found.id


def test_what_the_platforms_show_is_what_is_held_and_strangers_are_only_named(delivered: House) -> None:
    ended = sync(delivered)
    assert {job.status for job in ended} == {"completed"}, [job.error for job in ended]
    for job in ended:
        result = job.result or {}
        assert (result["foreign_campaigns"], len(result["foreign"])) == (1, 1)
        assert result["changed"] > 0
    ours = {
        row.campaign.platform_campaign_id: row.spend
        for row in queries.show(delivered.actor, since=ALWAYS[0], until=ALWAYS[1], by=(By.CAMPAIGN,))
        if row.campaign
    }
    ledger: dict[str, Decimal] = {}
    for row in delivered.installed.control("ledger?grain=day")["delivery"]:
        spent = ledger.get(row["campaign_id"], Decimal(0)) + Decimal(str(row["spend"]))
        ledger[row["campaign_id"]] = spent
    assert ours == {id_: spend for id_, spend in ledger.items() if id_ in ours}
    assert len(ours) == len(Platform)


def test_a_second_sync_changes_nothing(delivered: House) -> None:
    sync(delivered)
    before = total(delivered)
    assert [(job.result or {})["changed"] for job in sync(delivered)] == [0] * len(Platform)
    assert total(delivered) == before


@pytest.mark.parametrize("platform", [Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS])
def test_half_a_report_is_not_kept(delivered: House, platform: Platform) -> None:
    sync(delivered)
    before = total(delivered)
    reports = {
        Platform.GOOGLE_ADS: "googleAds:search",
        Platform.FACEBOOK_ADS: "insights",
        Platform.MICROSOFT_ADS: "GenerateReport|download|report",
        Platform.TIKTOK_ADS: "report/integrated",
    }
    delivered.installed.fault(platform.value, reports[platform], "server_error", times=20)
    (job_id,) = [
        job_id
        for job_id, account in zip(metrics.sync(delivered.actor), connections.accounts(delivered.actor), strict=True)
        if account.platform is platform
    ]
    work_off()
    assert total(delivered) == before
    delivered.installed.control("faults", method="DELETE")
    work_off(only_due=False)
    assert finished(delivered.actor, job_id).status == "completed"
    assert total(delivered) == before


def test_an_account_that_reports_in_another_currency_is_flagged_and_nothing_is_merged(delivered: House) -> None:
    sync(delivered)
    before = total(delivered)
    delivered.installed.control("account", {"platform": "facebook_ads", "action": "currency", "value": "EUR"})
    ended = sync(delivered)
    refused = [job for job in ended if job.status == "failed"]
    assert [(job.error or {})["code"] for job in refused] == ["conflict"]
    assert total(delivered) == before
    (meta,) = connections.accounts(delivered.actor, platform=Platform.FACEBOOK_ADS)
    assert (meta.status, meta.currency) == ("changed", "USD")
    delivered.installed.control("account", {"platform": "facebook_ads", "action": "currency", "value": "USD"})


def test_days_of_another_time_zone_are_not_merged_and_the_account_is_flagged(delivered: House) -> None:
    sync(delivered)
    before = total(delivered)
    try:
        _move_all(delivered, "Asia/Tokyo")
        refused = [job.error or {} for job in sync(delivered)]
        assert [(error["code"], "Asia/Tokyo" in error["message"]) for error in refused] == [("conflict", True)] * 4
        assert total(delivered) == before
        assert {account.status for account in connections.accounts(delivered.actor)} == {"changed"}
    finally:
        _move_all(delivered, "America/Los_Angeles")


def _move_all(delivered: House, zone: str) -> None:
    for platform in Platform:
        change = {"platform": platform.value, "action": "time_zone", "value": zone}
        delivered.installed.control("account", change)


def test_an_account_that_cannot_be_asked_about_itself_is_pulled_all_the_same(delivered: House) -> None:
    delivered.installed.fault("tiktok_ads", "advertiser/info", "server_error", times=20)
    try:
        assert {job.status for job in sync(delivered)} == {"completed"}
        (fault,) = delivered.installed.control("faults")["faults"]
        assert fault["left"] < 20, "it was asked"
    finally:
        delivered.installed.control("faults", method="DELETE")


def test_an_account_that_is_flagged_is_not_asked(delivered: House) -> None:
    with db.owner_connection() as connection:
        connection.execute("UPDATE platform_accounts SET status = 'changed' WHERE platform = 'google_ads'")
        connection.execute("UPDATE platform_accounts SET status = 'disconnected' WHERE platform = 'tiktok_ads'")
    ended = sync(delivered)
    assert len(ended) == 3, "a disconnected one is not even queued"
    assert sorted(job.status for job in ended) == ["completed", "completed", "failed"]
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type="metrics.pull_all", data={}, actor=None)
    pulled = [job for job in work_off() if job.type == "metrics.pull"]
    assert sorted(job.data["grain"] for job in pulled) == ["day", "day", "hour", "hour"], "both are left alone"


def test_who_asks_for_all_is_not_answered_by_what_comes_every_hour(delivered: House) -> None:
    account = connections.accounts(delivered.actor, platform=Platform.GOOGLE_ADS)[0]
    with db.transaction(delivered.actor) as session:
        job_ids = [
            metrics.enqueue_pull(
                session, delivered.actor, account, grain=GrainName.DAY, priority=Priority.ROUTINE, is_hourly=is_hourly
            )
            for is_hourly in (True, False, True)
        ]
    assert job_ids[0] == job_ids[2] != job_ids[1]
    work_off()
    spans = [finished(delivered.actor, job_id).result or {} for job_id in job_ids[:2]]
    today = time.today("America/Los_Angeles")
    assert date.fromisoformat(spans[1]["since"]) < today - timedelta(days=rules.RECENT_DAYS)
    assert date.fromisoformat(spans[0]["since"]) == today - timedelta(days=rules.RECENT_DAYS), "asked for once today"


def test_days_to_come_are_not_asked_for(delivered: House) -> None:
    (result, *_) = [job.result or {} for job in sync(delivered, since=date(2090, 1, 1), until=date(2090, 1, 2))]
    assert (result["rows"], result["note"]) == (0, "these days are still to come")
    with pytest.raises(Invalid):
        metrics.sync(delivered.actor, since=date(2026, 2, 2), until=date(2026, 2, 1))


def test_days_that_nobody_keeps_are_skipped_and_counted(delivered: House) -> None:
    """A year that was mistyped costs no thousand questions."""
    today = time.today("America/Los_Angeles")
    long_ago = sync(delivered, since=date(1, 1, 1), until=today - timedelta(days=5000))
    assert {(job.result or {})["note"].partition(" before")[0] for job in long_ago} == {"days"}
    hours = metrics.sync(delivered.actor, since=today - timedelta(days=9), until=today, grain=GrainName.HOUR)
    work_off()
    results = [finished(delivered.actor, job_id).result or {} for job_id in hours]
    assert {(each["skipped_days"], each["since"]) for each in results} == {(3, (today - timedelta(days=6)).isoformat())}
    early = sync(delivered, until=today - timedelta(days=200))
    assert {(job.result or {})["note"] for job in early} == {"nothing is due on these days"}


def test_an_account_without_campaigns_is_not_pulled(installed_account: House) -> None:
    (job,) = [job for job in sync(installed_account) if (job.result or {}).get("note")]
    assert (job.result or {})["note"] == "no campaign stands on this account"


@pytest.fixture
def installed_account(desk: House) -> Iterator[House]:
    """One account more, on which nothing stands."""
    extra = rows.account(desk.actor, Platform.GOOGLE_ADS, external_id="999")
    yield desk
    with db.owner_connection() as connection:
        connection.execute("DELETE FROM platform_accounts WHERE id = %s", (extra,))


def test_the_event_that_was_deployed_counts_whatever_became_of_the_ad(delivered: House) -> None:
    sync(delivered)
    before = queries.show(delivered.actor, since=ALWAYS[0], until=ALWAYS[1], by=(By.PLATFORM,))
    with db.transaction(delivered.actor) as session:
        session.execute(text('UPDATE ads SET unified_data = unified_data || \'{"conversion": {"event": "LEAD"}}\''))
    sync(delivered)
    after = queries.show(delivered.actor, since=ALWAYS[0], until=ALWAYS[1], by=(By.PLATFORM,))
    assert [(row.platform, row.conversions) for row in after] == [(row.platform, row.conversions) for row in before]


def test_a_viewer_starts_no_pull(desk: House) -> None:
    with pytest.raises(Forbidden):
        metrics.sync(replace(desk.actor, role=Role.VIEWER))


def meta_history(desk: House) -> list[backfill.Progress]:
    return backfill.progress(desk.actor, account_id=account_of(desk, Platform.FACEBOOK_ADS))


def pulled_days(desk: House, *, after: datetime) -> list[tuple[date, date]]:
    """The spans of days that Meta was asked for by the day since a moment, as they were asked."""
    with db.reading(desk.actor) as session:
        found = session.execute(
            text(
                "SELECT since, until FROM metric_pulls WHERE grain = 'day' AND platform_account_id = :id "
                "AND pulled_at > :after ORDER BY pulled_at"
            ),
            {"id": account_of(desk, Platform.FACEBOOK_ADS), "after": after},
        ).all()
    return [(row.since, row.until) for row in found]


def test_the_past_is_brought_in_newest_first_and_goes_on_where_it_was(delivered: House) -> None:
    sync(delivered)
    before, meta = total(delivered), account_of(delivered, Platform.FACEBOOK_ADS)
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE campaigns SET created_at = created_at - INTERVAL '60 days' WHERE platform_account_id = %s", (meta,)
        )
        connection.execute("DELETE FROM metric_coverage WHERE platform_account_id = %s", (meta,))
    assert [each.state for each in meta_history(delivered)] == ["waiting"] * 3
    begun = time.now()
    asked = metrics.backfill(delivered.actor)
    assert [job.type for job in work_off()] == [], "everything else comes first"
    work_off(background=True)
    assert {finished(delivered.actor, job_id).status for job_id in asked} == {"completed"}
    assert {(each.state, each.days_held == each.days >= 60) for each in meta_history(delivered)} == {("held", True)}
    spans = pulled_days(delivered, after=begun)
    assert spans[0][1] - spans[0][0] > timedelta(days=40), "before it did anything, one answer is enough"
    assert all(later[1] < earlier[0] for earlier, later in pairwise(spans[1:]))
    assert total(delivered) == before

    gap = spans[1][0] + timedelta(days=1)
    with db.owner_connection() as connection:
        connection.execute("DELETE FROM metric_coverage WHERE platform_account_id = %s AND date = %s", (meta, gap))
    begun = time.now()
    metrics.backfill(delivered.actor)
    work_off(background=True)
    assert pulled_days(delivered, after=begun) == [(gap, gap)]


_MONTHS = ("account_metrics", "campaign_metrics", "campaign_metrics_ledger", "campaign_weeks")


def test_what_is_brought_in_lies_in_partitions_that_were_made_for_it(delivered: House) -> None:
    sync(delivered)
    before = total(delivered)
    with db.owner_connection() as connection:
        for part in partitions.partitions(connection):
            if part.table in _MONTHS and not part.is_default:
                connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(part.name)))
        connection.execute("DELETE FROM metric_coverage")
    assert total(delivered) == 0
    metrics.backfill(delivered.actor)
    work_off(background=True)
    sync(delivered)
    assert total(delivered) == before > 0
    waiting = {each.table: each.default_rows for each in partitions.tables(engine.urls().owner)}
    assert {table: waiting[table] for table in _MONTHS} == dict.fromkeys(_MONTHS, 0)
    assert rollups.recount(delivered.actor).wrong == 0


def test_a_week_has_room_in_the_month_in_which_it_begins() -> None:
    assert rollups.first_days(date(2026, 9, 2)) == {
        "account_metrics": date(2026, 9, 2),
        "campaign_weeks": date(2026, 8, 31),
    }


def test_history_that_breaks_off_is_told_and_goes_on(delivered: House) -> None:
    meta = account_of(delivered, Platform.FACEBOOK_ADS)
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE campaigns SET created_at = created_at - INTERVAL '40 days' WHERE platform_account_id = %s", (meta,)
        )
        connection.execute("DELETE FROM metric_coverage WHERE platform_account_id = %s", (meta,))
    delivered.installed.fault("facebook_ads", "insights", "server_error", times=10**6)
    metrics.backfill(delivered.actor)
    work_off(background=True)
    assert {(each.state, each.days_held) for each in meta_history(delivered)} == {("pending", 0)}
    delivered.installed.control("faults", method="DELETE")
    work_off(only_due=False, background=True)
    assert {each.state for each in meta_history(delivered)} == {"held"}
