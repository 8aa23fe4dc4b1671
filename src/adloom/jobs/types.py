"""The values of the queue: what a handler gets, what a follower sees, and how a handler says 'later'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.core.actor import Actor


class JobStatus(StrEnum):
    """The specification's `job_status`."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)


class Priority:
    """Higher runs first. Stopping money comes before spending it."""

    STOP = 100
    PERSON = 50
    ROUTINE = 0
    BACKFILL = -50
    LOWEST = -(2**31)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `fence` grows with every claim: who holds an older one may not write any more.

    `client_id` says whose it is, for those who follow it; the job itself acts for the whole tenant.
    """

    id: UUID
    type: str
    data: Mapping[str, Any]
    tenant_id: UUID | None
    person_id: UUID | None
    client_id: UUID | None
    attempt: int
    max_attempts: int
    fence: int
    worker: str
    priority: int = Priority.ROUTINE

    @property
    def claim(self) -> tuple[UUID, int]:
        """Which claim of which job this is: the same job may be in hand twice, where an earlier claim was lost."""
        return self.id, self.fence

    @property
    def lane(self) -> str:
        """What the job may have to wait for: of the urgent places, jobs of one lane take one; empty for no lane."""
        return str(self.data.get("lane", ""))

    def actor(self) -> Actor:
        """The actor on whose behalf this job runs; a system job has none."""
        if self.tenant_id is None:
            raise RuntimeError(f"job {self.type} runs for no tenant")
        return Actor(tenant_id=self.tenant_id, person_id=self.person_id, agent=f"worker {self.type}")


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its followers see it. `error` has code, message and, for people, errors and words."""

    id: UUID
    type: str
    status: JobStatus
    attempts: int
    progress: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FailureView:
    """How a job went wrong; `is_fresh`: it was given up less than a minute ago."""

    error: Mapping[str, Any]
    is_fresh: bool

    @property
    def message(self) -> str:
        """What happened, with the platform's own words where it said any."""
        message, words = str(self.error.get("message", "")), str(self.error.get("words") or "")
        return f"{message} ({words})" if words and words not in message else message


class Snooze(Exception):
    """Raised by a handler that has to wait for the world: the job runs again after `delay`, no attempt is spent."""

    def __init__(self, delay: timedelta, *, why: str) -> None:
        super().__init__(why)
        self.delay = delay
        self.why = why


class ClaimLost(Exception):
    """Raised by a handler that finds its job taken over: it stops at once, and what it knows is not written down."""


Handler = Callable[[Job], Mapping[str, Any] | None]
