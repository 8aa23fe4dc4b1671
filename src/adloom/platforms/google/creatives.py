"""What people see: responsive search ads, responsive display ads, and the images that those are made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from adloom.platforms.google import mapping
from adloom.platforms.spec import CampaignSpec, Creative, Declarations, Image, MediaFile
from adloom.platforms.types import Channel, ImageRole

#: How many of the unified texts a responsive display ad takes (v26, ResponsiveDisplayAdInfo).
DISPLAY_TEXTS = 5


def ad(spec: CampaignSpec, creative: Creative, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """An ad's content. Images are named by `ids`; by our key where they are not uploaded yet."""
    content = _display(spec, creative, ids=ids) if spec.channel is Channel.DISPLAY else _search(creative)
    return {"finalUrls": [creative.landing_url], **content}


def images(spec: CampaignSpec) -> tuple[MediaFile, ...]:
    """The files that the ads show, each once; none on Search, which shows none."""
    if spec.channel is not Channel.DISPLAY:
        return ()
    files: dict[str, MediaFile] = {}
    for group in spec.groups:
        for each in group.ads:
            files |= {image.file.asset_id: image.file for image in each.creative.images if _slot(image)}
    return tuple(files.values())


def asset(file: MediaFile, *, declarations: Declarations, data: str) -> Mapping[str, Any]:
    """An image as an asset. Its name is made of its content, so that it is found again; `data` is base64."""
    create: dict[str, Any] = {"name": asset_name(file), "imageAsset": {"data": data}}
    if declarations.ai_generated is not None:
        status = "IS_SYNTHETIC" if declarations.ai_generated else "NOT_SYNTHETIC"
        create["syntheticContentInfo"] = {"advertiserAttestation": {"status": status}}
    return create


def asset_name(file: MediaFile) -> str:
    """The name of an image on Google: the same for the same bytes."""
    return f"Adloom image {file.sha256[:32]}"


def _search(creative: Creative) -> Mapping[str, Any]:
    paths = {f"path{index}": path for index, path in enumerate(creative.display_paths, start=1)}
    texts = {"headlines": _texts(creative.headlines), "descriptions": _texts(creative.descriptions)}
    return {"responsiveSearchAd": {**texts, **paths}}


def _display(spec: CampaignSpec, creative: Creative, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    """What Google would make of the images and texts by itself is sent off."""
    content: dict[str, Any] = {
        "headlines": _texts(creative.headlines[:DISPLAY_TEXTS]),
        "longHeadline": {"text": creative.long_headline},
        "descriptions": _texts(creative.descriptions[:DISPLAY_TEXTS]),
        "businessName": creative.brand_name,
        **_pictures(spec, creative, ids=ids),
        "controlSpec": {"enableAssetEnhancements": False, "enableAutogenVideo": False},
    }
    if creative.call_to_action is not None:
        content["callToActionText"] = mapping.CALLS[creative.call_to_action]
    return {"responsiveDisplayAd": content}


def _pictures(spec: CampaignSpec, creative: Creative, *, ids: Mapping[str, str]) -> Mapping[str, Any]:
    found: dict[str, list[Mapping[str, str]]] = {}
    for image in creative.images:
        slot, key = _slot(image), f"asset/{image.file.asset_id}"
        if slot is not None:
            name = f"customers/{spec.account.external_id}/assets/{ids.get(key, key)}"
            found.setdefault(slot, []).append({"asset": name})
    return found


def _slot(image: Image) -> str | None:
    """The field of a responsive display ad that an image goes into; None where it has no place in one."""
    if image.role is ImageRole.LOGO:
        return "squareLogoImages" if image.file.width < 2 * image.file.height else "logoImages"
    return {ImageRole.LANDSCAPE: "marketingImages", ImageRole.SQUARE: "squareMarketingImages"}.get(image.role)


def has_place(image: Image) -> bool:
    """Whether a responsive display ad shows such an image."""
    return _slot(image) is not None


def _texts(texts: Iterable[str]) -> list[Mapping[str, str]]:
    return list(_each(texts))


def _each(texts: Iterable[str]) -> Iterator[Mapping[str, str]]:
    for text in texts:
        yield {"text": text}
