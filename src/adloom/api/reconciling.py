"""`/v1/campaigns/{id}/reconcile` and `/v1/ads/{id}/undo`: adopting what was changed there, putting ours back, undoing.

Each shows first what it would do.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.campaigns import Drift
from adloom.api.depends import Acting, Writing
from adloom.api.deploying import Changing, Plan, changing
from adloom.api.shapes import Body, Shape
from adloom.campaigns import reconciling, undoing
from adloom.campaigns.reconciling import How
from adloom.campaigns.types import DeploymentType
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/campaigns", tags=["campaigns"])
ads_router = APIRouter(prefix="/v1/ads", tags=["ads"])


class Wanted(Body):
    """`how`: `adopt` takes theirs over, `put_back` sends ours again. `fields`: only these fields or objects."""

    how: How
    fields: list[str] = Field(default_factory=list, max_length=100)


class Reconcile(Wanted):
    """`plan`: the fingerprint of the plan that you have seen; `confirm`: sentences that it asks for."""

    plan: str | None = Field(default=None, max_length=100)
    confirm: list[str] = Field(default_factory=list, max_length=20)


class Left(Drift):
    """A drift that stays, and why."""

    why: str


class Reconciliation(Plan):
    """What would be done about a campaign's drift: what is `taken`, what is `left`, and what would be sent there."""

    campaign_id: UUID
    how: How
    taken: list[Drift]
    left: list[Left]


class Which(Body):
    """`deployment` null is the ad's last change that was no undo, on all platforms that it was made on."""

    deployment: UUID | None = None


class Undo(Which):
    """`plan`: the fingerprint of the plan that you have seen; `confirm`: sentences that it asks for."""

    plan: str | None = Field(default=None, max_length=100)
    confirm: list[str] = Field(default_factory=list, max_length=20)


class Undone(Shape):
    """A change that is taken back."""

    deployment_id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    asked_by: UUID | None
    asked_at: datetime


class Undoing(Plan):
    """What an undo would do. `undone_by`: what has done so already; then nothing is left to do."""

    undoes: list[Undone]
    undone_by: list[UUID]
    reverts_ad: bool


@router.post("/{campaign_id}/reconcile/plan")
def plan_reconciliation(campaign_id: UUID, acting: Acting, body: Wanted) -> Reconciliation:
    """What adopting what was changed there, or putting ours back, would do. At once, and nothing is sent."""
    found = reconciling.plan(acting, campaign_id=campaign_id, how=body.how, fields=body.fields)
    return Reconciliation.model_validate(found.as_json())


@router.post("/{campaign_id}/reconcile", status_code=202)
def reconcile(campaign_id: UUID, write: Writing, body: Reconcile) -> Changing:
    """Take over what was changed on the platform itself, or put ours back. Again does nothing more."""
    return write.once(
        lambda: changing(
            reconciling.reconcile(
                write.actor,
                campaign_id=campaign_id,
                how=body.how,
                fields=body.fields,
                confirm=body.confirm,
                plan=body.plan,
            )
        ),
        status=202,
    )


@ads_router.post("/{ad_id}/undo/plan")
def plan_undo(ad_id: UUID, acting: Acting, body: Which | None = None) -> Undoing:
    """What undoing the ad's last change, or the one that is named, would do. At once, and nothing is sent."""
    deployment_id = None if body is None else body.deployment
    return Undoing.model_validate(undoing.plan(acting, ad_id=ad_id, deployment_id=deployment_id).as_json())


@ads_router.post("/{ad_id}/undo", status_code=202)
def undo(ad_id: UUID, write: Writing, body: Undo | None = None) -> Changing:
    """Take a change back. Again gives the same answer, and changes nothing more."""
    asked = body or Undo()
    return write.once(
        lambda: changing(
            undoing.undo(
                write.actor,
                ad_id=ad_id,
                deployment_id=asked.deployment,
                confirm=asked.confirm,
                plan=asked.plan,
            )
        ),
        status=202,
    )
