"""The queue's own rules, held by the database: who is woken, what a job may look like, and that one key is one job."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.core.errors import Conflict
from adloom.db import engine, violations
from adloom.db import session as db
from adloom.db.urls import Urls


def _notes(connection: psycopg.Connection[object]) -> list[str]:
    return [note.payload for note in connection.notifies(timeout=0.2)]


def test_workers_are_woken_when_work_is_committed_and_not_before(actor: Actor) -> None:
    with engine.direct_connection() as listening:
        listening.execute("LISTEN adloom_jobs")
        with db.transaction(actor) as session:
            _enqueue(session, actor)
            assert _notes(listening) == []
        assert _notes(listening) == ["test"]


def test_workers_are_woken_when_a_job_comes_back_and_not_when_it_is_taken_or_ends(actor: Actor) -> None:
    with db.transaction(actor) as session:
        _enqueue(session, actor)
    with engine.direct_connection() as listening:
        listening.execute("LISTEN adloom_jobs")
        _change("status = 'running', locked_by = 'w', lease_expires_at = now()")
        assert _notes(listening) == []
        _change("status = 'pending', locked_by = NULL, lease_expires_at = NULL")
        assert _notes(listening) == ["test"]
        _change("progress = '{}'")
        _change("status = 'completed', completed_at = now()")
        assert _notes(listening) == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("status = 'running'", "running_job_has_a_lease"),
        ("status = 'completed'", "completed_at_iff_final"),
        ("completed_at = now()", "completed_at_iff_final"),
        ("attempts = -1", "attempts_are_counted"),
        ("max_attempts = 0", "max_attempts_is_positive"),
    ],
)
def test_a_job_is_in_one_of_its_states_or_not_at_all(actor: Actor, change: str, rule: str) -> None:
    with db.transaction(actor) as session:
        _enqueue(session, actor)
    with pytest.raises(Conflict, match="impossible"), violations.translated({rule: lambda: Conflict("impossible")}):
        _change(change)


def test_a_key_is_one_living_job_and_free_again_when_that_has_ended(actor: Actor) -> None:
    with db.transaction(actor) as session:
        _enqueue(session, actor, key="k")
    with (
        pytest.raises(Conflict),
        violations.translated({"live_job_is_queued_once": lambda: Conflict("queued already")}),
        db.transaction(actor) as session,
    ):
        _enqueue(session, actor, key="k")
    _change("status = 'cancelled', completed_at = now()")
    with db.transaction(actor) as session:
        _enqueue(session, actor, key="k")


def test_another_error_is_not_mistaken_for_a_rule(database: Urls) -> None:
    with pytest.raises(Exception, match="division by zero"), violations.translated({"any": lambda: Conflict("no")}):
        with db.anonymous() as session:
            session.execute(text("SELECT 1 / 0"))


def _enqueue(session: db.Session, actor: Actor, key: str | None = None) -> None:
    session.execute(
        text(
            """
            INSERT INTO background_jobs (user_id, job_type, job_data, dedupe_key)
            VALUES (:user_id, 'test', '{}', :key)
            """
        ),
        {"user_id": actor.tenant_id, "key": key},
    )


def _change(change: str) -> None:
    with db.worker_transaction() as session:
        session.execute(text(f"UPDATE background_jobs SET {change}"))
