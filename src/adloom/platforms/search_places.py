"""What Google's and Microsoft's campaigns share about places: which are asked for, which are wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from adloom.core.errors import FieldError
from adloom.platforms import geography
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.spec import CampaignSpec, Location
from adloom.platforms.types import LocationType

RADIUS_KM = 800
#: Places that both platforms know by numbers of their own alone.
NUMBERED = frozenset((LocationType.REGION, LocationType.CITY, LocationType.POSTAL))


def queries(spec: CampaignSpec, *, is_asked: Callable[[Location], bool]) -> tuple[PlaceQuery, ...]:
    """What to ask about the places that the platform must be asked for, each once, in the ad's order."""
    places = (place for group in spec.groups for place in group.targeting.locations if is_asked(place))
    found = (geography.query_of(place) for place in places)
    return tuple(dict.fromkeys(query for query in found if query is not None))


def errors(places: Sequence[Location], *, field: str) -> Iterator[FieldError]:
    """No place at all, places whose number nobody knows, circles that are none, and what is wanted and excluded."""
    if not any(not place.exclude for place in places):
        yield FieldError(field, "no place is targeted.", "Name at least one place.")
    for index, place in enumerate(places):
        if place.type in NUMBERED and (error := geography.place_error(f"{field}[{index}]", place)):
            yield error
        elif place.type is LocationType.RADIUS:
            yield from _circle(place, field=f"{field}[{index}]")
    wanted = {key for place in places if not place.exclude and (key := _key(place))}
    for place in places:
        if place.exclude and _key(place) in wanted:
            yield FieldError(field, f"{name(place)} is both targeted and excluded.", "Drop one of the two.")


def name(place: Location) -> str:
    """What people call a place: as the platform writes it, where that is known."""
    if place.type is LocationType.RADIUS:
        return f"{place.radius_km} km around {place.lat}, {place.lon}"
    if place.type is not LocationType.COUNTRY and place.places is not None and len(place.places) == 1:
        return place.places[0].name
    if place.type is LocationType.COUNTRY:
        return place.country or ""
    return ", ".join(part for part in (place.name, place.code, place.country) if part)


def _key(place: Location) -> str | None:
    """What makes two places the same one; None where it is not known, or for a circle."""
    return place.country if place.type is LocationType.COUNTRY else place.place_id


def _circle(place: Location, *, field: str) -> Iterator[FieldError]:
    if place.exclude or None in (place.lat, place.lon, place.radius_km):
        rule = "a circle needs lat, lon and radius_km, and cannot be excluded."
        yield FieldError(field, rule, "Complete it, or exclude a country.")
    elif not 1 <= (place.radius_km or 0) <= RADIUS_KM:
        yield FieldError(field, f"a circle is 1 to {RADIUS_KM} km.", "Change its radius.")
