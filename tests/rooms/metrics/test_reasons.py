"""The words that need evidence beyond a day's sums: each with it, and none without. Pure, but for the audit log."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from adloom.core import time
from adloom.metrics.differences import ByCampaign, Compared, Explanation, Figures, Key, by_campaign
from adloom.metrics.reasons import Asked, Books, Window, named

DAY = date(2026, 11, 20)
KEY = Key(DAY, "USD")
ZONE = time.zone("America/Los_Angeles")
PULLED = datetime(2026, 11, 21, 18, tzinfo=UTC)
NOW = PULLED + timedelta(hours=2)
WINDOW = Window(DAY - timedelta(days=20), NOW, ZONE)
HELD = Figures(100, 10, Decimal("20.00"), Decimal(4), Decimal("80.00"))
ONE_MORE = Figures(0, 0, Decimal(0), Decimal(1), Decimal("20.00"))
NOBODY_KNOWS = Asked(lambda days: False, lambda day: False)


def differing(
    held: Figures, theirs: Figures, *, day: date = DAY, known: Figures | None = None, foreign: Figures | None = None
) -> Compared:
    """A day whose total is `theirs`, of which the report by campaign now says `known` of our campaigns."""
    told = ByCampaign(known or theirs, foreign or Figures(), listed=True, campaigns=2)
    compared = Compared(Key(day, "USD"), held, theirs, None, Explanation.UNEXPLAINED)
    return by_campaign(compared, held=held, told=told)


def word(
    day: Compared,
    *,
    pulled_at: datetime = PULLED,
    entered: Figures | None = None,
    seen: Mapping[Key, list[tuple[datetime, Figures]]] | None = None,
    window: Window = WINDOW,
    asked: Asked = NOBODY_KNOWS,
) -> str:
    books = Books({day.key.date: pulled_at}, {day.key: entered or day.ours or Figures()}, seen or {})
    (found,) = named([day], books=books, window=window, asked=asked)
    return found.explanation.value


def test_what_the_platform_says_otherwise_by_now_was_restated() -> None:
    assert word(differing(HELD, HELD + ONE_MORE)) == "restated"
    fewer = replace(HELD, clicks=9, spend=Decimal("18.00"))
    assert word(differing(HELD, fewer)) == "restated", "invalid clicks are taken back"


def test_a_platform_that_does_not_agree_with_itself_has_restated_nothing() -> None:
    assert word(differing(HELD, HELD + ONE_MORE, known=HELD)) == "unexplained"
    assert word(differing(HELD, HELD + ONE_MORE, known=HELD + ONE_MORE + ONE_MORE)) == "unexplained"


def test_strangers_are_taken_off_before_ours_are_restated() -> None:
    stranger = Figures(7, 1, Decimal("1.00"), Decimal(0), Decimal(0))
    day = differing(HELD, HELD + ONE_MORE + stranger, known=HELD + ONE_MORE, foreign=stranger)
    assert (word(day), day.foreign) == ("restated", stranger)


def test_beyond_the_window_nothing_is_restated() -> None:
    day = differing(HELD, HELD + ONE_MORE)
    assert word(day, window=replace(WINDOW, since=DAY)) == "restated", "its first day is inside"
    assert word(day, window=replace(WINDOW, since=DAY + timedelta(days=1))) == "unexplained"


@pytest.mark.parametrize(
    ("pulled", "claims", "delivery"),
    [
        (NOW, "unexplained", "unexplained"),
        (NOW - timedelta(minutes=59), "restated", "unexplained"),
        (NOW - timedelta(hours=1), "restated", "restated"),
    ],
)
def test_spend_is_not_said_to_have_been_restated_since_just_now(pulled: datetime, claims: str, delivery: str) -> None:
    assert word(differing(HELD, HELD + ONE_MORE), pulled_at=pulled) == claims
    assert word(differing(HELD, replace(HELD, clicks=11)), pulled_at=pulled) == delivery


def test_what_was_pulled_right_after_the_day_may_lack_its_last_clicks() -> None:
    over = datetime(2026, 11, 21, 8, tzinfo=UTC)
    soon = replace(WINDOW, now=over + timedelta(minutes=40))
    more = differing(HELD, replace(HELD, clicks=11, spend=Decimal("22.00")))
    assert word(more, pulled_at=over + timedelta(minutes=5), window=soon) == "restated"


def test_a_fact_that_was_never_entered_is_not_explained() -> None:
    """The roll-up is written with the facts; where it says otherwise, somebody else wrote one of them."""
    day = differing(HELD, HELD + ONE_MORE)
    assert word(day, entered=HELD + ONE_MORE) == "unexplained"
    assert word(day, entered=replace(HELD, spend=Decimal("20.01"))) == "unexplained"


def test_what_the_last_pull_should_have_brought_is_not_explained() -> None:
    """An earlier comparison was told the same total before the pull: had it been merged rightly, we would hold it."""
    total = HELD + ONE_MORE
    day = differing(HELD, total)
    before, since = PULLED - timedelta(hours=1), PULLED + timedelta(hours=1)
    assert word(day, seen={KEY: [(before, total)]}) == "unexplained"
    assert word(day, seen={KEY: [(since, total)]}) == "restated"
    assert word(day, seen={KEY: [(before, HELD)]}) == "restated"
    told_less = replace(total, conversions=None, conversion_value=None)
    assert word(day, seen={KEY: [(before, told_less)]}) == "restated", "as results of old do"


def test_conversions_that_are_counted_by_another_rule_are_of_another_attribution() -> None:
    changed = Asked(lambda days: False, lambda day: day == DAY)
    long_ago = replace(WINDOW, since=DAY + timedelta(days=1))
    assert word(differing(HELD, HELD + ONE_MORE), asked=changed) == "attribution"
    assert word(differing(HELD, HELD + ONE_MORE), asked=changed, window=long_ago) == "attribution"
    clicks_too = differing(HELD, replace(HELD + ONE_MORE, clicks=11))
    assert word(clicks_too, asked=changed, window=long_ago) == "unexplained", "no rule of conversions changes clicks"
    assert word(differing(HELD, HELD + ONE_MORE, known=HELD), asked=changed) == "unexplained"


def _shifted(*moves: int, start: date = DAY) -> list[Compared]:
    """Days in a row, each of which has so many impressions more by now."""
    return [
        differing(HELD, replace(HELD, impressions=HELD.impressions + more), day=start + timedelta(days=n))
        for n, more in enumerate(moves)
    ]


def _words(days: list[Compared], *, zone: bool = True) -> list[str]:
    asked_about: list[Collection[date]] = []

    def are_other_days(dates: Collection[date]) -> bool:
        asked_about.append(dates)
        return zone

    books = Books(
        {day.key.date: PULLED + timedelta(days=9) for day in days}, {day.key: day.ours or HELD for day in days}, {}
    )
    window = replace(WINDOW, since=DAY + timedelta(days=90), now=NOW + timedelta(days=90))
    return [day.explanation.value for day in named(days, books=books, window=window, asked=Asked(are_other_days, _no))]


def _no(day: date) -> bool:
    return False


def test_days_side_by_side_that_cancel_out_are_other_days_where_the_zone_changed() -> None:
    assert _words(_shifted(-9, 4, 5)) == ["time_zone"] * 3
    assert _words(_shifted(-9, 4, 5), zone=False) == ["unexplained"] * 3, "where there is evidence of it"


def test_days_that_do_not_cancel_out_in_every_figure_are_no_other_days() -> None:
    assert _words(_shifted(-9, 4, 4)) == ["unexplained"] * 3
    first, second = _shifted(-9, 9)
    dearer = differing(HELD, second.theirs + Figures(0, 0, Decimal("0.01")), day=second.key.date)
    assert _words([first, dearer]) == ["unexplained"] * 2
    elsewhere = _shifted(9, start=DAY + timedelta(days=2))
    assert _words([first, *elsewhere]) == ["unexplained"] * 2, "they are not side by side"


def test_figures_that_are_not_told_on_both_sides_are_not_compared() -> None:
    silent = replace(HELD, conversions=None, conversion_value=None)
    assert (silent - HELD).is_nothing
    assert (HELD - silent).is_nothing
    assert (HELD + silent).conversions is None
    assert not (replace(HELD, conversion_value=None) + ONE_MORE - HELD).is_nothing, "the other one still is"


def test_strangers_of_whom_no_conversions_are_told_explain_none_of_ours() -> None:
    stranger = Figures(7, 1, Decimal("1.00"), None, None)
    total = HELD + Figures(7, 1, Decimal("1.00"), Decimal(2), Decimal("9.00"))
    fine = differing(HELD, total, known=HELD, foreign=stranger)
    wrong = differing(HELD, total, known=HELD + ONE_MORE, foreign=stranger)
    assert (fine.explanation.value, wrong.explanation.value) == ("foreign", "unexplained")


def test_parts_of_conversions_are_lost_where_the_platform_rounds_each_campaign() -> None:
    total = replace(HELD, conversions=Decimal("4.01"), conversion_value=Decimal("80.01"))
    assert differing(HELD, total, known=HELD).explanation is Explanation.ROUNDING
    more = replace(HELD, conversions=Decimal("4.02"))
    assert differing(HELD, more, known=HELD).explanation is Explanation.UNEXPLAINED
