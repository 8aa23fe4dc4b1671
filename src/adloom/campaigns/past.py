"""The changes that an ad's campaigns have had from here, and which of them an undo is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns.types import DeploymentStatus, DeploymentType, Reason
from adloom.core.errors import Conflict, NotFound
from adloom.db.session import ReadSession
from adloom.platforms.types import Platform

_CHANGES = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.campaign_id,
        campaigns.platform,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.status,
        campaign_deployments.reason,
        campaign_deployments.undoes,
        campaign_deployments.spec,
        campaign_deployments.drift,
        campaign_deployments.job_id,
        campaign_deployments.actor_id,
        campaign_deployments.created_at
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    WHERE campaigns.ad_id = :ad_id
    ORDER BY
        campaign_deployments.created_at DESC,
        campaign_deployments.id
    """
)


@dataclass(frozen=True, slots=True)
class Done:
    """A change in an ad's history."""

    id: UUID
    campaign_id: UUID
    platform: Platform
    type: DeploymentType
    status: DeploymentStatus
    reason: Reason | None
    undoes: UUID | None
    spec: Mapping[str, Any]
    drift: Sequence[Mapping[str, Any]]
    job_id: UUID | None
    actor_id: UUID | None
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The change as API and CLI show it."""
        return {
            "deployment_id": str(self.id),
            "campaign_id": str(self.campaign_id),
            "platform": self.platform.value,
            "type": self.type.value,
            "asked_by": str(self.actor_id) if self.actor_id else None,
            "asked_at": self.created_at.isoformat(),
        }


def history(session: ReadSession, ad_id: UUID) -> tuple[Done, ...]:
    """Every change of an ad's campaigns, newest first, whatever became of it."""
    rows = session.execute(_CHANGES, {"ad_id": ad_id}).mappings()
    return tuple(
        Done(
            **{
                **row,
                "platform": Platform(row["platform"]),
                "type": DeploymentType(row["type"]),
                "status": DeploymentStatus(row["status"]),
                "reason": None if row["reason"] is None else Reason(row["reason"]),
                "spec": row["spec"] or {},
                "drift": row["drift"] or (),
            }
        )
        for row in rows
    )


def chosen(changes: Sequence[Done], deployment_id: UUID | None) -> tuple[Done, ...]:
    """The change that is named, else the last one that was no undo, on all platforms that it was made on."""
    if deployment_id is not None:
        named = [each for each in changes if each.id == deployment_id]
        if not named:
            raise NotFound(f"This ad has no deployment {deployment_id}.")
        if named[0].status is not DeploymentStatus.COMPLETED:
            raise Conflict(f"Deployment {deployment_id} was not applied, so there is nothing to undo.")
        return tuple(named)
    applied = [each for each in changes if each.status is DeploymentStatus.COMPLETED and each.reason is not Reason.UNDO]
    if not applied:
        raise Conflict("Nothing of this ad was applied anywhere, so there is nothing to undo.")
    return tuple(_together(applied))


def _together(applied: Sequence[Done]) -> Iterable[Done]:
    """The newest changes of one kind and content, one a platform: they were asked for together.

    What was adopted or put back was so on one platform alone, whatever went to the others before with the same content.
    """
    last, seen = applied[0], set[Platform]()
    if last.reason is not None:
        yield last
        return
    for each in applied:
        is_alike = (
            each.type is last.type
            and each.reason is None
            and (
                each.type in (DeploymentType.PAUSE, DeploymentType.RESUME, DeploymentType.DELETE)
                or each.spec.get("ad") == last.spec.get("ad")
            )
        )
        if not is_alike or each.platform in seen:
            return
        seen.add(each.platform)
        yield each


def undone_by(changes: Sequence[Done], done: Done) -> Done | None:
    """What has taken a change back, or is at it, and was not taken back itself."""
    for each in changes:
        takes_back = each.undoes == done.id and each.status is not DeploymentStatus.FAILED
        if takes_back and undone_by(changes, each) is None:
            return each
    return None


def applied_before(changes: Sequence[Done], done: Done) -> Mapping[str, Any] | None:
    """What was applied as a whole, last before a change."""
    whole = (DeploymentType.CREATE, DeploymentType.UPDATE)
    for each in changes:
        is_earlier = each.campaign_id == done.campaign_id and each.created_at < done.created_at
        if is_earlier and each.type in whole and each.status is DeploymentStatus.COMPLETED:
            return each.spec
    return None
