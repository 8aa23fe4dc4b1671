"""`/files/…`: one file for whoever has its signed link, such as a platform that fetches a film. Lists nothing."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from adloom.assets import queries
from adloom.files import storage

router = APIRouter(tags=["links"], include_in_schema=False)

Range = Annotated[str | None, Header()]

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
#: Nothing in a file that somebody uploaded may act in the name of this server, and no cache may outlive the link.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Accept-Ranges": "bytes",
    "X-Robots-Tag": "noindex",
}


@router.api_route("/files/{tenant_id}/{asset_id}/{expires}/{signed}", methods=["GET", "HEAD"])
def linked(
    request: Request, tenant_id: UUID, asset_id: UUID, expires: int, signed: str, range: Range = None
) -> StreamingResponse:
    """The bytes that the link is for, whole or the one part that is asked for; 404 for any other link."""
    asset = queries.linked(tenant_id=tenant_id, asset_id=asset_id, expires=expires, signature=signed.partition(".")[0])
    part = _part(range, size=asset.size)
    start, end = part or (0, asset.size)
    headers = {**_HEADERS, "Content-Length": str(end - start)}
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{asset.size}"
    pieces = iter(()) if request.method == "HEAD" else storage.stream_part(asset.storage_key, start=start, end=end)
    status = 200 if part is None else 206
    return StreamingResponse(pieces, status_code=status, media_type=asset.mime_type, headers=headers)


def _part(text: str | None, *, size: int) -> tuple[int, int] | None:
    """The one range of a Range header as start and end (not included); None for the whole file (RFC 9110, 14.2).

    Several ranges at once, and other units than bytes, are answered with the whole file. Raises 416 for none of it.
    """
    match = _RANGE.fullmatch(text or "")
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise HTTPException(416, "The file does not reach that far.", {"Content-Range": f"bytes */{size}"})
    return start, end
