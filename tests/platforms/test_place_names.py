"""Which place of a platform's is the one that an ad asks for."""

from __future__ import annotations

import pytest

from adloom.platforms import place_names, subdivisions
from adloom.platforms.geography import PlaceQuery
from adloom.platforms.spec import Location
from adloom.platforms.types import LocationType

ILLINOIS = ("Springfield", "Illinois", "US")
NESTED = ("Springfield", "Sangamon County", "Illinois", "US")


def _region(code: str | None = None, name: str | None = None) -> PlaceQuery:
    return PlaceQuery(LocationType.REGION, (code or "US")[:2], code, name)


def _city(name: str, *, code: str | None = None, country: str = "US") -> PlaceQuery:
    return PlaceQuery(LocationType.CITY, country, code, name)


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (_region("US-CA"), ("California", "US")),
        (_region("DE-BY"), ("Bavaria", "DE")),
        (_region("DE-BY"), ("Bayern", "DE")),
        (_region("FR-IDF"), ("Ile-de-France", "FR")),
        (_region("US-DC"), ("Washington D. C.", "US")),
        (_region("IE-D", "Dublin"), ("Dublin", "IE")),
        (_city("springfield"), ILLINOIS),
        (_city("Springfield", code="US-IL"), ILLINOIS),
        (_city("Springfield", code="US-IL"), NESTED),
        (_city("Springfield, Illinois"), ILLINOIS),
        (_city("Springfield, Illinois, US"), ILLINOIS),
        (_city("Springfield, Sangamon County"), NESTED),
        (_city("São Paulo", country="BR"), ("Sao Paulo", "São Paulo", "BR")),
        (_city("Dublin", code="IE-D", country="IE"), ("Dublin", "Leinster", "IE")),
    ],
)
def test_a_place_is_known_by_its_name_and_by_what_holds_it(query: PlaceQuery, parts: tuple[str, ...]) -> None:
    assert place_names.fits(query, parts)


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        (_region("US-CA"), ("California", "MX")),
        (_region("US-CA"), ("South California", "US")),
        (_region("IE-D"), ("Dublin", "IE")),
        (_region("US-ZZ"), ("Illinois", "US")),
        (_city("Springfield"), ("Springfield Township", "Michigan", "US")),
        (_city("Springfield", code="US-MO"), ILLINOIS),
        (_city("Springfield", code="US-ZZ"), ILLINOIS),
        (_city("Springfield", code="IL"), ILLINOIS),
        (_city("Springfield, Missouri"), ILLINOIS),
        (_city("!"), ("?", "Illinois", "US")),
        (_city("Springfield"), ()),
    ],
)
def test_what_only_looks_alike_is_another_place(query: PlaceQuery, parts: tuple[str, ...]) -> None:
    assert not place_names.fits(query, parts)


def test_a_region_is_asked_for_by_the_name_that_was_written_and_by_those_of_its_code() -> None:
    assert place_names.asked(_region("DE-BY", "Freistaat Bayern")) == ("Freistaat Bayern", "Bavaria", "Bayern")
    assert place_names.asked(_city("Springfield", code="US-IL")) == ("Springfield",)
    assert place_names.head("Springfield, Illinois") == "Springfield"


def test_the_country_of_a_region_stands_in_its_code() -> None:
    assert place_names.country_of(Location(LocationType.REGION, code="DE-BY")) == "DE"
    assert place_names.country_of(Location(LocationType.RADIUS)) is None


def test_every_region_of_a_listed_country_has_one_name_of_its_own() -> None:
    codes = [code for code in (f"US-{a}{b}" for a in _LETTERS for b in _LETTERS) if subdivisions.names_of(code)]
    assert len(codes) == 51
    assert len({subdivisions.names_of(code)[0] for code in codes}) == 51
    assert (
        len([code for code in (f"DE-{a}{b}" for a in _LETTERS for b in _LETTERS) if subdivisions.names_of(code)]) == 16
    )


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
