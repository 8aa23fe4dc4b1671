"""What ads speak of."""

from __future__ import annotations

from enum import StrEnum


class AdStatus(StrEnum):
    """The specification's `ad_status`; it follows the ad's campaigns."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ARCHIVED = "archived"


class AdOrigin(StrEnum):
    """Whether an ad was written here, or found on a platform: an imported one's content is read-only."""

    COMPOSED = "composed"
    IMPORTED = "imported"
