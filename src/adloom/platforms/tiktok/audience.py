"""An ad group's audience in TikTok's words, narrowed inwards where its groups do not fit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adloom.platforms import feed_ads, place_names
from adloom.platforms.spec import Location, Schedule, Targeting
from adloom.platforms.tiktok import countries, mapping
from adloom.platforms.types import Gender, LocationType, Platform

HALF_HOUR = 30
SLOTS_PER_DAY = 48
#: `dayparting` of a week without hours: all on.
ALWAYS = "1" * (7 * SLOTS_PER_DAY)


def age_groups(targeting: Targeting) -> tuple[tuple[str, int, int | None], ...]:
    """TikTok's age groups that lie wholly within what was asked, and may be reached in its places."""
    return tuple(
        group
        for group in mapping.AGE_GROUPS
        if group[1] >= targeting.age_min
        and (targeting.age_max is None or (group[2] is not None and group[2] <= targeting.age_max))
        and not (group[1] < 18 and _is_for_adults(targeting))
    )


def age_text(targeting: Targeting) -> str:
    """The ages that are reached, as people write them: 18–44, 25+."""
    groups = age_groups(targeting)
    return feed_ads.age_label(groups[0][1], groups[-1][2]) if groups else ""


def location_ids(targeting: Targeting) -> list[str]:
    """TikTok's ids of the asked countries, regions and cities, each once."""
    return _ids(place for place in targeting.locations if place.type is not LocationType.POSTAL)


def zipcode_ids(targeting: Targeting) -> list[str]:
    """TikTok's ids of the asked postal codes, each once; they count as locations, and have a field of their own."""
    return _ids(place for place in targeting.locations if place.type is LocationType.POSTAL)


def _ids(places: Iterable[Location]) -> list[str]:
    asked = (_id(place) for place in places if not place.exclude)
    return list(dict.fromkeys(id_ for id_ in asked if id_ is not None))


def _id(place: Location) -> str | None:
    return countries.LOCATION_IDS.get(place.country or "") if place.type is LocationType.COUNTRY else place.place_id


def gender(targeting: Targeting) -> str:
    """TikTok's one word for the genders."""
    asked = set(targeting.genders)
    return mapping.GENDERS[asked.pop() if len(asked) == 1 else Gender.ANY]


def languages(targeting: Targeting) -> tuple[str, ...]:
    """The asked languages that TikTok has, in its codes, each once."""
    asked = (mapping.LANGUAGE_WORDS.get(code, code) for code in targeting.languages)
    return tuple(dict.fromkeys(code for code in asked if code in mapping.LANGUAGES))


def body(targeting: Targeting) -> dict[str, Any]:
    """The targeting fields of an ad group. Expects what preflight let pass."""
    places = {"location_ids": location_ids(targeting), "zipcode_ids": zipcode_ids(targeting)}
    result: dict[str, Any] = {name: ids for name, ids in places.items() if ids} | {
        "age_groups": [name for name, _, _ in age_groups(targeting)],
        "gender": gender(targeting),
    }
    optional: Mapping[str, tuple[str, ...]] = {
        "languages": languages(targeting),
        "interest_category_ids": feed_ads.own_interests(targeting, platform=Platform.TIKTOK_ADS),
        "audience_ids": targeting.audiences_include,
        "excluded_audience_ids": targeting.audiences_exclude,
    }
    return result | {name: list(values) for name, values in optional.items() if values}


def week(schedule: Schedule) -> str:
    """`dayparting`: 48 half hours a day from Monday on, 1 for on; windows cut inwards to half hours.

    A string of zeros alone would mean "always" to TikTok: preflight refuses that.
    """
    slots = {day: [False] * SLOTS_PER_DAY for day in mapping.WEEK}
    for part in schedule.dayparting:
        first, last = -(-part.start_minute // HALF_HOUR), part.end_minute // HALF_HOUR
        for day in part.days:
            slots[day][first:last] = [True] * max(last - first, 0)
    return "".join("1" if on else "0" for day in mapping.WEEK for on in slots[day])


def _is_for_adults(targeting: Targeting) -> bool:
    asked = (place_names.country_of(place) for place in targeting.locations if not place.exclude)
    return any(country in mapping.ADULTS_ONLY for country in asked)
