"""`/v1/audit`: who changed what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from adloom.api.depends import Acting, After, Limit
from adloom.api.shapes import Json, ListOf, Shape
from adloom.audit import queries
from adloom.audit.types import AuditAction

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class Entry(Shape):
    """One change of one row: changed columns only, secrets never. `actor_id` is the person, null for the system."""

    id: UUID
    created_at: datetime
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    action: AuditAction
    address: str | None
    agent: str | None
    old_values: Json | None
    new_values: Json | None


@router.get("")
def list_(
    acting: Acting,
    limit: Limit = 50,
    after: After = None,
    entity_type: Annotated[str | None, Query(max_length=100, description="A table: ads, campaigns, …")] = None,
    entity_id: UUID | None = None,
) -> ListOf[Entry]:
    """Changes, newest first. A member of one client sees none."""
    page = queries.list(acting, limit=limit, after=after, entity_type=entity_type, entity_id=entity_id)
    return ListOf(items=[Entry.model_validate(entry) for entry in page.items], next=page.next)
