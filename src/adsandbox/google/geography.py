"""Google's geo target constants below countries, a selection, and how they are suggested by name.

Ids of 9900000 and above are the sandbox's own inventions; the others are Google's. What a name finds is an imitation of
what the page "Location targeting" shows: the beginning of a name, narrowed by what follows a comma.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adsandbox.google.errors import Refused, refuse
from adsandbox.schema import Field, array, obj, text

_COUNTRY_NAMES = {
    "AU": ("2036", "Australia"), "CA": ("2124", "Canada"), "DE": ("2276", "Germany"), "FR": ("2250", "France"),
    "GB": ("2826", "United Kingdom"), "JP": ("2392", "Japan"), "US": ("2840", "United States"),
}  # fmt: skip
_STATES = {
    "21137": ("US", "California"), "21142": ("US", "Florida"), "21147": ("US", "Illinois"),
    "21152": ("US", "Massachusetts"), "21157": ("US", "Missouri"), "21167": ("US", "New York"),
    "21176": ("US", "Texas"), "21180": ("US", "Washington"), "9900001": ("DE", "Bavaria"), "9900002": ("DE", "Berlin"),
    "9900003": ("DE", "Hesse"),
}  # fmt: skip
_CITIES = {
    "1013962": ("US", "Los Angeles,California"), "1014221": ("US", "San Francisco,California"),
    "1016367": ("US", "Chicago,Illinois"), "1018127": ("US", "Boston,Massachusetts"),
    "1023191": ("US", "New York,New York"), "1027744": ("US", "Seattle,Washington"),
    "1006886": ("GB", "London,England"), "1006094": ("FR", "Paris,Ile-de-France"), "1003854": ("DE", "Berlin,Berlin"),
    "1004234": ("DE", "Munich,Bavaria"), "9900101": ("US", "Springfield,Illinois"),
    "9900102": ("US", "Springfield,Missouri"), "9900103": ("US", "Springfield Township,Illinois"),
}  # fmt: skip
_CODES = {
    "9900201": ("US", "94304,California"), "9900202": ("US", "98052,Washington"), "9900203": ("DE", "10115,Berlin"),
    "9900204": ("GB", "SW1A,England"),
}  # fmt: skip
#: Google takes a place away now and then, and says so before.
_LEAVING = {"9900301": ("US", "Old Springs,Illinois")}

MOST_NAMES, LONGEST_NAME = 25, 300
REQUEST: dict[str, Field] = {
    "locale": text(),
    "countryCode": text(),
    "locationNames": obj({"names": array(text())}),
    "geoTargets": obj({"geoTargetConstants": array(text())}),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One constant. `above` is what holds it, without its country."""

    id: str
    name: str
    above: tuple[str, ...]
    country: str
    kind: str
    status: str = "ENABLED"

    @property
    def json(self) -> dict[str, Any]:
        """The constant as Google shows it."""
        known = _COUNTRY_NAMES[self.country][1]
        canonical = ",".join((self.name, *self.above, *(() if self.kind == "Country" else (known,))))
        return {
            "resourceName": f"geoTargetConstants/{self.id}",
            "id": self.id,
            "name": self.name,
            "countryCode": self.country,
            "targetType": self.kind,
            "status": self.status,
            "canonicalName": canonical,
        }


def _read(rows: dict[str, tuple[str, str]], kind: str, status: str = "ENABLED") -> Iterator[Place]:
    for id_, (country, line) in rows.items():
        name, *above = line.split(",")
        yield Place(id_, name, tuple(above), country, kind, status)


PLACES = {
    place.id: place
    for place in (
        *(Place(id_, name, (), code, "Country") for code, (id_, name) in _COUNTRY_NAMES.items()),
        *_read(_STATES, "State"),
        *_read(_CITIES, "City"),
        *_read(_CODES, "Postal Code"),
        *_read(_LEAVING, "City", "REMOVAL_PLANNED"),
    )
}


def country_of(id_: str) -> str:
    """The constant of the country in which a place lies; a country's own id as it is."""
    place = PLACES.get(id_)
    return id_ if place is None else _COUNTRY_NAMES[place.country][0]


def suggest(message: dict[str, Any]) -> dict[str, Any]:
    """The answer to `geoTargetConstants:suggest`: by names, or by the constants themselves."""
    country = message.get("countryCode")
    if country is not None and (len(country) != 2 or not country.isalpha() or not country.isupper()):
        raise _refused("INVALID_COUNTRY_CODE", "The country code is invalid.", "country_code")
    names = (message.get("locationNames") or {}).get("names") or []
    targets = (message.get("geoTargets") or {}).get("geoTargetConstants") or []
    if not names and not targets:
        raise _refused("REQUEST_PARAMETERS_UNSET", "Names or geo targets must be given.")
    if len(names) > MOST_NAMES:
        raise _refused("LOCATION_NAME_LIMIT", f"At most {MOST_NAMES} location names.", "location_names")
    if any(len(name) > LONGEST_NAME for name in names):
        raise _refused("LOCATION_NAME_SIZE_LIMIT", f"At most {LONGEST_NAME} characters.", "location_names")
    found = [(name, place) for name in names for place in PLACES.values() if _is_meant(name, place)]
    found += [("", place) for place in PLACES.values() if f"geoTargetConstants/{place.id}" in targets]
    return {
        "geoTargetConstantSuggestions": [
            _suggestion(name, place) for name, place in found if country in (None, place.country)
        ]
    }


def _is_meant(name: str, place: Place) -> bool:
    head, *above = [part.strip().casefold() for part in name.split(",")]
    held = {part.casefold() for part in (*place.above, place.country, _COUNTRY_NAMES[place.country][1])}
    return bool(head) and place.name.casefold().startswith(head) and held >= set(above)


def _suggestion(name: str, place: Place) -> dict[str, Any]:
    regions = (p for p in PLACES.values() if p.kind == "State" and (p.country, p.name) in _holders(place))
    country = PLACES[_COUNTRY_NAMES[place.country][0]]
    parents = [*(region.json for region in regions), *([country.json] if place is not country else [])]
    return {
        "locale": "en",
        "reach": "1000",
        **({"searchTerm": name} if name else {}),
        "geoTargetConstant": place.json,
        "geoTargetConstantParents": parents,
    }


def _holders(place: Place) -> set[tuple[str, str]]:
    return {(place.country, name) for name in place.above}


def _refused(code: str, message: str, *path: str) -> Refused:
    return refuse("geoTargetConstantSuggestionError", code, message, *path)
