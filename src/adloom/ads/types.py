"""What ads speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


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


@dataclass(frozen=True, slots=True)
class Ad:
    """An ad. `data` is the unified ad as JSON values (of an imported ad, what the platform showed)."""

    id: UUID
    client_id: UUID | None
    name: str
    status: AdStatus
    origin: AdOrigin
    data: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AdSummary:
    """An ad in a list. `budget` is the shared one: what each platform may spend per day or in all."""

    id: UUID
    client_id: UUID | None
    name: str
    status: AdStatus
    origin: AdOrigin
    objective: str | None
    platforms: tuple[str, ...]
    budget: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
