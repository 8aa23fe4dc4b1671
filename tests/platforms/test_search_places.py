"""Regions, cities and postal codes on Google and Microsoft: asked for, told apart, sent by their ids, read back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.google.runs import told

from adloom.core.errors import Unavailable
from adloom.platforms.geography import Place, PlaceQuery
from adloom.platforms.google import places as google
from adloom.platforms.microsoft import places as microsoft
from adloom.platforms.spec import CampaignSpec, Location
from adloom.platforms.types import LocationType, Operation, Platform

Connect = Callable[[Platform], Live]

STATE = Location(LocationType.REGION, code="US-CA")
TOWN = Location(LocationType.CITY, country="US", name="Springfield")
TOWN_OF_ILLINOIS = Location(LocationType.CITY, country="US", name="Springfield", code="US-IL")
CODE = Location(LocationType.POSTAL, country="US", code="94304")
HEADER = b"Location Id,Bing Display Name,Location Type,Replaces,Status,AdWords Location Id\n"


@pytest.fixture(params=(Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS), ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _asked(live: Live, *places: Location) -> CampaignSpec:
    return told(live, specs.with_targeting(live.spec(), locations=places))


def _errors(live: Live, spec: CampaignSpec) -> list[tuple[str, str]]:
    return [(error.field, error.rule) for error in live.adapter.preflight(spec).errors]


def test_a_state_a_city_and_a_postal_code_are_found_targeted_and_left_out(live: Live) -> None:
    spec = _asked(live, STATE, _without(TOWN_OF_ILLINOIS), CODE)
    names = [place.name for each in spec.groups[0].targeting.locations for place in each.places or ()]
    assert names == ["California, US", "Springfield, Illinois, US", "94304, California, US"]
    assert _errors(live, spec) == []
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    wanted = {each.place_id for each in spec.groups[0].targeting.locations}
    assert wanted <= {word for each in live.objects() for word in _words(each)}


def test_a_place_that_was_never_asked_for_is_refused_until_the_platform_has_told_it(live: Live) -> None:
    ((field, rule),) = _errors(live, specs.with_targeting(live.spec(), locations=(STATE,)))
    assert field == "targeting.locations[0]"
    assert "not asked yet" in rule


def test_a_city_that_several_bear_the_name_of_is_for_a_person_to_choose(live: Live) -> None:
    ((_, rule),) = _errors(live, _asked(live, TOWN))
    assert "one of several: Springfield, Illinois, US; Springfield, Missouri, US." in rule


@pytest.mark.parametrize(
    "place",
    [
        Location(LocationType.CITY, country="US", name="Spring"),
        Location(LocationType.CITY, country="US", name="Old Springs"),
        Location(LocationType.CITY, country="GB", name="Boston"),
        Location(LocationType.CITY, country="US", name="Boston", code="US-CA"),
        Location(LocationType.CITY, country="US", name="California"),
        Location(LocationType.REGION, country="US", code="US-ZZ"),
        Location(LocationType.POSTAL, country="US", code="9430"),
    ],
    ids=["a beginning", "it goes", "another country", "another region", "no city", "no region", "half a code"],
)
def test_what_only_sounds_alike_is_not_the_place(live: Live, place: Location) -> None:
    ((_, rule),) = _errors(live, _asked(live, place))
    assert "knows no place" in rule


def test_an_update_sends_the_places_that_differ_and_tells_them_by_their_names(live: Live) -> None:
    before = _asked(live, STATE, CODE)
    ids: dict[str, str] = {}
    live.run(before, Operation.CREATE, ids)
    after = replace(told(live, specs.with_targeting(before, locations=(STATE, TOWN_OF_ILLINOIS))), standing=(before,))
    (change,) = live.adapter.revise(after).changes
    assert change.field == "targeting.locations"
    assert change.after == "California, US, Springfield, Illinois, US"
    live.run(after, Operation.UPDATE, ids)
    assert live.adapter.steps(replace(after, standing=(after,)), operation=Operation.UPDATE) == ()


def test_a_place_within_a_country_may_be_left_out_of_it_and_the_same_one_not(live: Live) -> None:
    country = Location(LocationType.COUNTRY, country="US")
    assert _errors(live, _asked(live, country, _without(STATE))) == []
    ((_, rule),) = _errors(live, _asked(live, STATE, _without(STATE)))
    assert rule == "California, US is both targeted and excluded."


def test_every_country_of_the_file_is_microsofts(connect: Connect) -> None:
    live = connect(Platform.MICROSOFT_ADS)
    spec = _asked(live, *(Location(LocationType.COUNTRY, country=code) for code in ("US", "JP", "NL")))
    assert [each.place_id for each in spec.groups[0].targeting.locations] == [None, "96", "129"]
    assert _errors(live, spec) == []
    live.run(spec, Operation.CREATE, {})


def _suggestion(line: str, kind: str, *, status: str = "ENABLED", country: str = "SE") -> Mapping[str, Any]:
    constant = {
        "resourceName": f"geoTargetConstants/{len(line) + len(kind)}",
        "canonicalName": line,
        "targetType": kind,
    }
    return {"geoTargetConstant": {**constant, "status": status, "countryCode": country}}


def test_a_municipality_of_the_same_name_is_no_second_city_on_google() -> None:
    query = PlaceQuery(LocationType.CITY, "SE", None, "Lund")
    line = "Lund,Skane County,Sweden"
    (place,) = google.chosen(query, [_suggestion(line, "Municipality"), _suggestion(line, "City")])
    assert place == Place(str(len(line) + len("City")), "Lund, Skane County, SE")


def test_a_department_within_a_region_is_no_region_on_google() -> None:
    query = PlaceQuery(LocationType.REGION, "FR", None, "Paris")
    given = [_suggestion("Paris,Ile-de-France,France", "Department", country="FR")]
    assert google.chosen(query, given) == ()


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_the_file_is_read_in_whatever_pieces_it_comes(size: int) -> None:
    content = (
        b"\xef\xbb\xbf"
        + HEADER
        + "66,France,Country,,Active,2250\r\n1,Évry|Île-de-France|France,City,,Active,".encode()
    )
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    query = PlaceQuery(LocationType.CITY, "FR", "FR-IDF", "evry")
    (answer,) = microsoft.found((query,), microsoft.rows(pieces))
    assert answer.places == (Place("1", "Évry, Île-de-France, FR"),)


def _broken() -> Iterable[bytes]:
    yield b"<html>not a file</html>\nor so\n"
    yield HEADER + b"x,France,Country,,Active,2250\n"
    yield HEADER + b"66,France\n"
    yield HEADER + b'66,"France'
    yield HEADER + b"\xff\xfe\n"
    yield HEADER + b"6" * (microsoft.MAX_LINE + 1)


@pytest.mark.parametrize("content", list(_broken()))
def test_a_file_that_is_none_is_not_taken_for_a_world_without_places(content: bytes) -> None:
    with pytest.raises(Unavailable):
        list(microsoft.rows([content]))


def test_a_link_to_another_host_is_not_followed(connect: Connect) -> None:
    live = connect(Platform.MICROSOFT_ADS)
    http = live.connection.http
    with (
        pytest.raises(Unavailable, match="none of its hosts"),
        http.stream("https://example.com/x.csv", platform=live.platform, max_bytes=10),
    ):
        pass


def _without(place: Location) -> Location:
    return Location(place.type, place.country, place.code, place.name, exclude=True)


def _words(thing: Any) -> Iterable[str]:
    if isinstance(thing, Mapping):
        for value in thing.values():
            yield from _words(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from _words(value)
    else:
        yield str(thing).rpartition("/")[2].rpartition("~")[2]
