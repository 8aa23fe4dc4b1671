"""The worker's look at whether what stands is what was applied. Compares only where it is known what was applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import deployments, drifts, objects, rules, specs, store
from adloom.campaigns.types import DeploymentStatus, DeploymentType
from adloom.connections.types import AccountView
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.session import Session
from adloom.platforms import registry
from adloom.platforms.changes import Drift, DriftKind
from adloom.platforms.contract import Connection, Observation
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.types import DeliveryState, RemoteStatus

# A comparison costs a few reads, so nobody makes one with every sync; a person who asks gets one. Right after a write
# lists may lag behind it.
_DUE = text(
    """
    SELECT
        (:is_asked OR drift_checked_at IS NULL OR drift_checked_at < clock_timestamp() - INTERVAL '50 minutes')
        AND NOT EXISTS (
            SELECT
            FROM campaign_deployments
            WHERE campaign_deployments.campaign_id = campaigns.id
                AND (
                    campaign_deployments.status IN ('pending', 'in_progress')
                    OR campaign_deployments.completed_at > clock_timestamp() - CAST(:settles_within AS interval)
                )
        )
    FROM campaigns
    WHERE id = :id
        AND deleted_at IS NULL
    """
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a campaign shall be: the spec that was applied last, as it was last switched, and what stands under it."""

    spec: CampaignSpec
    ids: Mapping[str, str]


def watch(
    actor: Actor,
    connection: Connection,
    *,
    campaign_id: UUID,
    account: AccountView,
    seen: Observation,
    is_asked: bool,
) -> None:
    """Compares what stands with what was applied, where that is due, and keeps what differs."""
    if seen.delivery is DeliveryState.DELETED:
        _vanished(actor, campaign_id)
        return
    with db.transaction(actor) as session:
        applied = _applied(session, campaign_id, account, seen, is_asked=is_asked)
    if applied is None:
        return
    found = registry.adapter(account.platform).drift(connection, spec=applied.spec, ids=applied.ids)
    with db.transaction(actor) as session:
        drifts.seen(session, user_id=actor.tenant_id, campaign_id=campaign_id, found=found)


def _vanished(actor: Actor, campaign_id: UUID) -> None:
    """The campaign is gone: by us, or by somebody there."""
    with db.transaction(actor) as session:
        last = deployments.word(session, campaign_id)
        is_ours = last is not None and last.type is DeploymentType.DELETE
        if not is_ours and store.applied_spec(session, campaign_id) is not None:
            gone = (Drift("campaign", DriftKind.GONE),)
            drifts.seen(session, user_id=actor.tenant_id, campaign_id=campaign_id, found=gone)


def _applied(
    session: Session, campaign_id: UUID, account: AccountView, seen: Observation, *, is_asked: bool
) -> Applied | None:
    """None where it is not due, or where nobody can say what stands: a change is under way, or went half-way."""
    values = {"id": campaign_id, "is_asked": is_asked, "settles_within": rules.INDEXED_WITHIN}
    snapshot = store.applied_spec(session, campaign_id)
    if not session.execute(_DUE, values).scalar() or snapshot is None or deployments.half_way(session, campaign_id):
        return None
    ids = objects.known_ids(session, campaign_id=campaign_id)
    if "campaign" not in ids:
        return None
    spec = specs.resolved(session, snapshot, account=account, campaign_id=campaign_id)
    wanted = _switched(session, campaign_id) or seen.status
    return Applied(replace(spec, desired_status=wanted), ids)


def _switched(session: Session, campaign_id: UUID) -> RemoteStatus | None:
    """What the campaign was switched to last; None where that did not go through."""
    last = deployments.word(session, campaign_id)
    if last is None or last.status is not DeploymentStatus.COMPLETED:
        return None
    if last.type is DeploymentType.CREATE:
        made = deployments.last_spec(session, campaign_id) or {}
        is_live = (made.get("ad") or {}).get("desired_status") == "ACTIVE"
        return RemoteStatus.ACTIVE if is_live else RemoteStatus.PAUSED
    return RemoteStatus.ACTIVE if last.type is DeploymentType.RESUME else RemoteStatus.PAUSED
