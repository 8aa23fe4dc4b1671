"""Files for generated ads: pictures and films of many shapes, types and sizes, whose bytes say what the probe said."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Mapping
from functools import cache

from hypothesis import strategies as st
from tests.platforms import feed_specs

from adloom.platforms.spec import MediaFile

#: Sides that each role takes everywhere, and sides that some platform or every one refuses.
GOOD_IMAGES: Mapping[str, tuple[tuple[int, int], ...]] = {
    "LANDSCAPE": ((1200, 628), (703, 368), (2592, 1357)),
    "SQUARE": ((1080, 1080), (600, 600), (1920, 1920)),
    "PORTRAIT": ((1080, 1350), (480, 600)),
    "STORY": ((1080, 1920), (600, 1067)),
    "LOGO": ((512, 512), (128, 128)),
}
ODD_IMAGES = ((600, 314), (119, 119), (2049, 2049), (300, 300), (1200, 1000), (400, 2000), (3000, 1571))
GOOD_FILMS = ((720, 1280), (1080, 1920), (1080, 1080), (1280, 720), (540, 960))
ODD_FILMS = ((360, 640), (1000, 800), (719, 1280), (4000, 4000))
LENGTHS = (6, 10, 60)
ODD_LENGTHS = (1, 3, 5, 61, 181, 601)
IMAGE_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
FILM_TYPES = ("video/mp4", "video/quicktime", "video/webm")

TOO_LARGE = 5_000_000_000
"""A size that no platform takes; the file is never read, for every platform has to refuse it first."""


@cache
def picture(width: int, height: int, mime_type: str = "image/png", size: int | None = None) -> MediaFile:
    """A picture of that size; only PNG and JPEG hold more than their first bytes."""
    asset = f"{mime_type.removeprefix('image/')}-{width}x{height}"
    data = _BYTES[mime_type](width, height)
    made = feed_specs.file(asset, data, mime_type=mime_type, width=width, height=height)
    return made if size is None else dataclasses.replace(made, asset_id=f"{asset}-large", size=size)


@cache
def film(
    width: int, height: int, seconds: int = 10, mime_type: str = "video/mp4", size: int | None = None
) -> MediaFile:
    """A film of that size and length."""
    asset = f"{mime_type.removeprefix('video/')}-{width}x{height}-{seconds}"
    data = feed_specs.mp4(seconds, width=width, height=height)
    made = feed_specs.file(asset, data, mime_type=mime_type, width=width, height=height, duration_ms=seconds * 1000)
    return made if size is None else dataclasses.replace(made, asset_id=f"{asset}-large", size=size)


def pictures(role: str) -> st.SearchStrategy[MediaFile]:
    """Pictures for a role: mostly of its shape, sometimes of a size or type that is refused somewhere."""
    good = st.sampled_from(GOOD_IMAGES[role])
    odd = st.sampled_from(ODD_IMAGES)
    return st.one_of(
        st.tuples(good, st.sampled_from(IMAGE_TYPES[:2])),
        st.tuples(good, st.sampled_from(IMAGE_TYPES)),
        st.tuples(odd, st.just("image/png")),
        st.tuples(good, st.just("image/png"), st.just(TOO_LARGE)),
    ).map(lambda drawn: picture(*drawn[0], *drawn[1:]))


def films() -> st.SearchStrategy[MediaFile]:
    """Films: mostly of a shape and length that every platform takes."""
    good, length = st.sampled_from(GOOD_FILMS), st.sampled_from(LENGTHS)
    return st.one_of(
        st.tuples(good, length),
        st.tuples(good, st.sampled_from(ODD_LENGTHS)),
        st.tuples(st.sampled_from(ODD_FILMS), length),
        st.tuples(good, length, st.sampled_from(FILM_TYPES)),
        st.tuples(good, length, st.just("video/mp4"), st.just(TOO_LARGE)),
    ).map(lambda drawn: film(*drawn[0], *drawn[1:]))


def cover_of(drawn: MediaFile) -> MediaFile:
    """A picture of a film's shape, small enough for every platform."""
    scale = max(1, drawn.width // 1080 + (drawn.width > 1080))
    return picture(drawn.width // scale, drawn.height // scale)


def _jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\x01\x11\x00\x02\x11\x01\x03\x11\x01"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9" + bytes(64)


def _gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


def _webp(width: int, height: int) -> bytes:
    body = (
        b"WEBPVP8X" + struct.pack("<II", 10, 0) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


_BYTES = {"image/png": feed_specs.png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
