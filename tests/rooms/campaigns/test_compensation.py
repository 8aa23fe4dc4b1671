"""What becomes of a creation that fails half-way: it stays paused to be completed, or it goes, as a person chose."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, deploy, give_up, meddle, newest, remote, states, take_up

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, OnFailure, StepState
from adloom.core.errors import Conflict
from adloom.platforms.types import Operation, Platform

META = Platform.FACEBOOK_ADS
#: A write in the middle of each platform's path that can be refused twice for its token, and so for good.
MIDDLE = {
    Platform.FACEBOOK_ADS: r"POST .*/adsets$",
    Platform.MICROSOFT_ADS: r"POST .*/AdGroups$",
}
PLATFORMS = list(MIDDLE)
LIVE = {"enabled", "active", "enable"}


def fails(desk: House, platform: Platform = META, *, on_failure: OnFailure | None = None) -> UUID:
    """An ad whose creation has failed for good in the middle, all that follows from it done."""
    desk.installed.fault(platform.value, MIDDLE[platform], "token_expired", times=2)
    ad_id = desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[platform], on_failure=on_failure)
    work_off(only_due=False)
    return ad_id


def standing(desk: House, platform: Platform, marker: str) -> list[dict[str, Any]]:
    found = desk.installed.objects(platform.value)
    return [each for each in found if marker in (each["name"] or "") and not _is_gone(each, found)]


def _is_gone(each: dict[str, Any], found: list[dict[str, Any]]) -> bool:
    """Whether an object is deleted, by itself or with what it belongs to; a creative belongs to its ad."""
    above = {item["id"]: item for item in found}
    while each is not None:
        if each["deleted_at"] is not None or each["type"] == "adcreative":
            return True
        each = above.get(each["parent_id"])  # type: ignore[assignment]
    return False


@pytest.mark.parametrize("platform", PLATFORMS)
def test_by_default_what_exists_stays_paused_and_the_next_deployment_completes_it(
    desk: House, platform: Platform
) -> None:
    ad_id = fails(desk, platform)
    failed, campaign = newest(desk, ad_id), campaign_of(desk, ad_id)
    assert (failed.type, failed.status) == (DeploymentType.CREATE, DeploymentStatus.FAILED)
    assert failed.on_failure is OnFailure.COMPLETE
    assert campaign.status is CampaignStatus.ERROR
    assert not [each for each in remote(desk, ad_id) if str(each["status"]).lower() in LIVE]
    deploy(desk, platform, ad_id)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert [each["id"] for each in remote(desk, ad_id)] == [campaign.platform_campaign_id]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_removed_is_what_our_steps_made_and_the_ad_can_begin_anew(desk: House, platform: Platform) -> None:
    ad_id = fails(desk, platform, on_failure=OnFailure.REMOVE)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    (gone,) = queries.of_ad(desk.actor, ad_id=ad_id, with_deleted=True)
    assert standing(desk, platform, gone.marker) == []
    removed, created = queries.history(desk.actor, ad_id=ad_id)
    assert (created.type, created.status) == (DeploymentType.CREATE, DeploymentStatus.FAILED)
    assert (created.error or {})["code"] == "credentials_expired", "why it failed stays to be read"
    assert (removed.type, removed.status) == (DeploymentType.DELETE, DeploymentStatus.COMPLETED)
    assert states(removed) == {"delete": StepState.DONE}
    deploy(desk, platform, ad_id)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert campaign_of(desk, ad_id).id != gone.id


def test_nothing_is_removed_while_it_is_tried_again(desk: House) -> None:
    desk.installed.fault(META.value, MIDDLE[META], "server_error")
    ad_id = desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], on_failure=OnFailure.REMOVE)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.IN_PROGRESS
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_a_removal_whose_answer_never_came_is_asked_for(desk: House) -> None:
    desk.installed.fault(META.value, r"DELETE .*", "cut")
    ad_id = fails(desk, on_failure=OnFailure.REMOVE)
    work_off(only_due=False)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    (step,) = newest(desk, ad_id).steps
    assert (step.state, step.attempts) == (StepState.DONE, 1)


def test_what_nobody_works_on_any_more_is_removed_as_well(desk: House) -> None:
    desk.installed.fault(META.value, MIDDLE[META], "throttle")
    ad_id = desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], on_failure=OnFailure.REMOVE)
    work_off()
    assert len(remote(desk, ad_id)) == 1
    give_up(desk, ad_id)
    meddle(desk, "DELETE FROM platform_quotas")  # Meta lets nobody in for minutes; long ago is over
    take_up(desk)
    work_off(only_due=False)
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()


def test_where_nothing_was_sent_nothing_is_removed(desk: House) -> None:
    ad_id = desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], on_failure=OnFailure.REMOVE)
    give_up(desk, ad_id)
    take_up(desk)
    assert [each.type for each in queries.history(desk.actor, ad_id=ad_id)] == [DeploymentType.CREATE]
    assert campaign_of(desk, ad_id).status is CampaignStatus.ERROR


def test_a_second_word_on_what_is_under_way_counts_and_silence_does_not(desk: House) -> None:
    ad_id = desk.ad()

    def say(on_failure: OnFailure | None) -> OnFailure:
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], on_failure=on_failure)
        return newest(desk, ad_id).on_failure

    assert [say(word) for word in (None, OnFailure.REMOVE, None)] == [
        OnFailure.COMPLETE,
        OnFailure.REMOVE,
        OnFailure.REMOVE,
    ]


def test_a_campaign_that_stood_before_is_never_removed_for_an_update_that_failed(desk: House) -> None:
    ad_id = desk.ad()
    deploy(desk, META, ad_id)
    work_off(only_due=False)
    stands = campaign_of(desk, ad_id).platform_campaign_id
    data = {
        **ad_queries.get(desk.actor, ad_id=ad_id).data,
        "budget": {"type": "DAILY", "amount": {"value": "75.00", "currency": "USD"}},
    }
    ads.update(desk.actor, ad_id=ad_id, data=data)
    desk.installed.fault(META.value, r"POST .*/\d+$", "token_expired", times=2)
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META], on_failure=OnFailure.REMOVE)
    work_off(only_due=False)
    assert (newest(desk, ad_id).type, newest(desk, ad_id).status) == (DeploymentType.UPDATE, DeploymentStatus.FAILED)
    assert campaign_of(desk, ad_id).platform_campaign_id == stands
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_what_is_unfinished_is_deleted_by_itself_and_what_is_whole_stays(desk: House) -> None:
    ad_id = fails(desk)
    deploy(desk, Platform.MICROSOFT_ADS, ad_id)
    work_off(only_due=False)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE, only_unfinished=True)
    work_off(only_due=False)
    assert [each.platform for each in queries.of_ad(desk.actor, ad_id=ad_id)] == [Platform.MICROSOFT_ADS]
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    with pytest.raises(Conflict, match="unfinished"):
        campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE, only_unfinished=True)
