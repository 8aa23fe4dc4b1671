"""A flight in whole days: never longer than asked for, and every loss is named."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adloom.core.time import zone
from adloom.platforms import flight
from adloom.platforms.spec import Daypart, Schedule
from adloom.platforms.types import LossKind, Weekday

BERLIN = "Europe/Berlin"


def at(text: str, time_zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone(time_zone))


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2026-12-31T23:59:59", date(2026, 12, 31)),
        ("2026-12-31T23:59", date(2026, 12, 31)),
        ("2027-01-01T00:00", date(2026, 12, 31)),
        ("2026-12-31T18:00", date(2026, 12, 30)),
    ],
)
def test_the_last_day_lies_wholly_within_the_flight(end: str, last: date) -> None:
    schedule = Schedule(start=at("2026-12-01T00:00"), end=at(end))
    assert flight.last_day(schedule, time_zone=BERLIN) == last


def test_days_are_the_accounts_and_not_utcs() -> None:
    schedule = Schedule(start=datetime(2026, 11, 30, 23, 0, tzinfo=UTC))
    assert flight.first_day(schedule, time_zone=BERLIN) == date(2026, 12, 1)
    assert flight.first_day(schedule, time_zone="America/Los_Angeles") == date(2026, 11, 30)


def test_a_start_at_once_names_no_day_so_that_a_later_attempt_sends_none_of_the_past() -> None:
    schedule = Schedule(start=at("2026-12-01T14:03:27"))
    assert flight.first_day(schedule, time_zone=BERLIN) is None
    assert flight.day_losses(schedule, time_zone=BERLIN) == ()


def test_hours_that_are_lost_are_named() -> None:
    schedule = Schedule(start=at("2026-12-01T09:00"), end=at("2026-12-10T18:00"))
    start, end = flight.day_losses(schedule, time_zone=BERLIN)
    assert (start.kind, start.before, start.after) == (LossKind.TRUNCATED, "2026-12-01 09:00", "2026-12-01")
    assert (end.kind, end.before, end.after) == (LossKind.NARROWED, "2026-12-10 18:00", "2026-12-09 23:59")


def test_a_flight_of_whole_days_loses_nothing() -> None:
    schedule = Schedule(start=at("2026-12-01T00:00"), end=at("2026-12-10T23:59:59"))
    assert flight.day_losses(schedule, time_zone=BERLIN) == ()
    assert flight.day_errors(schedule, time_zone=BERLIN) == ()


def test_a_flight_without_a_whole_day_is_refused() -> None:
    schedule = Schedule(start=at("2026-12-01T09:00"), end=at("2026-12-01T18:00"))
    (error,) = flight.day_errors(schedule, time_zone=BERLIN)
    assert error.field == "schedule.end"


def test_windows_are_cut_inwards_and_merged() -> None:
    dayparting = (
        Daypart((Weekday.MON,), 9 * 60 + 5, 12 * 60 + 10),
        Daypart((Weekday.MON, Weekday.SUN), 12 * 60, 18 * 60),
    )
    schedule = Schedule(start=at("2026-12-01T00:00"), dayparting=dayparting)
    assert flight.windows(schedule) == {
        Weekday.MON: ((9 * 60 + 15, 18 * 60),),
        Weekday.SUN: ((12 * 60, 18 * 60),),
    }
    (loss,) = flight.window_losses(schedule)
    assert (loss.kind, loss.is_targeting) == (LossKind.NARROWED, True)


@pytest.mark.parametrize("part", [(600, 600), (700, 600), (0, 1500)])
def test_a_window_that_is_none_is_refused(part: tuple[int, int]) -> None:
    schedule = Schedule(start=at("2026-12-01T00:00"), dayparting=(Daypart((Weekday.MON,), *part),))
    assert flight.window_errors(schedule, per_day=6)


def test_more_windows_than_the_platform_takes_are_refused() -> None:
    parts = tuple(Daypart((Weekday.MON,), hour * 60, hour * 60 + 30) for hour in range(7))
    schedule = Schedule(start=at("2026-12-01T00:00"), dayparting=parts)
    assert flight.window_errors(schedule, per_day=7) == ()
    (error,) = flight.window_errors(schedule, per_day=6)
    assert "MON has 7 windows" in error.rule
