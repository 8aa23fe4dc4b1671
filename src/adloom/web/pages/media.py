"""The pictures and files of assets, for who may see them."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from adloom.assets import queries
from adloom.assets.types import AssetKind
from adloom.web.guard import Looking

router = APIRouter(prefix="/assets/{asset_id}")

# An asset's content never changes. Nothing in a file that somebody uploaded may act in the name of this server.
_INERT = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "default-src 'none'; sandbox"}


@router.get("/thumbnail")
def thumbnail(who: Looking, asset_id: UUID) -> Response:
    """A small picture of an asset."""
    return Response(queries.thumbnail(who.actor, asset_id=asset_id), media_type="image/webp", headers=_INERT)


@router.get("/file")
def file(who: Looking, asset_id: UUID) -> Response:
    """The asset itself; what is neither picture nor film is only ever saved, never opened in the page."""
    asset = queries.get(who.actor, asset_id=asset_id)
    place = "attachment" if asset.kind is AssetKind.DOCUMENT else "inline"
    headers = {
        **_INERT,
        "Content-Length": str(asset.size),
        "Content-Disposition": f"{place}; filename*=UTF-8''{quote(asset.filename)}",
    }
    return StreamingResponse(queries.stream(who.actor, asset_id=asset_id), media_type=asset.mime_type, headers=headers)
