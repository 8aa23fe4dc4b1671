"""What a campaign's state allows, and what its status becomes. Pure."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from adloom.ads.types import AdStatus
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentType
from adloom.platforms.types import DeliveryState, RemoteStatus


def is_wanted(campaign: CampaignView, operation: DeploymentType) -> bool:
    """Whether the operation would change anything: pausing what is paused does not."""
    match operation:
        case DeploymentType.CREATE:
            return campaign.status in (CampaignStatus.PENDING, CampaignStatus.ERROR)
        case DeploymentType.UPDATE:
            return campaign.deleted_at is None
        case DeploymentType.PAUSE:
            return campaign.deleted_at is None and campaign.status is not CampaignStatus.PAUSED
        case DeploymentType.RESUME:
            return campaign.deleted_at is None and campaign.status is not CampaignStatus.ACTIVE
        case DeploymentType.DELETE:
            return campaign.deleted_at is None
        case _:
            assert_never(operation)


def status_after(operation: DeploymentType, *, desired: RemoteStatus) -> CampaignStatus:
    """The campaign's status once the operation is done."""
    match operation:
        case DeploymentType.CREATE | DeploymentType.UPDATE:
            return CampaignStatus.ACTIVE if desired is RemoteStatus.ACTIVE else CampaignStatus.PAUSED
        case DeploymentType.PAUSE:
            return CampaignStatus.PAUSED
        case DeploymentType.RESUME:
            return CampaignStatus.ACTIVE
        case DeploymentType.DELETE:
            return CampaignStatus.COMPLETED
        case _:
            assert_never(operation)


def status_observed(status: RemoteStatus, *, delivery: DeliveryState) -> CampaignStatus:
    """The campaign's status from what the platform shows: an ended or deleted campaign is completed."""
    if status is RemoteStatus.DELETED or delivery is DeliveryState.ENDED:
        return CampaignStatus.COMPLETED
    return CampaignStatus.ACTIVE if status is RemoteStatus.ACTIVE else CampaignStatus.PAUSED


def ad_status(campaigns: Collection[CampaignStatus]) -> AdStatus:
    """An ad's status from those of its campaigns that are not deleted: the liveliest decides."""
    for status, ad in _AD_STATUS:
        if status in campaigns:
            return ad
    return AdStatus.DRAFT


_AD_STATUS = (
    (CampaignStatus.ACTIVE, AdStatus.ACTIVE),
    (CampaignStatus.PAUSED, AdStatus.PAUSED),
    (CampaignStatus.PENDING, AdStatus.PAUSED),  # something of it may stand already: it is no draft any more
    (CampaignStatus.ERROR, AdStatus.PAUSED),
    (CampaignStatus.COMPLETED, AdStatus.COMPLETED),
)
