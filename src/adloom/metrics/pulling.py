"""Asks a platform for some days of one account in one grain, and merges what it says: all or nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.errors import CardinalityViolation, CheckViolation, UniqueViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from adloom.campaigns import specs, strangers
from adloom.connections import ad_accounts, logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, NotFound, Rejected, Unavailable
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.metrics import ingest, report_zones, rollups, rules
from adloom.metrics.begun import BEGAN
from adloom.metrics.grains import Grain, GrainName
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked, Fact, OtherCurrency, spooled
from adloom.metrics.types import Ingested
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.types import ConversionEvent

_logger = logging.getLogger(__name__)

_FIRST_DAY = text(
    f"""
    SELECT CAST(min({BEGAN}) AT TIME ZONE :time_zone AS date)
    FROM campaigns
    JOIN ads ON ads.id = campaigns.ad_id
    WHERE campaigns.platform_account_id = :account_id
        AND campaigns.platform_campaign_id IS NOT NULL
    """  # noqa: S608  (constant)
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

_ROOM_FOR_MONTHS = text(
    """
    SELECT create_monthly_partition(rooms.table_name, CAST(month AS date))
    FROM unnest(CAST(:tables AS text[]), CAST(:first_days AS date[])) AS rooms (table_name, first_day)
    CROSS JOIN generate_series(
        date_trunc('month', CAST(rooms.first_day AS timestamp)),
        CAST(:until AS timestamp),
        INTERVAL '1 month'
    ) AS month
    """
)

_ROOM_FOR_HOURS = text(
    """
    SELECT create_daily_partition(hours.table_name, CAST(day AS date))
    FROM (VALUES ('campaign_metrics_hourly'), ('campaign_metrics_hourly_ledger')) AS hours (table_name)
    CROSS JOIN generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS day
    """
)

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one pull asks for; `note` says why there is nothing to ask.

    `skipped_days` were asked for, and are older than what is kept (hours) or told by a platform. `is_once`: campaigns
    that nobody knows are imported, though the account is not set to it.
    """

    account: AccountView
    since: date | None
    until: date | None
    events: Mapping[str, ConversionEvent]
    note: str | None = None
    skipped_days: int = 0
    is_once: bool = False


def account_to_pull(session: ReadSession, account_id: UUID) -> AccountView:
    """The account, if its numbers can be asked for; raises NotFound, and Conflict where they cannot."""
    account = connections.account_in(session, account_id=account_id)
    if account is None:
        raise NotFound(f"There is no ad account {account_id}.")
    rules.refuse_what_is_not_active(account)
    return account


def first_day(session: ReadSession, account: AccountView, *, is_once: bool = False) -> date | None:
    """The first of the account's days that can have numbers of ours; None where no campaign stands on it.

    Where campaigns that nobody knows are imported, it is the first one that the platform tells of.
    """
    if is_once or ad_accounts.is_importing(account):
        return rules.first_day_of_history(account.platform, today=time.today(account.time_zone))
    where = {"account_id": account.id, "time_zone": account.time_zone}
    found: date | None = session.execute(_FIRST_DAY, where).scalar()
    return found


def events_of(session: ReadSession, account: AccountView) -> Mapping[str, ConversionEvent]:
    """Which event counts as a conversion, by the platform's campaign id."""
    found = session.execute(_EVENTS, {"account_id": account.id})
    return {row.platform_campaign_id: ConversionEvent(row.event) for row in found}


def last_day_before_anything(actor: Actor, plan: Plan, since: date, until: date) -> date | None:
    """The last day before the account itself, by its platform's own totals, did anything in these days.

    None where it did from the first one on. Platforms count a conversion on the day of the click or view that it goes
    back to, so that before the first impression there is none.
    """
    account = specs.account_of(plan.account)
    with logins.open_connection(actor, platform=plan.account.platform, in_background=True) as connection:
        totals = registry.adapter(plan.account.platform).totals(connection, account=account, since=since, until=until)
        busy = [fact.date for fact in totals if fact.impressions or fact.clicks or fact.spend]
    last = min(busy, default=until + _A_DAY) - _A_DAY
    return last if last >= since else None


def cover_nothing(actor: Actor, plan: Plan, grain: Grain, *, since: date, until: date, asked_at: datetime) -> None:
    """Takes over that nothing happened on these days, both included, as was asked at that moment."""
    asked = Asked(plan.account.time_zone, plan.account.currency, since, until)
    with spooled((), asked) as lines, db.transaction(actor) as session:
        ingest.ingest(
            session, lines, grain=grain, pull=replace(_pull(actor, plan, since=since, until=until), pulled_at=asked_at)
        )


def pull_piece(
    actor: Actor, plan: Plan, grain: Grain, *, since: date, until: date, in_background: bool = False
) -> Ingested:
    """Asks for some days, both included, and merges them, all or nothing. Raises what asking and merging raise.

    `in_background` leaves half of every quota to what is more urgent.
    """
    asked = Asked(plan.account.time_zone, plan.account.currency, since, until)
    said = _pull(actor, plan, since=since, until=until)
    if grain.name is GrainName.HOUR:
        said = replace(said, time_zone=report_zones.of_hours(plan.account))
    _make_room(grain, since, until)
    with _refused_if_another_account(actor, plan.account), ExitStack() as open_:
        with logins.open_connection(actor, platform=plan.account.platform, in_background=in_background) as connection:
            said = replace(said, attribution=_attribution(connection, plan, grain, since=since, until=until))
            counted = set[str]()
            facts = _noting(_facts(connection, plan, grain, since=since, until=until), counted)
            lines = open_.enter_context(spooled(facts, asked))
            _hold_against_now(connection, plan.account)
            new = strangers.take_in(
                actor, connection, plan.account, counted, since=since, until=until, is_once=plan.is_once
            )
        with sound(), db.transaction(actor) as session:
            return replace(ingest.ingest(session, lines, grain=grain, pull=said), imported=new)


