"""What the audit log speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class AuditAction(StrEnum):
    """The specification's `audit_action`; a soft delete is a delete."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LOGIN = "login"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of one row (`entity_type` is its table): by whom, from where, and what it changed. Secrets never."""

    id: UUID
    created_at: datetime
    actor_id: UUID | None
    entity_type: str
    entity_id: UUID
    action: AuditAction
    address: str | None
    agent: str | None
    old_values: Mapping[str, Any] | None
    new_values: Mapping[str, Any] | None
