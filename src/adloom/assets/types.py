"""What assets speak of."""

from __future__ import annotations

from enum import StrEnum


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
