"""Does one step on Meta, or finds out whether it was done. Retries no write; finding only reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from adloom.core.errors import Missing, OutcomeUnknown, Rejected, Unavailable
from adloom.platforms import http
from adloom.platforms.contract import RemoteObject, Step, StepResult
from adloom.platforms.meta import errors, mapping, standing, steps
from adloom.platforms.meta.graph import Graph
from adloom.platforms.spec import CampaignSpec, MediaFile
from adloom.platforms.types import Platform

EDGES = {"campaign": "campaigns", "ad_group": "adsets", "creative": "adcreatives", "ad": "ads"}

#: Edges whose filter knows names; of creatives that is not documented, so all of them are read.
FILTERED_BY_NAME = ("campaign", "ad_group", "ad")

#: A film above this is fetched by Meta, where there is a link to it: else all its bytes go through one request.
BY_LINK_BYTES = 50 * 1024 * 1024
#: "Unable to fetch video file from URL" (Graph API, error 389).
NOT_FETCHED = "389"
#: How long a step waits for a video to be ready before somebody has to ask again.
VIDEO_WAITS_S = (0.5, 0.5, 1.0, 1.0, 2.0, 5.0, 10.0, 10.0, 10.0, 10.0, 10.0)
#: How many rows are searched for a video or creative of ours before it counts as not there.
MAX_SEARCHED = 2000

Sleep = Callable[[float], None]


def execute(
    graph: Graph, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], sleep: Sleep = time.sleep
) -> StepResult:
    """Does a step once. Raises as the contract says."""
    if step.asset_id is not None:
        return _upload(graph, file=steps.asset(spec, asset_id=step.asset_id), sleep=sleep)
    body = steps.body(spec, step=step, ids=ids)
    if step.key.startswith(steps.UPDATE):
        _set(graph, step=step, body=body)
        return _set_result(spec, step=step, body=body, ids=ids)
    if not step.creates:
        return _set_status(graph, step=step, body=body, ids=ids) if body else StepResult(adopted=True)
    edge = EDGES[step.kind]
    answer = graph.post(f"{graph.account}/{edge}", endpoint=edge, body=body)
    return _created(step, platform_id=_id(answer, endpoint=edge), body=body, graph=graph)


def find(
    graph: Graph, *, spec: CampaignSpec, step: Step, ids: Mapping[str, str], sleep: Sleep = time.sleep
) -> StepResult | None:
    """What a step left, by name, content or status; None where it left nothing."""
    if step.asset_id is not None:
        return _find_asset(graph, file=steps.asset(spec, asset_id=step.asset_id), sleep=sleep)
    body = steps.body(spec, step=step, ids=ids)
    if step.key.startswith(steps.UPDATE):
        return _set_result(spec, step=step, body=body, ids=ids, adopted=True) if _is_set(graph, step, body) else None
    if not step.creates:
        return _find_status(graph, step=step, body=body, ids=ids) if body else StepResult(adopted=True)
    platform_id = _find_named(graph, step=step, body=body)
    return (
        None if platform_id is None else _created(step, platform_id=platform_id, body=body, graph=graph, adopted=True)
    )


def _created(
    step: Step, *, platform_id: str, body: Mapping[str, Any], graph: Graph, adopted: bool = False
) -> StepResult:
    status = str(body.get("status", ""))
    made = RemoteObject(
        key=step.key,
        kind=step.kind,
        platform_id=platform_id,
        parent_key=_parent(step.key),
        status=status or None,
        applied=steps.storable(body),
        url=_url(graph.account, campaign_id=platform_id) if step.kind == "campaign" else None,
    )
    return StepResult((made,), words=status, response={"id": platform_id}, adopted=adopted)


def _parent(key: str) -> str | None:
    kind, _, rest = key.partition("/")
    if kind == "ad_group":
        return "campaign"
    return "ad_group/" + rest.split("/")[0] if kind == "ad" else None


def _url(account: str, *, campaign_id: str) -> str:
    digits = account.removeprefix("act_")
    return (
        f"https://adsmanager.facebook.com/adsmanager/manage/campaigns?act={digits}&selected_campaign_ids={campaign_id}"
    )


def _set(graph: Graph, *, step: Step, body: Mapping[str, Any]) -> None:
    """Sets fields of what stands. Setting them again changes nothing."""
    changes = {name: value for name, value in body.items() if name != "id"}
    _succeeded(graph.post(body["id"], endpoint=step.kind, body=changes), what=f"did not change the {step.kind}")


def _is_set(graph: Graph, step: Step, body: Mapping[str, Any]) -> bool:
    try:
        row = graph.get(body["id"], endpoint=step.kind, params={"fields": standing.fields_of(body)})
    except Missing:
        return False
    return standing.holds(row, body)


def _succeeded(answer: Any, *, what: str) -> None:
    """Meta answers `{"success": true}`, and older calls `true`."""
    if answer is False or (isinstance(answer, Mapping) and answer.get("success") is False):
        raise Rejected(f"Meta {what}.", platform=Platform.FACEBOOK_ADS, words=http.dumps(answer)[:500])


def _id(answer: Any, *, endpoint: str) -> str:
    """The id of what a write made. Without one something may have been made all the same."""
    found = answer.get("id") if isinstance(answer, Mapping) else None
    if not found:
        raise errors.unfinished(answer, endpoint=endpoint)
    return str(found)


def _hash(answer: Any) -> str:
    images = answer.get("images") if isinstance(answer, Mapping) else None
    for image in images.values() if isinstance(images, Mapping) else ():
        if isinstance(image, Mapping) and image.get("hash"):
            return str(image["hash"])
    raise errors.unfinished(answer, endpoint="adimages")


def _set_result(
    spec: CampaignSpec, *, step: Step, body: Mapping[str, Any], ids: Mapping[str, str], adopted: bool = False
) -> StepResult:
    key, platform_id = steps.target(step), str(body["id"])
    applied = steps.applied(spec, key=key, ids=ids)
    changed = RemoteObject(key, step.kind, platform_id, parent_key=_parent(key), applied=applied)
    names = [name for name in body if name != "id"]
    return StepResult((changed,), words=", ".join(names), response={"id": platform_id}, adopted=adopted)


def _set_status(graph: Graph, *, step: Step, body: Mapping[str, Any], ids: Mapping[str, str]) -> StepResult:
    platform_id, status = body["id"], body["status"]
    if status == "DELETED":
        answer = graph.delete(platform_id, endpoint=step.kind)
    else:
        answer = graph.post(platform_id, endpoint=step.kind, body={"status": status})
    _succeeded(answer, what=f"did not set {step.kind} to {status}")
    return _status_result(step, body=body, ids=ids)


def _status_result(step: Step, *, body: Mapping[str, Any], ids: Mapping[str, str], adopted: bool = False) -> StepResult:
    """The object with its status; with an ad set that is taken away go its ads."""
    key, status = steps.target(step), str(body["status"])
    below = key.replace("ad_group/", "ad/", 1) + "/"
    takes_ads = step.kind == "ad_group" and step.key.startswith(steps.DELETE)
    gone = [RemoteObject(each, "ad", ids[each], key, status) for each in ids if takes_ads and each.startswith(below)]
    changed = RemoteObject(key, step.kind, str(body["id"]), _parent(key), status)
    response = {"id": body["id"], "status": status}
    return StepResult((changed, *gone), words=status, response=response, adopted=adopted)


def _find_status(graph: Graph, *, step: Step, body: Mapping[str, Any], ids: Mapping[str, str]) -> StepResult | None:
    platform_id, status = body["id"], body["status"]
    try:
        row = graph.get(platform_id, endpoint=step.kind, params={"fields": "id,status"})
    except Missing:
        return None
    if row.get("status") != status:
        return None
    return _status_result(step, body=body, ids=ids, adopted=True)


def _find_named(graph: Graph, *, step: Step, body: Mapping[str, Any]) -> str | None:
    """Names carry the campaign's marker, so one name is one object; of twins, the oldest."""
    edge, name = EDGES[step.kind], body["name"]
    params = {"fields": "id,name"}
    if step.kind in FILTERED_BY_NAME:
        params["filtering"] = http.dumps([{"field": "name", "operator": "EQUAL", "value": name}])
    rows = graph.rows(f"{graph.account}/{edge}", endpoint=edge, params=params)
    found = [str(row.get("id")) for row in islice(rows, MAX_SEARCHED) if row.get("name") == name]
    return min((each for each in found if each.isdigit()), key=int, default=None)


