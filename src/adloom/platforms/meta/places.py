"""Regions and cities by Meta's keys, as its targeting search tells them. Reads only.

Countries and postal codes need no question: their keys are their own (`US`, `US:94103`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from adloom.platforms import feed_ads, http, place_names
from adloom.platforms.geography import Place, PlaceAnswer, PlaceQuery
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import LocationType

#: `location_types` of the search, and the `type` of what it finds (Marketing API, "Targeting Search").
KINDS: Mapping[LocationType, str] = MappingProxyType({LocationType.REGION: "region", LocationType.CITY: "city"})

#: A page of the search. Names that only begin alike are found too, so a short name has many.
PAGE = "200"


def queries(spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
    """The regions and cities of an ad."""
    return feed_ads.place_queries(spec, kinds=KINDS)


def ask(graph: Graph, queries: tuple[PlaceQuery, ...]) -> tuple[PlaceAnswer, ...]:
    """What Meta has for each query, in the same order."""
    return tuple(PlaceAnswer(query, tuple(dict.fromkeys(_found(graph, query)))) for query in queries)


def _found(graph: Graph, query: PlaceQuery) -> Iterator[Place]:
    """Asks for every name that a place goes by: Meta finds a name's beginning, in one language or another."""
    for name in dict.fromkeys(map(place_names.head, place_names.asked(query))):
        for row in _rows(graph, query, name=name):
            parts = [_text(row, part) for part in ("name", "region", "country_code")]
            parts = [part for part in parts if part]
            is_one = row.get("type") == KINDS[query.type] and _text(row, "key").isdigit()
            if is_one and place_names.fits(query, parts):
                yield Place(_text(row, "key"), place_names.written(parts))


def _rows(graph: Graph, query: PlaceQuery, *, name: str) -> Iterator[dict[str, Any]]:
    params = {
        "type": "adgeolocation",
        "q": name,
        "location_types": http.dumps([KINDS[query.type]]),
        "country_code": query.country,
    }
    return graph.rows("search", endpoint="search", params=params, limit=PAGE)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    is_text = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if is_text else ""
