"""Reads of assets: their rows, their bytes, and what adapters get of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.assets.types import Asset, AssetKind
from adloom.core import paging
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.core.paging import Page
from adloom.db import listing
from adloom.db import session as db
from adloom.db.listing import Listing
from adloom.db.session import ReadSession
from adloom.files import links, storage
from adloom.platforms.spec import MediaFile

_GET = text(
    """
    SELECT
        id,
        client_id,
        kind,
        filename,
        original_filename,
        mime_type,
        file_size,
        width,
        height,
        duration,
        sha256,
        md5,
        thumbnail_url,
        metadata,
        storage_key,
        created_at,
        updated_at,
        deleted_at
    FROM assets
    WHERE id = ANY(:ids)
        AND (:with_deleted OR deleted_at IS NULL)
    """
)

_OF_PAGE = """
    WHERE deleted_at IS NULL
        AND (
            CAST(:created_at AS timestamptz) IS NULL
            OR (created_at, id) < (CAST(:created_at AS timestamptz), CAST(:id AS uuid))
        )
    ORDER BY created_at DESC, id DESC
    LIMIT :limit
"""

_LIST = text(
    f"""
    SELECT
        id,
        client_id,
        kind,
        filename,
        original_filename,
        mime_type,
        file_size,
        width,
        height,
        duration,
        sha256,
        md5,
        thumbnail_url,
        metadata,
        storage_key,
        created_at,
        updated_at,
        deleted_at
    FROM assets
    {_OF_PAGE}
    """  # noqa: S608  (constants)
)

_LISTED = listing.statement(
    f"""
    SELECT
        id,
        created_at,
        json_build_object(
            'id', id,
            'client_id', client_id,
            'kind', kind,
            'filename', filename,
            'original_filename', original_filename,
            'mime_type', mime_type,
            'size', file_size,
            'width', width,
            'height', height,
            'duration_s', duration,
            'duration_ms', metadata -> 'duration_ms',
            'sha256', sha256,
            'md5', md5,
            'has_thumbnail', thumbnail_url IS NOT NULL,
            'metadata', coalesce(metadata, '{{}}') - 'duration_ms',
            'created_at', {listing.instant("created_at")},
            'updated_at', {listing.instant("updated_at")}
        ) AS item
    FROM (SELECT * FROM assets {_OF_PAGE}) AS assets
    """  # noqa: S608  (constants)
)


def get(actor: Actor, *, asset_id: UUID) -> Asset:
    """One asset; raises NotFound where this actor has none of that id, or it was deleted."""
    with db.reading(actor) as session:
        return get_in(session, asset_id=asset_id)


def get_in(session: ReadSession, *, asset_id: UUID) -> Asset:
    """The same, in the caller's transaction."""
    found = find(session, asset_ids=[asset_id])
    if not found:
        raise NotFound(f"There is no asset {asset_id}.")
    return found[asset_id]


def find(session: ReadSession, *, asset_ids: Collection[UUID], with_deleted: bool = False) -> dict[UUID, Asset]:
    """Those of the assets that there are, by id; what is missing or (unless asked for) deleted is left out."""
    rows = session.execute(_GET, {"ids": [*asset_ids], "with_deleted": with_deleted}).mappings()
    return {row["id"]: to_asset(row) for row in rows}


def list(actor: Actor, *, limit: int = 50, after: str | None = None) -> Page[Asset]:
    """A page of the assets this actor may see, newest first; `after` is `next` of the page before."""
    place = paging.position(after)
    values = {
        "created_at": place.created_at if place else None,
        "id": place.id if place else None,
        "limit": paging.bounded(limit) + 1,
    }
    with db.reading(actor) as session:
        assets = tuple(to_asset(row) for row in listing.rows(session, _LIST, values))
    return paging.page(assets, limit=limit, position=lambda asset: paging.Position(asset.created_at, asset.id))


