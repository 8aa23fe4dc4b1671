"""Which API versions end soon, by what each adapter says of its own. Pure: today is a parameter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from adloom.platforms.contract import ApiVersion
from adloom.platforms.types import Platform

#: From this many days before its end on a version is warned of.
WARN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Ending:
    """A version that ends soon, or has ended (`is_over`: the platform answers it no more)."""

    platform: Platform
    version: str
    ends_on: date
    days_left: int

    @property
    def is_over(self) -> bool:
        return self.days_left <= 0


def endings(versions: Iterable[tuple[Platform, ApiVersion]], *, today: date, ahead: int = WARN_DAYS) -> list[Ending]:
    """Those that end within `ahead` days or have ended, the first to end first; without an announced end none does."""
    found = [
        Ending(platform, version.name, version.ends_on, (version.ends_on - today).days)
        for platform, version in versions
        if version.ends_on is not None and (version.ends_on - today).days <= ahead
    ]
    return sorted(found, key=lambda ending: (ending.ends_on, ending.platform))
