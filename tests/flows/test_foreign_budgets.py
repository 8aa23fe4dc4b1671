"""Budgets of campaigns that others made, set through a plan on all four platforms, within the guards that ours have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.flows.test_one_ad import done
from tests.housing import House
from tests.installation import finished

from adloom.campaigns import foreign_budgets, importing, queries
from adloom.campaigns.types import CampaignView
from adloom.connections import actions as accounts
from adloom.connections import queries as connections
from adloom.core.errors import Conflict, Invalid, Refused
from adloom.metrics import pacing
from adloom.platforms.types import Platform

FIELDS = {
    Platform.GOOGLE_ADS: ("campaign_budget", "amountMicros", Decimal(1_000_000)),
    Platform.FACEBOOK_ADS: ("campaign", "daily_budget", Decimal(100)),
    Platform.MICROSOFT_ADS: ("Campaign", "DailyBudget", Decimal(1)),
    Platform.TIKTOK_ADS: ("campaign", "budget", Decimal(1)),
}


@pytest.fixture(scope="module")
def made(shared_house: House) -> None:
    """One campaign on each platform, made by others, with a daily budget of its own."""
    shared_house.installed.keep_one_worker()
    for platform in (Platform.GOOGLE_ADS, Platform.MICROSOFT_ADS):
        shared_house.installed.control("seed", {"platform": platform.value, "campaigns": 1})
    _make_on_meta(shared_house)
    _make_on_tiktok(shared_house)
    theirs = connections.accounts(shared_house.actor)
    done(shared_house.actor, [importing.begin(shared_house.actor, account_id=a.id) for a in theirs])


def _make_on_meta(house: House) -> None:
    line = house.installed.line["facebook_ads"]
    campaign = {
        "name": "Theirs",
        "objective": "OUTCOME_TRAFFIC",
        "status": "ACTIVE",
        "special_ad_categories": [],
        "daily_budget": 6000,
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
    }
    url = f"{house.installed.sandbox_url}/meta/v26.0/{line['account_id']}/campaigns"
    httpx.post(url, json=campaign, headers={"Authorization": f"Bearer {line['access_token']}"}).raise_for_status()


def _make_on_tiktok(house: House) -> None:
    line = house.installed.line["tiktok_ads"]
    campaign = {
        "advertiser_id": line["account_id"],
        "campaign_name": "Theirs",
        "objective_type": "TRAFFIC",
        "budget_mode": "BUDGET_MODE_DAY",
        "budget": 60,
        "budget_optimize_on": True,
    }
    url = f"{house.installed.sandbox_url}/tiktok/open_api/v1.3/campaign/create/"
    answer = httpx.post(url, json=campaign, headers={"Access-Token": line["access_token"]}).json()
    assert answer["code"] == 0, answer


def campaign(house: House, platform: Platform) -> CampaignView:
    (found,) = (c for c in queries.all_of(house.actor) if c.platform is platform)
    return found


def stands(house: House, platform: Platform) -> Decimal:
    """What the platform itself says the budget is."""
    type_, field, unit = FIELDS[platform]
    path = f"ledger?platform={platform.value}"
    (found,) = (o for o in house.installed.control(path, method="GET")["objects"] if o["type"] == type_)
    return Decimal(str(found["fields"][field])) / unit


def budget(house: House, platform: Platform) -> Decimal:
    (found,) = (c for c in pacing.show(house.actor).campaigns if c.platform is platform)
    assert found.pace.budget is not None
    assert found.pace.span is not None
    return found.pace.budget / found.pace.span.days


@pytest.mark.parametrize("platform", list(Platform))
def test_a_budget_is_planned_set_once_and_nothing_else_is_changed(house: House, made: None, platform: Platform) -> None:
    its, before = campaign(house, platform), stands(house, platform)
    assert budget(house, platform) == before
    plan = foreign_budgets.plan(house.actor, campaign_id=its.id, amount=before + 5)
    told = plan.as_json()
    assert [(c["field"], c["from"], c["to"]) for c in told["changes"]] == [
        ("budget.amount", str(plan.before), str(plan.after))
    ]
    assert stands(house, platform) == before, "a plan sends nothing"
    change = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 5, plan=plan.fingerprint)
    done(house.actor, change.job_ids)
    assert stands(house, platform) == before + 5
    assert budget(house, platform) == before + 5
    again = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 5)
    assert again.job_ids == (), "a second time changes nothing"
    with pytest.raises(Refused, match="another one by now"):
        foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 5, plan=plan.fingerprint)


@pytest.mark.parametrize("platform", list(Platform))
def test_an_answer_that_never_came_is_asked_for_and_the_amount_is_set_once(
    house: House, made: None, platform: Platform
) -> None:
    its, before = campaign(house, platform), stands(house, platform)
    match = {
        Platform.GOOGLE_ADS: "POST .*mutate",
        Platform.FACEBOOK_ADS: f"POST /v[0-9.]+/{its.platform_campaign_id}",
        Platform.MICROSOFT_ADS: "PUT .*Campaigns",
        Platform.TIKTOK_ADS: "POST .*campaign/update",
    }[platform]
    house.installed.control("faults", {"platform": platform.value, "match": match, "fault": "cut", "times": 1})
    change = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 3)
    done(house.actor, change.job_ids)
    assert stands(house, platform) == before + 3


def test_a_budget_far_beyond_the_last_one_has_to_be_said(house: House, made: None) -> None:
    its, before = campaign(house, Platform.GOOGLE_ADS), stands(house, Platform.GOOGLE_ADS)
    plan = foreign_budgets.plan(house.actor, campaign_id=its.id, amount=before * 10)
    (sentence,) = plan.as_json()["confirm"]
    with pytest.raises(Refused, match="far beyond"):
        foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before * 10)
    change = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before * 10, confirm=[sentence])
    done(house.actor, change.job_ids)
    assert stands(house, Platform.GOOGLE_ADS) == before * 10
    done(house.actor, foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before).job_ids)


def test_what_others_made_counts_against_the_accounts_cap(house: House, made: None) -> None:
    its, before = campaign(house, Platform.MICROSOFT_ADS), stands(house, Platform.MICROSOFT_ADS)
    _cap(house, its, before + 1)
    errors = foreign_budgets.plan(house.actor, campaign_id=its.id, amount=before + 2).as_json()["errors"]
    assert [error["field"] for error in errors] == ["budget.amount"]
    with pytest.raises(Invalid):
        foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 2)
    lower = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before - 1)
    done(house.actor, lower.job_ids)
    assert stands(house, Platform.MICROSOFT_ADS) == before - 1, "a cap never refuses to lower one"
    _cap(house, its, None)


def _cap(house: House, its: CampaignView, cap: Decimal | None) -> None:
    accounts.set_cap(house.actor, account_id=its.platform_account_id, daily_cap=cap)


def test_a_budget_that_was_changed_there_meanwhile_is_left_alone(house: House, made: None) -> None:
    its, before = campaign(house, Platform.FACEBOOK_ADS), stands(house, Platform.FACEBOOK_ADS)
    edit: dict[str, Any] = {"platform": "facebook_ads", "id": its.platform_campaign_id, "field": "daily_budget"}
    house.installed.control("edit", {**edit, "value": str(int((before + 7) * 100))})
    change = foreign_budgets.apply(house.actor, campaign_id=its.id, amount=before + 2)
    (ended,) = (finished(house.actor, job_id) for job_id in change.job_ids)
    assert ended.status.value == "failed"
    assert stands(house, Platform.FACEBOOK_ADS) == before + 7


def test_a_campaign_whose_ad_groups_have_the_budgets_is_refused_with_the_reason(house: House, made: None) -> None:
    known: set[UUID] = {c.id for c in queries.all_of(house.actor)}
    house.installed.control("seed", {"platform": "tiktok_ads", "campaigns": 1})
    account = next(a for a in connections.accounts(house.actor) if a.platform is Platform.TIKTOK_ADS)
    done(house.actor, [importing.begin(house.actor, account_id=account.id)])
    (new,) = (c for c in queries.all_of(house.actor) if c.id not in known)
    with pytest.raises(Conflict, match=r"cannot be changed from here: .*ad groups"):
        foreign_budgets.plan(house.actor, campaign_id=new.id, amount=Decimal(70))
