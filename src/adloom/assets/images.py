"""Pictures: decoded whole before they are believed, and made small for lists. Never changes the file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from adloom.core.errors import Invalid

MAX_PIXELS = 50_000_000
THUMBNAIL_SIDE = 400
_FORMATS = ("JPEG", "PNG", "GIF")
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


@dataclass(frozen=True, slots=True)
class ImageLook:
    """A picture as people see it: width and height after its own orientation mark."""

    width: int
    height: int
    mode: str
    thumbnail: bytes


def look(path: Path) -> ImageLook:
    """What a picture is; raises Invalid where it moves, is too large to decode, or does not decode whole."""
    try:
        with Image.open(path, formats=_FORMATS) as image:
            _refuse_bombs(image)
            _refuse_animation(image)
            image.load()
            upright = ImageOps.exif_transpose(image)
            return ImageLook(upright.width, upright.height, image.mode, thumbnail(upright))
    except _BROKEN as error:
        raise Invalid.field(
            "file", f"this picture cannot be decoded: {error}", "Save it again as JPEG or PNG."
        ) from None


def thumbnail(image: Image.Image) -> bytes:
    """The picture as WebP, at most 400 pixels a side."""
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def _refuse_bombs(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise Invalid.field(
            "file",
            f"it has {image.width} × {image.height} pixels; {MAX_PIXELS:,} is the most we decode.",
            "Save it smaller; no platform wants more than 2,592 pixels a side.",
        )


def _refuse_animation(image: Image.Image) -> None:
    if getattr(image, "is_animated", False):
        raise Invalid.field("file", "it is animated, and no platform takes that.", "Save one frame, or use a video.")
