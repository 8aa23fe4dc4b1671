"""The worker's part of reports: reads the figures, renders the file, keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.files import storage
from adloom.jobs.types import Job
from adloom.reports import csvfile, pdf, queries
from adloom.reports.types import (
    Figures,
    InstanceView,
    Rendered,
    ReportFormat,
    ReportInstanceStatus,
    ReportView,
)

_BEGIN = text("UPDATE report_instances SET status = 'generating', error_message = NULL WHERE id = :id")

_DONE = text(
    """
    UPDATE report_instances
    SET
        status = 'completed',
        file_url = :file_url,
        file_size = :file_size,
        generated_at = clock_timestamp(),
        metadata = CAST(:metadata AS jsonb)
    WHERE id = :id
    """
)

_FAILED = text("UPDATE report_instances SET status = 'failed', error_message = :message WHERE id = :id")

_FORSAKEN = text(
    """
    UPDATE report_instances
    SET
        status = 'failed',
        error_message = 'The job that made it ended before it was done.'
    WHERE status IN ('pending', 'generating')
        AND created_at < clock_timestamp() - INTERVAL '10 minutes'
        AND NOT EXISTS (
            SELECT
            FROM background_jobs
            WHERE background_jobs.dedupe_key = 'report:' || report_instances.id
                AND background_jobs.status IN ('pending', 'running')
        )
    RETURNING id
    """
)

_DATED = text("UPDATE reports SET last_generated_at = clock_timestamp() WHERE id = :id")

_RENDERERS = {ReportFormat.PDF: pdf.render, ReportFormat.CSV: csvfile.render}


def generate(job: Job) -> Mapping[str, Any]:
    """Makes one report instance; a second run of a made one changes nothing."""
    actor = job.actor()
    made, report = _find(job, UUID(job.data["instance_id"]))
    if made.status is ReportInstanceStatus.COMPLETED:
        return {
            "instance_id": str(made.id),
            "key": made.file_url,
            "bytes": made.file_size,
            **(made.metadata or {}),
        }
    with db.transaction(actor) as session:
        session.execute(_BEGIN, {"id": made.id})
    with ExitStack() as on_failure:
        on_failure.callback(_failed, job, made)
        figures = queries.figures(actor, report=report, made_at=time.now(), as_of=_moment(job))
        rendered = _RENDERERS[ReportFormat(report.configuration["format"])](figures)
        key = storage.put_content(actor.tenant_id, rendered.data)
        on_failure.pop_all()
    return _keep(job, made, report, figures, rendered, key)


def _moment(job: Job) -> datetime | None:
    asked = job.data.get("as_of")
    return None if asked is None else datetime.fromisoformat(asked)


def _failed(job: Job, made: InstanceView) -> None:
    """Whatever went wrong, nobody waits for this file; the job says what it was, and may try again."""
    message = "It could not be made. The job that made it says why."
    with db.transaction(job.actor()) as session:
        session.execute(_FAILED, {"id": made.id, "message": message})


def take_up(job: Job) -> Mapping[str, Any]:
    """Ends reports that nobody makes any more: their job was given up, was cancelled, or is gone."""
    with db.worker_transaction() as session:
        tenants = session.execute(text("SELECT DISTINCT user_id FROM list_credentials()")).scalars().all()
    ended = 0
    for tenant_id in tenants:
        with db.transaction(Actor(tenant_id=tenant_id)) as session:
            ended += len(session.execute(_FORSAKEN).all())
    return {"ended": ended}


def _find(job: Job, instance_id: UUID) -> tuple[InstanceView, ReportView]:
    made = queries.instance(job.actor(), instance_id=instance_id)
    report = None if made is None else queries.get(job.actor(), report_id=made.report_id)
    if made is None or report is None:
        raise NotFound(f"There is no report instance {instance_id}.")
    return made, report


def _keep(
    job: Job, made: InstanceView, report: ReportView, figures: Figures, rendered: Rendered, key: str
) -> Mapping[str, Any]:
    facts = {
        "pages": rendered.pages,
        "media_type": rendered.media_type,
        "since": figures.since.isoformat(),
        "until": figures.until.isoformat(),
        **({"as_of": figures.as_of.isoformat()} if figures.as_of else {}),
    }
    with db.transaction(job.actor()) as session:
        values = {
            "id": made.id,
            "file_url": key,
            "file_size": len(rendered.data),
            "metadata": json.dumps(facts),
        }
        session.execute(_DONE, values)
        session.execute(_DATED, {"id": report.id})
    return {"instance_id": str(made.id), "key": key, "bytes": len(rendered.data), **facts}
