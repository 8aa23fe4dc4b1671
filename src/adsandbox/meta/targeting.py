"""What an ad set's `targeting` may hold, and Meta's rules about it.

Sources: Marketing API targeting reference; the advantage_audience flag is required since v23.
"""

import re
from typing import Any

from adsandbox import schema
from adsandbox.meta import errors, places
from adsandbox.meta.tables import numeric, strings
from adsandbox.meta.words import words
from adsandbox.schema import Field, anything, array, enum, integer, number, obj, text

_ZIP = re.compile(r"[A-Z]{2}:[A-Za-z0-9 -]+")
_KEYED = {
    "key": text(required=True),
    "name": text(),
    "country": text(),
    "region": text(),
    "region_id": anything(),
}
_GEO: dict[str, Field] = {
    "countries": array(text(pattern=re.compile("[A-Z]{2}"))),
    "country_groups": strings(),
    "regions": array(obj(_KEYED)),
    "cities": array(
        obj(_KEYED | {"radius": number(least=1, most=80), "distance_unit": enum("mile", "kilometer")})
    ),
    "zips": array(obj(_KEYED | {"key": text(required=True, pattern=_ZIP), "primary_city_id": anything()})),
    "custom_locations": array(
        obj(
            {
                "latitude": number(least=-90, most=90),
                "longitude": number(least=-180, most=180),
                "radius": number(required=True, least=0.63, most=80),
                "distance_unit": enum("mile", "kilometer"),
                "address_string": text(),
                "name": text(),
                "country": text(),
                "region_id": anything(),
                "primary_city_id": anything(),
            }
        )
    ),
    "geo_markets": array(obj(_KEYED)),
    "metro_areas": array(obj(_KEYED)),
    "neighborhoods": array(obj(_KEYED)),
    "location_types": array(enum("home", "recent", "travel_in")),
}  # fmt: skip
_NAMED = array(obj({"id": numeric(required=True), "name": text()}), most=200)
_DETAILED = {
    one: _NAMED
    for one in words("""
        interests behaviors life_events industries income family_statuses work_employers work_positions
        education_schools education_majors custom_audiences net_worth home_type home_ownership
        generation moms
    """)
} | {
    "education_statuses": array(integer()),
    "relationship_statuses": array(integer()),
    "college_years": array(integer()),
}
_FLEXIBLE = obj(_DETAILED)

TARGETING: dict[str, Field] = {
    "geo_locations": obj(_GEO),
    "excluded_geo_locations": obj(_GEO),
    "age_min": integer(least=13, most=65),
    "age_max": integer(least=13, most=65),
    "genders": array(integer(least=1, most=2), most=2),
    "locales": array(integer(least=1)),
    "flexible_spec": array(_FLEXIBLE, most=25),
    "exclusions": _FLEXIBLE,
    **_DETAILED,
    "excluded_custom_audiences": _NAMED,
    "device_platforms": array(enum("mobile", "desktop", "connected_tv")),
    "publisher_platforms": array(
        enum("facebook", "instagram", "audience_network", "messenger", "threads", "whatsapp")
    ),
    "facebook_positions": array(
        enum(
            "feed", "right_hand_column", "marketplace", "video_feeds", "story", "search", "instream_video",
            "facebook_reels", "facebook_reels_overlay", "profile_feed", "notification", "biz_disco_feed",
        )
    ),
    "instagram_positions": array(
        enum(
            "stream", "story", "explore", "explore_home", "reels", "profile_feed", "ig_search",
            "profile_reels", "shop",
        )
    ),
    "audience_network_positions": array(enum("classic", "rewarded_video", "instream_video")),
    "messenger_positions": array(enum("messenger_home", "sponsored_messages", "story")),
    "threads_positions": array(enum("threads_stream")),
    "whatsapp_positions": array(enum("status")),
    "user_os": strings(),
    "user_device": strings(),
    "excluded_user_device": strings(),
    "wireless_carrier": strings(),
    "brand_safety_content_filter_levels": strings(),
    "excluded_brand_safety_content_types": strings(),
    "excluded_publisher_list_ids": strings(),
    "targeting_automation": obj(
        {
            "advantage_audience": integer(least=0, most=1),
            "individual_setting": obj({one: integer(least=0, most=1) for one in ("age", "gender", "geo")}),
        }
    ),
    "targeting_relaxation_types": obj(
        {"custom_audience": integer(least=0, most=1), "lookalike": integer(least=0, most=1)}
    ),
    "targeting_optimization": enum("none", "expansion_all"),
    "user_age_unknown": schema.boolean(),
    "age_range": array(integer(least=13, most=65), least=2, most=2),
}  # fmt: skip


#: Special ad categories that forbid narrowing by age, gender and ZIP code.
PROTECTED = frozenset({"CREDIT", "EMPLOYMENT", "FINANCIAL_PRODUCTS_SERVICES", "HOUSING"})


