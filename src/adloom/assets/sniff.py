"""What a file is by its first bytes, and what its name says it is. Pure; decodes nothing."""

from __future__ import annotations

from pathlib import PurePath

HEAD_BYTES = 64
"""How much of a file `mime_type` wants to see."""

IMAGES = frozenset({"image/jpeg", "image/png", "image/gif"})
VIDEOS = frozenset({"video/mp4", "video/quicktime"})
DOCUMENTS = frozenset({"application/pdf"})
KNOWN = IMAGES | VIDEOS | DOCUMENTS

_MAGIC = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_PICTURE_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic", b"avif": "image/avif"}

_BY_SUFFIX = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jfif": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".qt": "video/quicktime",
    ".pdf": "application/pdf",
}
SUFFIXES = tuple(sorted(_BY_SUFFIX))


def mime_type(head: bytes) -> str | None:
    """The MIME type that the first bytes show, or None where they show none that we know."""
    for magic, mime in _MAGIC:
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _iso_media(head[8:12])
    # QuickTime files of old begin without a brand.
    return "video/quicktime" if head[4:8] in {b"moov", b"wide"} else None


def named_type(filename: str) -> str | None:
    """The MIME type that a name claims; None for a name without suffix, '' for a suffix that is not ours."""
    suffix = PurePath(filename).suffix.lower()
    return _BY_SUFFIX.get(suffix, "") if suffix else None


def suffix(mime: str) -> str:
    """The usual suffix of a MIME type that we know."""
    return next(suffix for suffix, known in _BY_SUFFIX.items() if known == mime)


def _iso_media(brand: bytes) -> str:
    if brand == b"qt  ":
        return "video/quicktime"
    return _PICTURE_BRANDS.get(brand, "video/mp4")
