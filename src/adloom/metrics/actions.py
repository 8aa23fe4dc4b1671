"""Asking for numbers: one pull per ad account, queued."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority


def sync(actor: Actor, *, since: date | None = None, until: date | None = None) -> tuple[UUID, ...]:
    """Queues a pull of every ad account and returns the jobs' ids; a pull that waits already is not queued twice.

    Without dates: every day not covered yet, and the platform's restatement window.
    """
    actor.may_write()
    if since is not None and until is not None and until < since:
        raise Invalid.field("to", f"{until} is before {since}.", "Give a later day, or none.")
    with db.transaction(actor) as session:
        return tuple(
            jobs.enqueue(
                session,
                job_type="metrics.pull",
                data={"account_id": account.id, "since": since, "until": until},
                actor=actor,
                client_id=account.client_id,
                dedupe_key=f"pull:{account.id}:{since}:{until}",
                priority=Priority.PERSON,
                max_attempts=5,
            )
            for account in connections.accounts_in(session)
            if account.status != AccountStatus.DISCONNECTED
        )
