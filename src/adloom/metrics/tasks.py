"""The worker's part of metrics: pulls an account's report and merges it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs.types import Job, Priority
from adloom.metrics import actions, pulling, queries, rates, rules, zone_evidence
from adloom.metrics.grains import GRAINS, Grain, GrainName
from adloom.metrics.types import Ingested

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")

#: So many campaigns that are not ours are named in a pull's result; all of them are counted.
_NAMED = 50
_A_DAY = timedelta(days=1)


def pull(job: Job) -> Mapping[str, Any]:
    """Pulls the asked range (or what is due) of one account in one grain, piece by piece, the newest first.

    Nothing is kept of a piece that breaks half-way; the pieces before it stay, and the next attempt goes on.
    """
    grain = GRAINS[GrainName(job.data.get("grain", GrainName.DAY))]
    plan = _planned(job.actor(), UUID(job.data["account_id"]), job.data, grain)
    done = Ingested(changed=0, rows=0, foreign={})
    named = {**_named(plan.account), "grain": grain.name.value}
    if plan.note is not None or plan.since is None or plan.until is None:
        return {**named, "rows": 0, "note": plan.note}
    for since, until in rules.pieces(plan.since, plan.until):
        done = done.plus(pulling.pull_piece(job.actor(), plan, grain, since=since, until=until))
    if grain.name is GrainName.HOUR:
        zone_evidence.observe(job.actor(), plan.account)
    return {
        **named,
        "since": plan.since,
        "until": plan.until,
        **({"skipped_days": plan.skipped_days} if plan.skipped_days else {}),
        "rows": done.rows,
        "changed": done.changed,
        "imported_campaigns": done.imported,
        "foreign_campaigns": len(done.foreign),
        "foreign": dict(list(done.foreign.items())[:_NAMED]),
    }


def pull_all(job: Job) -> Mapping[str, Any]:
    """Queues a pull of the days and hours of every connected account of every tenant."""
    return {"queued": _queue_all(GrainName.DAY, GrainName.HOUR)}


def pull_details(job: Job) -> Mapping[str, Any]:
    """Queues a pull of conversions by action and of the audience of every connected account of every tenant."""
    return {"queued": _queue_all(GrainName.CONVERSION, GrainName.AUDIENCE)}


def _queue_all(*grains: GrainName) -> int:
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    return sum(_queue(target.user_id, target.platform_account_id, grain) for target in targets for grain in grains)


def refresh_rates(job: Job) -> Mapping[str, Any]:
    """Takes over the rates that came with the installation, then those that ADLOOM_FX_URL gives."""
    seeded, fetched = rates.seed(), rates.fetch()
    return {"seeded": seeded.as_json(), "fetched": fetched and fetched.as_json()}


def _named(account: AccountView) -> dict[str, str]:
    return {
        "account_id": str(account.id),
        "platform": account.platform.value,
        "external_id": account.external_id,
    }


def _queue(user_id: UUID, account_id: UUID, grain: GrainName) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None or account.status != AccountStatus.ACTIVE:
            return False
        actions.enqueue_pull(
            session,
            actor,
            account,
            grain=grain,
            priority=Priority.ROUTINE,
            is_hourly=grain is GrainName.DAY,  # of hours all that are kept are asked for, of the others once a day
        )
    return True


def _planned(actor: Actor, account_id: UUID, data: Mapping[str, Any], grain: Grain) -> pulling.Plan:
    with db.reading(actor) as session:
        account = pulling.account_to_pull(session, account_id)
        is_once = bool(data.get("once"))
        first, events = pulling.first_day(session, account, is_once=is_once), pulling.events_of(session, account)
        covered = queries.covered_days(session, account_id=account_id, time_zone=account.time_zone, grain=grain.name)
    today = time.today(account.time_zone)
    since, until = _day(data["since"]), _day(data["until"])
    if first is not None:
        first = min(max(first, rules.first_day_of_routine(today)), today)
        due = rules.range_to_pull(
            account.platform, first_day=first, today=today, covered=covered, is_hourly=bool(data.get("hourly"))
        )
        since, until = since or due[0], until or due[1]
    if since is None:
        return pulling.Plan(account, None, None, events, "no campaign stands on this account")
    until = min(until or today, today)
    oldest = _oldest_day(account, grain, today=today)
    skipped = max((min(oldest, until + _A_DAY) - since).days, 0) if data["since"] else 0
    note = None
    if max(since, oldest) > until:
        note = _nothing_to_ask(grain, is_to_come=since > today, is_gone=until < oldest, oldest=oldest)
    return pulling.Plan(account, max(since, oldest), until, events, note, skipped, is_once)


def _oldest_day(account: AccountView, grain: Grain, *, today: date) -> date:
    """The oldest day of which there is something to ask: hours are kept for a week only, platforms forget years."""
    if grain.name is GrainName.HOUR:
        return rules.first_day_of_hours(today)
    return rules.first_day_of_history(account.platform, today=today)


def _nothing_to_ask(grain: Grain, *, is_to_come: bool, is_gone: bool, oldest: date) -> str:
    if is_gone:
        return f"{'hours' if grain.name is GrainName.HOUR else 'days'} before {oldest} are not kept"
    return "these days are still to come" if is_to_come else "nothing is due on these days"


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
