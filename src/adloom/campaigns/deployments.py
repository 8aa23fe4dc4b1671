"""Deployment rows: what was asked of a platform for a campaign, by whom, in which order, and how it ended.

Every function joins the caller's transaction. The order of what was asked decides: the last word counts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns.asked import NO_TERMS, SUPERSEDED, Deployment, HalfWay, Terms
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, DeploymentType, OnFailure, Reason, Word
from adloom.db.session import ReadSession, Session
from adloom.db.trips import Query
from adloom.platforms.types import Platform

#: The columns of `_LOAD`, in their order.
_LOADED = tuple(Deployment.__slots__)

_LAST_SPEC = text(
    """
    SELECT spec
    FROM campaign_deployments
    WHERE campaign_id = :id
        AND spec IS NOT NULL
        AND deployment_type <> 'update'
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

_UNFINISHED = text(
    """
    SELECT
        id,
        spec
    FROM campaign_deployments
    WHERE campaign_id = :campaign_id
        AND deployment_type = CAST(:type AS deployment_type)
        AND status IN ('pending', 'in_progress')
    """
)

# An update says nothing about whether a campaign shall deliver, so it is no word.
_LAST_WORD = """
    SELECT
        deployment_type AS type,
        status
    FROM campaign_deployments
    WHERE campaign_id = :campaign_id
        AND deployment_type <> 'update'
        AND error_details ->> 'code' IS DISTINCT FROM 'superseded'
    ORDER BY created_at DESC
    LIMIT 1
"""

_WORD = text(_LAST_WORD)

_WORD_AND_OWN = text(
    f"""
    SELECT
        own.status IN ('pending', 'in_progress') AS is_open,
        word.type,
        word.status
    FROM campaign_deployments AS own
    LEFT JOIN LATERAL ({_LAST_WORD}) AS word ON true
    WHERE own.id = :id
    """  # noqa: S608  (a constant query)
)

# Updates since the campaign was last whole that did not end well and may have changed something: a file that was
# uploaded changes nothing, and of what a platform refused a part may have gone through.
_HALF_WAY = text(
    """
    SELECT
        campaign_deployments.id,
        campaign_deployments.spec,
        EXISTS (
            SELECT
            FROM deployment_steps
            WHERE deployment_steps.deployment_id = campaign_deployments.id
                AND deployment_steps.state IN ('sent', 'uncertain')
        ) AS is_in_doubt
    FROM campaign_deployments
    WHERE campaign_deployments.campaign_id = :campaign_id
        AND campaign_deployments.deployment_type = 'update'
        AND campaign_deployments.status <> 'completed'
        AND (
            CAST(:before AS uuid) IS NULL
            OR campaign_deployments.created_at < (
                SELECT asked.created_at FROM campaign_deployments AS asked WHERE asked.id = CAST(:before AS uuid)
            )
        )
        AND NOT EXISTS (
            SELECT
            FROM campaign_deployments AS later
            WHERE later.campaign_id = campaign_deployments.campaign_id
                AND later.deployment_type = 'update'
                AND later.status = 'completed'
                AND later.created_at > campaign_deployments.created_at
        )
        AND EXISTS (
            SELECT
            FROM deployment_steps
            WHERE deployment_steps.deployment_id = campaign_deployments.id
                AND deployment_steps.state <> 'planned'
                AND deployment_steps.key NOT LIKE 'asset/%'
        )
    ORDER BY campaign_deployments.created_at
    """
)

