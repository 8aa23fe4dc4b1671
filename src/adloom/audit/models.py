"""The audit log. Append-only: triggers and the log-in functions write it, everybody else reads."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, String, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column

from adloom.audit.types import AuditAction
from adloom.db.base import Base, Created, pg_enum


class AuditLog(Created, Base):
    """One change of one row: tenant, person, old and new values. Secrets never."""

    __tablename__ = "audit_logs"

    id: Mapped[UUID] = mapped_column(default=uuid4, server_default=text("gen_random_uuid()"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor_id: Mapped[UUID | None]
    entity_type: Mapped[str] = mapped_column(String(100))
    entity_id: Mapped[UUID]
    action: Mapped[AuditAction] = mapped_column(pg_enum(AuditAction, "audit_action"))
    ip_address: Mapped[IPv4Address | IPv6Address | None] = mapped_column(INET)
    user_agent: Mapped[str | None]
    old_values: Mapped[dict[str, Any] | None]
    new_values: Mapped[dict[str, Any] | None]

    __table_args__ = (
        PrimaryKeyConstraint("id", "created_at"),
        Index("idx_audit_logs_user_entity", "user_id", "entity_type", "entity_id"),
        Index("idx_audit_logs_created_at", text("created_at DESC")),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )
