"""Metrics keep every decimal, know unknown from nothing, and compute their ratios themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adloom.core import money
from adloom.db.urls import Urls

_INSERT = """
INSERT INTO campaign_metrics (
    user_id,
    campaign_id,
    platform,
    date,
    time_zone,
    impressions,
    clicks,
    conversions,
    conversion_value,
    spend_amount
)
VALUES (
    gen_random_uuid(),
    gen_random_uuid(),
    'google_ads',
    '2026-11-20',
    'UTC',
    %(impressions)s,
    %(clicks)s,
    %(conversions)s,
    %(value)s,
    %(spend)s
)
RETURNING cpc, ctr, conversion_rate, roas, spend_amount, conversions, conversion_value
"""


def _ratios(catalog: psycopg.Connection[Any], **facts: object) -> tuple[Decimal | None, ...]:
    values = {"impressions": 0, "clicks": 0, "conversions": None, "value": None, "spend": Decimal(0), **facts}
    row = catalog.execute(_INSERT, values).fetchone()
    assert row is not None
    return tuple(row)


def test_ratios_come_from_the_facts_at_the_specifications_scale(catalog: psycopg.Connection[Any]) -> None:
    cpc, ctr, rate, roas, *_ = _ratios(
        catalog, impressions=1000, clicks=7, conversions=Decimal("2.5"), value=Decimal(100), spend=Decimal("33.333333")
    )
    assert (cpc, ctr, rate, roas) == (Decimal("4.7619"), Decimal("0.0070"), Decimal("0.3571"), Decimal("3.00"))


def test_a_ratio_without_a_divisor_is_unknown(catalog: psycopg.Connection[Any]) -> None:
    assert _ratios(catalog, spend=Decimal(5))[:4] == (None, None, None, None)
    assert _ratios(catalog, clicks=3, impressions=3)[:4] == (Decimal("0.0000"), Decimal("1.0000"), None, None)


def test_a_huge_quotient_does_not_lose_the_row(catalog: psycopg.Connection[Any]) -> None:
    """With the specification's NUMERIC(10,4) and NUMERIC(10,2) each of these overflows."""
    cpc, *_, roas, _spend, _conversions, _value = _ratios(
        catalog, clicks=1, conversions=1, value=Decimal("99999999999999"), spend=Decimal("2500000")
    )
    assert (cpc, roas) == (Decimal("2500000.0000"), Decimal("39999999.99999960").quantize(Decimal("0.01")))
    assert _ratios(catalog, value=Decimal("99999999999999"), spend=Decimal("0.000001"))[3] == Decimal("1E+20") - 1000000


def test_what_platforms_report_is_kept_to_the_micro(catalog: psycopg.Connection[Any]) -> None:
    *_, spend, conversions, value = _ratios(
        catalog, conversions=Decimal("0.333333"), value=Decimal("1.234567"), spend=Decimal("1.234567")
    )
    assert (spend, conversions, value) == (Decimal("1.234567"), Decimal("0.333333"), Decimal("1.234567"))


def test_conversions_that_nobody_reported_are_unknown_not_zero(catalog: psycopg.Connection[Any]) -> None:
    row = catalog.execute(
        """
        INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'facebook_ads', '2026-11-20', 'UTC')
        RETURNING conversions, conversion_value, impressions, clicks, spend_amount
        """
    ).fetchone()
    assert row == (None, None, 0, 0, Decimal(0))


def test_a_restatement_moves_facts_and_ratios_also_to_unknown_and_back(catalog: psycopg.Connection[Any]) -> None:
    _ratios(catalog, clicks=10, impressions=100, conversions=Decimal(5), value=Decimal(50), spend=Decimal(10))
    for conversions, value, rate, roas in (
        (Decimal(4), Decimal(40), Decimal("0.4000"), Decimal("4.00")),
        (None, None, None, None),
        (Decimal(0), Decimal(0), Decimal("0.0000"), Decimal("0.00")),
    ):
        row = catalog.execute(
            "UPDATE campaign_metrics SET conversions = %s, conversion_value = %s RETURNING conversion_rate, roas",
            [conversions, value],
        ).fetchone()
        assert row == (rate, roas)


def test_ratios_cannot_be_written(catalog: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.GeneratedAlways):
        catalog.execute("UPDATE campaign_metrics SET ctr = 1")


def test_counts_below_zero_are_refused(catalog: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="counts_are_not_negative"):
        _ratios(catalog, clicks=-1)


def test_the_same_day_of_a_campaign_stands_once(catalog: psycopg.Connection[Any]) -> None:
    _ratios(catalog, clicks=1)
    with pytest.raises(psycopg.errors.UniqueViolation, match="campaign_metrics_2026_11_pkey"):
        catalog.execute(
            """
            INSERT INTO campaign_metrics (user_id, campaign_id, platform, date, time_zone)
            SELECT user_id, campaign_id, platform, date, time_zone
            FROM campaign_metrics
            """
        )


_MONEY = st.decimals(0, Decimal("99999999999999"), places=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    impressions=st.integers(0, 2**62),
    clicks=st.integers(0, 2**62),
    conversions=st.none() | st.decimals(0, Decimal("999999999999"), places=6),
    value=st.none() | _MONEY,
    spend=_MONEY,
)
@example(impressions=2, clicks=30_000_000_000_000_001, conversions=None, value=None, spend=Decimal(0))
def test_any_facts_are_stored_and_their_ratios_equal_ours(catalog_urls: Urls, **facts: Any) -> None:
    with psycopg.connect(catalog_urls.owner) as connection, connection.transaction(force_rollback=True):
        cpc, ctr, rate, roas, *_ = _ratios(connection, **facts)
    assert cpc == money.ratio(facts["spend"], facts["clicks"], scale=4)
    assert ctr == money.ratio(Decimal(facts["clicks"]), facts["impressions"], scale=4)
    assert rate == money.ratio(facts["conversions"], facts["clicks"], scale=4)
    assert roas == money.ratio(facts["value"], facts["spend"], scale=2)
