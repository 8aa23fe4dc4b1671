"""The writes of each operation on TikTok, in order, and the body of each one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms import feed_ads, http
from adloom.platforms.contract import Step
from adloom.platforms.spec import CampaignSpec, MediaFile
from adloom.platforms.tiktok import payloads
from adloom.platforms.types import Operation, RemoteStatus

#: What each status step switches the campaign to.
SWITCH = {"pause": "DISABLE", "resume": "ENABLE", "activate/campaign": "ENABLE", "delete": "DELETE"}


def plan(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation, parents first. Children are made live below a campaign that is off."""
    if operation is Operation.CREATE:
        return tuple(_create(spec))
    if operation is Operation.RESUME:
        return (Step("resume", "campaign", activates=True),)
    if operation in (Operation.PAUSE, Operation.DELETE):
        return (Step(operation.value, "campaign"),)
    raise Invalid.field("operation", "what stands on TikTok cannot be changed yet.", "Pause it, and deploy a new one.")


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> dict[str, Any]:
    """What a step sends; for files what identifies them. Raises Conflict where a parent is missing."""
    if step.asset_id is not None:
        file = asset(spec, asset_id=step.asset_id)
        return {"filename": file.filename, "sha256": file.sha256, "size": file.size, "type": file.mime_type}
    if step.key in SWITCH:
        return payloads.status(spec, ids=ids, operation=SWITCH[step.key])
    if step.key == "campaign":
        return payloads.campaign(spec, key=key)
    for group in spec.groups:
        if step.key == f"ad_group/{group.key}":
            return payloads.ad_group(spec, group=group, ids=ids, key=key)
        for ad in group.ads:
            if step.key == f"ad/{group.key}/{ad.key}":
                return payloads.ad(spec, group=group, ad=ad, ids=ids)
    raise ValueError(f"{step.key!r} is no step of this ad")


def storable(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain JSON values, decimals as strings."""
    stored: dict[str, Any] = json.loads(http.dumps(body), parse_float=str)
    return stored


def asset(spec: CampaignSpec, *, asset_id: str) -> MediaFile:
    """The file of an asset step."""
    return next(file for file in assets(spec) if file.asset_id == asset_id)


def assets(spec: CampaignSpec) -> tuple[MediaFile, ...]:
    """Every video and cover that the ads show, each once."""
    found: dict[str, MediaFile] = {}
    for group in spec.groups:
        for ad in group.ads:
            for file in (feed_ads.video_of(ad.creative), feed_ads.cover_of(ad.creative)):
                if file is not None:
                    found.setdefault(file.asset_id, file)
    return tuple(found.values())


def _create(spec: CampaignSpec) -> Iterator[Step]:
    for file in assets(spec):
        yield Step(f"asset/{file.asset_id}", "asset", creates=(f"asset/{file.asset_id}",), asset_id=file.asset_id)
    yield Step("campaign", "campaign", creates=("campaign",))
    for group in spec.groups:
        yield Step(f"ad_group/{group.key}", "ad_group", creates=(f"ad_group/{group.key}",))
        for ad in group.ads:
            yield Step(f"ad/{group.key}/{ad.key}", "ad", creates=(f"ad/{group.key}/{ad.key}",))
    if spec.desired_status is RemoteStatus.ACTIVE:
        yield Step("activate/campaign", "campaign", activates=True)
