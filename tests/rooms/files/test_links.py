"""Links are good for one file and for some hours; whatever is changed in one makes it worthless."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from adloom.core import settings, time
from adloom.core.errors import NotFound
from adloom.files import links

TENANT, ASSET = uuid4(), uuid4()


def _key(letter: bytes) -> str:
    return base64.b64encode(letter * 32).decode()


@pytest.fixture(autouse=True)
def public(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """An installation that others reach."""
    monkeypatch.setenv("ADLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ADLOOM_PUBLIC_URL", "https://ads.example.com/")
    monkeypatch.setenv("ADLOOM_SECRET_KEYS", f"new:{_key(b'n')} old:{_key(b'o')}")
    settings.load.cache_clear()
    yield monkeypatch
    settings.load.cache_clear()


def _set(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings.load.cache_clear()


def _parts(link: str) -> tuple[UUID, UUID, int, str]:
    *_, tenant, asset, expires, signed = link.split("/")
    return UUID(tenant), UUID(asset), int(expires), signed.removesuffix(".mp4")


def _verify(tenant: UUID, asset: UUID, expires: int, signature: str) -> None:
    links.verify(tenant, asset_id=asset, expires=expires, signature=signature)


def _made() -> str:
    link = links.to_file(TENANT, asset_id=ASSET, suffix=".mp4")
    assert link is not None
    return link


def test_a_link_opens_the_file_that_it_was_made_for() -> None:
    link = _made()
    assert link.startswith(f"https://ads.example.com/files/{TENANT}/{ASSET}/")
    assert link.endswith(".mp4")
    _verify(*_parts(link))


def test_a_link_opens_no_other_file_no_other_tenants_and_not_for_longer() -> None:
    tenant, asset, expires, signature = _parts(_made())
    other = "0" if signature[0] != "0" else "1"
    for wrong in (
        (uuid4(), asset, expires, signature),
        (tenant, uuid4(), expires, signature),
        (tenant, asset, expires + 1, signature),
        (tenant, asset, expires, other + signature[1:]),
        (tenant, asset, expires, signature[:-1]),
        (tenant, asset, expires, ""),
        (tenant, asset, expires, "ü" * 64),
    ):
        with pytest.raises(NotFound):
            _verify(*wrong)


def test_a_link_lapses(public: pytest.MonkeyPatch, tmp_path: Path) -> None:
    parts, clock = _parts(_made()), tmp_path / "clock"
    for ahead, is_good in (("PT5H59M", True), ("PT6H1M", False)):
        clock.write_text(ahead)
        public.setenv("ADLOOM_CLOCK", f"file:{clock}")
        assert time.offset() > timedelta(0)
        if is_good:
            _verify(*parts)
        else:
            with pytest.raises(NotFound):
                _verify(*parts)


def test_a_link_outlives_a_new_key_and_dies_with_its_own(public: pytest.MonkeyPatch) -> None:
    parts = _parts(_made())
    _set(public, "ADLOOM_SECRET_KEYS", f"newer:{_key(b'x')} new:{_key(b'n')}")
    _verify(*parts)
    _set(public, "ADLOOM_SECRET_KEYS", f"newer:{_key(b'x')}")
    with pytest.raises(NotFound):
        _verify(*parts)


@pytest.mark.parametrize(
    "url",
    [
        "http://ads.example.com",
        "https://localhost",
        "https://127.0.0.1:8420",
        "https://[::1]",
        "https://10.1.2.3",
        "https://box",
        "https://box.local",
    ],
)
def test_there_is_no_link_where_no_platform_could_follow_it(public: pytest.MonkeyPatch, url: str) -> None:
    _set(public, "ADLOOM_PUBLIC_URL", url)
    assert links.to_file(TENANT, asset_id=ASSET, suffix=".mp4") is None


def test_there_is_no_link_without_an_address_of_this_installation(public: pytest.MonkeyPatch) -> None:
    public.delenv("ADLOOM_PUBLIC_URL")
    settings.load.cache_clear()
    assert links.to_file(TENANT, asset_id=ASSET, suffix="") is None
