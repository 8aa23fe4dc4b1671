"""The grid of pictures, films and documents. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adloom.assets.types import Asset, AssetKind
from adloom.web import words

_KINDS = {AssetKind.IMAGE: "Picture", AssetKind.VIDEO: "Film", AssetKind.DOCUMENT: "Document"}


@dataclass(frozen=True, slots=True)
class Card:
    """One file."""

    id: str
    name: str
    kind: str
    thumbnail: str | None
    width: int
    height: int
    facts: str
    added: str


def cards(assets: Sequence[Asset]) -> tuple[Card, ...]:
    """The files as cards."""
    return tuple(_card(asset) for asset in assets)


def _card(asset: Asset) -> Card:
    return Card(
        id=str(asset.id),
        name=asset.filename,
        kind=_KINDS[asset.kind],
        thumbnail=f"/assets/{asset.id}/thumbnail" if asset.has_thumbnail else None,
        width=asset.width or 1,
        height=asset.height or 1,
        facts=" · ".join(_facts(asset)),
        added=words.moment(asset.created_at),
    )


def _facts(asset: Asset) -> list[str]:
    facts = []
    if asset.width and asset.height:
        facts.append(f"{asset.width} × {asset.height}")
    if asset.duration_s is not None:
        facts.append(f"{asset.duration_s} s")
    if pages := asset.metadata.get("pages"):
        facts.append(f"{pages} pages")
    return [*facts, words.size(asset.size)]
