"""An edited ad on all four platforms: the plan, the update, workers killed in the middle of it, words that cross.

Afterwards each object stands once, as the ad says, and no step is uncertain.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests.flows.test_exactly_once import all_met, finished, is_live, nothing_is_open, plan_faults, release, remote
from tests.housing import House

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus
from adloom.metrics import actions as metric_actions
from adloom.metrics import queries as metrics
from adloom.metrics.types import By
from adloom.platforms.types import Operation, Platform

# Any write of an update: the first one that a platform gets.
ANY_WRITE = {
    Platform.GOOGLE_ADS: r"POST .*googleAds:mutate",
    Platform.FACEBOOK_ADS: r"POST .*/(\d+|adcreatives|ads|adsets)$",
    Platform.MICROSOFT_ADS: r"(PUT|DELETE) .*/(Campaigns|AdGroups|Ads|Keywords)$|POST .*/(Ads|Keywords|AdGroups)$",
    Platform.TIKTOK_ADS: r"POST .*/(adgroup|ad|campaign)/(create|update|status/update)/",
}
GONE = {"removed", "deleted", "delete"}


def money(value: str) -> dict[str, Any]:
    return {"type": "DAILY", "amount": {"value": value, "currency": "USD"}, "bidding": {"strategy": "MAX_CONVERSIONS"}}


def variants(*names: str) -> list[dict[str, Any]]:
    """One group of ads, each of which says something of its own everywhere."""

    def words(name: str) -> dict[str, Any]:
        return {
            "primary_text": f"Run farther with {name}",
            "headlines": [f"Run with {name}", f"Shoes by {name}", f"Free shipping {name}"],
        }

    return [{"name": "main", "ads": [{"name": name, "creative": words(name)} for name in names]}]


def edit(house: House, ad_id: UUID, **changes: Any) -> None:
    data = copy.deepcopy(dict(ad_queries.get(house.actor, ad_id=ad_id).data))
    ads.update(house.actor, ad_id=ad_id, data={**data, **changes})


def deploy(house: House, ad_id: UUID) -> tuple[UUID, ...]:
    return campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True).job_ids


def done(house: House, job_ids: Iterable[UUID]) -> None:
    assert {job.status: job.error for job in finished(house, job_ids)}.keys() <= {"completed"}


def standing(house: House, *names: str) -> UUID:
    """An ad with these variants that stands on all platforms, delivering."""
    ad_id = house.ad(ad_groups=variants(*names))
    done(house, deploy(house, ad_id))
    assert {campaign.status for campaign in of_ad(house, ad_id)} == {CampaignStatus.ACTIVE}
    return ad_id


def of_ad(house: House, ad_id: UUID) -> tuple[CampaignView, ...]:
    return campaign_queries.of_ad(house.actor, ad_id=ad_id)


def live_objects(house: House, campaign: CampaignView) -> list[dict[str, Any]]:
    """What the sandbox holds of a campaign and all beneath it, without what was taken away."""
    found = house.installed.objects(campaign.platform.value)
    below = {campaign.platform_campaign_id}
    for _ in range(3):
        below |= {item["id"] for item in found if item["parent_id"] in below}
    return [item for item in found if item["id"] in below and str(item["status"]).lower() not in GONE]


def says(house: House, campaign: CampaignView) -> set[str]:
    """The variants whose words stand on the platform."""
    texts = str([item["fields"] for item in live_objects(house, campaign)])
    texts += str([item["fields"] for item in house.installed.objects(campaign.platform.value) if _is_creative(item)])
    return {name for name in ("Ann", "Bob", "Cay") if f"with {name}" in texts}


def ads_of(house: House, campaign: CampaignView) -> list[str]:
    """The names of the ads that stand, as we keep them, each held against the platform's own id."""
    kept = {
        item.platform_id: item.key
        for item in campaign_queries.objects(house.actor, campaign_id=campaign.id)
        if item.kind == "ad"
    }
    ids = {str(item["id"]) for item in live_objects(house, campaign) if item["type"].lower() in _ADS}
    assert {str(each).rpartition("~")[2] for each in kept} == {each.rpartition("~")[2] for each in ids}
    return sorted(kept.values())


