"""`/v1/ads`: what to say, to whom, for how much; and putting it on its platforms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from adloom.ads import actions, queries, unified
from adloom.ads.types import AdOrigin, AdStatus
from adloom.api import campaigns as shown
from adloom.api.campaigns import Campaign
from adloom.api.depends import Acting, After, Limit, Writing
from adloom.api.shapes import Body, Json, ListOf, Queued, Shape
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import Change
from adloom.core.errors import Invalid
from adloom.platforms.types import Operation, Platform

router = APIRouter(prefix="/v1/ads", tags=["ads"])

#: The ad's own model refuses with every rule at once, better than a framework's parser would.
_AD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/UnifiedAd"}}},
    }
}


class Ad(Shape):
    """`ad` is the unified ad itself; of an imported one, what its platform showed."""

    id: UUID
    client_id: UUID | None
    name: str
    status: AdStatus
    origin: AdOrigin
    ad: Json = Field(validation_alias="data", serialization_alias="ad")
    created_at: datetime
    updated_at: datetime


class AdSummary(Shape):
    """`budget` is the shared one: what each platform may spend per day or in all."""

    id: UUID
    client_id: UUID | None
    name: str
    status: AdStatus
    origin: AdOrigin
    objective: str | None
    platforms: list[str]
    budget: Json
    created_at: datetime
    updated_at: datetime


class OnPlatforms(Body):
    """`platforms` null is all that the ad is for."""

    platforms: list[Platform] | None = None


class Deployment(OnPlatforms):
    """Without `accept_losses` a loss of targeting is refused; losses of creative are only listed."""

    accept_losses: bool = False


class Loss(Shape):
    """What a platform cannot express: `from` becomes `to`."""

    field: str
    kind: str
    before: Any = Field(serialization_alias="from")
    after: Any = Field(serialization_alias="to")


class Changing(Queued):
    """What was queued, how the ad's campaigns stand now, and what the platforms cannot express."""

    campaigns: list[Campaign]
    losses: dict[Platform, list[Loss]]


class WrongPart(Shape):
    field: str
    rule: str
    fix: str


class PlannedLoss(Shape):
    field: str
    kind: str
    from_: Any = Field(alias="from")
    to: Any
    is_targeting: bool


class PlannedChange(Shape):
    object: str
    action: str
    field: str | None
    from_: Any = Field(alias="from")
    to: Any


class PlatformPlan(Shape):
    errors: list[WrongPart]
    losses: list[PlannedLoss]
    changes: list[PlannedChange]


class Plan(Shape):
    """What a deployment would do, by platform. Nothing is sent and nothing is kept."""

    platforms: dict[Platform, PlatformPlan]


async def _document(request: Request) -> Mapping[str, Any]:
    found = unified.read(await request.body())
    if not isinstance(found, Mapping):
        raise Invalid.field("the ad", "it is not a JSON object.", "Send the ad's JSON document.")
    return found


#: Read after the caller is known: dependencies are solved in the order of the parameters.
Document = Annotated[Mapping[str, Any], Depends(_document)]


@router.get("")
def list_(
    acting: Acting,
    limit: Limit = 50,
    after: After = None,
    status: AdStatus | None = None,
    client_id: UUID | None = None,
) -> ListOf[AdSummary]:
    """Your ads, newest first."""
    page = queries.list(acting, limit=limit, after=after, status=status, client_id=client_id)
    return ListOf(items=[AdSummary.model_validate(ad) for ad in page.items], next=page.next)


@router.post("", status_code=201, openapi_extra=_AD_BODY)
def create(write: Writing, document: Document) -> Ad:
    """Keep an ad as a draft; the same ad again is the one that is there. Files are named by their assets' ids."""
    return write.once(lambda: Ad.model_validate(actions.create(write.actor, data=document)), status=201)


@router.get("/{ad_id}")
def show(ad_id: UUID, acting: Acting) -> Ad:
    """One ad."""
    return Ad.model_validate(queries.get(acting, ad_id=ad_id))


