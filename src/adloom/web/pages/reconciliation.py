"""`/reconciliation`: our sums of each account's days against the platform's own totals."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adloom.metrics import actions, outcomes
from adloom.web import render
from adloom.web.guard import Looking, Sending
from adloom.web.views import reconciliation as view

router = APIRouter(prefix="/reconciliation")

_ASKED = "The platforms are being asked for their own totals; this page shows the answers once they are in."


@router.get("")
def page(request: Request, who: Looking, said: str = "") -> Response:
    """The newest comparison of every account."""
    found = outcomes.newest(who.actor, client_id=who.actor.client_id)
    shown = view.accounts(found)
    return render.page(
        request, "reconciliation.html", nav="reconciliation", view=shown, said=_ASKED if said == "asked" else ""
    )


@router.post("")
def compare(who: Sending) -> Response:
    """Queues a comparison of every account's last days that are over."""
    actions.reconcile(who.actor)
    return render.see_other("/reconciliation?said=asked")
