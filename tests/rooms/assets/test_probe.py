"""A file is believed only after it was decoded; what is broken, lying or dangerous is refused with a reason."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from tests.rooms.assets import media

from adloom.assets import probe
from adloom.core.errors import Invalid


def _probe(tmp_path: Path, data: bytes, filename: str, declared: str | None = None) -> probe.Probed:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return probe.probe(path, filename=filename, declared=declared)


def _refusal(tmp_path: Path, data: bytes, filename: str, declared: str | None = None) -> str:
    with pytest.raises(Invalid) as refused:
        _probe(tmp_path, data, filename, declared)
    (error,) = refused.value.errors
    assert error.fix
    return error.rule


def test_a_picture_has_its_size_hashes_ratio_and_a_small_thumbnail(tmp_path: Path) -> None:
    data = media.picture((1200, 628))
    probed = _probe(tmp_path, data, "a.JPG", "image/jpeg")
    assert (probed.mime_type, probed.size, probed.look.width, probed.look.height) == (
        "image/jpeg",
        len(data),
        1200,
        628,
    )
    assert probed.sha256 == hashlib.sha256(data).hexdigest()
    assert probed.md5 == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert probed.look.metadata["ratio"] == "1.9108"
    small = Image.open(io.BytesIO(probed.look.thumbnail or b""))
    assert (small.format, max(small.size)) == ("WEBP", 400)


def test_a_picture_is_measured_as_it_is_shown(tmp_path: Path) -> None:
    picture, out = Image.new("RGB", (60, 30)), io.BytesIO()
    exif = picture.getexif()
    exif[0x0112] = 6  # turned by a quarter
    picture.save(out, "JPEG", exif=exif)
    look = _probe(tmp_path, out.getvalue(), "a.jpg").look
    assert (look.width, look.height) == (30, 60)


def test_a_film_has_its_duration_codec_and_rate(tmp_path: Path) -> None:
    path = media.film(tmp_path / "a.mp4", seconds=2.3)
    look = probe.probe(path, filename="a.mp4").look
    assert (look.width, look.height, look.duration_ms) == (128, 96, 2300)
    assert look.metadata == {"ratio": "1.3333", "codec": "h264", "fps": "10", "has_audio": False}
    assert look.thumbnail


def test_a_document_has_its_pages(tmp_path: Path) -> None:
    assert _probe(tmp_path, media.document(3), "terms.pdf").look.metadata == {"pages": 3}


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_film_cut_anywhere_is_refused(tmp_path: Path, share: float) -> None:
    whole = media.film(tmp_path / "a.mp4", seconds=4).read_bytes()
    assert "cut" in _refusal(tmp_path, whole[: int(len(whole) * share)], "a.mp4")


def test_a_film_whose_end_is_rubble_is_refused_although_it_opens_with_its_full_duration(tmp_path: Path) -> None:
    whole = media.film(tmp_path / "a.mp4", seconds=6).read_bytes()
    keep = len(whole) // 3
    assert "decoded" in _refusal(tmp_path, whole[:keep] + bytes(len(whole) - keep), "a.mp4")


def test_a_film_in_another_codec_is_refused(tmp_path: Path) -> None:
    data = media.film(tmp_path / "a.mp4", codec="mpeg4").read_bytes()
    assert "mpeg4" in _refusal(tmp_path, data, "a.mp4")


def test_a_page_named_like_a_picture_is_refused(tmp_path: Path) -> None:
    assert "nothing that we know" in _refusal(tmp_path, b"<html><script>alert(1)</script></html>", "a.jpg")


@pytest.mark.parametrize(
    ("filename", "declared"),
    [("a.png", None), ("a.mp4", None), ("a.txt", None), ("a.jpg", "image/png"), ("a", "text/html")],
)
def test_a_picture_that_claims_to_be_something_else_is_refused(
    tmp_path: Path, filename: str, declared: str | None
) -> None:
    assert "holds image/jpeg" in _refusal(tmp_path, media.picture(), filename, declared)


def test_a_picture_without_a_claim_is_taken_for_what_it_holds(tmp_path: Path) -> None:
    assert (
        _probe(tmp_path, media.picture(form="PNG"), "clip board", "application/octet-stream").mime_type == "image/png"
    )


@pytest.mark.parametrize(("form", "filename"), [("GIF", "a.gif"), ("PNG", "a.png")])
def test_an_animated_picture_is_refused(tmp_path: Path, form: str, filename: str) -> None:
    assert "animated" in _refusal(tmp_path, media.moving_picture(form), filename)


@pytest.mark.parametrize("side", [8_000, 12_000, 30_000])
def test_a_decompression_bomb_is_refused_before_it_goes_off(tmp_path: Path, side: int) -> None:
    assert "pixels" in _refusal(tmp_path, media.bomb(side), "a.png")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_picture_that_ends_early_is_refused(tmp_path: Path, form: str) -> None:
    whole = media.picture((600, 400), form=form)
    assert "decoded" in _refusal(tmp_path, whole[: len(whole) // 2], "a.jpg" if form == "JPEG" else "a.png")


def test_formats_that_no_platform_takes_are_refused_by_name(tmp_path: Path) -> None:
    assert "image/webp" in _refusal(tmp_path, media.picture(form="WEBP"), "a.webp")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert "nothing that we know" in _refusal(tmp_path, b"", "a.jpg")


def test_too_large_a_picture_is_refused_without_being_decoded(tmp_path: Path) -> None:
    data = media.picture() + bytes(probe.MAX_IMAGE_BYTES)
    assert "30,000,000" in _refusal(tmp_path, data, "a.jpg")


def test_a_locked_or_broken_document_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in _refusal(tmp_path, media.locked_document(), "a.pdf")
    assert "cannot be read" in _refusal(tmp_path, b"%PDF-1.7\nno more", "a.pdf")
