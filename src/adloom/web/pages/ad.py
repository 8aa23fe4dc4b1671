"""`/ads/ID`: one ad, how it looks and stands on its platforms, and the buttons that change that."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from adloom.ads import actions as ads
from adloom.ads import attachments
from adloom.ads import queries as ad_queries
from adloom.ads.types import Ad, AdOrigin
from adloom.ads.unified import UnifiedAd
from adloom.assets import queries as assets
from adloom.assets.types import Asset
from adloom.campaigns import actions as campaigns
from adloom.campaigns import names, requesting, whereabouts
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.requests import Asked
from adloom.campaigns.types import Duplicates, OnFailure
from adloom.connections import queries as connections
from adloom.core.actor import Actor
from adloom.core.errors import Forbidden, NotFound, Refused
from adloom.edge import problems
from adloom.metrics import answers, caveats
from adloom.metrics import queries as metrics
from adloom.metrics.types import By
from adloom.platforms.types import Operation, Platform
from adloom.web import render
from adloom.web.guard import Looking, Sending, Visitor
from adloom.web.views import ad as view
from adloom.web.views import verdicts
from adloom.web.views.ad import Known

router = APIRouter(prefix="/ads/{ad_id}")

_EVER = date(2000, 1, 1), date(2999, 12, 31)

Show = Annotated[int, Query(ge=1, le=400)]
OnPlatform = Annotated[Platform | None, Form()]
Twice = Annotated[Duplicates | None, Form()]


@router.get("")
def show(request: Request, who: Looking, ad_id: UUID, show: Show = 1) -> Response:
    """The whole page."""
    return _page(request, who, ad_id, number=show)


@router.get("/live")
def live(request: Request, who: Looking, ad_id: UUID) -> Response:
    """What changes while jobs run: asked for every second until they have ended."""
    stands = view.standing(_known(who.actor, ad_id, is_polled=True))
    return render.page(request, "ad_live.html", stands=stands, refusal=None, is_fragment=True)


@router.post("/verdict")
def ask(request: Request, who: Sending, ad_id: UUID) -> Response:
    """Asks the platforms what they say to the plan, as the page does by itself once it is there."""
    plan = campaigns.whole_plan(who.actor, ad_id=ad_id, asks=True).as_json()
    return render.page(request, "ad_verdict.html", said=verdicts.of_plan(ad_id, plan), is_fragment=True)


@router.get("/verdict")
def verdict(request: Request, who: Looking, ad_id: UUID, id: Annotated[list[UUID], Query(max_length=20)]) -> Response:
    """What has been answered of these questions: asked for every second until all are."""
    found = campaigns.checks(who.actor, ad_id=ad_id, ids=id)
    said = verdicts.verdicts(ad_id, {platform: check.as_json() for platform, check in found.items()})
    return render.page(request, "ad_verdict.html", said=said, is_fragment=True)


@router.post("/deploy")
def deploy(
    request: Request,
    who: Sending,
    ad_id: UUID,
    accept_losses: Annotated[bool, Form()] = False,
    confirm: Annotated[list[str] | None, Form()] = None,
    plan: Annotated[str | None, Form()] = None,
    on_failure: Annotated[OnFailure | None, Form()] = None,
    duplicates: Twice = None,
    platform: OnPlatform = None,
) -> Response:
    """Queues the deployment to every platform that has not got the ad as it is now: as the page showed it, or not."""
    try:
        whereabouts.look_up(who.actor, ad_id=ad_id)
        campaigns.deploy(
            who.actor,
            ad_id=ad_id,
            accept_losses=accept_losses,
            platforms=None if platform is None else (platform,),
            confirm=confirm or (),
            plan=plan,
            on_failure=on_failure,
            duplicates=duplicates,
        )
    except Refused as refusal:
        return _refused(request, who, ad_id, refusal)
    return render.see_other(f"/ads/{ad_id}")


@router.post("/request")
def request(
    request: Request,
    who: Sending,
    ad_id: UUID,
    operation: Annotated[Asked, Form()] = Asked.DEPLOY,
    plan: Annotated[str | None, Form()] = None,
    deployment: Annotated[UUID | None, Form()] = None,
    campaign: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Asks that another person deploys, resumes, undoes or puts back what the page showed."""
    try:
        if operation is Asked.UNDO:
            requesting.request_undo(who.actor, ad_id=ad_id, deployment_id=deployment, plan=plan)
        elif operation is Asked.PUT_BACK and campaign is not None:
            requesting.request_put_back(who.actor, ad_id=ad_id, campaign_id=campaign, plan=plan)
        else:
            requesting.request(who.actor, ad_id=ad_id, operation=operation, plan=plan)
    except Refused as refusal:
        return _refused(request, who, ad_id, refusal)
    return render.see_other(f"/ads/{ad_id}")


@router.post("/pause")
def pause(request: Request, who: Sending, ad_id: UUID, platform: OnPlatform = None) -> Response:
    """Queues the pause of all its campaigns, or of one platform's."""
    return _change(request, who, ad_id, Operation.PAUSE, platform)


