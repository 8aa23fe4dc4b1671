"""Answers as TikTok gives them and no sandbox does: of whatever shape, read exactly or not at all."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms.canned import Canned, reaching, standing_in

from adloom.core.errors import Unavailable
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.facts import Dimension
from adloom.platforms.spec import Account
from adloom.platforms.tiktok import reports
from adloom.platforms.types import ConversionEvent, Platform

ADAPTER = registry.adapter(Platform.TIKTOK_ADS)
DAY = date(2026, 11, 20)
ASKED: dict[str, Any] = {"account": Account("7000", "JPY", "Asia/Tokyo"), "since": DAY, "until": DAY}
CAMPAIGN = 1800000000000000001


@pytest.fixture
def tiktok() -> Iterator[Canned]:
    with standing_in("TIKTOK_API_URL") as canned:
        yield canned


@pytest.fixture
def connection(tiktok: Canned) -> Iterator[Connection]:
    with reaching(Platform.TIKTOK_ADS, "access") as connection:
        yield connection


def said(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"code": 0, "message": "OK", "request_id": "2026", "data": {"list": list(rows), **more}}


def row(*, metrics: dict[str, Any], **dimensions: Any) -> dict[str, Any]:
    at = {"campaign_id": CAMPAIGN, "stat_time_day": "2026-11-20 00:00:00", **dimensions}
    return {"dimensions": at, "metrics": metrics, "advertiser_id": 7000}


def test_numbers_as_text_or_not_and_ids_as_numbers_are_read_exactly(tiktok: Canned, connection: Connection) -> None:
    whole = {"page": 1, "page_size": 1000, "total_number": 1, "total_page": 1}
    for spend, impressions, clicks in (("1234", "1,000", "51"), (1234, 1000, 51), ("1234.00", "1000", 51)):
        metrics = {"spend": spend, "impressions": impressions, "clicks": clicks, "conversion": "-", "reach": "-"}
        for page_info in ({}, {"page_info": whole}):
            tiktok.say(said(row(metrics=metrics), **page_info))
            (fact,) = ADAPTER.daily(connection, events={str(CAMPAIGN): ConversionEvent.PURCHASE}, **ASKED)
            assert (fact.platform_campaign_id, fact.spend, fact.currency) == (str(CAMPAIGN), Decimal(1234), "JPY")
            assert (fact.impressions, fact.clicks, fact.conversions) == (1000, 51, None)


def test_an_empty_list_is_no_days_and_an_answer_of_nothing_is_no_report(tiktok: Canned, connection: Connection) -> None:
    none = {"page": 1, "page_size": 1000, "total_number": 0, "total_page": 0}
    for data in ({"list": []}, {"list": None, "page_info": none}, {"page_info": none}, {"list": [], "page_info": none}):
        tiktok.say({"code": 0, "message": "OK", "data": data})
        assert list(ADAPTER.daily(connection, events={}, **ASKED)) == []
    for nothing in ({}, None):
        tiktok.say({"code": 0, "message": "OK", "data": nothing})
        with pytest.raises(Unavailable, match="neither list nor page_info"):
            list(ADAPTER.daily(connection, events={}, **ASKED))


def test_people_of_no_known_age_are_unknown(tiktok: Canned, connection: Connection) -> None:
    metrics = {"spend": "1.00", "impressions": "7", "clicks": "0", "conversion": "0"}
    words = {"NONE": "UNKNOWN", "AGE_13_17": "13-17", "AGE_55_100": "55+"}
    tiktok.say(said(*(row(metrics=metrics, age=word) for word in words)))
    facts = ADAPTER.audience(connection, dimension=Dimension.AGE, **ASKED)
    assert [(fact.value, fact.impressions, fact.conversions) for fact in facts] == [
        (ours, 7, None) for ours in words.values()
    ]


def test_a_file_with_fewer_rows_than_were_counted_is_cut_off(
    tiktok: Canned, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_ROWS", 1)
    names = ["campaign_id", "stat_time_day", *reports.METRICS, *reports.PEOPLE]
    lines = [f"{CAMPAIGN + n},2026-11-20 00:00:00,2.50,10,1,-,-,9,1.1" for n in range(2)]
    for came, is_whole in ((2, True), (1, False)):
        counted = {"page": 1, "page_size": 1000, "total_number": 2, "total_page": 1}
        tiktok.say(said(row(metrics={}), row(metrics={}), page_info=counted))
        tiktok.say({"code": 0, "message": "OK", "data": {"task_id": "9"}})
        tiktok.say({"code": 0, "message": "OK", "data": {"status": "SUCCESS"}})
        tiktok.say("\ufeff" + "\r\n".join([",".join(names), *lines[:came], ""]))
        facts = ADAPTER.daily(connection, events={}, **ASKED)
        if is_whole:
            assert [fact.spend for fact in facts] == [Decimal("2.50")] * 2
            continue
        with pytest.raises(Unavailable, match="counts 2 rows, and holds 1"):
            list(facts)


def test_figures_do_not_wait_for_a_rule_that_a_login_may_not_read(tiktok: Canned, connection: Connection) -> None:
    tiktok.say({"code": 40001, "message": "No permission to operate advertiser.", "data": {}})
    assert ADAPTER.attribution(connection, **ASKED) is None


def test_a_page_without_rows_before_the_last_one_is_no_whole_report(tiktok: Canned, connection: Connection) -> None:
    tiktok.say(said(page_info={"page": 1, "page_size": 1000, "total_number": 0, "total_page": 2}))
    with pytest.raises(Unavailable, match="page 1 of 2 is empty"):
        list(ADAPTER.daily(connection, events={}, **ASKED))


def test_a_bare_offset_is_no_other_place_than_the_one_that_is_known(tiktok: Canned, connection: Connection) -> None:
    """`timezone` may be an offset such as Etc/GMT-9; `display_timezone` is the place (advertiser/info)."""
    told = {"advertiser_id": 7000, "currency": "JPY", "timezone": "Etc/GMT-9"}
    here: Account = ASKED["account"]
    for known, more, zone in (
        (here, {}, ""),
        (here, {"display_timezone": "Asia/Seoul"}, "Asia/Seoul"),
        (dataclasses.replace(here, time_zone="Etc/GMT+5"), {}, "Etc/GMT-9"),
    ):
        tiktok.say(said({**told, **more}))
        found = ADAPTER.account_now(connection, account=known)
        assert found is not None
        assert (found.currency, found.time_zone) == ("JPY", zone)
