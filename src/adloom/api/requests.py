"""`/v1/ads/{id}/requests`: plans that one person made for another one to apply."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, ListOf, Shape
from adloom.campaigns import requesting
from adloom.campaigns.requests import Asked, RequestStatus, RequestView
from adloom.core.actor import Actor
from adloom.core.errors import Invalid

router = APIRouter(prefix="/v1/ads", tags=["ads"])


class NewRequest(Body):
    """`deploy`, `resume`, `undo` or `put_back`. `plan`: the fingerprint of the plan that you have seen.

    `deployment` is of an undo (null: the ad's last change), `campaign` and `fields` are of a putting back.
    """

    operation: Asked = Asked.DEPLOY
    deployment: UUID | None = None
    campaign: UUID | None = None
    fields: list[str] = Field(default_factory=list, max_length=100)
    plan: str | None = Field(default=None, max_length=100)


class Request(Shape):
    """Who planned, and who applied. `is_stale`: another plan would be made now, so that this one is refused.

    `plan` is the plan as it was shown to who asked, empty for a resume.
    """

    id: UUID
    ad_id: UUID
    operation: Asked
    status: RequestStatus
    fingerprint: str
    requested_by: UUID
    requester: str | None
    requested_at: datetime
    applied_by: UUID | None
    applier: str | None
    applied_at: datetime | None
    is_stale: bool
    plan: dict[str, Any]


@router.get("/{ad_id}/requests")
def requests(ad_id: UUID, acting: Acting) -> ListOf[Request]:
    """What was planned for a second person to apply, newest first."""
    found = requesting.of_ad(acting, ad_id=ad_id)
    return ListOf(items=[Request.model_validate(each.as_json()) for each in found])


@router.post("/{ad_id}/requests", status_code=201)
def request(ad_id: UUID, write: Writing, body: NewRequest | None = None) -> Request:
    """Ask that another person applies what would be done now, where the client requires it; nothing is sent."""
    asked = body or NewRequest()
    return write.once(lambda: Request.model_validate(_requested(write.actor, ad_id, asked).as_json()), status=201)


def _requested(actor: Actor, ad_id: UUID, asked: NewRequest) -> RequestView:
    if asked.operation is Asked.UNDO:
        return requesting.request_undo(actor, ad_id=ad_id, deployment_id=asked.deployment, plan=asked.plan)
    if asked.operation is Asked.PUT_BACK:
        if asked.campaign is None:
            raise Invalid.field("campaign", "a putting back is of one campaign.", "Name it by its id.")
        return requesting.request_put_back(
            actor, ad_id=ad_id, campaign_id=asked.campaign, fields=asked.fields, plan=asked.plan
        )
    return requesting.request(actor, ad_id=ad_id, operation=asked.operation, plan=asked.plan)
