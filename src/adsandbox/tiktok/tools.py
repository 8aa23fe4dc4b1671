"""What can be targeted: regions, languages, interest categories.

Source: TikTok API for Business, /tool/region/, /tool/targeting/search/, /tool/language/, /tool/interest_category/.
"""

from collections.abc import Iterable
from typing import Any

from adsandbox.schema import Field, array, enum, integer, text
from adsandbox.tiktok import geography, vocabulary, wire
from adsandbox.tiktok.api import Call, Operation
from adsandbox.tiktok.geography import Place

_REGIONS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "placements": array(enum(*vocabulary.PLACEMENTS), required=True, least=1),
    "objective_type": enum(*vocabulary.OBJECTIVES, required=True),
    "level_range": enum("ALL", "TO_COUNTRY", "TO_PROVINCE", "TO_CITY", "TO_DISTRICT"),
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES),
    "promotion_target_type": enum("INSTANT_PAGE", "EXTERNAL_WEBSITE"),
    "operating_system": enum(*vocabulary.SYSTEMS),
    "brand_safety_type": enum(*vocabulary.BRAND_SAFETY),
    "brand_safety_partner": enum("IAS", "OPEN_SLATE"),
    "rf_campaign_type": enum("STANDARD", "PULSE"),
    "language": text(),
}
_SEARCH: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "objective_type": enum(*vocabulary.OBJECTIVES, required=True),
    "placements": array(enum(*vocabulary.PLACEMENTS), required=True, least=1),
    "promotion_type": enum(*vocabulary.PROMOTION_TYPES),
    "search_type": enum("FUZZY_SEARCH", "BATCH_REGION_SEARCH", "BATCH_ZIPCODE_SEARCH", required=True),
    "keywords": array(text(least=1), required=True, least=1, most=1000),
    "geo_types": array(enum("COUNTRY", "PROVINCE", "CITY", "DISTRICT", "DMA", "ZIP_CODE")),
    "region_codes": array(text(least=2)),
    "operating_system": enum(*vocabulary.SYSTEMS),
    "brand_safety_type": enum(*vocabulary.BRAND_SAFETY),
    "brand_safety_partner": enum("IAS", "OPEN_SLATE"),
}
#: The levels that each `level_range` ends with.
_RANGES = {
    "TO_COUNTRY": ("COUNTRY",),
    "TO_PROVINCE": ("COUNTRY", "PROVINCE"),
    "TO_CITY": ("COUNTRY", "PROVINCE", "CITY"),
}
#: Countries in which codes can be searched for in bulk, and those of them that are for chosen accounts.
_BULK = frozenset(("US", "CA", "BR", "ID", "TH", "VN"))
_CHOSEN = frozenset(("BR", "ID", "TH", "VN"))
_LANGUAGES: dict[str, Field] = {"advertiser_id": text(required=True, least=1)}
_INTERESTS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "version": integer(least=1, most=2),
    "placements": array(enum(*vocabulary.PLACEMENTS)),
    "special_industries": array(enum(*vocabulary.SPECIAL_INDUSTRIES)),
    "language": text(),
}


def regions(call: Call) -> dict[str, Any]:
    """Countries, and some of what is below them; TikTok has many more."""
    levels = _RANGES.get(call.args.get("level_range", "ALL"))
    places = [place for place in geography.PLACES.values() if levels is None or place.level in levels]
    below: dict[str, list[str]] = {}
    for place in places:
        below.setdefault(place.parent_id, []).append(place.id)
    return {
        "region_list": [p.country for p in places if p.level == "COUNTRY"],
        "region_info": [
            {
                "location_id": place.id,
                "name": place.name,
                "parent_id": place.parent_id,
                "region_code": place.country,
                "country_code": place.country,
                "level": place.level,
                "area_type": place.area,
                "next_level_ids": below.get(place.id, []),
                "support_below_18": place.country not in geography.NO_MINORS,
            }
            for place in places
        ],
    }


