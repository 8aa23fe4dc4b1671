"""What was changed on a platform itself: seen, adopted or put back; and what was done from here, taken back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.housing import House
from tests.installation import work_off
from tests.rooms.campaigns.desks import campaign_of, deploy, meddle, newest, remote
from tests.rooms.campaigns.test_updating import budget, edit, money, plan, stands

from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries, reconciling, undoing
from adloom.campaigns.reconciling import How
from adloom.campaigns.types import CampaignStatus, Decision, DeploymentStatus, DeploymentType, DriftView, Reason
from adloom.core.errors import Conflict, Invalid, Refused
from adloom.platforms.changes import DriftKind
from adloom.platforms.types import Operation, Platform

META = Platform.FACEBOOK_ADS


def there(desk: House, ad_id: UUID, type_: str, field: str, value: Any) -> None:
    """A person changes something in the platform's own pages."""
    (thing,) = remote(desk, ad_id, type_)
    desk.installed.control("edit", {"platform": META.value, "id": thing["id"], "field": field, "value": value})


def look(desk: House, ad_id: UUID) -> tuple[DriftView, ...]:
    """What stands otherwise, once the platform was asked; lists have settled by then."""
    time.sleep(0.25)
    campaigns.sync(desk.actor, ad_id=ad_id)
    work_off()
    return queries.drift(desk.actor, campaign_id=campaign_of(desk, ad_id).id)


def reconcile(desk: House, ad_id: UUID, how: How, **more: Any) -> Any:
    return reconciling.reconcile(desk.actor, campaign_id=campaign_of(desk, ad_id).id, how=how, **more)


def _requests(desk: House) -> int:
    """How many calls the platform has had."""
    return len(desk.installed.control("ledger")["requests"])


def own_budget(desk: House, ad_id: UUID) -> Mapping[str, Any] | None:
    block: Mapping[str, Any] = ad_queries.get(desk.actor, ad_id=ad_id).data["platforms"][META.value]
    return block.get("budget")


def test_what_nobody_has_changed_has_not_drifted(desk: House) -> None:
    ad_id = stands(desk)
    assert look(desk, ad_id) == ()
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    work_off()
    assert look(desk, ad_id) == ()
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    assert look(desk, ad_id) == ()


