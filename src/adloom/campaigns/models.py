"""The tables of campaigns. They never leave this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from adloom.campaigns.checks import CheckStatus
from adloom.campaigns.requests import Asked, RequestStatus
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, OnFailure, StepState
from adloom.db.base import Base, Dated, Deletable, Identified, TextEnum, pg_enum
from adloom.platforms.types import DeliveryState, Platform, RemoteStatus
from adloom.platforms.verdicts import Manner

_DELIVERY_STATE_IS_KNOWN = """
    delivery_state IN (
        'IN_REVIEW',
        'ACTIVE',
        'LIMITED',
        'PAUSED',
        'REJECTED',
        'SCHEDULED',
        'ENDED',
        'BILLING_BLOCKED',
        'DELETED',
        'UNKNOWN'
    )
"""


class Campaign(Identified, Deletable, Base):
    """One ad on one platform: `status` is what was asked, `delivery_state` what the platform says."""

    __tablename__ = "campaigns"

    user_id: Mapped[UUID]
    client_id: Mapped[UUID | None]
    ad_id: Mapped[UUID]
    platform_account_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    platform_campaign_id: Mapped[str | None] = mapped_column(String(255))
    campaign_name: Mapped[str] = mapped_column(String(255))
    #: The oldest first: `{"name", "until"}`, by the installation's clock.
    earlier_names: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    marker: Mapped[str] = mapped_column(String(12))
    status: Mapped[CampaignStatus] = mapped_column(
        pg_enum(CampaignStatus, "campaign_status"), server_default=text("'pending'")
    )
    desired_status: Mapped[RemoteStatus] = mapped_column(TextEnum(RemoteStatus), server_default=text("'paused'"))
    delivery_state: Mapped[DeliveryState] = mapped_column(TextEnum(DeliveryState), server_default=text("'UNKNOWN'"))
    delivery_words: Mapped[str | None]
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    last_sync_at: Mapped[datetime | None]
    error_message: Mapped[str | None]
    spec_hash: Mapped[str | None]
    spec: Mapped[dict[str, Any] | None]
    platform_data: Mapped[dict[str, Any] | None]
    drift_checked_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["ad_id", "user_id"], ["ads.id", "ads.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["client_id", "user_id"], ["clients.id", "clients.user_id"]),
        ForeignKeyConstraint(
            ["platform_account_id", "user_id"],
            ["platform_accounts.id", "platform_accounts.user_id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("id", "user_id", name="campaign_is_of_tenant"),
        UniqueConstraint("platform_account_id", "platform_campaign_id", name="remote_campaign_is_ours_once"),
        CheckConstraint("desired_status IN ('active', 'paused', 'deleted')", name="desired_status_is_known"),
        CheckConstraint(_DELIVERY_STATE_IS_KNOWN, name="delivery_state_is_known"),
        CheckConstraint("jsonb_typeof(earlier_names) = 'array'", name="earlier_names_are_a_list"),
        CheckConstraint("generation > 0", name="generation_is_positive"),
        Index(
            "ad_is_on_a_platform_once",
            "ad_id",
            "platform",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_campaigns_ad_id", "ad_id"),
        Index("idx_campaigns_platform", "platform"),
        Index("idx_campaigns_status", "status"),
        Index("idx_campaigns_sync", text("last_sync_at DESC"), postgresql_where=text("status = 'active'")),
        Index(
            "idx_user_campaigns_performance",
            "user_id",
            "status",
            text("created_at DESC"),
            postgresql_include=["platform", "platform_campaign_id"],
        ),
        Index("idx_campaigns_user_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("idx_campaigns_client_id", "client_id", postgresql_where=text("client_id IS NOT NULL")),
    )


class CampaignDeployment(Identified, Dated, Base):
    """What was asked of a platform for a campaign, by whom, and how it ended."""

    __tablename__ = "campaign_deployments"

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("background_jobs.id", ondelete="SET NULL"))
    actor_id: Mapped[UUID | None]
    deployment_type: Mapped[DeploymentType] = mapped_column(pg_enum(DeploymentType, "deployment_type"))
    status: Mapped[DeploymentStatus] = mapped_column(pg_enum(DeploymentStatus, "deployment_status"))
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    idempotency_key: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    completed_at: Mapped[datetime | None]
    words: Mapped[str | None]
    spec_hash: Mapped[str | None]
    spec: Mapped[dict[str, Any] | None]
    error_details: Mapped[dict[str, Any] | None]
    platform_response: Mapped[dict[str, Any] | None]
    confirmed: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    plan: Mapped[dict[str, Any] | None]
    on_failure: Mapped[OnFailure] = mapped_column(TextEnum(OnFailure), server_default=text("'complete'"))
    surplus: Mapped[list[Any] | None]
    decided: Mapped[dict[str, Any] | None]
    planned_by: Mapped[UUID | None]
    reason: Mapped[str | None]
    undoes: Mapped[UUID | None]
    drift: Mapped[list[Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "user_id"], ["campaigns.id", "campaigns.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["undoes", "user_id"], ["campaign_deployments.id", "campaign_deployments.user_id"]),
        UniqueConstraint("id", "user_id", name="deployment_is_of_tenant"),
        CheckConstraint("on_failure IN ('complete', 'remove')", name="on_failure_is_known"),
        CheckConstraint("reason IN ('adopt', 'put_back', 'undo')", name="deployment_reason_is_known"),
        CheckConstraint(
            "(completed_at IS NOT NULL) = (status IN ('completed', 'failed'))",
            name="completed_at_iff_finished",
        ),
        CheckConstraint("planned_by <> actor_id", name="second_person_applies"),
        Index(
            "deployment_of_a_type_is_unfinished_once",
            "campaign_id",
            "deployment_type",
            unique=True,
            postgresql_where=text("status IN ('pending', 'in_progress')"),
        ),
        Index("idx_deployments_campaign", "campaign_id", text("created_at DESC")),
        Index("idx_deployments_undoes", "undoes", postgresql_where=text("undoes IS NOT NULL")),
        Index("idx_deployments_job_id", "job_id", postgresql_where=text("job_id IS NOT NULL")),
    )


class DeploymentStep(Identified, Dated, Base):
    """One outward write: its intent committed before the call, its result after."""

    __tablename__ = "deployment_steps"

    user_id: Mapped[UUID]
    deployment_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    position: Mapped[int]
    key: Mapped[str]
    kind: Mapped[str]
    state: Mapped[StepState] = mapped_column(TextEnum(StepState), server_default=text("'planned'"))
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    idempotency_key: Mapped[str]
    request_hash: Mapped[str | None]
    platform_id: Mapped[str | None] = mapped_column(String(255))
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    response: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(
            ["deployment_id", "user_id"],
            ["campaign_deployments.id", "campaign_deployments.user_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["campaign_id", "user_id"], ["campaigns.id", "campaigns.user_id"], ondelete="CASCADE"),
        UniqueConstraint("deployment_id", "key", name="step_stands_once"),
        CheckConstraint("state IN ('planned', 'sent', 'done', 'uncertain', 'failed')", name="step_state_is_known"),
        CheckConstraint("state IN ('planned', 'failed') OR sent_at IS NOT NULL", name="sent_step_has_a_time"),
        CheckConstraint("attempts >= 0", name="step_attempts_are_counted"),
        Index("idx_deployment_steps_campaign", "campaign_id"),
    )


class PlatformObject(Identified, Deletable, Base):
    """A remote object of a campaign: what we applied and what was last observed."""

    __tablename__ = "platform_objects"

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    kind: Mapped[str]
    our_key: Mapped[str]
    platform_id: Mapped[str | None] = mapped_column(String(255))
    parent_id: Mapped[str | None] = mapped_column(String(255))
    status: Mapped[str | None]
    applied: Mapped[dict[str, Any] | None]
    observed: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "user_id"], ["campaigns.id", "campaigns.user_id"], ondelete="CASCADE"),
        Index(
            "object_stands_once",
            "campaign_id",
            "our_key",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("idx_platform_objects_campaign", "campaign_id", "platform_id"),
    )


def _of_ad() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["ad_id", "user_id"], ["ads.id", "ads.user_id"], ondelete="CASCADE")


class PlatformVerdict(Identified, Dated, Base):
    """What a platform said to a plan, as a plan stands under its fingerprint for that platform."""

    __tablename__ = "platform_verdicts"

    user_id: Mapped[UUID]
    ad_id: Mapped[UUID]
    platform: Mapped[Platform] = mapped_column(pg_enum(Platform, "platform_type"))
    fingerprint: Mapped[str]
    status: Mapped[CheckStatus] = mapped_column(TextEnum(CheckStatus), server_default=text("'pending'"))
    manner: Mapped[Manner | None] = mapped_column(TextEnum(Manner))
    reason: Mapped[str | None]
    job_id: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    answered_at: Mapped[datetime | None]
    objections: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    unjudged: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))

    __table_args__ = (
        _of_ad(),
        UniqueConstraint("ad_id", "platform", "fingerprint", name="plan_is_judged_once"),
        CheckConstraint("status IN ('pending', 'done', 'unavailable')", name="verdict_status_is_known"),
        CheckConstraint("manner IN ('validated', 'read')", name="verdict_manner_is_known"),
        CheckConstraint("(answered_at IS NOT NULL) = (status <> 'pending')", name="answered_at_iff_answered"),
        Index("idx_platform_verdicts_asked", "asked_at"),
    )


class ApprovalRequest(Identified, Dated, Base):
    """A plan that one person made for another one to apply."""

    __tablename__ = "approval_requests"

    user_id: Mapped[UUID]
    ad_id: Mapped[UUID]
    operation: Mapped[Asked] = mapped_column(TextEnum(Asked))
    status: Mapped[RequestStatus] = mapped_column(TextEnum(RequestStatus), server_default=text("'requested'"))
    fingerprint: Mapped[str]
    requested_by: Mapped[UUID]
    applied_by: Mapped[UUID | None]
    applied_at: Mapped[datetime | None]
    plan: Mapped[dict[str, Any]]

    __table_args__ = (
        _of_ad(),
        CheckConstraint("operation IN ('deploy', 'resume', 'undo', 'put_back')", name="request_operation_is_known"),
        CheckConstraint("status IN ('requested', 'applied', 'replaced')", name="request_status_is_known"),
        CheckConstraint(
            "(status = 'applied') = (applied_by IS NOT NULL) AND (status = 'applied') = (applied_at IS NOT NULL)",
            name="applied_by_a_person",
        ),
        CheckConstraint("applied_by <> requested_by", name="second_person_is_another"),
        Index(
            "request_is_open_once",
            "ad_id",
            "operation",
            unique=True,
            postgresql_where=text("status = 'requested'"),
        ),
        Index("idx_approval_requests_ad_id", "ad_id", text("created_at DESC")),
    )


class CampaignDrift(Identified, Dated, Base):
    """What stands on a platform otherwise than it was applied, and what was decided about it."""

    __tablename__ = "campaign_drifts"

    user_id: Mapped[UUID]
    campaign_id: Mapped[UUID]
    deployment_id: Mapped[UUID | None]
    decided_by: Mapped[UUID | None]
    object: Mapped[str]
    kind: Mapped[str]
    field: Mapped[str] = mapped_column(server_default=text("''"))
    ours: Mapped[str | None]
    theirs: Mapped[str | None]
    decision: Mapped[str | None]
    first_seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    last_seen_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    value: Mapped[dict[str, Any] | None]

    __table_args__ = (
        ForeignKeyConstraint(["campaign_id", "user_id"], ["campaigns.id", "campaigns.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["deployment_id", "user_id"], ["campaign_deployments.id", "campaign_deployments.user_id"]),
        CheckConstraint("kind IN ('changed', 'gone', 'added')", name="drift_kind_is_known"),
        CheckConstraint("decision IN ('adopted', 'put_back')", name="drift_decision_is_known"),
        CheckConstraint("(decided_at IS NOT NULL) = (decision IS NOT NULL)", name="drift_decision_has_a_time"),
        Index(
            "drift_stands_once",
            "campaign_id",
            "object",
            "field",
            "kind",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("idx_campaign_drifts_campaign", "campaign_id", text("first_seen_at DESC")),
        Index("idx_campaign_drifts_deployment", "deployment_id", postgresql_where=text("deployment_id IS NOT NULL")),
    )