def _noting(facts: Iterable[Fact], counted: set[str]) -> Iterator[Fact]:
    """The facts, whose campaigns are noted on their way."""
    for fact in facts:
        counted.add(fact.platform_campaign_id)
        yield fact


@contextmanager
def sound() -> Iterator[None]:
    """Raises Unavailable where a report that is merged inside holds what no fact can be, or tells one fact twice.

    Of an hour that the clocks left out a second row is the next hour's.
    """
    try:
        yield
    except psycopg.DataError as error:
        raise Unavailable(f"The report holds what no fact can be: {error.diag.message_primary}.") from error
    except DBAPIError as error:
        # A partition that is missing is told by the same code, and names no rule: that is not the report's fault.
        if isinstance(error.orig, CheckViolation) and error.orig.diag.constraint_name:
            raise Unavailable("The report holds what no fact can be: a count below zero.") from error
        if not isinstance(error.orig, (UniqueViolation, CardinalityViolation)):
            raise
        raise Unavailable("The report tells one fact twice: nothing of it is taken over.") from error


def _attribution(connection: Connection, plan: Plan, grain: Grain, *, since: date, until: date) -> str | None:
    """The rule by which the platform attributes what is about to be asked; of hours and audiences it is the days'."""
    if grain.name not in (GrainName.DAY, GrainName.CONVERSION):
        return None
    account = specs.account_of(plan.account)
    return registry.adapter(plan.account.platform).attribution(connection, account=account, since=since, until=until)


def _pull(actor: Actor, plan: Plan, *, since: date, until: date) -> Pull:
    """What is about to be asked, at this moment."""
    return Pull(
        id=uuid4(),
        user_id=actor.tenant_id,
        account_id=plan.account.id,
        since=since,
        until=until,
        time_zone=plan.account.time_zone,
        pulled_at=time.now(),
        dimensions=registry.adapter(plan.account.platform).dimensions,
    )


def _facts(connection: Connection, plan: Plan, grain: Grain, *, since: date, until: date) -> Iterator[Fact]:
    adapter, account = registry.adapter(plan.account.platform), specs.account_of(plan.account)
    match grain.name:
        case GrainName.DAY:
            yield from adapter.daily(connection, account=account, since=since, until=until, events=plan.events)
        case GrainName.HOUR:
            yield from adapter.hourly(connection, account=account, since=since, until=until, events=plan.events)
        case GrainName.CONVERSION:
            yield from adapter.conversions(connection, account=account, since=since, until=until)
        case GrainName.AUDIENCE:
            for dimension in sorted(adapter.dimensions):
                yield from adapter.audience(connection, account=account, since=since, until=until, dimension=dimension)


def _make_room(grain: Grain, since: date, until: date) -> None:
    """Makes sure of these days' partitions: the hours', whatever the zone, have no DEFAULT; a month's of facts, ledger
    and roll-ups is made before its rows come, for those that lie in DEFAULT would have to be moved under a lock.
    """
    with db.worker_transaction() as session:
        if grain.name is GrainName.HOUR:
            session.execute(_ROOM_FOR_HOURS, {"since": since - _A_DAY, "until": until + _A_DAY})
        else:
            session.execute(_ROOM_FOR_MONTHS, {**_months(grain, since), "until": until})


def _months(grain: Grain, since: date) -> Mapping[str, object]:
    """The tables that get rows of days from `since` on, and from which of their days each."""
    first_days = dict.fromkeys((grain.facts, grain.ledger), since)
    if grain.name is GrainName.DAY:
        first_days |= rollups.first_days(since)
    return {"tables": list(first_days), "first_days": list(first_days.values())}


class _OtherZone(Exception):
    """The account's days are other ones by now than those that a report was asked for."""


def _hold_against_now(connection: Connection, account: AccountView) -> None:
    """Raises OtherCurrency or _OtherZone where the account is another one now than when it was connected.

    It is asked after the report, so that what was changed before it shows. Who cannot be asked, or tells nothing, is
    left to the daily check (`connections.check`).
    """
    try:
        now = registry.adapter(account.platform).account_now(connection, account=specs.account_of(account))
    except (Rejected, Unavailable) as error:
        _logger.warning("%s was not held against what it was: %s", account.external_id, error)
        return
    if now is not None and now.currency and now.currency != account.currency:
        raise OtherCurrency(now.currency)
    if now is not None and now.time_zone and now.time_zone != account.time_zone:
        raise _OtherZone(now.time_zone)


@contextmanager
def _refused_if_another_account(actor: Actor, account: AccountView) -> Iterator[None]:
    try:
        yield
    except OtherCurrency as error:
        _mark_changed(actor, account)
        raise Conflict(
            f"{account.external_id} reports in {error.currency} now, and was connected in {account.currency}. Nothing "
            "was taken over: numbers of two currencies are not mixed."
        ) from error
    except _OtherZone as error:
        _mark_changed(actor, account)
        raise Conflict(
            f"{account.external_id} counts its days in {error} now, and was connected in {account.time_zone}. Nothing "
            "was taken over: days of two time zones are not mixed."
        ) from error


def _mark_changed(actor: Actor, account: AccountView) -> None:
    with db.transaction(actor) as session:
        ad_accounts.mark_changed(session, account_id=account.id)
