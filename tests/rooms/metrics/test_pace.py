"""The pace of a budget, to the last digit: months, flights, first days, clock changes, and what is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from adloom.metrics import pace
from adloom.metrics.pace import Known, Pace, Span

ZONE = ZoneInfo("America/Los_Angeles")
TODAY = date(2026, 11, 11)


def at(day: int, hour: int = 0, *, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZONE)


def found(span: Span, spend: str | None, *, through: datetime, budget: str = "300", is_paused: bool = False) -> Pace:
    known = None if spend is None else Known(Decimal(spend), through)
    return pace.pace(
        currency="USD", budget=Decimal(budget), span=span, known=known, now=through, is_paused=is_paused, note=None
    )


def month(start: datetime | None = None, end: datetime | None = None) -> Span:
    span = pace.month(TODAY, ZONE, start=start, end=end)
    assert span is not None
    return span


def test_ten_of_thirty_days_are_a_third_of_the_month() -> None:
    third = found(month(), "120", through=at(11))
    assert (third.elapsed, third.pace, third.projection, third.days_left) == (
        Decimal("0.3333"),
        Decimal("1.2000"),
        Decimal("360.00"),
        20,
    )


def test_the_month_is_the_accounts_and_a_day_of_twenty_five_hours_is_one_day() -> None:
    span = month()
    assert (span.begin, span.end) == (at(1), at(1, month=12))
    assert span.end.astimezone(UTC) - span.begin.astimezone(UTC) == timedelta(days=30, hours=1)
    assert span.share(at(2)) == pytest.approx(1 / 30), "on 1 November 2026 the clocks there go back"
    noon = datetime(2026, 11, 1, 11, 30, tzinfo=ZONE)
    assert span.share(noon) * 60 == 1, "half of 25 hours are over"


@pytest.mark.parametrize(
    ("start", "end", "since", "until", "days"),
    [
        (None, None, 1, 30, 30),
        (at(5, 12), None, 5, 30, 26),
        (at(1, month=10), at(21), 1, 20, 20),
        (at(11), at(11, 8), 11, 11, 1),
    ],
)
def test_a_month_holds_the_days_in_which_the_flight_runs(
    start: datetime | None, end: datetime | None, since: int, until: int, days: int
) -> None:
    span = month(start, end)
    assert (span.since.day, span.until.day, span.days) == (since, until, days)


@pytest.mark.parametrize(("start", "end"), [(at(1, month=12), None), (at(1, month=9), at(1, month=10))])
def test_a_flight_outside_of_the_month_has_no_part_of_it(start: datetime, end: datetime | None) -> None:
    assert pace.month(TODAY, ZONE, start=start, end=end) is None


def test_on_the_first_day_hours_count() -> None:
    first = found(Span(at(11), at(21), ZONE), "6", through=at(11, 12), budget="100")
    assert (first.elapsed, first.pace, first.projection, first.days_left) == (
        Decimal("0.0500"),
        Decimal("1.2000"),
        Decimal("120.00"),
        10,
    )


def test_at_its_very_beginning_a_flight_has_no_pace_yet() -> None:
    none = found(Span(at(11), at(21), ZONE), "0", through=at(11))
    assert (none.spend, none.elapsed, none.pace, none.projection) == (0, 0, None, None)


def test_what_is_paused_comes_to_what_it_has_spent() -> None:
    paused = found(month(), "50", through=at(11), is_paused=True)
    assert (paused.pace, paused.projection) == (Decimal("0.5000"), Decimal(50))


def test_a_flight_that_is_over_has_no_days_left_and_its_spend_as_projection() -> None:
    over = found(Span(at(1), at(10), ZONE), "310", through=at(11))
    assert (over.days_left, over.elapsed, over.pace, over.projection) == (0, 1, Decimal("1.0333"), 310)


def test_what_is_not_known_is_unknown_and_not_zero() -> None:
    unknown = found(month(), None, through=at(11)).as_json()
    assert [unknown[name] for name in ("spend", "elapsed", "pace", "projection", "through")] == [None] * 5
    assert (unknown["budget"], unknown["days_left"]) == ("300.00", 20)


def test_money_has_the_digits_of_its_currency() -> None:
    yen = pace.pace(
        currency="JPY",
        budget=Decimal(30000),
        span=month(),
        known=Known(Decimal(10001), at(11)),
        now=at(11),
        is_paused=False,
        note=None,
    ).as_json()
    assert (yen["spend"], yen["projection"], yen["pace"]) == ("10001", "30003", "1.0001")


def pulled(*days: int, hour: int = 26) -> dict[date, datetime]:
    """The days, each pulled so many hours after it began."""
    return {date(2026, 11, day): at(day) + timedelta(hours=hour) for day in days}


def test_spend_is_known_up_to_the_newest_pull_of_days_without_a_gap() -> None:
    now, span = at(11, 12), month()
    whole = pulled(*range(1, 11))
    assert pace.reached(whole, span, now=now) == at(11), "the days that are over"
    assert pace.reached({**whole, TODAY: at(11, 9)}, span, now=now) == at(11, 9), "and of today what was pulled"
    assert pace.reached(pulled(*range(1, 10)), span, now=now) is None, "yesterday lacks"
    assert pace.reached(pulled(*range(2, 11)), span, now=now) is None, "the first lacks"
    assert pace.reached({**whole, date(2026, 11, 10): at(10, 18)}, span, now=now) == at(10, 18), "pulled before its end"
    assert pace.reached({}, Span(at(11), at(21), ZONE), now=now) is None, "the first day, before any pull"


def test_the_days_that_lack_are_named_and_today_only_where_nothing_else_counts() -> None:
    now = at(11, 12)
    days = [(a.day, b.day) for a, b in pace.lacking(pulled(1, 2, 5, 6, 7, 9), month(), now=now)]
    assert days == [(3, 4), (8, 8), (10, 10)]
    assert pace.lacking(pulled(*range(1, 11)), month(), now=now) == ()
    assert pace.lacking({}, Span(at(11), at(21), ZONE), now=now) == ((TODAY, TODAY),)
    assert pace.lacking({}, Span(at(12), at(21), ZONE), now=now) == (), "it has not begun"
