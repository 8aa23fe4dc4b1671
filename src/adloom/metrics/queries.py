"""Reads of the facts: sums by platform, campaign and day, one row per currency. Ratios are ratios of sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

from sqlalchemy import Row, text

from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.db.trips import Query
from adloom.metrics import conversion, summing, uncertain
from adloom.metrics.answers import Answer
from adloom.metrics.grains import GrainName
from adloom.metrics.summing import Sums
from adloom.metrics.types import By, CampaignName, MetricRow
from adloom.platforms.types import Platform

_DEFAULT_DAYS = 30
_A_DAY = timedelta(days=1)
_FURTHEST_AHEAD = timezone(timedelta(hours=14))

#: How a row's note begins where its currency is none of ISO 4217's.
NOT_A_CURRENCY = "{currency} is not an ISO 4217 currency: it is as the platform gives it, and never converted"
#: The same, where sums over what was not reported are less than what happened.
PARTLY_TOLD = "conversions are not reported of all of this: their sums are of what is, ROAS that over the whole spend"
#: The same, where conversions are told of all, and what they are worth is not: TikTok tells it of purchases alone.
VALUE_PARTLY_TOLD = "conversion values are not reported of all of this: their sum is of what is, ROAS over all spend"

_COVERED = text(
    """
    SELECT
        date,
        CAST(pulled_at AT TIME ZONE :time_zone AS date) AS pulled_on
    FROM metric_coverage
    WHERE platform_account_id = :account_id
        AND grain = :grain
    """
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Sums of a period, and of the period of the same length before it."""

    now: Answer[MetricRow]
    before: Answer[MetricRow]


def show(
    actor: Actor,
    *,
    since: date,
    until: date,
    by: Collection[By],
    ad_id: UUID | None = None,
    client_id: UUID | None = None,
    as_of: datetime | None = None,
    reporting_currency: str | None = None,
    field: str | None = None,
) -> Answer[MetricRow]:
    """Sums of the days from `since` to `until`, both included, sorted by platform, campaign and date.

    With `as_of`: as they were held at that moment, restatements since undone. With `reporting_currency` each day is
    told in it, at that day's rates, and added up over currencies. What lacks a rate stays in its own currency, with a
    note; where a person asked for the conversion in `field`, it raises Invalid instead.
    """
    values = _values(since, until, by=by, ad_id=ad_id, client_id=client_id) | {"split": since}
    if as_of is not None:
        values["as_of"] = as_of
    facts = summing.facts(by, ad_id=ad_id, as_of=as_of)
    found = _summed(actor, facts, values, reporting_currency=reporting_currency, field=field)
    return Answer((row for _, row in found), data_as_of=found.data_as_of)


def compared(
    actor: Actor,
    *,
    since: date,
    until: date,
    by: Collection[By],
    client_id: UUID | None = None,
    reporting_currency: str | None = None,
) -> Compared:
    """What `show` says of a period, and of as many days before it, of one reading."""
    before = since - (until - since) - _A_DAY
    values = _values(before, until, by=by, client_id=client_id) | {"split": since}
    found = _summed(actor, summing.facts(by), values, reporting_currency=reporting_currency)
    now, earlier = ([row for is_before, row in found if is_before is which] for which in (False, True))
    return Compared(Answer(now, data_as_of=found.data_as_of), Answer(earlier, data_as_of=found.data_as_of))


def _values(
    since: date, until: date, *, by: Collection[By], ad_id: UUID | None = None, client_id: UUID | None = None
) -> dict[str, object]:
    return {
        "since": since,
        "until": until,
        "by_platform": By.PLATFORM in by,
        "by_campaign": By.CAMPAIGN in by,
        "by_day": By.DAY in by,
        "ad_id": ad_id,
        "client_id": client_id,
    }


