"""Asking for numbers: one pull per ad account, queued."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.metrics.grains import HISTORIC, GrainName

_MOST_COMPARED = timedelta(days=366)
#: 37 months at most (`rules.HISTORY_MONTHS`, and Meta's code 3018).
_LONGEST_TOLD = timedelta(days=37 * 31)


def sync(
    actor: Actor, *, since: date | None = None, until: date | None = None, grain: GrainName = GrainName.DAY
) -> tuple[UUID, ...]:
    """Queues a pull of every ad account and returns the jobs' ids; a pull that waits already is not queued twice.

    Without dates: every day not covered yet, and the platform's restatement window.
    """
    actor.may_write()
    if since is not None and until is not None and until < since:
        raise Invalid.field("to", f"{until} is before {since}.", "Give a later day, or none.")
    with db.transaction(actor) as session:
        return tuple(
            enqueue_pull(session, actor, account, grain=grain, since=since, until=until, priority=Priority.PERSON)
            for account in connections.accounts_in(session)
            if account.status != AccountStatus.DISCONNECTED
        )


def reconcile(actor: Actor, *, since: date | None = None, until: date | None = None) -> tuple[UUID, ...]:
    """Queues a comparison of every ad account with the platform's own totals, and returns the jobs' ids.

    Without dates: the last seven days that are over. Raises Invalid for more than a year, and for days of which no
    platform tells any more. What is found is the job's result, and `outcomes.newest`.
    """
    actor.may_write()
    if since is not None and until is not None and until < since:
        raise Invalid.field("to", f"{until} is before {since}.", "Give a later day, or none.")
    if since is not None and (until or time.now().date()) - since >= _MOST_COMPARED:
        raise Invalid.field("from", f"{since} is more than a year before the last day.", "Compare a year at a time.")
    oldest = time.now().date() - _LONGEST_TOLD
    if until is not None and until < oldest:
        raise Invalid.field("to", f"no platform tells of {until} any more.", f"Give a day after {oldest}.")
    with db.transaction(actor) as session:
        return tuple(
            enqueue_reconciliation(session, actor, account, since=since, until=until, priority=Priority.PERSON)
            for account in connections.accounts_in(session)
            if account.status != AccountStatus.DISCONNECTED
        )


def backfill(actor: Actor) -> tuple[UUID, ...]:
    """Queues the whole history of every ad account, what is held of it excepted, and returns the jobs' ids.

    It is brought in behind everything else, newest first; `backfill.progress` tells how far it is.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        return tuple(
            enqueue_backfill(session, actor, account, grain=grain)
            for account in connections.accounts_in(session)
            if account.status == AccountStatus.ACTIVE
            for grain in HISTORIC
        )


def refresh_rates(actor: Actor) -> UUID:
    """Queues a fetch of the newest exchange rates, once while it waits, and returns the job's id."""
    actor.may_write()
    return jobs.ask(
        actor,
        job_type="metrics.refresh_rates",
        data={},
        dedupe_key=f"rates:{actor.tenant_id}",
        priority=Priority.PERSON,
    )


def enqueue_pull(
    session: Session,
    actor: Actor,
    account: AccountView,
    *,
    grain: GrainName,
    priority: int,
    since: date | None = None,
    until: date | None = None,
    is_hourly: bool = False,
) -> UUID:
    """Queues one account's pull in the caller's transaction, once while it waits, and returns the job's id.

    What comes round every hour (`is_hourly`) asks for less, so that it is no answer to somebody who asks for all.
    """
    return jobs.enqueue(
        session,
        job_type="metrics.pull",
        data={
            "account_id": account.id,
            "grain": grain.value,
            "since": since,
            "until": until,
            **({"hourly": True} if is_hourly else {}),
        },
        actor=actor,
        client_id=account.client_id,
        waiting_key=f"{'hourly' if is_hourly else 'pull'}:{account.id}:{grain.value}:{since}:{until}",
        priority=priority,
        max_attempts=5,
    )


def enqueue_backfill(session: Session, actor: Actor, account: AccountView, *, grain: GrainName) -> UUID:
    """Queues one account's history in the caller's transaction, once while it waits, and returns the job's id."""
    return jobs.enqueue(
        session,
        job_type="metrics.backfill",
        data={"account_id": account.id, "grain": grain.value},
        actor=actor,
        client_id=account.client_id,
        waiting_key=f"backfill:{account.id}:{grain.value}",
        priority=Priority.BACKFILL,
        max_attempts=25,
    )


def enqueue_reconciliation(
    session: Session,
    actor: Actor,
    account: AccountView,
    *,
    priority: int,
    since: date | None = None,
    until: date | None = None,
) -> UUID:
    """Queues one account's comparison in the caller's transaction, once while it waits, and returns the job's id."""
    return jobs.enqueue(
        session,
        job_type="metrics.reconcile",
        data={"account_id": account.id, "since": since, "until": until},
        actor=actor,
        client_id=account.client_id,
        waiting_key=f"reconcile:{account.id}:{since}:{until}",
        priority=priority,
    )
