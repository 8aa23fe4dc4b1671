"""One contract over all adapters: what stands under a campaign's marker is told whole, and taken away by its id."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from tests.platforms.conftest import Live

from adloom.platforms.marked import Marked, removal
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform, RemoteStatus

Connect = Callable[[Platform], Live]

#: Who tells when an object was made.
DATES = (Platform.FACEBOOK_ADS, Platform.TIKTOK_ADS)


@dataclasses.dataclass(frozen=True, slots=True)
class Deployed:
    """One ad of two groups that stands and is paused."""

    live: Live
    spec: CampaignSpec
    ids: dict[str, str]

    def marked(self) -> tuple[Marked, ...]:
        return self.live.adapter.marked(self.live.connection, spec=self.spec, ids=self.ids)

    def twin(self, platform_id: str, **changes: Any) -> str:
        body = {"platform": self.live.platform.value, "id": platform_id, **changes}
        return str(self.live.sandbox.control("twin", body)["id"])

    def known(self) -> dict[str, str]:
        """The kind of each campaign, ad group and ad that is ours, by the platform's id."""
        kinds = ("campaign", "ad_group/", "ad/")
        return {platform_id: key.split("/")[0] for key, platform_id in self.ids.items() if key.startswith(kinds)}


@pytest.fixture(params=list(Platform), ids=lambda platform: platform.value)
def deployed(request: pytest.FixtureRequest, connect: Connect) -> Deployed:
    live: Live = connect(request.param)
    made = Deployed(live, live.spec(groups=2, ads=2, desired_status=RemoteStatus.PAUSED), {})
    live.run(made.spec, Operation.CREATE, made.ids)
    return made


def test_what_was_made_is_told_once_each_and_nothing_else(deployed: Deployed) -> None:
    found = deployed.marked()
    assert {each.platform_id: each.kind for each in found} == deployed.known()
    assert len(found) == len(deployed.known()) == 1 + 2 + 4
    assert {each.campaign_id for each in found} == {deployed.ids["campaign"]}
    assert {each.status for each in found if each.kind == "campaign"} == {RemoteStatus.PAUSED}
    assert all((each.made_at is not None) == (deployed.live.platform in DATES) for each in found)


@pytest.mark.parametrize("kind", ["campaign", "ad_group", "ad"])
def test_a_twin_is_told_and_removed_by_its_id_and_its_like_stays(deployed: Deployed, kind: str) -> None:
    live, spec, ids = deployed.live, deployed.spec, deployed.ids
    twin = deployed.twin(next(each for key, each in ids.items() if key.split("/")[0] == kind))
    (found,) = [each for each in deployed.marked() if each.platform_id not in ids.values()]
    assert (found.kind, found.platform_id) == (kind, twin)
    step = removal(found.kind, platform_id=found.platform_id, parent_id=found.parent_id)
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is None
    assert live.adapter.request(spec, step=step, ids=ids, key="k")
    for _ in range(2):
        result = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
        assert result.objects == (), "it never was one of ours"
    assert live.adapter.find(live.connection, spec=spec, step=step, ids=ids, key="k") is not None
    assert {each.platform_id for each in deployed.marked()} == set(deployed.known())


def test_what_does_not_carry_the_marker_is_not_told(deployed: Deployed) -> None:
    deployed.twin(deployed.ids["campaign"], name="A stranger's campaign")
    assert {each.platform_id for each in deployed.marked()} == set(deployed.known())


def test_more_than_a_page_is_told_whole(deployed: Deployed) -> None:
    twins = {deployed.twin(deployed.ids["campaign"], name=f"{deployed.spec.name} {each}") for each in range(105)}
    assert {each.platform_id for each in deployed.marked()} == set(deployed.known()) | twins
