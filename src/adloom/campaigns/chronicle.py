"""One history of a campaign: what was done from here and what was changed there, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import queries
from adloom.campaigns.types import DeploymentView, DriftView
from adloom.core.actor import Actor
from adloom.db import session as db

# What a deployment changed is told by what was applied before it: the snapshot of the last one that went through.
_SNAPSHOTS = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.spec -> 'ad' AS said,
        (
            SELECT earlier.spec -> 'ad'
            FROM campaign_deployments AS earlier
            WHERE earlier.campaign_id = campaign_deployments.campaign_id
                AND earlier.deployment_type IN ('create', 'update')
                AND earlier.status = 'completed'
                AND earlier.created_at < campaign_deployments.created_at
            ORDER BY earlier.created_at DESC
            LIMIT 1
        ) AS said_before
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    WHERE campaign_deployments.deployment_type = 'update'
        AND (CAST(:campaign_id AS uuid) IS NULL OR campaigns.id = CAST(:campaign_id AS uuid))
        AND (CAST(:ad_id AS uuid) IS NULL OR campaigns.ad_id = CAST(:ad_id AS uuid))
    """
)


@dataclass(frozen=True, slots=True)
class FromTo:
    """A field of the ad that a deployment was to change, by its path."""

    field: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "from": self.before, "to": self.after}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: a deployment with what it was to change, or a drift."""

    at: datetime
    deployment: DeploymentView | None = None
    changes: tuple[FromTo, ...] = ()
    drift: DriftView | None = None

    def as_json(self) -> dict[str, Any]:
        """The entry as API and CLI show it: `what` says which of both it is."""
        if self.drift is not None:
            return {"at": self.at.isoformat(), "what": "drift", "drift": self.drift.as_json(), "deployment": None}
        assert self.deployment is not None
        done = {name: value for name, value in self.deployment.as_json().items() if name != "steps"}
        done["changes"] = [each.as_json() for each in self.changes]
        return {"at": self.at.isoformat(), "what": "deployment", "drift": None, "deployment": done}


def entries(actor: Actor, *, campaign_id: UUID | None = None, ad_id: UUID | None = None) -> tuple[Entry, ...]:
    """All that was done to a campaign (or to an ad's campaigns), from here or there, newest first."""
    deployments = queries.history(actor, campaign_id=campaign_id, ad_id=ad_id)
    drifts = queries.drift_history(actor, campaign_id=campaign_id, ad_id=ad_id)
    with db.reading(actor) as session:
        rows = session.execute(_SNAPSHOTS, {"campaign_id": campaign_id, "ad_id": ad_id})
        said = {row.id: (row.said_before, row.said) for row in rows}
    return merged(deployments, drifts, said)


def merged(
    deployments: Sequence[DeploymentView], drifts: Sequence[DriftView], said: dict[UUID, tuple[Any, Any]]
) -> tuple[Entry, ...]:
    """Deployments and drift in one list; `said` is what the ad said before and after each update. Pure."""
    done = [
        Entry(each.started_at, deployment=each, changes=tuple(_changes(*said.get(each.id, (None, None)))))
        for each in deployments
    ]
    seen = [Entry(each.first_seen_at, drift=each) for each in drifts]
    return tuple(sorted([*done, *seen], key=lambda entry: entry.at, reverse=True))


def _changes(before: Any, after: Any, path: str = "") -> list[FromTo]:
    """The fields of a document that differ, each by its path; lists as a whole."""
    if before == after or (not path and None in (before, after)):
        return []
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [FromTo(path, before, after)]
    names = dict.fromkeys((*before, *after))
    parts = (_changes(before.get(name), after.get(name), f"{path}.{name}".lstrip(".")) for name in names)
    return [each for part in parts for each in part]
