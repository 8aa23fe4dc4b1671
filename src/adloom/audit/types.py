"""What the audit log speaks of."""

from __future__ import annotations

from enum import StrEnum


class AuditAction(StrEnum):
    """The specification's `audit_action`; a soft delete is a delete."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LOGIN = "login"
    LOGOUT = "logout"
