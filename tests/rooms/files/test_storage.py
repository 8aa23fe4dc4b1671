"""Files go in and come out whole, under keys that derive from their content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from adloom.core import settings
from adloom.core.errors import Invalid, NotFound
from adloom.files import storage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ADLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ADLOOM_STORAGE_URL", raising=False)
    settings.load.cache_clear()
    yield tmp_path / "home"
    settings.load.cache_clear()


def test_what_is_put_is_got_and_a_second_put_changes_nothing(home: Path) -> None:
    tenant = uuid4()
    key = storage.put_content(tenant, b"a picture")
    assert storage.put_content(tenant, b"a picture") == key
    assert storage.get(key) == b"a picture"
    files = [path for path in (home / "files").rglob("*") if path.is_file()]
    assert [path.parent.name for path in files] == [str(tenant)]


def test_a_file_is_stored_from_its_path_and_streamed_back_in_pieces(tmp_path: Path) -> None:
    source = tmp_path / "big"
    source.write_bytes(bytes(range(256)) * 20_000)
    storage.put("t/big", source)
    pieces = list(storage.stream("t/big"))
    assert len(pieces) > 1
    assert b"".join(pieces) == source.read_bytes()


def test_a_missing_key_is_not_found_and_deleting_it_is_no_error() -> None:
    with pytest.raises(NotFound):
        storage.get("t/none")
    with pytest.raises(NotFound):
        storage.stream("t/none")
    storage.delete("t/none")
    assert not storage.exists("t/none")


def test_a_deleted_file_is_gone() -> None:
    storage.put("t/x", b"x")
    assert storage.exists("t/x")
    storage.delete("t/x")
    assert not storage.exists("t/x")


def test_a_file_url_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.setenv("ADLOOM_STORAGE_URL", folder.as_uri())
    settings.load.cache_clear()
    storage.put("t/x", b"x")
    assert (folder / "t" / "x").read_bytes() == b"x"


def test_a_url_that_no_storage_knows_is_refused_by_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADLOOM_STORAGE_URL", "gopher://bucket")
    settings.load.cache_clear()
    with pytest.raises(Invalid) as refusal:
        storage.put("t/x", b"x")
    assert refusal.value.errors[0].field == "ADLOOM_STORAGE_URL"
