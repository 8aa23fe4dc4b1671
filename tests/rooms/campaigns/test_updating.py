"""An ad that was edited after it went out: what is queued, what is laid over what, and what is never lost.

On one platform, step by step; `tests/flows/test_updating.py` has all four, with workers of their own.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import (
    campaign_of,
    connect_again,
    deploy,
    give_up,
    meddle,
    newest,
    remote,
    states,
    take_up,
)

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import apply, queries
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, StepState
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, NotFound, Refused
from adloom.platforms.types import Operation, Platform

META = Platform.FACEBOOK_ADS
SET_BUDGET = "update/ad_group/main"


def stands(desk: House, **changes: Any) -> UUID:
    """An ad that stands on Meta, delivering."""
    ad_id = deploy(desk, META, desk.ad(**changes))
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    return ad_id


def edit(desk: House, ad_id: UUID, **changes: Any) -> None:
    """Replaces some of the ad's fields."""
    data = copy.deepcopy(dict(ad_queries.get(desk.actor, ad_id=ad_id).data))
    ads.update(desk.actor, ad_id=ad_id, data={**data, **changes})


def money(value: str) -> dict[str, Any]:
    return {
        "type": "DAILY",
        "amount": {"value": value, "currency": "USD"},
        "bidding": {"strategy": "MAX_CONVERSIONS"},
    }


def variants(*names: str) -> list[dict[str, Any]]:
    """One group of ads, each of which says something of its own."""
    return [{"name": "main", "ads": [{"name": name, "creative": {"primary_text": f"Ad {name}"}} for name in names]}]


def budget(desk: House, ad_id: UUID) -> str:
    """What the ad's only ad set may spend, in Meta's cents."""
    (ad_set,) = remote(desk, ad_id, "adset")
    return str(ad_set["fields"]["daily_budget"])


def live_ads(desk: House, ad_id: UUID) -> set[str]:
    """The ads that stand and are switched on, by the first word of their names after the group's."""
    return {o["name"].split()[1] for o in remote(desk, ad_id, "ad") if o["status"] == "ACTIVE"}


def updates(desk: House, ad_id: UUID) -> list[str]:
    """How the ad's updates ended, oldest first."""
    history = reversed(queries.history(desk.actor, ad_id=ad_id))
    return [(d.error or {}).get("code") or d.status.value for d in history if d.type is Operation.UPDATE]


def nothing_is_open(desk: House, ad_id: UUID) -> None:
    history = queries.history(desk.actor, ad_id=ad_id)
    assert all(deployment.status.is_final for deployment in history)
    assert not {step.state for d in history for step in d.steps} & {StepState.SENT, StepState.UNCERTAIN}


def plan(desk: House, ad_id: UUID) -> Mapping[str, Any]:
    found: Mapping[str, Any] = campaigns.plan(desk.actor, ad_id=ad_id)[META.value]
    return found


def test_an_edited_ad_is_updated_where_it_stands_and_a_second_time_changes_nothing(desk: House) -> None:
    ad_id = stands(desk)
    before = campaign_of(desk, ad_id)
    edit(desk, ad_id, name="Autumn sale", budget=money("75.00"))
    assert budget(desk, ad_id) == "6000", "an edit alone sends nothing"
    assert {(c["object"], c["field"]) for c in plan(desk, ad_id)["changes"]} >= {("ad_group/main", "budget.amount")}
    spending = plan(desk, ad_id)["money"]
    assert [spending[when]["per_day"] for when in ("before", "after")] == ["60.00", "75.00"]
    assert [spending[when]["worst_day"] for when in ("before", "after")] == ["105.00", "131.25"], "Meta's 1.75"
    deploy(desk, META, ad_id)
    work_off()
    assert budget(desk, ad_id) == "7500"
    after = campaign_of(desk, ad_id)
    assert (after.id, after.platform_campaign_id) == (before.id, before.platform_campaign_id)
    assert (after.status, after.error_message) == (CampaignStatus.ACTIVE, None)
    assert after.name == "Autumn sale"
    assert plan(desk, ad_id)["changes"] == []
    assert plan(desk, ad_id)["money"]["before"] == plan(desk, ad_id)["money"]["after"]
    assert campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META]).job_ids == ()
    nothing_is_open(desk, ad_id)


def test_two_deployments_of_one_edit_are_one_update(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))
    first = campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    second = campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META])
    assert (second.job_ids, second.deployment_ids) == (first.job_ids, first.deployment_ids)
    work_off()
    assert updates(desk, ad_id) == ["completed"]


