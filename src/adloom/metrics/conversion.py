"""Figures told in another currency, day by day: the SQL that does it, and what a row says of the rates that it took.

Both sides of a ratio are converted, in numerics, and rounded once, where a figure is shown. A day without a rate takes
the last earlier one, at most a week old; a figure without even that stays in its own currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from adloom.core import money
from adloom.core.errors import Invalid
from adloom.db.session import ReadSession
from adloom.metrics.types import MAX_RATE_AGE_DAYS, Lacking, Rates

_LAST_RATE = """
    LATERAL (
        SELECT
            1::numeric AS rate,
            wanted.date,
            NULL AS source
        WHERE {currency} = 'EUR'
        UNION ALL
        SELECT
            held.rate,
            held.date,
            held.source
        FROM exchange_rates AS held
        WHERE held.currency = {currency}
            AND held.date BETWEEN wanted.date - :max_age_days AND wanted.date
        ORDER BY date DESC
        LIMIT 1
    )
"""

# Added up by day first, within each currency: what is converted is few rows. Thirty decimals are kept until the end.
_TOLD = """
    WITH told AS (
        SELECT
            CASE WHEN :by_platform THEN platform END AS platform,
            CASE WHEN :by_campaign THEN campaign_id END AS campaign_id,
            date,
            spend_currency,
            sum(impressions) AS impressions,
            sum(clicks) AS clicks,
            sum(conversions) AS conversions,
            sum(conversion_value) AS conversion_value,
            sum(spend_amount) AS spend_amount,
            sum(facts) AS facts,
            sum(conversions_told) AS conversions_told,
            sum(conversion_value_told) AS conversion_value_told,
            min(pulled_at) AS pulled_at
        FROM (
            {facts}
        ) AS facts
        GROUP BY
            1,
            2,
            3,
            4
    ),
    wanted AS (
        SELECT DISTINCT
            date,
            spend_currency AS currency
        FROM told
        WHERE spend_currency <> :reporting_currency
    ),
    rated AS (
        SELECT
            wanted.date,
            wanted.currency,
            theirs.rate AS from_rate,
            ours.rate AS to_rate,
            least(theirs.date, ours.date) AS rate_date,
            concat_ws(',', theirs.source, ours.source) AS rate_source
        FROM wanted
        JOIN {last_of_theirs} AS theirs ON true
        JOIN {last_of_ours} AS ours ON true
    )
    SELECT
        told.platform,
        told.campaign_id,
        told.date,
        CASE WHEN rated.currency IS NULL THEN told.spend_currency ELSE :reporting_currency END AS spend_currency,
        told.impressions,
        told.clicks,
        told.conversions,
        coalesce(
            (told.conversion_value * rated.to_rate)::numeric(80, 30) / rated.from_rate,
            told.conversion_value
        ) AS conversion_value,
        coalesce(
            (told.spend_amount * rated.to_rate)::numeric(80, 30) / rated.from_rate,
            told.spend_amount
        ) AS spend_amount,
        told.facts,
        told.conversions_told,
        told.conversion_value_told,
        told.pulled_at,
        rated.rate_date,
        rated.rate_source
    FROM told
    LEFT JOIN rated ON rated.date = told.date
        AND rated.currency = told.spend_currency
"""

#: What sums of such facts say of their rates; a row that was not converted says since when it lacks one.
SUMS = """,
            min(date) AS first_day,
            array_agg(DISTINCT rate_source) FILTER (WHERE rate_date IS NOT NULL) AS rate_sources,
            min(rate_date) AS oldest_rate,
            max(date - rate_date) AS age_days,
            count(DISTINCT date) FILTER (WHERE rate_date < date) AS carried_days
"""

SHOWN = """,
        sums.first_day,
        sums.rate_sources,
        sums.oldest_rate,
        sums.age_days,
        sums.carried_days
"""

_LAST_HELD = text(
    """
    SELECT max(date)
    FROM exchange_rates
    WHERE currency = :currency
        AND date <= :day
    """
)


def currency(code: str, *, field: str) -> str:
    """The reporting currency that a person names; raises Invalid for what is not ISO 4217."""
    if code.upper() not in money.known_currencies():
        raise Invalid.field(field, f"{code!r} is not an ISO 4217 code.", "Use three capital letters, such as EUR.")
    return code.upper()


def told(facts: str) -> str:
    """SQL: these facts, in `:reporting_currency` where the rates are there, and otherwise as they are."""
    return _TOLD.format(
        facts=facts,
        last_of_theirs=_LAST_RATE.format(currency="wanted.currency"),
        last_of_ours=_LAST_RATE.format(currency="CAST(:reporting_currency AS text)"),
    )


def values(reporting_currency: str) -> dict[str, Any]:
    """What the statements here ask for."""
    return {"reporting_currency": reporting_currency, "max_age_days": MAX_RATE_AGE_DAYS}


def rates(row: Row[tuple[object, ...]]) -> Rates | None:
    """The rates of a row of sums; None where nothing in it was converted."""
    if row.oldest_rate is None:
        return None
    named = sorted({name for names in row.rate_sources for name in names.split(",")})
    return Rates(", ".join(named), row.oldest_rate, row.age_days, row.carried_days)


def lacking(session: ReadSession, row: Row[tuple[object, ...]], *, reporting_currency: str) -> Lacking | None:
    """Which rate kept a row of sums in its own currency; None where it is in the one asked for."""
    if row.spend_currency == reporting_currency:
        return None
    last = {
        code: row.first_day
        if code == "EUR"
        else session.execute(_LAST_HELD, {"currency": code, "day": row.first_day}).scalar()
        for code in (row.spend_currency, reporting_currency)
    }
    worst = min(last, key=lambda code: last[code] or date.min)
    return Lacking(worst, row.first_day, last[worst])


def refuse(lacks: Sequence[Lacking | None], *, field: str) -> None:
    """Raises Invalid where a row could not be converted, and names the currency and the last day held."""
    for lack in lacks:
        if lack is not None:
            raise Invalid.field(
                field,
                f"{lack}.",
                "Bring rates in with `adloom fx import FILE` (lines such as 2026-11-20,VND,30500), or leave it out.",
            )
