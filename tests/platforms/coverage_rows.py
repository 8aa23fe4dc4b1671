"""Each field of the unified ad, varied once or more from an ad that the platform takes: the rows of a page of docs.

A row's `before` and `after` are laid over the plain ad; what differs between the two is the row's field alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.platforms import any_media
from tests.platforms.any_values import AUDIENCES

from adloom.platforms.spec import MediaFile
from adloom.platforms.types import BidStrategy, CallToAction, Device, Objective, Platform

Json = dict[str, Any]

#: What stands for the platform's own name and block in rows, and for audiences that it has.
BLOCK, OWN_AUDIENCE = "<platform>", "<audience>"


@dataclass(frozen=True, slots=True)
class Row:
    """One variation of a field. `only` are the platforms whose blocks have the field; empty is all."""

    field: str
    what: str
    after: Json
    before: Json = field(default_factory=dict)
    only: tuple[Platform, ...] = ()


def over(base: Json, patch: Mapping[str, Any]) -> Json:
    """A document with a patch laid over it: objects part by part, anything else whole; None takes a field away."""
    result = dict(base)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(result.get(name), dict):
            result[name] = over(result[name], value)
        else:
            result[name] = value
    return result


def media() -> dict[str, MediaFile]:
    """Every file that a row or the plain ad names, by its asset id."""
    sides = [side for sides in any_media.GOOD_IMAGES.values() for side in sides]
    files = [any_media.picture(*side) for side in sides] + [any_media.picture(720, 1280)]
    return {file.asset_id: file for file in [*files, any_media.film(720, 1280), any_media.film(1080, 1920)]}


def _words(**fields: Any) -> Json:
    return {"creative": fields}


def _people(**fields: Any) -> Json:
    return {"targeting": fields}


def _images(*roles: str, size: int = 0) -> list[Json]:
    sides = {role: sides[size] for role, sides in any_media.GOOD_IMAGES.items()}
    return [{"asset": any_media.picture(*sides[role]).asset_id, "role": role} for role in roles]


def _film(width: int, height: int, *, cover: bool = True) -> Json:
    film: Json = {"asset": any_media.film(width, height).asset_id}
    return {**film, "cover": any_media.picture(width, height).asset_id} if cover else film


_US: Json = {"type": "COUNTRY", "country": "US"}
_SOLD: Json = {"objective": "CONVERSIONS", "conversion": {"event": "PURCHASE"}}
_LIFETIME: Json = {"budget": {"type": "LIFETIME", "amount": {"value": "90000.00", "currency": "USD"}}}
_EUROPE: Json = {"targeting": {"locations": [{"type": "COUNTRY", "country": "DE"}]}}
_SINGAPORE: Json = {"targeting": {"locations": [{"type": "COUNTRY", "country": "SG"}]}}
_DSA: Json = {"declarations": {"dsa": {"beneficiary": "Acme", "payor": "Acme"}}}
_HOURS: Json = {"schedule": {"dayparting": [{"days": ["MON", "TUE"], "start": "09:00", "end": "18:00"}]}}
_NO_FILM: Json = {"creative": {"videos": []}}


def _group(name: str, *ads: Json, **fields: Any) -> Json:
    return {"name": name, "ads": list(ads), **fields}


def _ad(name: str, headline: str = "Spring sale", **words: Any) -> Json:
    own = {"headlines": [headline, "Run faster", "Free shipping"], "primary_text": f"{headline} this week", **words}
    return {"name": name, "creative": own}


_ONE = {"ad_groups": [_group("East", _ad("a"))]}

_WHOLE = (
    Row("name", "of the campaign", {"name": "Autumn sale"}),
    Row("client", "whom it is for", {"client": "Acme"}),
    *(
        Row("objective", objective.value, {"objective": objective.value}, {"conversion": {"event": "PURCHASE"}})
        for objective in Objective
        if objective is not Objective.TRAFFIC
    ),
    Row("conversion.event", "LEAD, not PURCHASE", {"conversion": {"event": "LEAD"}}, _SOLD),
    Row("conversion.event", "CUSTOM", {"conversion": {"event": "CUSTOM"}}, _SOLD),
    Row("conversion.value", "what one is worth", {"conversion": {"value": "9.90"}}, _SOLD),
    Row("desired_status", "ACTIVE", {"desired_status": "ACTIVE"}),
    Row("ad_groups", "two", {"ad_groups": [_group("East", _ad("a")), _group("West", _ad("b"))]}, _ONE),
    Row(
        "ad_groups[].ads", "three", {"ad_groups": [_group("East", _ad("a"), _ad("b", "Two"), _ad("c", "Three"))]}, _ONE
    ),
    Row("ad_groups[].name", "another", {"ad_groups": [_group("North", _ad("a"))]}, _ONE),
    Row("ad_groups[].ads[].name", "another", {"ad_groups": [_group("East", _ad("z"))]}, _ONE),
    Row(
        "ad_groups[].targeting",
        "ages of its own",
        {"ad_groups": [_group("East", _ad("a")), _group("West", _ad("b"), targeting={"age": {"min": 25}})]},
        {"ad_groups": [_group("East", _ad("a")), _group("West", _ad("b"))]},
    ),
    Row(
        "ad_groups[].targeting",
        "places of its own",
        {
            "ad_groups": [
                _group("East", _ad("a")),
                _group("West", _ad("b"), targeting={"locations": [{"type": "COUNTRY", "country": "CA"}]}),
            ]
        },
        {"ad_groups": [_group("East", _ad("a")), _group("West", _ad("b"))]},
    ),
    Row(
        "ad_groups[].ads[].creative",
        "words of its own",
        {"ad_groups": [_group("East", _ad("a", landing_url="https://shop.example.com/east"))]},
        _ONE,
    ),
)

_CREATIVE = (
    Row("creative.headlines", "the first", _words(headlines=["Autumn sale", "Run faster", "Free shipping"])),
    Row("creative.headlines", "the others", _words(headlines=["Spring sale", "Run further", "Free returns"])),
    Row("creative.headlines", "15", _words(headlines=["Spring sale", *(f"Reason {number}" for number in range(14))])),
    Row("creative.long_headline", "", _words(long_headline="A longer headline about shoes")),
    Row("creative.descriptions", "the first", _words(descriptions=["Save 30%.", "Order today, ships today."])),
    Row("creative.descriptions", "the others", _words(descriptions=["Save 20% on all shoes.", "Ships today."])),
    Row("creative.primary_text", "", _words(primary_text="Autumn sale: 20% off all shoes")),
    *(
        Row("creative.call_to_action", action.value, _words(call_to_action=action.value))
        for action in (CallToAction.LEARN_MORE, CallToAction.DOWNLOAD)
    ),
    Row("creative.landing_url", "", _words(landing_url="https://shop.example.com/autumn")),
    Row("creative.display_paths", "", _words(display_paths=["shoes", "sale"])),
    Row("creative.brand_name", "", _words(brand_name="Acme Shoes")),
    Row("creative.images", "a LANDSCAPE and a SQUARE", _words(images=_images("LANDSCAPE", "SQUARE", size=1)),
        _words(images=_images("LANDSCAPE", "SQUARE"))),
    *(
        Row("creative.images", f"a {role} more", _words(images=_images("LANDSCAPE", "SQUARE", role)),
            _words(images=_images("LANDSCAPE", "SQUARE")))
        for role in ("PORTRAIT", "STORY", "LOGO")
    ),
    Row("creative.videos", "a file with its cover", _words(videos=[_film(1080, 1920)])),
    Row("creative.videos", "a file with its cover, and no image", _words(images=[], videos=[_film(1080, 1920)])),
    Row("creative.videos", "a file without a cover", _words(images=[], videos=[_film(720, 1280, cover=False)])),
    Row("creative.videos", "a YouTube id alone", _words(videos=[{"youtube_id": "abc_EFG-ij1"}])),
)  # fmt: skip

_PLACES = {
    "a second country": [_US, {"type": "COUNTRY", "country": "CA"}],
    "a country left out": [_US, {"type": "COUNTRY", "country": "CA", "exclude": True}],
    "REGION": [{"type": "REGION", "country": "US", "code": "US-CA"}],
    "CITY": [{"type": "CITY", "country": "US", "name": "Boston"}],
    "POSTAL": [{"type": "POSTAL", "country": "US", "code": "94304"}],
    "RADIUS": [{"type": "RADIUS", "country": "US", "lat": 37.77, "lon": -122.42, "radius_km": 20}],
}
_AGES = {"25–34": {"min": 25, "max": 34}, "21–49": {"min": 21, "max": 49}, "13–17": {"min": 13, "max": 17}}
_WITHOUT = {
    "MOBILE alone": [Device.MOBILE.value],
    "DESKTOP alone": [Device.DESKTOP.value],
    "without TABLET": ["MOBILE", "DESKTOP"],
}
_WORD: Json = {"text": "trail shoes", "match": "EXACT"}

_TARGETING = (
    *(Row("targeting.locations", what, _people(locations=places)) for what, places in _PLACES.items()),
    Row("targeting.location_intent", "PRESENCE_OR_INTEREST", _people(location_intent="PRESENCE_OR_INTEREST")),
    Row("targeting.languages", "en", _people(languages=["en"])),
    Row("targeting.languages", "en, eu (Basque)", _people(languages=["en", "eu"])),
    *(Row("targeting.age", what, _people(age=age)) for what, age in _AGES.items()),
    Row("targeting.genders", "FEMALE", _people(genders=["FEMALE"])),
    *(Row("targeting.devices", what, _people(devices=devices)) for what, devices in _WITHOUT.items()),
    Row("targeting.interests", "of the unified list", _people(interests=[{"taxonomy": "unified", "key": "sports"}])),
    Row("targeting.interests", "by the platform's ids", _people(interests=[{"taxonomy": BLOCK, "key": "15"}])),
    Row("targeting.keywords", "", _people(keywords=[{"text": "running shoes", "match": "PHRASE"}, _WORD])),
    Row("targeting.negative_keywords", "PHRASE", _people(negative_keywords=[{"text": "free", "match": "PHRASE"}])),
    Row("targeting.negative_keywords", "BROAD", _people(negative_keywords=[{"text": "free", "match": "BROAD"}])),
    Row("targeting.audiences.include", "", _people(audiences={"include": {BLOCK: [OWN_AUDIENCE]}})),
    Row("targeting.audiences.exclude", "", _people(audiences={"exclude": {BLOCK: [OWN_AUDIENCE]}})),
)

_TARGETS = {BidStrategy.TARGET_CPA: "9.50", BidStrategy.TARGET_ROAS: "3.5", BidStrategy.BID_CAP: "1.25"}
_MONEY = (
    Row("budget.type", "LIFETIME", _LIFETIME, {"budget": {"amount": {"value": "90000.00"}}}),
    Row("budget.amount", "", {"budget": {"amount": {"value": "612.50"}}}),
    Row("budget.amount", "a tenth of a cent", {"budget": {"amount": {"value": "612.505"}}}),
)


def _bid(strategy: BidStrategy) -> Row:
    """A way to bid, in place of another one."""
    is_click = strategy in (BidStrategy.MAX_CLICKS, BidStrategy.BID_CAP)
    other = BidStrategy.BID_CAP if is_click else BidStrategy.TARGET_CPA
    if strategy is other:
        other = BidStrategy.MAX_CLICKS if is_click else BidStrategy.MAX_CONVERSIONS
    what = strategy.value if is_click else f"{strategy.value}, objective CONVERSIONS"
    before = {"budget": {"bidding": _strategy(other)}}
    return Row(
        "budget.bidding",
        what,
        {"budget": {"bidding": _strategy(strategy)}},
        before if is_click else over(_SOLD, before),
    )


def _strategy(strategy: BidStrategy) -> Json:
    return {"strategy": strategy.value, "target": _TARGETS.get(strategy)}


_FLIGHT = (
    Row("schedule.start", "at midnight", {"schedule": {"start": "2026-11-15T00:00:00"}}),
    Row("schedule.start", "at 08:45", {"schedule": {"start": "2026-11-15T08:45:00"}}),
    Row("schedule.end", "at the end of a day", {"schedule": {"end": "2026-12-24T23:59:59"}}),
    Row("schedule.end", "at noon", {"schedule": {"end": "2026-12-24T12:00:00"}}),
    Row("schedule.end", "none", {"schedule": {"end": None}}),
    Row("schedule.time_zone", "of start and end", {"schedule": {"time_zone": "Europe/Berlin"}}),
    Row("schedule.dayparting", "whole hours", _HOURS),
    Row("schedule.dayparting", "whole hours, LIFETIME budget", _HOURS, _LIFETIME),
    Row(
        "schedule.dayparting",
        "quarters of an hour",
        {"schedule": {"dayparting": [{"days": ["MON"], "start": "09:15", "end": "17:45"}]}},
    ),
)

_OTHER = (
    Row("tracking.params", "", {"tracking": {"params": {"utm_source": "{platform}"}}}),
    Row("declarations.eu_political", "true", {"declarations": {"eu_political": True}}),
    Row("declarations.eu_political", "not answered", {"declarations": {"eu_political": None}}),
    Row("declarations.special_categories", "HOUSING",
        {"declarations": {"special_categories": ["HOUSING"], "special_category_countries": ["US"]}}),
    Row("declarations.special_categories", "not answered", {"declarations": {"special_categories": None}}),
    Row("declarations.special_category_countries", "", {"declarations": {"special_category_countries": ["US", "CA"]}},
        {"declarations": {"special_categories": ["HOUSING"], "special_category_countries": ["US"]}}),
    Row("declarations.dsa.beneficiary", "in the EU", {"declarations": {"dsa": {"beneficiary": "Acme GmbH"}}},
        over(_EUROPE, _DSA)),
    Row("declarations.dsa.payor", "in the EU", {"declarations": {"dsa": {"payor": "Acme GmbH"}}}, over(_EUROPE, _DSA)),
    Row("declarations.ai_generated", "true", {"declarations": {"ai_generated": True}}),
)  # fmt: skip

_SEARCHES = (Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS)
_BLOCKS = (
    Row("platforms.google_ads.channel", "DISPLAY", {"platforms": {BLOCK: {"channel": "DISPLAY"}}},
        {"creative": {"long_headline": "Everything for runners", "brand_name": "Acme",
                      "images": _images("LANDSCAPE", "SQUARE")}},
        only=(Platform.GOOGLE_ADS,)),
    Row("platforms.microsoft_ads.channel", "DISPLAY", {"platforms": {BLOCK: {"channel": "DISPLAY"}}},
        only=(Platform.MICROSOFT_ADS,)),
    Row("platforms.*.creative", "a landing page of its own",
        {"platforms": {BLOCK: {"creative": {"landing_url": "https://shop.example.com/own"}}}}),
    Row("platforms.*.budget", "of its own",
        {"platforms": {BLOCK: {"budget": {"type": "DAILY", "amount": {"value": "700.00", "currency": "USD"}}}}}),
    Row("platforms.*.overrides.search_partners", "true",
        {"platforms": {BLOCK: {"overrides": {"search_partners": True}}}}, only=_SEARCHES),
    Row("platforms.google_ads.login_customer_id", "", {"platforms": {BLOCK: {"login_customer_id": "111"}}},
        only=(Platform.GOOGLE_ADS,)),
    Row("platforms.facebook_ads.page", "", {"platforms": {BLOCK: {"page": "7011"}}}, only=(Platform.FACEBOOK_ADS,)),
    Row("platforms.facebook_ads.instagram_user", "", {"platforms": {BLOCK: {"instagram_user": "7012"}}},
        only=(Platform.FACEBOOK_ADS,)),
    Row("platforms.facebook_ads.pixel", "objective CONVERSIONS", {"platforms": {BLOCK: {"pixel": "7013"}}}, _SOLD,
        only=(Platform.FACEBOOK_ADS,)),
    Row("platforms.facebook_ads.verified", "in Singapore",
        {"platforms": {BLOCK: {"verified": {"beneficiary": "7021", "payer": "7022"}}}},
        over(_SINGAPORE, {"platforms": {BLOCK: {"verified": {"beneficiary": "7020", "payer": "7020"}}}}),
        only=(Platform.FACEBOOK_ADS,)),
    Row("platforms.microsoft_ads.customer", "", {"platforms": {BLOCK: {"customer": "222"}}},
        only=(Platform.MICROSOFT_ADS,)),
    Row("platforms.tiktok_ads.identity", "TT_USER",
        {"platforms": {BLOCK: {"identity": {"type": "TT_USER", "id": "7014"}}}}, only=(Platform.TIKTOK_ADS,)),
    Row("platforms.tiktok_ads.identity", "BC_AUTH_TT",
        {"platforms": {BLOCK: {"identity": {"type": "BC_AUTH_TT", "id": "7014", "bc_id": "7015"}}}},
        only=(Platform.TIKTOK_ADS,)),
    Row("platforms.tiktok_ads.identity", "CUSTOMIZED_USER",
        {"platforms": {BLOCK: {"identity": {"type": "CUSTOMIZED_USER", "id": "7014"}}}}, only=(Platform.TIKTOK_ADS,)),
    Row("platforms.tiktok_ads.pixel", "objective CONVERSIONS", {"platforms": {BLOCK: {"pixel": "7016"}}}, _SOLD,
        only=(Platform.TIKTOK_ADS,)),
)  # fmt: skip

ROWS: tuple[Row, ...] = (
    *_WHOLE,
    *_CREATIVE,
    *_TARGETING,
    *_MONEY,
    *(_bid(strategy) for strategy in BidStrategy),
    *_FLIGHT,
    *_OTHER,
    *_BLOCKS,
)


def filled(patch: Any, platform: Platform) -> Any:
    """A patch with the platform's own name and audiences in place of what stands for them."""
    if isinstance(patch, Mapping):
        return {(platform.value if name == BLOCK else name): filled(value, platform) for name, value in patch.items()}
    if isinstance(patch, list):
        return [filled(value, platform) for value in patch]
    return (
        {BLOCK: platform.value, OWN_AUDIENCE: AUDIENCES[platform][0]}.get(patch, patch)
        if isinstance(patch, str)
        else patch
    )
