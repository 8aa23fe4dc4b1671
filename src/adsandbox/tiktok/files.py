"""Images and videos: upload, transcoding, information.

Source: TikTok API for Business, /file/image/ad/upload/, /file/video/ad/upload/, .../info/, .../search/.
"""

import hashlib
import posixpath
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from adsandbox.schema import Field, array, boolean, enum, integer, number, obj, text
from adsandbox.store import Entity
from adsandbox.tiktok import media, wire
from adsandbox.tiktok.api import Call, Operation, Upload, ids, page, page_fields
from adsandbox.tiktok.media import Measure

#: How long a new video cannot be used.
TRANSCODES_FOR = timedelta(seconds=1)

_MOST_BYTES = {"image": 50 * 1024 * 1024, "video": 500 * 1024 * 1024}
_MOST_PIXELS = 3_686_400
_RATIOS = (9 / 16, 16 / 9, 1.0)
#: What a file that was only named by URL is taken for: nothing is fetched.
_UNSEEN = {"image": Measure("jpeg", 1080, 1920), "video": Measure("mp4", 1080, 1920, 15.0)}

_COMMON: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "file_name": text(least=1, most=100),
    "file_id": text(),
}
IMAGE_UPLOAD: dict[str, Field] = {
    **_COMMON,
    "upload_type": enum("UPLOAD_BY_FILE", "UPLOAD_BY_URL", "UPLOAD_BY_FILE_ID"),
    "image_file": text(),
    "image_signature": text(),
    "image_url": text(),
}
VIDEO_UPLOAD: dict[str, Field] = {
    **_COMMON,
    "upload_type": enum("UPLOAD_BY_FILE", "UPLOAD_BY_URL", "UPLOAD_BY_FILE_ID", "UPLOAD_BY_VIDEO_ID"),
    "video_file": text(),
    "video_signature": text(),
    "video_url": text(),
    "video_id": text(),
    "is_third_party": boolean(),
    "flaw_detect": boolean(),
    "auto_fix_enabled": boolean(),
    "auto_bind_enabled": boolean(),
}


def upload_image(call: Call) -> dict[str, Any]:
    """A new image: by file (md5 checked) or by URL (not fetched)."""
    measure, content, url = _source(call, "image")
    if measure.width * measure.height > _MOST_PIXELS:
        wire.bad("image_file", f"{measure.width} x {measure.height} exceeds {_MOST_PIXELS} pixels.")
    key = call.world.store.next_key(wire.NAME, "image", length=20)
    made = _add(call, "image", f"ad-site-i18n-sg/{call.now:%Y%m%d}{key}", measure, content=content, url=url)
    return image_shown(made)


def upload_video(call: Call) -> list[dict[str, Any]]:
    """A new video, usable after `TRANSCODES_FOR`; by its id the video that is there."""
    if call.args.get("upload_type") == "UPLOAD_BY_VIDEO_ID":
        if not call.args.get("video_id"):
            wire.bad("video_id", "Missing data for required field.")
        return [video_shown(call, video(call, call.args["video_id"], "video_id"))]
    measure, content, url = _source(call, "video")
    if measure.height and not any(abs(measure.width / measure.height / r - 1) < 0.03 for r in _RATIOS):
        wire.bad("video_file", f"{measure.width} x {measure.height} is none of 9:16, 16:9 and 1:1.")
    key = call.world.store.next_key(wire.NAME, "video", length=20)
    made = _add(call, "video", f"v10033g50000c{key}", measure, content=content, url=url)
    made.private["ready_at"] = call.now + TRANSCODES_FOR
    return [video_shown(call, made)]


def _source(call: Call, kind: str) -> tuple[Measure, bytes | None, str | None]:
    how = call.args.get("upload_type", "UPLOAD_BY_FILE")
    if how == "UPLOAD_BY_FILE":
        upload = call.files.get(f"{kind}_file")
        if upload is None:
            wire.bad(f"{kind}_file", "Missing data for required field.")
        return _inspect(call, kind, upload), upload.content, None
    if how == "UPLOAD_BY_URL":
        url = call.args.get(f"{kind}_url") or wire.bad(f"{kind}_url", "Missing data for required field.")
        if urlsplit(url).scheme not in ("http", "https"):
            wire.bad(f"{kind}_url", "Not a valid URL.")
        return _UNSEEN[kind], None, url
    raise wire.Refused(wire.FILE_MISSING, f"File {call.args.get('file_id')} does not exist.")