def test_an_edit_on_the_platform_is_shown_since_when_it_was_first_seen(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    (first,) = look(desk, ad_id)
    assert (first.drift.object, first.drift.field) == ("ad_group/main", "budget.amount")
    assert (first.drift.ours, first.drift.theirs) == ("60.00 USD", "99.00 USD")
    (again,) = look(desk, ad_id)
    assert (again.id, again.first_seen_at) == (first.id, first.first_seen_at)
    assert again.last_seen_at > first.last_seen_at
    there(desk, ad_id, "adset", "daily_budget", 6000)
    assert look(desk, ad_id) == (), "they took it back by themselves"


def test_a_new_name_on_the_platform_is_drift_and_figures_are_told_under_ours(desk: House) -> None:
    ad_id = stands(desk)
    ours = campaign_of(desk, ad_id).name
    there(desk, ad_id, "campaign", "name", "Renamed there")
    (found,) = look(desk, ad_id)
    assert (found.drift.object, found.drift.field, found.drift.theirs) == ("campaign", "name", "Renamed there")
    assert campaign_of(desk, ad_id).name == ours


def test_ours_is_put_back_once_however_often_it_is_asked(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    look(desk, ad_id)
    shown = reconciling.plan(desk.actor, campaign_id=campaign_of(desk, ad_id).id, how=How.PUT_BACK).as_json()
    (change,) = shown["platforms"][META.value]["changes"]
    assert (change["field"], change["from"], change["to"]) == ("budget.amount", "99.00 USD", "60.00 USD")
    assert [shown["money"]["USD"][when]["per_day"] for when in ("before", "after")] == ["99.00", "60.00"]
    first = reconcile(desk, ad_id, How.PUT_BACK, plan=shown["fingerprint"])
    second = reconcile(desk, ad_id, How.PUT_BACK)
    assert second.deployment_ids == first.deployment_ids
    assert second.job_ids == first.job_ids
    work_off()
    assert budget(desk, ad_id) == "6000"
    assert look(desk, ad_id) == ()
    assert reconcile(desk, ad_id, How.PUT_BACK).deployment_ids == ()
    (seen,) = queries.drift_history(desk.actor, campaign_id=campaign_of(desk, ad_id).id)
    assert (seen.decision, seen.decided_by) == (Decision.PUT_BACK, desk.actor.person_id)
    assert seen.ended_at is not None
    done = newest(desk, ad_id)
    assert (done.type, done.status, done.reason) == (DeploymentType.UPDATE, DeploymentStatus.COMPLETED, Reason.PUT_BACK)


def test_a_plan_to_put_back_is_stale_once_they_have_changed_it_again(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    look(desk, ad_id)
    shown = reconciling.plan(desk.actor, campaign_id=campaign_of(desk, ad_id).id, how=How.PUT_BACK)
    there(desk, ad_id, "adset", "daily_budget", 9800)
    look(desk, ad_id)
    with pytest.raises(Refused) as refusal:
        reconcile(desk, ad_id, How.PUT_BACK, plan=shown.plan.fingerprint)
    assert refusal.value.code == "plan_is_stale"


def test_theirs_is_adopted_without_a_write_and_nothing_is_left_to_deploy(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    look(desk, ad_id)
    before = _requests(desk)
    adopted = reconcile(desk, ad_id, How.ADOPT)
    work_off()
    assert _requests(desk) == before, "no call at all"
    assert adopted.job_ids == ()
    block = own_budget(desk, ad_id)
    assert block is not None
    assert Decimal(block["amount"]["value"]) == Decimal(99), "for this platform alone"
    assert ad_queries.get(desk.actor, ad_id=ad_id).data["budget"]["amount"]["value"] != "99.00"
    assert plan(desk, ad_id)["changes"] == []
    assert look(desk, ad_id) == ()
    done = newest(desk, ad_id)
    assert (done.reason, done.actor_id, done.steps) == (Reason.ADOPT, desk.actor.person_id, ())
    assert reconcile(desk, ad_id, How.ADOPT).deployment_ids == (), "nothing is left to adopt"


def test_what_the_ad_has_no_words_for_is_not_adopted_and_says_so(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "name", "Other people")
    look(desk, ad_id)
    with pytest.raises(Invalid) as refusal:
        reconcile(desk, ad_id, How.ADOPT)
    (error,) = refusal.value.errors
    assert error.field == "name"
    assert "words" in error.rule
    reconcile(desk, ad_id, How.PUT_BACK)
    work_off()
    assert look(desk, ad_id) == ()


def test_only_the_fields_that_are_named_are_reconciled(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    there(desk, ad_id, "campaign", "name", "Winter sale")
    look(desk, ad_id)
    reconcile(desk, ad_id, How.PUT_BACK, fields=["name"])
    work_off()
    (left,) = look(desk, ad_id)
    assert left.drift.field == "budget.amount"
    assert budget(desk, ad_id) == "9900"


def test_a_pause_there_is_drift_and_can_be_adopted_or_put_back(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "campaign", "status", "PAUSED")
    (found,) = look(desk, ad_id)
    assert (found.drift.object, found.drift.field, found.drift.theirs) == ("campaign", "status", "PAUSED")
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED
    reconcile(desk, ad_id, How.PUT_BACK)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    assert look(desk, ad_id) == ()
    there(desk, ad_id, "campaign", "status", "PAUSED")
    look(desk, ad_id)
    reconcile(desk, ad_id, How.ADOPT)
    assert look(desk, ad_id) == ()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED


def test_a_campaign_that_was_deleted_there_stays_listed_and_is_told(desk: House) -> None:
    ad_id = stands(desk)
    campaign = campaign_of(desk, ad_id)
    there(desk, ad_id, "campaign", "status", "DELETED")
    time.sleep(0.25)
    campaigns.sync(desk.actor, ad_id=ad_id)
    work_off()
    (found,) = queries.drift(desk.actor, campaign_id=campaign.id)
    assert (found.drift.object, found.drift.kind) == ("campaign", DriftKind.GONE)
    assert campaign.id in {each.id for each in queries.all_of(desk.actor)}
    with pytest.raises(Invalid, match="Nothing of it can be done"):
        reconciling.reconcile(desk.actor, campaign_id=campaign.id, how=How.PUT_BACK)
    reconciling.reconcile(desk.actor, campaign_id=campaign.id, how=How.ADOPT)
    assert queries.drift(desk.actor, campaign_id=campaign.id) == ()


def test_the_last_budget_is_the_one_that_stands_there(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("700.00"))
    assert campaigns.whole_plan(desk.actor, ad_id=ad_id).confirm, "more than ten times 60.00"
    there(desk, ad_id, "adset", "daily_budget", 60000)
    look(desk, ad_id)
    assert campaigns.whole_plan(desk.actor, ad_id=ad_id).confirm == ()


def test_a_change_half_way_is_not_compared(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    meddle(
        desk, "UPDATE background_jobs SET scheduled_at = clock_timestamp() + INTERVAL '1 hour' WHERE status = 'pending'"
    )
    assert look(desk, ad_id) == ()
    meddle(desk, "UPDATE background_jobs SET scheduled_at = clock_timestamp() WHERE status = 'pending'")
    work_off()
    assert budget(desk, ad_id) == "7500"


# undo


def test_an_update_is_undone_and_the_ad_says_what_it_said(desk: House) -> None:
    ad_id = stands(desk)
    said = ad_queries.get(desk.actor, ad_id=ad_id).data
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    work_off()
    update = newest(desk, ad_id)
    shown = undoing.plan(desk.actor, ad_id=ad_id).as_json()
    assert [each["deployment_id"] for each in shown["undoes"]] == [str(update.id)]
    (change,) = shown["platforms"][META.value]["changes"]
    assert (change["field"], change["from"], change["to"]) == ("budget.amount", "75.00 USD", "60.00 USD")
    assert shown["reverts_ad"] is True
    first = undoing.undo(desk.actor, ad_id=ad_id, plan=shown["fingerprint"])
    assert undoing.undo(desk.actor, ad_id=ad_id).deployment_ids == first.deployment_ids, "while it is under way"
    work_off()
    assert budget(desk, ad_id) == "6000"
    assert ad_queries.get(desk.actor, ad_id=ad_id).data == said
    again = undoing.undo(desk.actor, ad_id=ad_id)
    assert again.deployment_ids == first.deployment_ids, "and once it has ended"
    assert plan(desk, ad_id)["changes"] == []
    assert newest(desk, ad_id).undoes == update.id


def test_an_undo_is_undone_by_its_own_id_and_the_change_can_be_undone_again(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, budget=money("75.00"))
    deploy(desk, META, ad_id)
    work_off()
    (undo,) = undoing.undo(desk.actor, ad_id=ad_id).deployment_ids
    work_off()
    undoing.undo(desk.actor, ad_id=ad_id, deployment_id=undo)
    work_off()
    assert budget(desk, ad_id) == "7500"
    (another,) = undoing.undo(desk.actor, ad_id=ad_id).deployment_ids
    assert another != undo
    work_off()
    assert budget(desk, ad_id) == "6000"


def test_a_pause_is_undone_by_a_resume_and_the_other_way_round(desk: House) -> None:
    ad_id = stands(desk)
    campaigns.change(desk.actor, ad_id=ad_id, operation=Operation.PAUSE)
    work_off()
    (resume,) = undoing.undo(desk.actor, ad_id=ad_id).deployment_ids
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.ACTIVE
    undoing.undo(desk.actor, ad_id=ad_id, deployment_id=resume)
    work_off()
    assert campaign_of(desk, ad_id).status is CampaignStatus.PAUSED


def test_a_creation_is_undone_by_a_delete_which_is_told_to_be_final(desk: House) -> None:
    ad_id = stands(desk)
    campaign = campaign_of(desk, ad_id)
    shown = undoing.plan(desk.actor, ad_id=ad_id).as_json()["platforms"][META.value]
    assert shown["operation"] == "delete"
    assert [each["effects"] for each in shown["changes"]] == [["irreversible"]]
    assert shown["money"]["after"] == shown["money"]["before"] or shown["money"]["after"] is None
    (gone,) = undoing.undo(desk.actor, ad_id=ad_id).deployment_ids
    work_off()
    found = queries.get(desk.actor, campaign_id=campaign.id)
    assert found is not None
    assert found.deleted_at is not None
    with pytest.raises(Invalid) as refusal:
        undoing.undo(desk.actor, ad_id=ad_id, deployment_id=gone)
    assert "adloom ad deploy" in refusal.value.errors[0].fix


def test_an_adoption_is_undone_by_putting_back_what_was_applied_before(desk: House) -> None:
    ad_id = stands(desk)
    there(desk, ad_id, "adset", "daily_budget", 9900)
    look(desk, ad_id)
    reconcile(desk, ad_id, How.ADOPT)
    undoing.undo(desk.actor, ad_id=ad_id)
    work_off()
    assert budget(desk, ad_id) == "6000"
    assert own_budget(desk, ad_id) is None
    assert look(desk, ad_id) == ()


def test_what_was_never_applied_cannot_be_undone(desk: House) -> None:
    ad_id = desk.ad()
    with pytest.raises(Conflict, match="nothing to undo"):
        undoing.plan(desk.actor, ad_id=ad_id)