def budgets(house: House, campaign: CampaignView) -> set[Decimal]:
    """What the platform may spend a day, in its currency's main unit."""
    found: set[Decimal] = set()
    fields = [item["fields"] for item in [*live_objects(house, campaign), *_budgets_of(house, campaign)]]
    for each in fields:
        for name, unit in (("amount_micros", 10**6), ("amountMicros", 10**6), ("daily_budget", 100)):
            if int(each.get(name) or 0):
                found.add(Decimal(int(each[name])) / unit)
        for name in ("DailyBudget", "budget"):
            if isinstance(each.get(name), (str, int, float, Decimal)) and Decimal(str(each[name])):
                found.add(Decimal(str(each[name])))
    return found


def is_as_the_ad_says(house: House, ad_id: UUID, *, budget: str, names: Iterable[str]) -> None:
    """On each platform: these ads and no other, this budget, the campaign once, and nothing in doubt."""
    nothing_is_open(house, ad_id)
    for campaign in of_ad(house, ad_id):
        where = campaign.platform
        assert budgets(house, campaign) == {Decimal(budget)}, where
        assert ads_of(house, campaign) == [f"ad/main/{name.lower()}" for name in names], where
        found = [item for item in remote(house, campaign) if item["type"].lower() == "campaign"]
        assert [item["id"] for item in found] == [campaign.platform_campaign_id], where
        assert campaign.error_message is None, where
    plan = campaigns.plan(house.actor, ad_id=ad_id)
    assert {name: found["changes"] for name, found in plan.items() if found["changes"]} == {}
    assert len(of_ad(house, ad_id)) == len(Platform)


_EVER = (date(2020, 1, 1), date(2100, 1, 1))
_ADS = {"ad", "adgroupad", "ad_group_ad"}


def _is_creative(item: Mapping[str, Any]) -> bool:
    return "creative" in item["type"].lower()


def _budgets_of(house: House, campaign: CampaignView) -> list[dict[str, Any]]:
    """Google's budget is an object beside its campaign."""
    ids = {
        item.platform_id
        for item in campaign_queries.objects(house.actor, campaign_id=campaign.id)
        if item.kind == "budget"
    }
    return [o for o in house.installed.objects(campaign.platform.value) if o["id"] in ids]


def test_an_edit_is_planned_updated_everywhere_and_days_keep_coming(house: House) -> None:
    ad_id = standing(house, "Ann", "Bob")
    house.installed.pass_time("P2D")
    before = {c.platform: c.platform_campaign_id for c in of_ad(house, ad_id)}
    edit(house, ad_id, budget=money("75.00"), ad_groups=variants("Ann", "Cay"))
    plan = campaigns.plan(house.actor, ad_id=ad_id)
    for platform, found in plan.items():
        assert (found["operation"], found["errors"]) == ("update", []), platform
        assert any(c["field"] == "budget.amount" for c in found["changes"]), platform
        assert any((c["action"], c["object"]) == ("create", "ad/main/cay") for c in found["changes"]), platform
        assert any((c["action"], c["object"]) == ("delete", "ad/main/bob") for c in found["changes"]), platform
    done(house, deploy(house, ad_id))
    is_as_the_ad_says(house, ad_id, budget="75", names=["Ann", "Cay"])
    assert {c.platform: c.platform_campaign_id for c in of_ad(house, ad_id)} == before
    assert {c.status for c in of_ad(house, ad_id)} == {CampaignStatus.ACTIVE}
    for campaign in of_ad(house, ad_id):
        assert "Cay" in says(house, campaign), campaign.platform
    assert deploy(house, ad_id) == ()

    house.installed.pass_time("P3D")
    for _ in range(2):  # the first one may be a pull that was under way before the days passed
        done(house, metric_actions.sync(house.actor))
    rows = metrics.show(house.actor, since=_EVER[0], until=_EVER[1], by=(By.PLATFORM, By.DAY), ad_id=ad_id)
    for platform in Platform:
        days = [row for row in rows if row.platform is platform and row.spend > 0]
        assert len(days) >= 5, platform


