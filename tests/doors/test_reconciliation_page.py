"""How comparisons with the platforms' own totals are written: every word with what it means, old results too. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adloom.cli.metrics import figures_of_day
from adloom.metrics.answers import Answer
from adloom.metrics.differences import Explanation
from adloom.web.views import reconciliation as view
from adloom.web.words import Tone

AT = datetime(2026, 11, 27, 3, tzinfo=UTC)


def sums(spend: str = "0.00", *, clicks: int = 0, **claims: str | None) -> dict[str, Any]:
    return {"impressions": 0, "clicks": clicks, "spend": spend, **claims}


def day(word: str, difference: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "date": "2026-11-20",
        "currency": "USD",
        "ours": sums("5.00"),
        "theirs": sums("6.00"),
        "difference": difference,
        "foreign": None,
        "explanation": word,
        **changes,
    }


def shown(*days: dict[str, Any]) -> view.Shown:
    account = {
        "platform": "google_ads",
        "external_id": "1",
        "time_zone": "UTC",
        "compared_at": AT.isoformat(),
        "unexplained": sum(each["explanation"] == "unexplained" for each in days),
        "days": list(days),
    }
    return view.accounts(Answer([account], data_as_of=AT))


@pytest.mark.parametrize("word", list(Explanation))
def test_every_word_that_stands_on_the_page_is_told_with_its_meaning(word: Explanation) -> None:
    found = shown(day(word.value, sums()))
    (told,) = found.accounts[0].days
    assert told.badge.label
    assert [each.badge for each in found.meanings] == ([] if word is Explanation.EQUAL else [told.badge])
    assert (told.badge.tone is Tone.BAD) is (word is Explanation.UNEXPLAINED), "nothing else is an alert"


def test_where_no_day_was_compared_none_is_said_to_agree() -> None:
    assert [each.badge.label for each in shown().accounts] == ["No day compared"]
    assert [each.badge.label for each in shown(day("equal", sums())).accounts] == ["All days agree"]


def test_what_differs_is_told_with_its_sign_conversions_and_their_value_too() -> None:
    claims = {"conversions": "2.333333", "conversion_value": "1178.67"}
    (told,) = shown(day("restated", sums("-0.69", clicks=-1, **claims))).accounts[0].days
    assert (told.difference, told.counts) == ("-$0.69", ("-1 click", "+2.33 conversions", "+$1,178.67 value"))
    (little,) = shown(day("rounding", sums(conversions="0.000001", conversion_value=None))).accounts[0].days
    assert (little.difference, little.counts) == ("", ("+0.000001 conversions",))


def test_results_of_before_conversions_were_compared_are_still_shown() -> None:
    stranger = sums("1.00", clicks=2)
    (told,) = shown(day("foreign", stranger, foreign=stranger)).accounts[0].days
    assert (told.difference, told.counts) == ("+$1.00", ("+2 clicks",))
    assert told.foreign == "$1.00 in campaigns that are not imported"
    assert [name for name, *_ in figures_of_day(day("foreign", stranger))] == ["clicks", "spend"]


def test_strangers_of_whom_no_conversions_are_told_are_shown() -> None:
    stranger = sums("1.00", conversions=None, conversion_value=None)
    (told,) = shown(day("foreign", stranger, foreign=stranger)).accounts[0].days
    assert (told.counts, told.foreign) == ((), "$1.00 in campaigns that are not imported")


def test_the_command_line_has_a_line_for_every_figure_that_differs() -> None:
    claims = {"conversions": "1", "conversion_value": "20.00"}
    both = day("restated", sums(**claims), ours=sums("5.00", **claims), theirs=sums("5.00", conversions="2"))
    assert [
        cells[:2] for cells in figures_of_day({**both, "theirs": {**both["theirs"], "conversion_value": "40.00"}})
    ] == [
        ("spend", "5.00"),
        ("conversions", "1"),
        ("conversion value", "20.00"),
    ]
