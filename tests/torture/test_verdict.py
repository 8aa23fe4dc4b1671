"""The judge can say no: what is too much, what nobody asked for, what lacks, what is in another state."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.torture.verdict import Entry, Verdict, compare

_CAMPAIGN: Entry = ("campaign", "", "Sale", "ENABLED")
_AD: Entry = ("ad", "campaign", "Ann", "ENABLED")
_PAUSED: Entry = ("ad", "campaign", "Ann", "PAUSED")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([_CAMPAIGN, _AD], Verdict()),
        ([_CAMPAIGN, _CAMPAIGN, _AD], Verdict(duplicates=("campaign Sale ENABLED",))),
        ([_CAMPAIGN], Verdict(missing=("ad campaign Ann ENABLED",))),
        ([_CAMPAIGN, _PAUSED], Verdict(orphans=("ad campaign Ann PAUSED",), missing=("ad campaign Ann ENABLED",))),
    ],
)
def test_what_differs_is_told(found: list[Entry], verdict: Verdict) -> None:
    told = compare(Counter(found), Counter([_CAMPAIGN, _AD]))
    assert told == verdict
    assert told.is_clean is (verdict == Verdict())


def test_what_is_uncertain_is_not_clean() -> None:
    assert not compare(Counter(), Counter(), uncertain=["create in_progress"]).is_clean
