"""A change of an ad that was queued, followed to its end, and how the ad's campaigns stand then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from adloom.cli import session

if TYPE_CHECKING:
    from adloom.campaigns.types import CampaignView, Change
    from adloom.core.actor import Actor


def finish(actor: Actor, change: Change, ad_id: UUID, *, what: str, no_wait: bool, as_json: bool) -> None:
    """Waits for what was queued, and shows how the ad's campaigns stand then; or shows what was queued."""
    from adloom.campaigns import queries as campaigns
    from adloom.cli.failure import JobFailed

    if no_wait:
        queued = {
            "job_ids": [str(i) for i in change.job_ids],
            "deployment_ids": [str(i) for i in change.deployment_ids],
        }
        session.answer(queued, as_json=as_json, human=lambda: print("\n".join(queued["job_ids"])))
        return
    touched = {campaign.id for campaign in change.campaigns}

    def stands() -> list[CampaignView]:
        return [c for c in campaigns.of_ad(actor, ad_id=ad_id, with_deleted=True) if c.id in touched]

    try:
        session.follow(actor, change.job_ids, what=what)
    except JobFailed as failed:
        failed.beside = campaigns_json(stands())
        if not as_json:
            print_campaigns("", stands())
            print(f"Go on: adloom ad deploy {ad_id}; remove what is unfinished: adloom ad delete {ad_id} --unfinished")
        raise
    found = stands()
    session.answer(campaigns_json(found), as_json=as_json, human=lambda: print_campaigns("", found))


def campaigns_json(stands: Sequence[CampaignView]) -> dict[str, Any]:
    """How campaigns stand, for programs."""
    return {
        "campaigns": [
            {
                "id": str(campaign.id),
                "platform": campaign.platform.value,
                "status": campaign.status.value,
                "platform_campaign_id": campaign.platform_campaign_id,
                "delivery_state": campaign.delivery_state.value,
                "reasons": list(campaign.reasons),
                "error": campaign.error_message,
            }
            for campaign in stands
        ]
    }


def print_campaigns(title: str, stands: Sequence[CampaignView]) -> None:
    """How campaigns stand, for people."""
    columns = ("Platform", "Status", "Delivery", "Campaign", "On the platform")
    rows = [
        (
            c.platform.value,
            c.status.value,
            c.delivery_state.value,
            c.name,
            c.platform_campaign_id or c.error_message,
        )
        for c in stands
    ]
    session.table(title, columns, rows)
