"""Holds our daily sums against the platform's own account-level totals; what it finds is the job's result.

Where a day differs, the platform's report by campaign is asked for as well: what it counts in campaigns that Adloom
does not know explains the difference to the last digit, or does not; a cent is rounding only where it says of our
campaigns what we hold. Nothing is corrected here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import specs
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.jobs.types import Job, Priority
from adloom.metrics import actions, rules
from adloom.metrics.differences import ByCampaign, Compared, Explanation, Figures, Key, Sums, by_campaign
from adloom.platforms import registry
from adloom.platforms.contract import Adapter, Connection
from adloom.platforms.facts import AccountFact
from adloom.platforms.spec import Account

_OURS = text(
    """
    SELECT
        campaign_metrics.date,
        campaign_metrics.spend_currency,
        sum(campaign_metrics.impressions) AS impressions,
        sum(campaign_metrics.clicks) AS clicks,
        sum(campaign_metrics.spend_amount) AS spend
    FROM campaign_metrics
    JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaign_metrics.date BETWEEN :since AND :until
    GROUP BY
        campaign_metrics.date,
        campaign_metrics.spend_currency
    """
)

_PULLED_AT = text(
    """
    SELECT
        date,
        pulled_at
    FROM metric_coverage
    WHERE platform_account_id = :account_id
        AND grain = 'day'
        AND date BETWEEN :since AND :until
    """
)

_KNOWN = text(
    """
    SELECT platform_campaign_id
    FROM campaigns
    WHERE platform_account_id = :account_id
        AND platform_campaign_id IS NOT NULL
    """
)

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")

#: Without dates: so many days that are over, by the account's clock.
CLOSED_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one comparison is about, and what we held of it before the platform was asked."""

    account: AccountView
    since: date
    until: date
    ours: Mapping[Key, Figures]
    pulled_at: Mapping[date, datetime]
    known: Collection[str]


def reconcile(job: Job) -> Mapping[str, Any]:
    """Compares one account's days with the platform's own totals, and tells each day's word in its result.

    Writes nothing, and so is the same however often it is tried.
    """
    asked = _asked(job.actor(), UUID(job.data["account_id"]), job.data)
    days: list[Compared] = []
    if asked.since <= asked.until:
        with logins.open_connection(job.actor(), platform=asked.account.platform) as connection:
            days = _compared(connection, asked)
    return {
        "account_id": str(asked.account.id),
        "platform": asked.account.platform.value,
        "external_id": asked.account.external_id,
        "time_zone": asked.account.time_zone,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "compared_at": time.now().isoformat(),
        "unexplained": sum(day.explanation is Explanation.UNEXPLAINED for day in days),
        "days": [day.as_json() for day in days],
    }


def reconcile_all(job: Job) -> Mapping[str, Any]:
    """Queues a comparison of the last closed days of every connected account of every tenant."""
    with db.worker_transaction() as session:
        targets = session.execute(_TARGETS).all()
    return {"queued": sum(_queue(target.user_id, target.platform_account_id) for target in targets)}


def _queue(user_id: UUID, account_id: UUID) -> bool:
    actor = Actor(tenant_id=user_id)
    with db.transaction(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None or account.status != AccountStatus.ACTIVE:
            return False
        actions.enqueue_reconciliation(session, actor, account, priority=Priority.ROUTINE)
    return True


def _asked(actor: Actor, account_id: UUID, data: Mapping[str, Any]) -> _Asked:
    with db.reading(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"There is no ad account {account_id}.")
        rules.refuse_what_is_not_active(account)
        since, until = _days(data, today=time.today(account.time_zone))
        return _held(session, account, since=since, until=until)


def _days(data: Mapping[str, Any], *, today: date) -> tuple[date, date]:
    """The asked days up to today, by default those that closed last; the first is after the last where all are to come.

    Of a range without an end the last day is yesterday, or today where it begins with it.
    """
    yesterday = today - timedelta(days=1)
    asked_since = date.fromisoformat(data["since"]) if data["since"] else None
    asked_until = date.fromisoformat(data["until"]) if data["until"] else max(yesterday, asked_since or yesterday)
    until = min(asked_until, today)
    return asked_since or until - timedelta(days=CLOSED_DAYS - 1), until


def _held(session: ReadSession, account: AccountView, *, since: date, until: date) -> _Asked:
    where = {"account_id": account.id, "since": since, "until": until}
    ours = {
        Key(row.date, row.spend_currency): Figures(int(row.impressions), int(row.clicks), row.spend)
        for row in session.execute(_OURS, where)
    }
    pulled_at = {row.date: row.pulled_at for row in session.execute(_PULLED_AT, where)}
    known = frozenset(session.execute(_KNOWN, {"account_id": account.id}).scalars())
    return _Asked(account, since, until, ours, pulled_at, known)


def _compared(connection: Connection, asked: _Asked) -> list[Compared]:
    adapter, account = registry.adapter(asked.account.platform), specs.account_of(asked.account)
    facts = adapter.totals(connection, account=account, since=asked.since, until=asked.until)
    sums = Sums(asked.ours, _summed(facts), asked.pulled_at, time.zone(account.time_zone))
    days = sums.compare(since=asked.since, until=asked.until, currency=asked.account.currency)
    differ = [day.key.date for day in days if day.explanation is Explanation.UNEXPLAINED]
    if not differ:
        return days
    told = _by_campaign(connection, asked, adapter, account, since=min(differ), until=max(differ))
    return [
        by_campaign(day, held=asked.ours.get(day.key, Figures()), told=told.get(day.key, ByCampaign()))
        if day.explanation is Explanation.UNEXPLAINED
        else day
        for day in days
    ]


def _by_campaign(
    connection: Connection, asked: _Asked, adapter: Adapter, account: Account, *, since: date, until: date
) -> Mapping[Key, ByCampaign]:
    """What the platform says of each campaign now, ours and others; of the others whether it still lists them."""
    facts = list(adapter.daily(connection, account=account, since=since, until=until, events={}))
    others = {fact.platform_campaign_id for fact in facts} - set(asked.known)
    listed = {each.platform_id for each in adapter.campaigns(connection, account=account)} if others else set()
    found: defaultdict[Key, ByCampaign] = defaultdict(ByCampaign)
    for fact in facts:
        key, figures = Key(fact.date, fact.currency), Figures(fact.impressions, fact.clicks, fact.spend)
        is_other = fact.platform_campaign_id in others
        is_listed = is_other and fact.platform_campaign_id in listed
        found[key] = found[key].plus(figures, is_other=is_other, is_listed=is_listed)
    return found


def _summed(facts: Iterable[AccountFact]) -> Mapping[Key, Figures]:
    sums: defaultdict[Key, Figures] = defaultdict(Figures)
    for fact in facts:
        sums[Key(fact.date, fact.currency)] += Figures(fact.impressions, fact.clicks, fact.spend)
    return sums
