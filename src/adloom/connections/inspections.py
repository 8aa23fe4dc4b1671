"""Rows of what an ad account offers and lacks, as a worker found it, and of what a person declared about it.

Joins the tenant's transaction. What is not found any more stays, and says since when.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import text

from adloom.connections import choices
from adloom.connections.types import AccountView
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.access import Inspection


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person answered, and to which fault."""

    fault: str
    answers: Mapping[str, str]


# Stamped with the transaction's time: whatever carries an older one was not found now.
_RESOURCES = text(
    """
    INSERT INTO account_resources (
        user_id,
        platform_account_id,
        kind,
        external_id,
        name,
        status,
        attributes,
        seen_at
    )
    SELECT
        platform_accounts.user_id,
        platform_accounts.id,
        found.kind,
        found.external_id,
        found.name,
        found.status,
        found.attributes,
        now()
    FROM jsonb_to_recordset(CAST(:found AS jsonb)) AS found (
        kind text,
        external_id text,
        name text,
        status text,
        attributes jsonb
    )
    JOIN platform_accounts ON platform_accounts.id = :account_id
    ON CONFLICT (platform_account_id, kind, external_id) DO UPDATE
    SET
        name = excluded.name,
        status = excluded.status,
        attributes = excluded.attributes,
        seen_at = excluded.seen_at,
        gone_at = NULL
    """
)

_FAULTS = text(
    """
    INSERT INTO account_faults (
        user_id,
        platform_account_id,
        code,
        words,
        fix,
        blocks_writes,
        asks,
        seen_at
    )
    SELECT
        platform_accounts.user_id,
        platform_accounts.id,
        found.code,
        found.words,
        found.fix,
        found.blocks_writes,
        found.asks,
        now()
    FROM jsonb_to_recordset(CAST(:found AS jsonb)) AS found (
        code text,
        words text,
        fix text,
        blocks_writes boolean,
        asks jsonb
    )
    JOIN platform_accounts ON platform_accounts.id = :account_id
    ON CONFLICT (platform_account_id, code) DO UPDATE
    SET
        words = excluded.words,
        fix = excluded.fix,
        blocks_writes = excluded.blocks_writes,
        asks = excluded.asks,
        seen_at = excluded.seen_at,
        gone_at = NULL
    """
)

_GONE = {
    table: text(
        f"""
        UPDATE {table}
        SET gone_at = now()
        WHERE platform_account_id = :account_id
            AND gone_at IS NULL
            AND seen_at < now()
        """  # noqa: S608  (a constant name)
    )
    for table in ("account_resources", "account_faults")
}

_INSPECTED = text(
    """
    UPDATE platform_accounts
    SET
        inspected_at = now(),
        missing_rights = CAST(:missing_rights AS jsonb),
        attributes = CAST(:chosen AS jsonb) || attributes
    WHERE id = :account_id
    """
)

_DECLARE = text(
    """
    INSERT INTO fault_answers (user_id, platform_account_id, actor_id, fault, answers)
    VALUES (:user_id, :account_id, :actor_id, :fault, CAST(:answers AS jsonb))
    RETURNING id
    """
)

_ANSWERS = text("SELECT fault, answers FROM fault_answers WHERE id = :id")
_SENT = text("UPDATE fault_answers SET sent_at = clock_timestamp() WHERE id = :id")


def enqueue(session: Session, actor: Actor, *, account_id: UUID, priority: int = Priority.ROUTINE) -> UUID:
    """Queues a look at an account; one that is queued already is not queued twice."""
    return jobs.enqueue(
        session,
        job_type="connections.inspect",
        data={"account_id": account_id},
        actor=actor,
        dedupe_key=f"inspect:{account_id}",
        priority=priority,
    )


def keep(session: Session, account: AccountView, found: Inspection) -> None:
    """Keeps what was found, and since when the rest is gone. What leaves no choice is chosen, where nothing was."""
    resources = {(each.kind, each.external_id): asdict(each) for each in found.resources}
    faults = {each.code: asdict(each) for each in found.faults}
    values = {"account_id": account.id}
    session.execute(_RESOURCES, {**values, "found": json.dumps(list(resources.values()))})
    session.execute(_FAULTS, {**values, "found": json.dumps(list(faults.values()))})
    for statement in _GONE.values():
        session.execute(statement, values)
    chosen = choices.only_ones(account.platform, found.resources)
    rights = json.dumps(list(found.missing_rights))
    session.execute(_INSPECTED, {**values, "missing_rights": rights, "chosen": json.dumps(chosen)})


def declare(session: Session, actor: Actor, *, account_id: UUID, fault: str, answers: Mapping[str, str]) -> UUID:
    """Keeps what a person declares about a fault, and who; returns its id."""
    values = {
        "user_id": actor.tenant_id,
        "account_id": account_id,
        "actor_id": actor.person_id,
        "fault": fault,
        "answers": json.dumps(dict(answers)),
    }
    return UUID(str(session.execute(_DECLARE, values).scalar_one()))


def answers(session: Session, *, answer_id: UUID) -> Declared:
    """What a person declared; raises NotFound."""
    row = session.execute(_ANSWERS, {"id": answer_id}).one_or_none()
    if row is None:
        raise NotFound("What was declared is not there any more.")
    return Declared(row.fault, row.answers)


def sent(session: Session, *, answer_id: UUID) -> None:
    """The platform was told."""
    session.execute(_SENT, {"id": answer_id})
