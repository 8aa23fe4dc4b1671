"""`/ads/ID/reconcile` and `/ads/ID/undo`: what adopting, putting back or undoing would do, and a button for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from adloom.ads import queries as ad_queries
from adloom.campaigns import reconciling, requesting, undoing
from adloom.campaigns.reconciling import How
from adloom.campaigns.requests import Beside
from adloom.campaigns.types import DeploymentType
from adloom.core.errors import Forbidden, NotFound, Refused
from adloom.edge import problems
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import reconcile as view

router = APIRouter(prefix="/ads/{ad_id}")


@router.get("/reconcile")
def show_reconciliation(request: Request, who: Looking, ad_id: UUID, campaign: UUID, how: How) -> Response:
    """What would be adopted or put back, and what stays."""
    return _reconciliation(request, who, ad_id, campaign, how)


@router.post("/reconcile")
def reconcile(
    request: Request,
    who: Sending,
    ad_id: UUID,
    campaign: Annotated[UUID, Form()],
    how: Annotated[How, Form()],
    plan: Annotated[str | None, Form()] = None,
    confirm: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Adopts, or queues what puts ours back: as the page showed it, or not."""
    try:
        reconciling.reconcile(who.actor, campaign_id=campaign, how=how, plan=plan, confirm=confirm or ())
    except Refused as refusal:
        return _reconciliation(request, who, ad_id, campaign, how, refusal=_told(refusal))
    return render.see_other(f"/ads/{ad_id}")


@router.get("/undo")
def show_undo(request: Request, who: Looking, ad_id: UUID, deployment: UUID | None = None) -> Response:
    """What an undo would take back and how."""
    return _undo(request, who, ad_id, deployment)


@router.post("/undo")
def undo(
    request: Request,
    who: Sending,
    ad_id: UUID,
    deployment: Annotated[UUID | None, Form()] = None,
    plan: Annotated[str | None, Form()] = None,
    confirm: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Queues the undo: as the page showed it, or not."""
    try:
        undoing.undo(who.actor, ad_id=ad_id, deployment_id=deployment, plan=plan, confirm=confirm or ())
    except Refused as refusal:
        return _undo(request, who, ad_id, deployment, refusal=_told(refusal))
    return render.see_other(f"/ads/{ad_id}")


def _told(refusal: Refused) -> Refused:
    """A reason that the page can show; what is not there, or not allowed, has no such page."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    return refusal


def _reconciliation(
    request: Request, who: Visitor, ad_id: UUID, campaign_id: UUID, how: How, *, refusal: Refused | None = None
) -> Response:
    ad = ad_queries.get(who.actor, ad_id=ad_id)
    planned = reconciling.plan(who.actor, campaign_id=campaign_id, how=how)
    hidden = {"campaign": str(campaign_id), "how": how.value}
    asks = view.reconciliation(planned.as_json(), ad_id=str(ad_id), name=ad.name, hidden=hidden)
    if how is How.PUT_BACK:
        asks = _by_two(who, ad_id, asks, planned.beside, planned.operations)
    return _page(request, asks, refusal)


def _undo(
    request: Request, who: Visitor, ad_id: UUID, deployment: UUID | None, *, refusal: Refused | None = None
) -> Response:
    ad = ad_queries.get(who.actor, ad_id=ad_id)
    planned = undoing.plan(who.actor, ad_id=ad_id, deployment_id=deployment)
    hidden = {} if deployment is None else {"deployment": str(deployment)}
    asks = view.undo(planned.as_json(), ad_id=str(ad_id), name=ad.name, hidden=hidden)
    return _page(request, _by_two(who, ad_id, asks, planned.beside, planned.operations), refusal)


def _by_two(
    who: Visitor, ad_id: UUID, asks: view.Asks, beside: Beside, operations: Iterable[DeploymentType]
) -> view.Asks:
    """The same where another person has to be asked, or has to do it."""
    wait = requesting.waiting_for(who.actor, ad_id=ad_id, beside=beside, operations=operations)
    return view.by_two(asks, wait, operation=beside.operation.value)


def _page(request: Request, asks: view.Asks, refusal: Refused | None) -> Response:
    return render.page(
        request,
        "reconcile.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="ads",
        asks=asks,
        refusal=None if refusal is None else render.complaint(refusal),
    )
