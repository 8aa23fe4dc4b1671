"""What an image or video file is, read from its own bytes. It decodes nothing and trusts no file name."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A file's format and size in pixels; width, height and duration are 0 where they cannot be told."""

    format: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0


def image(content: bytes) -> Measure | None:
    """A PNG or JPEG, or None."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) > 24:
        width, height = struct.unpack(">II", content[16:24])
        return Measure("png", width, height)
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    return None


def _jpeg(content: bytes) -> Measure | None:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return Measure("jpeg", width, height)
        at += 2 + length
    return None


def video(content: bytes) -> Measure | None:
    """An MP4, MOV, MPEG or AVI, or None. Size and duration are told for MP4 and MOV."""
    if content[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        return _mp4(content)
    if content[:4] in (b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3"):
        return Measure("mpeg")
    if content[:4] == b"RIFF" and content[8:12] == b"AVI ":
        return Measure("avi")
    return None


def _mp4(content: bytes) -> Measure:
    width = height = 0
    seconds = 0.0
    for kind, body in _boxes(content, inside=frozenset({b"moov", b"trak"})):
        if kind == b"mvhd":
            wide = body[0] == 1
            scale = int.from_bytes(body[20:24] if wide else body[12:16])
            ticks = int.from_bytes(body[24:32] if wide else body[16:20])
            seconds = ticks / scale if scale else 0.0
        if kind == b"tkhd" and not width:
            width, height = (int.from_bytes(body[-n : -n + 2]) for n in (8, 4))
    return Measure("mp4", width, height, seconds)


def _boxes(content: bytes, *, inside: frozenset[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of an ISO base media file, and those within the boxes named."""
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        head = 8
        if size == 1 and at + 16 <= len(content):
            size, head = int.from_bytes(content[at + 8 : at + 16]), 16
        size = size or len(content) - at
        if size < head:
            return
        body = content[at + head : at + size]
        if kind in inside:
            yield from _boxes(body, inside=inside)
        else:
            yield kind, body
        at += size
