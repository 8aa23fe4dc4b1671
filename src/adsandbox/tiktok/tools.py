"""What can be targeted: regions, languages, interest categories.

Source: TikTok API for Business, /tool/region/, /tool/language/, /tool/interest_category/.
"""

from typing import Any

from adsandbox.schema import Field, array, enum, integer, text
from adsandbox.tiktok import geography, vocabulary
from adsandbox.tiktok.api import Call, Operation

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
_LANGUAGES: dict[str, Field] = {"advertiser_id": text(required=True, least=1)}
_INTERESTS: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "version": integer(least=1, most=2),
    "placements": array(enum(*vocabulary.PLACEMENTS)),
    "special_industries": array(enum(*vocabulary.SPECIAL_INDUSTRIES)),
    "language": text(),
}


def regions(call: Call) -> dict[str, Any]:
    """Countries, and below them the states of the USA; TikTok has many more."""
    countries = call.args.get("level_range") == "TO_COUNTRY"
    places = [p for p in geography.PLACES.values() if p.level == "COUNTRY" or not countries]
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
                "area_type": "ADMIN",
                "next_level_ids": below.get(place.id, []),
                "support_below_18": place.country not in geography.NO_MINORS,
            }
            for place in places
        ],
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
    Operation("GET", "tool/language", _LANGUAGES, languages),
    Operation("GET", "tool/interest_category", _INTERESTS, interests),
)
