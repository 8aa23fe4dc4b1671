"""Campaign and deployment rows: found, made, moved on. Every function joins the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text

from adloom.ads import actions as ads
from adloom.campaigns import rules
from adloom.campaigns.types import CampaignStatus, CampaignView, DeploymentStatus, DeploymentType
from adloom.core import ids
from adloom.db.session import Session
from adloom.platforms.contract import Observation
from adloom.platforms.types import DeliveryState, Platform

COLUMNS = """
    id,
    ad_id,
    client_id,
    platform,
    platform_account_id,
    platform_campaign_id,
    campaign_name AS name,
    marker,
    status,
    delivery_state,
    delivery_words,
    error_message,
    last_sync_at,
    created_at,
    deleted_at
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment's row with what its campaign's row adds: all that applying needs."""

    id: UUID
    campaign_id: UUID
    ad_id: UUID
    platform: Platform
    platform_account_id: UUID
    platform_campaign_id: str | None
    type: DeploymentType
    status: DeploymentStatus
    generation: int
    spec: Mapping[str, Any]


_LIVE_FOR_UPDATE = text(
    f"""
    SELECT {COLUMNS}
    FROM campaigns
    WHERE ad_id = :ad_id
        AND deleted_at IS NULL
    ORDER BY platform
    FOR UPDATE
    """  # noqa: S608  (a constant list of columns)
)

_OF_AD_FOR_UPDATE = text(
    f"""
    SELECT {COLUMNS}
    FROM campaigns
    WHERE ad_id = :ad_id
    ORDER BY created_at DESC
    FOR UPDATE
    """  # noqa: S608
)

_SPEC = text("SELECT spec FROM campaigns WHERE id = :id")

_LAST_SPEC = text(
    """
    SELECT spec
    FROM campaign_deployments
    WHERE campaign_id = :id
        AND spec IS NOT NULL
    ORDER BY created_at DESC
    LIMIT 1
    """
)

_WAS_SENT = text(
    """
    SELECT EXISTS (
        SELECT
        FROM deployment_steps
        WHERE campaign_id = :id
            AND state IN ('sent', 'uncertain', 'done')
    )
    """
)

_INSERT = text(
    f"""
    INSERT INTO campaigns (
        id,
        user_id,
        client_id,
        ad_id,
        platform_account_id,
        platform,
        campaign_name,
        marker,
        desired_status
    )
    VALUES (
        :id,
        :user_id,
        :client_id,
        :ad_id,
        :platform_account_id,
        CAST(:platform AS platform_type),
        :name,
        :marker,
        :desired_status
    )
    RETURNING {COLUMNS}
    """  # noqa: S608
)

_UNFINISHED = text(
    """
    SELECT id
    FROM campaign_deployments
    WHERE campaign_id = :campaign_id
        AND deployment_type = CAST(:type AS deployment_type)
        AND status IN ('pending', 'in_progress')
    """
)

_OPEN = text(
    """
    INSERT INTO campaign_deployments (
        user_id,
        campaign_id,
        actor_id,
        deployment_type,
        status,
        generation,
        spec
    )
    SELECT
        campaigns.user_id,
        campaigns.id,
        :actor_id,
        CAST(:type AS deployment_type),
        'pending',
        campaigns.generation,
        coalesce(CAST(:spec AS jsonb), campaigns.spec)
    FROM campaigns
    WHERE campaigns.id = :campaign_id
    RETURNING id
    """
)

_SET_JOB = text("UPDATE campaign_deployments SET job_id = :job_id WHERE id = :id")

_LOAD = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.campaign_id,
        campaigns.ad_id,
        campaigns.platform,
        campaigns.platform_account_id,
        campaigns.platform_campaign_id,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.status,
        campaign_deployments.generation,
        campaign_deployments.spec
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    WHERE campaign_deployments.id = :id
    """
)

_BEGIN = text(
    """
    UPDATE campaign_deployments
    SET status = 'in_progress'
    WHERE id = :id
        AND status = 'pending'
    """
)

