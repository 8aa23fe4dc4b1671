"""The sandbox's own clock: starts where it is told, runs at real speed, and can be pushed forward, never
back."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)


class BadTimeError(ValueError):
    """The text is not an ISO 8601 duration or instant, or would turn the clock back."""


class Clock:
    """Sandbox time. `now()` is an aware UTC datetime; `began` is where it was started or last reset."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start
        self.reset()

    def reset(self) -> None:
        """Begin again: at the given start, or at real time."""
        self.resume(self._start or datetime.now(UTC))
        self.began = self._zero

    def resume(self, at: datetime, *, began: datetime | None = None) -> None:
        """Go on from an instant: where a sandbox was that ran before."""
        self._tick = time.monotonic()
        self._zero = at
        self.began = began or at
        _stand(self, at)

    def now(self) -> datetime:
        """The sandbox's present instant in UTC."""
        held = _held.get()
        if held is not None and held[0] is self:
            return held[1]
        return self.running()

    def running(self) -> datetime:
        """The present instant, also where it stands still for the task that asks."""
        return self._zero + timedelta(seconds=time.monotonic() - self._tick)

    @contextmanager
    def hold(self, at: datetime | None = None) -> Iterator[datetime]:
        """Let time stand still inside, at an instant or at now: a request sees one instant however long it takes.

        Only the task that holds it sees this; `advance` inside moves on from there.
        """
        instant_ = at or self.now()
        token = _held.set((self, instant_))
        try:
            yield instant_
        finally:
            _held.reset(token)

    def advance(self, by: timedelta) -> datetime:
        """Push the clock forward by a duration and return the new now; raises `BadTimeError` for a negative
        one."""
        if by < timedelta(0):
            raise BadTimeError("the sandbox's clock never goes back")
        _stand(self, self.now() + by)
        self._zero += by
        return self.now()

    def move_to(self, at: datetime) -> datetime:
        """Push the clock forward to an instant and return it; `BadTimeError` when it has passed already."""
        return self.advance(at - self.now())


#: The clock that stands still for the present task, and where.
_held: ContextVar[tuple[Clock, datetime] | None] = ContextVar("held", default=None)


def _stand(clock: Clock, at: datetime) -> None:
    """Let a clock that stands still do so at another instant."""
    held = _held.get()
    if held is not None and held[0] is clock:
        _held.set((clock, at))


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