@pytest.mark.parametrize("fault", ["hold", "timeout_after"])
def test_a_worker_killed_in_the_middle_of_an_update_leaves_each_object_once(house: House, fault: str) -> None:
    ad_id = standing(house, "Ann", "Bob")
    edit(house, ad_id, budget=money("80.00"), ad_groups=variants("Ann", "Cay"))
    faults = plan_faults(house, fault, ANY_WRITE)
    job_ids = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    house.installed.worker()
    ended = finished(house, job_ids)
    assert {(job.status, job.attempts) for job in ended} == {("completed", 1)}, "a worker's death spends no attempt"
    is_as_the_ad_says(house, ad_id, budget="80", names=["Ann", "Cay"])


@pytest.mark.parametrize("fault", ["cut", "server_error"])
def test_a_platform_that_breaks_during_an_update_is_asked(house: House, fault: str) -> None:
    ad_id = standing(house, "Ann")
    edit(house, ad_id, budget=money("70.00"), ad_groups=variants("Ann", "Bob"))
    plan_faults(house, fault, ANY_WRITE)
    done(house, deploy(house, ad_id))
    is_as_the_ad_says(house, ad_id, budget="70", names=["Ann", "Bob"])


def test_a_worker_killed_during_an_update_that_is_then_taken_back_leaves_what_was_before(house: House) -> None:
    ad_id = standing(house, "Ann", "Bob")
    edit(house, ad_id, budget=money("90.00"), ad_groups=variants("Ann", "Cay"))
    faults = plan_faults(house, "hold", ANY_WRITE)
    job_ids = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.kill(house.installed.workers[-1])
    release(house, faults)
    edit(house, ad_id, budget=money("60.00"), ad_groups=variants("Ann", "Bob"))
    newer = deploy(house, ad_id)
    assert len(newer) == len(Platform)
    assert not set(newer) & set(job_ids)
    house.installed.worker()
    finished(house, [*job_ids, *newer])
    is_as_the_ad_says(house, ad_id, budget="60", names=["Ann", "Bob"])
    ended = [d for d in campaign_queries.history(house.actor, ad_id=ad_id) if d.type is Operation.UPDATE]
    assert sorted((d.error or {}).get("code") or d.status.value for d in ended) == [
        *["completed"] * len(Platform),
        *["superseded"] * len(Platform),
    ]


def test_a_pause_during_an_update_wins_and_the_update_goes_on_below_it(house: House) -> None:
    ad_id = standing(house, "Ann")
    edit(house, ad_id, budget=money("85.00"), ad_groups=variants("Ann", "Bob"))
    faults = plan_faults(house, "hold", ANY_WRITE)
    updating = deploy(house, ad_id)
    all_met(house, faults)
    paused = campaigns.change(house.actor, ad_id=ad_id, operation=Operation.PAUSE).job_ids
    release(house, faults)
    done(house, [*updating, *paused])
    assert {c.status for c in of_ad(house, ad_id)} == {CampaignStatus.PAUSED}
    assert not any(is_live(house, campaign) for campaign in of_ad(house, ad_id))
    is_as_the_ad_says(house, ad_id, budget="85", names=["Ann", "Bob"])
    done(house, campaigns.change(house.actor, ad_id=ad_id, operation=Operation.RESUME).job_ids)
    assert {c.status for c in of_ad(house, ad_id)} == {CampaignStatus.ACTIVE}


