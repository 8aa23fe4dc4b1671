"""Learning phases: whether what delivers has had enough results since it was last changed much.

The platforms say it alike and name it differently: some 50 results within a week end it (Meta, "About the learning
phase"; TikTok, "About the learning phase"; Google's bid strategies learn for about as long).
"""

from collections import deque
from collections.abc import Callable
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


def stage(
    world: World,
    platform: str,
    *,
    since: datetime,
    belongs: Callable[[Row], bool],
    by_clicks: bool = False,
    results: int = RESULTS,
    within: timedelta = WEEK,
) -> Stage:
    """The stage now of the ads for which `belongs` is true; `since` is their last significant edit.

    Learned means that some span of `within` after the edit had `results` results that are known by now:
    conversions by the hour of their click, or `by_clicks` the clicks themselves.
    """
    now = world.clock.now()
    recent: deque[tuple[datetime, int]] = deque()
    found = 0
    for row in world.delivery.rows(platform):
        if row.at < since or not belongs(row):
            continue
        count = row.clicks if by_clicks else sum(c.count for c in row.conversions if c.known_at <= now)
        recent.append((row.at, count))
        found += count
        while recent[0][0] <= row.at - within:
            found -= recent.popleft()[1]
        if found >= results:
            return Stage.LEARNED
    return Stage.LEARNING if now < since + within else Stage.LIMITED
