"""The worker's part of metrics: pulls an account's report and merges it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
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
from adloom.jobs.types import Job, Priority
from adloom.metrics import actions, ingest, queries, rates, rules, zone_evidence
from adloom.metrics.grains import GRAINS, Grain, GrainName
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked, Fact, OtherCurrency, spooled
from adloom.metrics.types import Ingested
from adloom.platforms import registry
from adloom.platforms.contract import Connection
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

_ROOM_FOR_HOURS = text(
    """
    SELECT create_daily_partition(hours.table_name, CAST(day AS date))
    FROM (VALUES ('campaign_metrics_hourly'), ('campaign_metrics_hourly_ledger')) AS hours (table_name)
    CROSS JOIN generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS day
    """
)

_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")

#: So many campaigns that are not ours are named in a pull's result; all of them are counted.
_NAMED = 50
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one pull asks for; `note` says why there is nothing to ask."""

    account: AccountView
    since: date | None
    until: date | None
    events: Mapping[str, ConversionEvent]
    note: str | None = None


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
        done = done.plus(_pull_piece(job.actor(), plan, grain, since=since, until=until))
    if grain.name is GrainName.HOUR:
        zone_evidence.observe(job.actor(), plan.account)
    return {
        **named,
        "since": plan.since,
        "until": plan.until,
        "rows": done.rows,
        "changed": done.changed,
        "foreign_campaigns": len(done.foreign),
        "foreign": dict(list(done.foreign.items())[:_NAMED]),
    }


def _pull_piece(actor: Actor, plan: _Plan, grain: Grain, *, since: date, until: date) -> Ingested:
    asked = Asked(plan.account.time_zone, plan.account.currency, since, until)
    said = Pull(
        id=uuid4(),
        user_id=actor.tenant_id,
        account_id=plan.account.id,
        since=since,
        until=until,
        time_zone=plan.account.time_zone,
        pulled_at=time.now(),
        dimensions=registry.adapter(plan.account.platform).dimensions,
    )
    if grain.name is GrainName.HOUR:
        _make_room(since, until)
    with _refused_if_other_currency(actor, plan.account), ExitStack() as open_:
        with logins.open_connection(actor, platform=plan.account.platform) as connection:
            lines = open_.enter_context(spooled(_facts(connection, plan, grain, since=since, until=until), asked))
        with db.transaction(actor) as session:
            return ingest.ingest(session, lines, grain=grain, pull=said)


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
        actions.enqueue_pull(session, actor, account, grain=grain, priority=Priority.ROUTINE)
    return True


def _planned(actor: Actor, account_id: UUID, data: Mapping[str, Any], grain: Grain) -> _Plan:
    with db.reading(actor) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"There is no ad account {account_id}.")
        rules.refuse_what_is_not_active(account)
        where = {"account_id": account_id, "time_zone": account.time_zone}
        first = session.execute(_FIRST_DAY, where).scalar()
        covered = queries.covered_days(session, account_id=account_id, time_zone=account.time_zone, grain=grain.name)
        events = {row.platform_campaign_id: ConversionEvent(row.event) for row in session.execute(_EVENTS, where)}
    today = time.today(account.time_zone)
    since, until = _day(data["since"]), _day(data["until"])
    if first is not None:
        due = rules.range_to_pull(account.platform, first_day=min(first, today), today=today, covered=covered)
        since, until = since or due[0], until or due[1]
    if since is None:
        return _Plan(account, None, None, events, "no campaign stands on this account")
    until = min(until or today, today)
    if grain.name is GrainName.HOUR:
        since = max(since, rules.first_day_of_hours(today))
    note = None if since <= until else _nothing_to_ask(grain, asked=_day(data["until"]), today=today)
    return _Plan(account, since, until, events, note)


def _nothing_to_ask(grain: Grain, *, asked: date | None, today: date) -> str:
    if grain.name is GrainName.HOUR and asked is not None and asked < today:
        return f"hours before {rules.first_day_of_hours(today)} are not kept"
    return "these days are still to come"


def _facts(connection: Connection, plan: _Plan, grain: Grain, *, since: date, until: date) -> Iterator[Fact]:
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


def _make_room(since: date, until: date) -> None:
    """Makes sure of the partitions of these days' hours, whatever the zone: what is kept for a week has no DEFAULT."""
    with db.worker_transaction() as session:
        session.execute(_ROOM_FOR_HOURS, {"since": since - _A_DAY, "until": until + _A_DAY})


@contextmanager
def _refused_if_other_currency(actor: Actor, account: AccountView) -> Iterator[None]:
    try:
        yield
    except OtherCurrency as error:
        with db.transaction(actor) as session:
            ad_accounts.mark_changed(session, account_id=account.id)
        raise Conflict(
            f"{account.external_id} reports in {error.currency} now, and was connected in {account.currency}. Nothing "
            "was taken over: numbers of two currencies are not mixed."
        ) from error


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
