"""`/audit`: who changed what, newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.audit import queries
from adloom.identity import queries as people
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import audit as view

router = APIRouter()

_A_PAGE = 50


@router.get("/audit")
def list_(request: Request, who: Looking, after: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """A page of the log."""
    found = queries.list(who.actor, limit=_A_PAGE, after=after)
    return render.page(
        request,
        "audit.html",
        nav="audit",
        entries=view.entries(found.items, people=people.addresses(who.actor)),
        older=render.older("/audit", found.next),
    )
