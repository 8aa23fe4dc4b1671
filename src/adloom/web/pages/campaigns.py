"""`/campaigns`: every ad on every platform, newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.campaigns import queries
from adloom.campaigns.types import CampaignStatus
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import campaigns as view

router = APIRouter()

_A_PAGE = 50


@router.get("/campaigns")
def list_(
    request: Request,
    who: Looking,
    after: Annotated[str | None, Query(max_length=500)] = None,
    status: CampaignStatus | None = None,
) -> Response:
    """A page of campaigns, of one status or of all."""
    found = queries.page(who.actor, limit=_A_PAGE, after=after, status=status)
    return render.page(
        request,
        "campaigns.html",
        nav="campaigns",
        rows=view.rows(found.items),
        choices=view.choices(status),
        older=render.older("/campaigns", found.next, status=status),
    )
