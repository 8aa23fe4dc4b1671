"""Brings in what lies before the reach of routine pulls: an account's whole history, newest first, in the background.

What lacks is told by coverage alone, so that whoever is killed, or asks twice, goes on where it was.
"""

from __future__ import annotations

import time as clock
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.jobs import claims
from adloom.jobs.types import Job, Snooze
from adloom.metrics import actions, pulling, rules
from adloom.metrics.grains import GRAINS, HISTORIC, Grain, GrainName
from adloom.metrics.pulling import Plan
from adloom.platforms.types import Platform

#: So long a worker stays at it before it looks whether something more urgent waits.
_STRETCH_S = 20.0
_A_DAY = timedelta(days=1)

_COVERED = text(
    """
    SELECT date
    FROM metric_coverage
    WHERE platform_account_id = :account_id
        AND grain = :grain
        AND (CAST(:asked_at AS timestamptz) IS NULL OR pulled_at >= CAST(:asked_at AS timestamptz))
    """
)

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")

# The newest job of each account and grain.
_JOBS = text(
    """
    SELECT DISTINCT ON (job_data ->> 'account_id', job_data ->> 'grain')
        job_data ->> 'account_id' AS account_id,
        job_data ->> 'grain' AS grain,
        job_data ->> 'asked_at' AS asked_at,
        status,
        error_message
    FROM background_jobs
    WHERE job_type = 'metrics.backfill'
    ORDER BY
        job_data ->> 'account_id',
        job_data ->> 'grain',
        created_at DESC
    """
)


