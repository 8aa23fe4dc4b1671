"""Which of an ad's files Meta shows: one image, or one video with its cover. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from adloom.platforms import feed_ads
from adloom.platforms.spec import CampaignSpec, Creative, MediaFile
from adloom.platforms.types import ImageRole, Objective

#: What a feed shows best, first. A logo is no picture for an ad.
ROLES = (ImageRole.SQUARE, ImageRole.PORTRAIT, ImageRole.LANDSCAPE, ImageRole.STORY)


@dataclass(frozen=True, slots=True)
class ImageAd:
    image: MediaFile


@dataclass(frozen=True, slots=True)
class VideoAd:
    video: MediaFile
    cover: MediaFile


def choose(spec: CampaignSpec, creative: Creative) -> ImageAd | VideoAd:
    """What the ad shows. Raises ValueError where there is none; preflight says so before."""
    video = _video(creative)
    image = _image(creative)
    if video is not None and (image is None or spec.objective is Objective.VIDEO_VIEWS):
        return video
    if image is None:
        raise ValueError("the ad has neither an image nor a video with a cover")
    return ImageAd(image)


def files(chosen: ImageAd | VideoAd) -> tuple[MediaFile, ...]:
    """The files to upload, in the order in which they are needed."""
    return (chosen.image,) if isinstance(chosen, ImageAd) else (chosen.video, chosen.cover)


def _video(creative: Creative) -> VideoAd | None:
    file, cover = feed_ads.video_of(creative), feed_ads.cover_of(creative)
    return VideoAd(file, cover) if file is not None and cover is not None else None


def _image(creative: Creative) -> MediaFile | None:
    ranked = [image for role in ROLES for image in creative.images if image.role is role]
    return ranked[0].file if ranked else None