def _upload(graph: Graph, *, file: MediaFile, sleep: Sleep) -> StepResult:
    if file.mime_type.startswith("image/"):
        part = (file.filename, file.read(), file.mime_type)
        answer = graph.post(f"{graph.account}/adimages", endpoint="adimages", body={}, files={"filename": part})
        return _asset(file, platform_id=_hash(answer))
    answer = _film_by_link(graph, file=file)
    if answer is None:
        answer = _film(graph, file=file, body={}, files={"source": (file.filename, file.read(), file.mime_type)})
    video_id = _id(answer, endpoint="advideos")
    if not _is_ready(graph, video_id=video_id, sleep=sleep):
        raise OutcomeUnknown(
            f"Meta still prepares the video {file.filename}; it is asked again before anything is sent.",
            platform=Platform.FACEBOOK_ADS,
        )
    return _asset(file, platform_id=video_id)


def _film_by_link(graph: Graph, *, file: MediaFile) -> Any:
    """Lets Meta fetch a large film by itself; None where there is no link, or Meta could not follow it.

    Then it says so and has made nothing, so that the bytes may be sent.
    """
    link = file.link() if file.size > BY_LINK_BYTES else None
    if link is None:
        return None
    try:
        return _film(graph, file=file, body={"file_url": link})
    except Rejected as refusal:
        if refusal.platform_code.partition("/")[0] == NOT_FETCHED:
            return None
        raise


