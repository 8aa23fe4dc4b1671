"""Before a campaign is switched on it is counted: everything stands once, or nothing of it goes live."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, deploy, meddle, newest, remote, states

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.campaigns.single import Single
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, Duplicates, OnFailure, StepState
from adloom.core.errors import Invalid
from adloom.platforms.marked import Marked
from adloom.platforms.types import Operation, Platform

META, GOOGLE = Platform.FACEBOOK_ADS, Platform.GOOGLE_ADS
#: The list of ads under the marker, which is read last before a campaign is switched on.
COUNTS = {
    Platform.FACEBOOK_ADS: r"GET .*/campaigns$",
    Platform.TIKTOK_ADS: r"GET .*/campaign/get/",
    Platform.MICROSOFT_ADS: r"POST .*/Campaigns/QueryByAccountId$",
    Platform.GOOGLE_ADS: r"POST .*googleAds:search",
}
LIVE = {"enabled", "active", "enable"}


def made(desk: House, platform: Platform = META, *, on_failure: OnFailure | None = None) -> UUID:
    """An ad that stands whole, and is about to be counted and switched on."""
    desk.installed.fault(platform.value, COUNTS[platform], "server_error")
    ad_id = desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[platform], on_failure=on_failure)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.IN_PROGRESS
    return ad_id


def twin(desk: House, ad_id: UUID, type_: str = "campaign", **changes: Any) -> str:
    """What a request leaves that lands long after it was given up."""
    original = remote(desk, ad_id, type_)[0]
    body = {"platform": original["platform"], "id": original["id"], **changes}
    return str(desk.installed.control("twin", body)["id"])


def of_id(desk: House, platform: Platform, id_: str) -> dict[str, Any]:
    return next(each for each in desk.installed.objects(platform.value) if each["id"] == id_)


def live(desk: House, ad_id: UUID) -> list[str]:
    return [each["id"] for each in remote(desk, ad_id) if str(each["status"]).lower() in LIVE]


@pytest.mark.parametrize(
    ("platform", "type_"),
    [(META, "campaign"), (META, "adset"), (META, "ad"), (Platform.TIKTOK_ADS, "campaign")],
)
def test_what_a_late_request_has_left_is_taken_away_by_a_step_of_its_own(
    desk: House, platform: Platform, type_: str
) -> None:
    ad_id = made(desk, platform)
    second = twin(desk, ad_id, type_, **({"status": "PAUSED"} if platform is META else {}))
    work_off(only_due=False)
    deployment = newest(desk, ad_id)
    assert deployment.status is DeploymentStatus.COMPLETED, deployment.error
    assert of_id(desk, platform, second)["deleted_at"] is not None
    (step,) = [step for step in deployment.steps if second in step.key]
    assert (step.state, step.attempts, step.platform_id) == (StepState.DONE, 1, None)
    assert live(desk, ad_id) == [campaign_of(desk, ad_id).platform_campaign_id]


def test_a_removal_whose_answer_never_came_is_asked_for_and_not_sent_again(desk: House) -> None:
    ad_id = made(desk)
    second = twin(desk, ad_id)
    desk.installed.fault(META.value, rf"DELETE .*/{second}$", "cut")
    work_off(only_due=False)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    (step,) = [step for step in newest(desk, ad_id).steps if second in step.key]
    assert (step.attempts, (step.response or {})["adopted"]) == (1, True)


@pytest.mark.parametrize("platform", list(Platform))
def test_anything_else_stops_the_deployment_until_a_person_has_decided(desk: House, platform: Platform) -> None:
    ad_id = made(desk, platform)
    name = f"Copy of {remote(desk, ad_id)[0]['name']}"
    stranger = twin(desk, ad_id, name=name)
    work_off(only_due=False)
    stopped = newest(desk, ad_id)
    assert (stopped.status, (stopped.error or {})["code"]) == (DeploymentStatus.FAILED, "duplicates")
    assert [each["platform_id"] for each in stopped.surplus] == [stranger]
    campaign = campaign_of(desk, ad_id)
    assert campaign.status is CampaignStatus.ERROR
    assert stranger in (campaign.error_message or "")
    assert live(desk, ad_id) == [], "nothing was switched on"

    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[platform], duplicates=Duplicates.REMOVE)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, newest(desk, ad_id).error
    assert of_id(desk, platform, stranger)["deleted_at"] is not None
    assert live(desk, ad_id) == [campaign.platform_campaign_id]


def test_what_a_person_keeps_is_not_asked_about_again_and_what_came_since_is(desk: House) -> None:
    ad_id = made(desk)
    name = f"Copy of {remote(desk, ad_id)[0]['name']}"
    kept = twin(desk, ad_id, name=name)
    work_off(only_due=False)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], duplicates=Duplicates.KEEP)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED

    for operation in (Operation.PAUSE, Operation.RESUME):
        campaigns.change(desk.actor, ad_id=ad_id, operation=operation)
        work_off(only_due=False)
        assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED

    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off(only_due=False)
    later = twin(desk, ad_id, name=f"Another {name}")
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off(only_due=False)
    stopped = newest(desk, ad_id)
    assert (stopped.status, [each["platform_id"] for each in stopped.surplus]) == (DeploymentStatus.FAILED, [later])
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME, duplicates=Duplicates.KEEP)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert [of_id(desk, META, each)["deleted_at"] for each in (kept, later)] == [None, None]


def test_what_delivered_is_a_persons_even_where_we_sent_it(desk: House) -> None:
    ad_id = made(desk)
    second = twin(desk, ad_id, "adset", status="PAUSED")
    body = {"platform": META.value, "id": remote(desk, ad_id)[0]["id"], "field": "status"}
    desk.installed.control("edit", {**body, "value": "ACTIVE"})  # a person was faster
    work_off(only_due=False)
    assert (newest(desk, ad_id).error or {})["code"] == "duplicates"
    assert of_id(desk, META, second)["deleted_at"] is None


def test_a_pause_that_is_asked_for_during_the_count_wins(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ad_id = made(desk)
    look = Single.surplus

    def look_slowly(single: Single) -> tuple[Marked, ...]:
        campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
        return look(single)

    monkeypatch.setattr(Single, "surplus", look_slowly)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    activated = [step.key for each in queries.history(desk.actor, ad_id=ad_id) for step in each.steps if step.sent_at]
    assert "activate/campaign" not in activated


def test_nobody_decides_about_what_they_were_not_shown(desk: House) -> None:
    ad_id = deploy(desk)
    with pytest.raises(Invalid, match="duplicates"):
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], duplicates=Duplicates.REMOVE)


def test_a_campaign_whose_parts_are_not_listed_yet_waits(desk: House) -> None:
    ad_id = made(desk)
    desk.installed.control("lag", {"platform": META.value, "behind": "PT1H"})
    try:
        meddle(desk, "UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'")
        work_off()
        waiting = newest(desk, ad_id)
        assert waiting.status is DeploymentStatus.IN_PROGRESS
        assert states(waiting)["activate/campaign"] is StepState.PLANNED
        assert live(desk, ad_id) == []
        meddle(desk, "UPDATE deployment_steps SET finished_at = finished_at - interval '1 hour'")
        work_off(only_due=False)
        assert (newest(desk, ad_id).error or {})["code"] == "not_whole", "a platform that never shows it has lost it"
    finally:
        desk.installed.control("lag", {"platform": META.value, "behind": "PT0S"})
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
