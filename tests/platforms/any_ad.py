"""Unified ads as hypothesis writes them: a plain ad for one platform, and a few of its parts made odd.

All parts odd at once would be refused nearly always, and prove little: each ad has a handful of odd parts, which are
mostly odd in ways that some platform takes. Sandbox ids that an ad names (pages, pixels, identities) come from the
sandbox's first line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from tests.platforms import any_media

from adloom.ads.fields import countries
from adloom.platforms.spec import MediaFile
from adloom.platforms.types import (
    CallToAction,
    ConversionEvent,
    Device,
    MatchType,
    Platform,
    Weekday,
)

Json = dict[str, Any]

#: When the sandbox's clock begins: hours before Europe's clocks go back, a week before America's do.
NOW = datetime(2026, 10, 24, 21, 30, 17, tzinfo=UTC)

#: What a US dollar is worth, roughly, in currencies whose units differ from platform to platform.
PER_DOLLAR = {
    "USD": 1, "EUR": 1, "GBP": 1, "HUF": 350, "IDR": 16_000, "TWD": 30, "COP": 4_000, "CRC": 500, "RSD": 100,
    "BHD": 1, "JOD": 1, "JPY": 150, "KWD": 1, "KRW": 1_400, "CLP": 950, "ISK": 125, "VND": 25_000, "INR": 88, "TND": 3,
}  # fmt: skip
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Asia/Kathmandu", "UTC")


@dataclass(frozen=True, slots=True)
class Case:
    """An ad for one platform, with the files that it names and what is odd about its account.

    `currency` and `time_zone` are the account's; `without` are attributes of the account that nobody has filled in.
    """

    platform: Platform
    document: Json
    media: Mapping[str, MediaFile]
    currency: str = "USD"
    time_zone: str = "America/Los_Angeles"
    without: frozenset[str] = field(default_factory=frozenset)


@dataclass(slots=True)
class _Draft:
    """A case that grows."""

    platform: Platform
    document: Json
    media: dict[str, MediaFile]
    currency: str = "USD"
    time_zone: str = "America/Los_Angeles"
    without: frozenset[str] = frozenset()

    def uses(self, file: MediaFile) -> str:
        """The asset id of a file that the ad names from now on."""
        self.media[file.asset_id] = file
        return file.asset_id

    def of(self, name: str) -> Json:
        """A part of the document, made where it is missing."""
        part: Json = self.document.setdefault(name, {})
        return part


def plain(platform: Platform, *, account: str) -> Json:
    """An ad that the platform takes without a loss that matters."""
    block: Json = {"account": account}
    return {
        "schema_version": 1,
        "name": "Spring sale",
        "objective": "TRAFFIC",
        "platforms": {platform.value: block},
        "creative": {
            "headlines": ["Spring sale", "Run faster", "Free shipping"],
            "descriptions": ["Save 20% on all shoes.", "Order today, ships today."],
            "primary_text": "Spring sale: 20% off all shoes",
            "call_to_action": "SHOP_NOW",
            "landing_url": "https://shop.example.com/spring",
        },
        "targeting": {
            "locations": [{"type": "COUNTRY", "country": "US"}],
            "keywords": [{"text": "running shoes", "match": "PHRASE"}],
        },
        "budget": {"type": "DAILY", "amount": {"value": "500.00", "currency": "USD"}},
        "schedule": {"end": "2026-12-31T23:59:59"},
        "declarations": {"eu_political": False, "special_categories": [], "ai_generated": False},
    }


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


_NAMES = texts(40)
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


def _words() -> dict[str, st.SearchStrategy[Any]]:
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


def _own_words() -> dict[str, st.SearchStrategy[Any]]:
    """A platform's own texts, which only its own limits hold."""
    return {
        **_words(),
        "headlines": st.one_of(_several(30, 3, 15), _several(150, 1, 3), _several(30, 0, 16)),
        "descriptions": st.one_of(_several(90, 2, 4), _several(150, 1, 3), _several(90, 0, 5)),
        "primary_text": st.one_of(texts(100, emoji=True), texts(150), texts(90).map(lambda text: f"{text}\n{text}")),
        "display_paths": st.lists(st.one_of(_PATHS, texts(15, emoji=True), texts(30)), max_size=2),
    }


