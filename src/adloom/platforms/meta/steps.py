"""The writes of each operation on Meta, in order, and the body of each one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Invalid
from adloom.platforms import http
from adloom.platforms.contract import Step
from adloom.platforms.meta import media, payloads
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, MediaFile
from adloom.platforms.types import Operation, RemoteStatus

#: The status that each operation sets on the campaign itself.
CAMPAIGN_STATUS = {"pause": "PAUSED", "resume": "ACTIVE", "delete": "DELETED"}


def plan(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation, parents first. Everything is created paused; the campaign goes live last."""
    if operation is Operation.CREATE:
        return tuple(_create(spec))
    if operation is Operation.RESUME:
        return (*_children(spec), Step("resume", "campaign", activates=True))
    if operation in (Operation.PAUSE, Operation.DELETE):
        return (Step(operation.value, "campaign"),)
    raise Invalid.field(
        "operation",
        "a campaign that stands on Meta cannot be changed yet.",
        "Pause it, and deploy a new one.",
    )


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str]) -> dict[str, Any]:
    """What a step sends; for files what identifies them. Raises Conflict where a parent is missing."""
    if step.asset_id is not None:
        file = asset(spec, asset_id=step.asset_id)
        return {"filename": file.filename, "sha256": file.sha256, "size": file.size, "type": file.mime_type}
    if step.key in CAMPAIGN_STATUS or step.key.startswith("activate/"):
        return {"id": payloads.known(ids, target(step)), "status": CAMPAIGN_STATUS.get(step.key, "ACTIVE")}
    if step.key == "campaign":
        return payloads.campaign(spec)
    for group in spec.groups:
        if step.key == f"ad_group/{group.key}":
            return payloads.ad_set(spec, group=group, ids=ids)
        for ad in group.ads:
            if step.key == f"creative/{group.key}/{ad.key}":
                return payloads.creative(spec, ad=ad, ids=ids)
            if step.key == f"ad/{group.key}/{ad.key}":
                return payloads.ad_body(group=group, ad=ad, ids=ids)
    raise ValueError(f"{step.key!r} is no step of this ad")


def storable(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain JSON values, decimals as strings."""
    stored: dict[str, Any] = json.loads(http.dumps(body), parse_float=str)
    return stored


def target(step: Step) -> str:
    """Our key of the object whose status a step sets."""
    return step.key.removeprefix("activate/") if step.key.startswith("activate/") else "campaign"


def asset(spec: CampaignSpec, *, asset_id: str) -> MediaFile:
    """The file of an asset step."""
    return next(file for file in assets(spec) if file.asset_id == asset_id)


def assets(spec: CampaignSpec) -> tuple[MediaFile, ...]:
    """Every file that the ads show, each once."""
    found: dict[str, MediaFile] = {}
    for _, ad in _ads(spec):
        for file in media.files(media.choose(spec, ad.creative)):
            found.setdefault(file.asset_id, file)
    return tuple(found.values())


def _create(spec: CampaignSpec) -> Iterator[Step]:
    for file in assets(spec):
        key = f"asset/{file.asset_id}"
        yield Step(key, "asset", creates=(key,), asset_id=file.asset_id)
    yield Step("campaign", "campaign", creates=("campaign",))
    for group in spec.groups:
        yield _made(f"ad_group/{group.key}", kind="ad_group")
        for ad in group.ads:
            yield _made(f"creative/{group.key}/{ad.key}", kind="creative")
            yield _made(f"ad/{group.key}/{ad.key}", kind="ad")
    if spec.desired_status is RemoteStatus.ACTIVE:
        yield from _children(spec)
        yield Step("activate/campaign", "campaign", activates=True)


def _children(spec: CampaignSpec) -> Iterator[Step]:
    """Sets ads, then ad sets live, below a campaign that is still paused."""
    for group, ad in _ads(spec):
        yield Step(f"activate/ad/{group.key}/{ad.key}", "ad")
    for group in spec.groups:
        yield Step(f"activate/ad_group/{group.key}", "ad_group")


def _made(key: str, *, kind: str) -> Step:
    return Step(key, kind, creates=(key,))


def _ads(spec: CampaignSpec) -> Iterator[tuple[AdGroupSpec, AdSpec]]:
    for group in spec.groups:
        for ad in group.ads:
            yield group, ad
