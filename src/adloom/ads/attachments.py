"""The files of an ad: uploaded where it names paths, checked where it names assets, listed with roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from adloom.ads import unified
from adloom.ads.creative import CreativeFields
from adloom.ads.unified import UnifiedAd
from adloom.assets import actions as assets
from adloom.assets.types import Asset, AssetKind, AssetType
from adloom.core.actor import Actor
from adloom.core.errors import FieldError, Invalid
from adloom.platforms.types import ImageRole


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in an ad that names a file: its field, what it says, the kind it has to be, and its role."""

    field: str
    asset: str
    kind: AssetKind
    role: AssetType


@dataclass(frozen=True, slots=True)
class Attachment:
    """An asset of an ad in one role, in the order in which the ad names them."""

    asset_id: UUID
    role: AssetType
    order: int


def references(ad: UnifiedAd) -> tuple[Reference, ...]:
    """Every place of the ad that names a file, in its order."""
    return tuple(reference for field, creative in _creatives(ad) for reference in _of(creative, field=field))


def asset_ids(ad: UnifiedAd) -> frozenset[UUID]:
    """The assets that a stored ad names (a stored ad names assets only)."""
    return frozenset(UUID(reference.asset) for reference in references(ad))


def attachments(ad: UnifiedAd) -> tuple[Attachment, ...]:
    """The assets of a stored ad with their roles, each role of an asset once."""
    pairs = dict.fromkeys((UUID(reference.asset), reference.role) for reference in references(ad))
    return tuple(Attachment(asset_id, role, order) for order, (asset_id, role) in enumerate(pairs))


def uploaded(actor: Actor, ad: UnifiedAd, *, base: Path | None, client_id: UUID | None) -> UnifiedAd:
    """The ad with assets in place of file paths, which are uploaded; paths are relative to `base`.

    Without `base` (the ad came over the network) only assets' ids are taken. Raises Invalid naming every
    field whose file is not there or is refused.
    """
    ids: dict[str, str] = {}
    errors: list[FieldError] = []
    for reference in references(ad):
        if reference.asset in ids:
            continue
        try:
            ids[reference.asset] = _asset_id(actor, reference.asset, base=base, client_id=client_id)
        except Invalid as refusal:
            errors += [FieldError(reference.field, error.rule, error.fix) for error in refusal.errors]
    if errors:
        raise Invalid("The ad's files cannot be used.", errors=tuple(errors))
    return unified.parse(_replaced(unified.canonical(ad), lambda name: ids[name]))


def check(ad: UnifiedAd, *, found: dict[UUID, Asset], client_id: UUID | None) -> None:
    """Raises Invalid naming every field whose asset is not there, of another kind, or another client's."""
    errors = tuple(_errors(ad, found=found, client_id=client_id))
    if errors:
        raise Invalid("The ad's assets cannot be used.", errors=errors)


def _errors(ad: UnifiedAd, *, found: dict[UUID, Asset], client_id: UUID | None) -> Iterator[FieldError]:
    for reference in references(ad):
        asset = found.get(UUID(reference.asset))
        if asset is None:
            yield FieldError(reference.field, f"there is no asset {reference.asset}.", "Upload the file first.")
        elif asset.kind is not reference.kind:
            yield FieldError(
                reference.field,
                f"{asset.filename} is no {reference.kind}, but {asset.mime_type}.",
                "Name another asset.",
            )
        elif asset.client_id not in (None, client_id):
            yield FieldError(
                reference.field, f"{asset.filename} belongs to another client.", "Upload it for this client."
            )


def _creatives(ad: UnifiedAd) -> Iterator[tuple[str, CreativeFields]]:
    yield "creative", ad.creative
    for number, group in enumerate(ad.ad_groups or ()):
        for position, item in enumerate(group.ads):
            yield f"ad_groups[{number}].ads[{position}].creative", item.creative
    for platform, block in ad.platforms.chosen().items():
        yield f"platforms.{platform}.creative", block.creative


def _of(creative: CreativeFields, *, field: str) -> Iterator[Reference]:
    for number, image in enumerate(creative.images or ()):
        place = f"{field}.images[{number}].asset"
        yield Reference(place, image.asset, AssetKind.IMAGE, _role(image.role, is_first=number == 0))
    for number, video in enumerate(creative.videos or ()):
        if video.asset is not None:
            yield Reference(f"{field}.videos[{number}].asset", video.asset, AssetKind.VIDEO, AssetType.VIDEO)
        if video.cover is not None:
            place = f"{field}.videos[{number}].cover"
            yield Reference(place, video.cover, AssetKind.IMAGE, AssetType.SECONDARY_IMAGE)


def _role(role: ImageRole, *, is_first: bool) -> AssetType:
    if role is ImageRole.LOGO:
        return AssetType.LOGO
    return AssetType.PRIMARY_IMAGE if is_first else AssetType.SECONDARY_IMAGE


def _asset_id(actor: Actor, name: str, *, base: Path | None, client_id: UUID | None) -> str:
    try:
        return str(UUID(name))
    except ValueError:
        pass
    if base is None:
        raise Invalid.field("asset", f"{name!r} is not an asset's id.", "Upload the file, and give its id.")
    path = base / name
    if not path.is_file():
        raise Invalid.field("asset", f"there is no file {name}.", "Paths are relative to the ad's own file.")
    return str(assets.add(actor, filename=path.name, path=path, client_id=client_id).id)


def _replaced(data: dict[str, Any], new: Callable[[str], str]) -> dict[str, Any]:
    items = [item for group in data.get("ad_groups", []) for item in group["ads"]]
    parts = [data, *items, *data["platforms"].values()]
    for creative in (part["creative"] for part in parts if "creative" in part):
        for entry in (*creative.get("images", ()), *creative.get("videos", ())):
            entry.update({name: new(entry[name]) for name in ("asset", "cover") if name in entry})
    return data
