"""The step log of deployments: one statement per function.

A step's intent is committed before its call and its result after it. Every function joins the caller's transaction, or
returns what is to be done in one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.campaigns import objects
from adloom.campaigns.types import DeploymentType, Doubt, StepState
from adloom.db.session import ReadSession, Session
from adloom.db.trips import Query
from adloom.jobs import claims
from adloom.jobs.types import Job
from adloom.platforms.contract import Step, StepResult


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as it stands; with a doubt, the platform has to be asked before anything is sent."""

    id: UUID
    key: str
    state: StepState
    idempotency_key: str
    attempts: int
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class Sending:
    """How long ago a step was begun, sent last, and ended (None: it has not)."""

    kind: str
    since: timedelta
    sent: timedelta
    finished: timedelta | None


# The newest attempt at this step, in this or an earlier deployment of the kind, whose outcome nobody knows.
_IN_DOUBT_OF = """
    SELECT
        deployment_steps.state = 'sent' AS is_open,
        clock_timestamp() - deployment_steps.sent_at AS age,
        clock_timestamp() - coalesce(deployment_steps.finished_at, deployment_steps.sent_at) AS quiet_for,
        coalesce(deployment_steps.finished_at - deployment_steps.sent_at, INTERVAL '0') AS lasted,
        deployment_steps.response ->> 'sent_by' AS sent_by
    FROM deployment_steps
    JOIN campaign_deployments ON campaign_deployments.id = deployment_steps.deployment_id
    WHERE deployment_steps.campaign_id = :campaign_id
        AND deployment_steps.key = :key
        AND deployment_steps.state IN ('sent', 'uncertain')
        AND campaign_deployments.deployment_type = CAST(:type AS deployment_type)
    ORDER BY deployment_steps.sent_at DESC
    LIMIT 1
"""

_DOUBT = text(_IN_DOUBT_OF)

# The row, and with it what is in doubt; a row that is made here is new, so that it is in nobody's doubt.
_OPEN_STEP = text(
    f"""
    WITH opened AS (
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
            attempts
    )
    SELECT
        opened.id,
        opened.key,
        opened.state,
        opened.idempotency_key,
        opened.attempts,
        doubt.is_open,
        doubt.age,
        doubt.quiet_for,
        doubt.lasted,
        doubt.sent_by
    FROM opened
    LEFT JOIN LATERAL ({_IN_DOUBT_OF}) AS doubt ON true
    """  # noqa: S608  (a constant query)
)

# Of an update, also whether any step of those is that it has overtaken: it asks for them first.
_IS_BEGUN = text(
    """
    SELECT EXISTS (
        SELECT
        FROM deployment_steps
        WHERE deployment_id = :deployment_id
            AND state <> 'planned'
    )
    """
)

_IS_UNCERTAIN = text(
    """
    SELECT EXISTS (
        SELECT
        FROM campaign_deployments AS own
        JOIN campaign_deployments AS asked
            ON asked.id = own.id
            OR (
                asked.campaign_id = own.campaign_id
                AND asked.deployment_type = 'update'
                AND own.deployment_type = 'update'
            )
        JOIN deployment_steps ON deployment_steps.deployment_id = asked.id
        WHERE own.id = :deployment_id
            AND deployment_steps.state IN ('sent', 'uncertain')
    )
    """
)

_DONE_KEYS = text("SELECT key FROM deployment_steps WHERE deployment_id = :deployment_id AND state = 'done'")

