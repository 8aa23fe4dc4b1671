"""What hypothesis writes into an ad: texts, places, people, money and hours, plain and odd."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from adloom.ads.fields import countries
from adloom.platforms.types import CallToAction, Device, MatchType, Platform, Weekday

Json = dict[str, Any]

#: What a US dollar is worth, roughly, in currencies whose units differ from platform to platform.
PER_DOLLAR = {
    "USD": 1, "EUR": 1, "GBP": 1, "HUF": 350, "IDR": 16_000, "TWD": 30, "COP": 4_000, "CRC": 500, "RSD": 100,
    "BHD": 1, "JOD": 1, "JPY": 150, "KWD": 1, "KRW": 1_400, "CLP": 950, "ISK": 125, "VND": 25_000, "INR": 88, "TND": 3,
}  # fmt: skip
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Asia/Kathmandu", "UTC")

# texts

_NARROW = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789 äöüßéñçøŁşğАБвгΩλمرحباहिन्दीไทย&%,.!?'’\"–-+:;/()[]#@*^=~|<>{}\\$€£"
)
_WIDE = "春日跑鞋限时特卖のセール中한국어ＡＢ「」"
_EMOJI = "👟🔥✅⭐☀🇩🇪👍🏽❤"


def texts(columns: int, *, emoji: bool = False) -> st.SearchStrategy[str]:
    """One line of at most so many columns: plain, of the greatest length, wide, or (with `emoji`) pictorial."""
    kinds = [
        st.text("abcdefg hijklmnop", min_size=1, max_size=columns),
        st.text(_NARROW, min_size=1, max_size=columns),
        st.text("abcdefghij", min_size=columns, max_size=columns),
        st.text(_WIDE, min_size=1, max_size=columns // 2),
        st.text(_WIDE, min_size=columns // 2, max_size=columns // 2),
    ]
    if emoji:
        kinds.append(st.text("abc " + _EMOJI, min_size=1, max_size=columns // 2))
    return st.one_of(kinds).map(str.strip).filter(bool)


def _several(columns: int, least: int, most: int, *, emoji: bool = True) -> st.SearchStrategy[list[str]]:
    line = texts(columns, emoji=emoji)
    return st.lists(line, min_size=least, max_size=most, unique_by=lambda text: text.casefold())


NAMES = texts(40)
_PATHS = st.text("abcXYZ019-_~.", min_size=1, max_size=15)
_URLS = st.one_of(
    st.text("abc/019-_=&?%20;+", max_size=60).map(lambda path: f"https://shop.example.com/{path}"),
    st.sampled_from(
        [
            "https://shop.example.com",
            "https://shop.example.com:8443/a?b=c#d",
            "https://例え.jp/靴",
            "https://xn--r8jz45g.jp/?q=%E9%9D%B4",
            "https://shop.example.com/?a={b}&c=[d]",
            "https://shop.example.com/" + "x" * 2023,
            f"https://{'a' * 60}.example.com/",
        ]
    ),
)


def words() -> dict[str, st.SearchStrategy[Any]]:
    """A creative's texts within the limits that hold everywhere."""
    return {
        "headlines": _several(30, 3, 15),
        "descriptions": _several(90, 2, 4),
        "primary_text": texts(100),
        "long_headline": texts(90, emoji=True),
        "call_to_action": st.sampled_from([action.value for action in CallToAction]),
        "display_paths": st.lists(_PATHS, max_size=2),
        "brand_name": texts(25, emoji=True),
        "landing_url": _URLS,
    }


def own_words() -> dict[str, st.SearchStrategy[Any]]:
    """A platform's own texts, which only its own limits hold."""
    return {
        **words(),
        "headlines": st.one_of(_several(30, 3, 15), _several(150, 1, 3), _several(30, 0, 16)),
        "descriptions": st.one_of(_several(90, 2, 4), _several(150, 1, 3), _several(90, 0, 5)),
        "primary_text": st.one_of(texts(100, emoji=True), texts(150), texts(90).map(lambda text: f"{text}\n{text}")),
        "display_paths": st.lists(st.one_of(_PATHS, texts(15, emoji=True), texts(30)), max_size=2),
    }


