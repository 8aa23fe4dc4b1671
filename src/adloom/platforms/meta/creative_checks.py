"""Preflight of one ad's texts and files on Meta: what is refused, and what is not shown. Pure."""

from __future__ import annotations

from collections.abc import Callable

from adloom.platforms import feed_ads
from adloom.platforms.findings import Findings, ad_field
from adloom.platforms.meta import media
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Creative, MediaFile
from adloom.platforms.types import ImageRole

MAX_IMAGE_BYTES = 30 * 1024 * 1024
MAX_VIDEO_BYTES = 4 * 1024**3
MIN_SIDE = 120
VIDEO_MS = (1000, 241 * 60 * 1000)
IMAGE_TYPES = ("image/jpeg", "image/png")
VIDEO_TYPES = ("video/mp4", "video/quicktime")

_Field = Callable[[str], str]


def check(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, found: Findings) -> None:
    """Adds every error and loss of an ad's creative."""

    def field(name: str) -> str:
        return ad_field(spec, group=group, ad=ad, name=f"creative.{name}")

    feed_ads.check_link(spec, found, group=group, ad=ad)
    if not _has_media(ad.creative):
        _no_media(ad.creative, field=field("images"), found=found)
        return
    chosen = media.choose(spec, ad.creative)
    for file in media.files(chosen):
        _file(file, field=field("images" if file.mime_type.startswith("image/") else "videos"), found=found)
    _texts(ad.creative, is_video=isinstance(chosen, media.VideoAd), field=field, found=found)
    _unused(ad.creative, chosen=chosen, field=field, found=found)


def _has_media(creative: Creative) -> bool:
    pictures = [image for image in creative.images if image.role is not ImageRole.LOGO]
    return bool(pictures) or feed_ads.cover_of(creative) is not None


def _no_media(creative: Creative, *, field: str, found: Findings) -> None:
    if any(video.file is not None for video in creative.videos):
        found.error(
            field.replace("images", "videos"),
            "Meta shows a video with a cover picture.",
            "Give the video a cover, or the ad an image of the same ratio.",
        )
    else:
        found.error(field, "Meta needs an image or a video.", "Add an image, 1:1 or 4:5 at best.")


def _file(file: MediaFile, *, field: str, found: Findings) -> None:
    is_image = file.mime_type.startswith("image/")
    if file.mime_type not in (*IMAGE_TYPES, *VIDEO_TYPES):
        found.error(field, f"Meta does not take {file.mime_type} ({file.filename}).", "Use JPEG, PNG, MP4 or MOV.")
    limit = MAX_IMAGE_BYTES if is_image else MAX_VIDEO_BYTES
    if file.size > limit:
        found.error(field, f"{file.filename} is larger than {limit} bytes.", "Use a smaller file.")
    if file.duration_ms is not None and not VIDEO_MS[0] <= file.duration_ms <= VIDEO_MS[1]:
        rule = f"{file.filename} lasts {file.duration_ms / 1000:.1f} s, and Meta's feeds take 1 s to 241 minutes."
        found.error(field, rule, "Cut it, or make it longer.")
    if min(file.width, file.height) < MIN_SIDE:
        found.error(field, f"{file.filename} has a side below {MIN_SIDE} pixels.", "Use a larger picture.")


def _texts(creative: Creative, *, is_video: bool, field: _Field, found: Findings) -> None:
    """Meta shows one headline and one description, in full: its limits are recommendations."""
    for name, texts in (("headlines", creative.headlines), ("descriptions", creative.descriptions)):
        if len(texts) > 1:
            found.dropped(field(name), f"{len(texts)} texts", after=f"the first: {texts[0]}")
    if creative.long_headline is not None:
        found.dropped(field("long_headline"), creative.long_headline)
    if creative.brand_name is not None:
        found.dropped(field("brand_name"), creative.brand_name, after="the Page's name")
    if creative.display_paths and is_video:
        found.dropped(field("display_paths"), "/".join(creative.display_paths))
    if creative.call_to_action is None and is_video:
        found.dropped(field("call_to_action"), "none", after="LEARN_MORE: a video's link is its button's")


def _unused(creative: Creative, *, chosen: media.ImageAd | media.VideoAd, field: _Field, found: Findings) -> None:
    used = {file.asset_id for file in media.files(chosen)}
    images = [image.file for image in creative.images if image.file.asset_id not in used]
    if images:
        found.dropped(field("images"), ", ".join(file.filename for file in images), after="one per ad")
    videos = [video for video in creative.videos if video.file is None or video.file.asset_id not in used]
    if videos:
        names = ", ".join(video.file.filename if video.file else "a YouTube video" for video in videos)
        found.dropped(field("videos"), names, after="one image or video per ad")
