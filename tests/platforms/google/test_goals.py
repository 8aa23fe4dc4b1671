"""The conversion action that was chosen on Google: the account's custom goal of it, and each campaign's use of that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from tests.platforms.conftest import Live
from tests.platforms.google.runs import counting
from tests.platforms.specs import search_spec

from adloom.core.errors import Duplicate, Rejected
from adloom.platforms import drifting, registry
from adloom.platforms.changes import DriftKind, Effect
from adloom.platforms.google import errors, goals
from adloom.platforms.google.client import Client
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import Operation, Platform

ADAPTER = registry.adapter(Platform.GOOGLE_ADS)
PURCHASE, LEAD = "700000001", "700000002"
CREATE, UPDATE = Operation.CREATE, Operation.UPDATE


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.GOOGLE_ADS)


def keys(spec: CampaignSpec, operation: Operation = CREATE) -> list[str]:
    return [step.key for step in ADAPTER.steps(spec, operation=operation)]


def over(after: CampaignSpec, *before: CampaignSpec) -> CampaignSpec:
    return dataclasses.replace(after, standing=before)


def custom_goals(live: Live) -> list[str]:
    return [each["id"] for each in live.objects() if each["type"] == "custom_conversion_goal"]


def bids_for(live: Live, spec: CampaignSpec, ids: dict[str, str]) -> tuple[str, str | None, set[str]]:
    """The level, the custom goal's id and the categories of what a campaign bids for, read past the adapter."""
    client = Client.of(live.connection, spec.account)
    where = f"WHERE campaign.id = {ids['campaign']}"
    (row,) = client.search(
        "SELECT conversion_goal_campaign_config.goal_config_level, "
        f"conversion_goal_campaign_config.custom_conversion_goal FROM conversion_goal_campaign_config {where}"
    )
    config = row["conversionGoalCampaignConfig"]
    own = client.search(
        "SELECT campaign_conversion_goal.category, campaign_conversion_goal.biddable "
        f"FROM campaign_conversion_goal {where} AND campaign_conversion_goal.biddable = TRUE"
    )
    categories = {each["campaignConversionGoal"]["category"] for each in own}
    goal = config.get("customConversionGoal")
    return config["goalConfigLevel"], goal and goal.rpartition("/")[2], categories


# pure


def test_the_goal_stands_before_the_campaign_and_is_used_before_anything_can_deliver() -> None:
    assert keys(counting(search_spec(), "7")) == ["goal/7", "tree", "campaign/goal", "activate/campaign"]


def test_without_an_action_or_an_event_the_campaign_counts_the_accounts_goals() -> None:
    chosen = counting(search_spec(), "7")
    for spec in (search_spec(), counting(search_spec(), ""), dataclasses.replace(chosen, conversion=None)):
        assert keys(spec) == ["tree", "activate/campaign"]
        assert ADAPTER.preflight(spec).errors == ()


def test_an_id_that_is_none_is_refused() -> None:
    (error,) = ADAPTER.preflight(counting(search_spec(), "purchase")).errors
    assert error.field == "conversion.event"


def test_another_action_is_a_change_of_the_campaign_that_may_make_it_learn_anew() -> None:
    base = search_spec()
    before, after = counting(base, "7"), counting(base, "8")
    spec = over(after, before)
    assert keys(spec, UPDATE) == ["goal/8", "update/goal"]
    (change,) = ADAPTER.revise(spec).changes
    assert (change.object, change.field, change.before, change.after) == (
        "campaign",
        "conversion.event",
        "PURCHASE as 7",
        "PURCHASE as 8",
    )
    assert change.effects == {Effect.MAY_RESET_LEARNING}
    assert keys(over(after, after), UPDATE) == []


def test_an_action_that_is_taken_away_makes_no_goal_and_removes_none() -> None:
    base = search_spec()
    spec = over(base, counting(base, "7"))
    (step,) = ADAPTER.steps(spec, operation=UPDATE)
    assert step.key == "update/goal"
    (operation,) = ADAPTER.request(spec, step=step, ids={"campaign": "1"}, key="k")["mutateOperations"]
    assert operation["conversionGoalCampaignConfigOperation"]["update"]["goalConfigLevel"] == "CUSTOMER"


def test_a_goal_that_an_update_may_have_left_half_way_is_set_again() -> None:
    base = search_spec()
    first, second = counting(base, "7"), counting(base, "8")
    assert keys(over(first, first, second), UPDATE) == ["goal/7", "update/goal"]


def test_what_google_says_of_a_goal_that_is_there_already_is_a_duplicate() -> None:
    for code in ("CUSTOM_GOAL_DUPLICATE_NAME", "DUPLICATE_CONVERSION_ACTION_LIST"):
        assert errors.CLASSES[f"customConversionGoalError.{code}"] is Duplicate


# against the sandbox


