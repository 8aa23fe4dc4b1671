"""The running shoe of the demo's pictures: curves, colours and a shadow. Draws nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

CREAM, CORAL, INK = "#fff7ec", "#e4572e", "#0e2a30"
_TOECAP = "#c8431f"
_BOX = (1000, 520)


@cache
def shadow(width: int) -> Image.Image:
    """The soft shadow under a shoe of that width."""
    height = width // 7
    picture = Image.new("RGBA", (width, height), (14, 42, 48, 0))
    box = (width // 10, height // 3, width - width // 10, height - height // 3)
    ImageDraw.Draw(picture).ellipse(box, fill=(14, 42, 48, 150))
    return picture.filter(ImageFilter.GaussianBlur(height // 8))


@cache
def shoe(width: int) -> Image.Image:
    """A running shoe, drawn three times as large and made small, so that its edges are smooth."""
    scale = 3 * width / _BOX[0]
    large = Image.new("RGBA", (3 * width, round(_BOX[1] * scale)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    for outline, colour in _PARTS:
        pen.polygon([(x * scale, y * scale) for x, y in _curve(outline)], fill=colour)
    for start, end in _LACES:
        line = [(x * scale, y * scale) for x, y in (start, end)]
        pen.line(line, fill=CREAM, width=round(13 * scale))
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
_PARTS = (
    (_UPPER, CORAL),
    (_HEEL, INK),
    (_STRIPE, CREAM),
    (_TOE, _TOECAP),
    (_SOLE, CREAM),
    (_TREAD, INK),
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
