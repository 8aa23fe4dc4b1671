"""Images and videos of an ad account: upload, transcoding, lists.

Nothing is fetched from the network: a video by `file_url` is made up from its address. Sources: Marketing
API, Ad Image and Ad Video references; chunked upload as the official SDK does it.
"""

import base64
import binascii
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from adsandbox import images
from adsandbox.accounts import Account
from adsandbox.meta import errors, fields, nodes
from adsandbox.meta.call import Call, fitted
from adsandbox.meta.graph import NAME, Graph
from adsandbox.meta.tables import web_address
from adsandbox.schema import Field, anything, enum, integer, text
from adsandbox.store import Entity

TRANSCODING = timedelta(seconds=2)
MOST_IMAGE_BYTES = 30 * 1024 * 1024
_CHUNK = 1024 * 1024

IMAGE: dict[str, Field] = {"bytes": text(), "name": text(), "filename": text(), "copy_from": anything()}
VIDEO: dict[str, Field] = {
    "name": text(),
    "title": text(),
    "description": text(),
    "file_url": web_address(),
    "file_size": integer(least=1),
    "upload_phase": enum("start", "transfer", "finish", "cancel"),
    "upload_session_id": text(),
    "start_offset": integer(least=0),
    "is_ai_generated": anything(),
    "unpublished_content_type": text(),
}


def add_image(graph: Graph, account: Account, call: Call) -> dict[str, Any]:
    """`POST act_…/adimages`: base64 in `bytes` or multipart files; `{"images": {name: {hash, url …}}}`."""
    given = fitted(call.params, IMAGE)
    found: dict[str, bytes] = {call.names[name]: data for name, data in call.files.items()}
    if "bytes" in given:
        found["bytes"] = _decoded(given["bytes"])
    if not found:
        raise errors.invalid(
            "bytes or a file is required", field="bytes", message="(#100) The parameter bytes is required."
        )
    return {"images": {name: _kept_image(graph, account, name, data=data) for name, data in found.items()}}


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise errors.invalid("bytes must be base64", field="bytes") from None


def _kept_image(graph: Graph, account: Account, name: str, *, data: bytes) -> dict[str, Any]:
    image = images.probe(data)
    if image is None or len(data) > MOST_IMAGE_BYTES:
        raise errors.invalid(
            "The image file could not be read. Use a JPG or PNG file of at most 30 MB.",
            field="bytes",
            title="Image could not be read",
            subcode=1487411,
        )
    hash_ = hashlib.md5(data, usedforsecurity=False).hexdigest()
    id_ = f"{account.id.removeprefix('act_')}:{hash_}"
    url = f"https://scontent.example/v/{hash_}_n.{image.kind.lower()}"
    facts = {"hash": hash_, "url": url, "width": image.width, "height": image.height}
    found = graph.get("adimage", id_)
    if found is None:
        more = {
            "original_width": image.width,
            "original_height": image.height,
            "url_128": url,
            "permalink_url": url,
        }
        graph.world.store.add(
            NAME, "adimage", id_, account_id=account.id, name=name, status="ACTIVE", fields=facts | more
        )
    elif found.deleted_at is not None:
        found.deleted_at = None
        graph.world.store.update(found, status="ACTIVE")
    return facts | {"name": name, "url_128": url}


def delete_image(graph: Graph, account: Account, call: Call) -> dict[str, Any]:
    """`DELETE act_…/adimages?hash=…`."""
    hash_ = fitted(call.params, {"hash": text(required=True)})["hash"]
    found = graph.get("adimage", f"{account.id.removeprefix('act_')}:{hash_}")
    if found is None or found.deleted_at is not None:
        raise errors.missing("delete", hash_)
    graph.world.store.delete(found, status="DELETED")
    return {"success": True}


