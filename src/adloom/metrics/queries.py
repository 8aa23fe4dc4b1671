"""Reads of the facts: sums by platform, campaign and day, one row per currency. Ratios are ratios of sums."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.db.trips import Query
from adloom.metrics import conversion, uncertain
from adloom.metrics.answers import Answer
from adloom.metrics.grains import GrainName
from adloom.metrics.types import By, CampaignName, MetricRow
from adloom.platforms.types import Platform

_DEFAULT_DAYS = 30
_A_DAY = timedelta(days=1)
_FURTHEST_AHEAD = timezone(timedelta(hours=14))

#: How a row's note begins where its currency is none of ISO 4217's.
NOT_A_CURRENCY = "{currency} is not an ISO 4217 currency: it is as the platform gives it, and never converted"
#: The same, where sums over what was not reported are less than what happened.
PARTLY_TOLD = "conversions are not reported of all of this: their sums are of what is, ROAS that over the whole spend"

# What is held now, and how old it is.
_NOW = """
    SELECT
        campaign_metrics.platform,
        campaign_metrics.campaign_id,
        campaign_metrics.date,
        campaign_metrics.spend_currency,
        campaign_metrics.impressions,
        campaign_metrics.clicks,
        campaign_metrics.conversions,
        campaign_metrics.conversion_value,
        campaign_metrics.spend_amount,
        1 AS facts,
        num_nonnulls(campaign_metrics.conversions) AS conversions_told,
        metric_coverage.pulled_at
    FROM campaign_metrics
    JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
    LEFT JOIN metric_coverage ON metric_coverage.platform_account_id = campaigns.platform_account_id
        AND metric_coverage.grain = 'day'
        AND metric_coverage.date = campaign_metrics.date
    WHERE campaign_metrics.date BETWEEN :since AND :until
        AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
"""

# The same, added up over campaigns as it came in: what no campaign is asked for is read from here. OFFSET 0 keeps the
# planner from looking up the coverage of each day by itself.
_ROLLED_UP = """
    SELECT
        account_metrics.platform,
        CAST(NULL AS uuid) AS campaign_id,
        account_metrics.date,
        account_metrics.spend_currency,
        account_metrics.impressions,
        account_metrics.clicks,
        CASE WHEN account_metrics.conversions_told > 0 THEN account_metrics.conversions END AS conversions,
        CASE WHEN account_metrics.conversion_value_told > 0 THEN account_metrics.conversion_value END
            AS conversion_value,
        account_metrics.spend_amount,
        account_metrics.facts,
        account_metrics.conversions_told,
        covered.pulled_at
    FROM account_metrics
    LEFT JOIN (
        SELECT
            platform_account_id,
            date,
            pulled_at
        FROM metric_coverage
        WHERE platform_account_id = ANY (ARRAY(SELECT id FROM platform_accounts))
            AND grain = 'day'
            AND date BETWEEN :since AND :until
        OFFSET 0
    ) AS covered ON covered.platform_account_id = account_metrics.platform_account_id
        AND covered.date = account_metrics.date
    WHERE account_metrics.date BETWEEN :since AND :until
        AND account_metrics.facts > 0
        AND (CAST(:client_id AS uuid) IS NULL OR account_metrics.client_id = CAST(:client_id AS uuid))
