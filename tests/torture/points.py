"""Where an operation is disturbed: each platform, each operation, each step, in each way. Counted from step tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from adloom.platforms.types import Operation, Platform

#: By operation and platform, the keys of the steps in their order.
Steps = Mapping[Operation, Mapping[Platform, Sequence[str]]]


class Moment(StrEnum):
    """When a worker dies, seen from the write that its step is."""

    BEFORE = "killed before it leaves"  # the intent is committed, and the platform never hears of it
    AFTER = "killed before the answer"  # the platform took effect, and the worker never hears of it
    COMMIT = "killed before the commit"  # the worker has the answer, and has not written it down


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One disturbance: at the step of this position, counted from 0, in this way."""

    platform: Platform
    operation: Operation
    position: int
    how: str


Round = Mapping[Platform, Point]


def every(steps: Steps, hows: Collection[str]) -> list[Point]:
    """All points there are, each once."""
    return [
        Point(platform, operation, position, how)
        for operation, platforms in steps.items()
        for platform, keys in platforms.items()
        for position in range(len(keys))
        for how in hows
    ]


def few(steps: Steps, hows: Collection[str]) -> list[Point]:
    """Each way once on each platform in each operation, spread over its steps: the beginning, the middle, the end."""
    return [
        Point(platform, operation, len(keys) * number // len(hows), how)
        for operation, platforms in steps.items()
        for platform, keys in platforms.items()
        for number, how in enumerate(hows)
    ]


def rounds(points: Iterable[Point]) -> dict[Operation, list[Round]]:
    """The points by operation, in as few rounds as there can be: in each, at most one point on every platform."""
    queues: dict[Operation, dict[Platform, list[Point]]] = {}
    for point in points:
        queues.setdefault(point.operation, {}).setdefault(point.platform, []).append(point)
    return {
        operation: [{point.platform: point for point in column if point} for column in zip_longest(*each.values())]
        for operation, each in queues.items()
    }