# Dated when it is written, not when its transaction began: who waited for the ad's lock spoke later.
_OPEN = text(
    """
    INSERT INTO campaign_deployments (
        user_id,
        campaign_id,
        actor_id,
        deployment_type,
        status,
        generation,
        spec,
        confirmed,
        plan,
        on_failure,
        decided,
        planned_by,
        reason,
        undoes,
        drift,
        created_at
    )
    SELECT
        campaigns.user_id,
        campaigns.id,
        :actor_id,
        CAST(:type AS deployment_type),
        'pending',
        campaigns.generation,
        coalesce(CAST(:spec AS jsonb), campaigns.spec),
        CAST(:confirmed AS jsonb),
        CAST(:plan AS jsonb),
        coalesce(:on_failure, 'complete'),
        CAST(:decided AS jsonb),
        :planned_by,
        :reason,
        CAST(:undoes AS uuid),
        CAST(:drift AS jsonb),
        clock_timestamp()
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
        campaigns.client_id,
        campaign_deployments.actor_id,
        campaigns.platform,
        campaigns.platform_account_id,
        campaigns.platform_campaign_id,
        campaigns.status AS campaign_status,
        campaigns.deleted_at IS NOT NULL AS is_campaign_deleted,
        campaign_deployments.deployment_type AS type,
        campaign_deployments.status,
        campaign_deployments.generation,
        campaign_deployments.spec,
        campaign_deployments.created_at,
        ads.client_id AS ad_client_id,
        campaign_deployments.confirmed,
        campaign_deployments.plan,
        campaign_deployments.on_failure,
        campaign_deployments.planned_by,
        campaign_deployments.reason,
        campaign_deployments.drift
    FROM campaign_deployments
    JOIN campaigns ON campaigns.id = campaign_deployments.campaign_id
    LEFT JOIN ads ON ads.id = campaigns.ad_id
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
    RETURNING id
    """
)

_SUPERSEDE = text(
    """
    UPDATE campaign_deployments
    SET
        status = 'failed',
        completed_at = clock_timestamp(),
        error_details = CAST(:error AS jsonb)
    WHERE campaign_id = :campaign_id
        AND CAST(deployment_type AS text) = ANY(:types)
        AND status IN ('pending', 'in_progress')
    """
)

_IS_OPEN = text("SELECT status IN ('pending', 'in_progress') FROM campaign_deployments WHERE id = :id")

_JOB_OF = text("SELECT job_id FROM campaign_deployments WHERE id = :id")

_NOTE = text("UPDATE campaign_deployments SET error_details = CAST(:error AS jsonb) WHERE id = :id")


def last_spec(session: ReadSession, campaign_id: UUID) -> Mapping[str, Any] | None:
    """What the campaign's newest deployment applies, whether it went through or not; updates apart."""
    spec: Mapping[str, Any] | None = session.execute(_LAST_SPEC, {"id": campaign_id}).scalar()
    return spec


def was_sent(session: ReadSession, campaign_id: UUID) -> bool:
    """Whether anything of this campaign may stand on the platform."""
    return bool(session.execute(_WAS_SENT, {"id": campaign_id}).scalar())


def unfinished(session: ReadSession, campaign_id: UUID, type_: DeploymentType) -> UUID | None:
    """The deployment of this kind that has not ended, if there is one."""
    found = session.execute(_UNFINISHED, {"campaign_id": campaign_id, "type": type_.value}).scalar()
    return None if found is None else UUID(str(found))


def under_way(session: ReadSession, campaign_id: UUID, type_: DeploymentType) -> Mapping[str, Any] | None:
    """What the deployment of this kind that has not ended applies, if there is one."""
    found = session.execute(_UNFINISHED, {"campaign_id": campaign_id, "type": type_.value}).one_or_none()
    return None if found is None else found.spec


def half_way(session: ReadSession, campaign_id: UUID, *, before: UUID | None = None) -> tuple[HalfWay, ...]:
    """Updates that may have left something and did not go through, oldest first; only those asked for `before` one."""
    rows = session.execute(_HALF_WAY, {"campaign_id": campaign_id, "before": before}).mappings()
    return tuple(HalfWay(**row) for row in rows)


def word(session: ReadSession, campaign_id: UUID) -> Word | None:
    """What was asked for last, and what became of it; None before the first deployment. Updates are no word."""
    row = session.execute(_WORD, {"campaign_id": campaign_id}).one_or_none()
    return None if row is None else Word(DeploymentType(row.type), DeploymentStatus(row.status))


def word_and_own(campaign_id: UUID, deployment_id: UUID) -> Query:
    """What asks for the last word about a campaign, and whether this deployment of it has ended; for `said`."""
    return Query(_WORD_AND_OWN, {"campaign_id": campaign_id, "id": deployment_id})


