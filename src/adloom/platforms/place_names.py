"""Whether a place that a platform names is the one that an ad asks for: by its name and by what holds it. Pure.

Names are compared without regard to capitals, accents and signs, and always as a whole: a platform's search also finds
what only begins alike, and the wrong town would be paid for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from adloom.platforms import subdivisions
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.spec import Location
from adloom.platforms.types import LocationType


def country_of(location: Location) -> str | None:
    """A place's country; a region's code begins with it."""
    if location.country is None and location.type is LocationType.REGION:
        return (location.code or "")[:2] or None
    return location.country


def asked(query: PlaceQuery) -> tuple[str, ...]:
    """The names under which a region or a city is asked for: as it was written, then those of its code."""
    own = (query.name,) if query.name else ()
    known = subdivisions.names_of(query.code or "") if query.type is LocationType.REGION else ()
    return tuple(dict.fromkeys((*own, *known)))


def head(name: str) -> str:
    """What to search for: "Springfield" of "Springfield, Illinois, US"."""
    return name.partition(",")[0].strip()


def written(parts: Sequence[str]) -> str:
    """A place with all that holds it, from the smallest on: "Springfield, Illinois, US"."""
    return ", ".join(part for part in parts if part)


def fits(query: PlaceQuery, parts: Sequence[str]) -> bool:
    """Whether a place, of these `parts` from the smallest on (its own name, what holds it, its country), is asked for.

    A name may go on with what holds the place, as the platform writes it. A city's code names the region that holds it.
    """
    if not parts or parts[-1] != query.country:
        return False
    line = [folded(part) for part in written(parts).split(",")]
    names = [[folded(part) for part in name.split(",")] for name in asked(query)]
    return any(all(name) and name == line[: len(name)] for name in names) and _is_held(query, parts)


def _is_held(query: PlaceQuery, parts: Sequence[str]) -> bool:
    if query.type is not LocationType.CITY or query.code is None:
        return True
    names = {folded(name) for name in subdivisions.names_of(query.code)}
    if not names:
        return not subdivisions.has_country(query.country)
    return bool(names & {folded(part) for part in parts[1:-1]})


def folded(text: str) -> str:
    """A name as it is compared: "Île-de-France" and "ile de france" are one."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if char.isalnum())