def some(fields: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Json]:
    """An object with some of these fields, at least one of them."""
    return st.fixed_dictionaries({}, optional=dict(fields)).filter(bool)


# places and people

_COUNTRY = st.one_of(
    st.sampled_from(["US", "DE", "GB", "JP", "BR", "CA", "IN", "TW", "HU"]), st.sampled_from(sorted(countries()))
)
_EXCLUDE = st.booleans()
_NUMBER = st.one_of(st.integers(-80, 80), st.floats(-80, 80).map(lambda number: round(number, 5)))
_RADIUS = st.one_of(st.sampled_from([1, 1.5, 17, 80, 81, 500, 800]), st.floats(1, 80).map(lambda km: round(km, 4)))
_PLACE = st.one_of(
    st.fixed_dictionaries({"type": st.just("COUNTRY"), "country": _COUNTRY}, optional={"exclude": _EXCLUDE}),
    st.fixed_dictionaries(
        {
            "type": st.just("REGION"),
            "country": st.just("US"),
            "code": st.sampled_from(["US-CA", "US-TX", "US-NY", "US-ZZ"]),
        },
        optional={"exclude": _EXCLUDE},
    ),
    st.just({"type": "REGION", "code": "DE-BY"}),
    st.fixed_dictionaries(
        {"type": st.just("CITY"), "country": st.sampled_from(["FR", "US"]), "name": st.sampled_from(["Évry", "Paris"])},
        optional={"exclude": _EXCLUDE},
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("POSTAL"),
            "country": st.sampled_from(["US", "DE", "GB"]),
            "code": st.sampled_from(["94304", "10115", "SW1A 1AA", "94304-1234", "x"]),
        },
        optional={"exclude": _EXCLUDE},
    ),
    st.fixed_dictionaries(
        {"type": st.just("RADIUS"), "lat": _NUMBER, "lon": _NUMBER, "radius_km": _RADIUS},
        optional={"country": st.just("US"), "exclude": _EXCLUDE},
    ),
)
_COUNTRIES = st.lists(_COUNTRY, min_size=1, max_size=4, unique=True).map(
    lambda codes: [{"type": "COUNTRY", "country": code} for code in codes]
)


def _identity(value: Json) -> tuple[Any, ...]:
    return tuple(sorted((name, str(each)) for name, each in {"exclude": False, **value}.items()))


def _reaching(places: list[Json]) -> list[Json]:
    """The places, with one that is not left out among them."""
    return (
        places if any(not place.get("exclude") for place in places) else [*places, {"type": "COUNTRY", "country": "IE"}]
    )


_PLACES = st.one_of(
    _COUNTRIES,
    st.lists(_PLACE, min_size=1, max_size=2, unique_by=_identity).map(_reaching),
    st.lists(_PLACE, min_size=1, max_size=5, unique_by=_identity).map(_reaching),
)
_KEYWORD_TEXT = st.one_of(
    st.text("abcde fgh", min_size=1, max_size=30),
    st.text(_NARROW, min_size=1, max_size=20),
    st.text(_WIDE, min_size=1, max_size=40),
    st.sampled_from(
        [
            "a" * 80,
            "nike's shoes",
            "c++",
            "co-op",
            "a b c d e f g h i j",
            "R&D",
            "24/7",
            "naïve",
            "+shoes",
            '"shoes"',
            "[shoes]",
        ]
    ),
).filter(lambda text: bool(text.strip()) and len(text.split()) <= 10)
_KEYWORDS = st.lists(
    st.fixed_dictionaries({"text": _KEYWORD_TEXT, "match": st.sampled_from([match.value for match in MatchType])}),
    max_size=5,
    unique_by=lambda keyword: (keyword["text"].strip().casefold(), keyword["match"]),
)
_LANGUAGES = st.lists(
    st.sampled_from(["en", "de", "fr", "es", "ja", "zh", "pt", "ar", "hu", "th", "eu", "tlh"[:2], "la"]),
    max_size=4,
    unique=True,
)
_AGES = st.one_of(
    st.sampled_from([{"min": 18, "max": 49}, {"min": 13, "max": 17}, {"min": 21}, {"min": 65}, {"min": 25, "max": 64}]),
    st.tuples(st.integers(13, 65), st.integers(0, 34)).map(lambda two: {"min": two[0], "max": two[0] + two[1]}),
)
_INTERESTS = st.lists(
    st.sampled_from(
        [
            {"taxonomy": "unified", "key": "sports/running"},
            {"taxonomy": "tiktok_ads", "key": "15"},
            {"taxonomy": "facebook_ads", "key": "6003107902433"},
            {"taxonomy": "google_ads", "key": "80432"},
        ]
    ),
    max_size=2,
    unique_by=lambda interest: interest["taxonomy"],
)

