"""The kill switch beside a worker at work: what is being made, a platform that holds its answers, a worker lost."""

from __future__ import annotations

import pytest
from tests.flows.test_exactly_once import all_met, deploy, is_live, nothing_is_open, of_ad, plan_faults, release
from tests.housing import House
from tests.installation import until

from adloom.campaigns import stopped, stopping
from adloom.campaigns.types import CampaignStatus, Scope
from adloom.platforms.types import Platform

EVERYTHING = Scope()
# The write that pauses a campaign, as each platform's own path names it.
PAUSE = {Platform.FACEBOOK_ADS: r"POST .*/\d+$", Platform.TIKTOK_ADS: r"POST .*status/update"}


@pytest.fixture(autouse=True)
def nothing_runs(house: House) -> None:
    """Earlier tests left nothing that this one would stop."""
    stopped.follow(house.actor, stopping.stop(house.actor, scope=EVERYTHING), scope=EVERYTHING)


def standing(house: House) -> tuple[stopping.Found, ...]:
    """What delivers once an ad has been deployed everywhere."""
    ad_id = house.ad()
    deploy(house, ad_id)
    until(
        lambda: [c.status for c in of_ad(house, ad_id)] == [CampaignStatus.ACTIVE] * len(Platform),
        what="the ad delivers everywhere",
    )
    return stopping.found(house.actor, scope=EVERYTHING)


def test_a_creation_that_the_platforms_hold_is_stopped_before_it_delivers(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold")
    deploy(house, ad_id)
    all_met(house, faults)
    asked = stopping.stop(house.actor, scope=EVERYTHING)
    assert not stopped.outcome(house.actor, scope=EVERYTHING, since=asked.asked_at).is_over
    release(house, faults)
    found = stopped.follow(house.actor, asked, scope=EVERYTHING)
    assert (len(found.stopped), found.not_stopped) == (len(Platform), ())
    until(
        lambda: {c.status for c in of_ad(house, ad_id)} == {CampaignStatus.PAUSED}, what="what was being made is whole"
    )
    assert not any(is_live(house, campaign) for campaign in of_ad(house, ad_id))
    nothing_is_open(house, ad_id)


def test_no_platform_waits_for_one_that_holds_every_answer(house: House) -> None:
    for _ in range(3):
        there = standing(house)
    slow = Platform.TIKTOK_ADS
    fault = house.installed.control("faults", {"platform": slow.value, "match": "POST", "fault": "hold", "times": 50})
    asked = stopping.stop(house.actor, scope=EVERYTHING)
    others = sum(each.platform is not slow for each in there)

    def all_others_stand() -> bool:
        return len(stopped.outcome(house.actor, scope=EVERYTHING, since=asked.asked_at).stopped) == others

    until(all_others_stand, what="all that the other platforms have stands paused")
    found = stopped.outcome(house.actor, scope=EVERYTHING, since=asked.asked_at)
    assert {each.platform for each in found.not_stopped} == {slow}, "it is still held"
    release(house, [fault["id"]])
    after = stopped.follow(house.actor, asked, scope=EVERYTHING)
    assert (len(after.stopped), after.not_stopped) == (len(there), ())
    assert after.seconds == max(each.seconds for each in after.stopped)


def test_a_worker_that_dies_while_it_stops_leaves_the_rest_to_the_next_one(house: House) -> None:
    there = standing(house)
    faults = plan_faults(house, "hold", PAUSE)
    asked = stopping.stop(house.actor, scope=EVERYTHING)
    all_met(house, faults)
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    house.installed.worker()
    found = stopped.follow(house.actor, asked, scope=EVERYTHING)
    assert (len(found.stopped), found.not_stopped) == (len(there), ())