def _film(
    graph: Graph, *, file: MediaFile, body: Mapping[str, Any], files: Mapping[str, tuple[str, bytes, str]] | None = None
) -> Any:
    titled = {"title": _title(file), **body}
    return graph.post(f"{graph.account}/advideos", endpoint="advideos", body=titled, files=files)


def _find_asset(graph: Graph, *, file: MediaFile, sleep: Sleep) -> StepResult | None:
    """Finds images by content (Meta's hash is the MD5), videos by the title that upload gave."""
    if file.mime_type.startswith("image/"):
        params = {"hashes": http.dumps([file.md5]), "fields": "hash"}
        rows = graph.rows(f"{graph.account}/adimages", endpoint="adimages", params=params)
        found_it = any(row.get("hash") == file.md5 for row in rows)
        return _asset(file, platform_id=file.md5, adopted=True) if found_it else None
    rows = graph.rows(f"{graph.account}/advideos", endpoint="advideos", params={"fields": "id,title"})
    found = [str(row["id"]) for row in islice(rows, MAX_SEARCHED) if row.get("title") == _title(file) and row.get("id")]
    if not found:
        return None
    if not _is_ready(graph, video_id=found[0], sleep=sleep):
        raise Unavailable(f"Meta still prepares the video {file.filename}.", platform=Platform.FACEBOOK_ADS)
    return _asset(file, platform_id=found[0], adopted=True)


def _is_ready(graph: Graph, *, video_id: str, sleep: Sleep) -> bool:
    """Whether a video can be shown, after waiting at most a minute; raises Rejected where it never can."""
    for wait in (*VIDEO_WAITS_S, 0.0):
        status = graph.get(video_id, endpoint="video", params={"fields": "status"}).get("status")
        word = status.get("video_status") if isinstance(status, Mapping) else status
        if word == "ready":
            return True
        if word in ("error", "expired"):
            raise Rejected("Meta cannot use the video.", platform=Platform.FACEBOOK_ADS, words=http.dumps(status)[:500])
        sleep(wait)
    return False


def _title(file: MediaFile) -> str:
    return f"adloom-{file.sha256[:24]}"


def _asset(file: MediaFile, *, platform_id: str, adopted: bool = False) -> StepResult:
    made = RemoteObject(f"asset/{file.asset_id}", "asset", platform_id, applied={"sha256": file.sha256})
    return StepResult((made,), words="", response={"id": platform_id}, adopted=adopted)


def account(spec: CampaignSpec) -> str:
    """The ad account of an ad, as it stands in paths."""
    return mapping.account_path(spec.account.external_id)