_END = text(
    """
    UPDATE campaign_deployments
    SET
        status = CAST(:status AS deployment_status),
        completed_at = clock_timestamp(),
        words = :words,
        error_details = CAST(:error AS jsonb),
        platform_response = CAST(:response AS jsonb)
    WHERE id = :id
        AND status IN ('pending', 'in_progress')
    """
)

_NOTE = text("UPDATE campaign_deployments SET error_details = CAST(:error AS jsonb) WHERE id = :id")

_APPLIED = text(
    """
    UPDATE campaigns
    SET
        status = CAST(:status AS campaign_status),
        platform_campaign_id = coalesce(:platform_campaign_id, platform_campaign_id),
        error_message = NULL,
        spec = CAST(:spec AS jsonb),
        deleted_at = CASE WHEN :is_deleted THEN clock_timestamp() ELSE deleted_at END
    WHERE id = :id
    """
)

_FAILED = text(
    """
    UPDATE campaigns
    SET
        status = CASE WHEN platform_campaign_id IS NULL OR :is_create THEN 'error' ELSE status END,
        error_message = :message
    WHERE id = :id
    """
)

_OBSERVED = text(
    """
    UPDATE campaigns
    SET
        status = CAST(:status AS campaign_status),
        delivery_state = :delivery_state,
        delivery_words = :words,
        platform_data = CAST(:data AS jsonb),
        last_sync_at = clock_timestamp(),
        deleted_at = CASE WHEN :is_deleted THEN coalesce(deleted_at, clock_timestamp()) ELSE deleted_at END
    WHERE id = :id
    """
)


_STATUSES = text("SELECT status, deleted_at FROM campaigns WHERE ad_id = :ad_id")


def live_of_ad(session: Session, ad_id: UUID) -> tuple[CampaignView, ...]:
    """The ad's campaigns that are not deleted, locked until the caller's transaction ends."""
    return tuple(view(row) for row in session.execute(_LIVE_FOR_UPDATE, {"ad_id": ad_id}).mappings())


def of_ad_newest(session: Session, ad_id: UUID) -> tuple[CampaignView, ...]:
    """The ad's newest campaign on each platform, deleted or not, locked until the caller's transaction ends."""
    rows = [view(row) for row in session.execute(_OF_AD_FOR_UPDATE, {"ad_id": ad_id}).mappings()]
    newest = {campaign.platform: campaign for campaign in reversed(rows)}
    return tuple(newest[platform] for platform in sorted(newest))


def applied_spec(session: Session, campaign_id: UUID) -> Mapping[str, Any] | None:
    """What a campaign's last deployment applied, or None before the first one went through."""
    spec: Mapping[str, Any] | None = session.execute(_SPEC, {"id": campaign_id}).scalar()
    return spec


def last_spec(session: Session, campaign_id: UUID) -> Mapping[str, Any] | None:
    """What the campaign's newest deployment applies, whether it went through or not."""
    spec: Mapping[str, Any] | None = session.execute(_LAST_SPEC, {"id": campaign_id}).scalar()
    return spec


def was_sent(session: Session, campaign_id: UUID) -> bool:
    """Whether anything of this campaign may stand on the platform."""
    return bool(session.execute(_WAS_SENT, {"id": campaign_id}).scalar())


def insert(
    session: Session,
    *,
    user_id: UUID,
    client_id: UUID | None,
    ad_id: UUID,
    account_id: UUID,
    platform: Platform,
    name: str,
    desired_status: str,
) -> CampaignView:
    """A new campaign row; its marker comes of its own id."""
    campaign_id = uuid4()
    row = session.execute(
        _INSERT,
        {
            "id": campaign_id,
            "user_id": user_id,
            "client_id": client_id,
            "ad_id": ad_id,
            "platform_account_id": account_id,
            "platform": platform.value,
            "name": name,
            "marker": ids.marker(campaign_id),
            "desired_status": desired_status,
        },
    )
    return view(row.mappings().one())


def unfinished(session: Session, campaign_id: UUID, type_: DeploymentType) -> UUID | None:
    """The deployment of this kind that has not ended, if there is one."""
    found = session.execute(_UNFINISHED, {"campaign_id": campaign_id, "type": type_.value}).scalar()
    return None if found is None else UUID(str(found))


