"""One ad on all four platforms: planned, applied, edited by hand in each platform's pages, seen, put back, undone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from tests.flows.test_exactly_once import finished, nothing_is_open
from tests.flows.test_updating import budgets, done, edit, live_objects, money, of_ad, standing
from tests.housing import House
from tests.installation import until

from adloom.campaigns import actions as campaigns
from adloom.campaigns import chronicle, queries, reconciling, undoing
from adloom.campaigns.reconciling import How
from adloom.campaigns.types import CampaignView, Decision, Reason
from adloom.platforms.types import Platform

#: Which object has the budget, and what a person types there for 88 units.
EDITS: dict[Platform, tuple[str, str, Any]] = {
    Platform.GOOGLE_ADS: ("campaign_budget", "amountMicros", 88_000_000),
    Platform.FACEBOOK_ADS: ("adset", "daily_budget", 8800),
    Platform.MICROSOFT_ADS: ("campaign", "DailyBudget", "88.00"),
    Platform.TIKTOK_ADS: ("adgroup", "budget", "88.00"),
}


def change_there(house: House, campaign: CampaignView) -> None:
    """A person sets another budget in the platform's own pages."""
    type_, field, value = EDITS[campaign.platform]
    ids = {item.platform_id for item in queries.objects(house.actor, campaign_id=campaign.id)}
    ids |= {item["id"] for item in live_objects(house, campaign)}
    found = house.installed.objects(campaign.platform.value)
    (thing,) = (item for item in found if item["type"].lower() == type_ and item["id"] in ids)
    body = {"platform": campaign.platform.value, "id": thing["id"], "field": field, "value": value}
    house.installed.control("edit", body)


def drifted(house: House, ad_id: UUID) -> set[tuple[Platform, str | None, str | None]]:
    finished(house, campaigns.sync(house.actor, ad_id=ad_id))
    found = [each for c in of_ad(house, ad_id) for each in queries.drift(house.actor, campaign_id=c.id)]
    return {(each.platform, each.drift.field, each.drift.theirs) for each in found}


def spends(house: House, ad_id: UUID, amount: str | Decimal) -> None:
    assert {c.platform: budgets(house, c) for c in of_ad(house, ad_id)} == {p: {Decimal(amount)} for p in EDITS}


def test_a_drift_on_every_platform_is_seen_put_back_and_the_update_before_it_undone(house: House) -> None:
    ad_id = standing(house, "Ann")
    ((before,),) = {tuple(budgets(house, campaign)) for campaign in of_ad(house, ad_id)}
    edit(house, ad_id, budget=money("75.00"))
    plan = campaigns.whole_plan(house.actor, ad_id=ad_id)
    applied = campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True, plan=plan.fingerprint)
    done(house, applied.job_ids)
    updates = applied.deployment_ids
    spends(house, ad_id, "75.00")

    for campaign in of_ad(house, ad_id):
        change_there(house, campaign)
    theirs = {(platform, "budget.amount", "88.00 USD") for platform in EDITS}
    until(lambda: drifted(house, ad_id) == theirs, what="all four edits are seen, and nothing else")

    for campaign in of_ad(house, ad_id):
        shown = reconciling.plan(house.actor, campaign_id=campaign.id, how=How.PUT_BACK).plan
        change = reconciling.reconcile(house.actor, campaign_id=campaign.id, how=How.PUT_BACK, plan=shown.fingerprint)
        done(house, change.job_ids)
    spends(house, ad_id, "75.00")
    assert drifted(house, ad_id) == set()

    for update in updates:
        done(house, undoing.undo(house.actor, ad_id=ad_id, deployment_id=update).job_ids)
    spends(house, ad_id, before)
    assert drifted(house, ad_id) == set()
    nothing_is_open(house, ad_id)
    history = chronicle.entries(house.actor, ad_id=ad_id)
    assert [each.at for each in history] == sorted((each.at for each in history), reverse=True)
    assert {each.drift.decision for each in history if each.drift} == {Decision.PUT_BACK}
    assert {each.deployment.reason for each in history if each.deployment} == {None, Reason.PUT_BACK, Reason.UNDO}
    assert {each.undoes for each in queries.history(house.actor, ad_id=ad_id)} == {None, *updates}
