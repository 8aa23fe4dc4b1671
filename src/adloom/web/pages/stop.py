"""`/stop-everything`: what a stop would pause, the button that does it, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import AwareDatetime
from starlette.requests import Request
from starlette.responses import Response

from adloom.campaigns import stopped, stopping
from adloom.core.errors import Forbidden
from adloom.identity import queries as identity
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import stop as view

router = APIRouter(prefix="/stop-everything")

ClientId = Annotated[UUID | None, Query(alias="client")]


@router.get("")
def confirm(request: Request, who: Looking, client: ClientId = None) -> Response:
    """Says what would be paused, and asks."""
    _may_write(who)
    scope = stopping.scope(who.actor, client_id=client)
    shown = view.question(stopping.found(who.actor, scope=scope), clients=identity.clients(who.actor), client_id=client)
    return render.page(request, "stop.html", nav="campaigns", view=shown)


@router.post("")
def stop(who: Sending, client: Annotated[UUID | None, Form()] = None) -> Response:
    """Queues the pauses, and leads to what becomes of them."""
    asked = stopping.stop(who.actor, scope=stopping.scope(who.actor, client_id=client))
    query = {"since": asked.asked_at.isoformat(), "not_asked": len(asked.not_asked)}
    return render.see_other(f"/stop-everything/outcome?{urlencode(query | ({'client': client} if client else {}))}")


@router.get("/outcome")
def outcome(
    request: Request,
    who: Looking,
    since: AwareDatetime,
    client: ClientId = None,
    not_asked: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """What stopped, and by name what did not."""
    return _outcome(request, who, "stop_outcome.html", since=since, client_id=client, not_asked=not_asked)


@router.get("/live")
def live(
    request: Request,
    who: Looking,
    since: AwareDatetime,
    client: ClientId = None,
    not_asked: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """What of it changes: asked for every second until nothing is under way any more."""
    return _outcome(request, who, "stop_live.html", since=since, client_id=client, not_asked=not_asked)


def _outcome(
    request: Request, who: Visitor, template: str, *, since: datetime, client_id: UUID | None, not_asked: int
) -> Response:
    found = stopped.outcome(who.actor, scope=stopping.scope(who.actor, client_id=client_id), since=since)
    query = urlencode(
        {"since": since.isoformat(), "not_asked": not_asked} | ({"client": client_id} if client_id else {})
    )
    return render.page(request, template, nav="campaigns", view=view.outcome(found, not_asked=not_asked, query=query))


def _may_write(who: Visitor) -> None:
    if not who.may_write:
        raise Forbidden("A viewer reads and stops nothing. Ask the owner to press the button.")
