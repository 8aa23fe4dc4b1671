"""Regions, cities and postal codes on TikTok: what is asked, what is sent, what is refused, and what an update does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.platforms.geography import Place, PlaceQuery
from adloom.platforms.spec import CampaignSpec, Declarations, Location
from adloom.platforms.tiktok import places, preflight, revising
from adloom.platforms.types import LocationType, Operation, Platform

USA = Location(LocationType.COUNTRY, country="US")
CALIFORNIA = Location(LocationType.REGION, code="US-CA")
SPRINGFIELD = Location(LocationType.CITY, country="US", code="US-MO", name="Springfield")
MUNICH = Location(LocationType.CITY, country="DE", name="Munich")
ZIP = Location(LocationType.POSTAL, country="US", code="94103")
TORONTO = Location(LocationType.POSTAL, country="CA", code="M5V")


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.TIKTOK_ADS)


def _ask(live: Live, *queries: PlaceQuery) -> list[tuple[Place, ...]]:
    answers = live.adapter.places(live.connection, account=live.account, queries=queries)
    assert [answer.query for answer in answers] == list(queries)
    return [answer.places for answer in answers]


def _placed(live: Live, *locations: Location) -> CampaignSpec:
    spec = feed_specs.with_targeting(live.spec(), locations=locations)
    queries = live.adapter.place_queries(spec)
    return feed_specs.answered(spec, live.adapter.places(live.connection, account=live.account, queries=queries))


def _with(location: Location, *found: Place) -> Location:
    return dataclasses.replace(location, places=found)


def _aimed(*locations: Location) -> CampaignSpec:
    return feed_specs.with_targeting(feed_specs.feed_spec(), locations=locations)


def _fields(live: Live, ids: Mapping[str, str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in live.objects() if each["id"] == ids["ad_group/g0"])["fields"]
    return found


def test_what_tiktok_has_is_asked_for_each_once() -> None:
    circle = Location(LocationType.RADIUS, lat=Decimal(1), lon=Decimal(1), radius_km=Decimal(9))
    british = Location(LocationType.POSTAL, country="GB", code="SW1A")
    spec = feed_specs.with_targeting(
        feed_specs.feed_spec(groups=2), locations=(USA, circle, british, CALIFORNIA, MUNICH, ZIP)
    )
    assert places.queries(spec) == (
        PlaceQuery(LocationType.REGION, "US", "US-CA"),
        PlaceQuery(LocationType.CITY, "DE", None, "Munich"),
        PlaceQuery(LocationType.POSTAL, "US", "94103"),
    )


def test_tiktok_tells_its_ids_of_places_and_how_it_writes_them(live: Live) -> None:
    assert _ask(
        live,
        PlaceQuery(LocationType.POSTAL, "CA", "M5V"),
        PlaceQuery(LocationType.REGION, "US", "US-CA"),
        PlaceQuery(LocationType.REGION, "DE", "DE-BY"),
        PlaceQuery(LocationType.CITY, "US", "US-MO", "Springfield"),
        PlaceQuery(LocationType.CITY, "DE", None, "Munich"),
        PlaceQuery(LocationType.POSTAL, "US", "94103"),
    ) == [
        (Place("7000000000835", "M5V, CA"),),
        (Place("5332921", "California, US"),),
        (Place("2951839", "Bavaria, DE"),),
        (Place("4409896", "Springfield, Greene County, Missouri, US"),),
        (Place("2867714", "Munich, Bavaria, DE"),),
        (Place("7000000094103", "94103, California, US"),),
    ]


def test_a_code_is_found_for_everybody_who_asks_for_it(live: Live) -> None:
    plain, named = (PlaceQuery(LocationType.POSTAL, "US", "94103", name) for name in (None, "South of Market"))
    assert _ask(live, plain, named) == [(Place("7000000094103", "94103, California, US"),)] * 2


def test_a_postal_code_within_a_region_is_refused(live: Live) -> None:
    spec = _placed(live, CALIFORNIA, ZIP)
    (error,) = live.adapter.preflight(spec).errors
    assert "94103, California, US lies within California, US" in error.rule


def test_one_name_may_be_several_places_and_none(live: Live) -> None:
    several, none, market, gone, foreign = _ask(
        live,
        PlaceQuery(LocationType.CITY, "US", None, "Springfield"),
        PlaceQuery(LocationType.CITY, "US", None, "Spring"),
        PlaceQuery(LocationType.REGION, "US", "US-XX", "Los Angeles"),
        PlaceQuery(LocationType.POSTAL, "US", "10118"),
        PlaceQuery(LocationType.POSTAL, "GB", "SW1A"),
    )
    assert len(several) == 2
    assert none == market == gone == foreign == ()


def test_an_ad_reaches_its_regions_cities_and_postal_codes(live: Live) -> None:
    spec = _placed(live, SPRINGFIELD, MUNICH, ZIP, TORONTO)
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    group = _fields(live, ids)
    assert group["location_ids"] == ["4409896", "2867714"]
    assert group["zipcode_ids"] == ["7000000094103", "7000000000835"]


def test_postal_codes_alone_are_enough(live: Live) -> None:
    spec, ids = _placed(live, ZIP), dict[str, str]()
    live.run(spec, Operation.CREATE, ids)
    assert "location_ids" not in _fields(live, ids)


def test_an_update_exchanges_a_country_for_parts_of_it(live: Live) -> None:
    before, ids = _placed(live, USA), dict[str, str]()
    live.run(before, Operation.CREATE, ids)
    placed = _placed(live, CALIFORNIA, Location(LocationType.POSTAL, country="US", code="62701"))
    pairs = zip(before.groups, placed.groups, strict=True)
    moved = tuple(dataclasses.replace(group, targeting=to.targeting) for group, to in pairs)
    after = dataclasses.replace(before, groups=moved, standing=(before,))
    (change,) = revising.revise(after).changes
    assert (change.field, change.before, change.after) == (
        "targeting.locations",
        "US",
        "California, US, 62701, Springfield, Sangamon County, Illinois, US",
    )
    live.run(after, Operation.UPDATE, ids)
    group = _fields(live, ids)
    assert (group["location_ids"], group["zipcode_ids"]) == (["5332921"], ["7000000062701"])


def test_an_ad_group_that_had_a_part_of_the_usa_keeps_some_of_it() -> None:
    texas = _with(Location(LocationType.REGION, code="US-TX"), Place("4736286", "Texas, US"))
    before, abroad = _aimed(texas), Location(LocationType.COUNTRY, country="JP")
    gone = dataclasses.replace(feed_specs.with_targeting(before, locations=(abroad,)), standing=(before,))
    assert [error.field for error in revising.revise(gone).errors] == ["targeting.locations"]
    kept = (abroad, _with(ZIP, Place("1", "94103, US")))
    assert not revising.revise(
        dataclasses.replace(feed_specs.with_targeting(before, locations=kept), standing=(before,))
    ).errors


@pytest.mark.parametrize(
    ("locations", "rule"),
    [
        ((CALIFORNIA,), "not asked yet"),
        ((_with(MUNICH),), "knows no place 'Munich DE'"),
        ((_with(MUNICH, Place("1", "Munich, A, DE"), Place("2", "Munich, B, DE")),), "one of several"),
        ((USA, _with(CALIFORNIA, Place("1", "California, US"))), "California, US lies within US"),
        ((USA, _with(ZIP, Place("1", "94103, US"))), "94103, US lies within US"),
        ((USA, USA), "US lies within US"),
        ((Location(LocationType.POSTAL, country="GB", code="SW1A"),), "does not take 'SW1A'"),
        ((Location(LocationType.POSTAL, country="CA", code="M5V 2T6"),), "does not take 'M5V 2T6'"),
        ((Location(LocationType.RADIUS),), "no circles"),
        ((USA, dataclasses.replace(CALIFORNIA, exclude=True)), "cannot leave a place out"),
    ],
)
def test_a_place_that_tiktok_has_not_is_refused_before_anything_is_sent(
    locations: tuple[Location, ...], rule: str
) -> None:
    found = preflight.check(_aimed(*locations)).errors
    assert [error.rule for error in found if rule in error.rule], found


def test_a_special_category_has_no_postal_codes() -> None:
    spec = _aimed(_with(ZIP, Place("1", "94103, US")))
    assert not preflight.check(spec).errors
    housing = dataclasses.replace(spec, declarations=Declarations(special_categories=("HOUSING",)))
    assert any("postal codes" in error.rule for error in preflight.check(housing).errors)


def test_minors_of_a_region_are_out_of_reach_where_those_of_its_country_are() -> None:
    texas = _with(Location(LocationType.REGION, code="US-TX"), Place("4736286", "Texas, US"))
    spec = feed_specs.with_targeting(_aimed(texas), age_min=13)
    assert [loss.after for loss in preflight.check(spec).losses if loss.field == "targeting.age"] == ["18+"]
