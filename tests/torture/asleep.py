"""A worker that falls asleep (SIGSTOP) with writes under way, past its lease; a second one takes over; it wakes up.

Everything here is in real time, for PostgreSQL's clock decides: the lease, and the longest that a write may be under
way. So all operations are tried at once, each on ads of their own, and judged together.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.installation import until
from tests.torture import verdict
from tests.torture.lives import BUDGETS, OPERATIONS, Life, Rehearsal
from tests.torture.stack import Stack
from tests.torture.verdict import Entry, Shape, Verdict
from tests.torture.wire import Write

from adloom.platforms.types import Operation, Platform

HOW = "asleep past its lease"
#: Of each operation so many ads: the writes of a half of them arrive while their sender sleeps, the others never do.
_ADS = 2
_AWAKE_S = 3.0
_PATIENCE_S = 60.0


@dataclass(slots=True)
class Holding:
    """A watch that holds every write until the sleeper sleeps; those that come later pass."""

    late: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    held: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def leaving(self, write: Write) -> bool:
        """Of the wire's watch."""
        if self.late.is_set():
            return True
        self.held = next(self._numbers) + 1
        if self.held % 2:
            self.late.wait()
            return True
        self.over.wait()
        return False

    def answered(self, write: Write) -> bool:
        """Of the wire's watch."""
        return True

    def told(self, write: Write) -> None:
        """Of the wire's watch."""


def fall(stack: Stack, rehearsal: Rehearsal) -> tuple[int, dict[Platform, Verdict]]:
    """How many writes were under way when their worker fell asleep, and what came of all of them, by platform."""
    before = verdict.known(stack.house)
    lives = [(operation, _at(stack, operation)) for operation in OPERATIONS for _ in range(_ADS)]
    stack.kill_all()
    stack.wire.watch = holding = Holding()
    jobs = [life.queue(operation) for operation, life in lives]
    under_way = sum(map(len, jobs))
    sleeper = stack.worker()
    until(lambda: holding.held == under_way, what=f"{under_way} writes are under way", patience_s=_PATIENCE_S)
    stack.pause(sleeper)
    holding.late.set()
    stack.worker()
    for (_, life), each in zip(lives, jobs, strict=True):
        ended = life.ended(each.values())
        assert {(row["status"], row["attempts"], row["deaths"]) for row in ended.values()} == {("completed", 1, 1)}
    stack.resume(sleeper)
    holding.over.set()
    time.sleep(_AWAKE_S)  # for what it would do now that it should not
    stack.wire.watch = None
    return under_way, _judged(stack, rehearsal, lives, before)


def _at(stack: Stack, operation: Operation) -> Life:
    """An ad that has lived in peace up to an operation."""
    life = Life.begin(stack)
    for earlier in OPERATIONS[: OPERATIONS.index(operation)]:
        life.ended(life.queue(earlier).values())
    return life


def _judged(
    stack: Stack,
    rehearsal: Rehearsal,
    lives: list[tuple[Operation, Life]],
    before: frozenset[tuple[str, str, str]],
) -> dict[Platform, Verdict]:
    ad_ids = [life.ad_id for _, life in lives]
    wanted: Shape = {platform: _sum(rehearsal, lives, platform) for platform in Platform}
    for operation, life in lives:
        if operation is not Operation.DELETE:
            assert verdict.budgets(stack.house, life.ad_id) == {p: {BUDGETS[operation]} for p in Platform}
    found = verdict.shape(stack.house, ad_ids, before=before)
    return verdict.judge(stack.house, ad_ids, found=found, wanted=wanted)


def _sum(rehearsal: Rehearsal, lives: list[tuple[Operation, Life]], platform: Platform) -> Counter[Entry]:
    return sum((rehearsal.shapes[operation][platform] for operation, _ in lives), Counter[Entry]())