def search(call: Call) -> dict[str, Any]:
    """`/tool/targeting/search/`: places by a part of their name, postal codes by the whole of it."""
    kind, keywords = call.args["search_type"], call.args["keywords"]
    types = _types(kind, call.args.get("geo_types"))
    codes = call.args.get("region_codes") or []
    if kind == "FUZZY_SEARCH" and len(keywords) > 1:
        wire.bad("keywords", "FUZZY_SEARCH takes one keyword.")
    if kind != "FUZZY_SEARCH" and (not codes or not set(codes) <= _BULK):
        wire.bad("region_codes", f"Must be among {', '.join(sorted(_BULK))}.")
    if "ZIP_CODE" in types and set(codes) & _CHOSEN:
        wire.refuse(wire.NO_PERMISSION, "Zip code targeting in this country is for allow-listed advertisers.")
    most = {"FUZZY_SEARCH": 100, "BATCH_REGION_SEARCH": 5, "BATCH_ZIPCODE_SEARCH": 1}[kind]
    found = [
        (keyword, place)
        for keyword in keywords
        for place in list(_found(keyword, types, codes, whole=kind == "BATCH_ZIPCODE_SEARCH"))[:most]
    ]
    parents = dict.fromkeys(above for _, place in found for above in geography.above(place.id))
    return {
        "targeting_tag_list": [{"keyword": keyword, **_tag(place)} for keyword, place in found],
        "parent_tags": [_tag(geography.PLACES[id_]) for id_ in parents],
    }


def _types(kind: str, asked: list[str] | None) -> frozenset[str]:
    allowed = {"ZIP_CODE"} if kind == "BATCH_ZIPCODE_SEARCH" else {"COUNTRY", "PROVINCE", "CITY", "DISTRICT", "DMA"}
    allowed |= {"ZIP_CODE"} if kind == "FUZZY_SEARCH" else set()
    if asked and not set(asked) <= allowed:
        wire.bad("geo_types", f"{kind} allows {', '.join(sorted(allowed))}.")
    return frozenset(asked or allowed)


def _found(keyword: str, types: frozenset[str], codes: list[str], *, whole: bool) -> Iterable[Place]:
    for place in (*geography.PLACES.values(), *geography.ZIP_CODES.values()):
        named = place.name == keyword if whole else keyword.lower() in place.name.lower()
        if named and _type(place) in types and (not codes or place.country in codes):
            yield place


def _type(place: Place) -> str:
    return place.level if place.area == "ADMIN" else "DMA"


def _tag(place: Place) -> dict[str, Any]:
    status = {"status": "ENABLED"} if place.sold else {"status": "DISABLED", "reason": "OFFLINE"}
    return {
        "targeting_type": "GEO",
        "name": place.name,
        "status_info": status,
        "geo": {
            "geo_id": place.id,
            "geo_type": _type(place),
            "description": place.name,
            "region_code": place.country,
            "parent_id": place.parent_id,
        },
    }


def languages(call: Call) -> dict[str, Any]:
    """Language codes for `languages` of an ad group."""
    return {"languages": [{"code": code, "name": name} for code, name in vocabulary.LANGUAGES.items()]}


def interests(call: Call) -> dict[str, Any]:
    """Interest categories as a flat list of a tree."""
    return {
        "interest_categories": [
            {
                "interest_category_id": id_,
                "interest_category_name": name,
                "level": 1 if len(id_) == 2 else 2,
                "sub_category_ids": list(below),
                "placements": [],
                "special_industries": [],
            }
            for id_, (name, below) in vocabulary.INTERESTS.items()
        ]
    }


OPERATIONS = (
    Operation("GET", "tool/region", _REGIONS, regions),
    Operation("POST", "tool/targeting/search", _SEARCH, search),
    Operation("GET", "tool/language", _LANGUAGES, languages),
    Operation("GET", "tool/interest_category", _INTERESTS, interests),
)
