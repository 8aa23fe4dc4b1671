"""Draws the demo's pictures and film, and writes its ad. Knows no database and no platform's protocol."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

LANDSCAPE = (1200, 628)
SQUARE = (1080, 1080)
UPRIGHT = (1080, 1920)
SECONDS = 8
FRAMES_PER_SECOND = 25

_NIGHT, _DUSK, _GLOW = "#12343b", "#2d6a6a", "#f4a259"
_CREAM, _CORAL, _INK, _MIST = "#fff7ec", "#e4572e", "#0e2a30", "#cfe8e0"
_SHOE_BOX = (1000, 520)
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
    pen.rounded_rectangle((90, 1760, 102 + round(888 * share), 1772), 6, fill=_CREAM)


def _film(path: Path) -> None:
    import av  # Heavy, and wanted here alone.

    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = *UPRIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "23", "g": str(FRAMES_PER_SECOND * 2)}
        for frame in _frames():
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))
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
        ("Spring sale", 84, _CREAM, 104),
        ("20% off running shoes", 38, _MIST, 76),
    )
    for text, size, colour, height in lines:
        pen.text((left, top), text, font=_font(round(size * scale)), fill=colour)
        top += round(height * scale)
    _button(pen, left=left, top=top + round(10 * scale), scale=scale)


def _button(pen: ImageDraw.ImageDraw, *, left: int, top: int, scale: float) -> None:
    width, height = round(210 * scale), round(62 * scale)
    pen.rounded_rectangle((left, top, left + width, top + height), height // 2, fill=_CORAL)
    middle = (left + width // 2, top + height // 2)
    pen.text(middle, "Shop now", font=_font(round(30 * scale)), fill=_CREAM, anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _paste_shoe(
    canvas: Image.Image, *, width: int, centre: tuple[int, int], shadow_at: int | None = None
) -> None:
    shoe = _shoe(width)
    x, y = centre[0] - shoe.width // 2, centre[1] - shoe.height // 2
    shadow = _shadow(width)
    bottom = shadow_at if shadow_at is not None else y + shoe.height
    canvas.paste(shadow, (x, bottom - shadow.height // 2), shadow)
    canvas.paste(shoe, (x, y), shoe)


@cache
def _shadow(width: int) -> Image.Image:
    height = width // 7
    shadow = Image.new("RGBA", (width, height), (14, 42, 48, 0))
    box = (width // 10, height // 3, width - width // 10, height - height // 3)
    ImageDraw.Draw(shadow).ellipse(box, fill=(14, 42, 48, 150))
    return shadow.filter(ImageFilter.GaussianBlur(height // 8))


@cache
def _shoe(width: int) -> Image.Image:
    """A running shoe, drawn three times as large and made small, so that its edges are smooth."""
    scale = 3 * width / _SHOE_BOX[0]
    large = Image.new("RGBA", (3 * width, round(_SHOE_BOX[1] * scale)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    for outline, colour in _SHOE_PARTS:
        pen.polygon([(x * scale, y * scale) for x, y in _curve(outline)], fill=colour)
    for start, end in _LACES:
        line = [(x * scale, y * scale) for x, y in (start, end)]
        pen.line(line, fill=_CREAM, width=round(13 * scale))
    return large.resize((width, large.height // 3), Image.Resampling.LANCZOS)


Point = tuple[float, float]

_UPPER: tuple[Point, ...] = (
    (70, 400), (60, 300), (70, 200), (95, 120),
    (120, 95), (160, 100), (185, 140),
    (230, 200), (320, 190), (370, 90),
    (395, 60), (440, 70), (460, 105),
    (540, 220), (660, 260), (790, 290),
    (890, 312), (950, 350), (945, 410),
    (700, 420), (300, 420), (70, 400),
)  # fmt: skip
_HEEL: tuple[Point, ...] = (
    (70, 400), (60, 300), (70, 200), (95, 120),
    (130, 200), (200, 300), (260, 410),
    (200, 410), (130, 408), (70, 400),
)  # fmt: skip
_STRIPE: tuple[Point, ...] = (
    (330, 405), (400, 330), (470, 250), (520, 190),
    (545, 215), (560, 222), (580, 235),
    (530, 300), (470, 360), (420, 408),
    (390, 408), (360, 408), (330, 405),
)  # fmt: skip
_TOE: tuple[Point, ...] = (
    (760, 415), (770, 360), (800, 320), (835, 300),
    (915, 325), (950, 365), (945, 410),
    (880, 416), (820, 416), (760, 415),
)  # fmt: skip
_SOLE: tuple[Point, ...] = (
    (45, 395), (40, 430), (50, 480), (110, 485),
    (350, 492), (600, 492), (800, 488),
    (900, 486), (965, 455), (968, 405),
    (700, 425), (300, 425), (45, 395),
)  # fmt: skip
_TREAD: tuple[Point, ...] = (
    (60, 462), (60, 482), (80, 490), (110, 490),
    (350, 498), (600, 498), (800, 494),
    (880, 492), (930, 478), (955, 450),
    (700, 476), (300, 476), (60, 462),
)  # fmt: skip
_SHOE_PARTS = (
    (_UPPER, _CORAL),
    (_HEEL, _INK),
    (_STRIPE, _CREAM),
    (_TOE, "#c8431f"),
    (_SOLE, _CREAM),
    (_TREAD, _INK),
)
_LACES: tuple[tuple[Point, Point], ...] = (
    ((448, 165), (500, 118)),
    ((500, 205), (552, 160)),
    ((560, 240), (610, 195)),
    ((625, 268), (672, 222)),
)


def _curve(outline: tuple[Point, ...]) -> Iterator[Point]:
    """Points along joined cubic curves: a start, then two handles and an end for each."""
    for index in range(0, len(outline) - 1, 3):
        a, b, c, d = outline[index : index + 4]
        for step in range(24):
            t = step / 24
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            yield (
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)),
            )
