"""Everything through PgBouncer in transaction mode: three server connections that belong to nobody for long.

A session setting, a prepared statement or a session lock on a pooled connection would show here as another tenant's
row, a wrong answer, or a job that runs twice.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from tests import installation, pooler
from tests.databases import Cluster
from tests.flows.test_one_ad import held, known_campaigns, ledger, remote_campaigns
from tests.housing import SandboxProcess
from tests.installation import Installation

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, StepState
from adloom.cli import demo_media
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions as jobs
from adloom.jobs.runner import Runner
from adloom.metrics import actions as metric_actions
from adloom.platforms.types import Platform
from adloom.reports import actions as reports


@pytest.fixture
def pooled(cluster: Cluster) -> Iterator[Urls]:
    """A database behind a pooler, which this process's engine is configured to."""
    with cluster.lent() as urls, pooler.before(urls) as through:
        engine.configure(through)
        yield through
        engine.dispose()


@pytest.fixture
def installed(
    pooled: Urls, sandbox_process: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An installation behind a pooler."""
    url, line = sandbox_process
    made = Installation(home=tmp_path / "installation", urls=pooled, sandbox_url=url, line=line)
    made.settle(monkeypatch)
    made.control("reset", {})
    yield made
    made.close()
    settings.load.cache_clear()


def test_one_ad_goes_the_whole_way_through_a_pooler(installed: Installation, media: Path) -> None:
    actor = installation.owner("owner@example.com")
    installed.worker(), installed.worker()
    installed.connect(actor)
    ad_id = ads.create(actor, data=demo_media.demo_ad(media, installed.line), base=media).id
    _done(actor, campaigns.deploy(actor, ad_id=ad_id, accept_losses=True).job_ids)
    stands = campaign_queries.of_ad(actor, ad_id=ad_id)
    assert {c.platform: c.status for c in stands} == dict.fromkeys(Platform, CampaignStatus.ACTIVE)
    assert remote_campaigns(installed, stands) == known_campaigns(stands)
    history = campaign_queries.history(actor, ad_id=ad_id)
    assert {step.state for deployment in history for step in deployment.steps} == {StepState.DONE}

    installed.pass_time("P20D")
    _done(actor, metric_actions.sync(actor))
    assert held(actor) == ledger(installed)
    making = reports.run(actor, report_id=reports.create(actor, name="Everything"))
    _done(actor, (making.job_id,))
    assert reports.read(actor, instance_id=making.instance_id).startswith(b"%PDF-")
    _nothing_is_left_in_the_pool(installed.urls)


def test_tenants_do_not_mix_on_shared_connections(pooled: Urls) -> None:
    people = [installation.owner(f"{name}@example.com") for name in ("one", "two", "three", "four")]
    for person in people:
        _write(person, count=5)

    def look(number: int) -> bool:
        person = people[number % len(people)]
        with db.reading(person) as session:
            owners = set(session.execute(text("SELECT user_id FROM background_jobs")).scalars())
            counted = session.execute(text("SELECT count(*) FROM background_jobs")).scalar_one()
        return (owners, counted) == ({person.tenant_id}, 5)

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(look, range(400)))
    _nothing_is_left_in_the_pool(pooled)


def test_a_queue_behind_a_pooler_gives_each_job_once(pooled: Urls) -> None:
    person = installation.owner("one@example.com")
    _write(person, count=60)
    done: list[str] = []
    runners = [Runner({"test.job": lambda job: done.append(str(job.id))}, concurrency=4) for _ in range(3)]
    stop = threading.Event()
    threads = [threading.Thread(target=runner.run, args=(stop,)) for runner in runners]
    for thread in threads:
        thread.start()
    installation.until(lambda: len(done) >= 60, what="all jobs are done")
    for runner in runners:
        runner.finish(stop)
    for thread in threads:
        thread.join(30)
    assert len(done) == len(set(done)) == 60
    _nothing_is_left_in_the_pool(pooled)


def _done(actor: Actor, job_ids: Iterable[UUID]) -> None:
    for job_id in job_ids:
        job = installation.finished(actor, job_id)
        assert job.status == "completed", job.error


def _write(person: Actor, *, count: int) -> None:
    for _ in range(count):
        with db.transaction(person) as session:
            jobs.enqueue(session, job_type="test.job", data={}, actor=person)


def _nothing_is_left_in_the_pool(urls: Urls) -> None:
    """Who gets a pooled connection next finds no tenant, no role, no statement and no lock of somebody before."""
    for _ in range(10):
        for login in (urls.app, urls.worker):
            with psycopg.connect(login, autocommit=True, prepare_threshold=None) as connection:
                found = connection.execute(
                    """
                    SELECT
                        coalesce(current_setting('app.user_id', true), ''),
                        current_user = session_user,
                        (SELECT count(*) FROM pg_prepared_statements),
                        (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
                    """
                ).fetchone()
                assert found == ("", True, 0, 0)