def test_an_edit_that_concerns_another_platform_sends_nothing_to_this_one(desk: House) -> None:
    ad_id = stands(desk)
    blocks = copy.deepcopy(ad_queries.get(desk.actor, ad_id=ad_id).data["platforms"])
    blocks["google_ads"]["budget"] = money("44.00")
    edit(desk, ad_id, platforms=blocks)
    assert plan(desk, ad_id)["operation"] is None
    assert campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META]).job_ids == ()


def test_the_plan_shows_each_change_with_its_effects(desk: House) -> None:
    ad_id = stands(desk)
    creative = copy.deepcopy(ad_queries.get(desk.actor, ad_id=ad_id).data["creative"])
    edit(desk, ad_id, budget=money("75.00"), creative={**creative, "primary_text": "Autumn sale"})
    found = plan(desk, ad_id)
    assert (found["operation"], found["errors"]) == ("update", [])
    (spends,) = [c for c in found["changes"] if c["field"] == "budget.amount"]
    assert "60" in spends["from"]
    assert "75" in spends["to"]
    assert any("re_review" in change["effects"] for change in found["changes"])


def test_what_cannot_be_changed_is_refused_and_nothing_is_queued(desk: House) -> None:
    ad_id = stands(desk)
    edit(
        desk,
        ad_id,
        objective="TRAFFIC",
        conversion=None,
        budget={**money("75.00"), "bidding": {"strategy": "MAX_CLICKS"}},
    )
    with pytest.raises(Invalid) as refused:
        deploy(desk, META, ad_id)
    (error, *_) = refused.value.errors
    assert error.field.startswith("facebook_ads: ")
    assert error.rule
    assert error.fix
    assert plan(desk, ad_id)["errors"]
    assert updates(desk, ad_id) == []


def test_a_loss_of_targeting_needs_consent_again(desk: House) -> None:
    ad_id = stands(desk)
    targeting = copy.deepcopy(ad_queries.get(desk.actor, ad_id=ad_id).data["targeting"])
    edit(desk, ad_id, targeting={**targeting, "location_intent": "PRESENCE_OR_INTEREST"}, budget=money("75.00"))
    lost = [loss for loss in plan(desk, ad_id)["losses"] if loss["is_targeting"]]
    assert lost
    with pytest.raises(Refused) as refused:
        campaigns.deploy(desk.actor, ad_id=ad_id, platforms=[META])
    assert refused.value.code == "losses_not_accepted"
    assert updates(desk, ad_id) == []


def test_a_platform_that_the_ad_is_taken_from_is_not_left_to_itself(desk: House) -> None:
    ad_id = stands(desk)
    blocks = dict(ad_queries.get(desk.actor, ad_id=ad_id).data["platforms"])
    del blocks[META.value]
    edit(desk, ad_id, platforms=blocks)
    with pytest.raises(Invalid, match="not to be any more") as refused:
        campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True)
    assert [error.field for error in refused.value.errors] == ["platforms.facebook_ads"]
    assert plan(desk, ad_id)["errors"]
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE, platforms=[META])
    work_off()
    assert META.value not in campaigns.plan(desk.actor, ad_id=ad_id)


def test_a_campaign_stays_in_its_ad_account(desk: House) -> None:
    ad_id = stands(desk)
    meddle(
        desk,
        """
        INSERT INTO platform_accounts (
            user_id, credential_id, platform, external_id, name, currency, time_zone, status, attributes
        )
        SELECT user_id, credential_id, platform, 'act_99', name, currency, time_zone, status, attributes
        FROM platform_accounts
        WHERE platform = 'facebook_ads' AND external_id <> 'act_99'
        ON CONFLICT DO NOTHING
        """,
    )
    blocks = copy.deepcopy(ad_queries.get(desk.actor, ad_id=ad_id).data["platforms"])
    blocks[META.value]["account"] = "act_99"
    edit(desk, ad_id, platforms=blocks)
    with pytest.raises(Invalid) as refused:
        deploy(desk, META, ad_id)
    assert [error.field for error in refused.value.errors] == ["facebook_ads: platforms.facebook_ads.account"]


