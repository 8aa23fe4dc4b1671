"""One line of the benchmark's table: ours beside a peer's, at one size, and the goal they are held against. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Of(StrEnum):
    """What a goal speaks of."""

    RATIO = "ours ÷ theirs"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound of a ratio, or of our own figure where the goal is absolute."""

    bound: float
    is_most: bool
    of: Of = Of.RATIO

    def holds(self, figure: float) -> bool:
        """Whether a figure keeps it."""
        return figure <= self.bound if self.is_most else figure >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.is_most else '≥'} {self.bound:g}{' ×' if self.of is Of.RATIO else ''}"


def at_least(bound: float, of: Of = Of.RATIO) -> Goal:
    """Ours is to be so many times theirs, or so much, or more."""
    return Goal(bound, is_most=False, of=of)


def at_most(bound: float, of: Of = Of.RATIO) -> Goal:
    """Ours is to be so many times theirs, or so much, or less."""
    return Goal(bound, is_most=True, of=of)


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `ours` and `theirs` are medians, both in `unit`; `size` says of how many `things` they tell.

    `theirs` is None for an absolute goal, and for a peer that is absent: then `note` says so. No figure is a guess.
    `goal` is None where a figure is shown for what it is, without a bound.
    """

    name: str
    against: str
    size: int
    ours: float | None
    theirs: float | None
    unit: str
    goal: Goal | None
    things: str = "rows"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours ÷ theirs; None without both."""
        return None if self.ours is None or not self.theirs else self.ours / self.theirs

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is kept; None without a goal, or where the peer is absent."""
        if self.goal is None:
            return None
        figure = self.ratio if self.goal.of is Of.RATIO else self.ours
        return None if figure is None else self.goal.holds(figure)

    def as_json(self) -> dict[str, Any]:
        """What `--json` keeps of it."""
        return {
            "name": self.name,
            "against": self.against,
            "size": self.size,
            "things": self.things,
            "ours": self.ours,
            "theirs": self.theirs,
            "unit": self.unit,
            "ratio": self.ratio,
            "goal": self.goal and str(self.goal),
            "goal_of": self.goal and self.goal.of.value,
            "met": self.is_met,
            "note": self.note,
        }
