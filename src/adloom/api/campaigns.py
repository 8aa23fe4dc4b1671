"""`/v1/campaigns`: one ad on one platform, and all that was done to it there."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from adloom.api.depends import Acting, After, Limit, Reading
from adloom.api.shapes import Json, ListOf, Passed, Shape
from adloom.campaigns import chronicle, queries
from adloom.campaigns.types import (
    CampaignStatus,
    CampaignView,
    Decision,
    DeploymentStatus,
    DeploymentType,
    OnFailure,
    Reason,
    StepState,
)
from adloom.core.errors import NotFound
from adloom.platforms.changes import DriftKind
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
deployments_router = APIRouter(prefix="/v1/deployments", tags=["deployments"])


class Campaign(Shape):
    """`status` is what was asked and accepted, `delivery_state` what happens.

    `delivery_words` and `reasons` are the platform's own.
    """

    id: UUID
    ad_id: UUID
    client_id: UUID | None
    platform: Platform
    platform_account_id: UUID
    platform_campaign_id: str | None
    name: str
    marker: str
    status: CampaignStatus
    delivery_state: DeliveryState
    delivery_words: str | None
    reasons: list[str]
    error: str | None
    last_sync_at: datetime | None
    created_at: datetime
    deleted_at: datetime | None


class RemoteObject(Shape):
    """Something that stands on the platform. `seen` is the platform's word for its state, where it has one."""

    key: str
    kind: str
    platform_id: str | None
    parent: str | None
    seen: str | None
    created_at: datetime
    deleted_at: datetime | None


class Step(Shape):
    """One write on the platform: its intent, and what came of it."""

    key: str
    kind: str
    state: StepState
    platform_id: str | None
    attempts: int
    sent_at: datetime | None
    finished_at: datetime | None
    response: Json | None
    error: Json | None


class Surplus(Shape):
    """Something that stood at the platform under the campaign's marker, and is none of ours; ids are the platform's."""

    kind: str
    platform_id: str
    campaign_id: str
    name: str | None
    status: RemoteStatus


class DeploymentHistory(Shape):
    """One attempt to change a campaign, with the steps it took.

    `surplus` is what stood there twice, where it stopped for that and switched nothing on; `duplicates` of the next
    deployment decides about it.
    """

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    job_id: UUID | None
    started_at: datetime
    completed_at: datetime | None
    error: Json | None
    on_failure: OnFailure
    surplus: list[Surplus]
    actor_id: UUID | None
    reason: Reason | None
    undoes: UUID | None
    steps: list[Step]


class Drift(Shape):
    """Something that was changed on the platform itself: what was applied (`ours`) and what stands (`theirs`).

    `kind` is `changed`, `gone` or `added`; `field` is null where a whole object is gone or was added. `decision` is
    what a person decided about it; `ended_at` is since when it stands no more.
    """

    id: UUID
    campaign_id: UUID
    platform: Platform
    object: str
    kind: DriftKind
    field: str | None
    ours: str | None
    theirs: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    decision: Decision | None
    decided_by: UUID | None
    decided_at: datetime | None
    deployment_id: UUID | None


class WithDrift(Campaign):
    """One campaign, and what was changed on the platform itself and still stands so."""

    drift: list[Drift]


class FieldChange(Shape):
    """A field of the ad, by its path, before and after."""

    field: str
    from_: Any = Field(alias="from")
    to: Any


class Done(Shape):
    """A deployment in the history: who asked for it, how it ended, and what of the ad it was to change."""

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    job_id: UUID | None
    started_at: datetime
    completed_at: datetime | None
    error: Json | None
    actor_id: UUID | None
    reason: Reason | None
    undoes: UUID | None
    changes: list[FieldChange]


class HistoryEntry(Shape):
    """`what` is `deployment` (done from here) or `drift` (changed there); the other one is null."""

    at: datetime
    what: str
    deployment: Done | None
    drift: Drift | None


@router.get("", response_model=ListOf[Campaign])
async def list_(
    reading: Reading,
    limit: Limit = 50,
    after: After = None,
    platform: Platform | None = None,
    status: CampaignStatus | None = None,
    deleted: Annotated[bool, Query(description="With those that were deleted.")] = True,
) -> Passed:
    """Your campaigns, newest first."""
    return Passed(
        await reading.page(
            queries.listed(limit=limit, after=after, platform=platform, status=status, with_deleted=deleted)
        )
    )


@router.get("/{campaign_id}")
def show(campaign_id: UUID, acting: Acting) -> WithDrift:
    """One campaign, and its drift."""
    view = _found(acting, campaign_id)
    drift = [each.as_json() for each in queries.drift(acting, campaign_id=campaign_id)]
    return WithDrift.model_validate({**view.as_json(), "client_id": view.client_id, "drift": drift})


@router.get("/{campaign_id}/history")
def history(campaign_id: UUID, acting: Acting) -> ListOf[HistoryEntry]:
    """All that was done to a campaign, from here and on the platform itself, newest first."""
    _found(acting, campaign_id)
    found = chronicle.entries(acting, campaign_id=campaign_id)
    return ListOf(items=[HistoryEntry.model_validate(each.as_json()) for each in found])


@router.get("/{campaign_id}/objects")
def objects(
    campaign_id: UUID,
    acting: Acting,
    deleted: Annotated[bool, Query(description="With those that stood once.")] = False,
) -> ListOf[RemoteObject]:
    """What stands of a campaign on its platform: its ad groups, its ads, and how each was last seen."""
    _found(acting, campaign_id)
    found = queries.objects(acting, campaign_id=campaign_id, with_deleted=deleted)
    return ListOf(items=[RemoteObject.model_validate(view) for view in found])


@router.get("/{campaign_id}/deployments")
def deployments(campaign_id: UUID, acting: Acting) -> ListOf[DeploymentHistory]:
    """Every attempt to change a campaign, newest first."""
    _found(acting, campaign_id)
    found = queries.history(acting, campaign_id=campaign_id)
    return ListOf(items=[DeploymentHistory.model_validate(view) for view in found])


@deployments_router.get("/{deployment_id}")
def show_deployment(deployment_id: UUID, acting: Acting) -> DeploymentHistory:
    """One attempt to change a campaign: what the `deployment_ids` of a 202 answer name."""
    found = queries.deployment(acting, deployment_id=deployment_id)
    if found is None:
        raise NotFound(f"There is no deployment {deployment_id}.")
    return DeploymentHistory.model_validate(found)


def campaign(view: CampaignView) -> Campaign:
    """The campaign as the API shows it."""
    return Campaign.model_validate({**view.as_json(), "client_id": view.client_id})


def _found(acting: Acting, campaign_id: UUID) -> CampaignView:
    found = queries.get(acting, campaign_id=campaign_id)
    if found is None:
        raise NotFound(f"There is no campaign {campaign_id}.")
    return found