def test_a_campaign_bids_for_the_chosen_action_alone_until_it_is_taken_away(live: Live) -> None:
    ids: dict[str, str] = {}
    plain = live.spec()
    before = counting(plain, PURCHASE)
    live.run(before, CREATE, ids)
    assert bids_for(live, before, ids) == ("CAMPAIGN", ids[f"goal/{PURCHASE}"], set())
    after = counting(plain, LEAD)
    live.run(over(after, before), UPDATE, ids)
    assert bids_for(live, after, ids) == ("CAMPAIGN", ids[f"goal/{LEAD}"], set())
    live.run(over(plain, after), UPDATE, ids)
    assert bids_for(live, plain, ids) == ("CUSTOMER", None, {"PURCHASE", "SUBMIT_LEAD_FORM"})
    assert len(custom_goals(live)) == 2, "others may use them"


def test_all_campaigns_of_an_action_share_one_goal_whoever_made_it(live: Live) -> None:
    spec = counting(live.spec(), PURCHASE)
    theirs = {**goals.planned(spec, action=PURCHASE).create, "name": "Sales of the shop"}
    client = Client.of(live.connection, live.account)
    client.mutate({"mutateOperations": [{"customConversionGoalOperation": {"create": theirs}}]})
    for each in (spec, counting(live.spec(), PURCHASE)):
        ids: dict[str, str] = {}
        live.run(each, CREATE, ids)
        assert custom_goals(live) == [ids[f"goal/{PURCHASE}"]]


def test_a_goal_that_is_asked_for_twice_is_made_once(live: Live) -> None:
    spec = counting(live.spec(), PURCHASE)
    step = goals.custom(spec)
    assert step is not None
    asked = {"spec": spec, "step": step, "ids": {}, "key": "k"}
    first, second = (live.adapter.execute(live.connection, **asked) for _ in range(2))
    assert (first.adopted, second.adopted) == (False, True)
    assert first.objects == second.objects


def test_an_action_that_is_not_there_is_refused_before_a_campaign_is_made(live: Live) -> None:
    spec = counting(live.spec(), "5")
    (objection,) = live.adapter.judge(live.connection, spec=spec, operation=CREATE, ids={}).objections
    assert (objection.object, objection.field) == ("goal/5", "conversion.event")
    with pytest.raises(Rejected, match="action"):
        live.run(spec, CREATE, {})
    assert [each for each in live.objects() if each["type"] == "campaign"] == []


def test_a_plan_that_google_would_take_is_judged_without_making_the_goal(live: Live) -> None:
    spec = counting(live.spec(), PURCHASE)
    assert live.adapter.judge(live.connection, spec=spec, operation=CREATE, ids={}).objections == ()
    assert custom_goals(live) == []


@pytest.mark.parametrize("by_hand", [{"goalConfigLevel": "CUSTOMER"}, {"customConversionGoal": None}, None])
def test_other_goals_that_somebody_gave_the_campaign_are_seen_and_put_back(
    live: Live, by_hand: dict[str, str | None] | None
) -> None:
    spec, ids = counting(live.spec(), PURCHASE), {}
    live.run(spec, CREATE, ids)
    assert live.adapter.drift(live.connection, spec=spec, ids=ids) == ()
    if by_hand is None:
        name = f"customers/{spec.account.external_id}/campaignConversionGoals/{ids['campaign']}~PURCHASE~WEBSITE"
        update = {"updateMask": "biddable", "update": {"resourceName": name, "biddable": True}}
        client = Client.of(live.connection, spec.account)
        client.mutate({"mutateOperations": [{"campaignConversionGoalOperation": update}]})
    for field, value in (by_hand or {}).items():
        body = {"platform": "google_ads", "id": f"{ids['campaign']}~goals", "field": field, "value": value}
        live.sandbox.control("edit", body)
    (found,) = live.adapter.drift(live.connection, spec=spec, ids=ids)
    assert (found.object, found.kind, found.field) == ("campaign", DriftKind.CHANGED, "conversion.event")
    assert found.ours == "PURCHASE as 700000001"
    live.run(over(spec, spec, drifting.overlaid(spec, [found])), UPDATE, ids)
    assert live.adapter.drift(live.connection, spec=spec, ids=ids) == ()
    assert bids_for(live, spec, ids) == ("CAMPAIGN", ids[f"goal/{PURCHASE}"], set())


def test_a_campaign_too_new_to_be_listed_is_told_again_what_it_shall_count(live: Live) -> None:
    """Its own goals are named by the account's, so that none is overlooked because it is not shown yet."""
    spec, ids = counting(live.spec(), PURCHASE), {}
    *before, use, _ = live.adapter.steps(spec, operation=CREATE)
    for step in before:
        done = live.adapter.execute(live.connection, spec=spec, step=step, ids=ids, key="k")
        ids.update({each.key: each.platform_id for each in done.objects})
    asked = {"spec": spec, "step": use, "ids": ids, "key": "k"}
    assert live.adapter.find(live.connection, **asked) is None
    for _ in range(2):
        live.adapter.execute(live.connection, **asked)
    assert live.adapter.find(live.connection, **asked) is not None
    assert bids_for(live, spec, ids) == ("CAMPAIGN", ids[f"goal/{PURCHASE}"], set())