@router.put("/{ad_id}", openapi_extra=_AD_BODY)
def update(
    ad_id: UUID,
    write: Writing,
    document: Document,
    expected_updated_at: Annotated[
        datetime | None, Query(description="`updated_at` of the version that you read; 409 where it is older.")
    ] = None,
) -> Ad:
    """Replace a draft's content."""
    return write.once(
        lambda: Ad.model_validate(
            actions.update(write.actor, ad_id=ad_id, data=document, expected_updated_at=expected_updated_at)
        )
    )


@router.delete("/{ad_id}", status_code=204)
def delete(ad_id: UUID, write: Writing) -> None:
    """Delete an ad that stands on no platform; its history stays."""
    write.once(lambda: actions.delete(write.actor, ad_id=ad_id), status=204)


@router.post("/{ad_id}/plan")
def plan(ad_id: UUID, acting: Acting) -> Plan:
    """What a deployment would do on each platform: errors, losses, changes. At once, and nothing is sent."""
    return Plan.model_validate({"platforms": campaigns.plan(acting, ad_id=ad_id)})


@router.post("/{ad_id}/deploy", status_code=202)
def deploy(ad_id: UUID, write: Writing, body: Deployment | None = None) -> Changing:
    """Put the ad on its platforms, exactly once: again follows what is under way, or continues what failed."""
    asked = body or Deployment()
    return write.once(
        lambda: _changing(
            campaigns.deploy(write.actor, ad_id=ad_id, accept_losses=asked.accept_losses, platforms=asked.platforms)
        ),
        status=202,
    )


@router.post("/{ad_id}/pause", status_code=202)
def pause(ad_id: UUID, write: Writing, body: OnPlatforms | None = None) -> Changing:
    """Stop delivery on the platforms."""
    return _change(ad_id, write, body, Operation.PAUSE)


@router.post("/{ad_id}/resume", status_code=202)
def resume(ad_id: UUID, write: Writing, body: OnPlatforms | None = None) -> Changing:
    """Let paused campaigns deliver."""
    return _change(ad_id, write, body, Operation.RESUME)


@router.post("/{ad_id}/delete", status_code=202)
def delete_campaigns(ad_id: UUID, write: Writing, body: OnPlatforms | None = None) -> Changing:
    """Delete the ad's campaigns on the platforms for good. The ad, its history and its numbers stay."""
    return _change(ad_id, write, body, Operation.DELETE)


@router.post("/{ad_id}/sync", status_code=202)
def sync(ad_id: UUID, write: Writing) -> Queued:
    """Look at each of the ad's campaigns on its platform."""

    def work() -> Queued:
        queries.get(write.actor, ad_id=ad_id)
        job_ids = campaigns.sync(write.actor, ad_id=ad_id)
        return Queued(job_id=next(iter(job_ids), None), job_ids=list(job_ids))

    return write.once(work, status=202)


@router.get("/{ad_id}/campaigns")
def list_campaigns(ad_id: UUID, acting: Acting, deleted: bool = False) -> ListOf[Campaign]:
    """The ad's campaigns, one per platform; with the deleted ones when asked."""
    queries.get(acting, ad_id=ad_id)
    found = campaign_queries.of_ad(acting, ad_id=ad_id, with_deleted=deleted)
    return ListOf(items=[shown.campaign(view) for view in found])


def _change(ad_id: UUID, write: Writing, body: OnPlatforms | None, operation: Operation) -> Changing:
    platforms = None if body is None else body.platforms
    return write.once(
        lambda: _changing(campaigns.change(write.actor, ad_id=ad_id, operation=operation, platforms=platforms)),
        status=202,
    )


def _changing(change: Change) -> Changing:
    return Changing(
        job_id=next(iter(change.job_ids), None),
        job_ids=list(change.job_ids),
        deployment_ids=list(change.deployment_ids),
        campaigns=[shown.campaign(view) for view in change.campaigns],
        losses={
            platform: [Loss(field=x.field, kind=x.kind.value, before=x.before, after=x.after) for x in lost]
            for platform, lost in change.losses.items()
        },
    )
