"""What people do with assets: add one, delete one. A file is looked into before anything is kept."""

from __future__ import annotations

import math
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from adloom.assets import models, ownership, probe, queries, sniff
from adloom.assets.probe import Probed
from adloom.assets.types import Asset, AssetKind
from adloom.core.actor import Actor
from adloom.core.errors import Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.files import storage
from adloom.identity import limits
from adloom.identity.limits import Limit

_MAX_NAME = 255


def add(
    actor: Actor,
    *,
    filename: str,
    data: bytes | None = None,
    path: Path | None = None,
    mime_type: str | None = None,
    client_id: UUID | None = None,
) -> Asset:
    """Looks into a file, stores it, and returns its asset; the same content for one client is one asset.

    Takes the bytes (`data`) or a file (`path`), the name it came with, and the MIME type sent along, if any.
    A deleted asset of the same content comes back under its old id. Raises Invalid for a file that cannot be
    decoded, is too large, or is not what its name says; Forbidden for a viewer.
    """
    actor.may_write()
    with _as_file(data, path) as source:
        probed = probe.probe(source, filename=filename, declared=mime_type)
        key = storage.content_key(actor.tenant_id, sha256=probed.sha256)
        _store(key, source, probed)
    with db.transaction(actor) as session:
        owner = ownership.client_id(session, actor, wanted=client_id)
        asset_id = _existing(session, probed, filename=filename, client_id=owner)
        if asset_id is None:
            asset_id = _insert(session, actor, probed, filename=filename, key=key, client_id=owner)
            limits.hold(session, Limit.STORAGE_BYTES, used=lambda: _stored_bytes(session))
        return queries.get_in(session, asset_id=asset_id)


def _stored_bytes(session: Session) -> int:
    size = select(func.coalesce(func.sum(models.Asset.file_size), 0)).where(models.Asset.deleted_at.is_(None))
    return int(session.execute(size).scalar_one())


def delete(session: Session, *, asset_id: UUID) -> None:
    """Deletes an asset softly, in the caller's transaction; the caller has made sure that nothing uses it.

    Its row is locked until the transaction ends (`use` waits for it). Raises NotFound.
    """
    row = select(models.Asset.id).where(models.Asset.id == asset_id, models.Asset.deleted_at.is_(None))
    if session.execute(row.with_for_update()).scalar() is None:
        raise NotFound(f"There is no asset {asset_id}.")
    session.execute(update(models.Asset).where(models.Asset.id == asset_id).values(deleted_at=func.now()))


def use(session: Session, *, asset_ids: set[UUID]) -> dict[UUID, Asset]:
    """Those of the assets that there are, kept from being deleted until the caller's transaction ends."""
    rows = select(models.Asset.id).where(models.Asset.id.in_(asset_ids), models.Asset.deleted_at.is_(None))
    held = session.execute(rows.order_by(models.Asset.id).with_for_update(read=True)).scalars().all()
    return queries.find(session, asset_ids=held)


@contextmanager
def _as_file(data: bytes | None, path: Path | None) -> Iterator[Path]:
    if data is None and path is None:
        raise ValueError("add() wants data or path")
    if data is None and path is not None:
        if not path.is_file():
            raise Invalid.field("file", f"{path} is not a file.", "Name one that exists.")
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="adloom-") as file:
        file.write(data or b"")
        file.flush()
        yield Path(file.name)


def _store(key: str, source: Path, probed: Probed) -> None:
    """Files come before rows: a row always has its file, a file without a row does no harm."""
    if not storage.exists(key):
        storage.put(key, source)
    if probed.look.thumbnail is not None:
        storage.put(queries.thumbnail_key(key), probed.look.thumbnail)


def _existing(session: Session, probed: Probed, *, filename: str, client_id: UUID | None) -> UUID | None:
    table = models.Asset
    row = session.execute(
        select(table.id, table.deleted_at)
        .where(table.sha256 == probed.sha256, table.client_id.is_not_distinct_from(client_id))
        .order_by(table.deleted_at.desc().nulls_first())
        .limit(1)
        .with_for_update()
    ).first()
    if row is None:
        return None
    if row.deleted_at is not None:
        names = {"filename": _safe_name(filename, probed), "original_filename": _shortened(filename)}
        session.execute(update(table).where(table.id == row.id).values(deleted_at=None, **names))
    found: UUID = row.id
    return found


def _insert(session: Session, actor: Actor, probed: Probed, *, filename: str, key: str, client_id: UUID | None) -> UUID:
    """Of two uploads of one content at one time, one writes the row, and both return its id."""
    asset_id = uuid4()
    session.execute(
        insert(models.Asset)
        .values(
            id=asset_id,
            user_id=actor.tenant_id,
            client_id=client_id,
            filename=_safe_name(filename, probed),
            original_filename=_shortened(filename),
            storage_key=key,
            **_facts(probed, asset_id=asset_id),
        )
        .on_conflict_do_nothing()
    )
    return _existing(session, probed, filename=filename, client_id=client_id) or asset_id


def _facts(probed: Probed, *, asset_id: UUID) -> dict[str, Any]:
    look = probed.look
    milliseconds = {} if look.duration_ms is None else {"duration_ms": look.duration_ms}
    return {
        "kind": _kind(probed.mime_type),
        "mime_type": probed.mime_type,
        "file_size": probed.size,
        "width": look.width,
        "height": look.height,
        "duration": None if look.duration_ms is None else math.ceil(look.duration_ms / 1000),
        "sha256": probed.sha256,
        "md5": probed.md5,
        "file_url": f"/v1/assets/{asset_id}/file",
        "thumbnail_url": None if look.thumbnail is None else f"/v1/assets/{asset_id}/thumbnail",
        "metadata_": {**look.metadata, **milliseconds},
    }


def _kind(mime_type: str) -> AssetKind:
    if mime_type in sniff.VIDEOS:
        return AssetKind.VIDEO
    return AssetKind.DOCUMENT if mime_type in sniff.DOCUMENTS else AssetKind.IMAGE


def _safe_name(filename: str, probed: Probed) -> str:
    """A name that every file system and platform takes: no folder, no control character, and a suffix."""
    name = PurePath(filename.replace("\\", "/")).name
    shown = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C")
    path = PurePath(shown.strip(" .") or "file")
    suffix = path.suffix.lower() or sniff.suffix(probed.mime_type)
    return f"{path.stem[: _MAX_NAME - len(suffix)]}{suffix}"


def _shortened(filename: str) -> str:
    return filename.replace("\0", "")[-_MAX_NAME:] or "file"
