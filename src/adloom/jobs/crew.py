"""The jobs that a worker has in hand: each runs in a thread, so many at a time, and a few more that are urgent.

Where jobs are quick, some wait here for a place, so that one round trip to the database serves many of them; where
they are slow, none does. The threads are daemons: a worker that is told to stop waits as long as its grace.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from adloom.jobs.types import Job, Priority

#: Places that only urgent jobs may take: what stops money does not wait for a report. One for each platform, so that
#: none waits for another that is slow to answer.
URGENT_PLACES = 4

#: Jobs are taken ahead of their place as far as the places are through with them in this time, as it went lately.
_AHEAD_S = 0.05
#: Who waits longer for a place than this goes back, for other workers.
_PATIENCE_S = 0.25
_UNKNOWN_PACE_S = 1.0
#: A further place begins where there is more to do than this for each that is at it: threads that share jobs of some
#: microseconds only wait for one another. Who is at one job for longer than this is not counted.
_WORTH_A_PLACE_S = 0.005
#: So many results are kept in one statement at most, and nothing is claimed while twice as many wait for that.
_KEPT_AT_ONCE = 100
#: A thread that has nothing to do ends after this.
_REST_S = 5.0


@dataclass(frozen=True, slots=True)
class Done:
    """A job that ended well, and its result as JSON; it stays in hand until that is kept."""

    job: Job
    result: str | None


#: Which claim of which job.
Claim = tuple[UUID, int]
#: Runs a job; None where its outcome is kept already.
Work = Callable[[Job], Done | None]


class Crew:
    """Knows which jobs wait here, which run and which have ended. Safe to share between threads."""

    def __init__(
        self,
        size: int,
        *,
        batch: int,
        on_end: Callable[[Job], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._size = size
        self._batch = batch
        self._on_end = on_end
        self._waiting: deque[tuple[Job, float]] = deque()
        self._running: dict[Claim, tuple[Job, float]] = {}
        self._done: dict[Claim, tuple[Done, float]] = {}
        self._settled: set[Claim] = set()
        self._pace_s = _UNKNOWN_PACE_S
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        self._rested = threading.Condition(lock)
        self._ripe = threading.Condition(lock)
        self._resting = 0
        self._handed: deque[Job] = deque()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs in hand: those that wait for a place, those that run, and those whose result is not kept yet."""
        with self._changed:
            return tuple(job for job, _ in (*self._waiting, *self._running.values())) + tuple(
                done.job for done, _ in self._done.values()
            )

    @property
    def room(self) -> int:
        """How many more jobs may be claimed: the free places, and what the places will soon be through with."""
        with self._changed:
            ahead = self._ahead()
            if 2 * len(self._waiting) > ahead or len(self._done) >= 2 * _KEPT_AT_ONCE:
                return 0
            return min(self._batch, max(self._size - len(self._running), 0) + ahead)

    @property
    def urgent_room(self) -> int:
        """How many more urgent jobs may be claimed when there is no other room."""
        with self._changed:
            return max(self._size + URGENT_PLACES - len(self._running) - len(self._urgent_waiting()), 0)

    @property
    def urgent_lanes(self) -> frozenset[str]:
        """The lanes of the urgent jobs in hand; those that name none share one."""
        with self._changed:
            return frozenset(job.lane for job in (*self._urgent_running(), *self._urgent_waiting()))

    def take(self, jobs: Sequence[Job], *, work: Work) -> None:
        """Starts what has a place and lets the others wait for one, most urgent first; all are in hand from now on.

        A claim that is in hand already, or was until now, is not begun twice: the server had forgotten it in a crash,
        and gave it again.
        """
        now = self._clock()
        with self._changed:
            known = {job.claim for job in self.jobs} | self._settled
            self._settled.clear()  # no claim that is made from now on is given one of these
            together = [*self._waiting, *((job, now) for job in jobs if job.claim not in known)]
            self._waiting = deque(sorted(together, key=lambda each: -each[0].priority))
            self._start(work)

    def relieve(self, *, work: Work) -> None:
        """Opens further places where what waits stands behind a job that takes longer than it was thought to."""
        with self._changed:
            if self._waiting:
                self._start(work)

    def gathered(self, *, seconds: float) -> tuple[Done, ...]:
        """What ended well and is to be kept now, waited for as long as that; a few may gather while others wait for a
        place. Nothing where the time is over.
        """
        with self._changed:
            deadline = self._clock() + seconds
            while not (is_ripe := self._is_ripe()) and (left := deadline - self._clock()) > 0:
                self._ripe.wait(min(left, _AHEAD_S / 2) if self._done else left)
            return tuple(done for done, _ in islice(self._done.values(), _KEPT_AT_ONCE)) if is_ripe else ()

    def settled(self, jobs: Iterable[Job]) -> None:
        """What became of these is written, and they will soon be in hand no more."""
        with self._changed:
            self._settled.update(job.claim for job in jobs)

    def kept(self, done: Sequence[Done]) -> None:
        """These results are kept: their jobs are in hand no more."""
        with self._changed:
            for each in done:
                self._done.pop(each.job.claim, None)
            self._changed.notify_all()

    def impatient(self, *, at_once: bool = False) -> tuple[Job, ...]:
        """Takes out of the hand what has waited too long for a place, or all that waits `at_once`."""
        since = self._clock() - (0 if at_once else _PATIENCE_S)
        with self._changed:
            late = tuple(job for job, at in self._waiting if at <= since)
            self._waiting = deque(each for each in self._waiting if each[1] > since)
            if late:
                self._pace_s = max(self._pace_s, _UNKNOWN_PACE_S)
            return late

    @property
    def is_eager(self) -> bool:
        """Whether jobs wait here for a place, and somebody has to look after them soon."""
        with self._changed:
            return bool(self._waiting)

    def wait(self, *, seconds: float) -> None:
        """Waits until nothing runs any more and all results are kept, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: not self._done and not self._running, timeout=max(seconds, 0))

    def _is_ripe(self) -> bool:
        """Whether results are to be kept now: nobody waits behind them, they are many, or they are old."""
        if not self._done:
            return False
        if not self._waiting or len(self._done) >= _KEPT_AT_ONCE:
            return True
        return self._clock() - next(iter(self._done.values()))[1] >= _AHEAD_S / 2

    def _ahead(self) -> int:
        """Places whose job has run for long already are not counted: nothing is soon through there."""
        now = self._clock()
        slow = sum(now - since > _AHEAD_S for _, since in self._running.values())
        return min(self._batch, int(max(self._size - slow, 0) * _AHEAD_S / self._pace_s))

    def _start(self, work: Work) -> None:
        while self._wants_a_place() and (job := self._next()) is not None:
            if self._resting > len(self._handed):
                self._handed.append(job)
                self._rested.notify()
            else:
                threading.Thread(target=self._serve, args=(job, work), daemon=True, name="jobs").start()

    def _wants_a_place(self) -> bool:
        """Whether those that are at work will not soon be through with what waits."""
        if self._waiting and self._waiting[0][0].priority >= Priority.STOP:
            return True
        now = self._clock()
        quick = sum(now - since <= _WORTH_A_PLACE_S for _, since in self._running.values())
        return not quick or len(self._waiting) * self._pace_s > quick * _WORTH_A_PLACE_S

    def _next(self) -> Job | None:
        """The first that waits, where there is a place for it; it runs from now on."""
        if not self._waiting:
            return None
        first = self._waiting[0][0]
        if len(self._running) >= self._size and not self._may_pass(first):
            return None
        self._waiting.popleft()
        self._running[first.claim] = (first, self._clock())
        return first

    def _may_pass(self, job: Job) -> bool:
        return (
            job.priority >= Priority.STOP
            and len(self._running) < self._size + URGENT_PLACES
            and job.lane not in {other.lane for other in self._urgent_running()}
        )

    def _serve(self, job: Job | None, work: Work) -> None:
        """A place: runs a job, and the next one that waits, until none has come for a while."""
        while job is not None:
            began = self._clock()
            done, following = None, False
            try:
                done = work(job)
                following = True
            finally:
                with self._changed:
                    self._end(job, done, seconds=self._clock() - began)
                    job = (self._next() or self._rest()) if following else None

    def _rest(self) -> Job | None:
        """Waits for a job to be handed over: to wake a thread takes less than to begin one. None: nobody asked."""
        self._resting += 1
        self._rested.wait_for(lambda: bool(self._handed), timeout=_REST_S)
        self._resting -= 1
        return self._handed.popleft() if self._handed else None

    def _end(self, job: Job, done: Done | None, *, seconds: float) -> None:
        self._running.pop(job.claim, None)
        if done is not None:
            self._done[job.claim] = (done, self._clock())
        gently = max(0.8 * self._pace_s + 0.2 * seconds, 1e-6)
        self._pace_s = max(gently, seconds) if seconds > _AHEAD_S else gently
        self._changed.notify_all()
        if self._is_ripe():
            self._ripe.notify()
        if job.priority >= Priority.STOP or 2 * len(self._waiting) <= self._ahead():
            self._on_end(job)

    def _urgent_running(self) -> list[Job]:
        return [job for job, _ in self._running.values() if job.priority >= Priority.STOP]

    def _urgent_waiting(self) -> list[Job]:
        return [job for job, _ in self._waiting if job.priority >= Priority.STOP]