def _some(fields: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Json]:
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
_IDS = st.lists(st.sampled_from(["6012345678901", "77", "78"]), max_size=2, unique=True)
_PEOPLE: dict[str, st.SearchStrategy[Any]] = {
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
def _amount(draw: st.DrawFn, currency: str, *, dollars: tuple[int, int] = (1, 5000)) -> str:
    """An amount that is worth roughly so many dollars, round or odd, with digits that its unit may not have."""
    scale = PER_DOLLAR[currency]
    whole = draw(st.integers(dollars[0] * scale, dollars[1] * scale))
    digits = draw(st.sampled_from([0, 0, 1, 2, 3]))
    return str(Decimal(whole) + Decimal(draw(st.integers(0, 10**digits - 1))).scaleb(-digits))


_TIGHT = st.sampled_from(["0.01", "0.05", "1", "5", "20", "20.01", "39.99", "50", "99999999", "999999999999"])
_BIDS = {"MAX_CLICKS": False, "MAX_CONVERSIONS": True, "MAX_VALUE": True, "TARGET_CPA": True, "TARGET_ROAS": True}


@st.composite
def _bidding(draw: st.DrawFn, draft: _Draft) -> Json:
    strategy = draw(st.sampled_from([*_BIDS, "BID_CAP"]))
    if _BIDS.get(strategy):
        draft.document["conversion"] = {"event": "PURCHASE"}
        draft.document["objective"] = draw(st.sampled_from(["CONVERSIONS", "CONVERSIONS", "LEADS", "TRAFFIC"]))
    if strategy == "TARGET_ROAS":
        return {"strategy": strategy, "target": draw(st.sampled_from(["0.01", "3.5", "3.14159", "1000", "1001"]))}
    if strategy in ("TARGET_CPA", "BID_CAP"):
        return {"strategy": strategy, "target": draw(st.one_of(_amount(draft.currency, dollars=(1, 40)), _TIGHT))}
    return {"strategy": strategy}


_MOMENTS = st.sampled_from(
    [
        "2026-10-24T23:00:00", "2026-10-25T02:30:00", "2026-11-01T01:30:00", "2026-11-01T00:00:00-07:00",
        "2026-10-20T09:00:00", "2026-11-15T08:45:30", "2026-12-24T00:00:00Z", "2027-03-14T02:30:00",
        "2027-03-28T02:30:00", "2027-06-01T23:59:59", "2028-02-29T10:00:00+05:45", "2031-01-01T00:00",
    ]
)  # fmt: skip
_CLOCKS = ("00:00", "08:00", "08:30", "09:15", "12:07", "18:00", "23:30", "24:00")
_WINDOW = st.builds(
    lambda days, hours: {"days": days, "start": min(hours), "end": max(hours)},
    st.lists(st.sampled_from([day.value for day in Weekday]), min_size=1, unique=True),
    st.lists(st.sampled_from(_CLOCKS), min_size=2, max_size=2, unique=True),
)
_PARAMETERS = st.dictionaries(
    st.sampled_from(["utm_source", "utm_campaign", "utm_content", "gclid.x", "a-b"]),
    st.one_of(
        st.sampled_from(["{platform}", "{campaign}-{ad_group}", "{ad}", "x&y=z", "{marker}", "a b", "{{campaign.id}}", ""]),
        st.text(_NARROW.replace("{", "").replace("}", ""), max_size=30),
    ),
    max_size=3,
)  # fmt: skip


# what can be odd


@st.composite
def _odd_words(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("creative").update(draw(_some(_words())))


@st.composite
def _odd_own_words(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["platforms"][draft.platform.value]["creative"] = draw(_some(_own_words()))


@st.composite
def _odd_people(draw: st.DrawFn, draft: _Draft) -> None:
    name = draw(st.sampled_from(sorted(_PEOPLE)))
    draft.of("targeting")[name] = draw(_PEOPLE[name])


@st.composite
def _odd_audiences(draw: st.DrawFn, draft: _Draft) -> None:
    chosen = {draft.platform.value: draw(_IDS)}
    draft.of("targeting")["audiences"] = {draw(st.sampled_from(["include", "exclude"])): chosen}


@st.composite
def _odd_groups(draw: st.DrawFn, draft: _Draft) -> None:
    names = st.lists(_NAMES, min_size=1, max_size=3, unique_by=str.casefold)
    draft.document["ad_groups"] = [
        {
            "name": group,
            "ads": [{"name": ad, "creative": _different(draw, number)} for number, ad in enumerate(draw(names))],
        }
        for group in draw(names)
    ]
    if draw(st.booleans()):
        group = draft.document["ad_groups"][-1]
        group["targeting"] = draw(_some({name: _PEOPLE[name] for name in ("age", "genders", "keywords", "locations")}))


def _different(draw: st.DrawFn, number: int) -> Json:
    """What makes an ad another one than its neighbours."""
    own = draw(st.fixed_dictionaries({}, optional=_words())) if draw(st.booleans()) else {}
    return {"headlines": [f"Offer {number}", "Run faster", "Free shipping"], "primary_text": f"Offer {number}", **own}


@st.composite
def _odd_money(draw: st.DrawFn, draft: _Draft) -> None:
    draft.currency = draw(st.sampled_from(sorted(PER_DOLLAR)))
    amount = draw(st.one_of(_amount(draft.currency, dollars=(60, 5000)), _amount(draft.currency), _TIGHT))
    draft.of("budget")["amount"] = {"value": amount, "currency": draft.currency}


@st.composite
def _odd_bidding(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("budget")["bidding"] = draw(_bidding(draft))


@st.composite
def _odd_budget_type(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("budget")["type"] = "LIFETIME"
    scale = PER_DOLLAR[draft.currency]
    draft.of("budget")["amount"] = {"value": str(draw(st.integers(2_000, 90_000)) * scale), "currency": draft.currency}


@st.composite
def _odd_purpose(draw: st.DrawFn, draft: _Draft) -> None:
    objective = draw(st.sampled_from(["CONVERSIONS", "AWARENESS", "VIDEO_VIEWS", "LEADS", "TRAFFIC"]))
    draft.document["objective"] = objective
    event = draw(st.sampled_from([event.value for event in ConversionEvent]))
    if objective in ("CONVERSIONS", "LEADS") or draw(st.booleans()):
        draft.document["conversion"] = draw(st.sampled_from([{"event": event}, {"event": event, "value": "9.90"}]))


@st.composite
def _odd_flight(draw: st.DrawFn, draft: _Draft) -> None:
    optional = {"start": _MOMENTS, "end": _MOMENTS, "time_zone": st.sampled_from(ZONES)}
    draft.document["schedule"] = draw(st.fixed_dictionaries({}, optional=optional))
    draft.time_zone = draw(st.sampled_from(ZONES))


@st.composite
def _odd_hours(draw: st.DrawFn, draft: _Draft) -> None:
    draft.of("schedule")["dayparting"] = draw(st.lists(_WINDOW, min_size=1, max_size=3))


@st.composite
def _odd_tracking(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["tracking"] = {"params": draw(_PARAMETERS)}


@st.composite
def _odd_declarations(draw: st.DrawFn, draft: _Draft) -> None:
    said = {
        "eu_political": st.sampled_from([None, True, False]),
        "special_categories": st.sampled_from([None, [], ["HOUSING"], ["EMPLOYMENT", "CREDIT"], ["NOTHING"]]),
        "special_category_countries": st.sampled_from([[], ["US"], ["US", "DE"]]),
        "dsa": st.sampled_from([{}, {"beneficiary": "Acme"}, {"beneficiary": "Acme GmbH", "payor": "広告主"}]),
        "ai_generated": st.sampled_from([None, True, False]),
    }
    draft.of("declarations").update(draw(_some(said)))


@st.composite
def _odd_images(draw: st.DrawFn, draft: _Draft) -> None:
    roles = draw(st.lists(st.sampled_from(sorted(any_media.GOOD_IMAGES)), max_size=4, unique=True))
    images = [{"asset": draft.uses(draw(any_media.pictures(role))), "role": role} for role in roles]
    _shown(draw, draft)["images"] = images


@st.composite
def _odd_films(draw: st.DrawFn, draft: _Draft) -> None:
    films = []
    for drawn in draw(st.lists(any_media.films(), max_size=2, unique_by=lambda file: file.asset_id)):
        film: Json = {"asset": draft.uses(drawn)}
        if draw(st.booleans()):
            film["cover"] = draft.uses(any_media.cover_of(drawn))
        films.append(film)
    if draw(st.booleans()):
        films.append({"youtube_id": "abc_EFG-ij1"})
    _shown(draw, draft)["videos"] = films


def _shown(draw: st.DrawFn, draft: _Draft) -> Json:
    """Where files go: the shared creative, or the platform's own."""
    block: Json = draft.document["platforms"][draft.platform.value]
    own: Json = block.setdefault("creative", {})
    return draw(st.sampled_from([draft.of("creative"), own]))


@st.composite
def _odd_account(draw: st.DrawFn, draft: _Draft) -> None:
    draft.without = frozenset([draw(st.sampled_from(["page_id", "pixel_id", "identity_id", "instagram_user_id"]))])


@st.composite
def _odd_status(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["desired_status"] = draw(st.sampled_from(["ACTIVE", "PAUSED"]))


@st.composite
def _odd_names(draw: st.DrawFn, draft: _Draft) -> None:
    draft.document["name"] = draw(texts(100))


#: Money before bids and totals, which are worth something in its currency.
_ODD = (
    _odd_money, _odd_purpose, _odd_budget_type, _odd_bidding, _odd_groups, _odd_words, _odd_own_words, _odd_people,
    _odd_audiences, _odd_flight, _odd_hours, _odd_tracking, _odd_declarations, _odd_images, _odd_films, _odd_account,
    _odd_status, _odd_names,
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn, platform: Platform, *, account: str) -> Case:
    """Any ad for this platform on this account."""
    draft = _Draft(platform, plain(platform, account=account), {})
    _dress(draft)
    chosen = draw(st.lists(st.integers(0, len(_ODD) - 1), max_size=6, unique=True))
    for number in sorted(chosen):
        draw(_ODD[number](draft))
    return Case(draft.platform, draft.document, draft.media, draft.currency, draft.time_zone, draft.without)


def _dress(draft: _Draft) -> None:
    """Gives a feed's ad a picture and a film with its cover."""
    if draft.platform not in (Platform.FACEBOOK_ADS, Platform.TIKTOK_ADS):
        return
    film = any_media.film(720, 1280)
    draft.of("creative")["images"] = [{"asset": draft.uses(any_media.picture(1080, 1080)), "role": "SQUARE"}]
    cover = draft.uses(any_media.cover_of(film))
    draft.of("creative")["videos"] = [{"asset": draft.uses(film), "cover": cover}]
