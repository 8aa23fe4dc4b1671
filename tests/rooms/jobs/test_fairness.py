"""Whose turn it is: a tenant with a thousand jobs does not keep another one's single job waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from tests.rooms.jobs.queueing import claim, enqueue

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs import actions, claims
from adloom.jobs.types import Priority

MANY = 300


def fill(actor: Actor, *, count: int = MANY) -> None:
    """So many jobs of one tenant, queued at once."""
    with db.transaction(actor) as session:
        for number in range(count):
            actions.enqueue(session, job_type="test.job", data={"number": number}, actor=actor)


def make_due() -> None:
    """The time of every waiting job has come; their order stays."""
    with db.worker_transaction() as session:
        session.execute(text("UPDATE background_jobs SET scheduled_at = scheduled_at - INTERVAL '1 hour'"))


def test_a_single_job_is_served_among_the_first_of_somebody_elses_many(actor: Actor, second_tenant: Actor) -> None:
    fill(actor)
    claim("w", 50)
    enqueue(second_tenant)
    assert second_tenant.tenant_id in {job.tenant_id for job in claim("w", 2)}


def test_two_tenants_with_many_jobs_take_turns(actor: Actor, second_tenant: Actor) -> None:
    fill(actor)
    fill(second_tenant)
    first = claim("w", 40)
    shares = [sum(job.tenant_id == who.tenant_id for job in first) for who in (actor, second_tenant)]
    assert min(shares) >= 18, shares


def test_the_jobs_of_one_tenant_keep_their_order(actor: Actor, second_tenant: Actor) -> None:
    fill(actor, count=30)
    fill(second_tenant, count=30)
    claimed = [job for _ in range(60) for job in claim("w", 1)]
    for who in (actor, second_tenant):
        assert [job.data["number"] for job in claimed if job.tenant_id == who.tenant_id] == list(range(30))


def test_what_waits_for_a_quota_takes_turns_when_it_comes_back(actor: Actor, second_tenant: Actor) -> None:
    fill(actor, count=60)
    enqueue(second_tenant)
    waiting = claim("w", 61)
    last = [job for job in waiting if job.tenant_id == second_tenant.tenant_id]
    with db.worker_transaction() as session:
        begun: datetime = session.execute(text("SELECT date_trunc('second', clock_timestamp())")).scalar_one()
        for job in [job for job in waiting if job not in last] + last:
            now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
            until = begun + timedelta(minutes=5, milliseconds=300) - now
            claims.hand_back(session, job=job, delay=until, spend=False, error={}, message="wait")
    assert claim("w", 1) == []
    make_due()
    assert second_tenant.tenant_id in {job.tenant_id for job in claim("w", 2)}


def test_urgency_still_comes_first(actor: Actor, second_tenant: Actor) -> None:
    enqueue(second_tenant)
    fill(actor, count=5)
    urgent = enqueue(actor, priority=Priority.STOP)
    assert [job.id for job in claim("w", 1)] == [urgent]
