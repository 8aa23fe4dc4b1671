"""Videos: first and last frames are really decoded, because a cut file still opens with its full duration."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from adloom.core.errors import Invalid

CODEC = "h264"
MAX_PIXELS = 40_000_000
MAX_FRAMES_TO_END = 3_000
_TOLERANCE_S = 1.0


@dataclass(frozen=True, slots=True)
class VideoLook:
    """A video: size as shown, duration in milliseconds, frames per second, and its first frame."""

    width: int
    height: int
    duration_ms: int
    codec: str
    fps: Fraction
    has_audio: bool
    first_frame: Image.Image


def look(path: Path) -> VideoLook:
    """What a video is; raises Invalid where it is cut, has no picture, is not H.264, or does not decode."""
    _refuse_cut_boxes(path)
    try:
        # The format is named, so that no playlist or script inside the file makes the decoder open others.
        with av.open(str(path), format="mp4") as container:
            return _look(container)
    except av.error.FFmpegError as error:
        raise _broken(str(error.strerror or error)) from None


def _look(container: InputContainer) -> VideoLook:
    stream = _video_stream(container)
    first = next(container.decode(stream), None)
    if first is None:
        raise _broken("it holds no frame")
    image = _upright(first)
    end_s = _end_of_last_frame(container, stream)
    duration_s = _duration_s(container, stream, end_s=end_s)
    return VideoLook(
        image.width,
        image.height,
        math.ceil(duration_s * 1000),
        stream.codec_context.name,
        stream.average_rate or Fraction(0),
        bool(container.streams.audio),
        image,
    )


def _upright(frame: VideoFrame) -> Image.Image:
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _video_stream(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise _broken("it holds no picture")
    stream = container.streams.video[0]
    codec = stream.codec_context.name
    if codec != CODEC:
        raise Invalid.field("file", f"its pictures are coded as {codec}.", "Encode it as H.264 in MP4.")
    if stream.codec_context.width * stream.codec_context.height > MAX_PIXELS:
        raise Invalid.field("file", "its pictures are too large to decode.", "Encode it at 1080×1920 or less.")
    return stream


def _duration_s(container: InputContainer, stream: VideoStream, *, end_s: float) -> float:
    """The duration that the file states, where its last frame stands there."""
    own = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    whole = container.duration / av.time_base if container.duration else None
    stated = own or whole or end_s
    if end_s + _TOLERANCE_S < stated:
        raise _broken(f"it says {stated:.1f} s, and its pictures end after {end_s:.1f} s")
    return max(whole or 0, own or 0) or end_s


def _end_of_last_frame(container: InputContainer, stream: VideoStream) -> float:
    stated_s = (container.duration or 0) / av.time_base
    container.seek(max(0, int((stated_s - _TOLERANCE_S) * av.time_base)))
    last_s = 0.0
    for number, frame in enumerate(_decoded(container, stream)):
        last_s = max(last_s, frame.time or 0.0)
        if number > MAX_FRAMES_TO_END:
            raise Invalid.field(
                "file", "it has no key frame near its end.", "Encode it with a key frame every few seconds."
            )
    rate = float(stream.average_rate or 0)
    return last_s + (1 / rate if rate else 0)


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    yield from container.decode(stream)


def _refuse_cut_boxes(path: Path) -> None:
    """Raises where a top-level box of the file says that it goes on past the file's end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        position = 0
        while position + 8 <= size:
            length = _box_length(file, position=position, size=size)
            position += length
    if position > size:
        raise _broken(f"it is cut: {position - size:,} bytes are missing")


def _box_length(file: BinaryIO, *, position: int, size: int) -> int:
    file.seek(position)
    length = int.from_bytes(file.read(4), "big")
    if length == 1:
        file.seek(position + 8)
        length = int.from_bytes(file.read(8), "big")
    # 0 means "to the end of the file"; anything else under 8 is no box, and the decoder may judge the rest.
    return length if length >= 8 else size - position


def _broken(why: str) -> Invalid:
    return Invalid.field("file", f"this video cannot be decoded: {why}.", "Export it again as MP4 with H.264.")
