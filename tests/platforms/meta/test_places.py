"""Regions and cities on Meta: what is asked, what is sent, what is refused, and what an update does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms import feed_specs
from tests.platforms.conftest import Live

from adloom.platforms.geography import Place, PlaceQuery
from adloom.platforms.meta import places, preflight, revising
from adloom.platforms.spec import CampaignSpec, Location
from adloom.platforms.types import LocationType, Operation, Platform

CALIFORNIA = Location(LocationType.REGION, code="US-CA")
CHICAGO = Location(LocationType.CITY, country="US", name="Chicago")
SPRINGFIELD = Location(LocationType.CITY, country="US", code="US-MO", name="Springfield")


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.FACEBOOK_ADS)


def _ask(live: Live, *queries: PlaceQuery) -> list[tuple[Place, ...]]:
    answers = live.adapter.places(live.connection, account=live.account, queries=queries)
    assert [answer.query for answer in answers] == list(queries)
    return [answer.places for answer in answers]


def _placed(live: Live, *locations: Location) -> CampaignSpec:
    spec = feed_specs.with_targeting(live.spec(), locations=locations)
    queries = live.adapter.place_queries(spec)
    return feed_specs.answered(spec, live.adapter.places(live.connection, account=live.account, queries=queries))


def _with(location: Location, *places: Place) -> Location:
    return dataclasses.replace(location, places=places)


def _check(*locations: Location) -> list[str]:
    found = preflight.check(feed_specs.with_targeting(feed_specs.feed_spec(), locations=locations))
    return [error.rule for error in found.errors if error.field == "targeting.locations"]


def test_regions_and_cities_are_asked_for_and_nothing_else() -> None:
    others = (
        Location(LocationType.COUNTRY, country="CA"),
        Location(LocationType.POSTAL, country="US", code="94103"),
        Location(LocationType.RADIUS, lat=Decimal(1), lon=Decimal(1), radius_km=Decimal(9)),
    )
    spec = feed_specs.with_targeting(
        feed_specs.feed_spec(groups=2), locations=(*others, CALIFORNIA, CHICAGO, CALIFORNIA)
    )
    assert places.queries(spec) == (
        PlaceQuery(LocationType.REGION, "US", "US-CA"),
        PlaceQuery(LocationType.CITY, "US", None, "Chicago"),
    )


def test_meta_tells_its_keys_of_places_and_how_it_writes_them(live: Live) -> None:
    assert _ask(
        live,
        PlaceQuery(LocationType.REGION, "US", "US-CA"),
        PlaceQuery(LocationType.REGION, "DE", "DE-BY", "Bayern"),
        PlaceQuery(LocationType.CITY, "US", "US-MO", "Springfield"),
        PlaceQuery(LocationType.CITY, "US", None, "Manhattan"),
    ) == [
        (Place("3847", "California, US"),),
        (Place("1081", "Bavaria, DE"),),
        (Place("2467212", "Springfield, Missouri, US"),),
        (Place("2447439", "Manhattan, Kansas, US"),),
    ]


def test_one_name_may_be_several_places_and_none(live: Live) -> None:
    several, none, abroad = _ask(
        live,
        PlaceQuery(LocationType.CITY, "US", None, "Springfield"),
        PlaceQuery(LocationType.CITY, "US", None, "Springfiel"),
        PlaceQuery(LocationType.CITY, "DE", None, "Chicago"),
    )
    assert [place.name for place in several] == ["Springfield, Illinois, US", "Springfield, Missouri, US"]
    assert none == abroad == ()


def test_an_ad_reaches_its_regions_and_cities_and_leaves_others_out(live: Live) -> None:
    elsewhere = dataclasses.replace(SPRINGFIELD, exclude=True)
    spec = _placed(live, CALIFORNIA, CHICAGO, elsewhere)
    assert live.adapter.preflight(spec).errors == ()
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    targeting = _fields(live, ids)["targeting"]
    assert targeting["geo_locations"] == {"regions": [{"key": "3847"}], "cities": [{"key": "2438177"}]}
    assert targeting["excluded_geo_locations"] == {"cities": [{"key": "2467212"}]}


def test_an_update_moves_an_ad_to_another_city(live: Live) -> None:
    before, ids = _placed(live, CALIFORNIA, CHICAGO), dict[str, str]()
    live.run(before, Operation.CREATE, ids)
    after = _placed(live, CALIFORNIA, SPRINGFIELD)
    after = dataclasses.replace(before, groups=_moved(before, after), standing=(before,))
    (change,) = revising.revise(after).changes
    assert (change.field, change.before, change.after) == (
        "targeting.locations",
        "California, US, Chicago, Illinois, US",
        "California, US, Springfield, Missouri, US",
    )
    live.run(after, Operation.UPDATE, ids)
    assert _fields(live, ids)["targeting"]["geo_locations"]["cities"] == [{"key": "2467212"}]


def _moved(spec: CampaignSpec, other: CampaignSpec) -> tuple[Any, ...]:
    pairs = zip(spec.groups, other.groups, strict=True)
    return tuple(dataclasses.replace(group, targeting=to.targeting) for group, to in pairs)


def _fields(live: Live, ids: dict[str, str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(each for each in live.objects() if each["id"] == ids["ad_group/g0"])["fields"]
    return found


@pytest.mark.parametrize(
    ("locations", "rule"),
    [
        ((CALIFORNIA,), "not asked yet"),
        ((_with(CHICAGO),), "knows no place 'Chicago US'"),
        ((_with(CHICAGO, Place("1", "Chicago, A, US"), Place("2", "Chicago, B, US")),), "one of several"),
        (
            (Location(LocationType.COUNTRY, country="US"), _with(CALIFORNIA, Place("1", "California, US"))),
            "California, US lies within US",
        ),
        (
            (_with(CALIFORNIA, Place("1", "Illinois, US")), _with(CHICAGO, Place("2", "Chicago, Illinois, US"))),
            "Chicago, Illinois, US lies within Illinois, US",
        ),
        (
            (
                _with(CHICAGO, Place("2", "Chicago, Illinois, US")),
                _with(dataclasses.replace(CHICAGO, exclude=True), Place("2", "Chicago, Illinois, US")),
            ),
            "both targeted and excluded",
        ),
        ((_with(Location(LocationType.REGION, code="TW-TPE"), Place("1", "Taipei City, TW")),), "Taiwan"),
    ],
)
def test_a_place_that_is_not_sure_is_refused_before_anything_is_sent(
    locations: tuple[Location, ...], rule: str
) -> None:
    assert any(rule in said for said in _check(*locations))


def test_a_region_of_the_eu_needs_to_say_who_pays() -> None:
    bavaria = _with(Location(LocationType.REGION, code="DE-BY"), Place("1081", "Bavaria, DE"))
    found = preflight.check(feed_specs.with_targeting(feed_specs.feed_spec(), locations=(bavaria,)))
    assert {"declarations.dsa.beneficiary", "declarations.dsa.payor"} <= {error.field for error in found.errors}
    texas = _with(Location(LocationType.REGION, code="US-TX"), Place("1", "Texas, US"))
    assert not preflight.check(feed_specs.with_targeting(feed_specs.feed_spec(), locations=(texas,))).errors


def _verified(spec: CampaignSpec, beneficiary: str = "71", payer: str = "72") -> CampaignSpec:
    ids = {"verified_beneficiary_id": beneficiary, "verified_payer_id": payer}
    account = dataclasses.replace(spec.account, attributes={**spec.account.attributes, **ids})
    return dataclasses.replace(spec, account=account)


def _reaching(spec: CampaignSpec, *codes: str) -> CampaignSpec:
    return feed_specs.with_targeting(
        spec, locations=tuple(Location(LocationType.COUNTRY, country=code) for code in codes)
    )


@pytest.mark.parametrize("ids", [("", ""), ("71", ""), ("", "72")])
def test_singapore_and_taiwan_want_both_persons_verified(ids: tuple[str, str]) -> None:
    found = preflight.check(_verified(_reaching(feed_specs.feed_spec(), "SG", "TW"), *ids)).errors
    assert [error.field for error in found] == ["targeting.locations"] * 2
    assert not preflight.check(_verified(_reaching(feed_specs.feed_spec(), "US"), *ids)).errors


def test_verified_persons_are_named_once_for_each_place_that_asks(live: Live) -> None:
    spec, ids = _verified(_reaching(live.spec(), "SG", "US", "TW")), dict[str, str]()
    assert live.adapter.preflight(spec).errors == ()
    live.run(spec, Operation.CREATE, ids)
    fields = _fields(live, ids)
    assert fields["regional_regulated_categories"] == ["SINGAPORE_UNIVERSAL", "TAIWAN_UNIVERSAL"]
    assert fields["regional_regulation_identities"] == {
        "singapore_universal_beneficiary": "71",
        "singapore_universal_payer": "72",
        "taiwan_universal_beneficiary": "71",
        "taiwan_universal_payer": "72",
    }


def test_an_update_names_other_verified_persons(live: Live) -> None:
    before, ids = _verified(_reaching(live.spec(), "SG")), dict[str, str]()
    live.run(before, Operation.CREATE, ids)
    after = dataclasses.replace(_verified(before, payer="73"), standing=(before,))
    (change,) = revising.revise(after).changes
    assert (change.field, change.before, change.after) == ("platforms.facebook_ads.verified", "71, 72", "71, 73")
    live.run(after, Operation.UPDATE, ids)
    assert _fields(live, ids)["regional_regulation_identities"]["singapore_universal_payer"] == "73"


def test_nobody_is_named_where_no_place_asks(live: Live) -> None:
    spec, ids = _verified(_reaching(live.spec(), "US")), dict[str, str]()
    live.run(spec, Operation.CREATE, ids)
    assert "regional_regulated_categories" not in _fields(live, ids)
