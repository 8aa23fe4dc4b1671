"""Campaigns that were deleted on their platform before anybody here knew them: their figures count, and that is all."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.housing import House
from tests.installation import finished, work_off
from tests.rooms.campaigns import desks
from tests.rooms.campaigns.test_importing import account_id, import_, import_what_appeared, seed

from adloom.ads import queries as ad_queries
from adloom.ads.types import AdStatus
from adloom.campaigns import actions as campaigns
from adloom.campaigns import foreign_budgets, importing, queries, stopped, stopping, strangers
from adloom.campaigns.types import CampaignStatus, CampaignView, Scope
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.core import time
from adloom.core.errors import Conflict
from adloom.db import session as db
from adloom.metrics import actions as metrics
from adloom.metrics import backfill
from adloom.metrics.grains import HISTORIC, GrainName
from adloom.platforms.types import DeliveryState, Operation, Platform

PLATFORMS = pytest.mark.parametrize("platform", list(Platform), ids=lambda platform: platform.value)

#: What a person's deletion is called there: field and word.
DELETED = {
    Platform.GOOGLE_ADS: ("status", "REMOVED"),
    Platform.FACEBOOK_ADS: ("status", "DELETED"),
    Platform.MICROSOFT_ADS: ("Status", "Deleted"),
    Platform.TIKTOK_ADS: ("operation_status", "DELETE"),
}

GOOGLE, META = Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS
NOBODYS = "1234567890123"

Pairs = dict[Platform, list[str]]
Spends = dict[tuple[str, str], Decimal]


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """By platform the campaign that is deleted there, and the one that stands."""
    return {}


@pytest.fixture
def told(quiet_desk: House, pairs: Pairs) -> House:
    """Two campaigns of others on each platform, three days of them, one deleted there, its account pulled; then all
    four accounts import.
    """
    if not pairs:
        for platform in Platform:
            pairs[platform] = [each["id"] for each in seed(quiet_desk, platform, 2)]
        quiet_desk.installed.pass_time("P3D")
        for platform, (gone, _) in pairs.items():
            delete(quiet_desk, platform, gone)
        sync(quiet_desk)
        assert rows(quiet_desk, "campaign_metrics") == {}, "nobody here knows them yet"
        for platform in Platform:
            import_(quiet_desk, platform)
    return quiet_desk


def delete(desk: House, platform: Platform, platform_id: str) -> None:
    field, word = DELETED[platform]
    desk.installed.control("edit", {"platform": platform.value, "id": platform_id, "field": field, "value": word})


def sync(desk: House, grain: GrainName = GrainName.DAY) -> list[Mapping[str, Any]]:
    job_ids = metrics.sync(desk.actor, grain=grain)
    work_off()
    ended = [finished(desk.actor, job_id) for job_id in job_ids]
    assert {job.status for job in ended} == {"completed"}, [job.error for job in ended]
    return [job.result or {} for job in ended]


def one(desk: House, platform_id: str) -> CampaignView:
    (found,) = [c for c in queries.all_of(desk.actor) if c.platform_campaign_id == platform_id]
    return found


def rows(desk: House, table: str) -> dict[str, int]:
    """How many facts each campaign has, by its platform id."""
    with db.owner_connection() as connection:
        found = connection.execute(
            f"SELECT platform_campaign_id, count(*) FROM {table} JOIN campaigns ON id = campaign_id GROUP BY 1"
        ).fetchall()
    return dict(found)


def take_in(desk: House, platform: Platform, platform_id: str, *, since: date | None = None) -> int:
    """As a pull does that meets this id in a report."""
    account = next(each for each in connections.accounts(desk.actor) if each.platform is platform)
    until = time.today(account.time_zone)
    with logins.open_connection(desk.actor, platform=platform) as connection:
        return strangers.take_in(
            desk.actor, connection, account, {platform_id}, since=since or until - timedelta(days=3), until=until
        )


def backfills() -> int:
    with db.owner_connection() as connection:
        found = connection.execute(
            "SELECT count(*) FROM background_jobs WHERE job_type = 'metrics.backfill'"
        ).fetchone()
    return int(found[0]) if found else 0


def spends(desk: House) -> Spends:
    """What is held of each campaign's days."""
    with db.owner_connection() as connection:
        found = connection.execute(
            "SELECT platform_campaign_id, CAST(date AS text), spend_amount FROM campaign_metrics"
            " JOIN campaigns ON id = campaign_id WHERE impressions > 0"
        ).fetchall()
    return {(campaign, day): spend for campaign, day, spend in found}


