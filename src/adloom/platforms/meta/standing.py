"""Whether an object stands as a step would set it: what Meta gives back, held against what would be sent. Pure.

Meta gives numbers as text, adds names and defaults to what it was sent, and writes instants in the account's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from adloom.platforms.meta import mapping

_INSTANTS = ("start_time", "end_time")

#: What `targeting.body` sends only where it is asked for.
_NARROWING = (
    "genders",
    "locales",
    "flexible_spec",
    "custom_audiences",
    "excluded_custom_audiences",
    "excluded_geo_locations",
    "instagram_positions",
)
_PLACES = ("countries", "regions", "cities", "zips", "custom_locations")


def fields_of(body: Mapping[str, Any]) -> str:
    """The `fields` to ask for, so that `holds` can tell."""
    names = [name for name in body if name != "id"]
    return ",".join(["id", "status", *(f"{name}{{id}}" if name == "creative" else name for name in names)])


def holds(row: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether a node's fields are what a body sets."""
    return all(is_field(name, row.get(name), wanted) for name, wanted in body.items() if name != "id")


def is_field(name: str, found: Any, wanted: Any) -> bool:
    """Whether one field stands as it would be sent."""
    if name == "creative":
        return isinstance(found, Mapping) and str(found.get("id")) == wanted["creative_id"]
    if name == "targeting":
        return _is_targeting(found, wanted)
    if name in _INSTANTS:
        return mapping.instant(found) == mapping.instant(wanted)
    if name == "pacing_type" and found is None:
        return bool(wanted == ["standard"])
    if name == "regional_regulated_categories":
        return isinstance(found, list) and set(wanted) <= set(map(str, found))  # Meta adds how they were verified
    return _is(found, wanted)


def _is(found: Any, wanted: Any) -> bool:
    """Whether what was found holds all of what was wanted: objects may have more, lists hold the same in any order."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(_is(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, (list, tuple)):
        if not isinstance(found, (list, tuple)):
            return found is None and not wanted
        return len(found) == len(wanted) and all(any(_is(one, value) for one in found) for value in wanted)
    if isinstance(wanted, bool) or wanted is None:
        return found is wanted
    if isinstance(wanted, str):
        return found is not None and str(found) == wanted
    return _number(found) == Decimal(wanted)


def is_audience(name: str, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether one part of an audience is as wanted, and not narrower."""
    if name in wanted and not _is(found.get(name), wanted[name]):
        return False
    if name in ("geo_locations", "excluded_geo_locations"):
        one, other = found.get(name) or {}, wanted.get(name) or {}
        return not _has_surroundings(one) and not any(one.get(kind) and kind not in other for kind in _PLACES)
    return name in wanted or name not in _NARROWING or not found.get(name)


def _is_targeting(found: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether an audience is the wanted one and not a narrower one: what was taken away has to be gone."""
    if not isinstance(found, Mapping):
        return False
    return all(is_audience(name, found, wanted) for name in (*wanted, "geo_locations", *_NARROWING))


def _has_surroundings(geo: Mapping[str, Any]) -> bool:
    """Whether a city is reached with a circle around it, which is never sent."""
    cities = geo.get("cities")
    return isinstance(cities, list) and any(isinstance(one, Mapping) and one.get("radius") for one in cities)


def _number(value: Any) -> Decimal | None:
    try:
        return None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None