def _inspect(call: Call, kind: str, upload: Upload) -> Measure:
    if not upload.content:
        wire.refuse(wire.FILE_EMPTY, f"{kind}_file: The file is empty.")
    if len(upload.content) > _MOST_BYTES[kind]:
        wire.refuse(wire.FILE_TOO_LARGE, f"{kind}_file: The file is too large.")
    measure = (media.image if kind == "image" else media.video)(upload.content)
    if measure is None:
        wire.refuse(wire.FILE_TYPE, f"{kind}_file: The file type is not supported.")
    signature = call.args.get(f"{kind}_signature")
    if not signature:
        wire.bad(f"{kind}_signature", "Missing data for required field.")
    if signature.lower() != hashlib.md5(upload.content, usedforsecurity=False).hexdigest():
        wire.refuse(wire.SIGNATURE_WRONG, f"{kind}_signature: The MD5 of the file does not match.")
    return measure


def _add(call: Call, kind: str, id_: str, measure: Measure, *, content: bytes | None, url: str | None) -> Entity:
    upload = call.files.get(f"{kind}_file")
    default = upload.name if upload else posixpath.basename(urlsplit(url or "").path)
    name = call.args.get("file_name") or default[:100] or id_
    for other in call.world.store.all(wire.NAME, type_=kind):
        if (other.account_id, other.name) == (call.account.id, name):
            wire.refuse(wire.FILE_NAME_TAKEN, "Duplicated material name. Please rename the file.")
    digest = hashlib.md5(content or (url or "").encode(), usedforsecurity=False).hexdigest()
    fields = {
        "signature": digest,
        "size": len(content or b""),
        "format": measure.format,
        "width": measure.width,
        "height": measure.height,
        "material_id": call.world.store.next_id(wire.NAME, "material", digits=19),
    }
    if kind == "video":
        fields["duration"] = round(measure.seconds, 3)
    return call.world.store.add(wire.NAME, kind, id_, account_id=call.account.id, name=name, fields=fields)


def image(call: Call, id_: str, field: str) -> Entity:
    """The advertiser's image; 40002 naming the field otherwise."""
    return _file(call, "image", id_, field)


def video(call: Call, id_: str, field: str) -> Entity:
    """The advertiser's video, transcoded or not; 40002 naming the field otherwise."""
    return _file(call, "video", id_, field)


def _file(call: Call, kind: str, id_: str, field: str) -> Entity:
    found = call.world.store.get(wire.NAME, kind, id_)
    if found is None or found.account_id != call.account.id:
        wire.bad(field, f"Invalid {kind} id {id_}.")
    return found


def check_cover(call: Call, video_id: str, images: list[str], path: str) -> None:
    """A video that is transcoded (40901 before that), with one cover of the same ratio."""
    film = video(call, video_id, f"{path}video_id")
    if film.private["ready_at"] > call.now:
        wire.refuse(wire.TRANSCODING, f"{path}video_id: The video is being transcoded. Please try again later.")
    if len(images) != 1:
        wire.bad(f"{path}image_ids", "Exactly one image, the cover of the video, is expected.")
    cover = image(call, images[0], f"{path}image_ids")
    if film.fields["height"] and abs(_ratio(film) / _ratio(cover) - 1) > 0.05:
        wire.bad(f"{path}image_ids", "The cover must have the same aspect ratio as the video.")


def _ratio(file: Entity) -> float:
    return float(file.fields["width"] / file.fields["height"])


def image_shown(file: Entity) -> dict[str, Any]:
    """An image as upload, info and search answer it."""
    return {
        "image_id": file.id,
        **_shown(file),
        "displayable": True,
        "is_carousel_usable": True,
        "image_url": f"https://p16-ad.sandbox.invalid/{file.id}",
    }


