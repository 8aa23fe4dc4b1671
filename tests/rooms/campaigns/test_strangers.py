"""Campaigns that were deleted on their platform before anybody here knew them: their figures count, and that is all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.housing import House
from tests.installation import finished, work_off
from tests.rooms.campaigns.test_importing import import_, seed

from adloom.ads import queries as ad_queries
from adloom.ads.types import AdStatus
from adloom.campaigns import actions as campaigns
from adloom.campaigns import foreign_budgets, queries, stopped, stopping
from adloom.campaigns.types import CampaignStatus, CampaignView, Scope
from adloom.core.errors import Conflict
from adloom.db import session as db
from adloom.metrics import actions as metrics
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


@pytest.fixture(scope="module")
def _seeded() -> dict[Platform, list[str]]:
    return {}


@pytest.fixture
def told(quiet_desk: House, _seeded: dict[Platform, list[str]]) -> House:
    """Two campaigns of others on each platform, three days of them, one deleted there, its account pulled; then all
    four accounts import.
    """
    if not _seeded:
        for platform in Platform:
            _seeded[platform] = [each["id"] for each in seed(quiet_desk, platform, 2)]
        quiet_desk.installed.pass_time("P3D")
        for platform, (gone, _) in _seeded.items():
            delete(quiet_desk, platform, gone)
        for grain in (GrainName.DAY, GrainName.HOUR, GrainName.CONVERSION, GrainName.AUDIENCE):
            sync(quiet_desk, grain)
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


def backfills() -> int:
    with db.owner_connection() as connection:
        found = connection.execute(
            "SELECT count(*) FROM background_jobs WHERE job_type = 'metrics.backfill'"
        ).fetchone()
    return int(found[0]) if found else 0


def spends(desk: House) -> dict[tuple[str, str], Decimal]:
    with db.owner_connection() as connection:
        found = connection.execute(
            "SELECT platform_campaign_id, CAST(date AS text), spend_amount FROM campaign_metrics"
            " JOIN campaigns ON id = campaign_id WHERE impressions > 0"
        ).fetchall()
    return {(campaign, day): spend for campaign, day, spend in found}


def true_spends(desk: House) -> dict[tuple[str, str], Decimal]:
    told = desk.installed.control("ledger?grain=day")["delivery"]
    return {(row["campaign_id"], row["date"]): Decimal(row["spend"]) for row in told if row["impressions"]}


def test_its_days_count_with_the_rest_and_nothing_is_left_to_explain(
    told: House, _seeded: dict[Platform, list[str]]
) -> None:
    assert spends(told) == true_spends(told)
    assert {campaign for campaign, _ in spends(told)} == {id_ for pair in _seeded.values() for id_ in pair}
    job_ids = metrics.reconcile(told.actor)
    work_off()
    words = {day["explanation"] for each in job_ids for day in (finished(told.actor, each).result or {})["days"]}
    assert words == {"equal"}


def test_it_stands_here_as_what_vanished_after_an_import(told: House, _seeded: dict[Platform, list[str]]) -> None:
    names = {each["id"]: each["name"] for platform in Platform for each in told.installed.objects(platform.value)}
    for platform, (gone, stands) in _seeded.items():
        campaign = one(told, gone)
        assert (campaign.name, campaign.platform) == (names[gone], platform)
        assert (campaign.status, campaign.delivery_state) == (CampaignStatus.COMPLETED, DeliveryState.DELETED)
        assert campaign.deleted_at is not None
        ad = ad_queries.get(told.actor, ad_id=campaign.ad_id)
        assert (ad.name, ad.status, ad.origin.value) == (names[gone], AdStatus.COMPLETED, "imported")
        assert queries.of_ad(told.actor, ad_id=ad.id) == (), "as what vanished it is not shown unasked"
        assert one(told, stands).status is CampaignStatus.ACTIVE


def test_nothing_can_be_done_with_it_and_the_kill_switch_has_nothing_to_stop(
    told: House, _seeded: dict[Platform, list[str]]
) -> None:
    before = {platform: told.installed.objects(platform.value) for platform in Platform}
    gone = [one(told, pair[0]) for pair in _seeded.values()]
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


def test_another_import_and_another_pull_change_nothing(told: House, _seeded: dict[Platform, list[str]]) -> None:
    known, figures = queries.all_of(told.actor), spends(told)
    asked = backfills()
    for platform in Platform:
        assert import_(told, platform)["imported"] == []
    assert {each["imported_campaigns"] for each in sync(told)} == {0}
    assert {c.id for c in queries.all_of(told.actor)} == {c.id for c in known}
    assert spends(told) == figures
    assert backfills() == asked == len(Platform) * len(HISTORIC), "the past is asked for once"


def test_hours_conversions_and_audiences_of_it_are_held_too(told: House, _seeded: dict[Platform, list[str]]) -> None:
    for grain in (GrainName.HOUR, GrainName.CONVERSION, GrainName.AUDIENCE):
        sync(told, grain)
    gone = {pair[0] for pair in _seeded.values()}
    assert gone <= rows(told, "campaign_metrics_hourly").keys()
    work_off(background=True)
    assert gone <= rows(told, "campaign_audience").keys()
