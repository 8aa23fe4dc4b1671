"""Preflight of one ad's text and files on TikTok: what is refused, and what is not shown. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from fractions import Fraction

from adloom.platforms import feed_ads
from adloom.platforms.findings import Findings, ad_field
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Creative, MediaFile

MAX_TEXT = 100
MAX_VIDEO_BYTES = 500 * 1024 * 1024
MAX_VIDEO_MS = 10 * 60 * 1000
MAX_IMAGE_BYTES = 50 * 1024 * 1024
MAX_IMAGE_PIXELS = 3_686_400
VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/mpeg", "video/x-msvideo")
IMAGE_TYPES = ("image/jpeg", "image/png")

#: Allowed ratios with the smallest width and height of each.
RATIOS = ((Fraction(9, 16), 540, 960), (Fraction(16, 9), 960, 540), (Fraction(1), 640, 640))

#: Symbols that Unicode files with the pictures, and every keyboard has.
PLAIN_SYMBOLS = frozenset("©®™°")

_Field = Callable[[str], str]


def check(spec: CampaignSpec, *, group: AdGroupSpec, ad: AdSpec, found: Findings) -> None:
    """Adds every error and loss of an ad's creative."""

    def field(name: str) -> str:
        return ad_field(spec, group=group, ad=ad, name=f"creative.{name}")

    feed_ads.check_link(spec, found, group=group, ad=ad)
    _text(ad.creative.primary_text, field=field("primary_text"), found=found)
    video, cover = feed_ads.video_of(ad.creative), feed_ads.cover_of(ad.creative)
    if video is None:
        found.error(field("videos"), "TikTok's feed shows videos only.", "Add a video of 9:16, 16:9 or 1:1.")
    else:
        _video(video, field=field("videos"), found=found)
        _cover(cover, video=video, field=field("videos"), found=found)
    _losses(ad.creative, field=field, found=found)


def text_length(text: str) -> int:
    """TikTok's length: wide characters (Chinese, Japanese, Korean) count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _text(text: str | None, *, field: str, found: Findings) -> None:
    own = "or give TikTok a primary_text of its own."
    if not text or not text.strip():
        found.error(field, "TikTok needs a text.", f"Write 1 to {MAX_TEXT} characters.")
        return
    if text_length(text) > MAX_TEXT:
        rule = f"TikTok takes {MAX_TEXT} characters (wide ones count 2), not {text_length(text)}."
        found.error(field, rule, f"Shorten it, {own}")
    if has_emoji(text):
        found.error(field, "TikTok takes no emoji.", f"Leave them out, {own}")
    if "\n" in text or "\r" in text:
        found.error(field, "TikTok takes one line.", f"Join the lines, {own}")


def _video(file: MediaFile, *, field: str, found: Findings) -> None:
    if file.mime_type not in VIDEO_TYPES:
        found.error(field, f"TikTok does not take {file.mime_type}.", "Use MP4, MOV, MPEG or AVI.")
    if file.size > MAX_VIDEO_BYTES:
        found.error(field, f"{file.filename} is larger than 500 MB.", "Use a smaller file.")
    if file.duration_ms is not None and file.duration_ms > MAX_VIDEO_MS:
        found.error(field, f"{file.filename} is longer than ten minutes.", "Shorten it; 5 to 60 s is best.")
    if not any(_fits(file, ratio=ratio, width=width, height=height) for ratio, width, height in RATIOS):
        found.error(
            field,
            f"{file.filename} is {file.width}×{file.height}.",
            "Use 9:16 from 540×960, 16:9 from 960×540, or 1:1 from 640×640.",
        )


def _fits(file: MediaFile, *, ratio: Fraction, width: int, height: int) -> bool:
    if file.width < width or file.height < height:
        return False
    return abs(Fraction(file.width, file.height) / ratio - 1) <= feed_ads.RATIO_TOLERANCE


def _cover(cover: MediaFile | None, *, video: MediaFile, field: str, found: Findings) -> None:
    if cover is None:
        found.error(
            field,
            "TikTok wants a cover of the video's ratio.",
            f"Give the video a cover, or the ad an image of {video.width}×{video.height}.",
        )
        return
    if not feed_ads.has_ratio(cover, video):
        found.error(field, f"{cover.filename} has another ratio than the video.", "Use a cover of the same ratio.")
    if cover.mime_type not in IMAGE_TYPES or cover.size >= MAX_IMAGE_BYTES:
        found.error(field, f"{cover.filename} is no JPEG or PNG below 50 MB.", "Use one.")
    if cover.width * cover.height > MAX_IMAGE_PIXELS:
        found.error(field, f"{cover.filename} has more than {MAX_IMAGE_PIXELS} pixels.", "Use 1440×2560 at most.")


def _losses(creative: Creative, *, field: _Field, found: Findings) -> None:
    cover, video = feed_ads.cover_of(creative), feed_ads.video_of(creative)
    images = [image.file.filename for image in creative.images if image.file is not cover]
    videos = [item for item in creative.videos if item.file is not video or item.file is None]
    dropped = {
        "headlines": f"{len(creative.headlines)} texts" if creative.headlines else "",
        "long_headline": creative.long_headline or "",
        "descriptions": f"{len(creative.descriptions)} texts" if creative.descriptions else "",
        "display_paths": "/".join(creative.display_paths),
        "images": ", ".join(images),
        "videos": ", ".join(item.file.filename if item.file else "a YouTube video" for item in videos),
    }
    for name, before in dropped.items():
        if before:
            found.dropped(field(name), before)
    if creative.brand_name is not None:
        found.dropped(field("brand_name"), creative.brand_name, after="the identity's name")
    if creative.call_to_action is None:
        found.dropped(field("call_to_action"), "none", after="LEARN_MORE")


def has_emoji(text: str) -> bool:
    """Whether a text holds what TikTok takes for an emoji: pictorial symbols, flags, and their joiners."""
    return any(
        (unicodedata.category(char) == "So" and char not in PLAIN_SYMBOLS)
        or ord(char) in (0x200D, 0x20E3, 0xFE0F)
        or 0x1F1E6 <= ord(char) <= 0x1FAFF
        for char in text
    )