def test_an_update_neither_pauses_nor_resumes(desk: House) -> None:
    ad_id = stands(desk)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    edit(desk, ad_id, desired_status="ACTIVE", budget=money("75.00"))
    deploy(desk, META, ad_id)
    work_off()
    assert budget(desk, ad_id) == "7500"
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    assert [o["status"] for o in remote(desk, ad_id)] == ["PAUSED"]
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off()
    edit(desk, ad_id, desired_status="PAUSED")
    assert campaigns.deploy(desk.actor, ad_id=ad_id, accept_losses=True, platforms=[META]).job_ids == ()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_an_ad_that_is_added_below_a_paused_campaign_delivers_once_that_is_resumed(desk: House) -> None:
    ad_id = stands(desk, ad_groups=variants("a"))
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    edit(desk, ad_id, ad_groups=variants("a", "b"))
    deploy(desk, META, ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.RESUME)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert live_ads(desk, ad_id) == {"a", "b"}


def test_a_pause_that_comes_during_an_update_is_done_first(desk: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ad_id = stands(desk, ad_groups=variants("a"))
    edit(desk, ad_id, ad_groups=variants("a", "b", "c"))
    deploy(desk, META, ad_id)
    asked: list[str] = []
    send = apply.Applying._send

    def pause_after_the_first(self: apply.Applying, step: Any, row: Any) -> Any:
        if self.operation is Operation.UPDATE and not asked:
            campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
        asked.append(f"{self.operation.value} {step.key}")
        return send(self, step, row)

    monkeypatch.setattr(apply.Applying, "_send", pause_after_the_first)
    work_off(only_due=False)
    assert asked[1].startswith("pause"), "one write of the update, then the pause"
    assert len([each for each in asked if each.startswith("update")]) > 2, "and then all the rest of the update"
    assert updates(desk, ad_id) == ["completed"]
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    assert [o["status"] for o in remote(desk, ad_id)] == ["PAUSED"]
    nothing_is_open(desk, ad_id)


def test_an_update_of_a_campaign_that_is_deleted_meanwhile_brings_nothing_back(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.DELETE)
    with pytest.raises(Conflict, match="being deleted"):
        deploy(desk, META, ad_id)
    work_off(only_due=False)
    assert updates(desk, ad_id) == ["superseded"]
    assert queries.of_ad(desk.actor, ad_id=ad_id) == ()
    nothing_is_open(desk, ad_id)


def test_an_update_without_an_answer_is_asked_about_before_it_is_sent_again(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))
    desk.installed.fault(META.value, r"POST .*/\d+$", "cut")
    deploy(desk, META, ad_id)
    work_off()
    assert states(newest(desk, ad_id)) == {SET_BUDGET: StepState.UNCERTAIN}
    work_off(only_due=False)
    (step,) = newest(desk, ad_id).steps
    assert (step.state, step.attempts, (step.response or {})["adopted"]) == (StepState.DONE, 1, True)
    assert budget(desk, ad_id) == "7500"


def test_a_newer_edit_overtakes_an_update_and_sets_right_what_that_may_have_left(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))
    desk.installed.fault(META.value, r"POST .*/\d+$", "cut")
    deploy(desk, META, ad_id)
    work_off()
    edit(desk, ad_id, budget=money("60.00"))  # back to what was applied: only the update in doubt makes a difference
    assert plan(desk, ad_id)["operation"] == "update"
    deploy(desk, META, ad_id)
    assert updates(desk, ad_id) == ["superseded", "pending"]
    work_off(only_due=False)
    assert updates(desk, ad_id) == ["superseded", "completed"]
    assert budget(desk, ad_id) == "6000"
    assert plan(desk, ad_id)["operation"] is None
    nothing_is_open(desk, ad_id)


def test_an_ad_that_an_overtaken_update_has_added_unseen_is_taken_away_again(desk: House) -> None:
    ad_id = stands(desk, ad_groups=variants("a"))
    edit(desk, ad_id, ad_groups=variants("a", "b"))
    desk.installed.fault(META.value, r"POST .*/ads$", "cut")
    deploy(desk, META, ad_id)
    work_off()
    assert len([o for o in remote(desk, ad_id, "ad") if o["status"] != "DELETED"]) == 2
    edit(desk, ad_id, ad_groups=variants("a"))
    deploy(desk, META, ad_id)
    work_off(only_due=False)
    assert updates(desk, ad_id) == ["superseded", "completed"]
    assert live_ads(desk, ad_id) == {"a"}
    assert len([o for o in remote(desk, ad_id, "ad") if o["status"] != "DELETED"]) == 1
    nothing_is_open(desk, ad_id)


