"""The jobs that a worker has in hand: each in a thread of its own, so many at a time, and a few more that are urgent.

The threads are daemons: a worker that is told to stop waits for them as long as its grace, never for ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from uuid import UUID

from adloom.jobs.types import Job, Priority

#: Places that only urgent jobs may take: what stops money does not wait for a report. One for each platform, so that
#: none waits for another that is slow to answer.
URGENT_PLACES = 4


class Crew:
    """Knows which jobs run. Safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._jobs: dict[UUID, Job] = {}
        self._changed = threading.Condition()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs in hand."""
        with self._changed:
            return tuple(self._jobs.values())

    def free(self, *, urgent: bool = False) -> int:
        """How many more jobs may be taken."""
        places = self._size + (URGENT_PLACES if urgent else 0)
        return max(places - len(self.jobs), 0)

    @property
    def urgent_lanes(self) -> frozenset[str]:
        """The lanes of the urgent jobs in hand; those that name none share one."""
        return frozenset(job.lane for job in self.jobs if job.priority >= Priority.STOP)

    def take(self, job: Job, *, work: Callable[[Job], None]) -> None:
        """Starts the job's thread; the job is in hand until `work` returns."""
        with self._changed:
            self._jobs[job.id] = job
        threading.Thread(target=self._run, args=(job, work), daemon=True, name=f"job {job.id}").start()

    def drain(self, *, grace_s: float) -> tuple[Job, ...]:
        """Waits until nothing is in hand; returns what still is once the grace has passed."""
        deadline = time.monotonic() + grace_s
        with self._changed:
            self._changed.wait_for(lambda: not self._jobs, timeout=max(deadline - time.monotonic(), 0))
            return tuple(self._jobs.values())

    def _run(self, job: Job, work: Callable[[Job], None]) -> None:
        try:
            work(job)
        finally:
            with self._changed:
                if self._jobs.get(job.id) is job:
                    del self._jobs[job.id]
                self._changed.notify_all()
