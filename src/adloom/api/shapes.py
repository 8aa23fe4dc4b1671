"""The shapes that several endpoints share: strict bodies, answers, lists, queued work, problems."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from starlette.responses import Response

Item = TypeVar("Item")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_a_day(value: object) -> object:
    """A number is refused: it would be taken for seconds since 1970, and another day for the one that was meant."""
    if value is None or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("not_a_day", "it is not a day such as 2026-11-20")


#: A day that a caller names, as ISO 8601 writes it.
Day = Annotated[date, BeforeValidator(_written_as_a_day)]


class Body(BaseModel):
    """What a caller sends: unknown fields are refused, so that a misspelt one is not silently left out."""

    model_config = ConfigDict(extra="forbid")


class Shape(BaseModel):
    """What is answered, taken from a room's value of the same field names."""

    model_config = ConfigDict(from_attributes=True)


class ListOf(BaseModel, Generic[Item]):
    """A part of a list; `next` is the cursor of the part that follows (`after=`), null at the end."""

    items: list[Item]
    next: str | None = None


class Passed(Response):
    """JSON that the database has built. Its endpoint names the shape (`response_model`); a test holds them together."""

    media_type = "application/json"


class Queued(BaseModel):
    """Work that jobs do: follow each at /v1/jobs/{id}. `job_id` is the first of `job_ids`; none: nothing to do."""

    job_id: UUID | None
    job_ids: list[UUID]
    deployment_ids: list[UUID] = Field(default_factory=list)


def queued(job_id: UUID) -> Queued:
    """One job's work."""
    return Queued(job_id=job_id, job_ids=[job_id])


class WrongField(BaseModel):
    """One broken rule, and what mends it."""

    field: str
    message: str
    rule: str
    fix: str


class Problem(BaseModel):
    """Why not (`application/problem+json`); the log has it under `request_id`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[WrongField]
    request_id: str


Json = dict[str, Any]