def listed(*, limit: int = 50, after: str | None = None) -> Listing:
    """The same page as the API's JSON, which the database builds; still to be read."""
    return listing.asked(_LISTED, {}, limit=limit, after=after)


def read(actor: Actor, *, asset_id: UUID) -> bytes:
    """The bytes of an asset; raises NotFound."""
    return storage.get(get(actor, asset_id=asset_id).storage_key)


def stream(actor: Actor, *, asset_id: UUID) -> Iterator[bytes]:
    """The bytes of an asset in pieces; raises NotFound before the first one."""
    return storage.stream(get(actor, asset_id=asset_id).storage_key)


def thumbnail(actor: Actor, *, asset_id: UUID) -> bytes:
    """A small WebP picture of an asset; raises NotFound where there is none (documents)."""
    asset = get(actor, asset_id=asset_id)
    if not asset.has_thumbnail:
        raise NotFound(f"{asset.filename} has no thumbnail.")
    return storage.get(thumbnail_key(asset.storage_key))


def thumbnail_key(storage_key: str) -> str:
    """Where the thumbnail of a stored file is."""
    return f"{storage_key}.thumbnail"


def media_files(
    session: ReadSession, *, asset_ids: Collection[UUID], with_deleted: bool = False
) -> dict[str, MediaFile]:
    """Pictures and videos as adapters get them, by asset id; what is missing or a document is left out.

    `with_deleted` is for what stands on a platform, where a file stays after it was deleted here.
    """
    found = find(session, asset_ids=asset_ids, with_deleted=with_deleted)
    return {str(key): media_file(asset) for key, asset in found.items() if asset.kind is not AssetKind.DOCUMENT}


def media_file(asset: Asset) -> MediaFile:
    """A picture or video as adapters get it; its bytes are read when they are asked for."""
    return MediaFile(
        asset_id=str(asset.id),
        filename=asset.filename,
        mime_type=asset.mime_type,
        size=asset.size,
        sha256=asset.sha256,
        md5=asset.md5,
        width=asset.width or 0,
        height=asset.height or 0,
        duration_ms=asset.duration_ms,
        read=lambda: storage.get(asset.storage_key),
        link=lambda: links.to_file(_tenant(asset), asset_id=asset.id, suffix=PurePath(asset.filename).suffix),
    )


def linked(*, tenant_id: UUID, asset_id: UUID, expires: int, signature: str) -> Asset:
    """The asset that a signed link is for, whoever asks; raises NotFound for a link that is not ours or has lapsed.

    A file that was deleted meanwhile is still there for a platform that was told to fetch it.
    """
    links.verify(tenant_id, asset_id=asset_id, expires=expires, signature=signature)
    with db.reading(Actor(tenant_id)) as session:
        found = find(session, asset_ids=[asset_id], with_deleted=True)
    if asset_id not in found:
        raise NotFound("There is no file here, or the link to it has lapsed.")
    return found[asset_id]


def _tenant(asset: Asset) -> UUID:
    """Whose asset it is: every stored file's key begins with its tenant (`storage.content_key`)."""
    return UUID(asset.storage_key.partition("/")[0])


def to_asset(row: RowMapping) -> Asset:
    """An asset of a row of the table."""
    metadata: dict[str, Any] = dict(row["metadata"] or {})
    return Asset(
        id=row["id"],
        client_id=row["client_id"],
        kind=AssetKind(row["kind"]),
        filename=row["filename"],
        original_filename=row["original_filename"],
        mime_type=row["mime_type"],
        size=row["file_size"],
        width=row["width"],
        height=row["height"],
        duration_s=row["duration"],
        duration_ms=metadata.pop("duration_ms", None),
        sha256=row["sha256"],
        md5=row["md5"],
        has_thumbnail=row["thumbnail_url"] is not None,
        metadata=metadata,
        storage_key=row["storage_key"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        deleted_at=row["deleted_at"],
    )
