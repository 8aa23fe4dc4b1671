"""Killed workers, answers that never come, a platform or a database that is gone, words that cross: each once.

Every test takes one ad to all four platforms at the same time, each with its own path to the first outward write.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests import installation
from tests.housing import House
from tests.installation import outage, until

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus, StepState
from adloom.db import session as db
from adloom.jobs import queries as jobs
from adloom.jobs.types import JobView
from adloom.platforms.types import Operation, Platform

# The write that brings a campaign into being, as each platform's own path names it.
CREATE = {
    Platform.GOOGLE_ADS: r"POST .*googleAds:mutate",
    Platform.FACEBOOK_ADS: r"POST .*/campaigns$",
    Platform.MICROSOFT_ADS: r"POST .*/Campaigns$",
    Platform.TIKTOK_ADS: r"POST .*/campaign/create/",
}
# A write in the middle: the campaign stands, and nothing can deliver yet. Google makes everything in one write.
MIDDLE = {
    Platform.FACEBOOK_ADS: r"POST .*/adsets$",
    Platform.MICROSOFT_ADS: r"POST .*/AdGroups$",
    Platform.TIKTOK_ADS: r"POST .*/adgroup/create/",
}
_PATIENT = [platform for platform in Platform if platform is not Platform.TIKTOK_ADS]
# The platforms' own words for a campaign that may deliver.
LIVE = {"enabled", "active", "enable"}


def deploy(house: House, ad_id: UUID) -> dict[Platform, UUID]:
    """Deploys the ad everywhere; the job of each platform."""
    queued = campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True)
    history = campaign_queries.history(house.actor, ad_id=ad_id)
    jobs_ = {d.platform: d.job_id for d in history if d.job_id in queued.job_ids}
    assert set(jobs_) == set(Platform)
    return {platform: job_id for platform, job_id in jobs_.items() if job_id is not None}


def change(house: House, ad_id: UUID, operation: Operation) -> tuple[UUID, ...]:
    return campaigns.change(house.actor, ad_id=ad_id, operation=operation).job_ids


def finished(house: House, job_ids: Iterable[UUID]) -> list[JobView]:
    return [installation.finished(house.actor, job_id) for job_id in job_ids]


def plan_faults(house: House, fault: str, matches: Mapping[Platform, str] = CREATE) -> list[str]:
    return [house.installed.fault(platform.value, match, fault) for platform, match in matches.items()]


def all_met(house: House, faults: Iterable[str]) -> None:
    """Waits until every one of the faults has struck."""

    def left() -> set[str]:
        return {item["id"] for item in house.installed.control("faults")["faults"] if item["left"] > 0}

    until(lambda: not left() & set(faults), what="every platform was struck")


def release(house: House, faults: Iterable[str]) -> None:
    for fault in faults:
        house.installed.control(f"faults/{fault}", method="DELETE")


def of_ad(house: House, ad_id: UUID, *, with_deleted: bool = False) -> tuple[CampaignView, ...]:
    return campaign_queries.of_ad(house.actor, ad_id=ad_id, with_deleted=with_deleted)


def remote(house: House, campaign: CampaignView) -> list[dict[str, Any]]:
    """What the sandbox holds under the campaign's marker."""
    found = house.installed.objects(campaign.platform.value)
    return [item for item in found if item["name"] and campaign.marker in item["name"]]


def stands_once(house: House, ad_id: UUID, status: CampaignStatus = CampaignStatus.ACTIVE) -> None:
    """On each platform one campaign, in the ledger and in our rows, no object twice, and nothing uncertain."""
    for campaign in of_ad(house, ad_id):
        found = remote(house, campaign)
        ids = [item["id"] for item in found if item["type"].lower() == "campaign"]
        assert ids == [campaign.platform_campaign_id], campaign.platform
        names = [(item["type"], item["name"], item["parent_id"]) for item in found]
        assert len(names) == len(set(names)), "an object stands twice"
        assert campaign.status is status, (campaign.platform, campaign.error_message)
    assert len(of_ad(house, ad_id)) == len(Platform)
    nothing_is_open(house, ad_id)


def nothing_is_open(house: House, ad_id: UUID) -> None:
    history = campaign_queries.history(house.actor, ad_id=ad_id)
    assert all(deployment.status.is_final for deployment in history)
    states = {step.state for deployment in history for step in deployment.steps}
    assert not states & {StepState.SENT, StepState.UNCERTAIN}


def is_live(house: House, campaign: CampaignView) -> bool:
    return any(
        item["type"].lower() == "campaign" and str(item["status"]).lower() in LIVE for item in remote(house, campaign)
    )


def test_a_worker_killed_while_the_platforms_take_the_write_leaves_one_campaign_each(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "timeout_after")
    job_ids = deploy(house, ad_id)
    until(lambda: all(remote(house, campaign) for campaign in of_ad(house, ad_id)), what="all took the write")
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    house.installed.worker()
    ended = finished(house, job_ids.values())
    assert {(job.status, job.attempts) for job in ended} == {("completed", 1)}, "a worker's death spends no attempt"
    stands_once(house, ad_id)


def test_a_worker_killed_before_the_write_arrives_leaves_one_campaign_each(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold")
    job_ids = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    house.installed.worker()
    assert {job.status for job in finished(house, job_ids.values())} == {"completed"}
    stands_once(house, ad_id)


@pytest.mark.parametrize("fault", ["cut", "server_error", "token_expired"])
def test_a_platform_that_breaks_once_gets_one_campaign(house: House, fault: str) -> None:
    ad_id = house.ad()
    plan_faults(house, fault)
    job_ids = deploy(house, ad_id)
    ended = dict(zip(job_ids, finished(house, job_ids.values()), strict=True))
    if fault == "token_expired":  # TikTok's tokens cannot be renewed: a person has to connect again
        lapsed = ended.pop(Platform.TIKTOK_ADS)
        assert (lapsed.error or {})["code"] == "credentials_expired"
        house.installed.connect(house.actor)
        again = campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True).job_ids
        ended[Platform.TIKTOK_ADS] = finished(house, again)[0]
    assert {platform: job.error for platform, job in ended.items() if job.status != "completed"} == {}
    stands_once(house, ad_id)


