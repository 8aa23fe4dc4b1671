"""`/reconciliation`: our sums of each account's days against the platform's own totals."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adloom.connections import queries as connections
from adloom.connections.types import AccountStatus, AccountView
from adloom.core.actor import Actor
from adloom.metrics import actions, outcomes
from adloom.web import render
from adloom.web.guard import Looking, Sending
from adloom.web.views import reconciliation as view

router = APIRouter(prefix="/reconciliation")

_ASKED = "The platforms are being asked for their own totals; this page shows the answers once they are in."


@router.get("")
def page(request: Request, who: Looking, said: str = "") -> Response:
    """The newest comparison of every account, and by name those that were never compared."""
    found = outcomes.newest(who.actor, client_id=who.actor.client_id)
    compared = {each["account_id"] for each in found}
    return render.page(
        request,
        "reconciliation.html",
        nav="reconciliation",
        view=view.accounts(found),
        left=[view.name(each) for each in _connected(who.actor) if str(each.id) not in compared],
        said=_ASKED if said == "asked" else "",
    )


def _connected(actor: Actor) -> tuple[AccountView, ...]:
    """The ad accounts that a comparison asks: a member's are their client's."""
    return tuple(
        each
        for each in connections.accounts(actor)
        if each.status != AccountStatus.DISCONNECTED and actor.client_id in (None, each.client_id)
    )


@router.post("")
def compare(who: Sending) -> Response:
    """Queues a comparison of every account's last days that are over."""
    actions.reconcile(who.actor)
    return render.see_other("/reconciliation?said=asked")
