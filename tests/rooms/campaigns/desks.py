"""Deployments worked off in this process, so that a test can look, and meddle, between any two attempts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.housing import House
from tests.installation import until, work_off

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries, rules
from adloom.campaigns.types import CampaignView, DeploymentView, StepState
from adloom.db import engine
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs import claims
from adloom.jobs import queries as job_queries
from adloom.platforms.types import Platform

META = Platform.FACEBOOK_ADS


@pytest.fixture
def desk(lent_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The house without a worker of its own, and in less of a hurry to believe nothing."""
    yield from _at_the_desk(lent_house, monkeypatch)


@pytest.fixture
def quiet_desk(shared_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The same where no test of a module needs a worker: none is started for it, and then killed."""
    shared_house.installed.settle(monkeypatch)
    engine.configure(shared_house.installed.urls)
    shared_house.installed.control("faults", method="DELETE")
    yield from _at_the_desk(shared_house, monkeypatch)


def _at_the_desk(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for process in house.installed.workers:
        if process.poll() is None:
            house.installed.kill(process)
    _finish_what_others_left()
    meddle(house, "DELETE FROM platform_quotas")  # the hour's quota is every test's own
    monkeypatch.setattr(rules, "INDEXED_WITHIN", timedelta(milliseconds=200))
    yield house
    work_off(only_due=False)


def _finish_what_others_left() -> None:
    """Takes back what dead workers hold and does it, so that a test claims no job but its own."""

    def is_taken_back() -> bool:
        with db.worker_transaction() as session:
            claims.reap(session)
            return session.execute(text("SELECT 1 FROM background_jobs WHERE status = 'running'")).first() is None

    until(is_taken_back, what="no dead worker holds a job")
    work_off(only_due=False)


def deploy(desk: House, platform: Platform = META, ad_id: UUID | None = None) -> UUID:
    """Deploys an ad (a new one) to one platform, and returns it; nothing is worked off."""
    ad_id = ad_id or desk.ad()
    campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[platform])
    return ad_id


def campaign_of(desk: House, ad_id: UUID) -> CampaignView:
    (found,) = queries.of_ad(desk.actor, ad_id=ad_id)
    return found


def newest(desk: House, ad_id: UUID) -> DeploymentView:
    return queries.history(desk.actor, ad_id=ad_id)[0]


def states(deployment: DeploymentView) -> dict[str, StepState]:
    return {step.key: step.state for step in deployment.steps}


def remote(desk: House, ad_id: UUID, type_: str = "campaign") -> list[dict[str, Any]]:
    campaign = campaign_of(desk, ad_id)
    found = desk.installed.objects(campaign.platform.value)
    return [o for o in found if o["type"].lower() == type_ and campaign.marker in (o["name"] or "")]


def meddle(desk: House, statement: str, **values: Any) -> None:
    """Changes rows behind everybody's back, as a crash or another worker would have left them."""
    with db.owner_connection() as connection:
        connection.execute(statement, values)


def give_up(desk: House, ad_id: UUID, *, cancelled: bool = False, long_ago: bool = True) -> None:
    """The deployment's job is final, and did not end it."""
    job_id = newest(desk, ad_id).job_id
    meddle(
        desk,
        """
        UPDATE background_jobs
        SET
            status = CAST(%(status)s AS job_status),
            completed_at = clock_timestamp() - %(ago)s,
            error_message = 'every worker that took this job died',
            locked_by = NULL,
            lease_expires_at = NULL
        WHERE id = %(id)s
        """,
        id=job_id,
        status="cancelled" if cancelled else "failed",
        ago=timedelta(hours=3) if long_ago else timedelta(0),
    )


def take_up(desk: House) -> None:
    with db.worker_transaction() as session:
        jobs.enqueue(session, job_type="campaigns.take_up", data={}, actor=None)
    work_off()


def connect_again(desk: House) -> None:
    """Connects all platforms anew. What worked before has to be gone: who is alive is trusted to do it."""
    until(lambda: not job_queries.living_workers(), what="no worker is alive")
    desk.installed.connect(desk.actor)
