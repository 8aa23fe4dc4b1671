"""Files as adapters get them, for tests that look at no bytes."""

from __future__ import annotations

from adloom.platforms.spec import Account, MediaFile
from adloom.platforms.types import Platform

ACCOUNTS = {
    Platform.GOOGLE_ADS: Account("1234567890", "USD", "America/Los_Angeles"),
    Platform.FACEBOOK_ADS: Account("act_1", "USD", "America/Los_Angeles"),
    Platform.MICROSOFT_ADS: Account("1", "USD", "America/Los_Angeles", {"customer_id": "2"}),
    Platform.TIKTOK_ADS: Account("7000", "USD", "America/Los_Angeles"),
}


def file(
    name: str,
    size: tuple[int, int] = (1200, 628),
    *,
    mime_type: str = "image/jpeg",
    size_bytes: int = 50_000,
    duration_ms: int | None = None,
) -> MediaFile:
    """A probed file; its bytes are never asked for here."""

    def read() -> bytes:
        raise AssertionError("nothing here may read a file")

    return MediaFile(name, name, mime_type, size_bytes, "0" * 64, "0" * 32, *size, duration_ms, read)


MEDIA = {
    "wide": file("wide"),
    "square": file("square", (1080, 1080)),
    "film": file("film", (1080, 1920), mime_type="video/mp4", size_bytes=900_000, duration_ms=8_000),
    "cover": file("cover", (1080, 1920)),
}

PICTURES = {
    "images": [{"asset": "wide", "role": "LANDSCAPE"}, {"asset": "square", "role": "SQUARE"}],
    "videos": [{"asset": "film", "cover": "cover"}],
}
