"""`/connections`: platform logins, how long they last, and the ad accounts beneath them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adloom.connections import queries
from adloom.core import time
from adloom.web import render
from adloom.web.guard import Looking
from adloom.web.views import connections as view

router = APIRouter()


@router.get("/connections")
def list_(request: Request, who: Looking) -> Response:
    """Every platform, connected or not."""
    logins = view.logins(queries.credentials(who.actor), queries.accounts(who.actor), now=time.now())
    return render.page(request, "connections.html", nav="connections", logins=logins)
