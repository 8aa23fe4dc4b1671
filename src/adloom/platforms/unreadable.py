"""What a login may not read though it may read reports: counted, so that somebody looks, and no figure waits for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from adloom.core.errors import Rejected
from adloom.platforms import surprises
from adloom.platforms.types import Platform

Row = TypeVar("Row")


def none_if_refused(rows: Iterable[Row], *, platform: Platform, what: str) -> list[Row]:
    """All of the rows; none where the platform refuses to tell them. Raises whatever else reading them raises."""
    try:
        return list(rows)
    except Rejected as refusal:
        surprises.note(platform, f"refusal of {what}", refusal.platform_code)
        return []
