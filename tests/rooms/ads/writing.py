"""Ads for tests: one that is plain and good, and a strategy that writes any good ad."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from adloom.platforms.types import (
    BidStrategy,
    CallToAction,
    ConversionEvent,
    Device,
    Gender,
    ImageRole,
    LocationIntent,
    MatchType,
    Objective,
    Weekday,
)

Json = dict[str, Any]


def plain_ad(**changes: Any) -> Json:
    """A good ad for all four platforms; `changes` replace its top-level fields."""
    ad: Json = {
        "schema_version": 1,
        "name": "Spring sale",
        "objective": "TRAFFIC",
        "platforms": {
            "google_ads": {"account": "1234567890"},
            "facebook_ads": {"account": "act_1", "page": "11", "pixel": "12"},
            "microsoft_ads": {"account": "1", "customer": "2"},
            "tiktok_ads": {"account": "7000", "identity": {"type": "TT_USER", "id": "21"}, "pixel": "22"},
        },
        "creative": {
            "headlines": ["Spring sale", "Run faster", "Free shipping"],
            "descriptions": ["Save 20% on all shoes.", "Order today, ships today."],
            "primary_text": "Spring sale: 20% off all shoes",
            "call_to_action": "SHOP_NOW",
            "landing_url": "https://example.com/spring",
        },
        "targeting": {
            "locations": [{"type": "COUNTRY", "country": "US"}],
            "keywords": [{"text": "running shoes", "match": "PHRASE"}],
        },
        "budget": {"type": "DAILY", "amount": {"value": "60.00", "currency": "USD"}},
        "declarations": {"eu_political": False, "special_categories": [], "ai_generated": False},
    }
    return {**ad, **changes}


def _member(enumeration: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([member.value for member in enumeration])


def _given(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéñABC0123456789 &%,.!'-"
_WIDE = "春日跑鞋限时特卖"


def _line(columns: int) -> st.SearchStrategy[str]:
    narrow = st.text(_LETTERS, min_size=1, max_size=columns)
    wide = st.text(_WIDE, min_size=1, max_size=columns // 2)
    return st.one_of(narrow, wide).map(str.strip).filter(bool)


def _lines(columns: int, least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(_line(columns), min_size=least, max_size=most, unique_by=lambda line: line.casefold())


_PATHS = st.text("abcXYZ019-_~.", min_size=1, max_size=15)
_URLS = st.text("abc/019-_=&?%20", max_size=60).map(lambda path: f"https://shop.example.com/{path}")
_ASSETS = st.one_of(st.uuids().map(str), st.sampled_from(["media/a.jpg", "b.png"]))
_AMOUNTS = st.decimals("0.01", "99999999", places=2).map(str)
_IMAGES = st.lists(
    st.fixed_dictionaries({"asset": _ASSETS, "role": _member(ImageRole)}),
    max_size=4,
    unique_by=lambda image: (image["asset"], image["role"]),
)
_VIDEOS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"asset": _ASSETS}, optional={"cover": _ASSETS, "youtube_id": st.just("abcdefghijk")}),
        st.just({"youtube_id": "abc_EFG-ij1"}),
    ),
    max_size=2,
)
_SHARED_WORDS: dict[str, st.SearchStrategy[Any]] = {
    "headlines": _lines(30, 3, 15),
    "descriptions": _lines(90, 2, 4),
    "landing_url": _URLS,
}
_MORE_WORDS: dict[str, st.SearchStrategy[Any]] = {
    "long_headline": _line(90),
    "primary_text": _line(100),
    "call_to_action": _member(CallToAction),
    "display_paths": st.lists(_PATHS, max_size=2),
    "brand_name": _line(25),
    "images": _IMAGES,
    "videos": _VIDEOS,
}
_CREATIVES = st.fixed_dictionaries(_SHARED_WORDS, optional=_MORE_WORDS)
_OVERRIDES = _given(headlines=_lines(200, 0, 5), primary_text=_line(500), videos=_VIDEOS, landing_url=_URLS)

_NUMBERS = st.one_of(st.integers(-80, 80), st.floats(-80, 80).map(lambda number: round(number, 5)))
_LOCATIONS = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("COUNTRY"), "country": st.sampled_from(["US", "DE", "JP", "BR"])},
        optional={"exclude": st.booleans()},
    ),
    st.just({"type": "REGION", "country": "US", "code": "US-CA"}),
    st.just({"type": "CITY", "country": "FR", "name": "Évry"}),
    st.just({"type": "POSTAL", "country": "US", "code": "94304"}),
    st.fixed_dictionaries(
        {"type": st.just("RADIUS"), "lat": _NUMBERS, "lon": _NUMBERS, "radius_km": st.integers(1, 500)}
    ),
)


def _place(location: Json) -> tuple[Any, ...]:
    """A place as a value: 1 and 1.0 are one number, and the order of keys means nothing."""
    return tuple(sorted((name, hash(value)) for name, value in {"exclude": False, **location}.items()))


_PLACES = st.lists(_LOCATIONS, min_size=1, max_size=4, unique_by=_place).map(
    lambda places: [*places, {"type": "COUNTRY", "country": "IN"}]
)
_AGES = st.tuples(st.integers(13, 65), st.integers(0, 30)).map(lambda pair: {"min": pair[0], "max": pair[0] + pair[1]})
_KEYWORDS = st.lists(
    st.fixed_dictionaries({"text": st.text("abc ", min_size=1, max_size=15), "match": _member(MatchType)}).filter(
        lambda keyword: bool(keyword["text"].strip()) and len(keyword["text"].split()) <= 10
    ),
    max_size=4,
    unique_by=lambda keyword: (keyword["text"].strip(), keyword["match"]),
)
_TARGETING: dict[str, st.SearchStrategy[Any]] = {
    "location_intent": _member(LocationIntent),
    "languages": st.lists(st.sampled_from(["en", "de", "fr", "ja"]), unique=True),
    "age": st.one_of(_AGES, st.just({"min": 18, "max": None})),
    "genders": st.sampled_from([["ANY"], [Gender.MALE.value], ["MALE", "FEMALE"]]),
    "devices": st.lists(_member(Device), min_size=1, unique=True),
    "interests": st.just([{"taxonomy": "unified", "key": "sports/running"}]),
    "keywords": _KEYWORDS,
    "negative_keywords": _KEYWORDS,
    "audiences": st.just({"include": {"facebook_ads": ["1", "2"]}, "exclude": {}}),
}
_SHARED_TARGETING = st.fixed_dictionaries({"locations": _PLACES}, optional=_TARGETING)

_BIDDING = st.one_of(
    st.sampled_from([{"strategy": "MAX_CLICKS"}, {"strategy": BidStrategy.MAX_VALUE.value, "target": None}]),
    st.fixed_dictionaries({"strategy": st.sampled_from(["TARGET_CPA", "TARGET_ROAS", "BID_CAP"]), "target": _AMOUNTS}),
)
_BUDGETS = st.fixed_dictionaries(
    {"type": st.sampled_from(["DAILY", "LIFETIME"]), "amount": st.fixed_dictionaries(
        {"value": _AMOUNTS, "currency": st.sampled_from(["USD", "EUR", "JPY", "KWD", "HUF"])}
    )},
    optional={"bidding": _BIDDING},
)  # fmt: skip
_SCHEDULES = st.fixed_dictionaries(
    {"end": st.sampled_from(["2027-12-31T23:59:59", "2028-02-29T10:00:00+05:30", "2028-01-01T00:00"])},
    optional={
        "start": st.sampled_from([None, "2026-12-01T08:00:00", "2026-12-01T08:00:00Z"]),
        "time_zone": st.sampled_from(["America/Los_Angeles", "Asia/Kolkata", "UTC"]),
        "dayparting": st.lists(
            st.fixed_dictionaries(
                {"days": st.lists(_member(Weekday), min_size=1, unique=True), "start": st.just("09:00"),
                 "end": st.sampled_from(["18:00", "24:00", "09:30"])}
            ), max_size=1,
        ),
    },
)  # fmt: skip
_TRACKING = st.dictionaries(
    st.text("abcutm_", min_size=1, max_size=12),
    st.sampled_from(["{platform}", "{campaign}-{ad_group}", "{ad}", "x&y", "{marker}"]),
    max_size=3,
)
_NAMES = st.lists(_line(40), min_size=1, max_size=3, unique_by=str.casefold)


@st.composite
def _groups(draw: st.DrawFn) -> list[Json]:
    groups = []
    for name in draw(_NAMES):
        ads = [{"name": ad, "creative": draw(_given(**_SHARED_WORDS, **_MORE_WORDS))} for ad in draw(_NAMES)]
        groups.append({"name": name, "targeting": draw(_given(locations=_PLACES, **_TARGETING)), "ads": ads})
    return groups


@st.composite
def ads(draw: st.DrawFn) -> Json:
    """Any good ad, as JSON values."""
    blocks = plain_ad()["platforms"]
    chosen = draw(st.lists(st.sampled_from(sorted(blocks)), min_size=1, unique=True))
    extras = _given(creative=_OVERRIDES, budget=_BUDGETS, overrides=st.just({}))
    ad: Json = {
        "name": draw(_line(100)),
        "objective": draw(_member(Objective)),
        "conversion": {"event": draw(_member(ConversionEvent)), "value": draw(_AMOUNTS)},
        "platforms": {name: {**blocks[name], **draw(extras)} for name in chosen},
        "creative": draw(_CREATIVES),
        "targeting": draw(_SHARED_TARGETING),
        "budget": draw(_BUDGETS),
        "schedule": draw(_SCHEDULES),
        "tracking": {"params": draw(_TRACKING)},
        "declarations": draw(
            _given(
                eu_political=st.one_of(st.none(), st.booleans()),
                special_categories=st.sampled_from([[], ["HOUSING"]]),
                dsa=st.just({"beneficiary": "Acme", "payor": None}),
                ai_generated=st.booleans(),
            )
        ),
        "desired_status": draw(st.sampled_from(["PAUSED", "ACTIVE"])),
    }
    return {**ad, "ad_groups": draw(_groups())} if draw(st.booleans()) else ad
