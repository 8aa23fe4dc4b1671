"""What an ad says and shows: the shared creative within limits of all four platforms, and overrides without.

Sources of the limits: the platforms' creative guides, as the narrowest of the four.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, model_validator

from adloom.ads.fields import Part, Text, Url, broken, folded, items, line
from adloom.platforms.types import CallToAction, ImageRole

_PATH = re.compile(r"^[A-Za-z0-9._~-]+$")
_YOUTUBE_ID = re.compile(r"^[A-Za-z0-9_-]{11}$")


def _display_path(value: str) -> str:
    if len(value) > 15 or not _PATH.fullmatch(value):
        raise broken(f"{value!r} cannot be shown as a path.", "Use at most 15 letters, digits, hyphens or underscores.")
    return value


def _youtube_id(value: str) -> str:
    if not _YOUTUBE_ID.fullmatch(value):
        raise broken(f"{value!r} is not a YouTube id.", "Use the 11 characters after watch?v=.")
    return value


def _asset(value: str) -> str:
    if not value.strip() or len(value) > 1024 or "\0" in value:
        raise broken("names no asset.", "Give an asset's id, or a file's path relative to this ad's file.")
    return value


Asset = Annotated[str, AfterValidator(_asset)]
Headline = Annotated[str, AfterValidator(line(30))]
Description = Annotated[str, AfterValidator(line(90))]


class ImageRef(Part):
    """A picture and what it is for."""

    asset: Asset
    role: ImageRole


class VideoRef(Part):
    """A film: a file, its cover (a picture of the same ratio), and the same film on YouTube."""

    asset: Asset | None = None
    cover: Asset | None = None
    youtube_id: Annotated[str, AfterValidator(_youtube_id)] | None = None

    @model_validator(mode="after")
    def _is_something(self) -> VideoRef:
        if self.asset is None and self.youtube_id is None:
            raise broken("is no video.", "Give an asset, a YouTube id, or both.")
        return self


def _same_image(image: ImageRef) -> tuple[str, ImageRole]:
    return image.asset, image.role


class CreativeFields(Part):
    """A platform's own creative: its fields replace the shared ones, and only its own limits hold for them.

    A field that is absent or null is not replaced; an empty list replaces a list by nothing.
    """

    headlines: Annotated[tuple[Text, ...], AfterValidator(items(0, 50))] | None = None
    long_headline: Text | None = None
    descriptions: Annotated[tuple[Text, ...], AfterValidator(items(0, 50))] | None = None
    primary_text: Text | None = None
    call_to_action: CallToAction | None = None
    landing_url: Url | None = None
    display_paths: Annotated[tuple[Text, ...], AfterValidator(items(0, 2))] | None = None
    brand_name: Text | None = None
    images: Annotated[tuple[ImageRef, ...], AfterValidator(items(0, 20, key=_same_image))] | None = None
    videos: Annotated[tuple[VideoRef, ...], AfterValidator(items(0, 5))] | None = None

    def over(self, base: CreativeFields) -> CreativeFields:
        """This creative's fields, and the base's where this one says nothing."""
        return CreativeFields.model_construct(**{**base.given(), **self.given()})

    def given(self) -> dict[str, Any]:
        """The fields that say something."""
        fields = {name: getattr(self, name) for name in CreativeFields.model_fields}
        return {name: value for name, value in fields.items() if value is not None}


class Creative(CreativeFields):
    """The shared creative, and an ad's own: within limits that all four platforms take unchanged."""

    headlines: Annotated[tuple[Headline, ...], AfterValidator(items(3, 15, key=folded))] | None = None
    long_headline: Annotated[str, AfterValidator(line(90))] | None = None
    descriptions: Annotated[tuple[Description, ...], AfterValidator(items(2, 4, key=folded))] | None = None
    primary_text: Annotated[str, AfterValidator(line(100, has_emoji=False))] | None = None
    display_paths: (
        Annotated[tuple[Annotated[str, AfterValidator(_display_path)], ...], AfterValidator(items(0, 2))] | None
    ) = None
    brand_name: Annotated[str, AfterValidator(line(25))] | None = None