def open_deployment(
    session: Session,
    *,
    campaign_id: UUID,
    actor_id: UUID | None,
    type_: DeploymentType,
    spec: Mapping[str, Any] | None,
) -> UUID:
    """A new pending deployment; without a spec it works on what was applied last."""
    values = {
        "campaign_id": campaign_id,
        "actor_id": actor_id,
        "type": type_.value,
        "spec": None if spec is None else json.dumps(spec, default=str),
    }
    return UUID(str(session.execute(_OPEN, values).scalar_one()))


def set_job(session: Session, deployment_id: UUID, job_id: UUID) -> None:
    """Notes which job applies the deployment."""
    session.execute(_SET_JOB, {"id": deployment_id, "job_id": job_id})


def load(session: Session, deployment_id: UUID) -> Deployment | None:
    """A deployment with its campaign's facts, or None."""
    row = session.execute(_LOAD, {"id": deployment_id}).mappings().first()
    if row is None:
        return None
    typed = {
        "platform": Platform(row["platform"]),
        "type": DeploymentType(row["type"]),
        "status": DeploymentStatus(row["status"]),
        "spec": row["spec"] or {},
    }
    return Deployment(**{**row, **typed})


def begin(session: Session, deployment_id: UUID) -> None:
    """pending -> in_progress."""
    session.execute(_BEGIN, {"id": deployment_id})


def end(
    session: Session,
    deployment_id: UUID,
    *,
    status: DeploymentStatus,
    words: str | None,
    error: Mapping[str, Any] | None,
    response: Mapping[str, Any] | None,
) -> None:
    """The deployment's outcome, once."""
    session.execute(
        _END,
        {
            "id": deployment_id,
            "status": status.value,
            "words": words,
            "error": _json(error),
            "response": _json(response),
        },
    )


def note_error(session: Session, deployment_id: UUID, error: Mapping[str, Any]) -> None:
    """Why an unfinished deployment is waiting."""
    session.execute(_NOTE, {"id": deployment_id, "error": _json(error)})


def applied(
    session: Session,
    campaign_id: UUID,
    *,
    status: CampaignStatus,
    platform_campaign_id: str | None,
    spec: Mapping[str, Any],
    is_deleted: bool,
) -> None:
    """What stands on the platform after a deployment has gone through."""
    session.execute(
        _APPLIED,
        {
            "id": campaign_id,
            "status": status.value,
            "platform_campaign_id": platform_campaign_id,
            "spec": _json(spec),
            "is_deleted": is_deleted,
        },
    )


def failed(session: Session, campaign_id: UUID, *, message: str, is_create: bool) -> None:
    """The campaign's words after a deployment has failed for good; a failed change leaves the status as it was."""
    session.execute(_FAILED, {"id": campaign_id, "message": message, "is_create": is_create})


def observed(session: Session, campaign_id: UUID, *, status: CampaignStatus, seen: Observation) -> None:
    """What the platform shows now."""
    session.execute(
        _OBSERVED,
        {
            "id": campaign_id,
            "status": status.value,
            "delivery_state": seen.delivery.value,
            "words": seen.words,
            "data": _json({"reasons": list(seen.reasons)}),
            "is_deleted": seen.delivery is DeliveryState.DELETED,
        },
    )


def ad_follows(session: Session, ad_id: UUID) -> None:
    """Gives the ad the status of its campaigns; one whose campaigns are all deleted is completed."""
    rows = session.execute(_STATUSES, {"ad_id": ad_id}).all()
    live = {CampaignStatus(row.status) for row in rows if row.deleted_at is None}
    gone = {CampaignStatus.COMPLETED} if rows and not live else set()
    ads.set_status(session, ad_id=ad_id, status=rules.ad_status(live | gone))


def view(row: RowMapping) -> CampaignView:
    """A typed campaign of a row with `COLUMNS`."""
    typed = {
        "platform": Platform(row["platform"]),
        "status": CampaignStatus(row["status"]),
        "delivery_state": DeliveryState(row["delivery_state"]),
    }
    return CampaignView(**{**row, **typed})


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str)
