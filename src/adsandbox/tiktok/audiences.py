"""Audience reports: what an ad group did, cut by whom it may reach. The parts add up to the whole again.

Source: TikTok API for Business, "Audience reports": one id, the day, and an audience dimension. Real audiences are
unknown here: the shares are a table, of which an ad group's own targeting leaves what it names.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adsandbox import shares
from adsandbox.delivery import Totals
from adsandbox.store import Entity
from adsandbox.tiktok import geography

DIMENSIONS = ("age", "gender", "country_code", "platform")

_AGES = {
    "AGE_13_17": 8, "AGE_18_24": 34, "AGE_25_34": 27, "AGE_35_44": 15, "AGE_45_54": 9, "AGE_55_100": 6, "NONE": 1,
}  # fmt: skip
_GENDERS = {"FEMALE": 54, "MALE": 44, "NONE": 2}
_PLATFORMS = {"ANDROID": 55, "IPHONE": 41, "IPAD": 3, "NONE": 1}
_UNIT = Decimal("0.01")


def weights(dimension: str, group: Entity) -> dict[str, int]:
    """In which proportion an ad group reaches the values of a dimension."""
    if dimension == "age":
        asked = group.fields.get("age_groups") or list(_AGES)
        return {value: weight for value, weight in _AGES.items() if value in asked or value == "NONE"}
    if dimension == "gender":
        asked = str(group.fields.get("gender") or "").removeprefix("GENDER_")
        return {asked: 1} if asked in _GENDERS else _GENDERS
    if dimension == "platform":
        return _platforms(group)
    ids = [id_ for field in ("location_ids", "zipcode_ids") for id_ in group.fields.get(field) or []]
    places = [place.country for place in map(geography.find, ids) if place is not None]
    return {country: len(places) - at for at, country in enumerate(dict.fromkeys(places))} or {"NONE": 1}


def _platforms(group: Entity) -> dict[str, int]:
    systems = group.fields.get("operating_systems") or []
    wanted = {"ANDROID": ("ANDROID",), "IOS": ("IPHONE", "IPAD")}
    named = {value for system in systems for value in wanted[system]}
    return {value: weight for value, weight in _PLATFORMS.items() if not named or value in named}


def cut(whole: Totals, proportions: Mapping[str, int]) -> dict[str, Totals]:
    """The parts of some sums; a part without anything in it is left out."""
    numbers: dict[str, Mapping[str, Any]] = {
        name: shares.split(getattr(whole, name), proportions)
        for name in ("impressions", "clicks", "video_views", "conversions")
    }
    for name in ("spend", "conversion_value"):
        numbers[name] = shares.split_money(getattr(whole, name), proportions, unit=_UNIT)
    parts = {
        value: Totals(**{name: part[value] for name, part in numbers.items()}, currency=whole.currency)
        for value in proportions
    }
    return {value: part for value, part in parts.items() if part.impressions or part.clicks or part.spend}
