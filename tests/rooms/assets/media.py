"""Real files for tests: pictures, films and documents, small and quickly made; and broken ones."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import av
from PIL import Image
from pypdf import PdfWriter


def picture(size: tuple[int, int] = (120, 80), *, form: str = "JPEG", colour: str = "teal") -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return out.getvalue()


def moving_picture(form: str = "GIF") -> bytes:
    """A picture of two frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("teal", "coral")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that claims to be a square of so many pixels a side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def film(
    path: Path, *, seconds: float = 2, size: tuple[int, int] = (128, 96), codec: str = "libx264", rate: int = 10
) -> Path:
    """A film of changing colours; the index stands first, so that a cut file still opens."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * rate)):
            noise = Image.effect_noise(size, 40 + number).convert("RGB")
            container.mux(stream.encode(av.VideoFrame.from_image(noise)))
        container.mux(stream.encode())
    return path


def document(pages: int = 2) -> bytes:
    """A PDF of empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def locked_document() -> bytes:
    """A PDF that asks for a password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
