"""The step log of deployments, and the remote objects that steps have made: one statement per function.

A step's intent is committed before its call and its result after it. Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns.types import StepState
from adloom.db.session import Session
from adloom.platforms.contract import RemoteObject, Step, StepResult


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it stands. `age` is how long ago it was last sent; `suspect`: an earlier attempt may have landed."""

    id: UUID
    key: str
    state: StepState
    idempotency_key: str
    attempts: int
    age: timedelta | None
    suspect: bool


_OPEN_STEP = text(
    """
    INSERT INTO deployment_steps (
        user_id,
        deployment_id,
        campaign_id,
        position,
        key,
        kind,
        generation,
        idempotency_key
    )
    VALUES (
        :user_id,
        :deployment_id,
        :campaign_id,
        :position,
        :key,
        :kind,
        :generation,
        :idempotency_key
    )
    ON CONFLICT (deployment_id, key) DO UPDATE
    SET position = excluded.position
    RETURNING
        id,
        key,
        state,
        idempotency_key,
        attempts,
        clock_timestamp() - sent_at AS age
    """
)

# A step of the same key, of an earlier deployment of the same kind, whose outcome nobody knows: it may have landed.
_SUSPECT = text(
    """
    SELECT EXISTS (
        SELECT
        FROM deployment_steps
        JOIN campaign_deployments ON campaign_deployments.id = deployment_steps.deployment_id
        WHERE deployment_steps.campaign_id = :campaign_id
            AND deployment_steps.key = :key
            AND deployment_steps.state IN ('sent', 'uncertain')
            AND campaign_deployments.deployment_type = (
                SELECT deployment_type
                FROM campaign_deployments
                WHERE id = :deployment_id
            )
    )
    """
)

_SENT = text(
    """
    UPDATE deployment_steps
    SET
        state = 'sent',
        attempts = attempts + 1,
        sent_at = clock_timestamp(),
        finished_at = NULL,
        request_hash = :request_hash,
        error = NULL
    WHERE id = :id
    """
)

_DONE = text(
    """
    UPDATE deployment_steps
    SET
        state = 'done',
        sent_at = coalesce(sent_at, clock_timestamp()),
        finished_at = clock_timestamp(),
        platform_id = :platform_id,
        response = CAST(:response AS jsonb),
        error = NULL
    WHERE id = :id
    """
)

# The same step of earlier deployments is settled by what is known now: no step stays uncertain.
_SETTLE_EARLIER = text(
    """
    UPDATE deployment_steps
    SET
        state = 'done',
        finished_at = clock_timestamp(),
        platform_id = :platform_id
    WHERE campaign_id = :campaign_id
        AND key = :key
        AND id <> :id
        AND state IN ('sent', 'uncertain')
    """
)

_STOPPED = text(
    """
    UPDATE deployment_steps
    SET
        state = :state,
        finished_at = CASE WHEN :state = 'failed' THEN clock_timestamp() END,
        error = CAST(:error AS jsonb)
    WHERE id = :id
    """
)

_IDS = text(
    """
    SELECT
        our_key,
        platform_id
    FROM platform_objects
    WHERE campaign_id = :campaign_id
        AND deleted_at IS NULL
        AND platform_id IS NOT NULL
    """
)

_KEEP_OBJECT = text(
    """
    INSERT INTO platform_objects (
        user_id,
        campaign_id,
        kind,
        our_key,
        platform_id,
        parent_id,
        status,
        applied
    )
    VALUES (
        :user_id,
        :campaign_id,
        :kind,
        :our_key,
        :platform_id,
        :parent_id,
        :status,
        CAST(:applied AS jsonb)
    )
    ON CONFLICT (campaign_id, our_key) WHERE deleted_at IS NULL DO UPDATE
    SET
        platform_id = excluded.platform_id,
        parent_id = coalesce(excluded.parent_id, platform_objects.parent_id),
        status = coalesce(excluded.status, platform_objects.status),
        applied = CASE WHEN excluded.applied = '{}' THEN platform_objects.applied ELSE excluded.applied END
    """
)


def open_step(
    session: Session,
    *,
    user_id: UUID,
    deployment_id: UUID,
    campaign_id: UUID,
    position: int,
    step: Step,
    generation: int,
    idempotency_key: str,
) -> StepRow:
    """The step's row, made on first sight: the same for every attempt."""
    row = session.execute(
        _OPEN_STEP,
        {
            "user_id": user_id,
            "deployment_id": deployment_id,
            "campaign_id": campaign_id,
            "position": position,
            "key": step.key,
            "kind": step.kind,
            "generation": generation,
            "idempotency_key": idempotency_key,
        },
    ).one()
    where = {"campaign_id": campaign_id, "deployment_id": deployment_id, "key": step.key}
    suspect = bool(session.execute(_SUSPECT, where).scalar_one())
    return StepRow(row.id, row.key, StepState(row.state), row.idempotency_key, row.attempts, row.age, suspect)


def mark_sent(session: Session, step_id: UUID, *, request_hash: str) -> None:
    """The intent: from here on the step may have landed."""
    session.execute(_SENT, {"id": step_id, "request_hash": request_hash})


def mark_done(
    session: Session, row: StepRow, *, user_id: UUID, campaign_id: UUID, result: StepResult
) -> dict[str, str]:
    """The result: keeps every object the step has made, and returns their platform ids by our key."""
    made = {item.key: item.platform_id for item in result.objects}
    first = result.objects[0].platform_id if result.objects else None
    for item in result.objects:
        _keep(session, user_id, campaign_id, item)
    response = json.dumps({**result.response, "words": result.words, "adopted": result.adopted}, default=str)
    session.execute(_DONE, {"id": row.id, "platform_id": first, "response": response})
    session.execute(_SETTLE_EARLIER, {"campaign_id": campaign_id, "key": row.key, "id": row.id, "platform_id": first})
    return made


def mark_stopped(session: Session, step_id: UUID, *, state: StepState, error: Mapping[str, Any]) -> None:
    """The step did not go through: planned (surely nothing happened), uncertain, or failed."""
    session.execute(_STOPPED, {"id": step_id, "state": state.value, "error": json.dumps(error, default=str)})


def known_ids(session: Session, *, campaign_id: UUID) -> dict[str, str]:
    """Platform ids by our key, of everything of this campaign that stands."""
    rows = session.execute(_IDS, {"campaign_id": campaign_id})
    return {row.our_key: row.platform_id for row in rows}


def _keep(session: Session, user_id: UUID, campaign_id: UUID, item: RemoteObject) -> None:
    session.execute(
        _KEEP_OBJECT,
        {
            "user_id": user_id,
            "campaign_id": campaign_id,
            "kind": item.kind,
            "our_key": item.key,
            "platform_id": item.platform_id,
            "parent_id": item.parent_key,
            "status": item.status,
            "applied": json.dumps(dict(item.applied), default=str),
        },
    )
