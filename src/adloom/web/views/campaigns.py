"""The list of campaigns: every ad on every platform, deleted ones included. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adloom.campaigns.types import CampaignStatus, CampaignView
from adloom.platforms.types import DeliveryState
from adloom.reports.words import NOTHING
from adloom.web import words
from adloom.web.words import Badge, Choice, PlatformName


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign."""

    url: str
    name: str
    platform: PlatformName
    status: Badge
    delivery: Badge
    said: str
    reasons: tuple[str, ...]
    remote_id: str
    problem: str
    seen: str
    made: str


def rows(campaigns: Sequence[CampaignView]) -> tuple[Row, ...]:
    """The campaigns as rows."""
    return tuple(_row(campaign) for campaign in campaigns)


def choices(current: CampaignStatus | None) -> tuple[Choice, ...]:
    """All of them, and each status."""
    return (
        Choice("All", "/campaigns", current is None),
        *(
            Choice(words.campaign(status).label, f"/campaigns?status={status.value}", current is status)
            for status in CampaignStatus
        ),
    )


def _row(campaign: CampaignView) -> Row:
    delivery = campaign.delivery_state if campaign.deleted_at is None else DeliveryState.DELETED
    return Row(
        url=f"/ads/{campaign.ad_id}",
        name=campaign.name,
        platform=words.platform(campaign.platform),
        status=words.campaign(campaign.status),
        delivery=words.delivery(delivery),
        said=campaign.delivery_words or "",
        reasons=campaign.reasons,
        remote_id=campaign.platform_campaign_id or NOTHING,
        problem=campaign.error_message or "",
        seen=words.moment(campaign.last_sync_at),
        made=words.moment(campaign.created_at),
    )