def test_a_platform_that_wants_us_to_wait_is_left_alone_until_then(house: House) -> None:
    ad_id = house.ad()
    plan_faults(house, "throttle")
    job_ids = deploy(house, ad_id)
    until(lambda: _wait_for_quota(house, job_ids), what="all wait for quota")
    before = _asked(house)
    second = house.ad(name="Another sale, behind it")
    others = deploy(house, second)
    until(lambda: _wait_for_quota(house, others), what="the second one waits too")
    assert _asked(house) == before, "who knows that the quota is spent does not ask"
    _let_quota_return(house)
    assert {job.status for job in finished(house, [*job_ids.values(), *others.values()])} == {"completed"}
    stands_once(house, ad_id)
    stands_once(house, second)


def test_a_database_that_is_gone_in_the_middle_leaves_one_campaign_each(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold")
    job_ids = deploy(house, ad_id)
    all_met(house, faults)
    with outage(house.cluster, house.installed.urls):
        release(house, faults)  # the platforms do as they were asked, and nobody can write that down
        time.sleep(1)
    assert {job.status for job in finished(house, job_ids.values())} == {"completed"}
    stands_once(house, ad_id)


def test_two_deployments_of_one_ad_have_one_effect(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold")
    first = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.worker()
    second = deploy(house, ad_id)
    assert second == first, "the second one follows the first"
    release(house, faults)
    finished(house, first.values())
    stands_once(house, ad_id)
    history = campaign_queries.history(house.actor, ad_id=ad_id)
    assert [deployment.status for deployment in history] == [DeploymentStatus.COMPLETED] * len(Platform)
    assert campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True).job_ids == ()


def test_a_campaign_that_is_paused_while_it_is_made_never_delivers(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold")
    made = deploy(house, ad_id)
    all_met(house, faults)
    paused = change(house, ad_id, Operation.PAUSE)
    assert change(house, ad_id, Operation.PAUSE) == paused, "asking twice is asking once"
    release(house, faults)
    assert {job.status for job in finished(house, [*made.values(), *paused])} == {"completed"}
    stands_once(house, ad_id, CampaignStatus.PAUSED)
    for campaign in of_ad(house, ad_id):
        assert not is_live(house, campaign)
    activated = [
        step.key
        for deployment in campaign_queries.history(house.actor, ad_id=ad_id)
        for step in deployment.steps
        if step.key in ("activate/campaign", "resume")
    ]
    assert activated == []


def test_the_last_word_counts(house: House) -> None:
    ad_id = house.ad()
    finished(house, deploy(house, ad_id).values())
    house.installed.kill(house.installed.workers[-1])  # nobody works: the words pile up
    said = [
        *change(house, ad_id, Operation.PAUSE),
        *change(house, ad_id, Operation.RESUME),
        *change(house, ad_id, Operation.PAUSE),
    ]
    house.installed.worker()
    finished(house, set(said))
    stands_once(house, ad_id, CampaignStatus.PAUSED)
    assert not any(is_live(house, campaign) for campaign in of_ad(house, ad_id))


def test_a_half_made_campaign_is_deleted_and_stays_deleted(house: House) -> None:
    ad_id = house.ad()
    faults = plan_faults(house, "hold", MIDDLE)
    made = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    deleted = change(house, ad_id, Operation.DELETE)
    house.installed.worker()
    finished(house, [*made.values(), *deleted])
    assert of_ad(house, ad_id) == ()
    for campaign in of_ad(house, ad_id, with_deleted=True):
        assert campaign.status is CampaignStatus.COMPLETED
        assert not is_live(house, campaign), campaign.platform
    nothing_is_open(house, ad_id)


def test_a_campaign_that_was_never_sent_is_not_made_after_it_was_deleted(house: House) -> None:
    ad_id = house.ad()
    house.installed.kill(house.installed.workers[-1])
    made = deploy(house, ad_id)
    deleted = change(house, ad_id, Operation.DELETE)
    house.installed.worker()
    finished(house, [*made.values(), *deleted])
    assert of_ad(house, ad_id) == ()
    assert [remote(house, campaign) for campaign in of_ad(house, ad_id, with_deleted=True)] == [[]] * len(Platform)
    nothing_is_open(house, ad_id)


def _wait_for_quota(house: House, job_ids: Mapping[Platform, UUID]) -> bool:
    """Whether all wait, but for TikTok's, whose window is a second."""
    found = [jobs.get(house.actor, job_id=job_ids[platform]) for platform in _PATIENT]
    return all(job is not None and (job.error or {}).get("code") == "throttled" for job in found)


def _asked(house: House) -> list[str]:
    """Every campaign's creation that was asked for, whatever came of it."""
    return [
        f"{item['platform']} {item['path']}"
        for item in house.installed.control("ledger")["requests"]
        if item["platform"] in _PATIENT and item["method"] == "POST"
    ]


def _let_quota_return(house: House) -> None:
    """Quotas and the queue go by the database's clock, which a test does not move: they are made due instead."""
    house.installed.pass_time("PT25H")
    with db.owner_connection() as connection:
        connection.execute(installation.FRESH_QUOTAS)
    with db.worker_transaction() as session:
        session.execute(text("UPDATE background_jobs SET scheduled_at = now() WHERE status = 'pending'"))
