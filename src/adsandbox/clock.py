"""The sandbox's own clock: starts where it is told, runs at real speed, and can be pushed forward, never
back."""

import re
import time
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)


class BadTimeError(ValueError):
    """The text is not an ISO 8601 duration or instant, or would turn the clock back."""


class Clock:
    """Sandbox time. `now()` is an aware UTC datetime."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self._zero = datetime.now(UTC)
        self._tick = time.monotonic()
        self.reset()

    def reset(self) -> None:
        """Begin again: at the given start, or at real time."""
        self._tick = time.monotonic()
        self._zero = self._start or datetime.now(UTC)

    def now(self) -> datetime:
        """The sandbox's present instant in UTC."""
        return self._zero + timedelta(seconds=time.monotonic() - self._tick)

    def advance(self, by: timedelta) -> datetime:
        """Push the clock forward by a duration and return the new now; raises `BadTimeError` for a negative
        one."""
        if by < timedelta(0):
            raise BadTimeError("the sandbox's clock never goes back")
        self._zero += by
        return self.now()

    def move_to(self, at: datetime) -> datetime:
        """Push the clock forward to an instant and return it; `BadTimeError` when it has passed already."""
        return self.advance(at - self.now())


def duration(text: str) -> timedelta:
    """An ISO 8601 duration of weeks, days, hours, minutes, seconds (`P20D`, `PT24H`); else `BadTimeError`."""
    found = _DURATION.match(text)
    parts = {name: float(value) for name, value in found.groupdict().items() if value} if found else {}
    if not parts:
        raise BadTimeError(f"{text!r} is not an ISO 8601 duration such as PT24H or P20D")
    return timedelta(**parts)


def instant(text: str) -> datetime:
    """An ISO 8601 instant in UTC; one without an offset is read as UTC; anything else is `BadTimeError`."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise BadTimeError(f"{text!r} is not an ISO 8601 instant such as 2026-12-01T00:00:00Z") from None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def iso(at: datetime) -> str:
    """The instant as the sandbox's own answers write it: UTC, whole seconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
