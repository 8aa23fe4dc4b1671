"""Looks into the first bytes of an uploaded image: format and size, as far as platforms check them."""

import struct
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """What an image file says of itself. `kind` is "PNG", "JPEG" or "GIF"."""

    kind: str
    width: int
    height: int


def probe(data: bytes) -> Image | None:
    """Format and size of a PNG, JPEG or GIF file; None for anything else, or when it is cut off too early."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", data[16:24])
            return Image("PNG", width, height)
        if data[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack("<HH", data[6:10])
            return Image("GIF", width, height)
        if data.startswith(b"\xff\xd8"):
            return _jpeg(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(data: bytes) -> Image | None:
    """Walk the segments up to the frame header, which holds the size."""
    at = 2
    while data[at] == 0xFF:
        marker, (length,) = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Image("JPEG", width, height)
        at += 2 + length
    return None
