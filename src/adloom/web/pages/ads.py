"""`/ads`: every ad, newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.ads import queries
from adloom.ads.types import AdStatus
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import ads as view

router = APIRouter()

_A_PAGE = 25

After = Annotated[str | None, Query(max_length=500)]


@router.get("/ads")
def list_(request: Request, who: Looking, after: After = None, status: AdStatus | None = None) -> Response:
    """A page of ads, of one status or of all."""
    found = queries.list(who.actor, limit=_A_PAGE, after=after, status=status)
    return render.page(
        request,
        "ads.html",
        nav="ads",
        rows=view.rows(found.items),
        choices=view.choices(status),
        is_all=status is None and after is None,
        older=render.older("/ads", found.next, status=status),
    )