#: Audiences that there are: a platform alone can tell that one is not.
AUDIENCES = {
    Platform.GOOGLE_ADS: ("7100000001", "7100000002"),
    Platform.FACEBOOK_ADS: ("6012345678901", "77"),
    Platform.MICROSOFT_ADS: ("804000001", "804000002"),
    Platform.TIKTOK_ADS: ("77", "78"),
}
PEOPLE: dict[str, st.SearchStrategy[Any]] = {
    "locations": _PLACES,
    "location_intent": st.sampled_from(["PRESENCE", "PRESENCE_OR_INTEREST"]),
    "languages": _LANGUAGES,
    "age": _AGES,
    "genders": st.sampled_from([["ANY"], ["MALE"], ["FEMALE"], ["MALE", "FEMALE"]]),
    "devices": st.lists(st.sampled_from([device.value for device in Device]), min_size=1, unique=True),
    "interests": _INTERESTS,
    "keywords": _KEYWORDS,
    "negative_keywords": _KEYWORDS,
}

# money and time


@st.composite
def amount(draw: st.DrawFn, currency: str, *, dollars: tuple[int, int] = (1, 5000)) -> str:
    """An amount that is worth roughly so many dollars, round or odd, with digits that its unit may not have."""
    scale = PER_DOLLAR[currency]
    whole = draw(st.integers(dollars[0] * scale, dollars[1] * scale))
    digits = draw(st.sampled_from([0, 0, 1, 2, 3]))
    return str(Decimal(whole) + Decimal(draw(st.integers(0, 10**digits - 1))).scaleb(-digits))


TIGHT = st.sampled_from(["0.01", "0.05", "1", "5", "20", "20.01", "39.99", "50", "99999999", "999999999999"])
BIDS = {"MAX_CLICKS": False, "MAX_CONVERSIONS": True, "MAX_VALUE": True, "TARGET_CPA": True, "TARGET_ROAS": True}


MOMENTS = st.sampled_from(
    [
        "2026-10-24T23:00:00", "2026-10-25T02:30:00", "2026-11-01T01:30:00", "2026-11-01T00:00:00-07:00",
        "2026-10-20T09:00:00", "2026-11-15T08:45:30", "2026-12-24T00:00:00Z", "2027-03-14T02:30:00",
        "2027-03-28T02:30:00", "2027-06-01T23:59:59", "2028-02-29T10:00:00+05:45", "2031-01-01T00:00",
    ]
)  # fmt: skip
_CLOCKS = ("00:00", "08:00", "08:30", "09:15", "12:07", "18:00", "23:30", "24:00")
WINDOW = st.builds(
    lambda days, hours: {"days": days, "start": min(hours), "end": max(hours)},
    st.lists(st.sampled_from([day.value for day in Weekday]), min_size=1, unique=True),
    st.lists(st.sampled_from(_CLOCKS), min_size=2, max_size=2, unique=True),
)
PARAMETERS = st.dictionaries(
    st.sampled_from(["utm_source", "utm_campaign", "utm_content", "gclid.x", "a-b"]),
    st.one_of(
        st.sampled_from(["{platform}", "{campaign}-{ad_group}", "{ad}", "x&y=z", "{marker}", "a b", ""]),
        st.text(_NARROW.replace("{", "").replace("}", ""), max_size=30),
    ),
    max_size=3,
)  # fmt: skip