def add_video(graph: Graph, account: Account, call: Call) -> dict[str, Any]:
    """`POST act_…/advideos`: a file in `source`, an address in `file_url`, or in chunks by `upload_phase`."""
    asked = fields.parse(call.params.pop("fields", None))
    given = fitted(call.params, VIDEO)
    if "upload_phase" in given:
        return _PHASES[given["upload_phase"]](graph, account, call, given)
    if "source" in call.files or "filename" in call.files:
        data = call.files.get("source") or call.files.get("filename") or b""
        _readable(data)
        video = _video(graph, account, given, size=len(data), complete=True)
    elif "file_url" in given:
        if (urlsplit(given["file_url"]).hostname or "").endswith(".invalid"):  # leads nowhere (RFC 6761)
            raise errors.not_fetched()
        video = _video(graph, account, given, size=0, complete=True)
    else:
        raise errors.invalid(
            "There was a problem uploading your video file. Please try again with another file.",
            field="source",
            title="Video Upload Is Missing",
            subcode=1363030,
        )
    return nodes.render(graph, video, asked)


def _readable(data: bytes) -> None:
    """An MP4 or MOV file begins with a box named ftyp (or moov, mdat, wide)."""
    if len(data) < 12 or data[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide", b"free"):
        raise errors.invalid(
            "The video file you selected is in a format that we don't support.",
            field="source",
            title="Unsupported Video Format",
            subcode=1363024,
        )


def _video(graph: Graph, account: Account, given: dict[str, Any], *, size: int, complete: bool) -> Entity:
    name = given.get("name") or given.get("title") or "Untitled"
    id_ = graph.new_id("advideo")
    kept = {"complete": complete, "length": 6.016, "source": given.get("file_url"), "file_size": size}
    kept |= {"description": given.get("description"), "picture": f"https://scontent.example/v/{id_}_n.jpg"}
    video = graph.world.store.add(NAME, "advideo", id_, account_id=account.id, name=name, status=None, fields=kept)
    video.private["ready_at"] = graph.now + TRANSCODING
    return video


def _start(graph: Graph, account: Account, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    if "file_size" not in given:
        raise errors.invalid(
            "file_size is required", field="file_size", message="(#100) The parameter file_size is required."
        )
    video = _video(graph, account, given, size=given["file_size"], complete=False)
    session = graph.new_id("upload")
    graph.uploads[session] = (video, bytearray())
    end = min(_CHUNK, given["file_size"])
    return {
        "upload_session_id": session,
        "video_id": video.id,
        "start_offset": "0",
        "end_offset": str(end),
    }


def _transfer(graph: Graph, account: Account, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    video, received = _session(graph, given)
    if given.get("start_offset") != len(received) or "video_file_chunk" not in call.files:
        error = errors.plain("(#6000) There was a problem uploading your video file.", code=6000, subcode=1363037)
        error.error["error_data"] = {
            "start_offset": len(received),
            "end_offset": min(len(received) + _CHUNK, video.fields["file_size"]),
        }
        raise error
    received += call.files["video_file_chunk"]
    end = min(len(received) + _CHUNK, video.fields["file_size"])
    return {"start_offset": str(len(received)), "end_offset": str(end)}


def _finish(graph: Graph, account: Account, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    video, received = _session(graph, given)
    if len(received) != video.fields["file_size"]:
        raise errors.plain("(#6000) The video upload is not complete.", code=6000, subcode=1363041)
    _readable(bytes(received[:32]))
    video.private["ready_at"] = graph.now + TRANSCODING
    graph.world.store.update(video, name=given.get("title"), fields={"complete": True})
    del graph.uploads[given["upload_session_id"]]
    return {"success": True}


def _cancel(graph: Graph, account: Account, call: Call, given: dict[str, Any]) -> dict[str, Any]:
    video, _ = _session(graph, given)
    graph.world.store.delete(video, status="DELETED")
    del graph.uploads[given["upload_session_id"]]
    return {"success": True}


def _session(graph: Graph, given: dict[str, Any]) -> tuple[Entity, bytearray]:
    found: tuple[Entity, bytearray] | None = graph.uploads.get(str(given.get("upload_session_id")))
    if found is None:
        raise errors.plain("(#6000) The upload session does not exist.", code=6000, subcode=1363036)
    return found


_PHASES = {"start": _start, "transfer": _transfer, "finish": _finish, "cancel": _cancel}


def thumbnails(graph: Graph, video: Entity) -> dict[str, Any]:
    """`GET {video}/thumbnails`: one picture, preferred."""
    uri = video.fields["picture"]
    shown = {"id": f"{video.id}0", "uri": uri, "width": 640, "height": 360, "scale": 1, "is_preferred": True}
    return {"data": [shown]}
