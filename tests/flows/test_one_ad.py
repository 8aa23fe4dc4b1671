"""The path of one ad: written once, deployed to four platforms, measured, paused, deleted, and deployed anew.

Read it beside ads/actions.py, campaigns/actions.py, campaigns/tasks.py, campaigns/apply.py, platforms/contract.py,
metrics/tasks.py and reports/tasks.py: that is the whole way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests import installation
from tests.housing import House
from tests.installation import Installation

from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries as campaign_queries
from adloom.campaigns.types import CampaignStatus, CampaignView, Change, StepState
from adloom.core.actor import Actor
from adloom.metrics import actions as metric_actions
from adloom.metrics import queries as metrics
from adloom.metrics.types import By
from adloom.platforms.types import DeliveryState, Operation, Platform
from adloom.reports import actions as reports

ALWAYS = (date(2020, 1, 1), date(2100, 1, 1))


def done(actor: Actor, job_ids: Iterable[UUID]) -> None:
    for job_id in job_ids:
        job = installation.finished(actor, job_id)
        assert job.status == "completed", job.error


def deploy(house: House, ad_id: UUID) -> Change:
    change = campaigns.deploy(house.actor, ad_id=ad_id, accept_losses=True)
    done(house.actor, change.job_ids)
    return change


def of_ad(house: House, ad_id: UUID) -> tuple[CampaignView, ...]:
    return campaign_queries.of_ad(house.actor, ad_id=ad_id)


def remote_campaigns(installed: Installation, ours: Iterable[CampaignView]) -> list[tuple[str, str]]:
    """What the sandbox holds under our campaigns' markers, by platform and the platform's id."""
    return sorted(
        (campaign.platform.value, item["id"])
        for campaign in ours
        for item in installed.objects(campaign.platform.value)
        if item["type"].lower() == "campaign" and campaign.marker in item["name"]
    )


def known_campaigns(ours: Iterable[CampaignView]) -> list[tuple[str, str]]:
    """The same as our rows have it."""
    return sorted((campaign.platform.value, campaign.platform_campaign_id or "") for campaign in ours)


def test_one_ad_goes_to_four_platforms_and_its_numbers_come_back(house: House) -> None:
    ad_id = house.ad()
    deploy(house, ad_id)
    stands = of_ad(house, ad_id)
    assert {c.platform: c.status for c in stands} == dict.fromkeys(Platform, CampaignStatus.ACTIVE)
    assert remote_campaigns(house.installed, stands) == known_campaigns(stands)

    house.installed.pass_time("P60D")
    done(house.actor, [*campaigns.sync(house.actor, ad_id=ad_id), *metric_actions.sync(house.actor)])

    assert {c.delivery_state for c in of_ad(house, ad_id)} == {DeliveryState.ACTIVE}
    assert held(house.actor) == ledger(house.installed)
    report_id = reports.create(house.actor, name="Everything")
    making = reports.run(house.actor, report_id=report_id)
    done(house.actor, [making.job_id])
    assert reports.read(house.actor, instance_id=making.instance_id).startswith(b"%PDF-")


def test_a_second_deploy_of_the_same_ad_changes_nothing(house: House) -> None:
    ad_id = house.ad()
    first = deploy(house, ad_id)
    second = deploy(house, ad_id)
    assert second.job_ids == ()
    assert [c.id for c in second.campaigns] == [c.id for c in first.campaigns]
    stands = of_ad(house, ad_id)
    assert remote_campaigns(house.installed, stands) == known_campaigns(stands)
    history = campaign_queries.history(house.actor, ad_id=ad_id)
    assert {d.status.value for d in history} == {"completed"}
    assert all(d.steps and {s.state for s in d.steps} == {StepState.DONE} for d in history)


def test_pausing_resuming_and_deleting_twice_is_as_once_and_a_deleted_ad_can_be_deployed_anew(house: House) -> None:
    ad_id = house.ad()
    deploy(house, ad_id)
    for operation, status in (
        (Operation.PAUSE, CampaignStatus.PAUSED),
        (Operation.RESUME, CampaignStatus.ACTIVE),
        (Operation.DELETE, CampaignStatus.COMPLETED),
    ):
        done(house.actor, campaigns.change(house.actor, ad_id=ad_id, operation=operation).job_ids)
        assert campaigns.change(house.actor, ad_id=ad_id, operation=operation).job_ids == ()
        found = campaign_queries.of_ad(house.actor, ad_id=ad_id, with_deleted=True)
        assert {c.status for c in found} == {status}
    assert {c.delivery_state for c in found} == {DeliveryState.DELETED}

    again = deploy(house, ad_id)
    assert len(again.campaigns) == len(Platform)
    everything = campaign_queries.of_ad(house.actor, ad_id=ad_id, with_deleted=True)
    assert len({c.marker for c in everything}) == 2 * len(Platform)
    assert {c.status for c in of_ad(house, ad_id)} == {CampaignStatus.ACTIVE}


def held(actor: Actor) -> list[dict[str, Any]]:
    """What Adloom holds, by platform, campaign and day; days without anything are left out on both sides."""
    rows = metrics.show(actor, since=ALWAYS[0], until=ALWAYS[1], by=(By.PLATFORM, By.CAMPAIGN, By.DAY))
    return sorted(
        (
            {
                "platform": row.platform,
                "campaign_id": row.campaign.platform_campaign_id if row.campaign else None,
                "date": str(row.date),
                "impressions": row.impressions,
                "clicks": row.clicks,
                "conversions": row.conversions,
                "conversion_value": row.conversion_value,
                "spend": row.spend,
                "currency": row.currency,
            }
            for row in rows
        ),
        key=lambda row: (row["platform"], row["campaign_id"], row["date"]),
    )


def ledger(installed: Installation) -> list[dict[str, Any]]:
    """The same from the sandbox's own truth."""
    rows = installed.control("ledger?grain=day")["delivery"]
    return sorted(
        (
            {
                "platform": row["platform"],
                "campaign_id": row["campaign_id"],
                "date": row["date"],
                "impressions": row["impressions"],
                "clicks": row["clicks"],
                "conversions": _decimal(row["conversions"]),
                "conversion_value": _decimal(row["conversion_value"]),
                "spend": _decimal(row["spend"]),
                "currency": row["currency"],
            }
            for row in rows
        ),
        key=lambda row: (row["platform"], row["campaign_id"], row["date"]),
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
