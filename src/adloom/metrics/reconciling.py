"""Holds our daily sums against the platform's own account-level totals; what it finds is the job's result.

Where a day differs, the platform's report by campaign is asked for as well: what it counts in campaigns that Adloom
does not know explains the difference to the last digit, or does not; a cent is rounding only where it says of our
campaigns what we hold; where it says something else of them by now, `reasons` has the word. Nothing is corrected here:
of days that were restated a pull is queued.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

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
from adloom.metrics import actions, grounds, pulling, reasons, rules
from adloom.metrics.differences import ByCampaign, Compared, Explanation, Figures, Key, Sums, by_campaign
from adloom.metrics.grains import GrainName
from adloom.metrics.grounds import Cover
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.facts import AccountFact
from adloom.platforms.types import ConversionEvent

# In one statement, so that both are of one moment. One campaign of which conversions are not told makes the account's
# unknown, and so it is in the roll-up, which an ingest writes beside the facts.
_OURS = text(
    """
    SELECT
        FALSE AS is_entered,
        campaign_metrics.date,
        campaign_metrics.spend_currency,
        sum(campaign_metrics.impressions) AS impressions,
        sum(campaign_metrics.clicks) AS clicks,
        sum(campaign_metrics.spend_amount) AS spend,
        sum(campaign_metrics.conversions) AS conversions,
        sum(campaign_metrics.conversion_value) AS conversion_value,
        count(*) AS facts,
        count(campaign_metrics.conversions) AS conversions_told,
        count(campaign_metrics.conversion_value) AS conversion_value_told
    FROM campaign_metrics
    JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaign_metrics.date BETWEEN :since AND :until
    GROUP BY
        campaign_metrics.date,
        campaign_metrics.spend_currency
    UNION ALL
    SELECT
        TRUE,
        date,
        spend_currency,
        sum(impressions),
        sum(clicks),
        sum(spend_amount),
        sum(conversions),
        sum(conversion_value),
        sum(facts),
        sum(conversions_told),
        sum(conversion_value_told)
    FROM account_metrics
    WHERE platform_account_id = :account_id
        AND date BETWEEN :since AND :until
    GROUP BY
        date,
        spend_currency
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
    """What one comparison is about, and what we held of it before the platform was asked.

    `entered` is what the roll-up says of `ours`; `events` say which event counts, by the platform's campaign id.
    """

    actor: Actor
    account: AccountView
    since: date
    until: date
    asked_at: datetime
    ours: Mapping[Key, Figures]
    entered: Mapping[Key, Figures]
    covers: Mapping[date, Cover]
    known: Collection[str]
    events: Mapping[str, ConversionEvent]


@dataclass(frozen=True, slots=True)
class _Counted(Mapping[str, ConversionEvent]):
    """Which event counts in which campaign: in those that are not ours the one that counts in all of ours.

    For so the account's own total counts them.
    """

    ours: Mapping[str, ConversionEvent]
    known: Collection[str]

    def __getitem__(self, campaign_id: str) -> ConversionEvent:
        if campaign_id in self.ours:
            return self.ours[campaign_id]
        counted = set(self.ours.values())
        if campaign_id in self.known or len(counted) != 1:
            raise KeyError(campaign_id)
        return counted.pop()

    def __iter__(self) -> Iterator[str]:
        return iter(self.ours)

    def __len__(self) -> int:
        return len(self.ours)


