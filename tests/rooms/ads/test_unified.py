"""The unified ad: what is good is taken and comes out the same; what is not is refused by field, rule and fix."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rooms.ads.writing import ads, plain_ad

from adloom.ads import document, text, unified
from adloom.core.errors import FieldError, Invalid


def _errors(data: object) -> dict[str, FieldError]:
    with pytest.raises(Invalid) as refused:
        unified.parse(data)
    assert all(error.rule and error.fix for error in refused.value.errors)
    return {error.field: error for error in refused.value.errors}


def _changed(path: str, value: Any) -> dict[str, Any]:
    """The plain ad with one place changed; `path` is written as errors name fields, with dots for indexes."""
    data = copy.deepcopy(plain_ad())
    *parents, last = path.split(".")
    part: Any = data
    for name in parents:
        part = part[int(name)] if isinstance(part, list) else part.setdefault(name, {})
    if isinstance(part, list):
        part[int(last)] = value
    else:
        part[last] = value
    return data


@settings(max_examples=80, deadline=None)
@given(ads())
def test_a_good_ad_is_taken_and_comes_out_the_same(data: dict[str, Any]) -> None:
    ad = unified.parse(data)
    written = unified.canonical(ad)
    assert unified.parse(written) == ad
    assert unified.canonical(unified.parse(written)) == written
    assert json.loads(json.dumps(written, allow_nan=False)) == written


@settings(max_examples=80, deadline=None)
@given(ads())
def test_an_ad_survives_its_rows_columns(data: dict[str, Any]) -> None:
    ad = unified.parse(data)
    columns = document.split(ad)
    assert unified.parse(document.join(columns, client=None)) == ad
    assert document.join(columns, client=None) == unified.canonical(ad)


@settings(max_examples=60, deadline=None)
@given(ads(), st.data())
def test_an_unknown_field_anywhere_is_named(data: dict[str, Any], draw: st.DataObject) -> None:
    places = [
        ("", data),
        *((name, part) for name, part in data.items() if isinstance(part, dict) and name != "tracking"),
    ]
    name, part = draw.draw(st.sampled_from(places))
    part["colour"] = "red"
    assert _errors(data).keys() == {f"{name}.colour".lstrip(".")}


@settings(max_examples=60, deadline=None)
@given(ads(), st.integers(31, 60))
def test_a_headline_that_is_too_long_is_named(data: dict[str, Any], length: int) -> None:
    data["creative"]["headlines"][1] = "x" * length
    assert _errors(data).keys() == {"creative.headlines[1]"}


def test_every_broken_rule_is_told_at_once() -> None:
    data = _changed("creative.headlines", ["Spring sale", "SPRING SALE ", "ok"])
    data["creative"]["primary_text"] = "Sale\nnow"
    data["budget"]["amount"]["value"] = 50.0
    data["objective"] = "SALES"
    data["targeting"]["age"] = {"min": 12}
    assert _errors(data).keys() == {
        "creative.headlines",
        "creative.primary_text",
        "budget.amount.value",
        "objective",
        "targeting.age",
    }


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("schema_version", 2, "schema_version"),
        ("name", "Spring 🌷", "name"),
        ("name", "a\u0000b", "name"),
        ("name", "x" * 101, "name"),
        ("name", "春" * 51, "name"),
        ("objective", "SALES", "objective"),
        ("objective", "LEADS", "conversion"),
        ("platforms", {}, "platforms"),
        ("platforms", {"myspace": {}}, "platforms.myspace"),
        ("platforms.google_ads.account", "123-456-7890", "platforms.google_ads.account"),
        ("platforms.google_ads.account", 1234567890, "platforms.google_ads.account"),
        ("platforms.facebook_ads.account", "1", "platforms.facebook_ads.account"),
        ("platforms.google_ads.channel", "FEED", "platforms.google_ads.channel"),
        ("platforms.google_ads.channel", "DEMAND_GEN", "platforms.google_ads.channel"),
        ("platforms.google_ads.channel", ["SEARCH"], "platforms.google_ads.channel"),
        ("platforms.microsoft_ads.channel", "DISPLAY", "platforms.microsoft_ads.channel"),
        ("platforms.microsoft_ads.channel", "AUDIENCE", "platforms.microsoft_ads.channel"),
        ("platforms.tiktok_ads.overrides", {"search_partners": True}, "platforms.tiktok_ads.overrides.search_partners"),
        ("platforms.google_ads.overrides", {"status": "ENABLED"}, "platforms.google_ads.overrides.status"),
        ("platforms.tiktok_ads.identity", {"type": "BC_AUTH_TT", "id": "1"}, "platforms.tiktok_ads.identity"),
        ("creative.headlines", ["a", "b"], "creative.headlines"),
        ("creative.headlines", "Spring", "creative.headlines"),
        ("creative.headlines", ["春" * 16, "a", "b"], "creative.headlines[0]"),
        ("creative.descriptions", ["x" * 91, "a"], "creative.descriptions[0]"),
        ("creative.descriptions", None, "creative.descriptions"),
        ("creative.primary_text", "x" * 101, "creative.primary_text"),
        ("creative.primary_text", "Spring ☀️", "creative.primary_text"),
        ("creative.landing_url", "http://example.com", "creative.landing_url"),
        ("creative.landing_url", "https://u:p@example.com", "creative.landing_url"),
        ("creative.landing_url", "https://example.com/a b", "creative.landing_url"),
        ("creative.landing_url", "https://example.com/" + "x" * 2048, "creative.landing_url"),
        ("creative.call_to_action", "BUY_NOW", "creative.call_to_action"),
        ("creative.display_paths", ["a", "b", "c"], "creative.display_paths"),
        ("creative.display_paths", ["schöne-schuhe"], "creative.display_paths[0]"),
        ("creative.brand_name", "x" * 26, "creative.brand_name"),
        ("creative.images", [{"asset": "a.jpg", "role": "BANNER"}], "creative.images[0].role"),
        ("creative.videos", [{"cover": "a.jpg"}], "creative.videos[0]"),
        ("creative.videos", [{"youtube_id": "short"}], "creative.videos[0].youtube_id"),
        ("targeting.locations", [], "targeting.locations"),
        ("targeting.locations", None, "targeting.locations"),
        ("targeting.locations", [{"type": "COUNTRY", "country": "UK"}], "targeting.locations[0].country"),
        ("targeting.locations", [{"type": "COUNTRY", "country": "US", "exclude": True}], "targeting.locations"),
        ("targeting.locations", [{"type": "REGION", "code": "California"}], "targeting.locations[0]"),
        (
            "targeting.locations",
            [{"type": "CITY", "country": "US", "name": "Springfield", "code": "Illinois"}],
            "targeting.locations[0]",
        ),
        (
            "targeting.locations",
            [{"type": "CITY", "country": "US", "name": "Springfield", "code": "DE-BY"}],
            "targeting.locations[0]",
        ),
        ("targeting.locations", [{"type": "RADIUS", "lat": 1, "lon": 2}], "targeting.locations[0]"),
        ("targeting.languages", ["english"], "targeting.languages[0]"),
        ("targeting.age", {"min": 30, "max": 20}, "targeting.age"),
        ("targeting.age", {"min": 18.5}, "targeting.age.min"),
        ("targeting.genders", ["ANY", "MALE"], "targeting.genders"),
        ("targeting.devices", [], "targeting.devices"),
        ("targeting.keywords", [{"text": "a " * 11, "match": "EXACT"}], "targeting.keywords[0].text"),
        ("targeting.keywords", [{"text": "a", "match": "NEAR"}], "targeting.keywords[0].match"),
        ("targeting.interests", [{"taxonomy": "myspace", "key": "1"}], "targeting.interests[0]"),
        ("budget.amount", {"value": "0.00", "currency": "USD"}, "budget.amount"),
        ("budget.amount.value", "-1", "budget.amount.value"),
        ("budget.amount.value", "1e3", "budget.amount.value"),
        ("budget.amount.value", "1,000.00", "budget.amount.value"),
        ("budget.amount.value", 50, "budget.amount.value"),
        ("budget.amount.currency", "usd", "budget.amount.currency"),
        ("budget.type", "LIFETIME", "budget.type"),
        ("budget.bidding", {"strategy": "TARGET_CPA"}, "budget.bidding"),
        ("budget.bidding", {"strategy": "MAX_CLICKS", "target": "1"}, "budget.bidding"),
        ("budget.bidding", {"strategy": "MAX_CONVERSIONS"}, "budget.bidding.strategy"),
        ("schedule", {"end": "tomorrow"}, "schedule.end"),
        ("schedule", {"end": "2026-02-30T10:00:00"}, "schedule.end"),
        ("schedule", {"time_zone": "PST8"}, "schedule.time_zone"),
        ("schedule", {"start": "2027-01-02T00:00", "end": "2027-01-01T00:00"}, "schedule.end"),
        ("schedule", {"dayparting": [{"days": ["MON"], "start": "18:00", "end": "09:00"}]}, "schedule.dayparting[0]"),
        ("tracking", {"params": {"utm": "{lpurl}"}}, "tracking.params"),
        ("tracking", {"template": "{lpurl}"}, "tracking.template"),
        ("declarations.eu_political", "no", "declarations.eu_political"),
        ("desired_status", "active", "desired_status"),
        ("ad_groups", [{"name": "a", "ads": []}], "ad_groups[0].ads"),
        ("ad_groups", [{"name": n, "ads": [{"name": "x"}]} for n in ("A", "a")], "ad_groups"),
        ("ad_groups", [{"name": "x" * 80, "ads": [{"name": "y" * 80}]}], "ad_groups[0].ads[0].name"),
    ],
)
def test_a_broken_field_is_named(path: str, value: Any, field: str) -> None:
    assert _errors(_changed(path, value)).keys() == {field}


@pytest.mark.parametrize("data", [None, [], "ad", 1, {"a": float("nan")}, {"a": object()}])
def test_what_is_no_object_of_json_values_is_refused(data: object) -> None:
    assert _errors(data).keys() == {"the ad"}


def test_an_unknown_field_is_told_its_nearest_name() -> None:
    assert _errors(_changed("creative.headline", "x"))["creative.headline"].fix == "Did you mean headlines?"


def test_a_number_from_a_careful_reader_is_still_no_money() -> None:
    assert _errors(_changed("budget.amount.value", Decimal("50.00"))).keys() == {"budget.amount.value"}


def test_a_platforms_own_creative_is_not_held_to_the_strict_limits() -> None:
    own = {"headlines": ["A headline for Meta that is longer than thirty columns"], "primary_text": "Line 🌷\nbreak"}
    ad = unified.parse(_changed("platforms.facebook_ads.creative", own))
    assert ad.platforms.facebook_ads is not None
    assert ad.platforms.facebook_ads.creative.headlines == tuple(own["headlines"])


def test_shared_texts_may_be_missing_where_every_platform_brings_its_own() -> None:
    data = plain_ad()
    words = data["creative"].pop("headlines")
    assert _errors(data).keys() == {"creative.headlines"}
    for block in data["platforms"].values():
        block["creative"] = {"headlines": words}
    assert unified.parse(data).creative.headlines is None


def test_texts_may_come_from_each_ad() -> None:
    data = plain_ad()
    words = data["creative"].pop("descriptions")
    with_words, without = {"name": "a", "creative": {"descriptions": words}}, {"name": "b"}
    data["ad_groups"] = [{"name": "main", "ads": [with_words]}]
    unified.parse(data)
    data["ad_groups"] = [{"name": "main", "ads": [with_words, without]}]
    assert _errors(data).keys() == {"ad_groups[0].ads[1].creative.descriptions"}


def test_nulls_and_defaults_make_no_other_ad() -> None:
    written = unified.canonical(unified.parse(plain_ad()))
    spelled = plain_ad(client=None, conversion=None, desired_status="PAUSED", schedule={"start": None, "end": None})
    spelled["budget"]["amount"]["value"] = "60"
    assert unified.canonical(unified.parse(spelled)) == written


def test_comments_and_twins_in_the_text_are_refused_with_their_place() -> None:
    with pytest.raises(Invalid, match="line 2, column 3"):
        unified.read('{"name": "a",\n  // a comment\n "b": 1}')
    with pytest.raises(Invalid, match="stands twice"):
        unified.read('{"name": "a", "name": "b"}')
    with pytest.raises(Invalid, match="NaN"):
        unified.read('{"name": NaN}')
    assert unified.read(b'{"name": "a"}') == {"name": "a"}


@given(st.text(min_size=1))
@settings(max_examples=100, deadline=None)
def test_width_counts_wide_characters_twice_and_never_less_than_characters(value: str) -> None:
    assert len(value) <= text.display_width(value) <= 2 * len(value)


@given(st.text())
@settings(max_examples=100, deadline=None)
def test_a_slug_is_short_plain_and_never_empty(value: str) -> None:
    slug = text.slug(value, fallback="ad")
    assert 1 <= len(slug) <= 40
    assert slug.replace("-", "").isalnum()
    assert slug.isascii()
