"""`/v1/reports`: what to report, what was made of it, and the files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from adloom.ads import queries as ads
from adloom.api.depends import Acting, After, Limit, Writing
from adloom.api.shapes import Body, Day, Json, ListOf, Queued, Shape
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.identity import queries as identity
from adloom.reports import actions, queries
from adloom.reports.types import InstanceView, ReportFormat, ReportInstanceStatus, ReportType, ReportView

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_MEDIA_TYPES = {ReportFormat.PDF: "application/pdf", ReportFormat.CSV: "text/csv; charset=utf-8"}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", "text/csv")
        },
        "description": "The file.",
    }
}


class Report(Shape):
    """`configuration` has format, since, until (null: the 30 days up to when it is made) and ad_id;
    and reporting_currency, where one was asked for.
    """

    id: UUID
    name: str
    type: ReportType
    configuration: Json
    client_id: UUID | None
    last_generated_at: datetime | None
    created_at: datetime


class NewReport(Body):
    name: str = Field(max_length=255)
    type: ReportType = ReportType.PERFORMANCE
    format: ReportFormat = ReportFormat.PDF
    since: Day | None = Field(default=None, alias="from")
    until: Day | None = Field(default=None, alias="to")
    ad_id: UUID | None = None
    client_id: UUID | None = None
    reporting_currency: str | None = Field(default=None, max_length=3, description="The figures are told in it.")


class Moment(Body):
    """Without a moment: now."""

    as_of: AwareDatetime | None = Field(default=None, description="With the figures as they were held at this moment.")


class Instance(Shape):
    """A report that was made, or why not; `metadata` has pages, since, until; as_of, where one was asked for."""

    id: UUID
    report_id: UUID
    status: ReportInstanceStatus
    file_size: int | None
    generated_at: datetime | None
    error_message: str | None
    metadata: Json | None


class Making(Queued):
    """The report is made by a job."""

    instance_id: UUID


@router.get("")
def list_(acting: Acting, limit: Limit = 50, after: After = None) -> ListOf[Report]:
    """Your reports, newest first."""
    page = queries.page(acting, limit=limit, after=after)
    return ListOf(items=[Report.model_validate(report) for report in page.items], next=page.next)


@router.post("", status_code=201)
def create(body: NewReport, write: Writing) -> Report:
    """Define a report; the same definition again is the one that is there."""

    def work() -> Report:
        if body.ad_id is not None:
            ads.get(write.actor, ad_id=body.ad_id)
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        made = actions.create(
            write.actor,
            name=body.name,
            report_type=body.type,
            file_format=body.format,
            since=body.since,
            until=body.until,
            ad_id=body.ad_id,
            client_id=body.client_id,
            reporting_currency=body.reporting_currency,
        )
        return Report.model_validate(_report(write.actor, made))

    return write.once(work, status=201)


@router.get("/{report_id}")
def show(report_id: UUID, acting: Acting) -> Report:
    """One report's definition."""
    return Report.model_validate(_report(acting, report_id))


@router.post("/{report_id}/run", status_code=202)
def run(report_id: UUID, write: Writing, body: Moment | None = None) -> Making:
    """Make a report now, or as it would have been made at a moment."""
    moment = body or Moment()

    def work() -> Making:
        making = actions.run(write.actor, report_id=report_id, as_of=moment.as_of)
        return Making(job_id=making.job_id, job_ids=[making.job_id], instance_id=making.instance_id)

    return write.once(work, status=202)


@router.get("/{report_id}/instances")
def instances(report_id: UUID, acting: Acting) -> ListOf[Instance]:
    """What was made of a report, newest first."""
    _report(acting, report_id)
    found = queries.instances(acting, report_id=report_id)
    return ListOf(items=[Instance.model_validate(made) for made in found])


@router.get("/{report_id}/instances/{instance_id}")
def instance(report_id: UUID, instance_id: UUID, acting: Acting) -> Instance:
    """One that was made, or is being made."""
    return Instance.model_validate(_instance(acting, report_id, instance_id))


@router.get("/{report_id}/instances/{instance_id}/file", response_class=Response, responses=_FILE)
def file(report_id: UUID, instance_id: UUID, acting: Acting) -> Response:
    """The file."""
    _instance(acting, report_id, instance_id)
    format_ = ReportFormat(_report(acting, report_id).configuration["format"])
    data = actions.read(acting, instance_id=instance_id)
    headers = {"Content-Disposition": f'attachment; filename="report-{report_id}.{format_}"'}
    return Response(data, media_type=_MEDIA_TYPES[format_], headers=headers)


def _report(acting: Actor, report_id: UUID) -> ReportView:
    found = queries.get(acting, report_id=report_id)
    if found is None:
        raise NotFound(f"There is no report {report_id}.")
    return found


def _instance(acting: Actor, report_id: UUID, instance_id: UUID) -> InstanceView:
    found = queries.instance(acting, instance_id=instance_id)
    if found is None or found.report_id != report_id:
        raise NotFound(f"There is no instance {instance_id} of report {report_id}.")
    return found
