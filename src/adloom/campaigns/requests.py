"""The values of a plan that waits for a second person to apply it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Asked(StrEnum):
    """What a second person has to apply: what lets money flow, or more of it."""

    DEPLOY = "deploy"
    RESUME = "resume"
    UNDO = "undo"
    PUT_BACK = "put_back"


@dataclass(frozen=True, slots=True)
class Beside:
    """What would be done beside the ad itself, an undo or a putting back: its plan as it is shown, and its name.

    `again` is what asks for exactly this at the command line, after the ad's id; the plan is kept with it.
    """

    operation: Asked
    fingerprint: str
    plan: Mapping[str, Any]
    again: str

    @property
    def about(self) -> tuple[Any, ...]:
        """Which changes, or what that was changed there: two plans may be alike and be about something else."""
        return about(self.plan)


def about(plan: Mapping[str, Any]) -> tuple[Any, ...]:
    """The same of a plan that was kept."""
    undone = sorted(each["deployment_id"] for each in plan.get("undoes", ()))
    taken = sorted(each["id"] for each in plan.get("taken", ()))
    return plan.get("campaign_id"), undone, taken


class Wait(StrEnum):
    """What a person has to wait for before they do something: nothing, that they ask, or that another one does it."""

    NONE = "none"
    TO_ASK = "to_ask"
    FOR_ANOTHER = "for_another"


class RequestStatus(StrEnum):
    """requested -> applied, or replaced by a request for another plan."""

    REQUESTED = "requested"
    APPLIED = "applied"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A plan that a person made for another one to apply. `is_stale`: another plan would be made now.

    People are given by id, and by e-mail where they still have an account.
    """

    id: UUID
    ad_id: UUID
    operation: Asked
    status: RequestStatus
    fingerprint: str
    requested_by: UUID
    requester: str | None
    requested_at: datetime
    applied_by: UUID | None
    applier: str | None
    applied_at: datetime | None
    plan: Mapping[str, Any]
    is_stale: bool = False

    def as_json(self) -> dict[str, Any]:
        """The request as API and CLI show it."""
        return {
            "id": str(self.id),
            "ad_id": str(self.ad_id),
            "operation": self.operation.value,
            "status": self.status.value,
            "fingerprint": self.fingerprint,
            "requested_by": str(self.requested_by),
            "requester": self.requester,
            "requested_at": self.requested_at.isoformat(),
            "applied_by": None if self.applied_by is None else str(self.applied_by),
            "applier": self.applier,
            "applied_at": None if self.applied_at is None else self.applied_at.isoformat(),
            "is_stale": self.is_stale,
            "plan": dict(self.plan),
        }
