"""Delays between writing and reading: what was made a moment ago is missing from lists, until it is old enough.

Off until `POST /_sandbox/lag` sets one. Objects that are asked for by their id are always found, and changes of what
is listed already show at once.
"""

from datetime import timedelta

from adsandbox.clock import Clock
from adsandbox.store import Entity


class Lag:
    """How far the lists of each platform are behind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._behind: dict[str, timedelta] = {}

    def reset(self) -> None:
        """No delay anywhere."""
        self._behind.clear()

    def set(self, platform: str, behind: timedelta) -> None:
        """From now on; zero switches it off."""
        self._behind[platform] = behind

    def lists(self, entity: Entity) -> bool:
        """Whether a list that is read now has this object."""
        behind = self._behind.get(entity.platform)
        return not behind or self._clock.now() - entity.created_at >= behind
