"""`/v1/places`: what a platform has for a region, a city, a postal code or a country, before an ad names it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from adloom.ads import finding
from adloom.api.depends import Acting
from adloom.api.shapes import Shape
from adloom.platforms.types import LocationType, Platform

router = APIRouter(prefix="/v1/places", tags=["ads"])


class Place(Shape):
    """A place as its platform numbers and writes it."""

    id: str
    name: str


class Found(Shape):
    """`places` is null while the platform has not answered: ask again once the job `job_id` has ended.

    None is unknown there; of several an ad needs the region (`code`), or the name as the platform writes it.
    `is_numbered` is false where the platform takes the place as it is written. `failure` is why it could not be asked.
    """

    is_numbered: bool
    places: list[Place] | None
    job_id: UUID | None
    failure: str | None


@router.get("")
def find(
    acting: Acting,
    platform: Platform,
    type: LocationType,
    country: Annotated[str | None, Query(max_length=2, description="ISO 3166-1 alpha-2.")] = None,
    code: Annotated[str | None, Query(max_length=20, description="ISO 3166-2, or a postal code.")] = None,
    name: Annotated[str | None, Query(max_length=255)] = None,
) -> Found:
    """What a platform has for a place as an ad would name it. What is not known yet is asked for, by a job."""
    place = {"type": type.value, "country": country, "code": code, "name": name}
    return Found.model_validate(finding.find(acting, platform=platform, place=place))