def said(row: Sequence[Any]) -> tuple[Word | None, bool]:
    """The last word, and whether the deployment has not ended, as `word_and_own` has found them."""
    is_open, type_, status = row
    return None if type_ is None else Word(DeploymentType(type_), DeploymentStatus(status)), bool(is_open)


def open_deployment(
    session: Session,
    *,
    campaign_id: UUID,
    actor_id: UUID | None,
    type_: DeploymentType,
    spec: Mapping[str, Any] | None,
    terms: Terms = NO_TERMS,
) -> UUID:
    """A new pending deployment; without a spec it works on what was applied last."""
    values = {
        "campaign_id": campaign_id,
        "actor_id": actor_id,
        "type": type_.value,
        "spec": _json(spec),
        "confirmed": json.dumps(list(terms.confirmed)),
        "plan": _json(terms.plan),
        "on_failure": terms.on_failure,
        "decided": _json(terms.decided),
        "planned_by": terms.planned_by,
        "reason": None if terms.reason is None else terms.reason.value,
        "undoes": terms.undoes,
        "drift": None if terms.drift is None else json.dumps(list(terms.drift)),
    }
    return UUID(str(session.execute(_OPEN, values).scalar_one()))


def set_job(session: Session, deployment_id: UUID, job_id: UUID) -> None:
    """Notes which job applies the deployment."""
    session.execute(_SET_JOB, {"id": deployment_id, "job_id": job_id})


def loading(deployment_id: UUID) -> Query:
    """What asks for a deployment with its campaign's facts; for `loaded`."""
    return Query(_LOAD, {"id": deployment_id})


def loaded(rows: Sequence[Sequence[Any]]) -> Deployment | None:
    """A deployment with its campaign's facts, or None."""
    if not rows:
        return None
    row = dict(zip(_LOADED, rows[0], strict=True))
    typed = {
        "platform": Platform(row["platform"]),
        "campaign_status": CampaignStatus(row["campaign_status"]),
        "type": DeploymentType(row["type"]),
        "status": DeploymentStatus(row["status"]),
        "on_failure": OnFailure(row["on_failure"]),
        "spec": row["spec"] or {},
        "reason": None if row["reason"] is None else Reason(row["reason"]),
    }
    return Deployment(**{**row, **typed})


def beginning(deployment_id: UUID) -> Query:
    """pending -> in_progress; what has begun or ended stays as it is."""
    return Query(_BEGIN, {"id": deployment_id})


def end(
    session: Session,
    deployment_id: UUID,
    *,
    status: DeploymentStatus,
    words: str | None = None,
    error: Mapping[str, Any] | None = None,
    response: Mapping[str, Any] | None = None,
) -> bool:
    """The deployment's outcome, once; False where it had ended already."""
    values = {
        "id": deployment_id,
        "status": status.value,
        "words": words,
        "error": _json(error),
        "response": _json(response),
    }
    return session.execute(_END, values).first() is not None


def is_open(session: ReadSession, deployment_id: UUID) -> bool:
    """Whether a deployment has not ended."""
    return bool(session.execute(_IS_OPEN, {"id": deployment_id}).scalar())


def job_of(session: ReadSession, deployment_id: UUID) -> UUID | None:
    """The job that applies a deployment, where it is kept."""
    found = session.execute(_JOB_OF, {"id": deployment_id}).scalar()
    return None if found is None else UUID(str(found))


def supersede(session: Session, campaign_id: UUID, types: Collection[DeploymentType]) -> None:
    """Ends what is under way and is not wanted any more: something else was asked for since."""
    values = {"campaign_id": campaign_id, "types": [type_.value for type_ in types], "error": _json(SUPERSEDED)}
    session.execute(_SUPERSEDE, values)


def note_error(session: Session, deployment_id: UUID, error: Mapping[str, Any]) -> None:
    """Why an unfinished deployment is waiting."""
    session.execute(_NOTE, {"id": deployment_id, "error": _json(error)})


def _json(value: Mapping[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, default=str)
