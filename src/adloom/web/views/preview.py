"""An ad as people are likely to see it on each platform: which words and which picture, in that platform's shape. Pure.

A likeness, not a promise: search engines choose among the headlines, and every platform draws in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from adloom.ads.blocks import GoogleBlock, MicrosoftBlock
from adloom.ads.composition import AdItem
from adloom.ads.creative import CreativeFields
from adloom.ads.unified import UnifiedAd
from adloom.assets.types import Asset
from adloom.platforms.types import CallToAction, Channel, ImageRole, Objective, Platform
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.words import PlatformName

# What a feed shows best, first.
_FEED = (ImageRole.SQUARE, ImageRole.PORTRAIT, ImageRole.LANDSCAPE, ImageRole.STORY)
_DISPLAY = (ImageRole.LANDSCAPE, ImageRole.SQUARE)
_SEARCH_HEADLINES, _SEARCH_DESCRIPTIONS = 3, 2


class Shape(StrEnum):
    """How a platform shows an ad."""

    SEARCH = "search"
    FEED = "feed"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours; width and height keep its place while it loads."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One ad on one platform. `where` says what it imitates, `address` is what people see of the link."""

    platform: PlatformName
    shape: Shape
    where: str
    brand: str
    initial: str
    address: str
    headline: str
    description: str
    body: str
    button: str
    picture: Picture | None


def previews(ad: UnifiedAd, *, item: AdItem, assets: Mapping[UUID, Asset]) -> dict[Platform, Preview]:
    """One preview for each platform that the ad is for."""
    return {
        platform: _preview(ad, platform, ad.creative_on(platform, item=item), assets)
        for platform in ad.platforms.chosen()
    }


def _preview(ad: UnifiedAd, platform: Platform, creative: CreativeFields, assets: Mapping[UUID, Asset]) -> Preview:
    block = ad.platforms.chosen()[platform]
    if isinstance(block, GoogleBlock | MicrosoftBlock):
        if block.channel is Channel.SEARCH:
            return _search(platform, creative)
        return _picture_ad(platform, creative, _image(creative, _DISPLAY, assets), where="on websites")
    if platform is Platform.TIKTOK_ADS:
        return _film(platform, creative, _cover(creative, assets))
    image = _image(creative, _FEED, assets)
    if image is None or ad.objective is Objective.VIDEO_VIEWS:
        image = _cover(creative, assets) or image
    return _picture_ad(platform, creative, image, where="in the feed")


def _search(platform: Platform, creative: CreativeFields) -> Preview:
    headlines = (creative.headlines or ())[:_SEARCH_HEADLINES]
    descriptions = (creative.descriptions or ())[:_SEARCH_DESCRIPTIONS]
    paths = "".join(f" › {path}" for path in creative.display_paths or ())
    host = _host(creative)
    return _made(
        platform,
        creative,
        shape=Shape.SEARCH,
        where="in search results",
        address=f"{host}{paths}",
        headline=" | ".join(headlines),
        description=" ".join(descriptions),
    )


def _picture_ad(platform: Platform, creative: CreativeFields, picture: Picture | None, *, where: str) -> Preview:
    return _made(
        platform,
        creative,
        shape=Shape.FEED,
        where=where,
        address=_host(creative),
        headline=_first(creative.headlines),
        description=_first(creative.descriptions),
        picture=picture,
    )


def _film(platform: Platform, creative: CreativeFields, picture: Picture | None) -> Preview:
    return _made(
        platform,
        creative,
        shape=Shape.VIDEO,
        where="between videos",
        address="",
        headline="",
        description="",
        picture=picture,
    )


def _made(
    platform: Platform,
    creative: CreativeFields,
    *,
    shape: Shape,
    where: str,
    address: str,
    headline: str,
    description: str,
    picture: Picture | None = None,
) -> Preview:
    brand = creative.brand_name or _host(creative)
    return Preview(
        platform=words.platform(platform),
        shape=shape,
        where=where,
        brand=brand,
        initial=brand[:1].upper(),
        address=address,
        headline=headline,
        description=description,
        body=creative.primary_text or "",
        button=_button(creative.call_to_action),
        picture=picture,
    )


def _image(creative: CreativeFields, roles: Sequence[ImageRole], assets: Mapping[UUID, Asset]) -> Picture | None:
    ranked = [image.asset for role in roles for image in creative.images or () if image.role is role]
    return _picture(ranked[0], assets) if ranked else None


def _cover(creative: CreativeFields, assets: Mapping[UUID, Asset]) -> Picture | None:
    """The first film's cover, or its first frame."""
    for video in creative.videos or ():
        if (shown := video.cover or video.asset) is not None:
            return _picture(shown, assets)
    return None


def _picture(asset_id: str, assets: Mapping[UUID, Asset]) -> Picture | None:
    asset = assets.get(UUID(asset_id))
    if asset is None or not asset.has_thumbnail:
        return None
    return Picture(f"/assets/{asset.id}/thumbnail", asset.width or 1, asset.height or 1, asset.filename)


def _button(action: CallToAction | None) -> str:
    return words.words(action) if action else ""


def _host(creative: CreativeFields) -> str:
    return urlsplit(creative.landing_url or "").hostname or figures.NOTHING


def _first(texts: Sequence[str] | None) -> str:
    return texts[0] if texts else ""
