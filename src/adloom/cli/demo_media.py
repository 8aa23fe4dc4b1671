"""Draws the demo's pictures and film, and writes its ad. Knows no database and no platform's protocol."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from adloom.cli import demo_shoe
from adloom.cli.demo_shoe import CORAL, CREAM

LANDSCAPE = (1200, 628)
SQUARE = (1080, 1080)
UPRIGHT = (1080, 1920)
SECONDS = 8
FRAMES_PER_SECOND = 20

_NIGHT, _DUSK, _GLOW = "#12343b", "#2d6a6a", "#f4a259"
_MIST = "#cfe8e0"
_TURN = 2 * math.pi


@dataclass(frozen=True, slots=True)
class DemoMedia:
    """The names of the files that `draw` leaves in its folder."""

    landscape: str = "spring-landscape.jpg"
    square: str = "spring-square.jpg"
    video: str = "spring-film.mp4"
    cover: str = "spring-cover.jpg"


def draw(folder: Path) -> DemoMedia:
    """Draws two pictures, an 8 s film (H.264, 1080×1920) and its cover into a folder; returns their names."""
    media = DemoMedia()
    folder.mkdir(parents=True, exist_ok=True)
    _landscape().save(folder / media.landscape, quality=90)
    _square().save(folder / media.square, quality=90)
    _upright_frame(_upright(), second=0).save(folder / media.cover, quality=90)
    _film(folder / media.video)
    return media


def _landscape() -> Image.Image:
    canvas = _backdrop(LANDSCAPE, glow=(870, 320, 275))
    _paste_shoe(canvas, width=620, centre=(865, 330))
    _words(canvas, left=70, top=120, scale=1.0)
    return canvas


def _square() -> Image.Image:
    canvas = _backdrop(SQUARE, glow=(590, 720, 320))
    _paste_shoe(canvas, width=800, centre=(590, 740))
    _words(canvas, left=80, top=90, scale=1.25)
    return canvas


def _upright() -> Image.Image:
    canvas = _backdrop(UPRIGHT, glow=(540, 1180, 470))
    _words(canvas, left=90, top=260, scale=1.45)
    return canvas


def _upright_frame(backdrop: Image.Image, *, second: float) -> Image.Image:
    """One frame of the film: the shoe rises and sinks once in four seconds, and tilts a little with it."""
    frame = backdrop.copy()
    phase = _TURN * second / 4
    _paste_shoe(frame, width=900, centre=(540, 1190 + round(28 * math.sin(phase))), shadow_at=1465)
    _progress(frame, share=second / SECONDS)
    return frame


def _progress(frame: Image.Image, *, share: float) -> None:
    pen = ImageDraw.Draw(frame)
    pen.rounded_rectangle((90, 1760, 990, 1772), 6, fill=_DUSK)
    pen.rounded_rectangle((90, 1760, 102 + round(888 * share), 1772), 6, fill=CREAM)


def _film(path: Path) -> None:
    import av  # Heavy, and wanted here alone.

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = *UPRIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23", "g": str(FRAMES_PER_SECOND * 2)}
        for frame in _frames():
            picture = av.VideoFrame.from_image(frame)  # type: ignore[no-untyped-call]
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def _frames() -> Iterator[Image.Image]:
    backdrop = _upright()
    for number in range(SECONDS * FRAMES_PER_SECOND):
        yield _upright_frame(backdrop, second=number / FRAMES_PER_SECOND)


def _backdrop(size: tuple[int, int], *, glow: tuple[int, int, int]) -> Image.Image:
    """Dusk from top to bottom, with a warm disc where the shoe will stand: x, y and radius of `glow`."""
    shade = Image.linear_gradient("L").resize(size)
    canvas = ImageOps.colorize(shade, black=_NIGHT, white=_DUSK)
    x, y, radius = glow
    halo = ImageOps.invert(Image.radial_gradient("L")).resize((radius * 4, radius * 4))
    canvas.paste(Image.new("RGB", halo.size, _GLOW), (x - radius * 2, y - radius * 2), halo.point(_soft))
    disc = _disc(radius)
    canvas.paste(Image.new("RGB", disc.size, _GLOW), (x - radius, y - radius), disc)
    return canvas


def _disc(radius: int) -> Image.Image:
    large = Image.new("L", (radius * 6, radius * 6))
    ImageDraw.Draw(large).ellipse((0, 0, radius * 6 - 1, radius * 6 - 1), fill=255)
    return large.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)


def _soft(value: int) -> int:
    return max(0, value - 70) // 3


def _words(canvas: Image.Image, *, left: int, top: int, scale: float) -> None:
    pen = ImageDraw.Draw(canvas)
    lines = (
        ("FERNWAY", 30, _MIST, 60),
        ("Spring sale", 84, CREAM, 104),
        ("20% off running shoes", 38, _MIST, 76),
    )
    for text, size, colour, height in lines:
        pen.text((left, top), text, font=_font(round(size * scale)), fill=colour)
        top += round(height * scale)
    _button(pen, left=left, top=top + round(10 * scale), scale=scale)


def _button(pen: ImageDraw.ImageDraw, *, left: int, top: int, scale: float) -> None:
    width, height = round(210 * scale), round(62 * scale)
    pen.rounded_rectangle((left, top, left + width, top + height), height // 2, fill=CORAL)
    middle = (left + width // 2, top + height // 2)
    pen.text(middle, "Shop now", font=_font(round(30 * scale)), fill=CREAM, anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _paste_shoe(canvas: Image.Image, *, width: int, centre: tuple[int, int], shadow_at: int | None = None) -> None:
    shoe, shadow = demo_shoe.shoe(width), demo_shoe.shadow(width)
    x, y = centre[0] - shoe.width // 2, centre[1] - shoe.height // 2
    bottom = shadow_at if shadow_at is not None else y + shoe.height
    canvas.paste(shadow, (x, bottom - shadow.height // 2), shadow)
    canvas.paste(shoe, (x, y), shoe)


def demo_ad(media_folder: Path, accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The demo's unified ad, about the files that `draw` made in that folder (relative to the ad's own).

    `accounts` is what the sandbox prints first: by platform, the account and what belongs to it.
    """
    return {
        "schema_version": 1,
        "name": "Spring sale",
        "objective": "CONVERSIONS",
        "conversion": {"event": "PURCHASE"},
        "platforms": _platforms(accounts),
        "creative": {**_WORDS, **_pictures(media_folder)},
        "targeting": _TARGETING,
        "budget": {
            "type": "DAILY",
            "amount": {"value": "60.00", "currency": "USD"},
            "bidding": {"strategy": "MAX_CONVERSIONS"},
        },
        "schedule": {"start": None, "end": None, "time_zone": "America/Los_Angeles"},
        "tracking": {"params": {"utm_source": "{platform}", "utm_campaign": "{campaign}"}},
        "declarations": {
            "eu_political": False,
            "special_categories": [],
            "dsa": {"beneficiary": "Fernway", "payor": "Fernway"},
            "ai_generated": False,
        },
        "desired_status": "ACTIVE",
    }


