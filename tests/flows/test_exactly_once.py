"""A worker killed while it holds a job, answers that never come, a platform that breaks: each object stands once."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from tests import installation
from tests.installation import Installation, until

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, StepState
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs import queries as jobs
from adloom.platforms.types import Platform

# The first outward write that brings a campaign into being, as each platform's own path names it.
CREATE = {
    Platform.GOOGLE_ADS: r"POST .*googleAds:mutate",
    Platform.FACEBOOK_ADS: r"POST .*/campaigns$",
    Platform.MICROSOFT_ADS: r"POST .*/Campaigns$",
    Platform.TIKTOK_ADS: r"POST .*/campaign/create/",
}


def deploy(actor: Actor, ad_id: UUID, platform: Platform) -> UUID:
    (job_id,) = campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, platforms=[platform]).job_ids
    return job_id


def stands_once(installed: Installation, actor: Actor, ad_id: UUID, platform: Platform) -> None:
    """One active campaign in the sandbox's ledger and in our rows, and nothing uncertain."""
    remote = [item for item in installed.objects(platform.value) if item["type"].lower() == "campaign"]
    (campaign,) = campaign_queries.of_ad(actor, ad_id=ad_id)
    assert [item["id"] for item in remote] == [campaign.platform_campaign_id]
    assert campaign.status is CampaignStatus.ACTIVE
    names = [
        (item["type"], item["name"], item["parent_id"])
        for item in installed.objects(platform.value)
        if item["name"] and campaign.marker in item["name"]
    ]
    assert len(names) == len(set(names)), "an object stands twice"
    (newest, *_) = campaign_queries.history(actor, ad_id=ad_id)
    assert {step.state for step in newest.steps} == {StepState.DONE}


@pytest.mark.parametrize("platform", list(Platform))
def test_a_worker_killed_while_the_platform_takes_the_write_leaves_one_campaign(
    connected: Installation, actor: Actor, ad_id: UUID, platform: Platform
) -> None:
    fault = connected.fault(platform.value, CREATE[platform], "timeout_after")
    job_id = deploy(actor, ad_id, platform)
    until(lambda: _campaigns(connected, platform) == 1, what="the platform took the write")
    connected.kill(connected.workers[-1])
    connected.control(f"faults/{fault}", method="DELETE")
    connected.worker()
    job = installation.finished(actor, job_id)
    assert (job.status, job.attempts) == ("completed", 1), "a worker's death spends no attempt"
    stands_once(connected, actor, ad_id, platform)


@pytest.mark.parametrize("platform", list(Platform))
def test_a_worker_killed_before_the_write_arrives_leaves_one_campaign(
    connected: Installation, actor: Actor, ad_id: UUID, platform: Platform
) -> None:
    fault = connected.fault(platform.value, CREATE[platform], "hold")
    job_id = deploy(actor, ad_id, platform)
    until(lambda: _held(connected, fault), what="the sandbox holds the request")
    connected.kill(connected.workers[-1])
    connected.control(f"faults/{fault}", method="DELETE")
    connected.worker()
    assert installation.finished(actor, job_id).status == "completed"
    stands_once(connected, actor, ad_id, platform)


@pytest.mark.parametrize("fault", ["cut", "server_error", "throttle", "token_expired"])
@pytest.mark.parametrize("platform", list(Platform))
def test_a_platform_that_breaks_once_gets_one_campaign(
    connected: Installation, actor: Actor, ad_id: UUID, platform: Platform, fault: str
) -> None:
    connected.fault(platform.value, CREATE[platform], fault)
    job_id = deploy(actor, ad_id, platform)
    if fault == "throttle":
        until(lambda: _is_waiting(actor, job_id), what="the job waits for quota")
        connected.pass_time("PT25H")
        _wake(actor, job_id)
    job = installation.finished(actor, job_id)
    if (platform, fault) == (Platform.TIKTOK_ADS, "token_expired"):  # its tokens cannot be renewed: a person has to
        assert (job.error or {})["code"] == "credentials_expired"
        job = installation.finished(actor, deploy(actor, ad_id, platform))
    assert job.status == "completed", job.error
    stands_once(connected, actor, ad_id, platform)


def test_two_deployments_of_one_ad_have_one_effect(connected: Installation, actor: Actor, ad_id: UUID) -> None:
    first = deploy(actor, ad_id, Platform.GOOGLE_ADS)
    second = campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, platforms=[Platform.GOOGLE_ADS])
    assert second.job_ids in ((first,), ())
    connected.worker()
    installation.finished(actor, first)
    stands_once(connected, actor, ad_id, Platform.GOOGLE_ADS)
    (deployment,) = campaign_queries.history(actor, ad_id=ad_id)
    assert deployment.status is DeploymentStatus.COMPLETED


def _campaigns(installed: Installation, platform: Platform) -> int:
    return sum(item["type"].lower() == "campaign" for item in installed.objects(platform.value))


def _held(installed: Installation, fault: str) -> bool:
    """Whether the fault has been met: none of its times are left."""
    return any(item["id"] == fault and item["left"] == 0 for item in installed.control("faults")["faults"])


def _is_waiting(actor: Actor, job_id: UUID) -> bool:
    job = jobs.get(actor, job_id=job_id)
    return job is not None and job.error is not None and job.error["code"] == "throttled"


def _wake(actor: Actor, job_id: UUID) -> None:
    """The queue waits by the database's clock, which a test does not move: the job is made due instead."""
    with db.worker_transaction() as session:
        session.execute(text("UPDATE background_jobs SET scheduled_at = now() WHERE id = :id"), {"id": job_id})
