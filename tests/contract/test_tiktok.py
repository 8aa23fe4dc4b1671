"""TikTok's official SDK as a witness: it drives the sandbox, and its models take what the adapter sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.environments import witness
from tests.platforms import feed_specs
from tests.platforms.conftest import Sandbox

Drive = Callable[[str], Any]


@pytest.fixture
def drive(sandbox: Sandbox, tmp_path: Path) -> Drive:
    """Runs a script with the SDK on the emptied sandbox, and gives what it saw."""
    film, cover = tmp_path / "film.mp4", tmp_path / "cover.png"
    film.write_bytes(feed_specs.FILM.read())
    cover.write_bytes(feed_specs.COVER.read())
    given = {
        "base": str(sandbox.client.base_url).rstrip("/"),
        "control_key": sandbox.line["control_key"],
        "line": sandbox.line["tiktok_ads"],
        "film": str(film),
        "cover": str(cover),
    }
    return lambda script: witness("tiktok", script, given=given)


def test_the_sdk_walks_the_manual_path(drive: Drive, sandbox: Sandbox) -> None:
    found, line = drive("manual.py"), sandbox.line["tiktok_ads"]
    assert found["login"] == {"again": 40110, "advertisers": [line["account_id"]]}
    assert found["account"]["status"] == "STATUS_ENABLE"
    assert "TT_USER" in found["account"]["identities"]
    assert found["account"]["pixels"] == [line["pixel_id"]]
    assert found["account"]["languages"] > 20 < found["account"]["regions"]
    assert found["files"] == {"image": True, "video": True}
    assert found["switched"] == ["DISABLE"] * 3 + ["ENABLE"] * 3
    assert found["deleted"] == ["DELETE"] * 3
    assert found["left"]["shown"] == 0
    assert found["left"]["statuses"] == ["CAMPAIGN_STATUS_DELETE"] * 2
    _read(found["read"], made=found["made"])


def _read(read: Mapping[str, Any], *, made: Mapping[str, Any]) -> None:
    assert (read["pages"], read["ads"]) == (2, sorted(made["ads"]))
    assert read["named"] == made["campaigns"][:1]
    assert (read["budget"], read["languages"], read["text"]) == (77.25, ["en"], "Autumn sale")