@dataclass(frozen=True, slots=True)
class _Lack:
    """Which days of an account's history are not held, of how many."""

    first: date
    last: date
    missing: frozenset[date]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def without(self, since: date, until: date) -> _Lack:
        """Once the days from `since` to `until` are held."""
        missing = frozenset(day for day in self.missing if not since <= day <= until)
        return _Lack(self.first, self.last, missing)

    def as_json(self) -> dict[str, Any]:
        """As it is told while it goes on, and in the end."""
        return {
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "days": self.days,
            "days_held": self.days - len(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of an account's history is held in one grain. `state` is `held`, or how bringing it in stands."""

    account_id: UUID
    platform: Platform
    external_id: str
    grain: GrainName
    since: date
    until: date
    days: int
    days_held: int
    state: str
    message: str | None

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "account_id": str(self.account_id),
            "platform": self.platform.value,
            "external_id": self.external_id,
            "grain": self.grain.value,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "days": self.days,
            "days_held": self.days_held,
            "state": self.state,
            "message": self.message,
        }


def backfill(job: Job) -> Mapping[str, Any]:
    """Pulls what lacks of an account's history in one grain, a month at a time; gives way to others between months.

    With `asked_at` days that were covered before that moment are pulled once more: a campaign was not known then.
    """
    actor, grain = job.actor(), GRAINS[GrainName(job.data["grain"])]
    asked_at, is_once = job.data.get("asked_at"), bool(job.data.get("once"))
    with db.reading(actor) as session:
        account = pulling.account_to_pull(session, UUID(job.data["account_id"]))
        plan = Plan(account, None, None, pulling.events_of(session, account), is_once=is_once)
        lack = _lack(session, account, grain.name, asked_at=asked_at, is_once=is_once)
    named = {"account_id": str(account.id), "external_id": account.external_id, "grain": grain.name.value}
    if lack is None:
        return {**named, "note": "no campaign of this account has a past"}
    deadline = clock.monotonic() + _STRETCH_S
    if lack.first in lack.missing:
        lack = _from_the_beginning(actor, plan, grain, lack)
    while lack.missing:
        since, until = rules.newest_piece(lack.missing)
        pulling.pull_piece(actor, plan, grain, since=since, until=until, in_background=True)
        lack = lack.without(since, until)
        with db.worker_transaction() as session:
            claims.report_progress(session, job=job, progress=lack.as_json())
        if lack.missing and clock.monotonic() > deadline:
            raise Snooze(timedelta(0), why=f"{lack.days - len(lack.missing)} of {lack.days} days are held.")
    return {**named, **lack.as_json()}


def _from_the_beginning(actor: Actor, plan: Plan, grain: Grain, lack: _Lack) -> _Lack:
    """Covers the days before the account did anything, which its platform tells of the whole account at once.

    Where it did from the first day on, that day is pulled: once it is held, nobody asks for the beginning again.
    """
    now = time.now()
    last = pulling.last_day_before_anything(actor, plan, lack.first, lack.last)
    if last is None:
        pulling.pull_piece(actor, plan, grain, since=lack.first, until=lack.first, in_background=True)
        return lack.without(lack.first, lack.first)
    pulling.cover_nothing(actor, plan, grain, since=lack.first, until=last, asked_at=now)
    return lack.without(lack.first, last)


def backfill_all(job: Job) -> Mapping[str, Any]:
    """Queues the history of every connected account of every tenant of which days lack."""
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    return {"queued": sum(_queue(row.user_id, row.platform_account_id, grain) for row in targets for grain in HISTORIC)}


def progress(actor: Actor, *, client_id: UUID | None = None, account_id: UUID | None = None) -> list[Progress]:
    """How much of each account's history is held, by grain; accounts without any are left out.

    Days that are asked for once more, as when importing begins, are not held until they have come.
    """
    with db.reading(actor) as session:
        jobs = {(row.account_id, row.grain): row for row in session.execute(_JOBS)}
        asked = {key: row.asked_at for key, row in jobs.items() if row.status != "completed"}
        return [
            _progress(account, grain, lack, jobs.get((str(account.id), grain.value)))
            for account in connections.accounts_in(session)
            if account.status == AccountStatus.ACTIVE
            and (client_id is None or account.client_id == client_id)
            and (account_id is None or account.id == account_id)
            for grain in HISTORIC
            if (lack := _lack(session, account, grain, asked_at=asked.get((str(account.id), grain.value)))) is not None
        ]


def _progress(account: AccountView, grain: GrainName, lack: _Lack, job: Any) -> Progress:
    is_failed = job is not None and job.status == "failed"
    state = "held" if not lack.missing else "waiting" if job is None or job.status == "completed" else str(job.status)
    return Progress(
        account_id=account.id,
        platform=account.platform,
        external_id=account.external_id,
        grain=grain,
        since=lack.first,
        until=lack.last,
        days=lack.days,
        days_held=lack.days - len(lack.missing),
        state=state,
        message=job.error_message if is_failed and lack.missing else None,
    )


def _queue(user_id: UUID, account_id: UUID, grain: GrainName) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None or account.status != AccountStatus.ACTIVE:
            return False
        lack = _lack(session, account, grain)
        reach = rules.first_day_of_routine(time.today(account.time_zone))
        if lack is None or not any(day < reach for day in lack.missing):
            return False  # what is younger comes with the routine pulls
        actions.enqueue_backfill(session, actor, account, grain=grain)
    return True


def _lack(
    session: ReadSession,
    account: AccountView,
    grain: GrainName,
    *,
    asked_at: datetime | str | None = None,
    is_once: bool = False,
) -> _Lack | None:
    """What is not held of the account's history up to yesterday; None where nothing that is ours lies behind."""
    first = pulling.first_day(session, account, is_once=is_once)
    if first is None:
        return None
    today = time.today(account.time_zone)
    first = max(first, rules.first_day_of_history(account.platform, today=today))
    if first >= today:
        return None
    values = {"account_id": account.id, "grain": grain.value, "asked_at": asked_at}
    held = frozenset(session.execute(_COVERED, values).scalars())
    days = frozenset(first + _A_DAY * n for n in range((today - first).days))
    return _Lack(first, today - _A_DAY, days - held)
