"""Preflight finds everything that is wrong on each platform, without asking any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.rooms.ads.files import ACCOUNTS, MEDIA, PICTURES, file
from tests.rooms.ads.writing import plain_ad

from adloom.ads import preflight, unified
from adloom.platforms.contract import Preflight
from adloom.platforms.spec import MediaFile
from adloom.platforms.types import Platform

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
META = Platform.FACEBOOK_ADS


def _ad(**changes: Any) -> dict[str, Any]:
    data = plain_ad(**changes)
    data["creative"].update(PICTURES)
    return data


def _check(data: dict[str, Any], **more: Any) -> dict[Platform, Preflight]:
    return preflight.check(unified.parse(data), **{"accounts": ACCOUNTS, "media": MEDIA, "now": NOW, **more})


def _fields(data: dict[str, Any], platform: Platform = META, **more: Any) -> list[str]:
    found = _check(data, platforms=[platform], **more)[platform]
    assert all(error.rule and error.fix for error in found.errors)
    return [error.field for error in found.errors]


@pytest.mark.parametrize("platform", list(Platform))
def test_a_good_ad_has_no_error_and_its_losses_are_listed(platform: Platform) -> None:
    found = _check(_ad(), platforms=[platform])[platform]
    assert found.errors == ()
    assert found.losses
    assert not any(loss.is_targeting for loss in found.losses)


def test_every_platform_of_the_ad_is_looked_at_unless_some_are_chosen() -> None:
    data = _ad()
    del data["platforms"]["microsoft_ads"]
    assert set(_check(data)) == set(Platform) - {Platform.MICROSOFT_ADS}
    assert set(_check(data, platforms=[META, Platform.MICROSOFT_ADS])) == {META}


def test_an_account_that_is_not_connected_is_an_error_beside_all_the_others() -> None:
    data = _ad(schedule={"end": "2026-01-01T00:00:00"})
    assert _fields(data, accounts={})[:2] == ["platforms.facebook_ads.account", "schedule.end"]


def test_a_budget_in_another_currency_is_one_error() -> None:
    accounts = {META: replace(ACCOUNTS[META], currency="EUR")}
    fields = _fields(_ad(), accounts=accounts)
    assert [field for field in fields if field.startswith("budget.amount")] == ["budget.amount"]


@pytest.mark.parametrize("end", ["2026-11-23T03:00:00", "2025-01-01T00:00:00"])
def test_a_flight_that_is_over_is_an_error(end: str) -> None:
    assert "schedule.end" in _fields(_ad(schedule={"end": end}))


def test_hours_of_another_time_zone_than_the_accounts_are_an_error() -> None:
    window = [{"days": ["MON"], "start": "09:00", "end": "18:00"}]
    there = {"dayparting": window, "time_zone": "Europe/Berlin"}
    assert "schedule.dayparting" in _fields(_ad(schedule=there), Platform.GOOGLE_ADS)
    same = {"dayparting": window, "time_zone": "US/Pacific"}
    assert "schedule.dayparting" not in _fields(_ad(schedule=same), Platform.GOOGLE_ADS)


def test_a_missing_file_is_named_where_the_ad_names_it() -> None:
    fields = _fields(_ad(), media={"wide": MEDIA["wide"]})
    assert fields[:3] == ["creative.images[1].asset", "creative.videos[0].asset", "creative.videos[0].cover"]


@pytest.mark.parametrize(
    ("asset", "wrong", "field"),
    [
        ("wide", file("wide", (1200, 800)), "creative.images[0]"),
        ("wide", file("wide", (600, 314)), "creative.images[0]"),
        ("wide", file("wide", mime_type="image/gif"), "creative.images[0]"),
        ("wide", file("wide", size_bytes=5_000_001), "creative.images[0]"),
        ("square", file("square", (2000, 2000)), "creative.images[1]"),
        ("film", file("film", (1080, 1350), mime_type="video/mp4", duration_ms=8_000), "creative.videos[0].asset"),
        ("film", file("film", (270, 480), mime_type="video/mp4", duration_ms=8_000), "creative.videos[0].asset"),
        ("film", file("film", (1080, 1920), mime_type="video/mp4", duration_ms=5_900), "creative.videos[0].asset"),
        ("film", file("film", (1080, 1920), mime_type="video/mp4", duration_ms=60_001), "creative.videos[0].asset"),
        (
            "film",
            file("film", (1080, 1920), mime_type="video/quicktime", duration_ms=8_000),
            "creative.videos[0].asset",
        ),
        ("cover", file("cover", (1080, 1080)), "creative.videos[0].cover"),
    ],
)
def test_a_file_that_does_not_suit_its_role_is_an_error(asset: str, wrong: MediaFile, field: str) -> None:
    assert field in _fields(_ad(), media={**MEDIA, asset: wrong})


def test_a_picture_of_the_recommended_size_is_within_the_tolerance() -> None:
    assert not [field for field in _fields(_ad()) if "images" in field]


def test_files_that_a_platform_replaces_are_not_held_against_it() -> None:
    data = _ad()
    data["platforms"]["facebook_ads"]["creative"] = {"images": [{"asset": "big", "role": "SQUARE"}], "videos": []}
    media = {"big": file("big", (3000, 3000), size_bytes=6_000_000)}
    assert _fields(data, media=media) == []
    assert "creative.images[0].asset" in _fields(data, Platform.GOOGLE_ADS, media=media)


def test_two_ads_that_say_the_same_on_a_platform_are_an_error_there() -> None:
    data = _ad(ad_groups=[{"name": "main", "ads": [{"name": "a"}, {"name": "b", "creative": {"brand_name": "Other"}}]}])
    assert not [field for field in _fields(data) if "ads[b]" in field]
    data["platforms"]["facebook_ads"]["creative"] = {"brand_name": "One"}
    assert "ad_groups[main].ads[b].creative" in _fields(data)


@pytest.mark.parametrize("platform", list(Platform))
def test_the_worth_of_a_conversion_is_named_as_lost(platform: Platform) -> None:
    data = _ad(objective="CONVERSIONS", conversion={"event": "PURCHASE", "value": "9.90"})
    lost = {loss.field: loss.before for loss in _check(data)[platform].losses}
    assert lost["conversion.value"] == "9.90 USD"


def test_what_a_platform_needs_of_its_account_is_asked_for() -> None:
    data = _ad()
    del data["platforms"]["facebook_ads"]["page"]
    del data["platforms"]["tiktok_ads"]["identity"]
    assert any("page" in field for field in _fields(data))
    assert any("identity" in field for field in _fields(data, Platform.TIKTOK_ADS))


def test_tiktok_needs_a_video_and_meta_a_video_or_an_image() -> None:
    data = plain_ad()
    assert any("videos" in field for field in _fields(data, Platform.TIKTOK_ADS))
    assert any(field.startswith("creative") for field in _fields(data))


def test_a_region_that_the_standard_lacks_needs_a_name() -> None:
    nameless = _ad(targeting={"locations": [{"type": "REGION", "code": "US-ZZ"}]})
    named = _ad(targeting={"locations": [{"type": "REGION", "code": "US-ZZ", "name": "Zion"}]})
    assert "targeting.locations[0].code" in _fields(nameless)
    assert "targeting.locations[0].code" not in _fields(named)