def true_spends(desk: House) -> Spends:
    told = desk.installed.control("ledger?grain=day")["delivery"]
    return {(row["campaign_id"], row["date"]): Decimal(row["spend"]) for row in told if row["impressions"]}


def test_its_days_count_with_the_rest_and_nothing_is_left_to_explain(told: House, pairs: Pairs) -> None:
    assert spends(told) == true_spends(told)
    assert {campaign for campaign, _ in spends(told)} >= {id_ for pair in pairs.values() for id_ in pair}
    job_ids = metrics.reconcile(told.actor)
    work_off()
    words = {day["explanation"] for each in job_ids for day in (finished(told.actor, each).result or {})["days"]}
    assert words == {"equal"}


def test_it_stands_here_as_what_vanished_after_an_import(told: House, pairs: Pairs) -> None:
    names = {each["id"]: each["name"] for platform in Platform for each in told.installed.objects(platform.value)}
    for platform, (gone, stands) in pairs.items():
        campaign = one(told, gone)
        assert (campaign.name, campaign.platform) == (names[gone], platform)
        assert (campaign.status, campaign.delivery_state) == (CampaignStatus.COMPLETED, DeliveryState.DELETED)
        assert campaign.deleted_at is not None
        ad = ad_queries.get(told.actor, ad_id=campaign.ad_id)
        assert (ad.name, ad.status, ad.origin.value) == (names[gone], AdStatus.COMPLETED, "imported")
        assert queries.of_ad(told.actor, ad_id=ad.id) == (), "as what vanished it is not shown unasked"
        assert one(told, stands).status is CampaignStatus.ACTIVE


def test_nothing_can_be_done_with_it_and_the_kill_switch_has_nothing_to_stop(told: House, pairs: Pairs) -> None:
    before = {platform: told.installed.objects(platform.value) for platform in Platform}
    gone = [one(told, pair[0]) for pair in pairs.values()]
    for campaign in gone:
        for operation in (Operation.PAUSE, Operation.RESUME):
            assert campaigns.change(told.actor, ad_id=campaign.ad_id, operation=operation).deployment_ids == ()
        with pytest.raises(Conflict):
            foreign_budgets.plan(told.actor, campaign_id=campaign.id, amount=Decimal(20))
        with pytest.raises(Conflict):
            campaigns.deploy(told.actor, ad_id=campaign.ad_id)
    work_off()
    assert {platform: told.installed.objects(platform.value) for platform in Platform} == before
    asked = stopping.stop(told.actor, scope=Scope())
    work_off()
    outcome = stopped.outcome(told.actor, scope=Scope(), since=asked.asked_at)
    assert (outcome.is_over, outcome.not_stopped) == (True, ())
    assert len(outcome.stopped) == len(Platform), "those that stand, and no other"
    assert all(one(told, each.platform_campaign_id or "") == each for each in gone)


def test_another_import_and_another_pull_change_nothing(told: House, pairs: Pairs) -> None:
    known, figures = queries.all_of(told.actor), spends(told)
    asked = backfills()
    for platform in Platform:
        assert import_(told, platform)["imported"] == []
    assert {each["imported_campaigns"] for each in sync(told)} == {0}
    assert {c.id for c in queries.all_of(told.actor)} == {c.id for c in known}
    assert spends(told) == figures
    assert backfills() == asked == len(Platform) * len(HISTORIC), "the past is asked for once"


def test_an_account_that_imported_before_it_was_so_has_its_past_read_once_by_itself(told: House) -> None:
    asked = backfills()
    forget = "UPDATE platform_accounts SET attributes = attributes - 'imports_history' WHERE id = %(id)s"
    desks.meddle(told, forget, id=account_id(told, META))
    for _ in range(2):
        import_what_appeared()
    assert backfills() == asked + len(HISTORIC)


def test_a_past_that_is_read_once_more_is_not_called_held_before_it_has_come(told: House) -> None:
    found = backfill.progress(told.actor)
    assert {(each.platform, each.grain) for each in found} == {(p, grain) for p in Platform for grain in HISTORIC}
    assert {each.state for each in found} == {"pending"}
    assert all(each.days_held < 100 < each.days for each in found)


