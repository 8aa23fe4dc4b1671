"""The values of a campaign and its deployments, as doors and higher rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.platforms.contract import Loss
from adloom.platforms.types import DeliveryState, Operation, Platform

DeploymentType = Operation  # the specification's `deployment_type` and the adapters' operations are the same words


class CampaignStatus(StrEnum):
    """The specification's `campaign_status`: what was asked for and accepted (delivery_state says what happens)."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    ERROR = "error"
    COMPLETED = "completed"


class DeploymentStatus(StrEnum):
    """The specification's `deployment_status`."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (DeploymentStatus.COMPLETED, DeploymentStatus.FAILED)


class StepState(StrEnum):
    """planned -> sent -> done | uncertain | failed; uncertain -> sent | done once the platform has been asked."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One ad on one platform. `delivery_words` are the platform's."""

    id: UUID
    ad_id: UUID
    client_id: UUID | None
    platform: Platform
    platform_account_id: UUID
    platform_campaign_id: str | None
    name: str
    marker: str
    status: CampaignStatus
    delivery_state: DeliveryState
    delivery_words: str | None
    error_message: str | None
    last_sync_at: datetime | None
    created_at: datetime
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One attempt to change a campaign on its platform, with the steps it took."""

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    job_id: UUID | None
    started_at: datetime
    completed_at: datetime | None
    error: Mapping[str, Any] | None
    steps: tuple[StepView, ...] = ()


@dataclass(frozen=True, slots=True)
class StepView:
    """One outward write. `response` is what the platform said, without secrets."""

    key: str
    kind: str
    state: StepState
    platform_id: str | None
    attempts: int
    sent_at: datetime | None
    finished_at: datetime | None
    response: Mapping[str, Any] | None
    error: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an action has set in motion: the campaigns as they stand, and the jobs that will change them."""

    campaigns: tuple[CampaignView, ...]
    job_ids: tuple[UUID, ...]
    deployment_ids: tuple[UUID, ...]
    losses: Mapping[Platform, tuple[Loss, ...]]
