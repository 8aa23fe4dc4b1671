"""What was said before and what is known at all: restatements since a moment, and the days that pulls cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core import money, time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import rules
from adloom.metrics.answers import Answer
from adloom.metrics.grains import GrainName
from adloom.metrics.types import CampaignName
from adloom.platforms.types import Platform

# What was said at the moment stands in the ledger, if it is said otherwise since. What was not said then, of a day that
# a pull covered, was zero; of a campaign that nobody knew yet it was nothing.
_CHANGES = text(
    """
    WITH earlier AS (
        SELECT
            campaign_id,
            date,
            impressions,
            clicks,
            conversions,
            conversion_value,
            spend_amount
        FROM campaign_metrics_ledger
        WHERE date BETWEEN :since AND :until
            AND valid_from <= :moment
            AND valid_to > :moment
        UNION ALL
        SELECT
            said.campaign_id,
            said.date,
            0,
            0,
            said.conversions * 0,
            said.conversion_value * 0,
            0
        FROM campaign_metrics AS said
        JOIN campaigns ON campaigns.id = said.campaign_id
        WHERE said.date BETWEEN :since AND :until
            AND said.valid_from > :moment
            AND campaigns.created_at <= :moment
            AND NOT EXISTS (
                SELECT
                FROM campaign_metrics_ledger AS known
                WHERE known.campaign_id = said.campaign_id
                    AND known.date = said.date
                    AND known.valid_from <= :moment
            )
            AND EXISTS (
                SELECT
                FROM metric_pulls
                WHERE metric_pulls.platform_account_id = campaigns.platform_account_id
                    AND metric_pulls.grain = 'day'
                    AND metric_pulls.pulled_at <= :moment
                    AND said.date BETWEEN metric_pulls.since AND metric_pulls.until
            )
    )
    SELECT
        campaigns.platform,
        campaigns.id AS campaign_id,
        campaigns.campaign_name,
        campaigns.platform_campaign_id,
        earlier.date,
        campaign_metrics.spend_currency AS currency,
        campaign_metrics.valid_from AS changed_at,
        earlier.impressions AS old_impressions,
        earlier.clicks AS old_clicks,
        earlier.conversions AS old_conversions,
        earlier.conversion_value AS old_conversion_value,
        earlier.spend_amount AS old_spend,
        campaign_metrics.impressions AS new_impressions,
        campaign_metrics.clicks AS new_clicks,
        campaign_metrics.conversions AS new_conversions,
        campaign_metrics.conversion_value AS new_conversion_value,
        campaign_metrics.spend_amount AS new_spend
    FROM earlier
    JOIN campaign_metrics ON campaign_metrics.campaign_id = earlier.campaign_id
        AND campaign_metrics.date = earlier.date
    JOIN campaigns ON campaigns.id = earlier.campaign_id
    WHERE campaign_metrics.date BETWEEN :since AND :until
        AND (CAST(:client_id AS uuid) IS NULL OR campaigns.client_id = CAST(:client_id AS uuid))
        AND (
            earlier.impressions,
            earlier.clicks,
            earlier.conversions,
            earlier.conversion_value,
            earlier.spend_amount
        ) IS DISTINCT FROM (
            campaign_metrics.impressions,
            campaign_metrics.clicks,
            campaign_metrics.conversions,
            campaign_metrics.conversion_value,
            campaign_metrics.spend_amount
        )
    ORDER BY
        campaigns.platform,
        campaigns.campaign_name,
        campaigns.id,
        earlier.date
    """
)

# Days in a row make one span: the day less its place in the row is the same for all of them. Of hours that are not kept
# any more nothing is known, though a pull told them once: a row that is absent there was not zero.
_COVERAGE = text(
    """
    WITH placed AS (
        SELECT
            metric_coverage.platform_account_id,
            metric_coverage.grain,
            metric_coverage.date,
            metric_coverage.pulled_at,
            metric_coverage.date - CAST(
                row_number() OVER (
                    PARTITION BY metric_coverage.platform_account_id, metric_coverage.grain
                    ORDER BY metric_coverage.date
                ) AS integer
            ) AS span
        FROM metric_coverage
        JOIN platform_accounts ON platform_accounts.id = metric_coverage.platform_account_id
        WHERE metric_coverage.grain <> 'hour'
            OR metric_coverage.date > CAST(
                CAST(:now AS timestamptz) AT TIME ZONE platform_accounts.time_zone AS date
            ) - CAST(:hours_kept AS integer)
    )
    SELECT
        platform_accounts.id AS account_id,
        platform_accounts.platform,
        platform_accounts.external_id,
        placed.grain,
        min(placed.date) AS since,
        max(placed.date) AS until,
        min(placed.pulled_at) AS oldest,
        max(placed.pulled_at) AS newest
    FROM placed
    JOIN platform_accounts ON platform_accounts.id = placed.platform_account_id
    WHERE CAST(:client_id AS uuid) IS NULL OR platform_accounts.client_id = CAST(:client_id AS uuid)
    GROUP BY
        platform_accounts.id,
        placed.grain,
        placed.span
    ORDER BY
        platform_accounts.platform,
        platform_accounts.external_id,
        placed.grain,
        since
    """
)

_FIGURES = ("impressions", "clicks", "conversions", "conversion_value", "spend")


@dataclass(frozen=True, slots=True)
class Restated:
    """A campaign's day of which a platform says otherwise since a moment: each figure before and now.

    None is 'not reported'. `changed_at` is the pull that said it last.
    """

    platform: Platform
    campaign: CampaignName
    date: date
    currency: str
    changed_at: datetime
    before: Mapping[str, int | Decimal | None]
    now: Mapping[str, int | Decimal | None]

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it: counts as integers, everything else as decimal strings."""
        return {
            "platform": self.platform.value,
            "campaign": {
                "id": str(self.campaign.id),
                "name": self.campaign.name,
                "platform_campaign_id": self.campaign.platform_campaign_id,
            },
            "date": self.date.isoformat(),
            "currency": self.currency,
            "changed_at": self.changed_at.isoformat(),
            "before": self._told(self.before),
            "now": self._told(self.now),
        }

    def _told(self, figures: Mapping[str, int | Decimal | None]) -> dict[str, int | str | None]:
        digits = money.currency_digits(self.currency)
        return {
            name: money.plain(value, digits=0 if name == "conversions" else digits)
            if isinstance(value, Decimal)
            else value
            for name, value in figures.items()
        }


