"""Money and ratios: never a float, never two currencies, the same in Python as in the database."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st
from sqlalchemy import text

from adloom.core import money
from adloom.core.actor import Actor
from adloom.core.errors import Invalid
from adloom.core.money import Money
from adloom.db import session as db

AMOUNTS = st.decimals("-99999999999", "99999999999", places=6)
COUNTS = st.integers(0, 10**12)


@given(AMOUNTS, st.integers(0, 4))
def test_plain_notation_loses_nothing_and_adds_nothing(value: Decimal, digits: int) -> None:
    written = money.plain(value, digits=digits)
    assert Decimal(written) == value
    assert "e" not in written.lower()
    whole, _, fraction = written.partition(".")
    assert len(fraction) >= digits
    assert len(fraction) <= digits or not fraction.endswith("0")
    assert whole.lstrip("-").isdigit()


@given(AMOUNTS)
def test_an_amount_reads_back_as_it_was_written(value: Decimal) -> None:
    parsed = Money.parse(money.plain(value), "USD")
    assert parsed.amount == value
    assert Money.parse(parsed.plain(), "USD") == parsed


@pytest.mark.parametrize("value", [1.5, True, None, "1e3", "NaN", "Infinity", "1,000", "", "1.2.3", "0x10", [], "１e3"])
def test_what_is_no_decimal_string_is_refused(value: object) -> None:
    with pytest.raises(Invalid):
        Money.parse(value, "USD")


@pytest.mark.parametrize("currency", ["usd", "XYZ1", "", "DOLLARS"])
def test_a_currency_that_nobody_knows_is_refused(currency: str) -> None:
    with pytest.raises(Invalid, match="ISO 4217"):
        Money.parse("1", currency)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("JPY", 0), ("KWD", 3), ("BHD", 3), ("CLP", 0), ("HUF", 2), ("TWD", 2), ("???", 2)],
)
def test_digits_for_people_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert money.currency_digits(currency) == digits


@given(AMOUNTS, AMOUNTS)
def test_sums_are_exact_and_never_mix_currencies(left: Decimal, right: Decimal) -> None:
    assert (Money(left, "EUR") + Money(right, "EUR")).amount == left + right
    with pytest.raises(ValueError, match="cannot be mixed"):
        Money(left, "EUR") + Money(right, "USD")


@given(st.one_of(st.none(), AMOUNTS), st.one_of(st.none(), COUNTS), st.integers(0, 6))
def test_a_ratio_is_undefined_or_right_to_half_a_unit(value: Decimal | None, divisor: int | None, scale: int) -> None:
    found = money.ratio(value, divisor, scale=scale)
    if value is None or not divisor:
        assert found is None
        return
    assert found is not None
    assert abs(found * divisor - value) <= Decimal(divisor) * Decimal(1).scaleb(-scale) / 2
    assert -found.as_tuple().exponent == scale  # type: ignore[operator]


@options(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(AMOUNTS, st.integers(1, 10**9), st.sampled_from([2, 4]))
def test_the_database_rounds_a_ratio_as_python_does(actor: Actor, value: Decimal, divisor: int, scale: int) -> None:
    with db.reading(actor) as session:
        theirs = session.execute(
            text("SELECT round(CAST(:value AS numeric) / CAST(:divisor AS numeric), :scale)"),
            {"value": value, "divisor": divisor, "scale": scale},
        ).scalar_one()
    assert money.ratio(value, divisor, scale=scale) == theirs
