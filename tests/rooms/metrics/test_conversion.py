"""Figures in a reporting currency: each day at its own rate, rounded once, and never by guess."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest
from tests.rooms import rows
from tests.rooms.metrics.test_ingest import FIRST, LAST, PULLED, fact, put

from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.db.urls import Urls
from adloom.metrics import conversion, queries, rates
from adloom.metrics.types import By, MetricRow
from adloom.operations import doctor

FIELD = "--reporting-currency"


@pytest.fixture
def dollars(actor: Actor) -> UUID:
    """An account in dollars with the campaign `a`."""
    return _account(actor, "USD", "a")


@pytest.fixture
def yen(actor: Actor) -> UUID:
    """An account in yen with the campaign `j`."""
    return _account(actor, "JPY", "j")


def _account(actor: Actor, currency: str, campaign: str) -> UUID:
    made = rows.account(actor, external_id=campaign, currency=currency)
    rows.campaign(actor, made, platform_campaign_id=campaign, name=campaign)
    return made


def rated(folder: Path, *lines: str) -> None:
    (folder / "rates.csv").write_text("\n".join(lines))
    rates.import_file(folder / "rates.csv")


def told(actor: Actor, currency: str = "EUR", *by: By, field: str | None = FIELD) -> list[MetricRow]:
    return queries.show(actor, since=FIRST, until=LAST, by=by, reporting_currency=currency, field=field)


def test_each_day_is_told_at_its_own_rate_and_currencies_are_added_up(
    actor: Actor, dollars: UUID, yen: UUID, tmp_path: Path
) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1", "2026-11-03,USD,1.3", "2026-11-02,JPY,160", "2026-11-03,JPY,170.5")
    put(actor, dollars, [fact("a", 2, conversion_value=Decimal(50), conversions=Decimal(1)), fact("a", 3)])
    put(actor, yen, [fact("j", 3, currency="JPY", spend=Decimal(7777))], currency="JPY")
    spent = Fraction("12.345678") / Fraction("1.1") + Fraction("12.345678") / Fraction("1.3") + 7777 / Fraction("170.5")
    (row,) = told(actor)
    assert (row.currency, row.impressions, row.clicks) == ("EUR", 3000, 30)
    assert abs(Fraction(row.spend) - spent) < Fraction(1, 10**25)
    shown = row.as_json()
    assert shown["spend"] == "66.332922"
    assert shown["spend"] == str(round(Decimal(spent.numerator) / Decimal(spent.denominator), 6))
    assert shown["conversion_value"] == "45.454545"
    assert shown["roas"] == "0.69", "both sides of it are converted: 50 / 1.1 of 66.332922"
    assert shown["cpc"] == "2.2111"
    assert shown["rates"] == {"source": "own", "oldest": "2026-11-02", "age_days": 0, "carried_days": 0}


def test_between_two_currencies_the_euro_is_the_bridge(actor: Actor, yen: UUID, tmp_path: Path) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1", "2026-11-02,JPY,163")
    put(actor, yen, [fact("j", 2, currency="JPY", spend=Decimal(163))], currency="JPY")
    (row,) = told(actor, "USD")
    assert row.as_json()["spend"] == "1.10"


def test_the_sums_of_days_are_the_sum_of_all(actor: Actor, dollars: UUID, yen: UUID, tmp_path: Path) -> None:
    rated(
        tmp_path,
        *(
            f"2026-11-{day:02},{code},{rate}"
            for day in range(1, 21)
            for code, rate in (("USD", f"1.{day:02}7"), ("JPY", f"16{day % 10}.{day:02}"))
        ),
    )
    put(actor, dollars, [fact("a", day, conversion_value=Decimal(day)) for day in range(1, 21)])
    put(actor, yen, [fact("j", day, currency="JPY", spend=Decimal(day * 1000)) for day in range(1, 21)], currency="JPY")
    (whole,) = told(actor)
    for by in ((By.DAY,), (By.CAMPAIGN,), (By.PLATFORM, By.DAY, By.CAMPAIGN)):
        parts = told(actor, "EUR", *by)
        assert {row.currency for row in parts} == {"EUR"}
        assert sum(Fraction(row.spend) for row in parts) == Fraction(whole.spend)
        assert sum(row.clicks for row in parts) == whole.clicks


def test_what_is_in_the_reporting_currency_already_stays_to_the_last_digit(
    actor: Actor, dollars: UUID, tmp_path: Path
) -> None:
    put(actor, dollars, [fact("a", 1)])
    (row,) = told(actor, "USD")
    (plain,) = queries.show(actor, since=FIRST, until=LAST, by=())
    assert row == plain, "and no rate is needed, and none is named"


def test_a_day_without_a_rate_takes_the_last_earlier_one_and_says_so(
    actor: Actor, dollars: UUID, tmp_path: Path
) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1", "2026-11-10,USD,9")
    put(actor, dollars, [fact("a", 2), fact("a", 5), fact("a", 9)])
    (row,) = told(actor)
    assert row.as_json()["rates"] == {"source": "own", "oldest": "2026-11-02", "age_days": 7, "carried_days": 2}
    assert [row.rates and row.rates.age_days for row in told(actor, "EUR", By.DAY)] == [0, 3, 7]
    assert {row.as_json()["spend"] for row in told(actor, "EUR", By.DAY)} == {"11.223344"}, "never a later one"


@pytest.mark.parametrize("currency", ["EUR", "GBP"])
def test_a_rate_older_than_a_week_converts_nothing_and_is_named(
    actor: Actor, dollars: UUID, tmp_path: Path, currency: str
) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1", *(f"2026-11-{day:02},GBP,0.9" for day in range(1, 12)))
    put(actor, dollars, [fact("a", 2), fact("a", 10), fact("a", 11)])
    with pytest.raises(Invalid, match=r"USD for 2026-11-10.*last one held is of 2026-11-02") as refused:
        told(actor, currency)
    assert [error.field for error in refused.value.errors] == [FIELD]
    converted, left = told(actor, currency, field=None)
    assert (converted.currency, converted.clicks, converted.note) == (currency, 10, None)
    assert (left.currency, left.clicks, left.rates) == ("USD", 20, None)
    assert left.spend == Decimal("24.691356")
    assert "2026-11-02" in (left.note or "")


def test_a_reporting_currency_that_has_no_rate_is_named_itself(actor: Actor, dollars: UUID, tmp_path: Path) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1")
    put(actor, dollars, [fact("a", 2)])
    with pytest.raises(Invalid, match=r"no rate of VND for 2026-11-02.*none is held"):
        told(actor, "VND")
    rated(tmp_path, "2026-11-02,VND,28650")
    assert [row.as_json()["spend"] for row in told(actor, "VND")] == ["321548.795182"]


def test_a_currency_that_is_none_is_never_converted(actor: Actor, tmp_path: Path) -> None:
    odd = _account(actor, "QQQ", "q")
    put(actor, odd, [fact("q", 2, currency="QQQ")], currency="QQQ")
    with pytest.raises(Invalid, match=r"QQQ.*none is held"):
        told(actor)
    (row,) = told(actor, field=None)
    assert (row.currency, row.spend, bool(row.note)) == ("QQQ", Decimal("12.345678"), True)
    with pytest.raises(Invalid, match="'QQQ' is not an ISO 4217 code"):
        conversion.currency("QQQ", field=FIELD)
    assert conversion.currency("eur", field=FIELD) == "EUR"


def test_a_currency_that_is_none_is_kept_and_flagged(actor: Actor) -> None:
    put(actor, _account(actor, "QQQ", "q"), [fact("q", 2, currency="QQQ")], currency="QQQ")
    (row,) = queries.show(actor, since=FIRST, until=LAST, by=(By.PLATFORM,))
    assert row.currency == "QQQ"
    assert row.note == queries.NOT_A_CURRENCY.format(currency="QQQ")


def test_what_is_not_reported_stays_unknown(actor: Actor, dollars: UUID, tmp_path: Path) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1")
    put(actor, dollars, [fact("a", 2)])
    (row,) = told(actor)
    assert (row.conversions, row.conversion_value, row.roas) == (None, None, None)


def test_figures_of_an_earlier_moment_are_converted_too(actor: Actor, dollars: UUID, tmp_path: Path) -> None:
    rated(tmp_path, "2026-11-02,USD,1.1")
    put(actor, dollars, [fact("a", 2, spend=Decimal(11))])
    later = PULLED + timedelta(days=1)
    put(actor, dollars, [fact("a", 2, spend=Decimal(22))], pulled_at=later)
    moments = (PULLED, later)
    spent = [
        row.as_json()["spend"]
        for moment in moments
        for row in queries.show(
            actor, since=FIRST, until=LAST, by=(), as_of=moment, reporting_currency="EUR", field=FIELD
        )
    ]
    assert spent == ["10.00", "20.00"]


def test_nothing_is_added_up_over_currencies_unless_asked(actor: Actor, dollars: UUID, yen: UUID) -> None:
    put(actor, dollars, [fact("a", 2)])
    put(actor, yen, [fact("j", 2, currency="JPY")], currency="JPY")
    assert [row.currency for row in queries.show(actor, since=FIRST, until=LAST, by=())] == ["JPY", "USD"]


def test_large_sums_keep_every_digit(actor: Actor, dollars: UUID, tmp_path: Path) -> None:
    rated(tmp_path, "2026-11-02,USD,0.000001", "2026-11-02,VND,99999.999999")
    put(actor, dollars, [fact("a", 2, spend=Decimal("99999999999999.999999"))])
    (row,) = told(actor, "VND")
    assert Fraction(row.spend) == Fraction("99999999999999.999999") * Fraction("99999.999999") / Fraction("0.000001")
    assert row.as_json()["spend"] == "9999999999899999999900000.000001"


def test_the_doctor_says_when_rates_are_too_old_for_the_currencies_that_are_billed(
    actor: Actor, database: Urls, dollars: UUID, tmp_path: Path
) -> None:
    def said() -> list[str]:
        return [each.what for each in doctor.examine(database) if "exchange rates" in each.what]

    assert said() == [], "one currency needs none"
    _account(actor, "JPY", "j")
    assert said() == ["No exchange rates are held: figures of today stay in their own currencies"]
    today = time.now().date()
    rated(tmp_path, f"{today - timedelta(days=8)},USD,1.1", f"{today + timedelta(days=36525)},USD,1.1")
    assert said()[0].startswith(f"The newest exchange rates are of {today - timedelta(days=8)}")
    rated(tmp_path, f"{today - timedelta(days=7)},USD,1.1")
    assert said() == []
