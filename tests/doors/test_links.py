"""A signed link gives one file to whoever has it: whole or in part, and nothing to anybody with another link."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest
from tests.doors.visitors import Visitor
from tests.rooms.assets.media import picture

from adloom.assets import queries
from adloom.core import settings


@pytest.fixture
def link(http: httpx.Client, owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, bytes, UUID]]:
    """A link to a file of the owner's (its path on this server), the file's bytes, and its asset's id."""
    monkeypatch.setenv("ADLOOM_PUBLIC_URL", "https://ads.example.com")
    settings.load.cache_clear()
    data = picture((1200, 628))
    sent = {"file": ("shoe.jpg", data, "image/jpeg")}
    asset_id = UUID(owner.ask("POST", "/v1/assets", files=sent).json()["id"])
    made = queries.media_file(queries.get(owner.actor, asset_id=asset_id)).link()
    assert made is not None
    yield made.removeprefix("https://ads.example.com"), data, asset_id
    monkeypatch.undo()
    settings.load.cache_clear()


def test_the_file_comes_with_its_type_and_without_a_session(http: httpx.Client, link: tuple[str, bytes, UUID]) -> None:
    path, data, _ = link
    answer = http.get(path)
    assert (answer.status_code, answer.content) == (200, data)
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    head = http.head(path)
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=10-999999999", 10, None)],
)
def test_a_part_of_the_file_can_be_had(
    http: httpx.Client, link: tuple[str, bytes, UUID], asked: str, first: int, last: int | None
) -> None:
    path, data, _ = link
    wanted = data[first:] if last is None else data[first : last + 1]
    answer = http.get(path, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, wanted)
    start = first % len(data)
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(wanted) - 1}/{len(data)}"


def test_what_the_file_does_not_reach_is_no_part_of_it(http: httpx.Client, link: tuple[str, bytes, UUID]) -> None:
    path, data, _ = link
    answer = http.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(data)}"
    assert http.get(path, headers={"Range": "lines=1-2"}).content == data


def test_every_other_link_leads_nowhere(http: httpx.Client, stranger: Visitor, link: tuple[str, bytes, UUID]) -> None:
    path, _, _ = link
    _, _, tenant, asset, expires, signed = path.split("/")
    for wrong in (
        f"/files/{stranger.id}/{asset}/{expires}/{signed}",
        f"/files/{tenant}/{tenant}/{expires}/{signed}",
        f"/files/{tenant}/{asset}/{int(expires) + 1}/{signed}",
        f"/files/{tenant}/{asset}/{expires}/{'0' * 64}.jpg",
        f"/files/{tenant}/{asset}/{expires}/.jpg",
    ):
        assert http.get(wrong).status_code == 404, wrong
    for upwards in (f"/files/{tenant}/{asset}/{expires}/", f"/files/{tenant}/{asset}", f"/files/{tenant}", "/files"):
        answer = http.get(upwards)
        assert answer.status_code >= 300, upwards
        assert str(asset) not in answer.text, upwards


def test_a_link_is_read_only_and_outlives_the_asset_that_was_deleted(
    http: httpx.Client, owner: Visitor, link: tuple[str, bytes, UUID]
) -> None:
    path, data, asset_id = link
    assert http.delete(path).status_code == 405
    assert owner.ask("DELETE", f"/v1/assets/{asset_id}").status_code == 204
    assert http.get(path).content == data
