"""Places by Microsoft's LocationIds, out of the file of geographical locations that Microsoft offers. Reads only.

The file (guide "Geographical Location Codes", version 2.0) holds the world and is read row by row: its size makes no
difference to the memory that it takes. Columns are found by their names, and their order and new ones do not matter.
"""

from __future__ import annotations

import codecs
import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from adloom.core.errors import Unavailable
from adloom.platforms import place_names, search_places
from adloom.platforms.geography import Place, PlaceAnswer, PlaceQuery
from adloom.platforms.microsoft import countries, mapping
from adloom.platforms.microsoft.client import Client
from adloom.platforms.spec import CampaignSpec, Location
from adloom.platforms.types import LocationType, Platform

MAX_BYTES = 512 * 1024 * 1024
MAX_LINE = 64 * 1024
_ID, _NAME, _TYPE, _STATUS = "Location Id", "Bing Display Name", "Location Type", "Status"
#: Our types by the file's; counties, metro areas and neighbourhoods are none of ours.
KINDS: Mapping[str, LocationType] = MappingProxyType(
    {
        "Country": LocationType.COUNTRY,
        "State": LocationType.REGION,
        "Province": LocationType.REGION,
        "City": LocationType.CITY,
        "PostalCode": LocationType.POSTAL,
    }
)

#: What a row is found by, before all of it is compared: our type and its own name.
_Key = tuple[LocationType, str]


def is_asked(place: Location) -> bool:
    """Whether Microsoft must be asked for a place: for all but circles and the countries whose id is known."""
    if place.type is LocationType.COUNTRY:
        return (place.country or "") not in mapping.LOCATION_IDS
    return place.type in search_places.NUMBERED


def id_of(place: Location) -> str | None:
    """The LocationId of a place; None where Microsoft has not told it."""
    return place.place_id if is_asked(place) else mapping.LOCATION_IDS[place.country or ""]


def queries(spec: CampaignSpec) -> tuple[PlaceQuery, ...]:
    """The places of an ad that are looked for in the file."""
    return search_places.queries(spec, is_asked=is_asked)


def ask(client: Client, queries: tuple[PlaceQuery, ...]) -> tuple[PlaceAnswer, ...]:
    """What the file has for each query, in the same order; raises Unavailable where it cannot be read to its end."""
    if not queries:
        return ()
    answer = client.query("GeoLocationsFileUrl/Query", {"Version": "2.0", "LanguageLocale": "en"})
    url = answer.get("FileUrl")
    if not isinstance(url, str) or not url:
        raise _broken("it was not said where it is")
    with client.connection.http.stream(url, platform=Platform.MICROSOFT_ADS, max_bytes=MAX_BYTES) as pieces:
        return found(queries, rows(pieces))


def found(queries: tuple[PlaceQuery, ...], rows: Iterable[Mapping[str, str]]) -> tuple[PlaceAnswer, ...]:
    """The places among these rows that were asked for. Pure."""
    wanted = defaultdict(list)
    for query in queries:
        for key in dict.fromkeys(_keys(query)):
            wanted[key].append(query)
    places: dict[PlaceQuery, dict[str, Place]] = {query: {} for query in queries}
    for row in rows:
        kind = KINDS.get(row[_TYPE].strip())
        if kind is None or row[_STATUS].strip() != "Active":
            continue
        parts = [part.strip() for part in row[_NAME].split("|")]
        parts[-1] = countries.code(parts[-1])
        for query in wanted.get((kind, place_names.folded(parts[0])), ()):
            if _fits(query, parts):
                places[query].setdefault(row[_ID], Place(row[_ID], place_names.written(parts)))
    return tuple(PlaceAnswer(query, tuple(places[query].values())) for query in queries)


def rows(pieces: Iterable[bytes]) -> Iterator[Mapping[str, str]]:
    """The file's rows by column name; raises Unavailable for what is no such file. Pure."""
    try:
        for row in (reader := csv.DictReader(_lines(pieces), strict=True)):
            if reader.line_num and not {_ID, _NAME, _TYPE, _STATUS} <= set(reader.fieldnames or ()):
                raise _broken("it has other columns than it should")
            if None in row or None in row.values() or not row[_ID].isdecimal():
                raise _broken("a row has other columns than the header")
            yield row
    except (csv.Error, UnicodeDecodeError) as error:
        raise _broken(str(error)) from None


def _keys(query: PlaceQuery) -> Iterator[_Key]:
    match query.type:
        case LocationType.COUNTRY:
            yield query.type, place_names.folded(query.country)
        case LocationType.POSTAL:
            yield query.type, place_names.folded(query.code or "")
        case _:
            for name in place_names.asked(query):
                yield query.type, place_names.folded(place_names.head(name))


def _fits(query: PlaceQuery, parts: list[str]) -> bool:
    """Whether a row is what was asked for; a postal code of no country is none that can be told apart."""
    if query.type in (LocationType.COUNTRY, LocationType.POSTAL):
        is_whole = (len(parts) == 1) is (query.type is LocationType.COUNTRY)
        return is_whole and parts[-1] == query.country
    return place_names.fits(query, parts)


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends, each of a bounded length, without the mark at the file's beginning."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    for piece in pieces:
        *lines, rest = (rest + decoder.decode(piece)).split("\n")
        yield from (f"{line}\n" for line in lines)
        if len(rest) > MAX_LINE:
            raise _broken("a line has no end")
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


def _broken(what: str) -> Unavailable:
    message = f"Microsoft Advertising: the file of locations cannot be read: {what}."
    return Unavailable(message, platform=Platform.MICROSOFT_ADS.value)
