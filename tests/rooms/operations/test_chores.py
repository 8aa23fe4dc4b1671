"""Upkeep by the worker: partitions ahead and retention, with and without the owner's login."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from tests import installation
from tests.databases import Cluster
from tests.installation import work_off

from adloom.core.actor import Actor
from adloom.db import engine, partitions, roles
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.jobs import actions as jobs
from adloom.jobs.types import JobStatus
from adloom.operations import doctor, upkeep


def chore(job_type: str) -> tuple[str, dict[str, object]]:
    with db.worker_transaction() as session:
        job_id = jobs.enqueue(session, job_type=job_type, data={}, actor=None)
    work_off()
    with db.worker_transaction() as session:
        row = session.execute(text("SELECT status, result FROM background_jobs WHERE id = :id"), {"id": job_id}).one()
    return row.status, row.result or {}


@pytest.fixture
def a_year_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The business clock stands a year ahead, where no partition has been made yet."""
    clock = tmp_path / "clock"
    clock.write_text("P400D")
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{clock}")


def last_day(urls: Urls) -> date:
    found = [table.next for table in partitions.tables(urls.owner) if table.table == "campaign_metrics"]
    assert found[0] is not None
    return found[0]


@pytest.fixture
def own_schema(cluster: Cluster) -> Iterator[Urls]:
    """A database whose partitions may be changed."""
    with cluster.migrated() as urls:
        engine.configure(urls)
        yield urls
        engine.dispose()


def test_partitions_are_made_ahead_of_the_business_clock(own_schema: Urls, a_year_on: None) -> None:
    before = last_day(own_schema)
    assert chore("operations.partitions")[0] == JobStatus.COMPLETED
    assert last_day(own_schema) > before


def test_a_worker_without_the_owners_login_makes_partitions_all_the_same(own_schema: Urls, a_year_on: None) -> None:
    before = last_day(own_schema)
    logins = {name: url for name, url in own_schema.logins.items() if name in (roles.APP, roles.WORKER)}
    engine.configure(Urls(logins=logins, embedded=False))
    assert not upkeep.has_owner()
    status, result = chore("operations.partitions")
    assert status == JobStatus.COMPLETED
    assert result["partitions"]
    assert last_day(own_schema) > before


def test_retention_removes_what_is_past_its_time(own_schema: Urls, actor_of_own: Actor) -> None:
    with db.transaction(actor_of_own) as session:
        jobs.enqueue(session, job_type="test.nobody_does_this", data={}, actor=actor_of_own)
    with db.owner_connection() as connection:
        connection.execute(
            """
            UPDATE background_jobs
            SET
                status = 'cancelled',
                completed_at = now() - INTERVAL '31 days'
            """
        )
    status, result = chore("operations.retention")
    assert status == JobStatus.COMPLETED
    assert {"table": "background_jobs", "what": "rows", "rows": 1, "is_estimate": False} in result["removed"]  # type: ignore[operator]


@pytest.fixture
def actor_of_own(own_schema: Urls) -> Actor:
    """An owner in it."""
    return installation.owner("owner@example.com")


def test_the_doctor_says_that_nobody_works(database: Urls) -> None:
    found = doctor.examine(database)
    assert [finding.level for finding in found] == sorted(
        (finding.level for finding in found), key=["wrong", "warning", "fine"].index
    )
    assert any("No worker lives" in finding.what and finding.mend for finding in found)
