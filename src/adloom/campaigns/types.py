"""The values of a campaign and its deployments, as doors and higher rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.core.errors import Conflict
from adloom.platforms.changes import Drift
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


class OnFailure(StrEnum):
    """What becomes of a creation that has failed for good: it stays, paused, to be completed; or it is removed."""

    COMPLETE = "complete"
    REMOVE = "remove"


class Duplicates(StrEnum):
    """What a person says of objects that carry the marker and are not ours: leave them be, or delete them."""

    KEEP = "keep"
    REMOVE = "remove"


class Doubled(Conflict):
    """More than one of something stands at the platform under a campaign's marker: a person decides."""

    code = "duplicates"


class Reason(StrEnum):
    """What a deployment is for, where it is not what the ad says now."""

    ADOPT = "adopt"
    PUT_BACK = "put_back"
    UNDO = "undo"


class Decision(StrEnum):
    """What a person decided about something that was changed on the platform."""

    ADOPTED = "adopted"
    PUT_BACK = "put_back"


class StepState(StrEnum):
    """planned -> sent -> done | uncertain | failed; uncertain -> sent | done once the platform has been asked."""

    PLANNED = "planned"
    SENT = "sent"
    DONE = "done"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One ad on one platform. `delivery_words` are the platform's, `reasons` its explanations, in its words."""

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
    reasons: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The campaign as API and CLI show it."""
        return {
            "id": str(self.id),
            "ad_id": str(self.ad_id),
            "platform": self.platform.value,
            "platform_account_id": str(self.platform_account_id),
            "platform_campaign_id": self.platform_campaign_id,
            "name": self.name,
            "marker": self.marker,
            "status": self.status.value,
            "delivery_state": self.delivery_state.value,
            "delivery_words": self.delivery_words,
            "reasons": list(self.reasons),
            "error": self.error_message,
            "last_sync_at": _iso(self.last_sync_at),
            "created_at": _iso(self.created_at),
            "deleted_at": _iso(self.deleted_at),
        }


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign that delivers, or may soon; `platform_campaign_id` is None before it stands there."""

    id: UUID
    name: str
    platform_campaign_id: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which campaigns a stop is about: all that the actor may see, one client's, or those of some ad accounts.

    `everyone` is every tenant of the installation; only an administrator may say it.
    """

    client_id: UUID | None = None
    account_ids: tuple[UUID, ...] | None = None
    everyone: bool = False

    def values(self) -> dict[str, Any]:
        """What a statement is narrowed by; None where it is not."""
        accounts = None if self.account_ids is None else list(self.account_ids)
        return {"client_id": self.client_id, "account_ids": accounts}


@dataclass(frozen=True, slots=True)
class Named:
    """Something by its name, for people, and its id, for programs."""

    id: UUID
    name: str

    def as_json(self) -> dict[str, Any]:
        return {"id": str(self.id), "name": self.name}


@dataclass(frozen=True, slots=True)
class Stopped:
    """A campaign that stands paused, so many seconds after the stop was asked for, or is deleted."""

    campaign: Named
    ad: Named
    platform: Platform
    platform_campaign_id: str | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The campaign as API and CLI show it."""
        return {**_stood(self), "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class NotStopped:
    """A campaign that may still deliver: why, in the platform's words where it had some, and what to do about it."""

    campaign: Named
    ad: Named
    platform: Platform
    platform_campaign_id: str | None
    reason: str
    cure: str

    def as_json(self) -> dict[str, Any]:
        """The campaign as API and CLI show it."""
        return {**_stood(self), "reason": self.reason, "cure": self.cure}


@dataclass(frozen=True, slots=True)
class ObjectView:
    """A remote object of a campaign. `key` and `parent` are ours, `seen` is the platform's word when it was last seen.

    `seen` is None where the platform tells nothing of its own about such an object, or shows it no more.
    """

    campaign_id: UUID
    key: str
    kind: str
    platform_id: str | None
    parent: str | None
    seen: str | None
    created_at: datetime
    deleted_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The object as API and CLI show it."""
        return {
            "key": self.key,
            "kind": self.kind,
            "platform_id": self.platform_id,
            "parent": self.parent,
            "seen": self.seen,
            "created_at": _iso(self.created_at),
            "deleted_at": _iso(self.deleted_at),
        }


@dataclass(frozen=True, slots=True)
class DriftView:
    """Something that was changed on the platform itself: what was applied and what stands, since when it is seen.

    `decision` is what was decided about it, by `decided_by`; `ended_at` is since when it stands no more.
    """

    id: UUID
    campaign_id: UUID
    platform: Platform
    drift: Drift
    first_seen_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    decision: Decision | None
    decided_by: UUID | None
    decided_at: datetime | None
    deployment_id: UUID | None

    def as_json(self) -> dict[str, Any]:
        """The drift as API and CLI show it."""
        return {
            "id": str(self.id),
            "campaign_id": str(self.campaign_id),
            "platform": self.platform.value,
            "object": self.drift.object,
            "kind": self.drift.kind.value,
            "field": self.drift.field,
            "ours": self.drift.ours,
            "theirs": self.drift.theirs,
            "first_seen_at": _iso(self.first_seen_at),
            "last_seen_at": _iso(self.last_seen_at),
            "ended_at": _iso(self.ended_at),
            "decision": None if self.decision is None else self.decision.value,
            "decided_by": str(self.decided_by) if self.decided_by else None,
            "decided_at": _iso(self.decided_at),
            "deployment_id": str(self.deployment_id) if self.deployment_id else None,
        }


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One attempt to change a campaign on its platform, with the steps it took.

    `surplus` is what stood there under the marker beside what is ours, where it stopped for that.
    `actor_id` is who asked for it (None: nobody, or a person who is gone), `undoes` the deployment that it took back.
    """

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    job_id: UUID | None
    started_at: datetime
    completed_at: datetime | None
    error: Mapping[str, Any] | None
    on_failure: OnFailure
    surplus: tuple[Mapping[str, Any], ...]
    actor_id: UUID | None = None
    reason: Reason | None = None
    undoes: UUID | None = None
    steps: tuple[StepView, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The deployment as API and CLI show it, with its steps."""
        return {
            "id": str(self.id),
            "campaign_id": str(self.campaign_id),
            "platform": self.platform.value,
            "type": self.type.value,
            "status": self.status.value,
            "job_id": str(self.job_id) if self.job_id else None,
            "started_at": _iso(self.started_at),
            "completed_at": _iso(self.completed_at),
            "error": dict(self.error) if self.error else None,
            "on_failure": self.on_failure.value,
            "surplus": [dict(each) for each in self.surplus],
            "actor_id": str(self.actor_id) if self.actor_id else None,
            "reason": None if self.reason is None else self.reason.value,
            "undoes": str(self.undoes) if self.undoes else None,
            "steps": [step.as_json() for step in self.steps],
        }


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

    def as_json(self) -> dict[str, Any]:
        """The step as API and CLI show it."""
        return {
            "key": self.key,
            "kind": self.kind,
            "state": self.state.value,
            "platform_id": self.platform_id,
            "attempts": self.attempts,
            "sent_at": _iso(self.sent_at),
            "finished_at": _iso(self.finished_at),
            "response": dict(self.response) if self.response else None,
            "error": dict(self.error) if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class Word:
    """What was asked for last, and what became of it."""

    type: DeploymentType
    status: DeploymentStatus


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt that may have landed. `age` is how long ago it was sent.

    `is_open`: nobody saw its end, and `sent_by` may be sending it still. Otherwise it ended without an answer, and
    `quiet_for` is how long that is ago, `lasted` how long it had been waited for.
    """

    is_open: bool
    age: timedelta
    quiet_for: timedelta
    lasted: timedelta
    sent_by: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What an action has set in motion: the campaigns as they stand, and the jobs that will change them."""

    campaigns: tuple[CampaignView, ...]
    job_ids: tuple[UUID, ...]
    deployment_ids: tuple[UUID, ...]
    losses: Mapping[Platform, tuple[Loss, ...]]


def _stood(each: Stopped | NotStopped) -> dict[str, Any]:
    return {
        "campaign": each.campaign.as_json(),
        "ad": each.ad.as_json(),
        "platform": each.platform.value,
        "platform_campaign_id": each.platform_campaign_id,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
