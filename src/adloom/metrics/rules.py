"""Which days a pull has to ask for. Pure."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta

from adloom.platforms.types import Platform

# How far back platforms still change their numbers (`unified.md`, 8: re-pull).
RESTATEMENT_DAYS = {
    Platform.GOOGLE_ADS: 30,
    Platform.FACEBOOK_ADS: 28,
    Platform.MICROSOFT_ADS: 30,
    Platform.TIKTOK_ADS: 28,
}


def range_to_pull(platform: Platform, *, first_day: date, today: date, covered: Set[date]) -> tuple[date, date]:
    """The smallest range that holds every day not covered yet and the platform's restatement window.

    `first_day` is the first one that can have numbers; the range ends today.
    """
    restated = max(first_day, today - timedelta(days=RESTATEMENT_DAYS[platform]))
    day = first_day
    while day < restated and day in covered:
        day += timedelta(days=1)
    return min(day, today), today
