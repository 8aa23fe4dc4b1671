"""The campaigns that spent most in a period, each compared with the period of the same length before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.trips import Query
from adloom.metrics import uncertain, windows
from adloom.metrics.types import CampaignName, MetricRow
from adloom.platforms.types import Platform

_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)


class _Found(NamedTuple):
    """A row of either statement; its period ends with `until`. Figures are None where there are no windows to show."""

    until: date
    campaign_id: UUID | None
    platform: str
    campaign_name: str
    platform_campaign_id: str | None
    facts: Decimal
    impressions: Decimal
    clicks: Decimal
    conversions: Decimal | None
    conversion_value: Decimal | None
    spend_amount: Decimal
    facts_before: Decimal
    impressions_before: Decimal
    clicks_before: Decimal
    conversions_before: Decimal | None
    conversion_value_before: Decimal | None
    spend_amount_before: Decimal


def _of(table: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)


_SHOWN = """
        campaigns.platform,
        campaigns.campaign_name,
        campaigns.platform_campaign_id
"""

# In the order of `idx_campaign_windows_spend`: no more rows are read than are shown. OFFSET 0 keeps the planner from
# turning the join around. The day on which the windows end is told in the same answer: of another one none is read.
_PREPARED = text(
    f"""
    SELECT
        ends.until,
        {_of("held", _Found._fields[1:])}
    FROM campaign_window_ends AS ends
    LEFT JOIN LATERAL (
        SELECT
            held.*,
            {_SHOWN}
        FROM campaign_windows AS held
        CROSS JOIN LATERAL (
            SELECT *
            FROM campaigns
            WHERE campaigns.id = held.campaign_id
            OFFSET 0
        ) AS campaigns
        WHERE ends.until = :until
            AND held.user_id = :user_id
            AND held.days = :days
            AND held.spend_currency = :currency
            AND held.facts > 0
            AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
        ORDER BY
            held.spend_amount DESC,
            held.campaign_id
        LIMIT :limit
    ) AS held ON true
    WHERE ends.user_id = :user_id
    ORDER BY
        held.spend_amount DESC,
        held.campaign_id
    """  # noqa: S608  (constant names)
)


def _sums(which: str, *, suffix: str) -> str:
    return f"""
            coalesce(sum(facts) FILTER (WHERE {which}), 0) AS facts{suffix},
            coalesce(sum(impressions) FILTER (WHERE {which}), 0) AS impressions{suffix},
            coalesce(sum(clicks) FILTER (WHERE {which}), 0) AS clicks{suffix},
            sum(conversions) FILTER (WHERE {which}) AS conversions{suffix},
            sum(conversion_value) FILTER (WHERE {which}) AS conversion_value{suffix},
            coalesce(sum(spend_amount) FILTER (WHERE {which}), 0) AS spend_amount{suffix}
    """


# Who is among them is told by the spend of one period: its whole weeks, and the days around them from the facts. All
# figures of both periods are added up of those few alone. Days are listed, not bounded, so that each is one look into
# an index; the campaigns are looked up in the order of their spend, and OFFSET 0 keeps the planner to it.
_COUNTED = text(
    f"""
    WITH spent AS (
        SELECT
            campaign_id,
            sum(spend_amount) AS spend_amount
        FROM (
            SELECT
                campaign_id,
                spend_amount
            FROM campaign_weeks
            WHERE user_id = :user_id
                AND spend_currency = :currency
                AND facts > 0
                AND date = ANY (CAST(:weeks AS date[]))
            UNION ALL
            SELECT
                campaign_metrics.campaign_id,
                campaign_metrics.spend_amount
            FROM campaigns
            JOIN campaign_metrics ON campaign_metrics.campaign_id = campaigns.id
            WHERE campaigns.user_id = :user_id
                AND campaign_metrics.spend_currency = :currency
                AND campaign_metrics.date = ANY (CAST(:days_around AS date[]))
        ) AS parts
        GROUP BY campaign_id
    ),
    shown AS (
        SELECT
            spent.campaign_id,
            {_SHOWN}
        FROM (
            SELECT *
            FROM spent
            ORDER BY
                spend_amount DESC,
                campaign_id
        ) AS spent
        CROSS JOIN LATERAL (
            SELECT *
            FROM campaigns
            WHERE campaigns.id = spent.campaign_id
            OFFSET 0
        ) AS campaigns
        WHERE CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid)
        ORDER BY
            spent.spend_amount DESC,
            spent.campaign_id
        LIMIT :limit
    )
    SELECT
        CAST(:until AS date),
        {_of("shown", _Found._fields[1:5])},
        {_of("held", _Found._fields[5:])}
    FROM shown
    CROSS JOIN LATERAL (
        SELECT
            {_sums("date >= :since", suffix="")},
            {_sums("date < :since", suffix="_before")}
        FROM (
            SELECT
                date,
                facts,
                impressions,
                clicks,
                CASE WHEN conversions_told > 0 THEN conversions END AS conversions,
                CASE WHEN conversion_value_told > 0 THEN conversion_value END AS conversion_value,
                spend_amount
            FROM campaign_weeks
            WHERE user_id = :user_id
                AND campaign_id = shown.campaign_id
                AND spend_currency = :currency
                AND date = ANY (CAST(:all_weeks AS date[]))
            UNION ALL
            SELECT
                date,
                1,
                impressions,
                clicks,
                conversions,
                conversion_value,
                spend_amount
            FROM campaign_metrics
            WHERE campaign_id = shown.campaign_id
                AND spend_currency = :currency
                AND date = ANY (CAST(:all_days_around AS date[]))
        ) AS parts
    ) AS held
    ORDER BY
        held.spend_amount DESC,
        shown.campaign_id
    """  # noqa: S608  (constant names)
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums in one currency; None is 'not reported'."""

    impressions: int
    clicks: int
    conversions: Decimal | None
    conversion_value: Decimal | None
    spend: Decimal


