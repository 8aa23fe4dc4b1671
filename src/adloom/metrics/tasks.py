"""The worker's part of metrics: pulls an account's report and merges it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.campaigns import specs
from adloom.connections import ad_accounts, logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, NotFound
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs.types import Job
from adloom.metrics import ingest, queries, rules
from adloom.platforms import registry
from adloom.platforms.facts import DailyFact
from adloom.platforms.types import ConversionEvent

# What others made began before it was imported: where its platform says, or as far back as `campaigns.importing`.
_FIRST_DAY = text(
    """
    SELECT CAST(min(
        CASE
            WHEN ads.origin = 'imported' THEN greatest(
                campaigns.created_at - INTERVAL '1080 days',
                coalesce(
                    CAST(ads.unified_data #>> '{imported,start}' AS timestamptz),
                    campaigns.created_at - INTERVAL '90 days'
                )
            )
            ELSE campaigns.created_at
        END
    ) AT TIME ZONE :time_zone AS date)
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaigns.platform_campaign_id IS NOT NULL
    """
)

# The event that was deployed decides, whatever became of the ad since.
_EVENTS = text(
    """
    SELECT
        campaigns.platform_campaign_id,
        coalesce(
            campaigns.spec #>> '{ad,conversion,event}',
            ads.unified_data #>> '{conversion,event}'
        ) AS event
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaigns.platform_campaign_id IS NOT NULL
        AND coalesce(
            campaigns.spec #>> '{ad,conversion,event}',
            ads.unified_data #>> '{conversion,event}'
        ) IS NOT NULL
    """
)

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")

#: So many campaigns that are not ours are named in a pull's result; all of them are counted.
_NAMED = 50


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one pull asks for; without days there is nothing to ask."""

    account: AccountView
    since: date | None
    until: date | None
    events: Mapping[str, ConversionEvent]


def pull(job: Job) -> Mapping[str, Any]:
    """Pulls the asked range (or what is due) of one account; nothing is kept of a report that breaks half-way."""
    plan = _planned(job.actor(), UUID(job.data["account_id"]), job.data)
    if plan.since is None or plan.until is None or plan.until < plan.since:
        note = "no campaign stands on this account" if plan.since is None else "these days are still to come"
        return {**_named(plan.account), "rows": 0, "note": note}
    facts = _facts(job.actor(), plan, since=plan.since, until=plan.until)
    _refuse_other_currency(job.actor(), plan.account, facts)
    with db.transaction(job.actor()) as session:
        done = ingest.ingest(
            session,
            facts,
            user_id=job.actor().tenant_id,
            account_id=plan.account.id,
            time_zone=plan.account.time_zone,
            since=plan.since,
            until=plan.until,
            pull_id=uuid4(),
            pulled_at=time.now(),
        )
    return {
        **_named(plan.account),
        "since": plan.since,
        "until": plan.until,
        "rows": done.rows,
        "changed": done.changed,
        "foreign_campaigns": len(done.foreign),
        "foreign": dict(list(done.foreign.items())[:_NAMED]),
    }


def pull_all(job: Job) -> Mapping[str, Any]:
    """Queues a pull of every connected account of every tenant."""
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    queued = sum(_queue(target.user_id, target.platform_account_id) for target in targets)
    return {"queued": queued}


def _named(account: AccountView) -> dict[str, str]:
    return {
        "account_id": str(account.id),
        "platform": account.platform.value,
        "external_id": account.external_id,
    }


def _queue(user_id: UUID, account_id: UUID) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None or account.status != AccountStatus.ACTIVE:
            return False
        jobs.enqueue(
            session,
            job_type="metrics.pull",
            data={"account_id": account_id, "since": None, "until": None},
            actor=actor,
            client_id=account.client_id,
            dedupe_key=f"pull:{account_id}:None:None",
            max_attempts=5,
        )
    return True


def _planned(actor: Actor, account_id: UUID, data: Mapping[str, Any]) -> _Plan:
    with db.reading(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"There is no ad account {account_id}.")
        _refuse_what_is_not_active(account)
        where = {"account_id": account_id, "time_zone": account.time_zone}
        first = session.execute(_FIRST_DAY, where).scalar()
        covered = queries.covered_days(session, account_id=account_id, time_zone=account.time_zone)
        events = {row.platform_campaign_id: ConversionEvent(row.event) for row in session.execute(_EVENTS, where)}
    today = time.today(account.time_zone)
    since, until = _day(data["since"]), _day(data["until"])
    if first is not None:
        due = rules.range_to_pull(account.platform, first_day=min(first, today), today=today, covered=covered)
        since, until = since or due[0], until or due[1]
    return _Plan(account, since, until and min(until, today), events)


def _facts(actor: Actor, plan: _Plan, *, since: date, until: date) -> list[DailyFact]:
    adapter, account = registry.adapter(plan.account.platform), specs.account_of(plan.account)
    with logins.open_connection(actor, platform=plan.account.platform) as connection:
        return list(adapter.daily(connection, account=account, since=since, until=until, events=plan.events))


def _refuse_what_is_not_active(account: AccountView) -> None:
    if account.status == AccountStatus.DISCONNECTED:
        raise Conflict(f"The ad account {account.external_id} is disconnected. Connect it again.")
    if account.status == AccountStatus.CHANGED:
        raise Conflict(
            f"The currency or time zone of {account.external_id} is another one than when it was connected. Its "
            "numbers are not mixed: set it back at the platform, or use another account."
        )


def _refuse_other_currency(actor: Actor, account: AccountView, facts: Sequence[DailyFact]) -> None:
    others = sorted({fact.currency for fact in facts} - {account.currency})
    if not others:
        return
    with db.transaction(actor) as session:
        ad_accounts.mark_changed(session, account_id=account.id)
    raise Conflict(
        f"{account.external_id} reports in {', '.join(others)} now, and was connected in {account.currency}. Nothing "
        "was taken over: numbers of two currencies are not mixed."
    )


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
