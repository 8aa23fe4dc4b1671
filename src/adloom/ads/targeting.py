"""To whom an ad is shown. A group's fields replace the shared ones one by one; nothing widens by itself."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, model_validator

from adloom.ads.fields import Country, Language, Name, Number, Part, Text, broken, folded, items, line
from adloom.platforms.types import Device, Gender, LocationIntent, LocationType, MatchType, Platform

MIN_AGE = 13
_REGION = re.compile(r"^[A-Z]{2}-[A-Z0-9]{1,3}$")
_NEEDED = {
    LocationType.COUNTRY: ("country",),
    LocationType.REGION: ("code",),
    LocationType.CITY: ("country", "name"),
    LocationType.POSTAL: ("country", "code"),
    LocationType.RADIUS: ("lat", "lon", "radius_km"),
}


class Location(Part):
    """A place: a country, or a part of one, or a circle of `radius_km` around a point.

    `code` is ISO 3166-2 for a REGION, and for a CITY where there are several of that name; a postal code for a POSTAL.
    A REGION's `name` is for platforms that write it otherwise than ISO 3166-2 does.
    """

    type: LocationType
    country: Country | None = None
    code: Annotated[str, AfterValidator(line(20))] | None = None
    name: Name | None = None
    lat: Number | None = None
    lon: Number | None = None
    radius_km: Number | None = None
    exclude: bool = False

    @model_validator(mode="after")
    def _has_what_its_type_needs(self) -> Location:
        for name in _NEEDED[self.type]:
            if getattr(self, name) is None:
                raise broken(f"a {self.type} location needs {name}.", f"Add {name}.")
        self._check_region()
        self._check_circle()
        return self

    def _check_region(self) -> None:
        """A region's own code, and of a city that of the region which holds it."""
        if self.type not in (LocationType.REGION, LocationType.CITY) or self.code is None:
            return
        if not _REGION.fullmatch(self.code):
            raise broken(f"{self.code!r} is not a region code.", "Use ISO 3166-2, such as US-CA.")
        if self.country is not None and not self.code.startswith(f"{self.country}-"):
            raise broken(f"{self.code} is not in {self.country}.", "Change the country or the code.")

    def _check_circle(self) -> None:
        if self.lat is not None and not -90 <= self.lat <= 90:
            raise broken("lat is not a latitude.", "Use -90 to 90.")
        if self.lon is not None and not -180 <= self.lon <= 180:
            raise broken("lon is not a longitude.", "Use -180 to 180.")
        if self.radius_km is not None and not 1 <= self.radius_km <= 800:
            raise broken("radius_km is not a radius that platforms take.", "Use 1 to 800.")


class Age(Part):
    """From `min` to `max` years, both included; no `max` is an open end."""

    min: int = 18
    max: int | None = None

    @model_validator(mode="after")
    def _is_a_range(self) -> Age:
        if not MIN_AGE <= self.min <= 65:
            raise broken(f"nobody can be aimed at from {self.min} years on.", f"Use a min from {MIN_AGE} to 65.")
        if self.max is not None and not self.min <= self.max <= 99:
            raise broken(f"{self.min} to {self.max} is no range.", "Raise max, or use null for an open end.")
        return self


class Interest(Part):
    """An interest: of our own list (`unified`), or by a platform's own id (`taxonomy` is the platform)."""

    taxonomy: str
    key: Text

    @model_validator(mode="after")
    def _is_known(self) -> Interest:
        known = ["unified", *Platform]
        if self.taxonomy not in known:
            raise broken(f"{self.taxonomy!r} is not a list of interests.", f"Use one of {', '.join(known)}.")
        return self


def _keyword_text(value: str) -> str:
    value = line(80, has_emoji=False)(value)
    if len(value.split()) > 10:
        raise broken(f"has {len(value.split())} words; 10 is the most.", "Shorten it.")
    return value


class Keyword(Part):
    """Words that people search for: at most 80 columns and 10 words."""

    text: Annotated[str, AfterValidator(_keyword_text)]
    match: MatchType


def _same_keyword(keyword: Keyword) -> tuple[str, MatchType]:
    return folded(keyword.text), keyword.match


class AudienceIds(Part):
    """Audiences that exist on each platform, by the platform's own ids."""

    google_ads: tuple[Text, ...] = ()
    facebook_ads: tuple[Text, ...] = ()
    microsoft_ads: tuple[Text, ...] = ()
    tiktok_ads: tuple[Text, ...] = ()


class Audiences(Part):
    """Audiences to reach, and audiences to leave out."""

    include: AudienceIds = AudienceIds()
    exclude: AudienceIds = AudienceIds()


def _genders(values: tuple[Gender, ...]) -> tuple[Gender, ...]:
    if Gender.ANY in values and len(values) > 1:
        raise broken("ANY stands with others.", "Use ANY alone, or name the genders.")
    return values


def _reaches_somewhere(values: tuple[Location, ...]) -> tuple[Location, ...]:
    if all(location.exclude for location in values):
        raise broken("no place is included.", "Add at least one location without exclude.")
    return values


def _itself(value: object) -> object:
    return value


Keywords = Annotated[tuple[Keyword, ...], AfterValidator(items(0, 1000, key=_same_keyword))]


class Targeting(Part):
    """Whom to reach. A field that is absent or null is not replaced (or has its default)."""

    locations: (
        Annotated[
            tuple[Location, ...],
            AfterValidator(items(1, 200, key=lambda place: place.model_dump_json())),
            AfterValidator(_reaches_somewhere),
        ]
        | None
    ) = None
    location_intent: LocationIntent | None = None
    languages: Annotated[tuple[Language, ...], AfterValidator(items(0, 50, key=_itself))] | None = None
    age: Age | None = None
    genders: (
        Annotated[tuple[Gender, ...], AfterValidator(items(1, 2, key=_itself)), AfterValidator(_genders)] | None
    ) = None
    devices: Annotated[tuple[Device, ...], AfterValidator(items(1, 3, key=_itself))] | None = None
    interests: Annotated[tuple[Interest, ...], AfterValidator(items(0, 200, key=_itself))] | None = None
    keywords: Keywords | None = None
    negative_keywords: Keywords | None = None
    audiences: Audiences | None = None

    def over(self, base: Targeting) -> Targeting:
        """This targeting's fields, and the base's where this one says nothing."""
        return Targeting.model_construct(**{**base.given(), **self.given()})

    def given(self) -> dict[str, Any]:
        """The fields that say something."""
        fields = {name: getattr(self, name) for name in Targeting.model_fields}
        return {name: value for name, value in fields.items() if value is not None}
