"""`/reports`: what to report, having it made, and the files."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.core.actor import Actor
from adloom.core.errors import Invalid, NotFound
from adloom.edge import problems
from adloom.reports import actions, queries
from adloom.reports.types import ReportFormat
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import reports as view
from adloom.web.views.reports import Report

router = APIRouter(prefix="/reports")

_A_PAGE = 20
_MEDIA_TYPES = {ReportFormat.PDF: "application/pdf", ReportFormat.CSV: "text/csv; charset=utf-8"}

After = Annotated[str | None, Query(max_length=500)]
Text = Annotated[str, Form(max_length=300)]


@router.get("")
def list_(request: Request, who: Looking, after: After = None) -> Response:
    """A page of reports, newest first, with the newest files of each."""
    return _page(request, who, after=after)


@router.get("/live")
def live(request: Request, who: Looking, after: After = None) -> Response:
    """The list alone: asked for every second while a report is being made."""
    shown, older = _shown(who.actor, after)
    return render.page(request, "reports_list.html", reports=shown, older=older, after=after or "")


@router.post("")
def create(
    request: Request,
    who: Sending,
    name: Text = "",
    file_format: Text = "pdf",
    since: Text = "",
    until: Text = "",
    currency: Text = "",
) -> Response:
    """Keeps a report's definition and has it made at once."""
    try:
        report_id = actions.create(
            who.actor,
            name=name,
            file_format=file_format,
            since=_day("since", since),
            until=_day("until", until),
            reporting_currency=currency.strip() or None,
        )
        actions.run(who.actor, report_id=report_id)
    except Invalid as refusal:
        return _page(
            request, who, refusal=refusal, typed={"name": name, "since": since, "until": until, "currency": currency}
        )
    return render.see_other("/reports")


@router.post("/{report_id}/run")
def run(who: Sending, report_id: UUID) -> Response:
    """Has a report made anew."""
    actions.run(who.actor, report_id=report_id)
    return render.see_other("/reports")


@router.get("/files/{instance_id}")
def file(who: Looking, instance_id: UUID) -> Response:
    """A file that was made, to be saved."""
    made = queries.instance(who.actor, instance_id=instance_id)
    report = None if made is None else queries.get(who.actor, report_id=made.report_id)
    if report is None:
        raise NotFound("There is no such report.")
    return Response(
        actions.read(who.actor, instance_id=instance_id),
        media_type=_MEDIA_TYPES[ReportFormat(report.configuration["format"])],
        headers={
            "Content-Disposition": f'attachment; filename="{view.filename(report).encode("ascii", "replace").decode()}"'
        },
    )


def _page(
    request: Request,
    who: Visitor,
    *,
    after: str | None = None,
    refusal: Invalid | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    shown, older = _shown(who.actor, after)
    return render.page(
        request,
        "reports.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="reports",
        reports=shown,
        older=older,
        after=after or "",
        refusal=None if refusal is None else render.complaint(refusal),
        typed=typed or {"name": "", "since": "", "until": "", "currency": ""},
    )


def _shown(actor: Actor, after: str | None) -> tuple[tuple[Report, ...], str | None]:
    found = queries.page(actor, limit=_A_PAGE, after=after or None)
    instances = {report.id: queries.instances(actor, report_id=report.id) for report in found.items}
    return view.reports(found.items, instances), render.older("/reports", found.next)


def _day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid.field(field, f"{text!r} is not a day.", "Write it as 2026-12-31, or leave it empty.") from None