def _summed(
    actor: Actor,
    facts: str,
    values: dict[str, object],
    *,
    reporting_currency: str | None = None,
    field: str | None = None,
) -> Answer[tuple[bool, MetricRow]]:
    """Rows of sums, and of each whether its days lie before `split`."""
    if reporting_currency is None:
        return _as_billed(actor, Query(summing.statement(facts), values))
    with db.reader(actor) as (session, data_as_of):
        values |= conversion.values(reporting_currency)
        rows = session.execute(summing.statement(facts, is_converted=True), values).all()
        lacks = [conversion.lacking(session, row, reporting_currency=reporting_currency) for row in rows]
        if field is not None:
            conversion.refuse(lacks, field=field)
        told = [
            replace(_row(row, f"not converted: {lack}" if lack else None), rates=conversion.rates(row))
            for row, lack in zip(rows, lacks, strict=True)
        ]
        return _split(rows, uncertain.marked(session, told), data_as_of)


def _as_billed(actor: Actor, query: Query) -> Answer[tuple[bool, MetricRow]]:
    """In one round trip, unless days may be uncertain."""
    ((found, ((may_be_uncertain,),)), data_as_of) = db.read_at_once(actor, query, uncertain.MAY_BE)
    rows = [Sums(*each) for each in found]
    told = [_row(row) for row in rows]
    if may_be_uncertain:
        with db.reader(actor) as (session, _):
            told = uncertain.marked(session, told)
    return _split(rows, told, data_as_of)


def _split(
    rows: Sequence[Sums | Row[tuple[object, ...]]], told: Sequence[MetricRow], data_as_of: datetime
) -> Answer[tuple[bool, MetricRow]]:
    return Answer(((row.is_before, each) for row, each in zip(rows, told, strict=True)), data_as_of=data_as_of)


def moment(text_: str | None, *, field: str = "as_of") -> datetime | None:
    """The instant that a person means; without an offset it is UTC. Raises Invalid for anything else."""
    if text_ is None:
        return None
    try:
        found = datetime.fromisoformat(text_)
    except ValueError:
        raise Invalid.field(field, f"{text_!r} is no moment.", "Write 2026-11-20T12:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def period(*, since: date | None, until: date | None, now: datetime | None = None) -> tuple[date, date]:
    """The asked period; by default the 30 days up to today (of `now`), in the time zone that is furthest ahead."""
    last = until or (now or time.now()).astimezone(_FURTHEST_AHEAD).date()
    days_before = timedelta(days=_DEFAULT_DAYS - 1)
    first = since or max(last, date.min + days_before) - days_before
    if last < first:
        raise Invalid.field("to", f"{last} is before {first}.", "Give a later day.")
    return first, last


def grouping(text_: str) -> tuple[By, ...]:
    """What `--by platform,day` names; raises Invalid for anything else."""
    try:
        return tuple(By(name.strip()) for name in text_.split(",") if name.strip())
    except ValueError:
        known = ", ".join(By)
        raise Invalid.field("by", f"{text_!r} cannot be grouped by.", f"Use some of: {known}.") from None


def covered_days(
    session: ReadSession, *, account_id: UUID, time_zone: str, grain: GrainName = GrainName.DAY
) -> dict[date, date]:
    """The days that a successful pull of this account covers, each with the account's day of the newest such pull."""
    rows = session.execute(_COVERED, {"account_id": account_id, "time_zone": time_zone, "grain": grain.value})
    return {row.date: row.pulled_on for row in rows}


def _row(row: Sums | Row[tuple[object, ...]], note: str | None = None) -> MetricRow:
    campaign = None
    if row.campaign_id is not None and row.campaign_name is not None:
        campaign = CampaignName(row.campaign_id, row.campaign_name, row.platform_campaign_id)
    return MetricRow(
        platform=Platform(row.platform) if row.platform else None,
        campaign=campaign,
        date=row.date,
        currency=row.spend_currency,
        impressions=int(row.impressions),
        clicks=int(row.clicks),
        conversions=row.conversions,
        conversion_value=row.conversion_value,
        spend=row.spend_amount,
        as_of=row.as_of,
        note="; ".join(filter(None, (note, *_doubts(row)))) or None,
    )


def _doubts(row: Sums | Row[tuple[object, ...]]) -> Iterator[str]:
    """What a reader of a row's sums has to know of them."""
    if row.spend_currency not in money.known_currencies():
        yield NOT_A_CURRENCY.format(currency=row.spend_currency)
    if row.is_partly_told:
        yield PARTLY_TOLD
    elif row.is_value_partly_told:
        yield VALUE_PARTLY_TOLD
