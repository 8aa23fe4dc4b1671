"""What the shared delivery does over weeks: its rhythm, its money, and numbers that change after they were told."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from tests.sandbox.worlds import PLATFORM, Source, line, run, world

from adsandbox.delivery import HOUR, Budget, Overspend, Window


def days(made, **window):
    """Totals by local day."""
    return made.delivery.grouped(PLATFORM, lambda row, local: local.date(), **window)


def over(most, window, *, daily=50):
    return line(budgets=(Budget("b", Decimal(daily), None, Overspend(Decimal(most), window)),))


@pytest.mark.parametrize("most", ["2", "1.75", "1.25"])
@pytest.mark.parametrize("window", list(Window))
def test_some_days_overspend_and_none_more_than_is_documented(most, window):
    made = world()
    Source(made, over(most, window))
    run(made, days=120)
    spent = [total.spend for total in days(made, as_of=made.clock.now()).values()]
    gross = [sum(r.spend for r in made.delivery.history(PLATFORM) if r.wall.date() == day) for day in days(made)]
    limit = 50 * Decimal(most)
    assert max(gross) <= limit
    assert max(gross) > (50 + limit) / 2, "now and then nearly as much as is allowed"
    assert max(spent) > 50


def test_without_leave_no_day_exceeds_its_budget():
    made = world()
    Source(made, line())
    run(made, days=120)
    assert max(total.spend for total in days(made).values()) <= 50


@pytest.mark.parametrize("seed", range(8))
def test_a_month_costs_at_most_its_days_and_a_week_at_most_seven(seed):
    for window, key, most in (
        (Window.MONTH, lambda day: (day.year, day.month), Decimal("30.4") * 50),
        (Window.WEEK, lambda day: day - timedelta(days=day.isoweekday() % 7), Decimal(7 * 50)),
    ):
        made = world(seed=seed)
        Source(made, over(2, window))
        run(made, days=122)
        sums = defaultdict(Decimal)
        for row in made.delivery.history(PLATFORM):
            sums[key(row.wall.date())] += row.spend
        assert max(sums.values()) <= most
        assert sorted(sums.values())[1] > most * Decimal("0.6"), "budgets are used"


def test_a_budget_that_is_lowered_within_a_month_counts_for_the_days_that_remain():
    made = world()
    source = Source(made, over(2, Window.MONTH))
    run(made, days=20)
    source.change(over(2, Window.MONTH, daily=10))
    run(made, days=10)
    rest = [row.spend for row in made.delivery.history(PLATFORM) if row.wall.date() > date(2026, 9, 20)]
    assert 0 < sum(rest) <= 10 * Decimal(10)


def test_weekends_are_weaker_than_weekdays():
    made = world()
    Source(made, line())
    run(made, days=84)
    found = defaultdict(Decimal)
    for day, total in days(made).items():
        found[day.weekday()] += total.spend
    assert max(found[5], found[6]) < min(found[day] for day in range(5))


def test_days_differ_from_one_another():
    made = world()
    Source(made, over(2, Window.MONTH))
    run(made, days=30)
    spent = [total.spend for total in days(made).values()]
    assert max(spent) > 2 * min(spent)


def test_a_total_budget_is_nearly_used_and_never_exceeded():
    made = world()
    ends = made.clock.now() + timedelta(days=30)
    Source(made, line(ends=ends, budgets=(Budget("b", None, Decimal(600)),)))
    run(made, days=40)
    gross = sum(row.spend for row in made.delivery.history(PLATFORM))
    assert 480 < gross <= 600


def test_the_same_seed_and_clock_give_the_same_rows_however_often_it_is_asked():
    def rows(step):
        made = world()
        Source(made, replace(over(2, Window.MONTH), late=2))
        for _ in range(240 // step):
            run(made, hours=step)
        return [
            (r.at, r.impressions, r.clicks, r.spend, r.conversions, r.credit, r.late)
            for r in made.delivery.history(PLATFORM)
        ]

    assert rows(1) == rows(240) == rows(48)


# what is told later


def test_clicks_and_spend_are_taken_back_days_later_and_as_of_tells_what_was_known():
    made = world()
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    run(made, days=5)
    then = made.clock.now()
    told = days(made)
    run(made, days=20)
    now = days(made, last=max(told))
    assert sum(t.spend for t in now.values()) < sum(t.spend for t in told.values())
    assert sum(t.clicks for t in now.values()) < sum(t.clicks for t in told.values())
    assert [t.impressions for t in now.values()][:-1] == [t.impressions for t in told.values()][:-1]
    assert days(made, as_of=then) == told


def test_some_clicks_and_their_cost_are_counted_hours_later_and_then_no_more():
    made = world()
    Source(made, line(late=3, budgets=(Budget("b", Decimal(2000)),)))
    run(made, days=3)
    first = {row.at: row for row in made.delivery.history(PLATFORM)}
    late = [row for row in first.values() if row.late]
    assert 0.2 < len(late) / len(first) < 0.4
    for row in late:
        hours = (row.late.known_at - row.at) / HOUR - 1
        assert 1 <= hours <= 3
        assert 0 < row.late.clicks <= row.clicks
        then, now = row.known(row.late.known_at - HOUR), row.known(row.late.known_at)
        assert (now.clicks - then.clicks, now.spend - then.spend) == (row.late.clicks, row.late.spend)
        assert then.impressions == now.impressions


def test_where_nothing_is_late_an_hour_is_whole_when_it_is_over():
    made = world()
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    run(made, days=3)
    assert not any(row.late for row in made.delivery.history(PLATFORM))


def test_conversions_come_late_and_some_are_taken_back_or_worth_less():
    made = world()
    Source(made, line(budgets=(Budget("b", Decimal(5000)),)))
    run(made, days=8)
    kinds = [c.count for row in made.delivery.history(PLATFORM) for c in row.conversions]
    assert {1, -1, 0} == set(kinds)
    last = min(days(made))
    told = []
    for _ in range(14):
        told.append(days(made, last=last)[last])
        run(made, days=1)
    values = [t.conversion_value for t in told]
    assert any(later < before for before, later in pairwise(values)), "a day can lose value"
    assert told[-1] == days(made, last=last)[last], "and is settled in the end"


def test_no_number_is_ever_negative_whatever_instant_is_asked_for():
    made = world()
    Source(made, line(late=11, budgets=(Budget("b", Decimal(500)),)))
    run(made, days=20)
    at = made.clock.now() - timedelta(days=20)
    while at < made.clock.now():
        for total in made.delivery.grouped(PLATFORM, lambda row, local: row.at, as_of=at).values():
            assert min(total.clicks, total.impressions, total.spend, total.conversions, total.conversion_value) >= 0
            assert total.clicks <= total.impressions
        at += timedelta(hours=31)


def test_what_was_told_changes_only_on_the_hour():
    made = world()
    Source(made, line(late=2, budgets=(Budget("b", Decimal(5000)),)))
    run(made, days=10)
    instants = {c.known_at for row in made.delivery.history(PLATFORM) for c in row.conversions}
    instants |= {row.credit.known_at for row in made.delivery.history(PLATFORM) if row.credit}
    instants |= {row.late.known_at for row in made.delivery.history(PLATFORM) if row.late}
    assert {(at.minute, at.second, at.microsecond) for at in instants} == {(0, 0, 0)}


# days of 23 and 25 hours


def test_a_day_of_25_hours_has_one_oclock_twice_and_costs_no_more():
    made = world("2026-11-01T07:00:00Z")
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    run(made, hours=26)
    rows = list(made.delivery.rows(PLATFORM, first=date(2026, 11, 1), last=date(2026, 11, 1)))
    assert [row.wall.hour for row in rows] == [0, 1, 1, *range(2, 24)]
    assert [row.wall.utcoffset() for row in rows][1:3] == [timedelta(hours=-7), timedelta(hours=-8)]
    assert rows[2].at - rows[1].at == HOUR
    both = made.delivery.grouped(PLATFORM, lambda row, local: (local.date(), local.hour))[date(2026, 11, 1), 1]
    assert both.clicks == rows[1].clicks + rows[2].clicks
    assert sum(row.spend for row in rows) <= 2000


def test_a_day_of_23_hours_has_no_two_oclock():
    made = world("2026-03-08T08:00:00Z")
    Source(made, line(budgets=(Budget("b", Decimal(2000)),)))
    run(made, hours=24)
    rows = list(made.delivery.rows(PLATFORM, first=date(2026, 3, 8), last=date(2026, 3, 8)))
    assert [row.wall.hour for row in rows] == [0, 1, *range(3, 24)]
    assert made.clock.now().astimezone(ZoneInfo("America/Los_Angeles")).date() == date(2026, 3, 9)


def test_a_schedule_for_one_oclock_shows_in_both_of_them():
    made = world("2026-11-01T07:00:00Z")
    Source(made, line(week=frozenset({(6, 1)}), budgets=(Budget("b", Decimal(2000)),)))
    run(made, hours=26)
    assert [row.wall.hour for row in made.delivery.rows(PLATFORM)] == [1, 1]


# asking for what is left


def test_what_is_left_of_a_budget_is_told_without_credits_and_asking_changes_nothing():
    made = world()
    budget = Budget("b", Decimal(50), None, Overspend(Decimal(2), Window.MONTH))
    Source(made, line(budgets=(budget,)))
    run(made, days=3, hours=9)
    today = made.clock.now().astimezone(ZoneInfo("America/Los_Angeles")).date()
    spent = sum(row.spend for row in made.delivery.history(PLATFORM) if row.wall.date() == today)
    assert made.delivery.left(PLATFORM, budget, today) == 100 - spent
    tomorrow = today + timedelta(days=1)
    assert made.delivery.left(PLATFORM, budget, tomorrow) == 100
    assert made.delivery.left(PLATFORM, budget, today) == 100 - spent
    assert made.delivery.left(PLATFORM, Budget("other", None, Decimal(7)), today) == 7
