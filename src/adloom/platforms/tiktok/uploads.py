"""Videos and covers of an ad: the steps that upload them, what identifies them, and finding them by content."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from adloom.core.errors import Duplicate, OutcomeUnknown, Unavailable
from adloom.platforms import feed_ads
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.spec import CampaignSpec, MediaFile
from adloom.platforms.tiktok import shapes
from adloom.platforms.tiktok.client import Client
from adloom.platforms.types import Platform

#: How many files are searched for ours before it counts as not there.
MAX_SEARCHED = 2000
#: How long a step waits for a video to be ready before somebody has to ask again.
VIDEO_WAITS_S = (0.5, 0.5, 1.0, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0)

Sleep = Callable[[float], None]


def steps(spec: CampaignSpec) -> Iterator[Step]:
    """One upload for each file that does not surely stand already; pure."""
    stands = [set(files(each)) for each in spec.standing]
    for asset_id in files(spec):
        if not stands or not all(asset_id in each for each in stands):
            key = f"asset/{asset_id}"
            yield Step(key, "asset", creates=(key,), asset_id=asset_id)


def files(spec: CampaignSpec) -> dict[str, MediaFile]:
    """Every video and cover that the ads show, each once, by its asset's id; pure."""
    found: dict[str, MediaFile] = {}
    for group in spec.groups:
        for ad in group.ads:
            for file in (feed_ads.video_of(ad.creative), feed_ads.cover_of(ad.creative)):
                if file is not None:
                    found.setdefault(file.asset_id, file)
    return found


def identity(file: MediaFile) -> dict[str, Any]:
    """What is kept of an upload's request; pure."""
    return {"filename": file.filename, "sha256": file.sha256, "size": file.size, "type": file.mime_type}


def once(client: Client, *, file: MediaFile, sleep: Sleep = time.sleep) -> StepResult:
    """Uploads a file. Its name tells its content: where TikTok holds it already, the file is there."""
    try:
        return _upload(client, file=file, sleep=sleep)
    except Duplicate:
        stands = find(client, file=file, sleep=sleep)
        if stands is None:
            raise
        return stands


def find(client: Client, *, file: MediaFile, sleep: Sleep = time.sleep) -> StepResult | None:
    """The file in the account, by content or name; raises Unavailable while TikTok prepares it."""
    kind = _kind(file)
    rows = client.rows(f"file/{kind}/ad/search", params={"advertiser_id": client.advertiser_id})
    ours = [row for row in islice(rows, MAX_SEARCHED) if _is_ours(row, file=file)]
    found = [shapes.text(row.get(f"{kind}_id")) for row in ours]
    if not found:
        return None
    if not found[0]:
        raise Unavailable(f"TikTok named no id of the file {file.filename}.", platform=Platform.TIKTOK_ADS.value)
    if kind == "video" and not _is_ready(client, video_id=found[0], sleep=sleep):
        raise Unavailable(f"TikTok still prepares the video {file.filename}.", platform=Platform.TIKTOK_ADS.value)
    return _asset(file, platform_id=found[0], adopted=True)


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
    rows = shapes.objects(data if isinstance(data, list) else [data])
    platform_id = shapes.text(rows[0].get(f"{kind}_id")) if rows else ""
    if not platform_id:
        message = f"TikTok named no id of the file {file.filename}."
        raise OutcomeUnknown(message, platform=Platform.TIKTOK_ADS.value)
    if kind == "video" and not _is_ready(client, video_id=platform_id, sleep=sleep):
        message = f"TikTok still prepares the video {file.filename}; it is asked again before anything is sent."
        raise OutcomeUnknown(message, platform=Platform.TIKTOK_ADS.value)
    return _asset(file, platform_id=platform_id)


def _is_ready(client: Client, *, video_id: str, sleep: Sleep) -> bool:
    """Whether a video can be shown (`displayable`), after waiting at most a minute."""
    params = {"advertiser_id": client.advertiser_id, "video_ids": [video_id]}
    for wait in (*VIDEO_WAITS_S, 0.0):
        rows = shapes.objects(client.get("file/video/ad/info", params=params).get("list"))
        if any(row.get("displayable") is not False for row in rows):
            return True
        sleep(wait)
    return False


def _is_ours(row: Mapping[str, Any], *, file: MediaFile) -> bool:
    """By content, or by name; TikTok may add the file's ending to the name that was given."""
    name = shapes.text(row.get("file_name"))
    return row.get("signature") == file.md5 or _name(file) in (name, name.rpartition(".")[0])


def _name(file: MediaFile) -> str:
    """A file's name in the account, where names are unique: it tells the content."""
    return f"adloom-{file.sha256[:24]}"


def _kind(file: MediaFile) -> str:
    return "image" if file.mime_type.startswith("image/") else "video"


def _asset(file: MediaFile, *, platform_id: str, adopted: bool = False) -> StepResult:
    made = RemoteObject(f"asset/{file.asset_id}", "asset", platform_id, applied={"sha256": file.sha256})
    return StepResult((made,), words="", response={"id": platform_id}, adopted=adopted)
