"""What pictures and films have to be so that all four platforms take them unchanged. Pure.

Sources: the platforms' pages on images, videos and feeds, as the narrowest of the four. Files that a platform's own
creative names are held to their ratio alone; that platform's adapter knows its limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adloom.core.errors import FieldError
from adloom.platforms.spec import MediaFile
from adloom.platforms.types import ImageRole

MAX_IMAGE_BYTES = 5_000_000
MAX_VIDEO_BYTES = 500_000_000
MIN_VIDEO_MS, MAX_VIDEO_MS = 6_000, 60_000
TOLERANCE = 0.01

_STILL = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class _Shape:
    """A ratio (width by height), the least and the most pixels, and a size to recommend."""

    ratio: tuple[float, float]
    least: tuple[int, int]
    most: tuple[int, int]
    use: str


_IMAGES = {
    ImageRole.LANDSCAPE: _Shape((1.91, 1), (703, 368), (2592, 1357), "1200×628"),
    ImageRole.SQUARE: _Shape((1, 1), (600, 600), (1920, 1920), "1080×1080"),
    ImageRole.PORTRAIT: _Shape((4, 5), (480, 600), (1536, 1920), "1080×1350"),
    ImageRole.STORY: _Shape((9, 16), (600, 1067), (1440, 2560), "1080×1920"),
    ImageRole.LOGO: _Shape((1, 1), (128, 128), (1920, 1920), "512×512"),
}
_VIDEOS = (
    _Shape((9, 16), (540, 960), (2160, 3840), "1080×1920"),
    _Shape((1, 1), (640, 640), (2160, 2160), "1080×1080"),
    _Shape((16, 9), (960, 540), (3840, 2160), "1920×1080"),
)


def image(file: MediaFile, *, role: ImageRole, field: str, is_strict: bool) -> Iterator[FieldError]:
    """What is wrong with a picture in its role."""
    shape = _IMAGES[role]
    if not _has_ratio(file, shape.ratio):
        yield FieldError(field, f"{_size(file)} is not the shape of {role}.", f"Use {shape.use}, or another role.")
    elif is_strict and not _fits(file, shape):
        least, most = "×".join(map(str, shape.least)), "×".join(map(str, shape.most))
        yield FieldError(field, f"{_size(file)} is not within {least} and {most}.", f"Use {shape.use}.")
    if is_strict:
        yield from _still(file, field=field)


def video(file: MediaFile, *, field: str, is_strict: bool) -> Iterator[FieldError]:
    """What is wrong with a film."""
    if not is_strict:
        return
    shape = next((shape for shape in _VIDEOS if _has_ratio(file, shape.ratio)), None)
    if shape is None:
        yield FieldError(field, f"{_size(file)} is neither 9:16, 1:1 nor 16:9.", "Use 1080×1920, or another of them.")
    elif not _fits(file, shape):
        least = "×".join(map(str, shape.least))
        yield FieldError(field, f"{_size(file)} is not from {least} on.", f"Use {shape.use}.")
    if file.duration_ms is not None and not MIN_VIDEO_MS <= file.duration_ms <= MAX_VIDEO_MS:
        yield FieldError(field, f"it lasts {file.duration_ms / 1000:.1f} s, not 6 to 60.", "Cut it, or make it longer.")
    if file.mime_type != "video/mp4":
        yield FieldError(field, f"it is {file.mime_type}.", "Save it as MP4.")
    if file.size > MAX_VIDEO_BYTES:
        yield FieldError(field, "it has more than 500 MB.", "Compress it more.")


def cover(file: MediaFile, *, of: MediaFile | None, field: str) -> Iterator[FieldError]:
    """What is wrong with a film's cover: it has the film's shape."""
    if of is not None and not _has_ratio(file, (of.width, of.height)):
        yield FieldError(
            field, f"{_size(file)} is not the shape of its video ({_size(of)}).", "Use a picture of the same shape."
        )


def _still(file: MediaFile, *, field: str) -> Iterator[FieldError]:
    if file.mime_type not in _STILL:
        yield FieldError(field, f"it is {file.mime_type}.", "Save it as JPEG or PNG.")
    if file.size > MAX_IMAGE_BYTES:
        yield FieldError(field, f"it has {file.size:,} bytes; 5,000,000 is the most.", "Compress it more.")


def _has_ratio(file: MediaFile, ratio: tuple[float, float]) -> bool:
    """Whether the sides are in that ratio, but for one part in a hundred."""
    wanted = file.height * ratio[0] / ratio[1]
    return abs(file.width - wanted) <= TOLERANCE * wanted


def _fits(file: MediaFile, shape: _Shape) -> bool:
    return all(
        low <= side <= high for low, side, high in zip(shape.least, (file.width, file.height), shape.most, strict=True)
    )


def _size(file: MediaFile) -> str:
    return f"{file.width}×{file.height}"
