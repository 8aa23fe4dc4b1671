"""The values of a platform's own verdict on a plan: whether it was asked, and what it said. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.platforms.verdicts import Manner


class CheckStatus(StrEnum):
    """`platform_check` of a plan: asked and not answered yet, answered, or without a verdict for a reason."""

    PENDING = "pending"
    DONE = "done"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Check:
    """What became of asking one platform. `reason` says why there is no verdict, empty where there is one.

    `objections` and `unjudged` are as `Objection` and `Unjudged` write themselves. `job_id` is the job that asks.
    """

    status: CheckStatus
    reason: str = ""
    manner: Manner | None = None
    objections: Sequence[Mapping[str, Any]] = ()
    unjudged: Sequence[Mapping[str, Any]] = ()
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    id: UUID | None = None
    job_id: UUID | None = None

    @property
    def was_asked(self) -> bool:
        return self.id is not None

    def as_json(self) -> dict[str, Any]:
        """The check as it stands in a plan: its status, and `verdict` with all the rest."""
        return {
            "platform_check": self.status.value,
            "verdict": {
                "id": None if self.id is None else str(self.id),
                "reason": self.reason or None,
                "manner": None if self.manner is None else self.manner.value,
                "errors": [dict(each) for each in self.objections],
                "unjudged": [dict(each) for each in self.unjudged],
                "asked_at": None if self.asked_at is None else self.asked_at.isoformat(),
                "answered_at": None if self.answered_at is None else self.answered_at.isoformat(),
                "job_id": None if self.job_id is None else str(self.job_id),
            },
        }


def unasked(reason: str) -> Check:
    """A platform that was not asked, and why."""
    return Check(CheckStatus.UNAVAILABLE, reason)


NOT_ASKED = unasked("The platform was not asked about this plan.")
NOTHING_TO_ASK = unasked("There is nothing to ask the platform about.")
TO_BE_MENDED = unasked("The platform is asked once what is wrong here is mended.")