def check(targeting: Any, *, special: list[str]) -> None:
    """Raise GraphError for a targeting that Meta would refuse. `special` are the campaign's special ad
    categories."""
    for refusal in schema.check(targeting, TARGETING, path=("targeting",)):
        raise errors.refused(refusal)
    _flag(targeting)
    _places(targeting)
    _ages(targeting)
    _known_ids(targeting)
    if PROTECTED & set(special):
        _special(targeting)


def reaches_eu(targeting: dict[str, Any]) -> bool:
    """Whether the Digital Services Act applies: a place in the EU, or the whole world."""
    geo = targeting.get("geo_locations") or {}
    return bool(places.countries(geo) & places.EU or set(geo.get("country_groups", ())) & places.EU_GROUPS)


def _flag(targeting: dict[str, Any]) -> None:
    flag = (targeting.get("targeting_automation") or {}).get("advantage_audience")
    if flag is None:
        raise errors.invalid(
            "To create your ad set, you need to enable or disable the Advantage audience feature. This can be"
            " done by setting the advantage_audience flag to either 1 or 0 within the targeting_automation"
            " field in the targeting spec.",
            field="targeting",
            title="Advantage Audience Flag Required",
            subcode=1870227,
        )
    if flag == 1 and targeting.get("age_max", 65) < 65:
        raise errors.invalid(
            "With Advantage audience, the maximum age cannot be below 65: it is a suggestion there.",
            field="targeting",
            title="Age maximum not allowed with Advantage audience",
            subcode=1870189,
        )


def _places(targeting: dict[str, Any]) -> None:
    geo = targeting.get("geo_locations") or {}
    located = any(geo.get(name) for name in _GEO if name != "location_types")
    if not located and not targeting.get("custom_audiences"):
        raise errors.invalid(
            "Add at least one location or choose a custom audience.",
            field="targeting",
            title="A location is missing",
            subcode=1885364,
        )
    for part in ("geo_locations", "excluded_geo_locations"):
        _known_places(targeting.get(part) or {}, part)
    if pair := places.overlap(geo):
        raise errors.invalid(
            f"Some of your locations overlap. Try removing a location ({pair[0]} lies within {pair[1]}).",
            field=("targeting", "geo_locations"),
            title="Location Can't Be Used",
            subcode=1487756,
        )


def _known_places(geo: dict[str, Any], part: str) -> None:
    wanted = [("countries", code, places.COUNTRIES) for code in geo.get("countries", ())]
    wanted += [("country_groups", group, places.GROUPS) for group in geo.get("country_groups", ())]
    wanted += [("regions", one["key"], frozenset(places.REGIONS)) for one in geo.get("regions", ())]
    wanted += [("cities", one["key"], frozenset(places.CITIES)) for one in geo.get("cities", ())]
    wanted += [("zips", one["key"][:2], places.COUNTRIES) for one in geo.get("zips", ())]
    for name, key, known in wanted:
        if key not in known:
            raise errors.invalid(
                f"The {name} key {key} is not valid for targeting.",
                field=("targeting", part, name),
                title="Invalid location",
            )
    for city in geo.get("cities", ()):
        if ("radius" in city) != ("distance_unit" in city):
            raise errors.invalid("A city's radius and distance_unit go together.", field=("targeting", part, "cities"))


def _ages(targeting: dict[str, Any]) -> None:
    if targeting.get("age_min", 18) > targeting.get("age_max", 65):
        raise errors.invalid(
            "The minimum age must not be above the maximum age.",
            field=("targeting", "age_min"),
            title="Invalid age range",
        )


def _known_ids(targeting: dict[str, Any]) -> None:
    for key in targeting.get("locales", ()):
        if key not in places.LOCALES:
            raise errors.invalid(f"Locale {key} does not exist.", field=("targeting", "locales"))
    specs = [targeting, targeting.get("exclusions") or {}, *targeting.get("flexible_spec", ())]
    for interest in (one for spec in specs for one in spec.get("interests", ())):
        if interest["id"] not in places.INTERESTS:
            raise errors.invalid(
                f"The interest {interest['id']} is no longer available for targeting.",
                field=("targeting", "interests"),
                title="Invalid interest",
                subcode=1487694,
            )


def _special(targeting: dict[str, Any]) -> None:
    geo = targeting.get("geo_locations") or {}
    narrowed = targeting.get("age_min", 18) != 18 or targeting.get("age_max", 65) != 65 or targeting.get("genders")
    if narrowed or geo.get("zips"):
        raise errors.invalid(
            "Ads in a special ad category must reach ages 18 to 65+ and all genders, without ZIP codes.",
            field="targeting",
            title="Targeting not allowed for a special ad category",
        )
