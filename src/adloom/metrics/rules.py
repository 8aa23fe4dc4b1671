"""Which days a pull has to ask for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from adloom.platforms.types import Platform

# How far back platforms still change their numbers (`unified.md`, 8: re-pull).
RESTATEMENT_DAYS = {
    Platform.GOOGLE_ADS: 30,
    Platform.FACEBOOK_ADS: 28,
    Platform.MICROSOFT_ADS: 30,
    Platform.TIKTOK_ADS: 28,
}


def range_to_pull(
    platform: Platform, *, first_day: date, today: date, covered: Mapping[date, date]
) -> tuple[date, date]:
    """The smallest range that holds every day whose numbers may not be final yet; it ends today.

    `first_day` is the first one that can have numbers, `covered` says by day on which day it was last pulled. A day is
    final once it was pulled after the platform's restatement window: until then half of it may be missing.
    """
    window = timedelta(days=RESTATEMENT_DAYS[platform])
    restated = max(first_day, today - window)
    day = first_day
    while day < restated and day in covered and covered[day] >= day + window:
        day += timedelta(days=1)
    return min(day, today), today
