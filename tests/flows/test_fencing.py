"""A worker that is stopped in the middle of a request, past its lease, and goes on after another has taken over.

The stopped one is a real process; the other one is this process, which need not wait for minutes: what has to pass is
made to have passed.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from tests.forked import Forked
from tests.housing import House
from tests.installation import until, work_off

from adloom.campaigns import actions as campaigns
from adloom.campaigns import alone, apply, rules
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentView, StepState
from adloom.db import session as db
from adloom.jobs import claims
from adloom.jobs.runner import LEASE
from adloom.platforms.types import Platform

META, GOOGLE = Platform.FACEBOOK_ADS, Platform.GOOGLE_ADS


@pytest.fixture(autouse=True)
def _less_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process waits a second for what may be under way elsewhere. The stopped one has its minute."""
    assert alone.WRITE_DEADLINE * 2 <= LEASE, "who loses a lease loses it long after its last request"
    for module in (alone, apply):
        monkeypatch.setattr(module, "WRITE_DEADLINE", timedelta(seconds=1))
    monkeypatch.setattr(rules, "INDEXED_WITHIN", timedelta(milliseconds=200))


@pytest.fixture
def worker(house: House) -> Forked:
    """The house's one worker."""
    (process,) = [each for each in house.installed.workers if each.poll() is None]
    return process


def deploy(house: House, platform: Platform) -> UUID:
    ad_id = house.ad()
    campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True, platforms=[platform])
    return ad_id


def struck(house: House, fault: str) -> None:
    """Waits until a request is held."""

    def is_struck() -> bool:
        return all(each["left"] == 0 for each in house.installed.control("faults")["faults"] if each["id"] == fault)

    until(is_struck, what="the request is held")


@contextmanager
def stopped(worker: Forked) -> Iterator[None]:
    """The worker does nothing inside, and its lease runs out."""
    worker.send_signal(signal.SIGSTOP)
    try:
        with db.owner_connection() as connection:
            connection.execute(
                "UPDATE background_jobs SET lease_expires_at = now() - interval '1 second' WHERE status = 'running'"
            )
        yield
    finally:
        worker.send_signal(signal.SIGCONT)


def take_over(house: House, ad_id: UUID) -> DeploymentView:
    """Does in this process what the stopped worker has begun; returns how it ended."""

    def is_done() -> bool:
        with db.worker_transaction() as session:
            claims.reap(session)
        work_off(only_due=False)
        return newest(house, ad_id).status.is_final

    until(is_done, what="the other one is through")
    return newest(house, ad_id)


def newest(house: House, ad_id: UUID) -> DeploymentView:
    return campaign_queries.history(house.actor, ad_id=ad_id)[0]


def gives_up(house: House, worker: Forked, words: str) -> None:
    """Waits until the worker that goes on has found that it is too late."""
    log = house.installed.home / f"worker-{house.installed.workers.index(worker)}.log"
    until(lambda: words in log.read_text(), what=f"the stopped worker says {words!r}", patience_s=60)


def stands_once(house: House, ad_id: UUID) -> None:
    (campaign,) = campaign_queries.of_ad(house.actor, ad_id=ad_id)
    assert campaign.status is CampaignStatus.ACTIVE
    objects = house.installed.objects(campaign.platform.value)
    names = [(each["type"], each["name"]) for each in objects if campaign.marker in (each["name"] or "")]
    assert len(names) == len(set(names)), "an object stands twice"
    assert [name for name in names if name[0].lower() == "campaign"]
    states = {step.state for each in campaign_queries.history(house.actor, ad_id=ad_id) for step in each.steps}
    assert states == {StepState.DONE}


def test_what_a_stopped_worker_has_sent_is_adopted_and_it_sends_nothing_more(house: House, worker: Forked) -> None:
    fault = house.installed.fault(META.value, r"POST .*/campaigns$", "hold")
    ad_id = deploy(house, META)
    struck(house, fault)
    with stopped(worker):
        house.installed.control(f"faults/{fault}", method="DELETE")  # Meta does as it was asked; nobody reads that
        ended = take_over(house, ad_id)
        assert ended.status is DeploymentStatus.COMPLETED
        (step,) = [step for step in ended.steps if step.key == "campaign"]
        assert (step.attempts, (step.response or {})["adopted"]) == (1, True)
    gives_up(house, worker, "claims were lost")
    stands_once(house, ad_id)


def test_a_worker_that_was_stopped_while_it_renewed_its_login_sends_nothing_after_it(
    house: House, worker: Forked
) -> None:
    house.installed.fault(GOOGLE.value, r"POST .*googleAds:mutate", "token_expired")
    fault = house.installed.fault(GOOGLE.value, r"POST .*token", "hold")
    ad_id = deploy(house, GOOGLE)
    struck(house, fault)
    with stopped(worker):
        house.installed.control(f"faults/{fault}", method="DELETE")
        assert take_over(house, ad_id).status is DeploymentStatus.COMPLETED
    gives_up(house, worker, "claim_lost")
    stands_once(house, ad_id)
