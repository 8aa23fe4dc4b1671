"""Regions, cities and postal codes by TikTok's own ids. Reads only.

Countries need no question (`countries.py`). Regions and cities stand in one list of all places (`/tool/region/`),
postal codes are searched for (`/tool/targeting/search/`). Both ask for an objective and a placement; what is not sold
for another objective TikTok refuses when the ad group is made, before anything delivers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms import feed_ads, place_names
from adloom.platforms.geography import Place, PlaceAnswer, PlaceQuery
from adloom.platforms.spec import CampaignSpec, Location
from adloom.platforms.tiktok import shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import LocationType, Platform

#: What an ad of ours asks with; TikTok's own apps alone are its placement.
_ASKED_FOR = MappingProxyType({"objective_type": "TRAFFIC", "placements": ["PLACEMENT_TIKTOK"]})

#: TikTok's words for how large a place is. A city may stand right below its region or, as in the USA, below a county.
LEVELS: Mapping[LocationType, tuple[str, ...]] = MappingProxyType(
    {LocationType.REGION: ("PROVINCE",), LocationType.CITY: ("CITY", "DISTRICT")}
)

#: The postal codes that every account can ask for, as TikTok writes them: all five digits of a ZIP code, the first
#: three characters of a Canadian one. Brazil, Indonesia, Thailand and Vietnam are for chosen accounts (SDK 1.1.3,
#: `TargetingSearchBody`).
POSTAL: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"US": re.compile(r"\d{5}"), "CA": re.compile(r"[A-Z]\d[A-Z]")}
)
#: `BATCH_ZIPCODE_SEARCH` takes no more codes at once.
MOST_CODES = 1000

_Rows = Mapping[str, Mapping[str, Any]]


def queries(spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
    """The regions and cities of an ad, and those of its postal codes that TikTok has."""
    found = feed_ads.place_queries(spec, kinds=(*LEVELS, LocationType.POSTAL))
    return tuple(query for query in found if query.type in LEVELS or has_code(query))


def has_code(place: PlaceQuery | Location) -> bool:
    """Whether a postal code is one that TikTok can be asked for."""
    form = POSTAL.get(place.country or "")
    return form is not None and form.fullmatch(place.code or "") is not None


def ask(client: Client, queries: tuple[PlaceQuery, ...]) -> tuple[PlaceAnswer, ...]:
    """What TikTok has for each query, in the same order."""
    codes = [query for query in queries if query.type is LocationType.POSTAL and has_code(query)]
    found = _postal(client, codes) if codes else {}
    named = [query for query in queries if query.type in LEVELS]
    if named:
        rows = _regions(client)
        found |= {query: tuple(_matching(rows, query)) for query in named}
    return tuple(PlaceAnswer(query, found.get(query, ())) for query in queries)


def _regions(client: Client) -> _Rows:
    """Every place of TikTok's by its id. An empty list is no answer: it would make every place unknown."""
    params = {"advertiser_id": client.advertiser_id, **_ASKED_FOR, "level_range": "TO_DISTRICT", "language": "en"}
    rows = shapes.objects(client.get("tool/region", params=params).get("region_info"))
    if not rows:
        raise Unavailable("TikTok, GET tool/region: the answer holds no place.", platform=Platform.TIKTOK_ADS.value)
    return {id_: row for row in rows if (id_ := shapes.an_id(row.get("location_id")))}


def _matching(rows: _Rows, query: PlaceQuery) -> Iterator[Place]:
    for id_, row in rows.items():
        is_own_kind = row.get("level") in LEVELS[query.type] and row.get("area_type") in (None, "ADMIN")
        if (
            is_own_kind
            and row.get("region_code") == query.country
            and place_names.fits(query, parts := _parts(rows, id_))
        ):
            yield Place(id_, place_names.written(parts))


def _parts(rows: _Rows, id_: str) -> Sequence[str]:
    """A place's name, the names of what holds it, and its country's code."""
    parts: list[str] = []
    seen: set[str] = set()
    while (row := rows.get(id_)) is not None and row.get("level") != "COUNTRY" and id_ not in seen:
        seen.add(id_)
        parts.append(shapes.text(row.get("name")))
        country, id_ = shapes.text(row.get("region_code")), shapes.an_id(row.get("parent_id"))
    return [*parts, country] if parts else []


def _postal(client: Client, queries: Sequence[PlaceQuery]) -> dict[PlaceQuery, tuple[Place, ...]]:
    """The ids of postal codes, each country asked by itself: the same digits are codes in several."""
    found: dict[PlaceQuery, tuple[Place, ...]] = {}
    for country in dict.fromkeys(query.country for query in queries):
        codes = list(dict.fromkeys(query.code or "" for query in queries if query.country == country))
        tags = [tag for start in range(0, len(codes), MOST_CODES) for tag in _tags(client, country, codes, start)]
        for query in queries:
            if query.country == country:
                found[query] = tuple(dict.fromkeys(_coded(tags, query)))
    return found


def _tags(client: Client, country: str, codes: Sequence[str], start: int) -> list[dict[str, Any]]:
    """What is found for some of the codes, and all that holds it, which stands in a list of its own."""
    body = {
        "advertiser_id": client.advertiser_id,
        **_ASKED_FOR,
        "search_type": "BATCH_ZIPCODE_SEARCH",
        "keywords": list(codes[start : start + MOST_CODES]),
        "geo_types": ["ZIP_CODE"],
        "region_codes": [country],
    }
    data = client.ask("tool/targeting/search", body=body)
    if not isinstance(data.get("targeting_tag_list"), list):
        raise Unavailable("TikTok, POST tool/targeting/search: no list.", platform=Platform.TIKTOK_ADS.value)
    return [tag for rows in data.values() for tag in shapes.objects(rows)]


def _coded(tags: Sequence[Mapping[str, Any]], query: PlaceQuery) -> Iterator[Place]:
    """The search is for whole codes, so that what it found for one is that code."""
    by_id = {id_: tag for tag in tags if (id_ := shapes.an_id(shapes.an_object(tag.get("geo")).get("geo_id")))}
    for id_, tag in by_id.items():
        geo, state = shapes.an_object(tag.get("geo")), shapes.an_object(tag.get("status_info"))
        is_it = (tag.get("keyword"), geo.get("geo_type"), geo.get("region_code")) == (
            query.code,
            "ZIP_CODE",
            query.country,
        )
        if is_it and state.get("status") != "DISABLED":
            yield Place(id_, place_names.written([query.code or "", *_holding(by_id, id_), query.country]))


def _holding(tags: _Rows, id_: str) -> list[str]:
    """The names of what holds a postal code, its country apart."""
    names: list[str] = []
    seen = {id_}
    while (id_ := shapes.an_id(shapes.an_object(tags[id_].get("geo")).get("parent_id"))) in tags and id_ not in seen:
        seen.add(id_)
        if shapes.an_object(tags[id_].get("geo")).get("geo_type") != "COUNTRY":
            names.append(shapes.text(tags[id_].get("name")))
    return names