@dataclass(frozen=True, slots=True)
class Covered:
    """Days in a row, both included, that pulls of an account cover in one grain, and how old the pulls are.

    A row that is absent inside is zero; outside nothing is known.
    """

    account_id: UUID
    platform: Platform
    external_id: str
    grain: GrainName
    since: date
    until: date
    oldest: datetime
    newest: datetime

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "account_id": str(self.account_id),
            "platform": self.platform.value,
            "external_id": self.external_id,
            "grain": self.grain.value,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "oldest_pull": self.oldest.isoformat(),
            "newest_pull": self.newest.isoformat(),
        }


def changes(
    actor: Actor, *, moment: datetime, since: date, until: date, client_id: UUID | None = None
) -> Answer[Restated]:
    """Days from `since` to `until`, both included, whose figures were known at the moment and are others now."""
    values = {"moment": moment, "since": since, "until": until, "client_id": client_id}
    with db.reader(actor) as (session, data_as_of):
        found = (
            Restated(
                platform=Platform(row.platform),
                campaign=CampaignName(row.campaign_id, row.campaign_name, row.platform_campaign_id),
                date=row.date,
                currency=row.currency,
                changed_at=row.changed_at,
                before={name: getattr(row, f"old_{name}") for name in _FIGURES},
                now={name: getattr(row, f"new_{name}") for name in _FIGURES},
            )
            for row in session.execute(_CHANGES, values)
        )
        return Answer(found, data_as_of=data_as_of)


def coverage(actor: Actor, *, client_id: UUID | None = None) -> Answer[Covered]:
    """Every span of days that is known, by account and grain; a gap between two spans is unknown.

    Days whose hours are not kept any more are not known by the hour.
    """
    with db.reader(actor) as (session, data_as_of):
        values = {"client_id": client_id, "now": time.now(), "hours_kept": rules.HOURS_KEPT.days}
        found = (
            Covered(
                account_id=row.account_id,
                platform=Platform(row.platform),
                external_id=row.external_id,
                grain=GrainName(row.grain),
                since=row.since,
                until=row.until,
                oldest=row.oldest,
                newest=row.newest,
            )
            for row in session.execute(_COVERAGE, values)
        )
        return Answer(found, data_as_of=data_as_of)
