"""Learning phases: whether what delivers has had enough results since it was last changed much.

The platforms say it alike and name it differently: some 50 results within a week end it (Meta, "About the learning
phase"; TikTok, "About the learning phase"; Google's bid strategies learn for about as long).
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from adsandbox.row import Row
from adsandbox.world import World

WEEK = timedelta(days=7)
RESULTS = 50


class Stage(StrEnum):
    """Where learning stands."""

    LEARNING = "learning"
    LEARNED = "learned"
    LIMITED = "limited"  # a week has passed, and the results do not suffice


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose learning: the ads of a platform whose rows `belongs` is true for, since their last significant edit.

    Results are conversions, by the hour of their click, or `by_clicks` the clicks themselves.
    """

    platform: str
    since: datetime
    belongs: Callable[[Row], bool]
    by_clicks: bool = False
    enough: int = RESULTS
    within: timedelta = WEEK


@dataclass(frozen=True, slots=True)
class Learning:
    """How far it is: `results` are those since the edit that are known by now, `shown` whether there was anything."""

    stage: Stage
    results: int
    shown: bool


def of(world: World, asked: Asked) -> Learning:
    """How far learning is now. Learned means that some span of `within` since the edit had `enough` results."""
    now = world.clock.now()
    counts = [
        (row.at, row.clicks if asked.by_clicks else sum(c.count for c in row.conversions if c.known_at <= now))
        for row in world.delivery.rows(asked.platform)
        if row.at >= asked.since and asked.belongs(row)
    ]
    stage = Stage.LEARNING if now < asked.since + asked.within else Stage.LIMITED
    if _best(counts, asked.within) >= asked.enough:
        stage = Stage.LEARNED
    return Learning(stage, sum(count for _, count in counts), bool(counts))


def _best(counts: list[tuple[datetime, int]], within: timedelta) -> int:
    """The most results of any span."""
    recent: deque[tuple[datetime, int]] = deque()
    best = held = 0
    for at, count in counts:
        recent.append((at, count))
        held += count
        while recent[0][0] <= at - within:
            held -= recent.popleft()[1]
        best = max(best, held)
    return best