@router.post("/resume")
def resume(
    request: Request, who: Sending, ad_id: UUID, platform: OnPlatform = None, duplicates: Twice = None
) -> Response:
    """Queues the resumption of all its campaigns, or of one platform's."""
    return _change(request, who, ad_id, Operation.RESUME, platform, duplicates=duplicates)


@router.get("/delete")
def confirm(request: Request, who: Looking, ad_id: UUID) -> Response:
    """Says what deleting does, and asks."""
    stands = view.standing(_known(who.actor, ad_id))
    return render.page(request, "ad_delete.html", nav="ads", stands=stands)


@router.post("/delete")
def delete(
    request: Request,
    who: Sending,
    ad_id: UUID,
    platform: OnPlatform = None,
    only_unfinished: Annotated[bool, Form()] = False,
) -> Response:
    """Takes the ad down from its platforms; one that stands nowhere is deleted itself.

    `only_unfinished`: what is left of a creation that failed, and nothing else.
    """
    if only_unfinished:
        return _change(request, who, ad_id, Operation.DELETE, platform, only_unfinished=True)
    if campaign_queries.of_ad(who.actor, ad_id=ad_id):
        return _change(request, who, ad_id, Operation.DELETE, None)
    ads.delete(who.actor, ad_id=ad_id)
    return render.see_other("/ads")


def _change(
    request: Request,
    who: Visitor,
    ad_id: UUID,
    operation: Operation,
    platform: Platform | None,
    *,
    duplicates: Duplicates | None = None,
    only_unfinished: bool = False,
) -> Response:
    try:
        campaigns.change(
            who.actor,
            ad_id=ad_id,
            operation=operation,
            platforms=None if platform is None else (platform,),
            duplicates=duplicates,
            only_unfinished=only_unfinished,
        )
    except Refused as refusal:
        return _refused(request, who, ad_id, refusal)
    return render.see_other(f"/ads/{ad_id}")


def _refused(request: Request, who: Visitor, ad_id: UUID, refusal: Refused) -> Response:
    """The ad's page with the reason on top; what is not there, or not allowed, has no such page."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    return _page(request, who, ad_id, number=1, refusal=refusal)


def _page(request: Request, who: Visitor, ad_id: UUID, *, number: int, refusal: Refused | None = None) -> Response:
    known = _known(who.actor, ad_id)
    stands = view.standing(known)
    return render.page(
        request,
        "ad.html",
        status=200 if refusal is None else problems.status_of(refusal),
        nav="ads",
        stands=stands,
        said=verdicts.of_plan(ad_id, known.plan),
        looks=view.looks(known, stands, number=number, assets=_assets(who.actor, known.unified)),
        refusal=None if refusal is None else render.complaint(refusal),
        is_fragment=False,
    )


def _known(actor: Actor, ad_id: UUID, *, is_polled: bool = False) -> Known:
    ad = ad_queries.get(actor, ad_id=ad_id)
    deployments = campaign_queries.history(actor, ad_id=ad_id)
    is_busy = is_polled and any(not deployment.status.is_final for deployment in deployments)
    with answers.of_one_moment(actor):
        sums = metrics.show(actor, since=_EVER[0], until=_EVER[1], by=(By.PLATFORM,), ad_id=ad_id)
        told = None if is_busy else caveats.of(actor, since=_EVER[0], until=_EVER[1], ad_id=ad_id)
    return Known(
        ad=ad,
        unified=_unified(ad),
        campaigns=campaign_queries.of_ad(actor, ad_id=ad_id),
        deployments=deployments,
        objects=campaign_queries.objects(actor, ad_id=ad_id),
        drifts=campaign_queries.drift_history(actor, ad_id=ad_id),
        accounts=connections.accounts(actor),
        sums=sums,
        renamed=names.renamed(actor, ad_id=ad_id) if ad.origin is AdOrigin.IMPORTED else (),
        caveats=told,
        # A plan locks the ad, which the jobs that are under way want to write: it is not made every second.
        me=actor.person_id,
        requests=requesting.waiting(actor, ad_id=ad_id) if requesting.is_required(actor, ad_id=ad_id) else None,
        plan=None if is_busy or ad.origin is AdOrigin.IMPORTED else campaigns.whole_plan(actor, ad_id=ad_id).as_json(),
    )


def _unified(ad: Ad) -> UnifiedAd | None:
    return None if ad.origin is AdOrigin.IMPORTED else ad_queries.as_unified(ad)


def _assets(actor: Actor, ad: UnifiedAd | None) -> dict[UUID, Asset]:
    """The ad's files; those that were deleted since are left out."""
    found: dict[UUID, Asset] = {}
    for asset_id in attachments.asset_ids(ad) if ad else ():
        try:
            found[asset_id] = assets.get(actor, asset_id=asset_id)
        except NotFound:
            continue
    return found
