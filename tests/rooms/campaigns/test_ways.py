"""A campaign of TikTok's is spoken to in the way in which it was made, whatever the setting says by then."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, deploy, meddle, newest, remote

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.campaigns.types import CampaignStatus, DeploymentStatus
from adloom.core import settings
from adloom.platforms.types import Operation, Platform

TIKTOK = Platform.TIKTOK_ADS
LONG_AGO, LATER = "2026-01-01", "2031-01-01"


class Setting:
    """The day on which TikTok is said to end the manual path for conversions."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def is_now(self, day: str) -> None:
        self._patch.setenv("ADLOOM_TIKTOK_MANUAL_ENDS_ON", day)
        settings.load.cache_clear()


@pytest.fixture
def setting(desk: House) -> Iterator[Setting]:
    """Changes the setting; it is as it was after the test."""
    with pytest.MonkeyPatch.context() as patch:
        yield Setting(patch)
    settings.load.cache_clear()


@pytest.mark.parametrize(("before", "after"), [(LATER, LONG_AGO), (LONG_AGO, LATER)])
def test_a_setting_that_changes_leaves_what_stands_in_its_own_way(
    desk: House, setting: Setting, before: str, after: str
) -> None:
    setting.is_now(before)
    ad_id = deploy(desk, TIKTOK)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    setting.is_now(after)
    data = copy.deepcopy(dict(ad_queries.get(desk.actor, ad_id=ad_id).data))
    ads.update(desk.actor, ad_id=ad_id, data={**data, "name": "Another name"})
    assert deploy(desk, TIKTOK, ad_id) == ad_id
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, newest(desk, ad_id).error
    assert remote(desk, ad_id)[0]["name"].startswith("Another name")
    for operation, word in ((Operation.PAUSE, "DISABLE"), (Operation.RESUME, "ENABLE")):
        campaigns.change(desk.actor, ad_id=ad_id, operation=operation)
        work_off()
        assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, (operation, newest(desk, ad_id).error)
        assert remote(desk, ad_id)[0]["status"] == word
    (stood,) = remote(desk, ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
    work_off()
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    (gone,) = [each for each in desk.installed.objects(TIKTOK.value, "campaign") if each["id"] == stood["id"]]
    assert gone["status"] == "DELETE"


def test_a_creation_goes_on_in_the_way_in_which_it_began(desk: House, setting: Setting) -> None:
    setting.is_now(LATER)
    desk.installed.fault(TIKTOK.value, r"POST .*/adgroup/create/$", "server_error")
    ad_id = deploy(desk, TIKTOK)
    work_off()
    assert newest(desk, ad_id).status is DeploymentStatus.IN_PROGRESS
    setting.is_now(LONG_AGO)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.COMPLETED, newest(desk, ad_id).error
    assert len(remote(desk, ad_id)) == 1


def test_what_was_made_before_ways_were_kept_goes_by_the_setting(desk: House, setting: Setting) -> None:
    setting.is_now(LONG_AGO)
    ad_id = deploy(desk, TIKTOK)
    work_off()
    meddle(desk, "UPDATE campaign_deployments SET spec = spec - 'way'")
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
