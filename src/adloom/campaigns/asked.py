"""The values of a deployment: what was asked for and on which terms, and what an update may have left half-way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, OnFailure, Reason
from adloom.platforms.types import Platform

#: How a deployment ends that gave way to a later one.
SUPERSEDED: Mapping[str, Any] = {
    "code": "superseded",
    "message": "Something else was asked for since, and was done instead.",
}


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment's row with what its campaign's row adds: all that applying needs."""

    id: UUID
    campaign_id: UUID
    ad_id: UUID
    client_id: UUID | None
    actor_id: UUID | None
    platform: Platform
    platform_account_id: UUID
    platform_campaign_id: str | None
    campaign_status: CampaignStatus
    is_campaign_deleted: bool
    type: DeploymentType
    status: DeploymentStatus
    generation: int
    spec: Mapping[str, Any]
    created_at: datetime
    ad_client_id: UUID | None
    confirmed: Sequence[str]
    plan: Mapping[str, Any] | None
    on_failure: OnFailure
    planned_by: UUID | None
    reason: Reason | None
    drift: Sequence[Mapping[str, Any]] | None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person tied a deployment to: the sentences they said, and what the plan that they named was made of.

    `on_failure` None leaves it as it was, or is the default; `decided` are platform ids of surplus objects.
    `planned_by` is who planned it, where another person had to apply it.
    `reason` is what it is for beside the ad itself; `drift` is what it adopts or puts back, `undoes` what it undoes.
    """

    confirmed: Sequence[str] = ()
    plan: Mapping[str, Any] | None = None
    on_failure: OnFailure | None = None
    decided: Mapping[str, Sequence[str]] | None = None
    planned_by: UUID | None = None
    reason: Reason | None = None
    undoes: UUID | None = None
    drift: Sequence[Mapping[str, Any]] | None = None


NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class HalfWay:
    """An update that may have landed in part. `is_in_doubt`: nobody knows yet of one of its steps."""

    id: UUID
    spec: Mapping[str, Any]
    is_in_doubt: bool
