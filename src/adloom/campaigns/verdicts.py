"""Verdict rows: which platform was asked about which plan, by which job, and what it said.

A verdict belongs to the fingerprint of a plan for one platform: the same plan is asked about once, however often it is
looked at, until the answer is old. Every function joins the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.campaigns.checks import Check, CheckStatus
from adloom.core.actor import Actor
from adloom.db.session import ReadSession, Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.types import Platform
from adloom.platforms.verdicts import Judgement, Manner

#: A platform that did not answer is tried again this often at the most; its job has retried by itself before.
_ATTEMPTS = 2

_COLUMNS = """
    platform_verdicts.id,
    platform_verdicts.ad_id,
    platform_verdicts.platform,
    platform_verdicts.fingerprint,
    platform_verdicts.status,
    platform_verdicts.manner,
    platform_verdicts.reason,
    platform_verdicts.objections,
    platform_verdicts.unjudged,
    platform_verdicts.asked_at,
    platform_verdicts.answered_at,
    platform_verdicts.job_id
"""

# A job that ended without an answer (its worker died too often, it was cancelled) leaves nobody who would give one.
_KNOWN = text(
    f"""
    SELECT
        {_COLUMNS},
        platform_verdicts.status = 'pending'
        AND NOT EXISTS (
            SELECT
            FROM background_jobs
            WHERE background_jobs.id = platform_verdicts.job_id
                AND background_jobs.status IN ('pending', 'running')
        ) AS is_forsaken
    FROM platform_verdicts
    WHERE platform_verdicts.ad_id = :ad_id
        AND (
            platform_verdicts.fingerprint = ANY(CAST(:fingerprints AS text[]))
            OR platform_verdicts.id = ANY(CAST(:ids AS uuid[]))
        )
    """  # noqa: S608  (a constant list of columns)
)

# An answer holds for an hour, a failure for half a minute; who is asked already is not asked anew.
_ASK = text(
    """
    INSERT INTO platform_verdicts (user_id, ad_id, platform, fingerprint)
    VALUES (:user_id, :ad_id, CAST(:platform AS platform_type), :fingerprint)
    ON CONFLICT (ad_id, platform, fingerprint) DO UPDATE
    SET
        status = 'pending',
        manner = NULL,
        reason = NULL,
        objections = '[]',
        unjudged = '[]',
        asked_at = now(),
        answered_at = NULL
    WHERE platform_verdicts.status = 'pending'
        OR platform_verdicts.answered_at < now() - CASE platform_verdicts.status
            WHEN 'done' THEN INTERVAL '1 hour'
            ELSE INTERVAL '30 seconds'
        END
    RETURNING id
    """
)

_SET_JOB = text("UPDATE platform_verdicts SET job_id = :job_id WHERE id = :id")

_QUESTION = text(
    f"""
    SELECT {_COLUMNS}
    FROM platform_verdicts
    WHERE platform_verdicts.id = :id
    """  # noqa: S608
)

_ANSWER = text(
    """
    UPDATE platform_verdicts
    SET
        status = :status,
        manner = :manner,
        reason = :reason,
        objections = CAST(:objections AS jsonb),
        unjudged = CAST(:unjudged AS jsonb),
        answered_at = clock_timestamp()
    WHERE id = :id
        AND status = 'pending'
    """
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a job is to ask: the plan of this ad for this platform, if it still is this one."""

    id: UUID
    ad_id: UUID
    platform: Platform
    fingerprint: str
    is_open: bool


def known(session: ReadSession, *, ad_id: UUID, fingerprints: Mapping[Platform, str]) -> dict[Platform, Check]:
    """What is known of plans by their fingerprints for each platform; those that nobody asked about are left out."""
    rows = session.execute(_KNOWN, {"ad_id": ad_id, "fingerprints": [*fingerprints.values()], "ids": []}).mappings()
    found = ((Platform(row["platform"]), row) for row in rows)
    return {platform: _check(row) for platform, row in found if fingerprints.get(platform) == row["fingerprint"]}


def with_ids(session: ReadSession, *, ad_id: UUID, ids: Collection[UUID]) -> dict[Platform, Check]:
    """The verdicts with these ids, of this ad, by platform."""
    rows = session.execute(_KNOWN, {"ad_id": ad_id, "fingerprints": [], "ids": [*ids]}).mappings()
    return {Platform(row["platform"]): _check(row) for row in rows}


def ask(
    session: Session, actor: Actor, *, ad_id: UUID, client_id: UUID | None, platform: Platform, fingerprint: str
) -> None:
    """Queues the question, once for each plan and platform; nothing where the answer is known and not old."""
    values = {"user_id": actor.tenant_id, "ad_id": ad_id, "platform": platform.value, "fingerprint": fingerprint}
    id_ = session.execute(_ASK, values).scalar()
    if id_ is None:
        return
    job_id = jobs.enqueue(
        session,
        job_type="campaigns.judge",
        data={"verdict_id": id_},
        actor=actor,
        client_id=client_id,
        dedupe_key=f"judge:{id_}",
        priority=Priority.PERSON,
        max_attempts=_ATTEMPTS,
    )
    session.execute(_SET_JOB, {"id": id_, "job_id": job_id})


def question(session: ReadSession, verdict_id: UUID) -> Question | None:
    """What was asked; None where it is gone."""
    row = session.execute(_QUESTION, {"id": verdict_id}).mappings().first()
    if row is None:
        return None
    is_open = row["status"] == CheckStatus.PENDING
    return Question(row["id"], row["ad_id"], Platform(row["platform"]), row["fingerprint"], is_open)


def answer(session: Session, verdict_id: UUID, judgement: Judgement) -> None:
    """Keeps what the platform said, once."""
    _keep(
        session,
        verdict_id,
        status=CheckStatus.DONE,
        manner=judgement.manner.value,
        objections=[each.as_json() for each in judgement.objections],
        unjudged=[each.as_json() for each in judgement.unjudged],
    )


def give_up(session: Session, verdict_id: UUID, *, reason: str) -> None:
    """Keeps why there is no verdict."""
    _keep(session, verdict_id, status=CheckStatus.UNAVAILABLE, reason=reason)


def _keep(
    session: Session,
    verdict_id: UUID,
    *,
    status: CheckStatus,
    manner: str | None = None,
    reason: str | None = None,
    objections: list[dict[str, Any]] | None = None,
    unjudged: list[dict[str, Any]] | None = None,
) -> None:
    values = {"id": verdict_id, "status": status.value, "manner": manner, "reason": reason}
    lists = {"objections": json.dumps(objections or []), "unjudged": json.dumps(unjudged or [])}
    session.execute(_ANSWER, {**values, **lists})


def _check(row: RowMapping) -> Check:
    is_forsaken = bool(row["is_forsaken"])
    return Check(
        status=CheckStatus.UNAVAILABLE if is_forsaken else CheckStatus(row["status"]),
        reason="The question was given up before it was answered." if is_forsaken else row["reason"] or "",
        manner=None if row["manner"] is None else Manner(row["manner"]),
        objections=tuple(row["objections"]),
        unjudged=tuple(row["unjudged"]),
        asked_at=row["asked_at"],
        answered_at=row["answered_at"],
        id=row["id"],
        job_id=row["job_id"],
    )
