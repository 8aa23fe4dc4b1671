"""What assets speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class AssetType(StrEnum):
    """The specification's `asset_type`: the role of an asset in an ad."""

    PRIMARY_IMAGE = "primary_image"
    SECONDARY_IMAGE = "secondary_image"
    LOGO = "logo"
    VIDEO = "video"
    DOCUMENT = "document"


class AssetKind(StrEnum):
    """What a file is, as its bytes say."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that was looked into and stored. `metadata` holds what else was seen: ratio, codec, fps, pages.

    `duration_s` is rounded up; hashes are lower-case hex. `storage_key` is where `files` keeps it.
    """

    id: UUID
    client_id: UUID | None
    kind: AssetKind
    filename: str
    original_filename: str
    mime_type: str
    size: int
    width: int | None
    height: int | None
    duration_s: int | None
    duration_ms: int | None
    sha256: str
    md5: str
    has_thumbnail: bool
    metadata: Mapping[str, Any]
    storage_key: str = field(repr=False)
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
