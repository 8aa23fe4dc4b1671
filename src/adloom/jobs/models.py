"""The tables of jobs. They never leave this room."""

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

from adloom.db.base import Base, Dated, Identified, pg_enum
from adloom.jobs.types import JobStatus


class BackgroundJob(Identified, Dated, Base):
    """Work for later; `user_id` None is the system's own."""

    __tablename__ = "background_jobs"

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    client_id: Mapped[UUID | None]
    actor_id: Mapped[UUID | None]
    job_type: Mapped[str] = mapped_column(String(100))
    #: Taken until the job has ended.
    dedupe_key: Mapped[str | None]
    #: Taken while the job waits: what runs already may have looked before it was asked.
    waiting_key: Mapped[str | None]
    status: Mapped[JobStatus] = mapped_column(pg_enum(JobStatus, "job_status"), server_default=text("'pending'"))
    priority: Mapped[int] = mapped_column(server_default=text("0"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    max_attempts: Mapped[int] = mapped_column(server_default=text("3"))
    deaths: Mapped[int] = mapped_column(server_default=text("0"))
    #: Grows with every claim: a write that names an older fence comes too late.
    fence: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    locked_by: Mapped[str | None]
    lease_expires_at: Mapped[datetime | None]
    scheduled_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    job_data: Mapped[dict[str, Any]]
    progress: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    error_message: Mapped[str | None]

    __table_args__ = (
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"], ondelete="CASCADE"),
        CheckConstraint("attempts >= 0 AND deaths >= 0", name="attempts_are_counted"),
        CheckConstraint("max_attempts > 0", name="max_attempts_is_positive"),
        CheckConstraint(
            "status <> 'running' OR (locked_by IS NOT NULL AND lease_expires_at IS NOT NULL)",
            name="running_job_has_a_lease",
        ),
        CheckConstraint(
            "(completed_at IS NOT NULL) = (status IN ('completed', 'failed', 'cancelled'))",
            name="completed_at_iff_final",
        ),
        Index(
            "idx_jobs_status_priority",
            text("priority DESC"),
            "scheduled_at",
            "id",
            postgresql_where=text("status = 'pending'"),
        ),
        Index("idx_jobs_turn", "user_id", "priority", "scheduled_at", postgresql_where=text("status = 'pending'")),
        Index("idx_jobs_type_status", "job_type", "status"),
        Index("idx_jobs_running", "locked_by", "lease_expires_at", postgresql_where=text("status = 'running'")),
        Index("idx_jobs_final", "completed_at", postgresql_where=text("completed_at IS NOT NULL")),
        Index("idx_jobs_user_id", "user_id", text("created_at DESC")),
        Index("idx_jobs_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
        Index(
            "live_job_is_queued_once",
            "dedupe_key",
            unique=True,
            postgresql_where=text("dedupe_key IS NOT NULL AND status IN ('pending', 'running')"),
        ),
        Index(
            "waiting_job_is_queued_once",
            "waiting_key",
            unique=True,
            postgresql_where=text("waiting_key IS NOT NULL AND status = 'pending' AND fence = 0"),
        ),
        Index(
            "idx_jobs_waiting_key",
            "waiting_key",
            postgresql_where=text("waiting_key IS NOT NULL AND status = 'pending'"),
        ),
    )


class Worker(Dated, Base):
    """A worker process; it holds the session advisory lock `lock_key` while it lives."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    lock_key: Mapped[int] = mapped_column(BigInteger)
    pid: Mapped[int]
    host: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    heartbeat_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        UniqueConstraint("lock_key", name="lock_key_is_unique"),
        Index("idx_workers_heartbeat", "heartbeat_at"),
    )


class Schedule(Dated, Base):
    """The last due moment, in business time, for which a chore was enqueued."""

    __tablename__ = "schedules"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_due: Mapped[datetime]
