"""The campaigns that spent most in a period, each compared with the period of the same length before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Row, text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import windows
from adloom.metrics.types import CampaignName
from adloom.platforms.types import Platform

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
        held.*
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
            count(*) FILTER (WHERE {which}) AS facts{suffix},
            coalesce(sum(impressions) FILTER (WHERE {which}), 0) AS impressions{suffix},
            coalesce(sum(clicks) FILTER (WHERE {which}), 0) AS clicks{suffix},
            sum(conversions) FILTER (WHERE {which}) AS conversions{suffix},
            sum(conversion_value) FILTER (WHERE {which}) AS conversion_value{suffix},
            coalesce(sum(spend_amount) FILTER (WHERE {which}), 0) AS spend_amount{suffix}
    """


# Who is among them is told by spend alone: whole weeks, and the days around them from the facts. All figures of both
# periods are then added up of those few.
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
                AND date >= :weeks_from
                AND date < :weeks_to
            UNION ALL
            SELECT
                campaign_metrics.campaign_id,
                campaign_metrics.spend_amount
            FROM campaigns
            JOIN campaign_metrics ON campaign_metrics.campaign_id = campaigns.id
            WHERE campaigns.user_id = :user_id
                AND campaign_metrics.spend_currency = :currency
                AND campaign_metrics.date >= :since
                AND campaign_metrics.date < :weeks_from
            UNION ALL
            SELECT
                campaign_metrics.campaign_id,
                campaign_metrics.spend_amount
            FROM campaigns
            JOIN campaign_metrics ON campaign_metrics.campaign_id = campaigns.id
            WHERE campaigns.user_id = :user_id
                AND campaign_metrics.spend_currency = :currency
                AND campaign_metrics.date >= :weeks_to
                AND campaign_metrics.date < :next
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
        shown.*,
        held.*
    FROM shown
    CROSS JOIN LATERAL (
        SELECT
            {_sums("date >= :since", suffix="")},
            {_sums("date < :since", suffix="_before")}
        FROM campaign_metrics
        WHERE campaign_id = shown.campaign_id
            AND spend_currency = :currency
            AND date >= :before
            AND date < :next
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
    with db.reading(actor) as session:
        ready = session.execute(_PREPARED, values).all() if days in windows.PRESETS else ()
        if ready and ready[0].until == until:
            return tuple(_ranked(row) for row in ready if row.campaign_id is not None)
        return tuple(_ranked(row) for row in session.execute(_COUNTED, values))


def _spans(since: date, until: date) -> dict[str, date]:
    """Both periods, the later one cut into whole weeks and the days around them; all are days before `next`."""
    next_ = until + timedelta(days=1)
    weeks_from = since + timedelta(days=-since.weekday() % 7)
    weeks_to = next_ - timedelta(days=next_.weekday())
    if weeks_from >= weeks_to:
        weeks_from = weeks_to = next_
    return {
        "before": since - (next_ - since),
        "since": since,
        "weeks_from": weeks_from,
        "weeks_to": weeks_to,
        "until": until,
        "next": next_,
    }


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
