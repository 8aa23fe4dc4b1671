"""The list of ads. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adloom.ads.types import AdOrigin, AdStatus, AdSummary
from adloom.platforms.types import Platform
from adloom.reports.words import NOTHING
from adloom.web import words
from adloom.web.words import Badge, Choice, PlatformName


@dataclass(frozen=True, slots=True)
class Row:
    """One ad."""

    url: str
    name: str
    note: str
    badge: Badge
    platforms: tuple[PlatformName, ...]
    objective: str
    budget: str
    changed: str


def rows(ads: Sequence[AdSummary]) -> tuple[Row, ...]:
    """The ads as rows."""
    return tuple(_row(ad) for ad in ads)


def choices(current: AdStatus | None) -> tuple[Choice, ...]:
    """All of them, and each status that people use."""
    shown = (AdStatus.DRAFT, AdStatus.ACTIVE, AdStatus.PAUSED, AdStatus.COMPLETED)
    return (
        Choice("All", "/ads", current is None),
        *(Choice(words.ad(status).label, f"/ads?status={status.value}", current is status) for status in shown),
    )


def _row(ad: AdSummary) -> Row:
    return Row(
        url=f"/ads/{ad.id}",
        name=ad.name,
        note="found on its platform" if ad.origin is AdOrigin.IMPORTED else "",
        badge=words.ad(ad.status),
        platforms=tuple(words.platform(platform) for platform in Platform if platform.value in ad.platforms),
        objective=words.words(ad.objective) if ad.objective else NOTHING,
        budget=words.budget(ad.budget),
        changed=words.moment(ad.updated_at),
    )
