"""A flight in whole days of an account's time zone, for platforms that know no hours. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from adloom.core.errors import FieldError
from adloom.core.time import zone
from adloom.platforms.contract import Loss
from adloom.platforms.spec import Schedule
from adloom.platforms.types import LossKind, Weekday

QUARTER = 15
_DAY_MINUTES = 24 * 60


def is_now(schedule: Schedule) -> bool:
    """Whether the flight starts as soon as it may: such a start was read from a clock, and carries seconds."""
    return bool(schedule.start.second or schedule.start.microsecond)


def first_day(schedule: Schedule, *, time_zone: str) -> date | None:
    """The day on which the flight starts; None for at once, so that a later attempt sends no day of the past."""
    return None if is_now(schedule) else schedule.start.astimezone(zone(time_zone)).date()


def last_day(schedule: Schedule, *, time_zone: str) -> date | None:
    """The last day that lies wholly within the flight (23:59 counts as its end); None without an end."""
    if schedule.end is None:
        return None
    local = schedule.end.astimezone(zone(time_zone))
    is_whole = (local.hour, local.minute) == (23, 59)
    return local.date() if is_whole else local.date() - timedelta(days=1)


def day_losses(schedule: Schedule, *, time_zone: str) -> tuple[Loss, ...]:
    """What is lost by whole days: an earlier start on the first day, an end cut back to a whole day."""
    losses = []
    start = schedule.start.astimezone(zone(time_zone))
    if (start.hour, start.minute) != (0, 0) and not is_now(schedule):
        losses.append(Loss("schedule.start", LossKind.TRUNCATED, _minute(start), start.date().isoformat()))
    last = last_day(schedule, time_zone=time_zone)
    if schedule.end is not None and last is not None:
        end = schedule.end.astimezone(zone(time_zone))
        is_midnight = (end.hour, end.minute) == (0, 0)
        if end.date() != last and not is_midnight:
            losses.append(Loss("schedule.end", LossKind.NARROWED, _minute(end), f"{last.isoformat()} 23:59"))
    return tuple(losses)


def day_errors(schedule: Schedule, *, time_zone: str) -> tuple[FieldError, ...]:
    """Says where no whole day is left of the flight."""
    last = last_day(schedule, time_zone=time_zone)
    if last is None or last >= schedule.start.astimezone(zone(time_zone)).date():
        return ()
    return (
        FieldError(
            "schedule.end",
            f"no whole day of {time_zone} lies between start and end.",
            "This platform counts in whole days: end at 23:59 of the first day, or later.",
        ),
    )


def windows(schedule: Schedule) -> Mapping[Weekday, tuple[tuple[int, int], ...]]:
    """Each day's windows in minutes, cut inwards to quarters of an hour, merged and in order."""
    by_day: dict[Weekday, list[tuple[int, int]]] = defaultdict(list)
    for part in schedule.dayparting:
        start = -(-part.start_minute // QUARTER) * QUARTER
        end = part.end_minute // QUARTER * QUARTER
        for day in part.days:
            if start < end:
                by_day[day].append((start, end))
    return {day: _merged(by_day[day]) for day in Weekday if day in by_day}


def window_errors(schedule: Schedule, *, per_day: int) -> tuple[FieldError, ...]:
    """Windows that are none, and days with more of them than the platform takes."""
    errors = []
    for index, part in enumerate(schedule.dayparting):
        if not 0 <= part.start_minute < part.end_minute <= _DAY_MINUTES or not part.days:
            errors.append(
                FieldError(
                    f"schedule.dayparting[{index}]",
                    "a window needs days, and must end after it starts on the same day.",
                    "Split a window that crosses midnight into two.",
                )
            )
    merged = windows(schedule)
    for day, spans in merged.items():
        if len(spans) > per_day:
            rule = f"{day.value} has {len(spans)} windows, and {per_day} are the most."
            errors.append(FieldError("schedule.dayparting", rule, "Join or drop windows."))
    if schedule.dayparting and not merged and not errors:
        rule = "no window holds a whole quarter of an hour."
        errors.append(FieldError("schedule.dayparting", rule, "Make a window longer."))
    return tuple(errors)


def window_losses(schedule: Schedule) -> tuple[Loss, ...]:
    """Windows that had to be cut inwards to quarters of an hour."""
    return tuple(
        Loss(
            f"schedule.dayparting[{index}]",
            LossKind.NARROWED,
            f"{_clock(part.start_minute)}–{_clock(part.end_minute)}",
            "whole quarters of an hour within it",
            is_targeting=True,
        )
        for index, part in enumerate(schedule.dayparting)
        if part.start_minute % QUARTER or part.end_minute % QUARTER
    )


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _minute(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
