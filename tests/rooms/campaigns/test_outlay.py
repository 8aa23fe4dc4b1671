"""What a campaign may spend: exact, in the account's days, and never across currencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from adloom.campaigns import outlay
from adloom.campaigns.outlay import Outlay, Spending
from adloom.core.money import Money
from adloom.platforms.spec import Bidding, Budget, Schedule
from adloom.platforms.types import BidStrategy, BudgetType

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def allowed(
    amount: str,
    *,
    type_: BudgetType = BudgetType.DAILY,
    currency: str = "USD",
    end: datetime | None = None,
    time_zone: str = "UTC",
    worst_day: str = "2",
) -> Outlay:
    budget = Budget(type_, Money(Decimal(amount), currency), Bidding(BidStrategy.MAX_CLICKS))
    return outlay.outlay(budget, Schedule(START, end), time_zone=time_zone, worst_day=Decimal(worst_day))


def test_a_daily_budget_without_an_end_has_no_flight() -> None:
    assert allowed("50.00", worst_day="1.75").as_json() == {
        "currency": "USD",
        "per_day": "50.00",
        "per_month": "1520.00",
        "flight": None,
        "worst_day": "87.50",
    }


def test_a_flight_costs_each_of_its_days_and_a_month_never_more_than_it() -> None:
    ten = allowed("50.00", end=datetime(2026, 3, 10, 23, 59, 59, tzinfo=UTC))
    assert (ten.flight, ten.per_month) == (Decimal(500), Decimal(500))
    year = allowed("50.00", end=datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC))
    assert (year.flight, year.per_month) == (Decimal(18250), Decimal(1520))


def test_a_flight_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    assert allowed("1", end=datetime(2026, 3, 3, tzinfo=UTC)).flight == Decimal(2)
    assert allowed("1", end=datetime(2026, 3, 3, 0, 0, 1, tzinfo=UTC)).flight == Decimal(3)


def test_days_are_those_of_the_account() -> None:
    end = START + timedelta(hours=11, minutes=30)
    assert allowed("10", end=end).flight == Decimal(10)
    assert allowed("10", end=end, time_zone="Asia/Tokyo").flight == Decimal(20), "midnight of Tokyo lies between"


def test_a_lifetime_budget_is_spread_evenly_and_may_all_go_on_one_day() -> None:
    found = allowed("100.00", type_=BudgetType.LIFETIME, end=datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC))
    assert (found.per_day, found.per_month) == (Decimal("33.34"), Decimal(100)), "never rounded down"
    assert (found.flight, found.worst_day) == (Decimal(100), Decimal(100))


@pytest.mark.parametrize(("currency", "share"), [("JPY", "334"), ("USD", "333.34"), ("KWD", "333.334")])
def test_a_share_is_in_what_people_pay_with(currency: str, share: str) -> None:
    end = datetime(2026, 3, 3, 23, 59, 59, tzinfo=UTC)
    assert allowed("1000", type_=BudgetType.LIFETIME, currency=currency, end=end).per_day == Decimal(share)


def test_a_lifetime_budget_without_an_end_may_all_go_at_once() -> None:
    assert allowed("100.00", type_=BudgetType.LIFETIME).per_day == Decimal(100)


def test_two_currencies_are_never_one_sum() -> None:
    dollars, euros = allowed("50"), allowed("40", currency="EUR")
    with pytest.raises(ValueError, match="cannot be mixed"):
        _ = dollars + euros
    found = outlay.by_currency([Spending(None, dollars), Spending(euros, euros), Spending(dollars, dollars)])
    assert list(found) == ["EUR", "USD"]
    assert found["USD"].before == dollars
    assert found["USD"].after is not None
    assert (found["USD"].after.per_day, found["USD"].after.worst_day) == (Decimal(100), Decimal(200))


def test_a_sum_with_an_open_flight_has_no_end() -> None:
    ended = allowed("50", end=START + timedelta(days=2))
    assert (ended + allowed("50")).flight is None
    assert (ended + ended).flight == Decimal(300)


def test_of_what_may_stand_the_dearest_counts() -> None:
    assert outlay.dearest([allowed("50"), allowed("70"), allowed("60")]) == allowed("70")
    assert outlay.dearest([]) is None
