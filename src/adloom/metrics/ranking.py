"""The campaigns that spent most in a period, each compared with the period of the same length before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import ReadSession
from adloom.metrics import windows
from adloom.metrics.types import CampaignName
from adloom.platforms.types import Platform

_SHOWN = """
        campaigns.platform,
        campaigns.campaign_name,
        campaigns.platform_campaign_id
"""

# In the order of `idx_campaign_windows_spend`: no more rows are read than are shown. OFFSET 0 keeps the planner from
# turning the join around.
_PREPARED = text(
    f"""
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
    WHERE held.user_id = :user_id
        AND held.days = :days
        AND held.spend_currency = :currency
        AND held.facts > 0
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
    ORDER BY
        held.spend_amount DESC,
        held.campaign_id
    LIMIT :limit
    """  # noqa: S608  (constant names)
)

_WEEKS = """
        SELECT
            campaign_id,
            date >= :since AS is_now,
            facts,
            impressions,
            clicks,
            CASE WHEN conversions_told > 0 THEN conversions END AS conversions,
            CASE WHEN conversion_value_told > 0 THEN conversion_value END AS conversion_value,
            spend_amount
        FROM campaign_weeks
        WHERE user_id = :user_id
            AND spend_currency = :currency
            AND facts > 0
            AND (
                (date >= :weeks_before_from AND date < :weeks_before_to)
                OR (date >= :weeks_from AND date < :weeks_to)
            )
"""

_EDGE = """
        SELECT
            campaign_metrics.campaign_id,
            campaign_metrics.date >= :since,
            1,
            campaign_metrics.impressions,
            campaign_metrics.clicks,
            campaign_metrics.conversions,
            campaign_metrics.conversion_value,
            campaign_metrics.spend_amount
        FROM campaigns
        JOIN campaign_metrics ON campaign_metrics.campaign_id = campaigns.id
        WHERE campaigns.user_id = :user_id
            AND campaign_metrics.spend_currency = :currency
            AND campaign_metrics.date >= {first}
            AND campaign_metrics.date < {next}
"""

# Before the whole weeks and after them, in either period.
_EDGES = (
    (":before", ":weeks_before_from"),
    (":weeks_before_to", ":since"),
    (":since", ":weeks_from"),
    (":weeks_to", ":next"),
)


def _figures(which: str, *, suffix: str) -> str:
    return f"""
            coalesce(sum(facts) FILTER (WHERE {which}), 0) AS facts{suffix},
            coalesce(sum(impressions) FILTER (WHERE {which}), 0) AS impressions{suffix},
            coalesce(sum(clicks) FILTER (WHERE {which}), 0) AS clicks{suffix},
            sum(conversions) FILTER (WHERE {which}) AS conversions{suffix},
            sum(conversion_value) FILTER (WHERE {which}) AS conversion_value{suffix},
            coalesce(sum(spend_amount) FILTER (WHERE {which}), 0) AS spend_amount{suffix}
    """


# Whole weeks, and the days around them from the facts; added up by campaign before anything is looked up.
_COUNTED = text(
    f"""
    WITH parts AS (
        {_WEEKS}
        UNION ALL
        {" UNION ALL ".join(_EDGE.format(first=first, next=next_) for first, next_ in _EDGES)}
    ),
    held AS (
        SELECT
            campaign_id,
            {_figures("is_now", suffix="")},
            {_figures("NOT is_now", suffix="_before")}
        FROM parts
        GROUP BY campaign_id
    )
    SELECT
        held.*,
        {_SHOWN}
    FROM held
    JOIN campaigns ON campaigns.id = held.campaign_id
    WHERE held.facts > 0
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
    ORDER BY
        held.spend_amount DESC,
        held.campaign_id
    LIMIT :limit
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
    with db.reading(actor) as session:
        rows = session.execute(_statement(session, actor, days=days, until=until), values)
        return tuple(_ranked(row) for row in rows)


def _statement(session: ReadSession, actor: Actor, *, days: int, until: date) -> TextClause:
    is_ready = days in windows.PRESETS and windows.end(session, actor) == until
    return _PREPARED if is_ready else _COUNTED


def _spans(since: date, until: date) -> dict[str, date]:
    """Both periods, cut into whole weeks and the days around them."""
    next_ = until + timedelta(days=1)
    before = since - (next_ - since)
    weeks_before, weeks = _whole_weeks(before, since), _whole_weeks(since, next_)
    return {
        "before": before,
        "weeks_before_from": weeks_before[0],
        "weeks_before_to": weeks_before[1],
        "since": since,
        "weeks_from": weeks[0],
        "weeks_to": weeks[1],
        "next": next_,
    }


def _whole_weeks(first: date, next_: date) -> tuple[date, date]:
    """The Mondays from and before which weeks lie whole in a period; its end twice where none does."""
    begin = first + timedelta(days=-first.weekday() % 7)
    end = next_ - timedelta(days=next_.weekday())
    return (begin, end) if begin < end else (next_, next_)


def _ranked(row: Row[tuple[object, ...]]) -> Ranked:
    before = Figures(
        int(row.impressions_before),
        int(row.clicks_before),
        row.conversions_before,
        row.conversion_value_before,
        row.spend_amount_before,
    )
    return Ranked(
        platform=Platform(row.platform),
        campaign=CampaignName(row.campaign_id, row.campaign_name, row.platform_campaign_id),
        now=Figures(int(row.impressions), int(row.clicks), row.conversions, row.conversion_value, row.spend_amount),
        before=before if row.facts_before else None,
    )
