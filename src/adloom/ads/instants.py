"""From dates as people write them to instants. Pure; `start` says when now is."""

from __future__ import annotations

from datetime import UTC, datetime

from adloom.ads import flight
from adloom.core.time import zone
from adloom.platforms import spec


def schedule(own: flight.Schedule, *, time_zone: str, start: datetime) -> spec.Schedule:
    """The flight in UTC: it starts at its own start, but not before `start`; local times are in its zone.

    `time_zone` is the ad account's, for a schedule without one.
    """
    begin = instant(own.start, time_zone=own.time_zone or time_zone)
    end = instant(own.end, time_zone=own.time_zone or time_zone)
    return spec.Schedule(
        start=max(begin, start.astimezone(UTC)) if begin is not None else start.astimezone(UTC),
        end=end,
        dayparting=tuple(_daypart(window) for window in own.dayparting),
    )


def instant(text: str | None, *, time_zone: str) -> datetime | None:
    """The instant of a date and time in UTC; an offset in the text wins over the zone; None is None.

    A local time that a clock change leaves out is an hour later; one that comes twice is the first.
    """
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone(time_zone))).astimezone(UTC)


def _daypart(window: flight.Daypart) -> spec.Daypart:
    return spec.Daypart(days=window.days, start_minute=_minute(window.start), end_minute=_minute(window.end))


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def is_same_zone(one: str, other: str) -> bool:
    """Whether two time zones keep the same hours, all year round (New York and Detroit do)."""
    months = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
    return all(
        moment.astimezone(zone(one)).utcoffset() == moment.astimezone(zone(other)).utcoffset() for moment in months
    )
