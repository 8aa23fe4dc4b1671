"""Two versions of an ad, told apart in words for people."""

from __future__ import annotations

from typing import Any

import pytest
from tests.rooms.ads.writing import plain_ad

from adloom.ads import unified, versions


def canonical(**changes: Any) -> dict[str, Any]:
    return unified.canonical(unified.parse(plain_ad(**changes)))


def test_the_same_ad_differs_in_nothing() -> None:
    assert versions.differences(canonical(), canonical()) == []


def test_each_field_is_told_by_its_place_in_the_ad_with_what_it_was_and_is() -> None:
    budget = {"type": "DAILY", "amount": {"value": "75.00", "currency": "USD"}}
    creative = {**plain_ad()["creative"], "headlines": ["Spring sale", "Run faster", "Returns are free"]}
    assert versions.differences(canonical(), canonical(name="Winter", budget=budget, creative=creative)) == [
        "name: Spring sale → Winter",
        "creative.headlines: Spring sale, Run faster, Free shipping → Spring sale, Run faster, Returns are free",
        "budget.amount: 60.00 USD → 75.00 USD",
    ]


def test_what_comes_or_goes_is_none_on_its_other_side() -> None:
    google = {"google_ads": {"account": "1234567890"}}
    ended = canonical(platforms=google, schedule={"end": "2030-01-01T00:00:00"})
    assert versions.differences(canonical(platforms=google), ended) == ["schedule.end: (none) → 2030-01-01T00:00:00"]
    assert versions.differences(ended, canonical(platforms=google)) == ["schedule.end: 2030-01-01T00:00:00 → (none)"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "(none)"),
        ("two\nlines  and   spaces", "two lines and spaces"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        ({"value": "1.00", "currency": "USD"}, "1.00 USD"),
        (True, "true"),
        ([], "(none)"),
        ([{"a": 1}], '[{"a": 1}]'),
    ],
)
def test_a_value_is_shown_on_one_line_that_is_not_too_long(value: Any, shown: str) -> None:
    assert versions.shown(value) == shown
