"""Puts one account's days into the facts: COPY into a temporary table, then one merging statement, all or nothing.

The same pull twice changes nothing. A day inside the pulled range that the report no longer shows becomes zero: the
platform took it back. Campaigns that Adloom does not know are counted and named, never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, text

from adloom.db.session import Session
from adloom.metrics.types import Ingested
from adloom.platforms.facts import DailyFact

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('metrics:' || :account_id, 0))")

_STAGE = text(
    """
    CREATE TEMPORARY TABLE pulled_days (
        platform_campaign_id text NOT NULL,
        date date NOT NULL,
        impressions bigint NOT NULL,
        clicks bigint NOT NULL,
        conversions numeric,
        conversion_value numeric,
        spend_amount numeric NOT NULL,
        spend_currency text NOT NULL,
        platform_metrics jsonb,
        PRIMARY KEY (platform_campaign_id, date)
    ) ON COMMIT DROP
    """
)

_COPY = """
    COPY pulled_days (
        platform_campaign_id,
        date,
        impressions,
        clicks,
        conversions,
        conversion_value,
        spend_amount,
        spend_currency,
        platform_metrics
    )
    FROM STDIN
"""

# `pulled` is what the report shows, `withdrawn` what it showed once and does not any more; both go through one merge
# that touches only what differs.
_MERGE = text(
    """
    WITH pulled AS (
        SELECT
            campaigns.user_id,
            campaigns.id AS campaign_id,
            campaigns.platform,
            pulled_days.date,
            pulled_days.impressions,
            pulled_days.clicks,
            pulled_days.conversions,
            pulled_days.conversion_value,
            pulled_days.spend_amount,
            pulled_days.spend_currency,
            pulled_days.platform_metrics
        FROM pulled_days
        JOIN campaigns ON campaigns.platform_campaign_id = pulled_days.platform_campaign_id
        WHERE campaigns.platform_account_id = :account_id
    ),
    withdrawn AS (
        SELECT
            campaign_metrics.user_id,
            campaign_metrics.campaign_id,
            campaign_metrics.platform,
            campaign_metrics.date,
            CAST(0 AS bigint) AS impressions,
            CAST(0 AS bigint) AS clicks,
            campaign_metrics.conversions * 0 AS conversions,
            campaign_metrics.conversion_value * 0 AS conversion_value,
            CAST(0 AS numeric) AS spend_amount,
            campaign_metrics.spend_currency,
            campaign_metrics.platform_metrics
        FROM campaign_metrics
        JOIN campaigns ON campaigns.id = campaign_metrics.campaign_id
        WHERE campaigns.platform_account_id = :account_id
            AND campaign_metrics.date BETWEEN :since AND :until
            AND NOT EXISTS (
                SELECT
                FROM pulled
                WHERE pulled.campaign_id = campaign_metrics.campaign_id
                    AND pulled.date = campaign_metrics.date
            )
    )
    INSERT INTO campaign_metrics AS held (
        user_id,
        campaign_id,
        platform,
        date,
        time_zone,
        impressions,
        clicks,
        conversions,
        conversion_value,
        spend_amount,
        spend_currency,
        platform_metrics
    )
    SELECT
        user_id,
        campaign_id,
        platform,
        date,
        :time_zone,
        impressions,
        clicks,
        conversions,
        conversion_value,
        spend_amount,
        spend_currency,
        platform_metrics
    FROM (
        SELECT * FROM pulled
        UNION ALL
        SELECT * FROM withdrawn
    ) AS incoming
    ON CONFLICT (campaign_id, date) DO UPDATE
    SET
        time_zone = excluded.time_zone,
        impressions = excluded.impressions,
        clicks = excluded.clicks,
        conversions = excluded.conversions,
        conversion_value = excluded.conversion_value,
        spend_amount = excluded.spend_amount,
        spend_currency = excluded.spend_currency,
        platform_metrics = excluded.platform_metrics,
        updated_at = clock_timestamp()
    WHERE (
        held.time_zone,
        held.impressions,
        held.clicks,
        held.conversions,
        held.conversion_value,
        held.spend_amount,
        held.spend_currency,
        held.platform_metrics
    ) IS DISTINCT FROM (
        excluded.time_zone,
        excluded.impressions,
        excluded.clicks,
        excluded.conversions,
        excluded.conversion_value,
        excluded.spend_amount,
        excluded.spend_currency,
        excluded.platform_metrics
    )
    """
)

_FOREIGN = text(
    """
    SELECT
        platform_campaign_id,
        count(*) AS days
    FROM pulled_days
    WHERE NOT EXISTS (
        SELECT
        FROM campaigns
        WHERE campaigns.platform_account_id = :account_id
            AND campaigns.platform_campaign_id = pulled_days.platform_campaign_id
    )
    GROUP BY platform_campaign_id
    ORDER BY platform_campaign_id
    """
)

_COVER = text(
    """
    INSERT INTO metric_coverage (user_id, platform_account_id, grain, date, pull_id, pulled_at)
    SELECT
        :user_id,
        :account_id,
        'day',
        CAST(day AS date),
        :pull_id,
        :pulled_at
    FROM generate_series(CAST(:since AS timestamp), CAST(:until AS timestamp), INTERVAL '1 day') AS day
    ON CONFLICT (platform_account_id, grain, date) DO UPDATE
    SET
        pull_id = excluded.pull_id,
        pulled_at = excluded.pulled_at
    """
)

_SYNCED = text("UPDATE platform_accounts SET last_synced_at = clock_timestamp() WHERE id = :account_id")


def ingest(
    session: Session,
    facts: Iterable[DailyFact],
    *,
    user_id: UUID,
    account_id: UUID,
    time_zone: str,
    since: date,
    until: date,
    pull_id: UUID,
    pulled_at: datetime,
) -> Ingested:
    """Merges an account's days and marks the range as covered, in the caller's transaction.

    `facts` is read once, as a stream; what it raises undoes everything. Two pulls of one account wait for each other.
    """
    where: dict[str, Any] = {"account_id": account_id, "since": since, "until": until}
    session.execute(_LOCK, {"account_id": str(account_id)})
    session.execute(_STAGE)
    rows = _copy(session, facts)
    merged = session.execute(_MERGE, {**where, "time_zone": time_zone})
    foreign = {row.platform_campaign_id: row.days for row in session.execute(_FOREIGN, where)}
    session.execute(_COVER, {**where, "user_id": user_id, "pull_id": pull_id, "pulled_at": pulled_at})
    session.execute(_SYNCED, where)
    assert isinstance(merged, CursorResult)
    return Ingested(changed=merged.rowcount, rows=rows, foreign=foreign)


def _copy(session: Session, facts: Iterable[DailyFact]) -> int:
    connection = session.connection().connection.driver_connection
    assert connection is not None
    rows = 0
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for fact in facts:
            copy.write_row(_values(fact))
            rows += 1
    return rows


def _values(fact: DailyFact) -> tuple[object, ...]:
    extra = json.dumps(dict(fact.platform_metrics), default=str, sort_keys=True) if fact.platform_metrics else None
    return (
        fact.platform_campaign_id,
        fact.date,
        fact.impressions,
        fact.clicks,
        fact.conversions,
        fact.conversion_value,
        fact.spend,
        fact.currency,
        extra,
    )
