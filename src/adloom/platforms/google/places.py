"""Regions, cities and postal codes by Google's geo target constants, as Google suggests them. Reads only.

Google suggests what sounds alike as well: a place counts where its whole name, its type and its country are the ones
that were asked for (v26, `GeoTargetConstantService`; types by the page "Geo targets" of the Google Ads API).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from adloom.platforms import place_names, search_places, subdivisions
from adloom.platforms.geography import Place, PlaceAnswer, PlaceQuery
from adloom.platforms.google.client import Client
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import LocationType

#: So many names one call takes, each of so many characters (v26, `GeoTargetConstantSuggestionError`).
NAMES_PER_CALL, NAME_LENGTH = 25, 300

#: Google's types of places by ours; of two with the same name the first type counts.
KINDS: Mapping[LocationType, tuple[str, ...]] = MappingProxyType(
    {
        LocationType.REGION: (
            "State",
            "Province",
            "Region",
            "Prefecture",
            "Canton",
            "Autonomous Community",
            "Territory",
            "Union Territory",
            "Governorate",
            "Department",
            "County",
            "Okrug",
            "Division",
            "District",
        ),
        LocationType.CITY: ("City", "Municipality", "Commune"),
        LocationType.POSTAL: ("Postal Code",),
    }
)
_COUNTRY = "Country"


def queries(spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
    """The regions, cities and postal codes of an ad: countries have numbers of ISO's."""
    return search_places.queries(spec, is_asked=lambda place: place.type in KINDS)


def ask(client: Client, queries: tuple[PlaceQuery, ...]) -> tuple[PlaceAnswer, ...]:
    """What Google has for each query, in the same order."""
    names: dict[str, dict[str, None]] = {}
    for query in queries:
        names.setdefault(query.country, {}).update(dict.fromkeys(_terms(query)))
    suggested = {country: list(_suggested(client, list(terms), country=country)) for country, terms in names.items()}
    return tuple(PlaceAnswer(query, chosen(query, suggested[query.country])) for query in queries)


def chosen(query: PlaceQuery, suggestions: Sequence[Mapping[str, Any]]) -> tuple[Place, ...]:
    """Those of Google's suggestions that are the place that was asked for. Pure."""
    kinds = KINDS.get(query.type, ())
    found: dict[str, tuple[int, Place]] = {}
    for suggestion in suggestions:
        constant = suggestion.get("geoTargetConstant") or {}
        kind = str(constant.get("targetType"))
        if constant.get("status") != "ENABLED" or kind not in kinds or not _fits(query, suggestion):
            continue
        parts = _parts(constant)
        place = Place(str(constant["resourceName"]).rpartition("/")[2], place_names.written(parts))
        rank = kinds.index(kind)
        known = found.get(place.name)
        if known is None or rank < known[0]:
            found[place.name] = (rank, place)
    return tuple(place for _, place in found.values())


def _suggested(client: Client, names: Sequence[str], *, country: str) -> Iterator[Mapping[str, Any]]:
    for start in range(0, len(names), NAMES_PER_CALL):
        yield from client.suggest(names[start : start + NAMES_PER_CALL], country=country)


def _terms(query: PlaceQuery) -> Iterator[str]:
    """What to search for; a city's region goes with its name, so that many of that name leave none out."""
    if query.type is LocationType.POSTAL:
        yield (query.code or "")[:NAME_LENGTH]
        return
    region = subdivisions.names_of(query.code or "")[:1] if query.type is LocationType.CITY else ()
    for name in place_names.asked(query):
        yield ", ".join((place_names.head(name), *region))[:NAME_LENGTH]


def _fits(query: PlaceQuery, suggestion: Mapping[str, Any]) -> bool:
    constant = suggestion["geoTargetConstant"]
    parts = _parts(constant)
    if query.type is LocationType.POSTAL:
        is_code = place_names.folded(parts[0]) == place_names.folded(query.code or "")
        return is_code and parts[-1] == query.country
    if query.type is LocationType.REGION and len(parts) != 2:
        return False  # of a region of a region: France has a Paris within Île-de-France, and it is none of its 13
    parents = (each for each in suggestion.get("geoTargetConstantParents", ()) if each.get("targetType") != _COUNTRY)
    above = [str(each.get("name")) for each in parents]
    return place_names.fits(query, [*parts[:-1], *above, parts[-1]])


def _parts(constant: Mapping[str, Any]) -> list[str]:
    """A place's name with what holds it, its country by its two letters, as `Springfield,Illinois,United States`."""
    *parts, _ = [part.strip() for part in str(constant.get("canonicalName") or "").split(",")] or [""]
    return [*(parts or [str(constant.get("name"))]), str(constant.get("countryCode"))]
