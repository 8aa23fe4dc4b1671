"""Looks into a file before it is believed: type, size, hashes, and that it decodes. No storage, no rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adloom.assets import documents, images, sniff, videos
from adloom.core.errors import Invalid

MAX_IMAGE_BYTES = 30_000_000
MAX_VIDEO_BYTES = 500_000_000
MAX_DOCUMENT_BYTES = 30_000_000
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Look:
    """What is inside a file. `thumbnail` is WebP of at most 400 pixels a side; documents have none."""

    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    thumbnail: bytes | None = None


@dataclass(frozen=True, slots=True)
class Probed:
    """A file that was looked into: its true type, size in bytes, hashes in lower-case hex, and its inside."""

    mime_type: str
    size: int
    sha256: str
    md5: str
    look: Look


def probe(path: Path, *, filename: str, declared: str | None = None) -> Probed:
    """Everything we know of a file; raises Invalid where it is unknown, too large, broken, or a lie.

    `filename` is the name that it came with, `declared` the MIME type that a browser sent along.
    """
    mime = _true_type(path, filename=filename, declared=declared)
    size = _allowed_size(path, mime=mime)
    sha256, md5 = _hashes(path)
    return Probed(mime, size, sha256, md5, _look(path, mime=mime))


def _true_type(path: Path, *, filename: str, declared: str | None) -> str:
    with path.open("rb") as file:
        mime = sniff.mime_type(file.read(sniff.HEAD_BYTES))
    if mime not in sniff.KNOWN:
        raise Invalid.field(
            "file",
            f"{filename} holds {mime or 'nothing that we know'}, which no platform takes.",
            "Use JPEG, PNG or GIF for a picture, MP4 or MOV for a video, PDF for a document.",
        )
    for claim, where in ((sniff.named_type(filename), "its name"), (_stated(declared), "the upload")):
        if claim is not None and claim != mime:
            raise Invalid.field(
                "file",
                f"{filename} holds {mime}, but {where} says {claim or 'something else'}.",
                "Give it the name and type of what it holds, or save it as what it claims to be.",
            )
    return mime


def _stated(declared: str | None) -> str | None:
    stated = (declared or "").partition(";")[0].strip().lower()
    stated = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "video/x-m4v": "video/mp4"}.get(stated, stated)
    return None if stated in {"", "application/octet-stream"} else stated


def _allowed_size(path: Path, *, mime: str) -> int:
    size = path.stat().st_size
    limit = MAX_IMAGE_BYTES
    if mime in sniff.VIDEOS:
        limit = MAX_VIDEO_BYTES
    elif mime in sniff.DOCUMENTS:
        limit = MAX_DOCUMENT_BYTES
    if size > limit:
        raise Invalid.field(
            "file",
            f"it has {size:,} bytes, and {mime} may have {limit:,}.",
            "Save it smaller, or compress it more.",
        )
    return size


def _hashes(path: Path) -> tuple[str, str]:
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            sha256.update(piece)
            md5.update(piece)
    return sha256.hexdigest(), md5.hexdigest()


def _look(path: Path, *, mime: str) -> Look:
    look: Callable[[Path], Look] = _look_at_image
    if mime in sniff.VIDEOS:
        look = _look_at_video
    elif mime in sniff.DOCUMENTS:
        look = _look_at_document
    return look(path)


def _look_at_image(path: Path) -> Look:
    image = images.look(path)
    metadata = {"ratio": _ratio(image.width, image.height), "mode": image.mode}
    return Look(image.width, image.height, None, metadata, image.thumbnail)


def _look_at_video(path: Path) -> Look:
    video = videos.look(path)
    metadata = {
        "ratio": _ratio(video.width, video.height),
        "codec": video.codec,
        "fps": str(video.fps),
        "has_audio": video.has_audio,
    }
    return Look(video.width, video.height, video.duration_ms, metadata, images.thumbnail(video.first_frame))


def _look_at_document(path: Path) -> Look:
    return Look(metadata={"pages": documents.pages(path)})


def _ratio(width: int, height: int) -> str:
    return f"{width / height:.4f}"