def test_an_update_that_failed_half_way_says_so_and_can_be_taken_back(desk: House) -> None:
    ad_id = stands(desk, ad_groups=variants("a", "b"))
    edit(desk, ad_id, ad_groups=variants("a", "c"), budget=money("50.00"))
    desk.installed.fault(META.value, r"POST .*/ads$", "token_expired", times=2)
    deploy(desk, META, ad_id)
    work_off(only_due=False)
    assert newest(desk, ad_id).status is DeploymentStatus.FAILED
    half = campaign_of(desk, ad_id)
    assert half.status is CampaignStatus.ACTIVE, "a running campaign runs on"
    assert "half-way" in (half.error_message or "")
    connect_again(desk)
    for operation in (Operation.PAUSE, Operation.RESUME):
        campaigns.change(desk.actor, ad_id=ad_id, operation=operation)
        work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert "half-way" in (campaign_of(desk, ad_id).error_message or ""), "it is told until it is set right"
    edit(desk, ad_id, ad_groups=variants("a", "b"), budget=money("60.00"))
    deploy(desk, META, ad_id)
    work_off(only_due=False)
    assert budget(desk, ad_id) == "6000"
    assert live_ads(desk, ad_id) == {"a", "b"}
    assert campaign_of(desk, ad_id).error_message is None
    nothing_is_open(desk, ad_id)


def test_objects_that_go_keep_their_rows_and_those_that_come_have_parents(desk: House) -> None:
    ad_id = stands(desk, ad_groups=variants("a", "b"))
    edit(desk, ad_id, ad_groups=variants("a", "c"))
    deploy(desk, META, ad_id)
    work_off()
    found = queries.objects(desk.actor, ad_id=ad_id, with_deleted=True)
    kept = {o.key: o for o in found if o.kind == "ad"}
    assert {key for key, each in kept.items() if each.deleted_at is None} == {"ad/main/a", "ad/main/c"}
    assert kept["ad/main/b"].deleted_at is not None
    assert kept["ad/main/c"].parent == "ad_group/main"
    assert kept["ad/main/c"].seen, "how the platform sees it"
    edit(desk, ad_id, ad_groups=variants("a", "b"))
    deploy(desk, META, ad_id)
    work_off()
    assert live_ads(desk, ad_id) == {"a", "b"}
    stood = [o for o in queries.objects(desk.actor, ad_id=ad_id, with_deleted=True) if o.key == "ad/main/b"]
    assert [o.deleted_at is None for o in stood] == [False, True], "another ad of the same name"


def test_an_edit_while_the_campaign_is_being_made_follows_its_creation(desk: House) -> None:
    ad_id = deploy(desk)
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    work_off(only_due=False)
    assert updates(desk, ad_id) == ["completed"]
    assert budget(desk, ad_id) == "7500"
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED


def test_an_ad_that_was_edited_after_it_went_half_way_is_refused(desk: House) -> None:
    desk.installed.fault(META.value, r"POST .*/adsets$", "token_expired", times=2)
    ad_id = deploy(desk)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ERROR
    connect_again(desk)
    edit(desk, ad_id, budget=money("75.00"))
    with pytest.raises(Conflict, match="half-way"):
        deploy(desk, META, ad_id)
    edit(desk, ad_id, budget=money("60.00"))
    deploy(desk, META, ad_id)
    work_off(only_due=False)
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE


def test_a_cancelled_update_is_asked_about_and_not_continued(desk: House) -> None:
    ad_id = stands(desk, ad_groups=variants("a"))
    edit(desk, ad_id, ad_groups=variants("a", "b"))
    desk.installed.fault(META.value, r"POST .*/ads$", "cut")
    deploy(desk, META, ad_id)
    work_off()
    give_up(desk, ad_id, cancelled=True)
    take_up(desk)
    assert updates(desk, ad_id) == ["cancelled"]
    assert live_ads(desk, ad_id) == {"a"}
    nothing_is_open(desk, ad_id)


def test_one_tenant_neither_edits_nor_updates_what_is_anothers(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))

    stranger: Actor = installation.owner("stranger@example.com")
    data = ad_queries.get(desk.actor, ad_id=ad_id).data
    for ask in (
        lambda: ads.update(stranger, ad_id=ad_id, data=data),
        lambda: campaigns.plan(stranger, ad_id=ad_id),
        lambda: campaigns.deploy(stranger, ad_id=ad_id),
    ):
        with pytest.raises(NotFound):
            ask()
    assert queries.objects(stranger, ad_id=ad_id) == ()
    assert updates(desk, ad_id) == []
