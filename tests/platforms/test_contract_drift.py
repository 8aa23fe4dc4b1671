"""One contract over all adapters: what was changed on the platform itself. Against the sandbox over HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from tests.platforms.conftest import Live

from adloom.core import ids as ids_module
from adloom.platforms import drifting
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform, RemoteStatus

Connect = Callable[[Platform], Live]

#: Where the platform keeps the budget, and what a person types there for 20 units.
BUDGETS: Mapping[Platform, tuple[str, str, Any]] = {
    Platform.GOOGLE_ADS: ("budget", "amountMicros", 20_000_000),
    Platform.FACEBOOK_ADS: ("ad_group/g0", "daily_budget", 2000),
    Platform.MICROSOFT_ADS: ("campaign", "DailyBudget", "20.00"),
    Platform.TIKTOK_ADS: ("ad_group/g0", "budget", "20.00"),
}
NAMES = {
    Platform.GOOGLE_ADS: "name",
    Platform.FACEBOOK_ADS: "name",
    Platform.MICROSOFT_ADS: "Name",
    Platform.TIKTOK_ADS: "name",
}
#: How the platform calls its status field, what is paused, and what is gone.
STATUSES = {
    Platform.GOOGLE_ADS: ("status", "PAUSED", "REMOVED"),
    Platform.FACEBOOK_ADS: ("status", "PAUSED", "DELETED"),
    Platform.MICROSOFT_ADS: ("Status", "Paused", "Deleted"),
    Platform.TIKTOK_ADS: ("status", "DISABLE", "DELETE"),
}


@pytest.fixture(params=tuple(BUDGETS), ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _standing(live: Live, *, groups: int = 1, ads: int = 2) -> tuple[CampaignSpec, dict[str, str]]:
    spec, ids = live.spec(groups=groups, ads=ads), {}
    live.run(spec, Operation.CREATE, ids)
    return spec, ids


def _edit(live: Live, id_: str, field: str, value: Any) -> None:
    live.sandbox.control("edit", {"platform": live.platform.value, "id": id_, "field": field, "value": value})


def _drift(live: Live, spec: CampaignSpec, ids: Mapping[str, str]) -> tuple[Drift, ...]:
    return live.adapter.drift(live.connection, spec=spec, ids=ids)


def _put_back(live: Live, spec: CampaignSpec, ids: dict[str, str], found: tuple[Drift, ...]) -> None:
    """As a worker would: ours again, over what stands."""
    back = dataclasses.replace(spec, standing=(spec, drifting.overlaid(spec, found)))
    revision = live.adapter.revise(back)
    assert revision.changes
    assert revision.errors == ()
    for step in live.adapter.steps(back, operation=Operation.UPDATE):
        asked: dict[str, Any] = {"spec": back, "step": step, "ids": ids}
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        done = live.adapter.execute(live.connection, **asked, key=key)
        ids.update({each.key: each.platform_id for each in done.objects})
        assert live.adapter.find(live.connection, **asked, key=key) is not None, step.key


def test_right_after_it_was_made_nothing_has_drifted(live: Live) -> None:
    spec, ids = _standing(live, groups=2)
    assert _drift(live, spec, ids) == ()


def test_a_budget_that_was_changed_there_is_seen_to_the_cent_and_put_back(live: Live) -> None:
    spec, ids = _standing(live)
    key, field, value = BUDGETS[live.platform]
    _edit(live, ids[key], field, value)
    (found,) = _drift(live, spec, ids)
    assert (found.kind, found.field, found.theirs) == (DriftKind.CHANGED, "budget.amount", "20.00 USD")
    assert found.ours == str(spec.budget.money)
    assert Decimal(found.value) == Decimal(20)
    _put_back(live, spec, ids, (found,))
    assert _drift(live, spec, ids) == ()


def test_a_name_that_was_changed_there_is_seen_and_put_back(live: Live) -> None:
    spec, ids = _standing(live)
    (group,) = spec.groups
    _edit(live, ids["campaign"], NAMES[live.platform], "Winter sale")
    _edit(live, ids["ad_group/g0"], NAMES[live.platform], "Other people")
    found = _drift(live, spec, ids)
    assert {(each.object, each.field, each.ours, each.theirs) for each in found} == {
        ("campaign", "name", spec.name, "Winter sale"),
        ("ad_group/g0", "name", group.name, "Other people"),
    }
    _put_back(live, spec, ids, found)
    assert _drift(live, spec, ids) == ()


def test_a_pause_that_was_made_there_is_seen_on_every_level(live: Live) -> None:
    spec, ids = _standing(live)
    field, paused, _ = STATUSES[live.platform]
    keys = ("campaign", "ad_group/g0", "ad/g0/a0")
    for key in keys:
        _edit(live, ids[key], field, paused)
    found = _drift(live, spec, ids)
    assert {(each.object, each.field, each.value) for each in found} == {(key, "status", "paused") for key in keys}
    rest = _drift(live, dataclasses.replace(spec, desired_status=RemoteStatus.PAUSED), ids)
    assert "campaign" not in {each.object for each in rest}


def test_an_ad_that_was_deleted_there_is_gone_and_comes_back(live: Live) -> None:
    spec, ids = _standing(live)
    field, _, gone = STATUSES[live.platform]
    _edit(live, ids["ad/g0/a1"], field, gone)
    found = _drift(live, spec, ids)
    assert [(each.object, each.kind) for each in found] == [("ad/g0/a1", DriftKind.GONE)]
    before = ids.pop("ad/g0/a1")
    _put_back(live, spec, ids, found)
    assert ids["ad/g0/a1"] != before
    assert _drift(live, spec, ids) == ()


def test_a_campaign_that_was_deleted_there_is_one_drift(live: Live) -> None:
    spec, ids = _standing(live)
    field, _, gone = STATUSES[live.platform]
    _edit(live, ids["campaign"], field, gone)
    (found,) = _drift(live, spec, ids)
    assert (found.object, found.kind, found.field) == ("campaign", DriftKind.GONE, None)


def test_an_ad_group_that_somebody_added_is_seen(live: Live) -> None:
    both = live.spec(groups=2, ads=1)
    spec, ids = dataclasses.replace(both, groups=both.groups[:1]), {}
    live.run(both, Operation.CREATE, ids)
    stranger = ids["ad_group/g1"]
    ours = {key: value for key, value in ids.items() if "g1" not in key}
    found = [each for each in _drift(live, spec, ours) if each.field is None]
    assert [(each.object, each.kind) for each in found] == [(f"ad_group/{stranger}", DriftKind.ADDED)]
    assert not drifting.can_put_back(spec, found[0])