def video_shown(call: Call, file: Entity) -> dict[str, Any]:
    """A video as upload, info and search answer it; `displayable` is false while it is transcoded."""
    ready = file.private["ready_at"] <= call.now
    link = f"https://v16-ad.sandbox.invalid/{file.id}" if ready else ""
    return {
        "video_id": file.id,
        **_shown(file),
        "displayable": ready,
        "duration": file.fields["duration"],
        "preview_url": link,
        "video_cover_url": f"{link}/cover" if ready else "",
        "allowed_placements": ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"],
        "allow_download": True,
        "bit_rate": 1_200_000,
    }


def _shown(file: Entity) -> dict[str, Any]:
    at = f"{file.created_at:%Y-%m-%dT%H:%M:%SZ}"
    shared = {key: file.fields[key] for key in ("material_id", "signature", "size", "format", "width", "height")}
    return shared | {"file_name": file.name, "create_time": at, "modify_time": at}


def image_info(call: Call) -> dict[str, Any]:
    """Images by id; ids that do not exist are left out."""
    return {"list": [image_shown(file) for file in _known(call, "image", call.args["image_ids"])]}


def video_info(call: Call) -> dict[str, Any]:
    """Videos by id; ids that do not exist are left out."""
    return {"list": [video_shown(call, file) for file in _known(call, "video", call.args["video_ids"])]}


def _known(call: Call, kind: str, wanted: list[str]) -> list[Entity]:
    found = [call.world.store.get(wire.NAME, kind, id_) for id_ in wanted]
    return [file for file in found if file is not None and file.account_id == call.account.id]


def search_images(call: Call) -> dict[str, Any]:
    """The advertiser's images, newest first."""
    return _search(call, "image")


def search_videos(call: Call) -> dict[str, Any]:
    """The advertiser's videos, newest first."""
    return _search(call, "video")


def _search(call: Call, kind: str) -> dict[str, Any]:
    wanted: Mapping[str, Any] = call.args.get("filtering", {})
    files = [
        file
        for file in call.world.store.all(wire.NAME, type_=kind)
        if file.account_id == call.account.id and _matches(file, kind, wanted) and call.world.lag.lists(file)
    ]
    rows = [image_shown(f) if kind == "image" else video_shown(call, f) for f in reversed(files)]
    shown, info = page(call, rows)
    return {"list": shown, "page_info": info}


def _matches(file: Entity, kind: str, wanted: Mapping[str, Any]) -> bool:
    return (
        (f"{kind}_ids" not in wanted or file.id in wanted[f"{kind}_ids"])
        and ("material_ids" not in wanted or file.fields["material_id"] in wanted["material_ids"])
        and ("width" not in wanted or file.fields["width"] == wanted["width"])
        and ("height" not in wanted or file.fields["height"] == wanted["height"])
    )


def _filter(kind: str) -> Field:
    return obj(
        {
            f"{kind}_ids": ids(),
            "material_ids": ids(),
            "width": integer(),
            "height": integer(),
            "ratio": array(number()),
            "displayable": boolean(),
        }
    )


def _search_table(kind: str) -> dict[str, Field]:
    return {"advertiser_id": text(required=True), "filtering": _filter(kind), **page_fields(most=100)}


_IMAGE_INFO = {"advertiser_id": text(required=True), "image_ids": ids(required=True)}
_VIDEO_INFO = {"advertiser_id": text(required=True), "video_ids": ids(required=True, most=60)}

OPERATIONS = (
    Operation("POST", "file/image/ad/upload", IMAGE_UPLOAD, upload_image, multipart=True),
    Operation("POST", "file/video/ad/upload", VIDEO_UPLOAD, upload_video, multipart=True),
    Operation("GET", "file/image/ad/info", _IMAGE_INFO, image_info),
    Operation("GET", "file/video/ad/info", _VIDEO_INFO, video_info),
    Operation("GET", "file/image/ad/search", _search_table("image"), search_images),
    Operation("GET", "file/video/ad/search", _search_table("video"), search_videos),
)
