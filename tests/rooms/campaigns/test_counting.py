"""What counts as standing twice, and what of it late requests of ours have left. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adloom.campaigns import counting
from adloom.campaigns.counting import Window
from adloom.platforms.marked import Marked
from adloom.platforms.types import Platform, RemoteStatus

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
IDS = {"campaign": "1", "ad_group/main": "2", "ad/main/a": "3", "asset/x": "9", "creative/main/a": "8"}
CAMPAIGN = Marked("campaign", "1", "1", None, "Sale abc", RemoteStatus.PAUSED, NOON)
GROUP = Marked("ad_group", "2", "1", "1", "Main abc", RemoteStatus.ACTIVE, NOON)
AD = Marked("ad", "3", "1", "2", "Main A abc", RemoteStatus.ACTIVE, NOON)
OURS = (CAMPAIGN, GROUP, AD)
TWIN = replace(CAMPAIGN, platform_id="11", campaign_id="11")
WINDOWS = [Window(kind, NOON - timedelta(seconds=1), NOON + timedelta(seconds=60)) for kind in counting.KINDS]


def test_one_of_each_is_neither_missing_nor_too_much() -> None:
    found = counting.count(IDS, OURS)
    assert (found.missing, found.surplus) == ((), ())


def test_what_is_not_shown_is_missing_by_our_key() -> None:
    assert counting.count(IDS, OURS[:2]).missing == ("ad/main/a",)


def test_of_a_campaign_that_stands_twice_only_its_top_is_named() -> None:
    below = replace(GROUP, platform_id="12", campaign_id="11", parent_id="11")
    deepest = replace(AD, platform_id="13", campaign_id="11", parent_id="12")
    assert counting.count(IDS, (*OURS, deepest, below, TWIN)).surplus == (TWIN,)


def test_what_a_person_keeps_does_not_count_nor_does_what_is_beneath_it() -> None:
    below = replace(GROUP, platform_id="12", campaign_id="11", parent_id="11")
    assert counting.count(IDS, (*OURS, TWIN, below), kept={"11"}).surplus == ()


def test_an_id_of_another_kind_is_another_thing() -> None:
    assert counting.count(IDS, (*OURS, replace(GROUP, platform_id="1"))).surplus[0].kind == "ad_group"


@pytest.mark.parametrize("twin", [TWIN, replace(GROUP, platform_id="12"), replace(AD, platform_id="13")])
def test_what_was_made_under_our_name_while_we_sent_and_rests_is_ours(twin: Marked) -> None:
    assert counting.late([twin], IDS, (*OURS, twin), windows=WINDOWS) == (twin,)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Sale abc (copy)"},
        {"made_at": None},
        {"made_at": NOON - timedelta(minutes=1)},
        {"made_at": NOON + timedelta(minutes=2)},
        {"status": RemoteStatus.ACTIVE},
    ],
    ids=lambda change: next(iter(change)),
)
def test_anything_else_is_a_persons(change: dict[str, object]) -> None:
    twin = replace(TWIN, **change)  # type: ignore[arg-type]
    assert counting.late([twin], IDS, (*OURS, twin), windows=WINDOWS) == ()


def test_beneath_a_campaign_that_is_on_nothing_rests() -> None:
    live = (replace(CAMPAIGN, status=RemoteStatus.ACTIVE), GROUP, AD)
    twin = replace(GROUP, platform_id="12", status=RemoteStatus.PAUSED)
    assert counting.late([twin], IDS, (*live, twin), windows=WINDOWS) == ()


def test_a_window_is_for_its_kind_alone() -> None:
    assert counting.late([TWIN], IDS, (*OURS, TWIN), windows=WINDOWS[1:]) == ()


def test_the_refusal_names_what_stands_where_and_both_choices() -> None:
    refusal = counting.doubled(Platform.FACEBOOK_ADS, "act_7", [TWIN])
    assert refusal.code == "duplicates"
    for words in ("act_7", "facebook_ads", "campaign 11", "--duplicates remove", "--duplicates keep"):
        assert words in refusal.message
    assert "Sale abc" in str(refusal)
