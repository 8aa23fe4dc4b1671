"""A line so small that it needs no axis: the points of an SVG polyline. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT = 120, 28
_MARGIN = 2


def points(values: Sequence[Decimal | None]) -> str:
    """The points of `values` in a box of WIDTH × HEIGHT, from zero to the largest; empty for fewer than two.

    What is unknown (None) has no point: it is no zero.
    """
    most = max((value for value in values if value is not None), default=Decimal(0))
    if len(values) < 2 or not most:
        return ""
    step = Decimal(WIDTH - 2 * _MARGIN) / (len(values) - 1)
    room = HEIGHT - 2 * _MARGIN
    return " ".join(
        f"{_MARGIN + number * step:.1f},{HEIGHT - _MARGIN - room * value / most:.1f}"
        for number, value in enumerate(values)
        if value is not None
    )
