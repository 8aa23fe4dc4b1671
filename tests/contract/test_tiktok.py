"""TikTok's official SDK as a witness: it drives the sandbox, and its models take what the adapter sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.environments import witness
from tests.platforms import feed_specs
from tests.platforms.conftest import Sandbox

from adsandbox.tiktok import platform

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
    assert found["places"] == {
        "regions": ["Baden-Württemberg", "Bavaria"],
        "towns": ["Greene County", "Sangamon County"],
        "codes": [["94103", "ZIP_CODE", "ENABLED"], ["62701", "ZIP_CODE", "ENABLED"]],
    }
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


#: What the SDK raises for what was done; its codes are those of `tiktok.md`, 1 and 8.
REFUSALS = {
    "a token that has lapsed": 40105,
    "a wrong token": 40105,
    "an empty token": 40104,
    "a wrong code": 40110,
    "a wrong secret": 40113,
    "a stranger's advertiser": 40300,
    "a right that is missing": 40001,
    "throttle of a read": 40100,
    "throttle of a write": 40133,
    "server_error of a read": 50000,
    "server_error of a write": 50000,
    "the same request again": 40050,
    "a name that is taken": 40002,
    "too small a budget": 40002,
    "a campaign that is not there": 40007,
    "an unknown filter": 40002,
    "a film that is not ready": 40901,
    "one ad too many": 40502,
    "minors in the USA": 40065,
    "a place that is not there": 40002,
    "a postal code that is not there": 40002,
    "a part of it": 20001,
    "a file name that is taken": 40911,
    "a wrong signature": 40900,
    "a film as a picture": 40908,
}


def test_the_sdk_meets_every_refusal_with_its_code(drive: Drive) -> None:
    assert drive("refusals.py") == REFUSALS


def test_the_sdk_reads_reports_that_equal_the_ledger(drive: Drive, sandbox: Sandbox) -> None:
    found = drive("reading.py")
    rows = sandbox.control("ledger", platform="tiktok_ads", grain="day")["delivery"]
    truth = {row["date"]: row for row in rows if row["impressions"]}
    days = {row["dimensions"]["stat_time_day"][:10]: row["metrics"] for row in found["days"]}
    assert {day: int(metrics["impressions"]) for day, metrics in days.items()} == {
        day: row["impressions"] for day, row in truth.items()
    }
    assert len(days) == 4
    assert found["task"]["statuses"][-1] == "SUCCESS"
    assert found["task"]["csv"][0] == "campaign_id,stat_time_day,spend,impressions"
    assert len(found["task"]["csv"]) == len(days) + 1
    last = max(days)
    assert sum(int(row["metrics"]["impressions"]) for row in found["hours"]) == int(days[last]["impressions"])
    for name in ("age", "gender", "country_code", "platform"):
        parts = sum(int(row["metrics"]["impressions"]) for row in found[name])
        assert parts == sum(int(metrics["impressions"]) for metrics in days.values()), name


def test_the_sdk_walks_smart_plus(drive: Drive) -> None:
    assert drive("smart.py") == {
        "switched": ["ENABLE"] * 3,
        "read": {"budget": 91.25, "gender": "GENDER_FEMALE", "texts": ["Autumn"], "review": "ALL_AVAILABLE"},
        "deleted": ["DELETE"] * 3,
    }


def _missing(known: Mapping[str, Any], sent: Mapping[str, Any], *, at: str) -> list[str]:
    """What the SDK can send, and a table of the sandbox does not know."""
    found = [f"{at}.{name}" for name in sent if name not in known]
    for name, inner in sent.items():
        field = known.get(name)
        children = field and (field.children or (field.item and field.item.children))
        found += _missing(children, inner, at=f"{at}.{name}") if inner and children else []
    return found


def test_the_sandbox_knows_every_field_that_the_sdk_can_send() -> None:
    sent = witness("tiktok", "fields.py", given={})
    tables = {f"{each.method} /open_api/v1.3/{each.path}/": each.table for each in platform.operations()}
    shared = set(tables) & set(sent)
    assert len(shared) > 30
    missing = {name for at in shared for name in _missing(tables[at], sent[at], at=at)}
    assert missing == {"GET /open_api/v1.3/smart_plus/ad/review_info/.context_info"}, "TikTok's own, in no document"
