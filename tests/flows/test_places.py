"""An ad for a region and a city, through the command line: nobody has to know a platform's own numbers."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from uuid import UUID

from tests import forked
from tests.flows.test_exactly_once import nothing_is_open
from tests.housing import House

from adloom.campaigns import queries
from adloom.cli import demo_media
from adloom.platforms.types import Platform

CALIFORNIA = {"type": "REGION", "code": "US-CA"}
CHICAGO = {"type": "CITY", "country": "US", "name": "Chicago"}
SPRINGFIELD = {"type": "CITY", "country": "US", "name": "Springfield"}


def run(*arguments: str) -> tuple[int, dict[str, Any]]:
    """One command as a program asks it: its exit code, and its last line."""
    done = forked.run("adloom.cli.main", *arguments, "--json")
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def document(house: House, name: str, *locations: dict[str, Any]) -> dict[str, Any]:
    ad = copy.deepcopy(demo_media.demo_ad(house.media, house.installed.line))
    return ad | {"name": name, "targeting": {**ad["targeting"], "locations": [*locations]}}


def created(house: House, folder: Path, name: str, *locations: dict[str, Any]) -> str:
    """An ad that reaches these places on all platforms, as a draft."""
    for file in house.media.iterdir():
        (folder / file.name).symlink_to(file)
    (folder / "ad.json").write_text(json.dumps(document(house, name, *locations)))
    code, answer = run("ad", "create", str(folder / "ad.json"))
    assert code == 0, answer
    return str(answer["id"])


def test_a_region_and_a_city_are_deployed_everywhere_without_anybody_knowing_a_number(
    house: House, tmp_path: Path
) -> None:
    ad_id = created(house, tmp_path, "West and Chicago", CALIFORNIA, CHICAGO)
    code, plan = run("ad", "plan", ad_id)
    assert (code, [found["errors"] for found in plan["platforms"].values()]) == (0, [[]] * len(Platform))
    code, deployed = run("ad", "deploy", ad_id, "--accept-losses", "--plan", plan["fingerprint"])
    assert (code, {c["status"] for c in deployed["campaigns"]}) == (0, {"active"})
    assert len(deployed["campaigns"]) == len(Platform)
    nothing_is_open(house, UUID(ad_id))
    told = str(house.installed.objects(Platform.FACEBOOK_ADS.value, "adset"))
    assert "{'regions': [{'key': '3847'" in told
    code, again = run("ad", "plan", ad_id)
    assert [found["changes"] for found in again["platforms"].values()] == [[]] * len(Platform)


def test_a_name_of_several_places_is_refused_with_those_that_it_may_be(house: House, tmp_path: Path) -> None:
    ad_id = created(house, tmp_path, "Springfield", SPRINGFIELD)
    code, refused = run("ad", "deploy", ad_id, "--accept-losses")
    assert code == 1
    rules = " ".join(error["rule"] for error in refused["error"]["errors"])
    assert "Springfield, Illinois, US" in rules
    assert "Springfield, Missouri, US" in rules
    assert queries.of_ad(house.actor, ad_id=UUID(ad_id)) == ()
    code, found = run("places", "find", "facebook_ads", "Springfield", "--country", "US", "--code", "US-IL")
    assert (code, found["places"]) == (0, [{"id": "2439482", "name": "Springfield, Illinois, US"}])
