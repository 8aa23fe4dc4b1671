"""Which days a pull asks for: all whose numbers may not be final yet, and no more."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adloom.core import settings
from adloom.core.errors import Invalid
from adloom.metrics import rules
from adloom.platforms.types import Platform

TODAY = date(2026, 11, 23)
WINDOW = timedelta(days=30)
DAY = timedelta(days=1)


def days(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range((last - first).days + 1)]


def asked(first_day: date, covered: dict[date, date]) -> tuple[date, date]:
    return rules.range_to_pull(Platform.GOOGLE_ADS, first_day=first_day, today=TODAY, covered=covered)


def test_the_first_pull_asks_for_everything() -> None:
    assert asked(date(2026, 1, 1), {}) == (date(2026, 1, 1), TODAY)
    assert asked(TODAY, {}) == (TODAY, TODAY)


def test_day_by_day_only_the_restatement_window_is_asked_for() -> None:
    first = date(2026, 1, 1)
    every_day = {day: min(day + WINDOW, TODAY) for day in days(first, TODAY)}
    assert asked(first, every_day) == (TODAY - WINDOW, TODAY)


def test_a_gap_is_filled() -> None:
    first = date(2026, 1, 1)
    covered = {day: TODAY for day in days(first, TODAY) if day != date(2026, 3, 5)}
    assert asked(first, covered) == (date(2026, 3, 5), TODAY)


def test_a_day_that_was_pulled_before_it_was_over_is_pulled_again_however_long_ago_it_is() -> None:
    """Who stops pulling at noon, and comes back after the restatement window, has half of that day."""
    first = date(2026, 8, 1)
    stopped = date(2026, 9, 1)
    covered = {day: min(day + WINDOW, stopped) for day in days(first, stopped)}
    since, until = asked(first, covered)
    assert since <= stopped
    assert since == stopped - WINDOW + DAY
    assert until == TODAY


@pytest.mark.parametrize("platform", list(Platform))
def test_every_platform_has_a_window_of_a_month_to_three_that_can_be_set(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 28 <= rules.restatement_days(platform) <= 30
    name = {"facebook_ads": "META"}.get(platform.value, platform.value.partition("_")[0].upper())
    for days_, is_taken in (("90", True), ("27", False), ("91", False), ("long", False)):
        monkeypatch.setenv(f"ADLOOM_{name}_RESTATEMENT_DAYS", days_)
        settings.load.cache_clear()
        with nullcontext() if is_taken else pytest.raises(Invalid):
            assert rules.restatement_days(platform) == 90
    monkeypatch.undo()
    settings.load.cache_clear()


def test_what_comes_every_hour_asks_for_recent_days_each_time_and_for_the_window_once_a_day() -> None:
    first, yesterday = date(2026, 1, 1), TODAY - DAY
    final = {day: min(day + WINDOW, yesterday) for day in days(first, yesterday)}

    def asked_hourly(covered: dict[date, date]) -> tuple[date, date]:
        return rules.range_to_pull(Platform.GOOGLE_ADS, first_day=first, today=TODAY, covered=covered, is_hourly=True)

    assert asked_hourly(final) == (TODAY - WINDOW, TODAY), "the first of a day"
    later = {**final, **dict.fromkeys(days(TODAY - WINDOW, TODAY), TODAY)}
    assert asked_hourly(later) == (TODAY - DAY * 3, TODAY)
    assert asked(first, later) == (TODAY - WINDOW, TODAY), "a person's question is for all that may move"
    gap = {day: at for day, at in later.items() if day != date(2026, 3, 5)}
    assert asked_hourly(gap) == (date(2026, 3, 5), TODAY)
    assert asked_hourly({**later, TODAY - DAY * 9: yesterday}) == (TODAY - DAY * 9, TODAY)


@pytest.mark.parametrize("platform", list(Platform))
def test_history_ends_within_what_the_platform_still_reports(platform: Platform) -> None:
    for today in (TODAY, date(2028, 2, 29), date(2027, 3, 31), date(2027, 1, 1)):
        first = rules.first_day_of_history(platform, today=today)
        assert timedelta(days=1090) <= today - first < timedelta(days=1097)


def test_the_newest_days_that_lack_come_first_and_what_is_held_around_them_is_not_asked_for() -> None:
    missing = {*days(date(2026, 1, 5), date(2026, 1, 9)), *days(date(2026, 3, 1), date(2026, 3, 3))}
    assert rules.newest_piece(missing) == (date(2026, 3, 1), date(2026, 3, 3))
    assert rules.newest_piece(days(date(2025, 1, 1), TODAY)) == (TODAY - DAY * 30, TODAY)


@given(st.dictionaries(st.integers(0, 200), st.integers(0, 60)), st.integers(0, 200))
def test_no_day_that_may_change_is_left_out(ages: dict[int, int], first_age: int) -> None:
    """`ages`: how long ago a day is, and how old it was when it was last pulled."""
    covered = {TODAY - DAY * age: TODAY - DAY * max(age - then, 0) for age, then in ages.items()}
    first = TODAY - DAY * first_age
    since, until = asked(first, covered)
    assert first <= since <= until == TODAY
    for day in days(first, since - DAY):
        assert covered[day] >= day + WINDOW
