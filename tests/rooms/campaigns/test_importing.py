"""Campaigns that others made: imported once, left as they are, paused and resumed, and never taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import finished, work_off
from tests.rooms.campaigns import desks

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.ads.types import AdOrigin
from adloom.campaigns import actions as campaigns
from adloom.campaigns import importing, names, queries, stopped, stopping
from adloom.campaigns.types import CampaignStatus, CampaignView, Scope
from adloom.connections import queries as connections
from adloom.core.errors import Conflict
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.platforms.types import Operation, Platform

PLATFORMS = pytest.mark.parametrize("platform", list(Platform), ids=lambda platform: platform.value)


def seed(desk: House, platform: Platform, count: int = 1) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = desk.installed.control("seed", {"platform": platform.value, "campaigns": count})[
        "campaigns"
    ]
    return made


def account_id(desk: House, platform: Platform) -> UUID:
    return connections.accounts(desk.actor, platform=platform)[0].id


def import_(desk: House, platform: Platform, *, ongoing: bool = True) -> Mapping[str, Any]:
    job_id = importing.begin(desk.actor, account_id=account_id(desk, platform), ongoing=ongoing)
    work_off()
    job = finished(desk.actor, job_id)
    assert job.status == "completed", job.error
    return job.result or {}


def found(desk: House, seeded: Mapping[str, Any]) -> CampaignView:
    (one,) = [c for c in queries.all_of(desk.actor) if c.platform_campaign_id == seeded["id"]]
    return one


def earlier_names(campaign: CampaignView) -> list[str]:
    with db.owner_connection() as connection:
        found = connection.execute("SELECT earlier_names FROM campaigns WHERE id = %s", (campaign.id,)).fetchone()
    return [each["name"] for each in found[0]] if found else []


def import_what_appeared() -> None:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type="campaigns.import_all", data={}, actor=None)
    work_off()


def remote_status(desk: House, seeded: Mapping[str, Any]) -> str:
    there = {o["id"]: o for o in desk.installed.objects(seeded["platform"], seeded["type"])}
    return str(there[seeded["id"]]["status"]).upper()


@PLATFORMS
def test_what_others_made_is_imported_once_and_left_as_it_is(desk: House, platform: Platform) -> None:
    seeded = seed(desk, platform)[0]
    before = desk.installed.objects(platform.value)
    first = import_(desk, platform)
    assert len(first["imported"]) >= 1
    assert import_(desk, platform)["imported"] == []
    campaign = found(desk, seeded)
    ad = ad_queries.get(desk.actor, ad_id=campaign.ad_id)
    assert (ad.origin, ad.name, campaign.name) == (AdOrigin.IMPORTED, seeded["name"], seeded["name"])
    assert ad.data["imported"]["kind"], "what its platform tells of it is kept, and read again"
    assert campaign.status is CampaignStatus.ACTIVE
    assert [each.platform_id for each in queries.objects(desk.actor, ad_id=ad.id)] == [seeded["id"]]
    assert desk.installed.objects(platform.value) == before


@PLATFORMS
def test_an_imported_campaign_is_paused_and_resumed(desk: House, platform: Platform) -> None:
    seeded = seed(desk, platform)[0]
    live = remote_status(desk, seeded)
    import_(desk, platform)
    ad_id = found(desk, seeded).ad_id
    for operation, status in ((Operation.PAUSE, CampaignStatus.PAUSED), (Operation.RESUME, CampaignStatus.ACTIVE)) * 2:
        campaigns.change(desk.actor, ad_id=ad_id, operation=operation)
        work_off()
        assert found(desk, seeded).status is status
        assert (remote_status(desk, seeded) == live) is (operation is Operation.RESUME)


def test_what_was_done_to_an_imported_ad_is_taken_back_by_its_own_command(desk: House) -> None:
    seeded = seed(desk, Platform.GOOGLE_ADS)[0]
    import_(desk, Platform.GOOGLE_ADS)
    ad_id = found(desk, seeded).ad_id
    with pytest.raises(Conflict, match=f"adloom ad resume {ad_id}, adloom campaign budget"):
        campaigns.undo(desk.actor, ad_id=ad_id)


def test_ours_is_never_imported_not_even_half_way(desk: House) -> None:
    ad_id = desks.deploy(desk)
    work_off()
    stands = desks.campaign_of(desk, ad_id).platform_campaign_id
    desks.meddle(desk, "UPDATE campaigns SET platform_campaign_id = NULL WHERE ad_id = %(ad_id)s", ad_id=ad_id)
    import_(desk, desks.META)
    assert stands not in [c.platform_campaign_id for c in queries.all_of(desk.actor)]


def test_the_content_of_an_imported_ad_is_read_only(desk: House) -> None:
    seeded = seed(desk, desks.META)[0]
    import_(desk, desks.META)
    ad_id = found(desk, seeded).ad_id
    written = ad_queries.get(desk.actor, ad_id=desk.ad()).data
    with pytest.raises(Conflict, match="edited there"):
        ads.update(desk.actor, ad_id=ad_id, data=written)
    with pytest.raises(Conflict, match="edited there"):
        campaigns.deploy(desk.actor, ad_id=ad_id)
    with pytest.raises(Conflict, match="delete it there"):
        campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)


def test_what_appears_later_is_imported_and_a_new_name_is_followed(desk: House) -> None:
    first = seed(desk, desks.META)[0]
    import_(desk, desks.META)
    second = seed(desk, desks.META)[0]
    desk.installed.control(
        "edit", {"platform": desks.META.value, "id": first["id"], "field": "name", "value": "Renamed there"}
    )
    import_what_appeared()
    assert found(desk, first).name == "Renamed there"
    assert earlier_names(found(desk, first)) == [first["name"]], "what was told before is told again under it"
    (told,) = names.renamed(desk.actor, ad_id=found(desk, first).ad_id)
    assert (told.before, told.after, told.platform) == (first["name"], "Renamed there", desks.META)
    assert ad_queries.get(desk.actor, ad_id=found(desk, first).ad_id).name == "Renamed there"
    assert found(desk, second).status is CampaignStatus.ACTIVE


def test_nothing_more_is_imported_once_that_was_ended_and_what_was_is_still_followed(desk: House) -> None:
    first = seed(desk, desks.META)[0]
    import_(desk, desks.META)
    importing.end(desk.actor, account_id=account_id(desk, desks.META))
    later = seed(desk, desks.META)[0]
    desk.installed.control(
        "edit", {"platform": desks.META.value, "id": first["id"], "field": "name", "value": "Renamed later"}
    )
    import_what_appeared()
    assert (found(desk, first).name, earlier_names(found(desk, first))) == ("Renamed later", [first["name"]])
    assert later["id"] not in [c.platform_campaign_id for c in queries.all_of(desk.actor)]


def test_the_kill_switch_stops_what_others_made(desk: House) -> None:
    seeded = [seed(desk, platform)[0] for platform in Platform]
    live = {each["id"]: remote_status(desk, each) for each in seeded}
    for platform in Platform:
        import_(desk, platform)
    asked = stopping.stop(desk.actor, scope=Scope())
    work_off()
    outcome = stopped.outcome(desk.actor, scope=Scope(), since=asked.asked_at)
    assert (outcome.is_over, outcome.not_stopped) == (True, ())
    assert all(remote_status(desk, each) != live[each["id"]] for each in seeded)