# The intent, where the claim still stands; the claim is pinned until it is committed.
_SENT = text(
    f"""
    WITH held AS MATERIALIZED ({claims.HELD}),
    sent AS (
        UPDATE deployment_steps
        SET
            state = 'sent',
            attempts = attempts + 1,
            sent_at = clock_timestamp(),
            finished_at = NULL,
            request_hash = :request_hash,
            response = jsonb_build_object('sent_by', CAST(:worker AS text)),
            error = NULL
        FROM held
        WHERE deployment_steps.id = :step_id
            AND deployment_steps.state <> 'done'
    )
    SELECT id
    FROM held
    """  # noqa: S608  (a constant query)
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

# Only this attempt is ended: a later one, of whoever took over, knows better.
_STOPPED = text(
    """
    UPDATE deployment_steps
    SET
        state = :state,
        finished_at = CASE WHEN :state <> 'planned' THEN clock_timestamp() END,
        response = NULL,
        error = CAST(:error AS jsonb)
    WHERE id = :id
        AND attempts = :attempts
        AND state <> 'done'
    """
)

# The campaign is gone from the platform: nothing of it is in doubt any more, and no object stands.
_CLOSE_STEPS = text(
    """
    UPDATE deployment_steps
    SET
        state = 'failed',
        finished_at = clock_timestamp(),
        error = CAST(:error AS jsonb)
    WHERE campaign_id = :campaign_id
        AND state IN ('sent', 'uncertain')
    """
)

# A pause or resume that was overtaken, and what an update has been laid over: what stands now says what became of it.
_CLOSE_OVERTAKEN = text(
    """
    UPDATE deployment_steps
    SET
        state = 'failed',
        finished_at = clock_timestamp(),
        error = CAST(:error AS jsonb)
    FROM campaign_deployments
    WHERE campaign_deployments.id = deployment_steps.deployment_id
        AND campaign_deployments.status = 'failed'
        AND (campaign_deployments.deployment_type IN ('pause', 'resume') OR (
            :with_updates AND campaign_deployments.deployment_type = 'update'
        ))
        AND deployment_steps.campaign_id = :campaign_id
        AND deployment_steps.state IN ('sent', 'uncertain')
    """
)


_IN_DOUBT = text(
    """
    SELECT
        key,
        kind
    FROM deployment_steps
    WHERE deployment_id = :deployment_id
        AND key LIKE :keys
        AND state IN ('sent', 'uncertain')
    ORDER BY key
    """
)

# From a step's first sight to the deadline of its last request: whatever of it was sent, was sent in between.
_WINDOWS = text(
    """
    SELECT
        split_part(key, '/', 1) AS kind,
        clock_timestamp() - created_at AS since,
        clock_timestamp() - sent_at AS sent,
        clock_timestamp() - finished_at AS finished
    FROM deployment_steps
    WHERE campaign_id = :campaign_id
        AND split_part(key, '/', 1) = ANY(:kinds)
        AND sent_at IS NOT NULL
    """
)


def opening(
    *,
    user_id: UUID,
    deployment_id: UUID,
    campaign_id: UUID,
    type_: DeploymentType,
    position: int,
    step: Step,
    generation: int,
    idempotency_key: str,
) -> Query:
    """What makes a step's row on first sight: the same for every attempt. Its one row is for `opened`."""
    values = {
        "user_id": user_id,
        "deployment_id": deployment_id,
        "campaign_id": campaign_id,
        "position": position,
        "key": step.key,
        "kind": step.kind,
        "generation": generation,
        "idempotency_key": idempotency_key,
        "type": type_.value,
    }
    return Query(_OPEN_STEP, values)


def opened(row: Sequence[Any]) -> StepRow:
    """The step's row, as `opening` has found it."""
    id_, key, state, idempotency_key, attempts, *doubt_ = row
    found = None if doubt_[0] is None else Doubt(*doubt_)
    return StepRow(id_, key, StepState(state), idempotency_key, attempts, found)


def doubt(session: ReadSession, *, campaign_id: UUID, type_: DeploymentType, key: str) -> Doubt | None:
    """The newest attempt at a step of this kind of deployment that may have landed; None where all are known."""
    where = {"campaign_id": campaign_id, "type": type_.value, "key": key}
    row = session.execute(_DOUBT, where).mappings().one_or_none()
    return None if row is None else Doubt(**row)


def is_uncertain(session: ReadSession, *, deployment_id: UUID) -> bool:
    """Whether any step of a deployment, or of updates that it has overtaken, may have landed unseen."""
    return bool(session.execute(_IS_UNCERTAIN, {"deployment_id": deployment_id}).scalar_one())


def is_begun(session: ReadSession, *, deployment_id: UUID) -> bool:
    """Whether any step of a deployment was ever sent."""
    return bool(session.execute(_IS_BEGUN, {"deployment_id": deployment_id}).scalar_one())


def done_keys(session: ReadSession, *, deployment_id: UUID) -> set[str]:
    """The steps of a deployment that are done."""
    return set(session.execute(_DONE_KEYS, {"deployment_id": deployment_id}).scalars())


def in_doubt(session: ReadSession, *, deployment_id: UUID, prefix: str) -> tuple[Step, ...]:
    """The steps of a deployment whose keys begin so, and that may have landed unseen."""
    rows = session.execute(_IN_DOUBT, {"deployment_id": deployment_id, "keys": f"{prefix}%"})
    return tuple(Step(row.key, row.kind) for row in rows)


def sendings(session: ReadSession, *, campaign_id: UUID, kinds: Sequence[str]) -> tuple[Sending, ...]:
    """When the steps of a campaign that make objects of these kinds were under way."""
    rows = session.execute(_WINDOWS, {"campaign_id": campaign_id, "kinds": list(kinds)}).mappings()
    return tuple(Sending(**row) for row in rows)


def intent(step_id: UUID, *, request_hash: str, job: Job, time_left: timedelta) -> Query:
    """The intent: from here on the step may have landed. No row where the job's claim is lost; then nothing is kept."""
    values = {**claims.claim_of(job), "time_left": time_left, "step_id": step_id, "request_hash": request_hash}
    return Query(_SENT, values)


def made_by(step: Step, result: StepResult) -> dict[str, str]:
    """The platform ids, by our key, of the objects that a step has made, and not taken away again."""
    gone = set(step.removes) - set(step.creates)
    return {item.key: item.platform_id for item in result.objects if item.key not in gone}


def results(row: StepRow, *, user_id: UUID, campaign_id: UUID, step: Step, result: StepResult) -> tuple[Query, ...]:
    """The result: what keeps every object the step has made, to be done in this order and in one transaction.

    What the step removes is marked deleted, first: something else may have been made under the same key.
    """
    made = made_by(step, result)
    first = result.objects[0].platform_id if result.objects else None
    response = json.dumps({**result.response, "words": result.words, "adopted": result.adopted}, default=str)
    kept = (item for item in result.objects if item.key in made)
    return (
        *objects.removing(campaign_id=campaign_id, keys=step.removes),
        *(query for item in kept for query in objects.keeping(item, user_id=user_id, campaign_id=campaign_id)),
        Query(_DONE, {"id": row.id, "platform_id": first, "response": response}),
        Query(_SETTLE_EARLIER, {"campaign_id": campaign_id, "key": row.key, "id": row.id, "platform_id": first}),
    )


def mark_stopped(session: Session, step_id: UUID, *, attempts: int, state: StepState, error: Mapping[str, Any]) -> None:
    """That attempt did not go through: planned (surely nothing happened), uncertain, or failed."""
    described = json.dumps(error, default=str)
    session.execute(_STOPPED, {"id": step_id, "attempts": attempts, "state": state.value, "error": described})


def close(session: Session, *, campaign_id: UUID, error: Mapping[str, Any]) -> None:
    """The campaign was deleted on the platform: its objects are gone, and what was in doubt does not matter."""
    values = {"campaign_id": campaign_id, "error": json.dumps(error, default=str)}
    session.execute(_CLOSE_STEPS, values)
    objects.close(session, campaign_id=campaign_id)


def close_overtaken(
    session: Session, *, campaign_id: UUID, error: Mapping[str, Any], with_updates: bool = False
) -> None:
    """Another change has gone through since: pauses and resumes that it overtook are in doubt no more.

    `with_updates` where that was an update, which has set right what the ones before it may have left.
    """
    values = {"campaign_id": campaign_id, "error": json.dumps(error, default=str), "with_updates": with_updates}
    session.execute(_CLOSE_OVERTAKEN, values)