@dataclass(frozen=True, slots=True)
class Ranked:
    """A campaign's sums, and those of the period before; `before` is None where it has no figures in that one."""

    platform: Platform
    campaign: CampaignName
    now: Figures
    before: Figures | None


def top_campaigns(
    actor: Actor,
    *,
    since: date,
    until: date,
    currency: str,
    limit: int = 25,
    client_id: UUID | None = None,
) -> tuple[Ranked, ...]:
    """The campaigns with figures from `since` to `until`, both included, the one that spent most first.

    A period that stands ready (`windows.PRESETS`, up to the newest day that is over) is read; any other is added up
    from weeks and days.
    """
    days = (until - since).days + 1
    values = {
        "user_id": actor.tenant_id,
        **_spans(since, until),
        "days": days,
        "currency": currency,
        "client_id": client_id,
        "limit": limit,
    }
    ready = _read(actor, _PREPARED, values) if days in windows.PRESETS else []
    found = ready if ready and ready[0].until == until else _read(actor, _COUNTED, values)
    return tuple(_ranked(row, row.campaign_id) for row in found if row.campaign_id is not None)


def rows(actor: Actor, *, since: date, until: date, currency: str, limit: int = 25) -> list[MetricRow]:
    """The same campaigns without the period before, as `queries.show` says them; `as_of` is not told."""
    found = top_campaigns(actor, since=since, until=until, currency=currency, limit=limit)
    with db.reader(actor) as (session, _):
        return uncertain.marked(session, [_row(each, currency) for each in found])


def _read(actor: Actor, statement: TextClause, values: Mapping[str, Any]) -> list[_Found]:
    ((found,), _) = db.read_at_once(actor, Query(statement, values))
    return [_Found(*each) for each in found]


def _spans(since: date, until: date) -> dict[str, object]:
    """The whole weeks (their Mondays) and the days around them, of the period and of both."""
    next_ = until + _A_DAY
    weeks, days = _cut(since, next_)
    weeks_before, days_before = _cut(since - (next_ - since), since)
    return {
        "since": since,
        "until": until,
        "weeks": weeks,
        "days_around": days,
        "all_weeks": weeks_before + weeks,
        "all_days_around": days_before + days,
    }


def _cut(first: date, next_: date) -> tuple[list[date], list[date]]:
    """The Mondays from which weeks lie whole in a period, and its days that lie in none of these weeks."""
    days = [first + _A_DAY * number for number in range((next_ - first).days)]
    mondays = [day for day in days if day.weekday() == 0 and day + _A_WEEK <= next_]
    in_weeks = {monday + _A_DAY * number for monday in mondays for number in range(7)}
    return mondays, [day for day in days if day not in in_weeks]


def _ranked(row: _Found, campaign_id: UUID) -> Ranked:
    before = Figures(
        int(row.impressions_before),
        int(row.clicks_before),
        row.conversions_before,
        row.conversion_value_before,
        row.spend_amount_before,
    )
    return Ranked(
        platform=Platform(row.platform),
        campaign=CampaignName(campaign_id, row.campaign_name, row.platform_campaign_id),
        now=Figures(int(row.impressions), int(row.clicks), row.conversions, row.conversion_value, row.spend_amount),
        before=before if row.facts_before else None,
    )


def _row(each: Ranked, currency: str) -> MetricRow:
    return MetricRow(
        platform=each.platform,
        campaign=each.campaign,
        date=None,
        currency=currency,
        impressions=each.now.impressions,
        clicks=each.now.clicks,
        conversions=each.now.conversions,
        conversion_value=each.now.conversion_value,
        spend=each.now.spend,
        as_of=None,
    )
