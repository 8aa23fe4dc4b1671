"""The tables of reports. They never leave this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from adloom.db.base import Base, Dated, Deletable, Identified, pg_enum
from adloom.reports.types import ReportInstanceStatus, ReportType


class Report(Identified, Deletable, Base):
    """What to report, and when."""

    __tablename__ = "reports"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(255))
    report_type: Mapped[ReportType] = mapped_column(pg_enum(ReportType, "report_type"))
    is_scheduled: Mapped[bool] = mapped_column(server_default=text("false"))
    last_generated_at: Mapped[datetime | None]
    description: Mapped[str | None]
    configuration: Mapped[dict[str, Any]]
    schedule: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        UniqueConstraint("id", "user_id", name="report_is_of_tenant"),
        CheckConstraint("NOT is_scheduled OR schedule IS NOT NULL", name="scheduled_report_has_a_schedule"),
        Index("idx_reports_user_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("idx_reports_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class ReportInstance(Identified, Dated, Base):
    """A report that was made, with its file, or why not."""

    __tablename__ = "report_instances"

    user_id: Mapped[UUID]
    report_id: Mapped[UUID]
    status: Mapped[ReportInstanceStatus] = mapped_column(
        pg_enum(ReportInstanceStatus, "report_instance_status"), server_default=text("'pending'")
    )
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    generated_at: Mapped[datetime | None]
    file_url: Mapped[str | None]
    error_message: Mapped[str | None]
    metadata_: Mapped[dict[str, Any] | None] = mapped_column("metadata")

    __table_args__ = (
        ForeignKeyConstraint(["report_id", "user_id"], ["reports.id", "reports.user_id"], ondelete="CASCADE"),
        Index("idx_report_instances_report", "report_id", text("created_at DESC")),
    )
