"""Sums of a report: of the same rows as its details, with what is unknown left unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from adloom.metrics.queries import PARTLY_TOLD
from adloom.metrics.types import By, CampaignName, MetricRow
from adloom.platforms.types import Platform
from adloom.reports import charts
from adloom.reports.figures import summed

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def row(**values: Any) -> MetricRow:
    given_: dict[str, Any] = {
        "platform": Platform.GOOGLE_ADS,
        "campaign": CampaignName(UUID(int=1), "Spring sale", "1"),
        "date": date(2026, 11, 1),
        "currency": "USD",
        "impressions": 100,
        "clicks": 10,
        "conversions": None,
        "conversion_value": None,
        "spend": Decimal("1.5"),
        "as_of": NOW,
    }
    return MetricRow(**{**given_, **values})


def test_a_sum_of_nothing_known_is_unknown_and_a_known_zero_is_not() -> None:
    (unknown,) = summed([row(), row()])
    assert (unknown.conversions, unknown.roas) == (None, None)
    (zero,) = summed([row(), row(conversions=Decimal(0), conversion_value=Decimal(0))])
    assert (zero.conversions, zero.roas) == (0, 0)


def test_a_sum_of_which_not_all_is_known_says_so_beside_all_else_that_its_rows_say() -> None:
    told = row(conversions=Decimal(2), conversion_value=Decimal(9), note="not converted: no rate of 1 November")
    doubted = replace(told, note="uncertain days; not converted: no rate of 2 November")
    (both,) = summed([told, doubted])
    assert set((both.note or "").split("; ")) == {"not converted: no rate of 1 November", "uncertain days"}
    (partly,) = summed([doubted, row(platform=Platform.TIKTOK_ADS)])
    assert PARTLY_TOLD in (partly.note or "").split("; ")
    assert [each.note for each in summed([told, row(platform=Platform.TIKTOK_ADS)], By.PLATFORM)] == [told.note, None]


def test_a_chart_tells_amounts_with_the_digits_of_their_currency() -> None:
    for currency, pattern in (("USD", ",.2f"), ("JPY", ",.0f"), ("KWD", ",.3f")):
        drawn = charts.daily_spend([row(currency=currency)], currency=currency, width=10, height=10)
        assert [each.get("format") for each in drawn["encoding"]["tooltip"]][-1] == pattern


def test_ratios_are_of_sums_and_never_averages() -> None:
    (total,) = summed([row(impressions=100, clicks=50), row(impressions=900, clicks=0)])
    assert total.ctr == Decimal("0.0500")


def test_currencies_are_never_added_up() -> None:
    totals = summed([row(), row(currency="EUR"), row()])
    assert [(total.currency, total.spend) for total in totals] == [("USD", 3), ("EUR", Decimal("1.5"))]


def test_a_sum_is_as_old_as_the_oldest_of_its_rows() -> None:
    (total,) = summed([row(), row(as_of=None), row(as_of=NOW - timedelta(hours=3))])
    assert total.as_of == NOW - timedelta(hours=3)
    assert (total.platform, total.campaign, total.date) == (None, None, None)


def test_a_chart_has_one_point_for_each_platform_and_day_however_many_campaigns() -> None:
    second = CampaignName(UUID(int=2), "Autumn", "2")
    drawn = charts.daily_spend(
        [row(), row(campaign=second), row(platform=Platform.TIKTOK_ADS), row(currency="EUR")],
        currency="USD",
        width=10,
        height=10,
    )
    (points,) = drawn["datasets"].values()
    assert [(point["platform"], point["spend"]) for point in points] == [("Google Ads", 3.0), ("TikTok Ads", 1.5)]


_MONEY = st.decimals(0, 10**9, places=6)
_ROWS = st.lists(
    st.builds(
        row,
        platform=st.sampled_from(Platform),
        campaign=st.sampled_from([CampaignName(UUID(int=n), f"C{n}", str(n)) for n in range(4)]),
        date=st.dates(date(2026, 11, 1), date(2026, 11, 5)),
        currency=st.sampled_from(["USD", "EUR", "JPY"]),
        impressions=st.integers(0, 10**9),
        clicks=st.integers(0, 10**6),
        conversions=st.one_of(st.none(), _MONEY),
        conversion_value=st.one_of(st.none(), _MONEY),
        spend=_MONEY,
    ),
    max_size=20,
)


@given(_ROWS)
def test_however_they_are_grouped_sums_add_up_to_the_same(rows: list[MetricRow]) -> None:
    def by_currency(found: Any) -> dict[str, tuple[object, ...]]:
        return {
            total.currency: (total.impressions, total.clicks, total.spend, total.conversions, total.conversion_value)
            for total in found
        }

    totals = by_currency(summed(rows))
    for by in ((By.PLATFORM,), (By.CAMPAIGN, By.DAY), (By.PLATFORM, By.CAMPAIGN, By.DAY)):
        assert by_currency(summed(summed(rows, *by))) == totals
