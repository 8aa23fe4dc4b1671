"""Places as a platform numbers them: what is asked of a platform, what it answers, and what a plan says of the answer.

A country's two letters are enough for most platforms; a region, a city or a postal code has a number of the platform's
own, which only the platform can tell. It is asked by a job before anything is sent, kept, and passed on in the spec, so
that a plan stays local and a repeated attempt sends the same request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from adloom.core.errors import FieldError
from adloom.platforms.types import LocationType

if TYPE_CHECKING:
    from adloom.platforms.spec import Location


@dataclass(frozen=True, slots=True)
class Place:
    """One place on one platform: its id there, and how the platform writes it (`Springfield, Illinois, US`)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A place as an ad names it. `code` is ISO 3166-2 (for a CITY the region that holds it) or a postal code."""

    type: LocationType
    country: str
    code: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """What the platform has for a query: none is unknown there, several are for a person to choose from."""

    query: PlaceQuery
    places: tuple[Place, ...]


#: What a platform answered, by what it was asked; what it was never asked is absent.
Answers: TypeAlias = Mapping[PlaceQuery, tuple[Place, ...]]


def query_of(location: Location) -> PlaceQuery | None:
    """What to ask a platform about a location; None for a RADIUS, and where it names no country."""
    country = location.country or (location.code or "")[:2]
    if location.type is LocationType.RADIUS or not country:
        return None
    return PlaceQuery(location.type, country, location.code, location.name)


def place_error(field: str, location: Location) -> FieldError | None:
    """Why a location has no id (never asked, unknown there, one of several); None where it has one."""
    said = " ".join(part for part in (location.name, location.code, location.country) if part)
    if location.places is None:
        return FieldError(field, f"the platform was not asked yet which place {said!r} is.", "Plan again in a moment.")
    if not location.places:
        return FieldError(field, f"the platform knows no place {said!r}.", "Write it as the platform does, in English.")
    if len(location.places) > 1:
        names = "; ".join(place.name for place in location.places[:5])
        fix = "Add the region (`code`, such as US-IL), or write the name as the platform does."
        return FieldError(field, f"{said!r} is one of several: {names}.", fix)
    return None


def query_as_json(query: PlaceQuery) -> dict[str, Any]:
    """A query as JSON values; `query_from_json` gives it back."""
    return {"type": query.type.value, "country": query.country, "code": query.code, "name": query.name}


def query_from_json(value: Mapping[str, Any]) -> PlaceQuery:
    """What `query_as_json` wrote down."""
    return PlaceQuery(LocationType(value["type"]), value["country"], value["code"], value["name"])


def as_json(answers: Answers) -> list[dict[str, Any]]:
    """Answers as JSON values, in the order of their queries; `from_json` gives them back."""
    return [
        {**query_as_json(query), "places": [asdict(place) for place in places]} for query, places in answers.items()
    ]


def from_json(values: Iterable[Mapping[str, Any]]) -> dict[PlaceQuery, tuple[Place, ...]]:
    """What `as_json` wrote down."""
    return {query_from_json(each): tuple(Place(**place) for place in each["places"]) for each in values}