"""

# What was held at a moment: what stands since before it, and what was said then and is said otherwise since.
_THEN = """
    SELECT
        said.platform,
        said.campaign_id,
        said.date,
        said.spend_currency,
        said.impressions,
        said.clicks,
        said.conversions,
        said.conversion_value,
        said.spend_amount,
        1 AS facts,
        num_nonnulls(said.conversions) AS conversions_told,
        (
            SELECT max(metric_pulls.pulled_at)
            FROM metric_pulls
            WHERE metric_pulls.platform_account_id = campaigns.platform_account_id
                AND metric_pulls.grain = 'day'
                AND said.date BETWEEN metric_pulls.since AND metric_pulls.until
                AND metric_pulls.pulled_at <= :as_of
        ) AS pulled_at
    FROM (
        SELECT
            platform, campaign_id, date, spend_currency, impressions, clicks, conversions, conversion_value,
            spend_amount
        FROM campaign_metrics
        WHERE date BETWEEN :since AND :until
            AND valid_from <= :as_of
        UNION ALL
        SELECT
            platform, campaign_id, date, spend_currency, impressions, clicks, conversions, conversion_value,
            spend_amount
        FROM campaign_metrics_ledger
        WHERE date BETWEEN :since AND :until
            AND valid_from <= :as_of
            AND valid_to > :as_of
    ) AS said
    JOIN campaigns ON campaigns.id = said.campaign_id
    WHERE (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
"""

# As a campaign was called at a moment: its oldest name that was given up only later, or the one it bears.
_CALLED_THEN = """coalesce(
            (
                SELECT earlier.called ->> 'name'
                FROM jsonb_array_elements(campaigns.earlier_names) WITH ORDINALITY AS earlier (called, place)
                WHERE CAST(earlier.called ->> 'until' AS timestamptz) > :as_of
                ORDER BY earlier.place
                LIMIT 1
            ),
            campaigns.campaign_name
        )"""

# A key that is not grouped by is NULL in every row, and so makes no group of its own.
_SUMS = """
    WITH facts AS (
        {facts}
    ),
    sums AS (
        SELECT
            CASE WHEN :by_platform THEN platform END AS platform,
            CASE WHEN :by_campaign THEN campaign_id END AS campaign_id,
            CASE WHEN :by_day THEN date END AS date,
            date < :split AS is_before,
            spend_currency,
            sum(impressions) AS impressions,
            sum(clicks) AS clicks,
            sum(conversions) AS conversions,
            sum(conversion_value) AS conversion_value,
            sum(spend_amount) AS spend_amount,
            sum(conversions_told) > 0 AND sum(conversions_told) < sum(facts) AS is_partly_told,
            min(pulled_at) AS as_of{rates_summed}
        FROM facts
        GROUP BY
            1,
            2,
            3,
            4,
            5
    )
    SELECT
        sums.is_before,
        coalesce(sums.platform, campaigns.platform) AS sort_platform,
        sums.platform,
        sums.campaign_id,
        {called} AS campaign_name,
        campaigns.platform_campaign_id,
        sums.date,
        sums.spend_currency,
        sums.impressions,
        sums.clicks,
        sums.conversions,
        sums.conversion_value,
        sums.spend_amount,
        sums.is_partly_told,
        sums.as_of{rates_shown}
    FROM sums
    LEFT JOIN campaigns ON campaigns.id = sums.campaign_id
    ORDER BY
        sort_platform,
        campaigns.campaign_name,
        sums.campaign_id,
        sums.date,
        sums.spend_currency
"""


class _Sums(NamedTuple):
    """A row of `_SUMS`, nothing converted."""

    is_before: bool
    sort_platform: str | None
    platform: str | None
    campaign_id: UUID | None
    campaign_name: str | None
    platform_campaign_id: str | None
    date: date | None
    spend_currency: str
    impressions: Decimal
    clicks: Decimal
    conversions: Decimal | None
    conversion_value: Decimal | None
    spend_amount: Decimal
    is_partly_told: bool
    as_of: datetime | None


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
    facts = _facts(by, ad_id=ad_id, as_of=as_of)
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
    found = _summed(actor, _facts(by), values, reporting_currency=reporting_currency)
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
        return _as_billed(actor, Query(_statement(facts), values))
    with db.reader(actor) as (session, data_as_of):
        values |= conversion.values(reporting_currency)
        rows = session.execute(_statement(facts, is_converted=True), values).all()
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
    rows = [_Sums(*each) for each in found]
    told = [_row(row) for row in rows]
    if may_be_uncertain:
        with db.reader(actor) as (session, _):
            told = uncertain.marked(session, told)
    return _split(rows, told, data_as_of)


def _split(
    rows: Sequence[_Sums | Row[tuple[object, ...]]], told: Sequence[MetricRow], data_as_of: datetime
) -> Answer[tuple[bool, MetricRow]]:
    return Answer(((row.is_before, each) for row, each in zip(rows, told, strict=True)), data_as_of=data_as_of)


def _facts(by: Collection[By], *, ad_id: UUID | None = None, as_of: datetime | None = None) -> str:
    """The smallest rows that answer."""
    if as_of is not None:
        return _THEN
    return _NOW if By.CAMPAIGN in by or ad_id is not None else _ROLLED_UP


@cache
def _statement(facts: str, *, is_converted: bool = False) -> TextClause:
    called = _CALLED_THEN if facts is _THEN else "campaigns.campaign_name"
    if not is_converted:
        return text(_SUMS.format(facts=facts, called=called, rates_summed="", rates_shown=""))
    told = conversion.told(facts)
    return text(_SUMS.format(facts=told, called=called, rates_summed=conversion.SUMS, rates_shown=conversion.SHOWN))


def moment(text_: str | None, *, field: str = "as_of") -> datetime | None:
    """The instant that a person means; without an offset it is UTC. Raises Invalid for anything else."""
    if text_ is None:
        return None
    try:
        found = datetime.fromisoformat(text_)
    except ValueError:
        raise Invalid.field(field, f"{text_!r} is no moment.", "Write 2026-11-20T12:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def period(*, since: date | None, until: date | None) -> tuple[date, date]:
    """The asked period; by default the 30 days up to today, in the time zone that is furthest ahead."""
    last = until or time.now().astimezone(_FURTHEST_AHEAD).date()
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


def _row(row: _Sums | Row[tuple[object, ...]], note: str | None = None) -> MetricRow:
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


def _doubts(row: _Sums | Row[tuple[object, ...]]) -> Iterator[str]:
    """What a reader of a row's sums has to know of them."""
    if row.spend_currency not in money.known_currencies():
        yield NOT_A_CURRENCY.format(currency=row.spend_currency)
    if row.is_partly_told:
        yield PARTLY_TOLD
