"""Meta's official SDK drives the sandbox: what it accepts, and what it raises, is what the sandbox must give."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contract.environments import witness
from tests.platforms import feed_specs
from tests.platforms.conftest import Sandbox

FILES = {
    "square.png": feed_specs.png(1080, 1080),
    "cover.png": feed_specs.png(720, 1280, shade=40),
    "film.mp4": feed_specs.mp4(),
}

PURCHASE = "offsite_conversion.fb_pixel_purchase"
NUMBERS = ("impressions", "inline_link_clicks", "spend")
PARTS = {
    "age": ["age"],
    "gender": ["gender"],
    "age and gender": ["age", "gender"],
    "country": ["country"],
    "device": ["device_platform"],
    "place": ["publisher_platform"],
}


@pytest.fixture
def given(sandbox: Sandbox) -> dict[str, Any]:
    """What a witness needs to know of the sandbox, and files to upload."""
    today = date.fromisoformat(sandbox.control("clock")["now"][:10])
    return {
        "url": str(sandbox.client.base_url).rstrip("/"),
        "control_key": sandbox.line["control_key"],
        "line": sandbox.line["facebook_ads"],
        "files": {name: base64.b64encode(data).decode() for name, data in FILES.items()},
        "range": {"since": str(today - timedelta(days=1)), "until": str(today + timedelta(days=6))},
        "reader": _reader(sandbox),
    }


def _reader(sandbox: Sandbox) -> str:
    """A token that may read and not write."""
    line = sandbox.line["facebook_ads"]
    app = {"client_id": line["client_id"], "redirect_uri": "https://example.com/back"}
    answer = sandbox.client.get("/meta-dialog/v26.0/dialog/oauth", params={**app, "scope": "ads_read", "state": "s"})
    (code,) = parse_qs(urlsplit(answer.headers["location"]).query)["code"]
    given = {**app, "client_secret": line["client_secret"], "code": code}
    token: str = sandbox.client.get("/meta/v26.0/oauth/access_token", params=given).json()["access_token"]
    return token


def test_the_sdk_walks_the_whole_tree(given: dict[str, Any]) -> None:
    found = witness("meta", "walk.py", given=given)
    line, made = given["line"], found["tree"]
    around = found["around"]
    assert around["accounts"] == [[line["account_id"], "USD", "America/Los_Angeles", 1]]
    assert (around["pages"], around["promoted"]) == ([line["page_id"]], [line["page_id"]])
    assert around["pixels"] == [line["pixel_id"]]
    assert around["instagram"] == around["of_page"] == around["connected"] == [line["instagram_user_id"]]
    assert "ads_management" in around["permissions"]
    assert around["minimums"] > 50
    assert around["places"] == ["3847"]
    assert around["towns"][:2] == [["Springfield", region, "US", "city"] for region in ("Illinois", "Missouri")]
    assert found["media"]["titles"] == ["film.mp4", "whole"]
    assert found["media"]["listed"] == [[found["media"]["image"], 1080]]
    read = found["read"]
    assert read["campaign"]["objective"] == "OUTCOME_TRAFFIC"
    assert read["campaign"]["status"] == read["campaign"]["effective_status"] == "PAUSED"
    assert (read["ad_set"]["daily_budget"], read["ad_set"]["campaign_id"]) == ("5000", made["campaign"])
    assert read["ad_set"]["targeting"]["age_min"] == 25
    assert read["ad"]["creative"]["url_tags"] == "utm_source=meta"
    assert read["ad"]["effective_status"] == "PENDING_REVIEW"
    assert (read["ad_sets"], read["ads_of_set"]) == ([made["ad_set"]], 2)
    assert read["creatives"] == [made["creatives"][0]]


def test_the_sdks_cursor_reaches_every_page(given: dict[str, Any]) -> None:
    found = witness("meta", "walk.py", given=given)
    assert found["pages"]["first"] == 3
    assert found["pages"]["total"] == len(found["pages"]["names"]) == len(set(found["pages"]["names"])) == 7


def test_the_sdk_changes_pauses_and_deletes(given: dict[str, Any]) -> None:
    found = witness("meta", "walk.py", given=given)
    assert found["changed"] == {
        "name": "Autumn",
        "budget": "7500",
        "creative": found["tree"]["creatives"][1],
        "live": "ACTIVE",
        "paused": "CAMPAIGN_PAUSED",
    }
    gone, made = found["gone"], found["tree"]
    assert gone["ads"] == made["ads"][:1]
    assert gone["status"] == "DELETED"
    assert made["campaign"] not in gone["listed"]
    assert gone["deleted"] == [made["campaign"]]


def test_the_sdk_reads_days_page_by_page_and_the_same_as_a_run(given: dict[str, Any]) -> None:
    found = witness("meta", "reports.py", given=given)
    days, run = found["days"], found["run"]
    assert len(days) >= 4
    assert {row["campaign_id"] for row in days} == {found["campaign"]}
    assert found["first_page"] == 2
    assert [row["spend"] for row in found["paged"]] == [row["spend"] for row in days]
    assert (run["waiting"], run["status"], run["percent"]) == ("Job Started", "Job Completed", 100)
    assert run["early"]["code"] == 2601
    over = days[:-1]  # the last day goes on while the run is waited for
    assert [row["impressions"] for row in run["rows"][: len(over)]] == [row["impressions"] for row in over]
    (whole,) = found["of_campaign"]
    assert Decimal(whole["spend"]) == sum(Decimal(row["spend"]) for row in days)
    assert found["presets"]
    spends = [Decimal(spend) for spend in found["summed"]["spends"]]
    assert spends == sorted(spends, reverse=True)
    assert Decimal(found["summed"]["sum"]) == sum(spends)


def test_the_sdk_reads_hours_and_audiences_that_add_up_to_the_days(given: dict[str, Any]) -> None:
    found = witness("meta", "reports.py", given=given)
    days = {row["date_start"]: row for row in found["days"]}
    assert any(one["action_type"] == PURCHASE for row in days.values() for one in row["actions"])
    hour = "hourly_stats_aggregated_by_advertiser_time_zone"
    parts = {"hours": (found["hours"], [hour])}
    parts |= {name: (found["audiences"][name], keys) for name, keys in PARTS.items()}
    for rows, keys in parts.values():
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
        for row in rows:
            assert all(row[key] for key in keys)
            figures = [Decimal(row[name]) for name in NUMBERS]
            sums[row["date_start"]] = [a + b for a, b in zip(sums[row["date_start"]], figures, strict=True)]
        assert sums == {day: [Decimal(row[name]) for name in NUMBERS] for day, row in days.items()}


#: What the SDK raises: (HTTP status, code, subcode).
REFUSED = {
    "no name": (400, 100, None),
    "old objective": (400, 100, 1815715),
    "no sharing": (400, 100, 4834011),
    "unknown": (400, 100, None),
    "too little": (400, 100, 1885272),
    "no place": (400, 100, 1885364),
    "no flag": (400, 100, 1870227),
    "europe": (400, 100, 3858079),
    "no bid": (400, 100, 2490487),
    "dead interest": (400, 100, 1487694),
    "nowhere": (400, 100, None),
    "twice": (400, 100, 1487756),
    "no image": (400, 100, None),
    "no object": (400, 100, 33),
    "no field": (400, 100, None),
    "cursor": (400, 100, None),
    "too old": (400, 3018, None),
}
BLAMED = {"no name": "name", "unknown": "colour", "too little": "daily_budget", "dead interest": "interests"}
BLAMED |= {"nowhere": "cities", "twice": "geo_locations"}


def test_the_sdk_raises_each_refusal_as_its_own_error(given: dict[str, Any]) -> None:
    found = witness("meta", "refusals.py", given=given)
    parameters = found["parameters"]
    assert {name: _short(parameters[name]) for name in REFUSED} == REFUSED
    assert {name: parameters[name]["blamed"][0][-1] for name in BLAMED} == BLAMED
    assert parameters["dry run"] == {}
    logins = found["logins"]
    assert _short(logins["lapsed"]) == (400, 190, 463)
    assert _short(logins["forged"]) == (400, 190, None)
    assert _short(logins["proof"]) == (400, 100, None)
    assert (logins["reads"], _short(logins["writes"])) == ("Adloom Sandbox", (403, 200, None))
    assert found["review"]["effective_status"] == "DISAPPROVED"
    assert list(found["review"]["ad_review_feedback"]["global"]) == ["Misleading claims"]


def test_the_sdk_sees_limits_failures_and_batches(given: dict[str, Any]) -> None:
    found = witness("meta", "refusals.py", given=given)
    limits, batch = found["limits"], found["batch"]
    assert _short(limits["throttle"]) == (400, 80004, 2446079)
    assert _short(limits["throttle insights"]) == (400, 80000, 2446079)
    assert not limits["throttle"]["transient"]
    (usage,) = json.loads(limits["usage"])[given["line"]["account_id"].removeprefix("act_")]
    assert (usage["type"], usage["call_count"], usage["estimated_time_to_regain_access"]) == ("ads_management", 100, 5)
    assert (_short(limits["server_error"]), limits["server_error"]["transient"]) == ((500, 2, None), True)
    assert limits["cut"] == ["Cut", "Spring"], "the answer was cut off, and the campaign stands"
    assert batch == {"made": [["id"], ["id", "name"], ["success"]], "failed": [100], "name": "Batched"}


def test_the_sdk_meets_accounts_and_logins_in_trouble(given: dict[str, Any]) -> None:
    found = witness("meta", "refusals.py", given=given)["troubles"]
    assert (found["status"], _short(found["disabled"])) == (2, (400, 100, 1404078))
    assert found["lost"]["blamed"] == [["object_story_spec", "page_id"]]
    assert found["archived"]["blamed"] == [["status"]]
    assert (found["right"], _short(found["declined"])) == ("declined", (403, 200, None))
    assert _short(found["ended"]) == (400, 190, 458)


def _short(error: dict[str, Any]) -> tuple[Any, Any, Any]:
    assert error["type"] in ("OAuthException", "GraphMethodException")
    assert error["message"]
    return error["status"], error["code"], error["subcode"]
