"""The worker's part of metrics: pulls an account's report and merges it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.campaigns import specs
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs.types import Job
from adloom.metrics import ingest, queries, rules
from adloom.platforms import registry
from adloom.platforms.types import ConversionEvent

_FIRST_DAY = text(
    """
    SELECT CAST(min(created_at) AT TIME ZONE :time_zone AS date)
    FROM campaigns
    WHERE platform_account_id = :account_id
        AND platform_campaign_id IS NOT NULL
    """
)

_EVENTS = text(
    """
    SELECT
        campaigns.platform_campaign_id,
        ads.unified_data #>> '{conversion,event}' AS event
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaigns.platform_campaign_id IS NOT NULL
        AND ads.unified_data #>> '{conversion,event}' IS NOT NULL
    """
)

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")


def pull(job: Job) -> Mapping[str, Any]:
    """Pulls the asked range (or what is due) of one account; nothing is kept of a report that breaks half-way."""
    actor = job.actor()
    account_id = UUID(job.data["account_id"])
    account, since, until, events = _plan(actor, account_id, job.data)
    if since is None or until is None:
        return {"account_id": str(account_id), "rows": 0, "note": "no campaign stands on this account"}
    connection = logins.open_connection(actor, platform=account.platform)
    facts = list(
        registry.adapter(account.platform).daily(
            connection, account=specs.account_of(account), since=since, until=until, events=events
        )
    )
    with db.transaction(actor) as session:
        done = ingest.ingest(
            session,
            facts,
            user_id=actor.tenant_id,
            account_id=account_id,
            time_zone=account.time_zone,
            since=since,
            until=until,
            pull_id=uuid4(),
            pulled_at=time.now(),
        )
    return {
        "account_id": str(account_id),
        "since": since,
        "until": until,
        "rows": done.rows,
        "changed": done.changed,
        "foreign": dict(done.foreign),
    }


def pull_all(job: Job) -> Mapping[str, Any]:
    """Queues a pull of every connected account of every tenant."""
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    for target in targets:
        actor = Actor(tenant_id=target.user_id)
        with db.transaction(actor) as session:
            jobs.enqueue(
                session,
                job_type="metrics.pull",
                data={"account_id": target.platform_account_id, "since": None, "until": None},
                actor=actor,
                dedupe_key=f"pull:{target.platform_account_id}:None:None",
                max_attempts=5,
            )
    return {"queued": len(targets)}


def _plan(
    actor: Actor, account_id: UUID, data: Mapping[str, Any]
) -> tuple[AccountView, date | None, date | None, dict[str, ConversionEvent]]:
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"There is no ad account {account_id}.")
        where = {"account_id": account_id, "time_zone": account.time_zone}
        first = session.execute(_FIRST_DAY, where).scalar()
        covered = queries.covered_days(session, account_id=account_id)
        events = {row.platform_campaign_id: ConversionEvent(row.event) for row in session.execute(_EVENTS, where)}
    today = time.today(account.time_zone)
    asked_since, asked_until = _day(data["since"]), _day(data["until"])
    if first is None:
        return account, asked_since, asked_until and min(asked_until, today), events
    since, until = rules.range_to_pull(account.platform, first_day=min(first, today), today=today, covered=covered)
    return account, asked_since or since, min(asked_until or until, today), events


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
