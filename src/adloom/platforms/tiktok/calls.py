"""Does one step on TikTok, or finds out whether it was done. Retries no write; finding only reads."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from itertools import islice
from typing import Any

from adloom.core.errors import OutcomeUnknown
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.spec import CampaignSpec, MediaFile
from adloom.platforms.tiktok import steps
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import Platform

#: Folder of each kind's endpoints.
FOLDERS = {"campaign": "campaign", "ad_group": "adgroup", "ad": "ad"}
#: How many rows are searched for a video of ours before it counts as not there.
MAX_SEARCHED = 2000


def execute(
    client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
) -> StepResult:
    """Does a step once. Raises as the contract says."""
    if step.asset_id is not None:
        return _upload(client, file=steps.asset(spec, asset_id=step.asset_id))
    body = steps.body(spec, step=step, ids=ids, key=key)
    if not step.creates:
        client.post("campaign/status/update", body=body)
        return _switched(step, body=body)
    data = client.post(f"{FOLDERS[step.kind]}/create", body=body)
    return _created(step, platform_id=_new_id(data, kind=step.kind), body=body)


def find(
    client: Client, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], key: str
) -> StepResult | None:
    """What a step left, by name or status; None where it left nothing. Images cannot be searched for."""
    if step.asset_id is not None:
        return _find_asset(client, file=steps.asset(spec, asset_id=step.asset_id))
    body = steps.body(spec, step=step, ids=ids, key=key)
    if not step.creates:
        return _find_switched(client, step=step, body=body)
    platform_id = _find_named(client, step=step, body=body)
    return None if platform_id is None else _created(step, platform_id=platform_id, body=body, adopted=True)


def by_id(client: Client, *, folder: str, field: str, value: str) -> list[dict[str, Any]]:
    """The campaigns, ad groups or ads with an id, or below one; deleted ones included."""
    filtering = {field: [value], "primary_status": "STATUS_ALL"}
    params = {"advertiser_id": client.advertiser_id, "filtering": filtering}
    return list(client.rows(f"{folder}/get", params=params))


def _new_id(data: Mapping[str, Any], *, kind: str) -> str:
    """The id of what was created; an answer without it proves nothing."""
    folder = FOLDERS[kind]
    found = (data.get("ad_ids") or [None])[0] if kind == "ad" else data.get(f"{folder}_id")
    if not found:
        raise OutcomeUnknown(f"TikTok named no id of the new {kind}.", platform=Platform.TIKTOK_ADS)
    return str(found)


def _created(step: Step, *, platform_id: str, body: Mapping[str, Any], adopted: bool = False) -> StepResult:
    fields = body["creatives"][0] if step.kind == "ad" else body
    parents = {
        "ad_group": "campaign",
        "ad": "ad_group/" + step.key.split("/")[1] if step.kind == "ad" else "",
    }
    made = RemoteObject(
        key=step.key,
        kind=step.kind,
        platform_id=platform_id,
        parent_key=parents.get(step.kind),
        status=fields["operation_status"],
        applied=steps.storable(body),
        url=_url(body["advertiser_id"], campaign_id=platform_id) if step.kind == "campaign" else None,
    )
    return StepResult(
        (made,), words=fields["operation_status"], response={"id": platform_id}, adopted=adopted
    )


def _url(advertiser_id: str, *, campaign_id: str) -> str:
    return f"https://ads.tiktok.com/i18n/perf/campaign?aadvid={advertiser_id}&campaign_id={campaign_id}"


def _switched(step: Step, *, body: Mapping[str, Any], adopted: bool = False) -> StepResult:
    platform_id, status = body["campaign_ids"][0], body["operation_status"]
    changed = RemoteObject("campaign", "campaign", platform_id, status=status)
    return StepResult(
        (changed,), words=status, response={"id": platform_id, "status": status}, adopted=adopted
    )


def _find_switched(client: Client, *, step: Step, body: Mapping[str, Any]) -> StepResult | None:
    wanted = body["operation_status"]
    rows = by_id(client, folder="campaign", field="campaign_ids", value=body["campaign_ids"][0])
    stands = next(iter(rows), None)
    is_gone = stands is None or str(stands.get("secondary_status")) == "CAMPAIGN_STATUS_DELETE"
    if is_gone or stands is None:
        return _switched(step, body=body, adopted=True) if wanted == "DELETE" else None
    return _switched(step, body=body, adopted=True) if stands.get("operation_status") == wanted else None


def _find_named(client: Client, *, step: Step, body: Mapping[str, Any]) -> str | None:
    """TikTok's filter may match parts of a name, so names are compared here; deleted ones do not count."""
    folder = FOLDERS[step.kind]
    field = f"{folder}_name"
    name = body["creatives"][0][field] if step.kind == "ad" else body[field]
    filtering: dict[str, Any] = {field: name}
    if step.kind == "ad_group":
        filtering["campaign_ids"] = [body["campaign_id"]]
    if step.kind == "ad":
        filtering["adgroup_ids"] = [body["adgroup_id"]]
    params = {"advertiser_id": client.advertiser_id, "filtering": filtering}
    rows = client.rows(f"{folder}/get", params=params)
    found = [str(row[f"{folder}_id"]) for row in rows if row.get(field) == name]
    return min(found, key=int, default=None)


def _upload(client: Client, *, file: MediaFile) -> StepResult:
    """File names are unique in an account: a video's tells its content, an image's is new each time."""
    kind = "image" if file.mime_type.startswith("image/") else "video"
    name = _video_name(file) if kind == "video" else f"{file.sha256[:16]}-{secrets.token_hex(6)}"
    data = client.upload(
        f"file/{kind}/ad/upload",
        body={
            "advertiser_id": client.advertiser_id,
            "upload_type": "UPLOAD_BY_FILE",
            "file_name": name,
            f"{kind}_signature": file.md5,
        },
        files={f"{kind}_file": (file.filename, file.read(), file.mime_type)},
    )
    row = data[0] if isinstance(data, list) else data
    return _asset(file, platform_id=str(row[f"{kind}_id"]))


def _find_asset(client: Client, *, file: MediaFile) -> StepResult | None:
    if file.mime_type.startswith("image/"):
        return None
    params = {"advertiser_id": client.advertiser_id}
    rows = islice(client.rows("file/video/ad/search", params=params), MAX_SEARCHED)
    found = [str(row["video_id"]) for row in rows if _is_named(row, name=_video_name(file))]
    return _asset(file, platform_id=found[0], adopted=True) if found else None


def _is_named(row: Mapping[str, Any], *, name: str) -> bool:
    """TikTok may add the file's ending to the name that was given."""
    given = str(row.get("file_name") or "")
    return given == name or given.rpartition(".")[0] == name


def _video_name(file: MediaFile) -> str:
    return f"adloom-{file.sha256[:24]}"


def _asset(file: MediaFile, *, platform_id: str, adopted: bool = False) -> StepResult:
    made = RemoteObject(f"asset/{file.asset_id}", "asset", platform_id, applied={"sha256": file.sha256})
    return StepResult((made,), words="", response={"id": platform_id}, adopted=adopted)
