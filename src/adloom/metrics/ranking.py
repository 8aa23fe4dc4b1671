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

# Added up by campaign before anything is looked up, in one reading of both periods.
_COUNTED = text(
    f"""
    WITH held AS (
        SELECT
            campaign_id,
            count(*) FILTER (WHERE date >= :since) AS facts,
            coalesce(sum(impressions) FILTER (WHERE date >= :since), 0) AS impressions,
            coalesce(sum(clicks) FILTER (WHERE date >= :since), 0) AS clicks,
            sum(conversions) FILTER (WHERE date >= :since) AS conversions,
            sum(conversion_value) FILTER (WHERE date >= :since) AS conversion_value,
            coalesce(sum(spend_amount) FILTER (WHERE date >= :since), 0) AS spend_amount,
            count(*) FILTER (WHERE date < :since) AS facts_before,
            coalesce(sum(impressions) FILTER (WHERE date < :since), 0) AS impressions_before,
            coalesce(sum(clicks) FILTER (WHERE date < :since), 0) AS clicks_before,
            sum(conversions) FILTER (WHERE date < :since) AS conversions_before,
            sum(conversion_value) FILTER (WHERE date < :since) AS conversion_value_before,
            coalesce(sum(spend_amount) FILTER (WHERE date < :since), 0) AS spend_amount_before
        FROM campaign_metrics
        WHERE date BETWEEN :before AND :until
            AND spend_currency = :currency
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

    A period that stands ready (`windows.PRESETS`, up to the newest day that is over) is read; any other is counted.
    """
    days = (until - since).days + 1
    values = {
        "user_id": actor.tenant_id,
        "since": since,
        "until": until,
        "before": since - timedelta(days=days),
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
