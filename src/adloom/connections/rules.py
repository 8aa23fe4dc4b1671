"""When a login has to be refreshed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from adloom.platforms.types import Platform

#: In use, a login this near to its end is refreshed first.
_EARLY = timedelta(minutes=5)

#: By schedule it is refreshed this long before its end. Meta's can be exchanged only while they are good.
_AHEAD = {Platform.FACEBOOK_ADS: timedelta(days=7)}
_USUALLY_AHEAD = timedelta(minutes=20)


def lapses_soon(expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether a login in use has to be refreshed before the next call; one without an end never has to."""
    return expires_at is not None and expires_at - now < _EARLY


def is_due(platform: Platform, expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether the schedule refreshes a login now."""
    return expires_at is not None and expires_at - now < _AHEAD.get(platform, _USUALLY_AHEAD)
