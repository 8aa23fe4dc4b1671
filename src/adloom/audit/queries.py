"""Reads of the audit log: who changed what. Nobody but triggers and the log-in functions writes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.audit.types import AuditAction, AuditEntry
from adloom.core import paging
from adloom.core.actor import Actor
from adloom.core.paging import Page
from adloom.db import session as db
from adloom.db.session import ReadSession

_LIST = text(
    """
    SELECT
        id,
        created_at,
        actor_id,
        entity_type,
        entity_id,
        action,
        host(ip_address) AS address,
        user_agent AS agent,
        old_values,
        new_values
    FROM audit_logs
    WHERE (CAST(:entity_type AS text) IS NULL OR entity_type = CAST(:entity_type AS text))
        AND (CAST(:entity_id AS uuid) IS NULL OR entity_id = CAST(:entity_id AS uuid))
        AND (
            CAST(:created_at AS timestamptz) IS NULL
            OR (created_at, id) < (CAST(:created_at AS timestamptz), CAST(:id AS uuid))
        )
    ORDER BY
        created_at DESC,
        id DESC
    LIMIT :limit
    """
)

_EARLIER = text(
    """
    SELECT old_values
    FROM audit_logs
    WHERE entity_type = :entity_type
        AND entity_id = :entity_id
        AND action = 'update'
        AND old_values ?| CAST(:columns AS text[])
    ORDER BY
        created_at DESC,
        id DESC
    LIMIT :limit
    """
)

_REPLACED = text(
    """
    SELECT
        created_at,
        old_values -> CAST(:column AS text) AS before,
        new_values -> CAST(:column AS text) AS after
    FROM audit_logs
    WHERE entity_type = :entity_type
        AND entity_id = :entity_id
        AND action = 'update'
        AND old_values ? CAST(:column AS text)
        AND created_at > :since
    ORDER BY created_at
    """
)


def earlier(
    session: ReadSession, entity_type: str, entity_id: UUID, *, columns: Collection[str], limit: int = 40
) -> Iterator[Mapping[str, Any]]:
    """What each change of these columns of a row has replaced, newest first, at most `limit` of them.

    Each is the columns that were changed, with what they held before; laid over what the row holds now, one after the
    other, they are its earlier versions. Nothing for whom the audit log is not: a member of one client.
    """
    values = {"entity_type": entity_type, "entity_id": entity_id, "columns": [*columns], "limit": limit}
    for old in session.execute(_EARLIER, values).scalars():
        yield {name: value for name, value in old.items() if name in columns}


def replaced_since(
    session: ReadSession, entity_type: str, entity_id: UUID, *, column: str, since: datetime
) -> Sequence[tuple[datetime, Any, Any]]:
    """Each change of a row's column after a moment, oldest first: when it was made, and the value before and after."""
    values = {"entity_type": entity_type, "entity_id": entity_id, "column": column, "since": since}
    return [(row.created_at, row.before, row.after) for row in session.execute(_REPLACED, values)]


def list(
    actor: Actor,
    *,
    limit: int = 50,
    after: str | None = None,
    entity_type: str | None = None,
    entity_id: UUID | None = None,
) -> Page[AuditEntry]:
    """A page of the tenant's changes, newest first; a member of one client sees none.

    `entity_type` is a table's name, `entity_id` a row's; `after` is `next` of the page before.
    """
    place = paging.position(after)
    values = {
        "entity_type": entity_type,
        "entity_id": entity_id,
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
        "limit": paging.bounded(limit) + 1,
    }
    with db.reading(actor) as session:
        rows = session.execute(_LIST, values).mappings()
        found = tuple(AuditEntry(**{**row, "action": AuditAction(row["action"])}) for row in rows)
    return paging.page(found, limit=limit, position=lambda entry: paging.Position(entry.created_at, entry.id))
