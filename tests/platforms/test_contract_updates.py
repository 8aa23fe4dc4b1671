"""One contract over all adapters: changing what stands. Against the sandbox over HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live

from adloom.core.money import Money
from adloom.platforms.changes import Action, Effect
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import BudgetType, Operation, Platform, RemoteStatus

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS, Platform.TIKTOK_ADS)

Connect = Callable[[Platform], Live]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _standing(live: Live, *, groups: int = 1, ads: int = 2) -> tuple[CampaignSpec, dict[str, str]]:
    spec, ids = live.spec(groups=groups, ads=ads), {}
    live.run(spec, Operation.CREATE, ids)
    return spec, ids


def _update(live: Live, before: CampaignSpec, after: CampaignSpec, ids: dict[str, str]) -> CampaignSpec:
    """Updates as a worker would, and proves that nothing is left to do."""
    spec = dataclasses.replace(after, standing=(before,))
    assert live.adapter.preflight(spec).errors == ()
    assert live.adapter.revise(spec).errors == ()
    live.run(spec, Operation.UPDATE, ids)
    assert live.adapter.drift(live.connection, spec=after, ids=_that_stand(after, ids)) == ()
    settled = dataclasses.replace(after, standing=(after,))
    assert live.adapter.revise(settled).changes == ()
    assert live.adapter.steps(settled, operation=Operation.UPDATE) == ()
    return after


def _that_stand(spec: CampaignSpec, ids: dict[str, str]) -> dict[str, str]:
    """The ids without those of ad groups and ads that the update has taken away."""
    ads = {f"ad/{group.key}/{ad.key}" for group in spec.groups for ad in group.ads}
    groups = {f"ad_group/{group.key}" for group in spec.groups}
    return {
        key: value for key, value in ids.items() if key.split("/")[0] not in ("ad", "ad_group") or key in ads | groups
    }


def _money(spec: CampaignSpec, value: str) -> CampaignSpec:
    money = Money(Decimal(value), spec.budget.money.currency)
    return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, money=money))


def _observed(live: Live, ids: dict[str, str]) -> RemoteStatus:
    return live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"]).status


def test_a_budget_is_changed_to_the_cent_and_nothing_else_is_sent(live: Live) -> None:
    spec, ids = _standing(live)
    before = {item["id"]: item["fields"] for item in live.objects()}
    after = _money(spec, "123.45")
    found = live.adapter.revise(dataclasses.replace(after, standing=(spec,))).changes
    assert {change.field for change in found} == {"budget.amount"}
    assert {change.action for change in found} == {Action.UPDATE}
    _update(live, spec, after, ids)
    changed = {item["id"] for item in live.objects() if before.get(item["id"]) != item["fields"]}
    assert changed, "the platform holds the new budget"
    assert len(changed) == 1, "and nothing else was touched"
    assert _observed(live, ids) is RemoteStatus.ACTIVE, "it goes on delivering"


def test_an_ad_that_is_added_stands_and_one_that_is_taken_away_is_gone(live: Live) -> None:
    spec, ids = _standing(live, ads=2)
    kept = dict(ids)
    (group,) = spec.groups
    third = specs.another_ad(live.spec(campaign_id=spec.campaign_id, ads=3), 2)
    after = dataclasses.replace(spec, groups=(dataclasses.replace(group, ads=(group.ads[0], third)),))
    changes = live.adapter.revise(dataclasses.replace(after, standing=(spec,))).changes
    gone = [change for change in changes if change.action is Action.DELETE]
    assert any(change.object == f"ad/{group.key}/{group.ads[1].key}" for change in gone)
    _update(live, spec, after, ids)
    assert ids[f"ad/{group.key}/{third.key}"] not in kept.values()
    observed = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    seen = {item.platform_id for item in observed.objects if item.kind == "ad"}
    assert kept[f"ad/{group.key}/{group.ads[1].key}"] not in seen
    assert ids[f"ad/{group.key}/{third.key}"] in seen


def test_an_ad_group_that_is_added_stands_whole(live: Live) -> None:
    spec, ids = _standing(live, groups=1)
    both = live.spec(campaign_id=spec.campaign_id, groups=2, ads=2)
    after = dataclasses.replace(spec, groups=(spec.groups[0], both.groups[1]))
    _update(live, spec, after, ids)
    added = both.groups[1]
    assert {f"ad_group/{added.key}", *(f"ad/{added.key}/{ad.key}" for ad in added.ads)} <= set(ids)


def test_new_words_replace_the_old_ones_and_are_reviewed_again(live: Live) -> None:
    spec, ids = _standing(live, ads=1)
    after = specs.with_creative(
        spec,
        headlines=("Autumn Sale", "Run Faster", "Free Shipping"),
        primary_text="Autumn sale: all shoes at a lower price" if spec.groups[0].ads[0].creative.primary_text else None,
    )
    changes = live.adapter.revise(dataclasses.replace(after, standing=(spec,))).changes
    assert any(Effect.RE_REVIEW in change.effects for change in changes)
    _update(live, spec, after, ids)
    assert "utumn" in str([item["fields"] for item in live.objects()])


def test_a_change_that_the_platform_cannot_make_is_an_error_and_no_surprise(live: Live) -> None:
    spec, _ = _standing(live)
    lifetime = dataclasses.replace(spec.budget, type=BudgetType.LIFETIME, money=Money(Decimal("5000"), "USD"))
    after = dataclasses.replace(spec, budget=lifetime, standing=(spec,))
    found = live.adapter.revise(after).errors or live.adapter.preflight(after).errors
    assert found
    assert all(error.field.startswith("budget") and error.rule and error.fix for error in found)


def test_what_an_update_that_ended_half_way_may_have_left_is_set_right(live: Live) -> None:
    """The person took the edit back: against both that may stand, the old figure is sent again."""
    spec, ids = _standing(live)
    half = _money(spec, "77.00")
    live.run(dataclasses.replace(half, standing=(spec,)), Operation.UPDATE, ids)
    back = dataclasses.replace(spec, standing=(spec, half))
    assert live.adapter.steps(back, operation=Operation.UPDATE)
    live.run(back, Operation.UPDATE, ids)
    assert "77" not in str([item["fields"].get("budget") for item in live.objects()])


def test_an_update_whose_answer_never_came_is_found(live: Live) -> None:
    from tests.platforms.test_contract import WRITES

    from adloom.core import ids as ids_module
    from adloom.core.errors import OutcomeUnknown

    spec, ids = _standing(live)
    after = dataclasses.replace(_money(spec, "61.00"), standing=(spec,))
    for step in live.adapter.steps(after, operation=Operation.UPDATE):
        key = ids_module.idempotency_key(spec.campaign_id, step=step.key, generation=1)
        assert live.adapter.find(live.connection, spec=after, step=step, ids=ids, key=key) is None
        live.fault("cut", match=WRITES[live.platform])
        with pytest.raises(OutcomeUnknown):
            live.adapter.execute(live.connection, spec=after, step=step, ids=ids, key=key)
        assert live.adapter.find(live.connection, spec=after, step=step, ids=ids, key=key) is not None