def test_its_hours_are_held_too(told: House, pairs: Pairs) -> None:
    sync(told, GrainName.HOUR)
    assert {pair[0] for pair in pairs.values()} <= rows(told, "campaign_metrics_hourly").keys()


def test_what_comes_and_goes_between_two_imports_is_taken_in_by_the_first_pull_that_counts_it(told: House) -> None:
    comes_and_goes = seed(told, GOOGLE)[0]["id"]
    told.installed.pass_time("P1D")
    delete(told, GOOGLE, comes_and_goes)
    assert [each["imported_campaigns"] for each in sync(told)] == [1, 0, 0, 0]
    assert one(told, comes_and_goes).delivery_state is DeliveryState.DELETED
    assert spends(told) == true_spends(told)


@PLATFORMS
def test_one_that_is_counted_and_not_told_of_goes_by_its_id_and_once_it_is_listed_it_stands(
    told: House, pairs: Pairs, platform: Platform
) -> None:
    assert [take_in(told, platform, NOBODYS) for _ in range(2)] == [1, 0]
    found = one(told, NOBODYS)
    assert (found.name, found.delivery_state) == (NOBODYS, DeliveryState.DELETED)
    stands = one(told, pairs[platform][1])
    lost = {"deleted_at": time.now(), "id": stands.id}
    desks.meddle(told, "DELETE FROM campaigns WHERE id = %(id)s", id=found.id)
    desks.meddle(told, "UPDATE campaigns SET deleted_at = %(deleted_at)s WHERE id = %(id)s", **lost)
    assert import_(told, platform)["imported"] == []
    assert one(told, pairs[platform][1]).deleted_at is None


def test_pulls_that_meet_it_at_once_take_it_in_once(told: House) -> None:
    with ThreadPoolExecutor(3) as pulls:
        taken = list(pulls.map(lambda _: take_in(told, GOOGLE, NOBODYS + "9"), range(3)))
    assert sum(taken) == 1
    assert one(told, NOBODYS + "9").name == NOBODYS + "9"


def test_a_platform_that_refuses_to_tell_does_not_keep_figures_back(told: House) -> None:
    """Microsoft refuses days that are too long ago (ReportingServiceInvalidCustomDateRangeStart)."""
    assert take_in(told, Platform.MICROSOFT_ADS, NOBODYS, since=date(1990, 1, 1)) == 1
    assert one(told, NOBODYS).name == NOBODYS


def test_an_account_that_does_not_import_takes_nothing_in(told: House) -> None:
    importing.end(told.actor, account_id=account_id(told, META))
    stranger = seed(told, META)[0]["id"]
    told.installed.pass_time("P1D")
    delete(told, META, stranger)
    assert {each["imported_campaigns"] for each in sync(told)} == {0}
    assert take_in(told, META, NOBODYS) == 0
    import_(told, META, ongoing=False)
    assert one(told, stranger).delivery_state is DeliveryState.DELETED, "an import for once has its past asked for too"
    assert spends(told) == true_spends(told)
    later = seed(told, META)[0]["id"]
    told.installed.pass_time("P1D")
    delete(told, META, later)
    assert {each["imported_campaigns"] for each in sync(told)} == {0}, "and nothing more"


def test_what_was_deleted_long_ago_comes_with_the_past(told: House, pairs: Pairs) -> None:
    importing.end(told.actor, account_id=account_id(told, GOOGLE))
    long_gone = seed(told, GOOGLE)[0]["id"]
    told.installed.pass_time("P1D")
    delete(told, GOOGLE, long_gone)
    for platform, (_, stands) in pairs.items():
        delete(told, platform, stands)
    told.installed.pass_time("P100D")
    sync(told)
    import_(told, GOOGLE)
    assert long_gone not in {campaign for campaign, _ in spends(told)}, "that is too long ago to be asked for at once"
    desks.meddle(
        told,
        "DELETE FROM background_jobs WHERE job_type = 'metrics.backfill' AND job_data ->> 'account_id' <> %(account)s",
        account=str(account_id(told, GOOGLE)),
    )
    work_off(background=True)
    assert one(told, long_gone).delivery_state is DeliveryState.DELETED
    truth = {key: spend for key, spend in true_spends(told).items() if key[0] == long_gone}
    assert {key: spend for key, spend in spends(told).items() if key[0] == long_gone} == truth != {}