def reconcile(job: Job) -> Mapping[str, Any]:
    """Compares one account's days with the platform's own totals, and tells each day's word in its result.

    Changes no figure, however often it is tried. A pull of the days that were restated is queued, once while it waits.
    """
    asked = _asked(job.actor(), UUID(job.data["account_id"]), job.data)
    days: list[Compared] = []
    if asked.since <= asked.until:
        with logins.open_connection(job.actor(), platform=asked.account.platform) as connection:
            days = _compared(connection, asked)
    pull_id = _pull_again(asked, [day.key.date for day in days if day.explanation is Explanation.RESTATED])
    return {
        "account_id": str(asked.account.id),
        "platform": asked.account.platform.value,
        "external_id": asked.account.external_id,
        "time_zone": asked.account.time_zone,
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "compared_at": time.now().isoformat(),
        "unexplained": sum(day.explanation is Explanation.UNEXPLAINED for day in days),
        "pull_job_id": pull_id and str(pull_id),
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


def _pull_again(asked: _Asked, restated: Sequence[date]) -> UUID | None:
    """Queues a pull of the restated days, and returns its job's id; None where there are none."""
    if not restated:
        return None
    with db.transaction(asked.actor) as session:
        return actions.enqueue_pull(
            session,
            asked.actor,
            asked.account,
            grain=GrainName.DAY,
            since=min(restated),
            until=max(restated),
            priority=Priority.ROUTINE,
        )


def _asked(actor: Actor, account_id: UUID, data: Mapping[str, Any]) -> _Asked:
    with db.reading(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"There is no ad account {account_id}.")
        rules.refuse_what_is_not_active(account)
        since, until = _days(data, today=time.today(account.time_zone))
        return _held(session, actor, account, since=since, until=until)


def _days(data: Mapping[str, Any], *, today: date) -> tuple[date, date]:
    """The asked days up to today, by default those that closed last; the first is after the last where all are to come.

    Of a range without an end the last day is yesterday, or today where it begins with it.
    """
    yesterday = today - timedelta(days=1)
    asked_since = date.fromisoformat(data["since"]) if data["since"] else None
    asked_until = date.fromisoformat(data["until"]) if data["until"] else max(yesterday, asked_since or yesterday)
    until = min(asked_until, today)
    return asked_since or until - timedelta(days=CLOSED_DAYS - 1), until


def _held(session: ReadSession, actor: Actor, account: AccountView, *, since: date, until: date) -> _Asked:
    where = {"account_id": account.id, "since": since, "until": until}
    sums: dict[bool, dict[Key, Figures]] = {False: {}, True: {}}
    asked_at = time.now()
    for row in session.execute(_OURS, where):
        sums[row.is_entered][Key(row.date, row.spend_currency)] = _figures(row)
    return _Asked(
        actor,
        account,
        since,
        until,
        asked_at,
        ours=sums[False],
        entered=sums[True],
        covers=grounds.covered(session, account_id=account.id, since=since, until=until),
        known=frozenset(session.execute(_KNOWN, {"account_id": account.id}).scalars()),
        events=pulling.events_of(session, account),
    )


def _figures(row: Row[Any]) -> Figures:
    """A row of our sums: conversions that are told of some campaigns only are not told of the account."""
    return Figures(
        int(row.impressions),
        int(row.clicks),
        row.spend,
        (row.conversions or Decimal(0)) if row.conversions_told == row.facts else None,
        (row.conversion_value or Decimal(0)) if row.conversion_value_told == row.facts else None,
    )


def _compared(connection: Connection, asked: _Asked) -> list[Compared]:
    account = asked.account
    facts = registry.adapter(account.platform).totals(
        connection, account=specs.account_of(account), since=asked.since, until=asked.until, events=asked.events
    )
    pulled_at = {day: cover.pulled_at for day, cover in asked.covers.items()}
    sums = Sums(asked.ours, _summed(facts), pulled_at, time.zone(account.time_zone))
    days = sums.compare(since=asked.since, until=asked.until, currency=account.currency)
    if not _differing(days):
        return days
    days = _told_by_campaign(connection, asked, days)
    return _reasoned(connection, asked, days) if _differing(days) else days


def _differing(days: Iterable[Compared]) -> list[date]:
    return [day.key.date for day in days if day.explanation is Explanation.UNEXPLAINED]


def _told_by_campaign(connection: Connection, asked: _Asked, days: Sequence[Compared]) -> list[Compared]:
    """The days, those that differ told again with what the platform says of each campaign now."""
    differ = _differing(days)
    told = _by_campaign(connection, asked, since=min(differ), until=max(differ))
    return [
        by_campaign(day, held=asked.ours.get(day.key, Figures()), told=told.get(day.key, ByCampaign()))
        if day.explanation is Explanation.UNEXPLAINED
        else day
        for day in days
    ]


def _reasoned(connection: Connection, asked: _Asked, days: Sequence[Compared]) -> list[Compared]:
    """The days, those on which the platform says something else by now with the reason, where there is evidence."""
    return reasons.named(
        days,
        books=grounds.books(asked.actor, asked.account, covers=asked.covers, entered=asked.entered),
        window=grounds.window(asked.account, now=asked.asked_at),
        asked=grounds.asked(asked.actor, connection, asked.account, asked.covers),
    )


def _by_campaign(connection: Connection, asked: _Asked, *, since: date, until: date) -> Mapping[Key, ByCampaign]:
    """What the platform says of each campaign now, ours and others; of the others whether it still lists them."""
    adapter, account = registry.adapter(asked.account.platform), specs.account_of(asked.account)
    events = _Counted(asked.events, asked.known)
    facts = list(adapter.daily(connection, account=account, since=since, until=until, events=events))
    others = {fact.platform_campaign_id for fact in facts} - set(asked.known)
    listed = {each.platform_id for each in adapter.campaigns(connection, account=account)} if others else set()
    found: defaultdict[Key, ByCampaign] = defaultdict(ByCampaign)
    for fact in facts:
        key = Key(fact.date, fact.currency)
        is_other = fact.platform_campaign_id in others
        is_listed = is_other and fact.platform_campaign_id in listed
        found[key] = found[key].plus(Figures.of(fact), is_other=is_other, is_listed=is_listed)
    return found


def _summed(facts: Iterable[AccountFact]) -> Mapping[Key, Figures]:
    sums: defaultdict[Key, Figures] = defaultdict(Figures)
    for fact in facts:
        sums[Key(fact.date, fact.currency)] += Figures.of(fact)
    return sums
