"""An ad group's audience in Meta's words: what is sent, and what is lost, decided in one place.

Narrows inwards or gives up; never reaches anybody who was not asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adloom.core.money import plain
from adloom.platforms import feed_ads, place_names
from adloom.platforms.meta import languages, mapping
from adloom.platforms.spec import Account, Location, Targeting
from adloom.platforms.types import Device, Gender, LocationType, Platform

#: Meta's 65 means "65 and older"; below that every age has its own number.
OLDEST = 65
YOUNGEST = 13


@dataclass(frozen=True, slots=True)
class Ages:
    """Meta's `age_min` and `age_max`; a maximum of 65 has no end."""

    low: int
    high: int

    def text(self) -> str:
        """As people write it: 18–44, 18+."""
        return feed_ads.age_label(self.low, None if self.high == OLDEST else self.high)


def ages(targeting: Targeting) -> Ages | None:
    """The widest range of Meta's that lies within what was asked; None where there is none.

    Somebody who asks for 18 to 65 gets 18 to 64: Meta's 65 would serve everybody older as well.
    """
    low = max(targeting.age_min, YOUNGEST)
    high = OLDEST if targeting.age_max is None else min(targeting.age_max, OLDEST - 1)
    return Ages(low, high) if low <= high else None


def device_platforms(targeting: Targeting) -> list[str]:
    """Meta's device platforms. It counts tablets as mobile, so tablets alone cannot be had."""
    names = {Device.MOBILE: "mobile", Device.DESKTOP: "desktop"}
    return [name for device, name in names.items() if device in targeting.devices]


def locales(targeting: Targeting) -> list[int]:
    """Meta's ids of the asked languages that are known here; empty is every language."""
    return sorted({id_ for code in targeting.languages for id_ in languages.LOCALES.get(code, ())})


def reaches_dsa(targeting: Targeting) -> bool:
    """Whether the places reach, or may reach, where the Digital Services Act applies."""
    asked = [place for place in targeting.locations if not place.exclude]
    countries = [place_names.country_of(place) for place in asked]
    return any(country is None or country in mapping.DSA_COUNTRIES for country in countries)


def regulations(targeting: Targeting) -> list[mapping.Regulation]:
    """The rules of the places that ask for a verified beneficiary and payer, each once."""
    asked = [place_names.country_of(place) or "" for place in targeting.locations if not place.exclude]
    return [mapping.VERIFIED_COUNTRIES[code] for code in dict.fromkeys(asked) if code in mapping.VERIFIED_COUNTRIES]


def body(targeting: Targeting, *, account: Account) -> dict[str, Any]:
    """The `targeting` object of an ad set, every default that would widen it switched off by name.

    Expects what preflight let pass.
    """
    wanted = [place for place in targeting.locations if not place.exclude]
    excluded = [place for place in targeting.locations if place.exclude]
    result: dict[str, Any] = {"geo_locations": _places(wanted)}
    if excluded:
        result["excluded_geo_locations"] = _places(excluded)
    result |= _people(targeting) | _placements(account)
    result["device_platforms"] = device_platforms(targeting)
    result["targeting_automation"] = {"advantage_audience": 0}
    return result


def _people(targeting: Targeting) -> dict[str, Any]:
    range_ = ages(targeting) or Ages(OLDEST, OLDEST)
    result: dict[str, Any] = {"age_min": range_.low, "age_max": range_.high}
    if genders := _genders(targeting):
        result["genders"] = genders
    if ids := locales(targeting):
        result["locales"] = ids
    if keys := feed_ads.own_interests(targeting, platform=Platform.FACEBOOK_ADS):
        result["flexible_spec"] = [{"interests": [{"id": key} for key in keys]}]
    if targeting.audiences_include:
        result["custom_audiences"] = [{"id": key} for key in targeting.audiences_include]
    if targeting.audiences_exclude:
        result["excluded_custom_audiences"] = [{"id": key} for key in targeting.audiences_exclude]
    return result


def _genders(targeting: Targeting) -> list[int]:
    """Meta's number of the one gender asked for. Both are everybody, whom no field stands for: a special category
    refuses any `genders`."""
    asked = set(targeting.genders)
    if Gender.ANY in asked or len(asked) > 1:
        return []
    return [1 if gender is Gender.MALE else 2 for gender in asked]


def _placements(account: Account) -> dict[str, Any]:
    """The feeds, by name: Meta's automatic placements would add its Audience Network and more."""
    if not account.attributes.get("instagram_user_id"):
        return {"publisher_platforms": ["facebook"], "facebook_positions": ["feed"]}
    return {
        "publisher_platforms": ["facebook", "instagram"],
        "facebook_positions": ["feed"],
        "instagram_positions": ["stream"],
    }


def _places(places: list[Location]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for place in places:
        name, value = _place(place)
        result.setdefault(name, []).append(value)
    return result


def _place(place: Location) -> tuple[str, Any]:
    if place.type is LocationType.COUNTRY:
        return "countries", place.country
    if place.type is LocationType.POSTAL:
        return "zips", {"key": f"{place.country}:{place.code}"}
    if place.type in (LocationType.REGION, LocationType.CITY):
        if place.place_id is None:
            raise ValueError(f"{place.type} without Meta's key")
        return "regions" if place.type is LocationType.REGION else "cities", {"key": place.place_id}
    if place.lat is None or place.lon is None or place.radius_km is None:
        raise ValueError(f"{place.type} has no form on Meta")
    return "custom_locations", {
        "latitude": place.lat,
        "longitude": place.lon,
        "radius": plain_number(place.radius_km),
        "distance_unit": "kilometer",
    }


def plain_number(value: Any) -> Any:
    """A Decimal without trailing zeros, an int where it is whole, so that JSON shows what a person wrote."""
    text = plain(value)
    return int(text) if "." not in text else value.normalize()
