"""`/v1/assets`: images, videos and documents, looked into before they are kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response, StreamingResponse

from adloom.ads import actions as ads
from adloom.api.depends import Acting, After, Limit, Reading, Writing
from adloom.api.shapes import Json, ListOf, Passed, Shape
from adloom.assets import actions, queries
from adloom.assets.types import Asset as AssetValue
from adloom.assets.types import AssetKind
from adloom.core.errors import Invalid

router = APIRouter(prefix="/v1/assets", tags=["assets"])

_UNTOLD = "application/octet-stream"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "client_id": {"type": "string", "format": "uuid"},
                    },
                }
            }
        },
    }
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}, "description": "The bytes."}
}
#: Nothing in a file that somebody uploaded may act in the name of this server.
_INERT = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, max-age=86400"}


class Asset(Shape):
    """`metadata` holds what else was seen: ratio, codec, frame rate, pages. Hashes are lower-case hex."""

    id: UUID
    client_id: UUID | None
    kind: AssetKind
    filename: str
    original_filename: str
    mime_type: str
    size: int
    width: int | None
    height: int | None
    duration_s: int | None
    duration_ms: int | None
    sha256: str
    md5: str
    has_thumbnail: bool
    metadata: Json
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived, on its way to be looked into."""

    upload: UploadFile
    client_id: UUID | None

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """The file under a name of its own, while it is looked into."""
        with tempfile.NamedTemporaryFile(prefix="adloom-upload-") as file:
            shutil.copyfileobj(self.upload.file, file)
            file.flush()
            yield Path(file.name)


async def _received(request: Request, _acting: Acting) -> AsyncIterator[Received]:
    """The form's file, streamed to a temporary one. Nothing is read of a caller who is nobody."""
    async with request.form(max_files=1, max_fields=4) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise Invalid.field("file", "it is missing.", "Send the file as multipart/form-data, in the part 'file'.")
        yield Received(upload, _client_id(form))


@router.get("", response_model=ListOf[Asset])
async def list_(reading: Reading, limit: Limit = 50, after: After = None) -> Passed:
    """Your assets, newest first."""
    return Passed(await reading.page(queries.listed(limit=limit, after=after)))


@router.post("", status_code=201, openapi_extra=_FORM)
def add(acting: Acting, received: Annotated[Received, Depends(_received)]) -> Asset:
    """Keep a file. The same content for one client is one asset, so that no Idempotency-Key is needed."""
    upload = received.upload
    declared = None if upload.content_type == _UNTOLD else upload.content_type
    with received.on_disk() as path:
        made = actions.add(
            acting, filename=upload.filename or "file", path=path, mime_type=declared, client_id=received.client_id
        )
    return Asset.model_validate(made)


@router.get("/{asset_id}")
def show(asset_id: UUID, acting: Acting) -> Asset:
    """One asset."""
    return Asset.model_validate(queries.get(acting, asset_id=asset_id))


@router.get("/{asset_id}/file", response_class=StreamingResponse, responses=_BYTES)
def content(asset_id: UUID, acting: Acting) -> StreamingResponse:
    """The bytes as they were uploaded."""
    asset = queries.get(acting, asset_id=asset_id)
    headers = {**_INERT, "Content-Length": str(asset.size), "Content-Disposition": _disposition(asset)}
    pieces = queries.stream(acting, asset_id=asset_id)
    return StreamingResponse(pieces, media_type=asset.mime_type, headers=headers)


@router.get("/{asset_id}/thumbnail", response_class=Response, responses=_BYTES)
def thumbnail(asset_id: UUID, acting: Acting) -> Response:
    """A small picture of it, as WebP; 404 for documents."""
    return Response(queries.thumbnail(acting, asset_id=asset_id), media_type="image/webp", headers=_INERT)


@router.delete("/{asset_id}", status_code=204)
def delete(asset_id: UUID, write: Writing) -> None:
    """Delete an asset that no draft and no live ad uses."""
    write.once(lambda: ads.delete_asset(write.actor, asset_id=asset_id), status=204)


def _client_id(form: FormData) -> UUID | None:
    given = form.get("client_id")
    if given in (None, ""):
        return None
    try:
        return UUID(str(given))
    except ValueError:
        raise Invalid.field("client_id", f"{given!r} is not an id.", "GET /v1/clients lists them.") from None


def _disposition(asset: AssetValue) -> str:
    how = "attachment" if asset.kind is AssetKind.DOCUMENT else "inline"
    return f"{how}; filename*=UTF-8''{quote(asset.filename, safe='')}"
