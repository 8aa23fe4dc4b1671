"""`/v1/jobs`: work that was queued, and how far it is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Json, Shape
from adloom.core.errors import NotFound
from adloom.jobs import actions, queries
from adloom.jobs.types import JobStatus

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class Job(Shape):
    """`progress` has message, done and total where it is known; `error` has code, message and the platform's words."""

    id: UUID
    type: str
    status: JobStatus
    attempts: int
    progress: Json | None
    result: Json | None
    error: Json | None
    created_at: datetime
    completed_at: datetime | None


@router.get("/{job_id}")
def show(job_id: UUID, acting: Acting) -> Job:
    """How far a job is."""
    found = queries.get(acting, job_id=job_id)
    if found is None:
        raise NotFound(f"There is no job {job_id}.")
    return Job.model_validate(found)


@router.post("/{job_id}/cancel")
def cancel(job_id: UUID, write: Writing) -> Job:
    """Take a waiting job out of the queue."""
    return write.once(lambda: Job.model_validate(actions.cancel(write.actor, job_id=job_id)))
