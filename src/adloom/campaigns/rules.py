"""What a campaign's state allows, and what its status becomes. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from adloom.ads.types import AdStatus
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus, DeploymentType, Doubt, Word
from adloom.connections.types import AccountStatus, AccountView
from adloom.core.errors import FieldError
from adloom.platforms.types import DeliveryState, RemoteStatus

#: After this long a platform finds what it took, as far as we know.
INDEXED_WITHIN = timedelta(seconds=3)


def is_wanted(campaign: CampaignView, operation: DeploymentType, *, last: Word | None = None) -> bool:
    """Whether the operation would change anything: pausing what is paused, or is being paused, does not.

    `last` is what was asked for last. What is being deleted is only deleted; what was never whole is not resumed.
    """
    if campaign.deleted_at is not None:
        return False
    match operation:
        case DeploymentType.CREATE:
            return campaign.status in (CampaignStatus.PENDING, CampaignStatus.ERROR)
        case DeploymentType.UPDATE | DeploymentType.DELETE:
            return True
        case DeploymentType.PAUSE:
            return not is_being_deleted(last) and not _holds(campaign, operation, last)
        case DeploymentType.RESUME:
            is_whole = campaign.status is not CampaignStatus.ERROR
            return is_whole and not is_being_deleted(last) and not _holds(campaign, operation, last)
        case _:
            assert_never(operation)


def is_being_deleted(last: Word | None) -> bool:
    """Whether a delete is under way."""
    return last is not None and last.type is DeploymentType.DELETE and not last.status.is_final


def may_go_live(last: Word | None) -> bool:
    """Whether a campaign may be let deliver: not where it was to be paused or deleted since."""
    return last is None or last.type not in (DeploymentType.PAUSE, DeploymentType.DELETE)


def what_is_left(message: str, *, done: int) -> str:
    """What a campaign says after an update has failed for good; `done` counts its steps that went through."""
    if not done:
        return f"The change did not go through. {message}"
    steps = "1 step of it was" if done == 1 else f"{done} steps of it were"
    return f"The change went half-way: {steps} done. Deploy again to go on, or take the edit back and deploy. {message}"


def gives_way(last: Word | None) -> bool:
    """Whether an update waits: a pause that was asked for is done first, however long the update takes."""
    return last is not None and last.type is DeploymentType.PAUSE and not last.status.is_final


def believes(doubt: Doubt, *, deadline: timedelta) -> timedelta:
    """How much longer "not found" is not believed after an attempt that ended without an answer.

    Platforms index late, by a few seconds. One that left us without an answer for a minute may be as slow again.
    """
    return min(max(doubt.lasted, INDEXED_WITHIN), deadline) - doubt.quiet_for


def account_errors(account: AccountView, *, ad_client_id: UUID | None) -> tuple[FieldError, ...]:
    """What speaks against spending this account's money on an ad of this client (None: the owner's own)."""
    field = f"platforms.{account.platform.value}.account"
    errors = []
    if account.client_id is not None and account.client_id != ad_client_id:
        rule = f"the ad account {account.external_id} belongs to another client."
        errors.append(FieldError(field, rule, "Name an account of the ad's own client, or a shared one."))
    if account.status == AccountStatus.DISCONNECTED:
        fix = f"Connect it: adloom connect {account.platform.value} --account {account.external_id}"
        errors.append(FieldError(field, f"the ad account {account.external_id} is disconnected.", fix))
    if account.status == AccountStatus.CHANGED:
        rule = f"the ad account {account.external_id} has another currency or time zone now than when it was connected."
        errors.append(FieldError(field, rule, "Set it back at the platform, or use another account."))
    return tuple(errors)


def _holds(campaign: CampaignView, operation: DeploymentType, last: Word | None) -> bool:
    """Whether the campaign stands as a pause or resume would make it, and nothing under way changes that."""
    wanted, other = CampaignStatus.PAUSED, CampaignStatus.ACTIVE
    if operation is DeploymentType.RESUME:
        wanted, other = other, wanted
    if last is None:
        return campaign.status is wanted
    if not last.status.is_final:
        return False
    if last.type is operation:
        return last.status is DeploymentStatus.COMPLETED and campaign.status is not other
    return campaign.status is wanted


def status_after(operation: DeploymentType, *, desired: RemoteStatus) -> CampaignStatus | None:
    """The campaign's status once the operation is done; `desired` is what it was left as by a creation.

    None after an update, which neither pauses nor resumes.
    """
    match operation:
        case DeploymentType.UPDATE:
            return None
        case DeploymentType.CREATE:
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
