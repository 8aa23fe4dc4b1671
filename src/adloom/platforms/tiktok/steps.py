"""The writes of each operation on TikTok, in order, and the body of each one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms import http
from adloom.platforms.contract import Step
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import comparing, paths, payloads, smart_plus, switches, updates, uploads
from adloom.platforms.types import Operation, RemoteStatus


def plan(spec: CampaignSpec, *, operation: Operation) -> tuple[Step, ...]:
    """The steps of an operation, parents first. Children are made live below a campaign that is off."""
    if operation is Operation.CREATE:
        return tuple(_create(spec))
    if operation is Operation.UPDATE:
        return updates.plan(spec)
    return (Step(operation.value, "campaign", activates=operation is Operation.RESUME),)


def body(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> dict[str, Any]:
    """What a step sends; for files what identifies them. Raises Conflict where a parent is missing."""
    if step.asset_id is not None:
        return uploads.identity(uploads.files(spec)[step.asset_id])
    if switches.is_switch(step):
        return switches.body(spec, step=step, ids=ids)
    if step.key.startswith(updates.PREFIX):
        return updates.body(spec, step=step, ids=ids)
    return _new(spec, step=step, ids=ids, key=key)


def storable(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as plain JSON values, decimals as strings."""
    stored: dict[str, Any] = json.loads(http.dumps(body), parse_float=str)
    return stored


def _new(spec: CampaignSpec, *, step: Step, ids: Mapping[str, str], key: str) -> dict[str, Any]:
    is_smart_plus = paths.of(spec) is paths.SMART_PLUS
    if step.key == "campaign":
        return smart_plus.campaign(spec, key=key) if is_smart_plus else payloads.campaign(spec, key=key)
    if step.kind == "ad_group":
        build = smart_plus.ad_group if is_smart_plus else payloads.ad_group
        return build(spec, group=comparing.groups(spec)[step.key], ids=ids, key=key)
    group, ad = comparing.ads(spec)[step.key]
    return (smart_plus.ad if is_smart_plus else payloads.ad)(spec, group=group, ad=ad, ids=ids)


def _create(spec: CampaignSpec) -> Iterator[Step]:
    yield from uploads.steps(spec)
    yield Step("campaign", "campaign", creates=("campaign",))
    for group in spec.groups:
        yield Step(f"ad_group/{group.key}", "ad_group", creates=(f"ad_group/{group.key}",))
        for ad in group.ads:
            yield Step(f"ad/{group.key}/{ad.key}", "ad", creates=(f"ad/{group.key}/{ad.key}",))
    if spec.desired_status is RemoteStatus.ACTIVE:
        yield Step("activate/campaign", "campaign", activates=True)
