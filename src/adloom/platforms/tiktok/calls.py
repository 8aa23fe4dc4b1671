"""Does one step on TikTok, or finds out whether it was done. Retries no write; finding only reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from adloom.core.errors import Duplicate, OutcomeUnknown, Rejected, Unavailable
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.spec import CampaignSpec, MediaFile
from adloom.platforms.tiktok import steps
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import Platform

#: Folder of each kind's endpoints.
FOLDERS = {"campaign": "campaign", "ad_group": "adgroup", "ad": "ad"}
#: How many files are searched for ours before it counts as not there.
MAX_SEARCHED = 2000
#: How long a step waits for a video to be ready before somebody has to ask again.
VIDEO_WAITS_S = (0.5, 0.5, 1.0, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0)

Sleep = Callable[[float], None]


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
        return _upload_once(client, file=steps.asset(spec, asset_id=step.asset_id), sleep=sleep)
    body = steps.body(spec, step=step, ids=ids, key=key)
    if not step.creates:
        return _switch(client, step=step, body=body)
    data = client.post(f"{FOLDERS[step.kind]}/create", body=body)
    return _created(step, platform_id=_new_id(data, kind=step.kind), body=body)


def find(
    client: Client,
    *,
    spec: CampaignSpec,
    step: Step,
    ids: Mapping[str, str],
    key: str,
    sleep: Sleep = time.sleep,
) -> StepResult | None:
    """What a step left, by name, content or status; None where it left nothing."""
    if step.asset_id is not None:
        return _find_asset(client, file=steps.asset(spec, asset_id=step.asset_id), sleep=sleep)
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
    return StepResult((made,), words=fields["operation_status"], response={"id": platform_id}, adopted=adopted)


def _url(advertiser_id: str, *, campaign_id: str) -> str:
    return f"https://ads.tiktok.com/i18n/perf/campaign?aadvid={advertiser_id}&campaign_id={campaign_id}"


def _switch(client: Client, *, step: Step, body: Mapping[str, Any]) -> StepResult:
    """TikTok refuses to delete what is deleted; that is what was wanted."""
    try:
        client.post("campaign/status/update", body=body)
    except Rejected:
        stands = _find_switched(client, step=step, body=body) if body["operation_status"] == "DELETE" else None
        if stands is None:
            raise
        return stands
    return _switched(step, body=body)


def _switched(step: Step, *, body: Mapping[str, Any], adopted: bool = False) -> StepResult:
    platform_id, status = body["campaign_ids"][0], body["operation_status"]
    changed = RemoteObject("campaign", "campaign", platform_id, status=status)
    return StepResult((changed,), words=status, response={"id": platform_id, "status": status}, adopted=adopted)


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


def _upload_once(client: Client, *, file: MediaFile, sleep: Sleep) -> StepResult:
    """The name tells the content: where TikTok holds it already, the file is there."""
    try:
        return _upload(client, file=file, sleep=sleep)
    except Duplicate:
        stands = _find_asset(client, file=file, sleep=sleep)
        if stands is None:
            raise
        return stands


def _upload(client: Client, *, file: MediaFile, sleep: Sleep) -> StepResult:
    kind = _kind(file)
    data = client.upload(
        f"file/{kind}/ad/upload",
        body={
            "advertiser_id": client.advertiser_id,
            "upload_type": "UPLOAD_BY_FILE",
            "file_name": _name(file),
            f"{kind}_signature": file.md5,
        },
        files={f"{kind}_file": (file.filename, file.read(), file.mime_type)},
    )
    row = data[0] if isinstance(data, list) else data
    platform_id = str(row[f"{kind}_id"])
    if kind == "video" and not _is_ready(client, video_id=platform_id, sleep=sleep):
        message = f"TikTok still prepares the video {file.filename}; it is asked again before anything is sent."
        raise OutcomeUnknown(message, platform=Platform.TIKTOK_ADS)
    return _asset(file, platform_id=platform_id)


def _find_asset(client: Client, *, file: MediaFile, sleep: Sleep) -> StepResult | None:
    kind = _kind(file)
    rows = client.rows(f"file/{kind}/ad/search", params={"advertiser_id": client.advertiser_id})
    found = [str(row[f"{kind}_id"]) for row in islice(rows, MAX_SEARCHED) if _is_ours(row, file=file)]
    if not found:
        return None
    if kind == "video" and not _is_ready(client, video_id=found[0], sleep=sleep):
        raise Unavailable(f"TikTok still prepares the video {file.filename}.", platform=Platform.TIKTOK_ADS)
    return _asset(file, platform_id=found[0], adopted=True)


def _is_ready(client: Client, *, video_id: str, sleep: Sleep) -> bool:
    """Whether a video can be shown (`displayable`), after waiting at most a minute."""
    params = {"advertiser_id": client.advertiser_id, "video_ids": [video_id]}
    for wait in (*VIDEO_WAITS_S, 0.0):
        rows = client.get("file/video/ad/info", params=params).get("list") or ()
        if any(row.get("displayable") is not False for row in rows):
            return True
        sleep(wait)
    return False


def _is_ours(row: Mapping[str, Any], *, file: MediaFile) -> bool:
    """By content, or by name; TikTok may add the file's ending to the name that was given."""
    name = str(row.get("file_name") or "")
    return row.get("signature") == file.md5 or _name(file) in (name, name.rpartition(".")[0])


def _name(file: MediaFile) -> str:
    """A file's name in the account, where names are unique: it tells the content."""
    return f"adloom-{file.sha256[:24]}"


def _kind(file: MediaFile) -> str:
    return "image" if file.mime_type.startswith("image/") else "video"


def _asset(file: MediaFile, *, platform_id: str, adopted: bool = False) -> StepResult:
    made = RemoteObject(f"asset/{file.asset_id}", "asset", platform_id, applied={"sha256": file.sha256})
    return StepResult((made,), words="", response={"id": platform_id}, adopted=adopted)
