"""`/pacing`: whether budgets are spent as fast as their time passes."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adloom.metrics import pacing
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import pacing as view

router = APIRouter()


@router.get("/pacing")
def page(request: Request, who: Looking) -> Response:
    """Every campaign that stands, and every client with a monthly budget."""
    found = pacing.show(who.actor, client_id=who.actor.client_id)
    return render.page(request, "pacing.html", nav="pacing", view=view.paces(found))
