"""`/ads/ID/budget`: the budget of a campaign that others made: what another one would do, and a button that sets it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.ads import queries as ad_queries
from adloom.ads.types import Ad, AdOrigin
from adloom.campaigns import foreign_budgets, requesting
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.foreign_budgets import BudgetPlan
from adloom.campaigns.types import CampaignView
from adloom.core import money
from adloom.core.errors import Forbidden, Invalid, NotFound, Refused
from adloom.edge import problems
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import budget as view

router = APIRouter(prefix="/ads/{ad_id}/budget")

#: As much as any amount needs; longer ones are refused before they are read.
_LONGEST = 40


@router.get("")
def show(
    request: Request, who: Looking, ad_id: UUID, amount: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> Response:
    """What it is, and with an `amount` what setting that would do. Sends nothing."""
    try:
        plan = _plan(who, ad_id, amount) if amount.strip() else None
    except Refused as refusal:
        return _page(request, who, ad_id, amount=amount, refusal=_told(refusal))
    return _page(request, who, ad_id, amount=amount, plan=plan)


@router.post("")
def apply(
    request: Request,
    who: Sending,
    ad_id: UUID,
    amount: Annotated[str, Form(max_length=_LONGEST)],
    plan: Annotated[str, Form(max_length=100)],
    confirm: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Queues the amount: as the page showed it, or not."""
    try:
        campaign = _campaign(who, _ad(who, ad_id))
        wanted = _wanted(amount)
        foreign_budgets.apply(who.actor, campaign_id=campaign.id, amount=wanted, confirm=confirm or (), plan=plan)
    except Refused as refusal:
        told = _told(refusal)
        return _page(request, who, ad_id, amount=amount, plan=_plan_or_none(who, ad_id, amount), refusal=told)
    return render.see_other(f"/ads/{ad_id}")


def _ad(who: Visitor, ad_id: UUID) -> Ad:
    ad = ad_queries.get(who.actor, ad_id=ad_id)
    if ad.origin is not AdOrigin.IMPORTED:
        raise NotFound("The budget of an ad that was written here is edited with the ad, and deployed.")
    return ad


def _campaign(who: Visitor, ad: Ad) -> CampaignView:
    found = campaign_queries.of_ad(who.actor, ad_id=ad.id)
    if not found:
        raise NotFound(f"{ad.name} stands on no platform any more.")
    return found[0]


def _wanted(amount: str) -> Decimal:
    wanted = money.amount_or_none("amount", amount.strip())
    if wanted is None:
        raise Invalid.field("amount", "No amount was given.", "Write an amount such as 50.00.")
    return wanted


def _plan(who: Visitor, ad_id: UUID, amount: str) -> BudgetPlan:
    campaign = _campaign(who, _ad(who, ad_id))
    return foreign_budgets.plan(who.actor, campaign_id=campaign.id, amount=_wanted(amount))


def _plan_or_none(who: Visitor, ad_id: UUID, amount: str) -> BudgetPlan | None:
    """The plan as it would be made now; None where none can be, which the page's reason says already."""
    try:
        return _plan(who, ad_id, amount)
    except Refused:
        return None


def _told(refusal: Refused) -> Refused:
    """A reason that the page can show; what is not there, or not allowed, has no such page."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    return refusal


def _page(
    request: Request,
    who: Visitor,
    ad_id: UUID,
    *,
    amount: str,
    plan: BudgetPlan | None = None,
    refusal: Refused | None = None,
) -> Response:
    ad = _ad(who, ad_id)
    shown = view.budget(
        ad,
        _campaign(who, ad),
        amount=amount,
        plan=plan.as_json() if plan else None,
        needs_second=requesting.is_required(who.actor, ad_id=ad_id),
    )
    return render.page(
        request,
        "budget.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="ads",
        view=shown,
        refusal=None if refusal is None else render.complaint(refusal),
    )
