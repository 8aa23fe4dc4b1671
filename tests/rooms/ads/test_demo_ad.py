"""The demo's ad is good on all four platforms, with the very files that the demo draws."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.rooms.ads.files import ACCOUNTS

from adloom.ads import attachments, preflight, unified
from adloom.assets import probe
from adloom.cli import demo_media
from adloom.platforms.spec import MediaFile
from adloom.platforms.types import Platform

_SANDBOX = {
    "google_ads": {"account_id": "1234567890", "login_customer_id": "1"},
    "facebook_ads": {"account_id": "act_1", "page_id": "11", "pixel_id": "12", "instagram_user_id": "13"},
    "microsoft_ads": {"account_id": "1", "customer_id": "2"},
    "tiktok_ads": {"account_id": "7000", "identity_id": "a-1", "identity_type": "TT_USER", "pixel_id": "22"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's media, drawn once."""
    folder = tmp_path_factory.mktemp("demo")
    demo_media.draw(folder / "media")
    return folder


def _file(folder: Path, name: str) -> MediaFile:
    path = folder / name
    probed = probe.probe(path, filename=path.name)
    look = probed.look
    return MediaFile(
        asset_id=name,
        filename=path.name,
        mime_type=probed.mime_type,
        size=probed.size,
        sha256=probed.sha256,
        md5=probed.md5,
        width=look.width or 0,
        height=look.height or 0,
        duration_ms=look.duration_ms,
        read=path.read_bytes,
    )


def test_the_demo_draws_two_pictures_a_film_of_eight_seconds_and_its_cover(folder: Path) -> None:
    media = demo_media.DemoMedia()
    shapes = {
        name: _file(folder, f"media/{name}") for name in (media.landscape, media.square, media.video, media.cover)
    }
    assert {name: (file.width, file.height) for name, file in shapes.items()} == {
        media.landscape: (1200, 628),
        media.square: (1080, 1080),
        media.video: (1080, 1920),
        media.cover: (1080, 1920),
    }
    assert shapes[media.video].duration_ms == 8_000


def test_the_demos_ad_has_no_error_on_any_platform_and_loses_no_targeting(folder: Path) -> None:
    ad = unified.parse(demo_media.demo_ad(Path("media"), _SANDBOX))
    media = {place.asset: _file(folder, place.asset) for place in attachments.references(ad)}
    found = preflight.check(ad, accounts=ACCOUNTS, media=media, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert {platform: seen.errors for platform, seen in found.items()} == {platform: () for platform in Platform}
    assert not [loss for seen in found.values() for loss in seen.losses if loss.is_targeting]
    assert all(seen.losses for seen in found.values())