_WORDS = {
    "headlines": [
        "Spring sale: 20% off shoes",
        "Running shoes, light as air",
        "Free shipping both ways",
        "Run farther this spring",
        "New colours, old comfort",
    ],
    "long_headline": "Spring sale: 20% off every pair of running shoes until stock runs out",
    "descriptions": [
        "Save 20% on all running shoes. Order today, and we ship today.",
        "Try them for 30 days. Not yours? Send them back for free.",
    ],
    "primary_text": "Spring sale: 20% off all running shoes. Free shipping both ways.",
    "call_to_action": "SHOP_NOW",
    "landing_url": "https://example.com/spring",
    "display_paths": ["shoes", "sale"],
    "brand_name": "Fernway",
}
_TARGETING = {
    "locations": [{"type": "COUNTRY", "country": "US"}],
    "languages": ["en"],
    "age": {"min": 18},
    "genders": ["ANY"],
    "keywords": [
        {"text": "running shoes", "match": "PHRASE"},
        {"text": "trail running shoes", "match": "PHRASE"},
        {"text": "running shoe sale", "match": "BROAD"},
    ],
    "negative_keywords": [{"text": "used", "match": "PHRASE"}],
}


def _pictures(folder: Path) -> dict[str, Any]:
    media = DemoMedia()
    return {
        "images": [
            {"asset": str(folder / media.landscape), "role": "LANDSCAPE"},
            {"asset": str(folder / media.square), "role": "SQUARE"},
        ],
        "videos": [{"asset": str(folder / media.video), "cover": str(folder / media.cover)}],
    }


def _platforms(accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    google, meta = accounts["google_ads"], accounts["facebook_ads"]
    microsoft, tiktok = accounts["microsoft_ads"], accounts["tiktok_ads"]
    identity = {"type": tiktok["identity_type"], "id": tiktok["identity_id"]}
    if tiktok.get("identity_bc_id"):
        identity["bc_id"] = tiktok["identity_bc_id"]
    return {
        "google_ads": {"account": google["account_id"], "channel": "SEARCH"},
        "facebook_ads": {"account": meta["account_id"], "page": meta["page_id"], "pixel": meta["pixel_id"]},
        "microsoft_ads": {"account": microsoft["account_id"], "channel": "SEARCH"},
        "tiktok_ads": {"account": tiktok["account_id"], "identity": identity, "pixel": tiktok["pixel_id"]},
    }
