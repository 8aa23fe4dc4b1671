"""The statement that adds facts up: by platform, campaign and day, one row per currency, of two periods at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from adloom.metrics import conversion
from adloom.metrics.types import By

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
        num_nonnulls(campaign_metrics.conversion_value) AS conversion_value_told,
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
        account_metrics.conversion_value_told,
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
        num_nonnulls(said.conversion_value) AS conversion_value_told,
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
            sum(conversion_value_told) > 0 AND sum(conversion_value_told) < sum(facts) AS is_value_partly_told,
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
        sums.is_value_partly_told,
        sums.as_of{rates_shown}
    FROM sums
    LEFT JOIN campaigns ON campaigns.id = sums.campaign_id
    ORDER BY
        sort_platform,
        campaign_name,
        sums.campaign_id,
        sums.date,
        sums.spend_currency
"""


class Sums(NamedTuple):
    """A row of sums, nothing converted."""

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
    is_value_partly_told: bool
    as_of: datetime | None


def facts(by: Collection[By], *, ad_id: UUID | None = None, as_of: datetime | None = None) -> str:
    """SQL: the smallest rows that answer: by account where no campaign is asked for, or what was held at a moment."""
    if as_of is not None:
        return _THEN
    return _NOW if By.CAMPAIGN in by or ad_id is not None else _ROLLED_UP


@cache
def statement(facts: str, *, is_converted: bool = False) -> TextClause:
    """These facts added up, as rows of `Sums`; `is_converted`: in `:reporting_currency`, with its rates."""
    called = _CALLED_THEN if facts is _THEN else "campaigns.campaign_name"
    if not is_converted:
        return text(_SUMS.format(facts=facts, called=called, rates_summed="", rates_shown=""))
    told = conversion.told(facts)
    return text(_SUMS.format(facts=told, called=called, rates_summed=conversion.SUMS, rates_shown=conversion.SHOWN))
