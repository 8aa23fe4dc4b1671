"""Which pixel, goal or action an ad's event is, is kept with what was sent: another choice changes what stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, deploy, meddle, newest

from adloom.campaigns import actions as campaigns
from adloom.campaigns.types import CampaignStatus, DeploymentStatus
from adloom.cli import demo_media
from adloom.platforms.types import Platform

GOOGLE, MICROSOFT = Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS
META, TIKTOK = Platform.FACEBOOK_ADS, Platform.TIKTOK_ADS
SOLD = {"conversion": {"event": "PURCHASE"}, "objective": "CONVERSIONS"}
PURCHASE, LEAD = "700000001", "700000002"


@pytest.fixture
def desk(quiet_desk: House) -> Iterator[House]:
    """The desk, with the accounts' settings as they were once the test is over."""
    yield quiet_desk
    meddle(quiet_desk, "UPDATE platform_accounts SET attributes = attributes - 'conversion_purchase'")


def choose(desk: House, platform: Platform, chosen: str | None) -> None:
    """What the account counts as a purchase from now on."""
    values = {"platform": platform.value, "chosen": chosen}
    meddle(desk, "UPDATE platform_accounts SET attributes = attributes - 'conversion_purchase'")
    if chosen is not None:
        meddle(
            desk,
            """
            UPDATE platform_accounts
            SET attributes = attributes || jsonb_build_object('conversion_purchase', CAST(%(chosen)s AS text))
            WHERE CAST(platform AS text) = %(platform)s
            """,
            **values,
        )


def sold(desk: House, platform: Platform) -> UUID:
    """An ad that counts purchases as its account's settings say: it names no pixel of its own."""
    blocks = demo_media.demo_ad(desk.media, desk.installed.line)["platforms"]
    block = {name: value for name, value in blocks[platform.value].items() if name != "pixel"}
    return desk.ad(**SOLD, platforms={platform.value: block})


def stands(desk: House, platform: Platform) -> UUID:
    ad_id = deploy(desk, platform, sold(desk, platform))
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE, newest(desk, ad_id).error
    return ad_id


def planned(desk: House, ad_id: UUID, platform: Platform) -> dict[str, Any]:
    found: dict[str, Any] = campaigns.plan(desk.actor, ad_id=ad_id)[platform.value]
    return found


def used_goal(desk: House, ad_id: UUID) -> str | None:
    """The conversion action that the campaign on Google bids for, read from the sandbox's ledger."""
    there = desk.installed.objects(GOOGLE.value)
    own = f"{campaign_of(desk, ad_id).platform_campaign_id}~goals"
    config = next((each["fields"] for each in there if each["id"] == own), {})
    goals = {each["fields"]["resourceName"]: each["fields"] for each in there if each["type"].endswith("goal")}
    goal = goals.get(config.get("customConversionGoal"))
    return goal["conversionActions"][0].rpartition("/")[2] if goal else None


def test_another_action_on_google_is_an_update_of_what_stands(desk: House) -> None:
    choose(desk, GOOGLE, PURCHASE)
    ad_id = stands(desk, GOOGLE)
    assert used_goal(desk, ad_id) == PURCHASE
    assert planned(desk, ad_id, GOOGLE)["operation"] is None
    choose(desk, GOOGLE, LEAD)
    plan = planned(desk, ad_id, GOOGLE)
    (change,) = plan["changes"]
    assert (plan["operation"], change["field"]) == ("update", "conversion.event")
    assert (change["from"], change["to"]) == (f"PURCHASE as {PURCHASE}", f"PURCHASE as {LEAD}")
    deploy(desk, GOOGLE, ad_id)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, newest(desk, ad_id).error
    assert used_goal(desk, ad_id) == LEAD
    assert planned(desk, ad_id, GOOGLE)["operation"] is None
    choose(desk, GOOGLE, None)
    deploy(desk, GOOGLE, ad_id)
    work_off()
    assert used_goal(desk, ad_id) is None


def test_a_goal_that_is_taken_away_on_microsoft_is_an_update_of_what_stands(desk: House) -> None:
    goals = [each["id"] for each in desk.installed.objects(MICROSOFT.value) if each["type"] == "ConversionGoal"]
    choose(desk, MICROSOFT, goals[0])
    ad_id = stands(desk, MICROSOFT)
    choose(desk, MICROSOFT, None)
    (change,) = planned(desk, ad_id, MICROSOFT)["changes"]
    assert (change["field"], change["from"]) == ("conversion.event", f"PURCHASE as {goals[0]}")


@pytest.mark.parametrize("platform", [META, TIKTOK])
def test_another_pixel_is_refused_where_what_stands_keeps_its_own(desk: House, platform: Platform) -> None:
    ad_id = stands(desk, platform)
    assert planned(desk, ad_id, platform)["errors"] == []
    choose(desk, platform, "987654321")
    (error,) = planned(desk, ad_id, platform)["errors"]
    assert error["field"] == f"platforms.{platform.value}.pixel"


def test_a_creation_that_went_half_way_is_gone_on_with_as_it_was_begun(desk: House) -> None:
    choose(desk, GOOGLE, PURCHASE)
    desk.installed.fault(GOOGLE.value, r"POST .*/googleAds:mutate$", "server_error")
    ad_id = deploy(desk, GOOGLE, sold(desk, GOOGLE))
    work_off()
    choose(desk, GOOGLE, LEAD)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, newest(desk, ad_id).error
    assert used_goal(desk, ad_id) == PURCHASE
    (change,) = planned(desk, ad_id, GOOGLE)["changes"]
    assert change["to"] == f"PURCHASE as {LEAD}"


def test_what_was_made_before_goals_were_kept_goes_by_the_setting(desk: House) -> None:
    choose(desk, GOOGLE, PURCHASE)
    ad_id = stands(desk, GOOGLE)
    for table in ("campaign_deployments", "campaigns"):
        meddle(desk, f"UPDATE {table} SET spec = spec - 'goal'")
    choose(desk, GOOGLE, LEAD)
    assert planned(desk, ad_id, GOOGLE)["operation"] is None
