"""`/v1/ads`: what to say, to whom, for how much. Putting it on its platforms is `deploying`."""

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
from adloom.api.depends import Acting, After, Limit, Reading, Writing
from adloom.api.shapes import Json, ListOf, Passed, Shape
from adloom.campaigns import queries as campaign_queries
from adloom.core.errors import Invalid

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


async def _document(request: Request) -> Mapping[str, Any]:
    try:
        found = unified.read(await request.body())
    except (ValueError, RecursionError):  # thousands of brackets, or of digits: JSON, but nothing that can be held
        raise Invalid.field("the ad", "it is nested too deeply, or holds a number too long.", "Send an ad.") from None
    if not isinstance(found, Mapping):
        raise Invalid.field("the ad", "it is not a JSON object.", "Send the ad's JSON document.")
    return found


#: Read after the caller is known: dependencies are solved in the order of the parameters.
Document = Annotated[Mapping[str, Any], Depends(_document)]


@router.get("", response_model=ListOf[AdSummary])
async def list_(
    reading: Reading,
    limit: Limit = 50,
    after: After = None,
    status: AdStatus | None = None,
    client_id: UUID | None = None,
) -> Passed:
    """Your ads, newest first."""
    return Passed(await reading.page(queries.listed(limit=limit, after=after, status=status, client_id=client_id)))


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
    """Replace an ad's content. Where it stands on a platform, that stays as it is until the ad is deployed again."""
    return write.once(
        lambda: Ad.model_validate(
            actions.update(write.actor, ad_id=ad_id, data=document, expected_updated_at=expected_updated_at)
        )
    )


@router.delete("/{ad_id}", status_code=204)
def delete(ad_id: UUID, write: Writing) -> None:
    """Delete an ad that stands on no platform; its history stays."""
    write.once(lambda: actions.delete(write.actor, ad_id=ad_id), status=204)


@router.get("/{ad_id}/campaigns")
def list_campaigns(ad_id: UUID, acting: Acting, deleted: bool = False) -> ListOf[Campaign]:
    """The ad's campaigns, one per platform; with the deleted ones when asked."""
    queries.get(acting, ad_id=ad_id)
    found = campaign_queries.of_ad(acting, ad_id=ad_id, with_deleted=deleted)
    return ListOf(items=[shown.campaign(view) for view in found])