def test_a_delete_during_an_update_wins(house: House) -> None:
    ad_id = standing(house, "Ann")
    edit(house, ad_id, budget=money("85.00"), ad_groups=variants("Ann", "Bob"))
    faults = plan_faults(house, "hold", ANY_WRITE)
    updating = deploy(house, ad_id)
    all_met(house, faults)
    deleted = campaigns.change(house.actor, ad_id=ad_id, operation=Operation.DELETE).job_ids
    release(house, faults)
    finished(house, [*updating, *deleted])
    assert of_ad(house, ad_id) == ()
    nothing_is_open(house, ad_id)
    for campaign in campaign_queries.of_ad(house.actor, ad_id=ad_id, with_deleted=True):
        assert not is_live(house, campaign), campaign.platform


def test_two_workers_and_two_deployments_of_one_edit_have_one_effect(house: House) -> None:
    ad_id = standing(house, "Ann")
    edit(house, ad_id, budget=money("65.00"), ad_groups=variants("Ann", "Bob"))
    faults = plan_faults(house, "hold", ANY_WRITE)
    first = deploy(house, ad_id)
    all_met(house, faults)
    house.installed.worker()
    assert deploy(house, ad_id) == first
    release(house, faults)
    done(house, first)
    is_as_the_ad_says(house, ad_id, budget="65", names=["Ann", "Bob"])
    ended = [d for d in campaign_queries.history(house.actor, ad_id=ad_id) if d.type is Operation.UPDATE]
    assert [d.status for d in ended] == [DeploymentStatus.COMPLETED] * len(Platform)


# The first ad of a new ad group: the budget has been changed, and the ad group stands. Google does all in one write.
NEW_AD = {
    Platform.GOOGLE_ADS: r"POST .*googleAds:mutate",
    Platform.FACEBOOK_ADS: r"POST .*/ads$",
    Platform.MICROSOFT_ADS: r"POST .*/Ads$",
    Platform.TIKTOK_ADS: r"POST .*/ad/create/",
}


def _half_way(house: House, ad_id: UUID, *, budget: str, second: str) -> None:
    """An update that adds an ad group, and is refused in the middle of it everywhere."""
    groups = [*variants("Ann"), {**variants(second)[0], "name": "second"}]
    edit(house, ad_id, budget=money(budget), ad_groups=groups)
    for platform, match in NEW_AD.items():
        house.installed.fault(platform.value, match, "token_expired", times=2)
    ended = finished(house, deploy(house, ad_id))
    assert {(job.error or {})["code"] for job in ended} == {"credentials_expired"}
    house.installed.control("faults", method="DELETE")
    for campaign in of_ad(house, ad_id):
        assert campaign.status is CampaignStatus.ACTIVE, "a running campaign runs on"
        assert (campaign.error_message or "").startswith("The change"), campaign.platform
    house.installed.connect(house.actor)


def test_an_update_that_failed_half_way_is_changed_again_and_goes_on(house: House) -> None:
    ad_id = standing(house, "Ann")
    _half_way(house, ad_id, budget="90.00", second="Bob")
    groups = [*variants("Ann"), {**variants("Cay")[0], "name": "second"}, {**variants("Bob")[0], "name": "third"}]
    edit(house, ad_id, budget=money("95.00"), ad_groups=groups)
    done(house, deploy(house, ad_id))
    nothing_is_open(house, ad_id)
    for campaign in of_ad(house, ad_id):
        assert ads_of(house, campaign) == ["ad/main/ann", "ad/second/cay", "ad/third/bob"], campaign.platform
        assert (campaign.status, campaign.error_message) == (CampaignStatus.ACTIVE, None), campaign.platform
    assert deploy(house, ad_id) == ()


def test_an_update_that_failed_half_way_is_taken_back(house: House) -> None:
    ad_id = standing(house, "Ann")
    _half_way(house, ad_id, budget="90.00", second="Bob")
    edit(house, ad_id, budget=money("60.00"), ad_groups=variants("Ann"))
    assert len(deploy(house, ad_id)) >= len(Platform) - 1, "of Google nothing was changed, so nothing may be to do"
    finished(house, deploy(house, ad_id))
    is_as_the_ad_says(house, ad_id, budget="60", names=["Ann"])
