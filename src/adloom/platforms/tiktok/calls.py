"""Does one step on TikTok, or finds out whether it was done. Retries no write; finding only reads."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from adloom.core.errors import Missing, OutcomeUnknown, Rejected
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import comparing, mapping, paths, readback, shapes, steps, switches, uploads
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.paths import Path
from adloom.platforms.tiktok.uploads import Sleep
from adloom.platforms.types import Platform


def execute(
    client: Client,
    *,
    spec: CampaignSpec,
    step: Step,
    ids: Mapping[str, str],
    key: str,
    sleep: Sleep = time.sleep,
) -> StepResult:
    """Does a step once. Raises as the contract says."""
    if step.asset_id is not None:
        return uploads.once(client, file=uploads.files(spec)[step.asset_id], sleep=sleep)
    path, body = paths.of(spec), steps.body(spec, step=step, ids=ids, key=key)
    folder = path.folders[step.kind]
    if step.creates:
        data = client.post(f"{folder}/create", body=body)
        return _created(step, platform_id=_new_id(data, kind=step.kind, path=path), body=body)
    if switches.is_switch(step):
        return _switch(client, spec=spec, step=step, ids=ids, body=body)
    client.post(f"{folder}/update", body=body)
    return _set(step, ids=ids, body=body)


def find(
    client: Client,
    *,
    spec: CampaignSpec,
    step: Step,
    ids: Mapping[str, str],
    key: str,
    sleep: Sleep = time.sleep,
) -> StepResult | None:
    """What a step left, by name, content or state; None where it left nothing."""
    if step.asset_id is not None:
        return uploads.find(client, file=uploads.files(spec)[step.asset_id], sleep=sleep)
    path, body = paths.of(spec), steps.body(spec, step=step, ids=ids, key=key)
    if step.creates:
        platform_id = readback.named(client, kind=step.kind, path=path, name=_name(body, step=step), body=body)
        return None if platform_id is None else _created(step, platform_id=platform_id, body=body, adopted=True)
    if switches.is_switch(step):
        return _find_switched(client, spec=spec, step=step, ids=ids, body=body)
    row = readback.by_id(client, kind=step.kind, path=path, platform_id=_target(ids, step=step))
    if row is None or readback.is_deleted(row) or not readback.holds(row, body):
        return None
    return _set(step, ids=ids, body=body, adopted=True)


def _new_id(data: Mapping[str, Any], *, kind: str, path: Path) -> str:
    """The id of what was created; an answer without it proves nothing."""
    several = data.get("ad_ids") if kind == "ad" and path is paths.MANUAL else [data.get(path.ids[kind])]
    found = shapes.an_id(several[0]) if isinstance(several, list) and len(several) == 1 else ""
    if not found:
        raise OutcomeUnknown(f"TikTok named no id of the new {kind}.", platform=Platform.TIKTOK_ADS.value)
    return found


def _name(body: Mapping[str, Any], *, step: Step) -> str:
    own = body["creatives"][0] if "creatives" in body else body
    return str(own[mapping.NAMES[step.kind]])


def _created(step: Step, *, platform_id: str, body: Mapping[str, Any], adopted: bool = False) -> StepResult:
    status = str((body["creatives"][0] if "creatives" in body else body)["operation_status"])
    made = RemoteObject(
        key=step.key,
        kind=step.kind,
        platform_id=platform_id,
        parent_key=_parent(step.key),
        status=status,
        applied=steps.storable(body),
        url=_url(body["advertiser_id"], campaign_id=platform_id) if step.kind == "campaign" else None,
    )
    return StepResult((made,), words=status, response={"id": platform_id}, adopted=adopted)


def _parent(key: str) -> str | None:
    kind, *names = key.split("/")
    if kind == "ad":
        return f"ad_group/{names[0]}"
    return "campaign" if kind == "ad_group" else None


def _url(advertiser_id: str, *, campaign_id: str) -> str:
    return f"https://ads.tiktok.com/i18n/perf/campaign?aadvid={advertiser_id}&campaign_id={campaign_id}"


def _target(ids: Mapping[str, str], *, step: Step) -> str:
    return ids[step.key.partition("/")[2]]


def _set(step: Step, *, ids: Mapping[str, str], body: Mapping[str, Any], adopted: bool = False) -> StepResult:
    key = step.key.partition("/")[2]
    changed = RemoteObject(key, step.kind, ids[key], parent_key=_parent(key), applied=steps.storable(body))
    return StepResult((changed,), response={"id": ids[key]}, adopted=adopted)


def _switch(
    client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], body: Mapping[str, Any]
) -> StepResult:
    """TikTok refuses to delete what is deleted; that is what was wanted."""
    platform_id = _switched_id(client, spec=spec, step=step, ids=ids)
    if platform_id is None:
        return StepResult(adopted=True)
    path = paths.of(spec)
    body = {**body, f"{path.ids[step.kind]}s": [platform_id]}
    try:
        client.post(f"{path.folders[step.kind]}/status/update", body=body)
    except Rejected:
        is_deletion = body["operation_status"] == "DELETE"
        stands = _find_switched(client, spec=spec, step=step, ids=ids, body=body) if is_deletion else None
        if stands is None:
            raise
        return stands
    return _switched(step, platform_id=platform_id)


def _find_switched(
    client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], body: Mapping[str, Any]
) -> StepResult | None:
    platform_id = _switched_id(client, spec=spec, step=step, ids=ids)
    if platform_id is None:
        return StepResult(adopted=True)
    try:
        row = readback.by_id(client, kind=step.kind, path=paths.of(spec), platform_id=platform_id)
    except Missing:
        row = None
    if row is None or readback.is_deleted(row):
        is_done = body["operation_status"] == "DELETE"
    else:
        is_done = row.get("operation_status") == body["operation_status"]
    return _switched(step, platform_id=platform_id, adopted=True) if is_done else None


def _switched(step: Step, *, platform_id: str, adopted: bool = False) -> StepResult:
    key, status = switches.target(step)
    changed = RemoteObject(key, step.kind, platform_id, parent_key=_parent(key), status=status)
    return StepResult((changed,), words=status, response={"id": platform_id, "status": status}, adopted=adopted)


def _switched_id(client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str]) -> str | None:
    """The id of what a step switches; of a part that an update may have left without telling us, by its name."""
    key, _ = switches.target(step)
    if key in ids:
        return ids[key]
    for stands in spec.standing:
        parent = _parent(key) or ""
        name = _names(stands).get(key)
        if name is not None and parent in ids:
            body = {"campaign_id": ids["campaign"], "adgroup_id": ids[parent]}
            return readback.named(client, kind=step.kind, path=paths.of(spec), name=name, body=body)
    return None


def _names(spec: CampaignSpec) -> dict[str, str]:
    groups = {key: group.name for key, group in comparing.groups(spec).items()}
    return groups | {key: ad.name for key, (_, ad) in comparing.ads(spec).items()}
