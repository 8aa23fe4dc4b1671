"""One contract over all adapters: a platform's own verdict on what would be sent. Against the sandbox over HTTP."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal

import pytest
from tests.platforms import specs
from tests.platforms.conftest import Live
from tests.platforms.google.display import display_spec

from adloom.core.errors import CredentialsExpired, Throttled, Unavailable
from adloom.core.money import Money
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform, RemoteStatus
from adloom.platforms.verdicts import Judgement, Manner

PLATFORMS = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS, Platform.MICROSOFT_ADS, Platform.TIKTOK_ADS)
#: Platforms that check without doing.
DRY = (Platform.GOOGLE_ADS, Platform.FACEBOOK_ADS)

Connect = Callable[[Platform], Live]


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.value)
def live(request: pytest.FixtureRequest, connect: Connect) -> Live:
    return connect(request.param)


def _judged(live: Live, spec: CampaignSpec, operation: Operation, ids: dict[str, str]) -> Judgement:
    return live.adapter.judge(live.connection, spec=spec, operation=operation, ids=ids)


def _standing(live: Live, **changes: int) -> tuple[CampaignSpec, dict[str, str]]:
    spec, ids = live.spec(**changes), {}
    live.run(spec, Operation.CREATE, ids)
    return spec, ids


def _dearer(spec: CampaignSpec, value: str = "123.45") -> CampaignSpec:
    money = Money(Decimal(value), spec.budget.money.currency)
    return dataclasses.replace(spec, budget=dataclasses.replace(spec.budget, money=money), standing=(spec,))


def test_a_platform_judges_a_new_ad_and_nothing_comes_to_stand(live: Live) -> None:
    before = live.objects()
    found = _judged(live, live.spec(groups=2, ads=2), Operation.CREATE, {})
    assert found.objections == ()
    assert found.manner is (Manner.VALIDATED if live.platform in DRY else Manner.READ)
    assert live.objects() == before


def test_a_platform_judges_an_update_and_what_stands_stays_as_it_was(live: Live) -> None:
    spec, ids = _standing(live, ads=2)
    before = live.objects()
    third = specs.another_ad(live.spec(campaign_id=spec.campaign_id, ads=3), 2)
    (group,) = spec.groups
    after = _dearer(spec)
    after = dataclasses.replace(after, groups=(dataclasses.replace(group, ads=(group.ads[0], third)),))
    assert _judged(live, after, Operation.UPDATE, ids).objections == ()
    assert live.objects() == before
    live.run(after, Operation.UPDATE, ids)


def test_judging_twice_says_the_same(live: Live) -> None:
    spec = live.spec()
    first, second = (_judged(live, spec, Operation.CREATE, {}) for _ in range(2))
    assert first == second


def test_a_budget_below_the_platforms_least_is_an_objection_to_the_budget(connect: Connect) -> None:
    live = connect(Platform.FACEBOOK_ADS)
    spec, ids = _standing(live)
    (found,) = _judged(live, _dearer(spec, "0.10"), Operation.UPDATE, ids).objections
    assert (found.object, found.field) == (f"ad_group/{spec.groups[0].key}", "budget.amount")
    assert found.words
    assert found.request_id


def test_googles_objection_names_our_object_and_field(connect: Connect) -> None:
    live = connect(Platform.GOOGLE_ADS)
    spec, ids = _standing(live)
    (found,) = _judged(live, _dearer(spec, "10.001"), Operation.UPDATE, ids).objections
    assert (found.object, found.field) == ("budget", "budget.amount")
    assert found.words
    assert found.code
    assert found.request_id


def test_what_hangs_on_a_campaign_that_does_not_stand_is_told_and_not_judged(connect: Connect) -> None:
    live = connect(Platform.FACEBOOK_ADS)
    spec = live.spec(groups=1, ads=1)
    found = _judged(live, spec, Operation.CREATE, {})
    (group,) = spec.groups
    assert [each.object for each in found.unjudged] == [
        f"ad_group/{group.key}",
        f"creative/{group.key}/{group.ads[0].key}",
        f"ad/{group.key}/{group.ads[0].key}",
    ]
    assert "does not stand on Meta yet" in found.unjudged[0].why


def test_once_the_parents_stand_their_children_are_judged(connect: Connect) -> None:
    """A creation that ended half-way: the campaign is there, and Meta looks at the ad set."""
    live = connect(Platform.FACEBOOK_ADS)
    spec, ids = _standing(live)
    (group,) = spec.groups
    left = {"campaign": ids["campaign"], **{key: value for key, value in ids.items() if key.startswith("asset/")}}
    found = _judged(live, spec, Operation.CREATE, left)
    assert found.objections == ()
    assert [each.object for each in found.unjudged] == [f"ad/{group.key}/{group.ads[0].key}"]


def test_an_ad_whose_images_google_has_not_got_is_told_and_the_rest_is_judged(connect: Connect) -> None:
    live = connect(Platform.GOOGLE_ADS)
    spec = display_spec(account=live.account, schedule=live.spec().schedule)
    found = _judged(live, spec, Operation.CREATE, {})
    assert found.objections == ()
    assert [each.object for each in found.unjudged] == [
        f"ad/{group.key}/{ad.key}" for group in spec.groups for ad in group.ads
    ]


def test_an_account_that_takes_nothing_is_an_objection(live: Live) -> None:
    spec = live.spec()
    live.sandbox.control("account", {"platform": live.platform.value, "action": "suspend"})
    found = _judged(live, spec, Operation.CREATE, {})
    assert found.objections
    assert all(each.words or each.rule for each in found.objections)


def test_a_campaign_that_is_gone_or_was_switched_there_is_told_where_there_is_no_dry_run(live: Live) -> None:
    spec, ids = _standing(live)
    if live.platform in DRY:
        assert _judged(live, _dearer(spec), Operation.UPDATE, ids).objections == ()
        return
    live.run(spec, Operation.PAUSE, ids)
    (switched,) = _judged(live, _dearer(spec), Operation.UPDATE, ids).objections
    assert switched.field == "desired_status"
    live.run(spec, Operation.DELETE, ids)
    (gone,) = _judged(live, _dearer(spec), Operation.UPDATE, ids).objections
    assert gone.rule == "the campaign is gone there."


@pytest.mark.parametrize(("fault", "error"), [("throttle", Throttled), ("server_error", Unavailable)])
def test_a_platform_that_does_not_answer_is_an_error_and_no_verdict(
    live: Live, fault: str, error: type[Exception]
) -> None:
    live.fault(fault)
    with pytest.raises(error):
        _judged(live, live.spec(), Operation.CREATE, {})


def test_a_cut_answer_to_a_dry_run_leaves_nothing_in_doubt(live: Live) -> None:
    before = live.objects()
    live.fault("cut")
    with pytest.raises(Unavailable):
        _judged(live, live.spec(), Operation.CREATE, {})
    assert live.objects() == before


def test_a_lapsed_token_is_renewed_for_a_verdict(live: Live) -> None:
    live.fault("token_expired")
    if live.platform is Platform.TIKTOK_ADS:
        with pytest.raises(CredentialsExpired):
            _judged(live, live.spec(), Operation.CREATE, {})
        return
    assert _judged(live, live.spec(), Operation.CREATE, {}).objections == ()
    assert live.login.renewals == 1


def test_a_paused_ad_is_judged_as_it_stands(live: Live) -> None:
    ids: dict[str, str] = {}
    spec = live.spec(desired_status=RemoteStatus.PAUSED)
    live.run(spec, Operation.CREATE, ids)
    assert _judged(live, _dearer(spec), Operation.UPDATE, ids).objections == ()
