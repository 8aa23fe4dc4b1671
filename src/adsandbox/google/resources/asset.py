"""Asset: images, YouTube videos and texts; immutable, and the same content twice is one asset."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from adsandbox import images
from adsandbox.google import tables
from adsandbox.google.errors import refuse
from adsandbox.google.resources import base
from adsandbox.google.resources.base import Context, Resource
from adsandbox.store import Entity

_KINDS = {"imageAsset": "IMAGE", "youtubeVideoAsset": "YOUTUBE_VIDEO", "textAsset": "TEXT"}
_MOST_BYTES = 5120 * 1024


class Asset(Resource):
    """A piece of content of the account."""

    type = "asset"
    collection = "assets"
    word = "asset"
    table = tables.ASSET
    immutable = frozenset(_KINDS)

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Make an asset, or find the one that has the same content."""
        kind = next((name for name in _KINDS if name in body), None)
        if kind is None:
            raise refuse("assetError", "ASSET_DATA_IS_MISSING", "No content.", "asset_data")
        made = {**body, "type": _KINDS[kind], "source": "ADVERTISER"}
        content = str(next(iter(body[kind].values())))
        known = self._same(context, kind, content)
        if known is not None:
            return known
        if kind == "imageAsset":
            made["imageAsset"] = _image(body["imageAsset"])
        if kind in ("imageAsset", "youtubeVideoAsset"):
            self._name(context, made, needed=kind == "imageAsset")
        id_ = context.new_id(self.type, digits=11)
        entity = self.add(context, id_, {**made, "id": id_})
        entity.private["content"] = (kind, content)
        return entity

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """The name alone."""
        base.cleared(changes, "name")
        base.put(context.world, entity, changes)

    def _same(self, context: Context, kind: str, content: str) -> Entity | None:
        found = context.world.store.all(
            base.PLATFORM, type_=self.type, where=lambda e: e.private.get("content") == (kind, content)
        )
        return next((e for e in found if e.account_id == context.account.id), None)

    def _name(self, context: Context, body: Mapping[str, Any], *, needed: bool) -> None:
        name = body.get("name")
        if not name and needed:
            raise refuse("assetError", "NAME_REQUIRED_FOR_ASSET_TYPE", "A name is required.", "name")
        for other in context.world.store.all(base.PLATFORM, type_=self.type):
            if name and other.name == name and other.account_id == context.account.id:
                raise refuse("assetError", "DUPLICATE_ASSET_NAME", "The name is taken.", "name", trigger=name)


def _image(given: Mapping[str, Any]) -> dict[str, Any]:
    """What Google tells of an image; the bytes are not given back."""
    path = ("image_asset", "data")
    try:
        data = base64.b64decode(given["data"], validate=True)
    except (binascii.Error, ValueError):
        raise refuse("imageError", "INVALID_IMAGE", "The data is not base64.", *path) from None
    if len(data) > _MOST_BYTES:
        raise refuse("imageError", "FILE_TOO_LARGE", "At most 5120 KB.", *path)
    image = images.probe(data)
    if image is None:
        raise refuse("imageError", "FORMAT_NOT_ALLOWED", "Not a JPEG, PNG or GIF.", *path)
    size = {"widthPixels": str(image.width), "heightPixels": str(image.height)}
    return {"mimeType": f"IMAGE_{image.kind}", "fileSize": str(len(data)), "fullSize": size}
