"""Where a worker is killed: each platform, each operation, each step, three moments. Counted from the step tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from adloom.platforms.types import Operation, Platform

#: By operation and platform, the keys of the steps in their order.
Steps = Mapping[Operation, Mapping[Platform, Sequence[str]]]


class Moment(StrEnum):
    """When a worker dies, seen from the write that its step is."""

    BEFORE = "before it leaves"  # the intent is committed, and the platform never hears of it
    AFTER = "before the answer"  # the platform took effect, and the worker never hears of it
    COMMIT = "before the commit"  # the worker has the answer, and has not written it down


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """One death: at the step of this position, counted from 0."""

    platform: Platform
    operation: Operation
    position: int
    moment: Moment


Round = Mapping[Platform, Point]


def every(steps: Steps) -> list[Point]:
    """All points there are, each once."""
    return [
        Point(platform, operation, position, moment)
        for operation, platforms in steps.items()
        for platform, keys in platforms.items()
        for position in range(len(keys))
        for moment in Moment
    ]


def few(steps: Steps) -> list[Point]:
    """Each moment once on each platform in each operation, spread over its steps: the beginning, the middle, the end."""
    return [
        Point(platform, operation, len(keys) * number // len(Moment), moment)
        for operation, platforms in steps.items()
        for platform, keys in platforms.items()
        for number, moment in enumerate(Moment)
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
