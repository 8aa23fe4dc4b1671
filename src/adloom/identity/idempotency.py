"""Answers kept for a repeated request, in the transaction of the action that gave them.

The key's row stands or falls with what the action wrote: a request that died half-way left neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from adloom.core.actor import Actor
from adloom.core.errors import Conflict
from adloom.db.session import Session

# The first one holds this lock until its commit; whoever comes meanwhile is told to come again, and waits for nobody.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")

_LAPSED = text("DELETE FROM idempotency_keys WHERE user_id = :user_id AND key = :key AND expires_at <= now()")

_RESERVE = text(
    """
    INSERT INTO idempotency_keys (user_id, key, actor_id, method, path, hash)
    VALUES (:user_id, :key, :actor_id, :method, :path, :hash)
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING key
    """
)

_FIND = text(
    """
    SELECT
        hash,
        status,
        body
    FROM idempotency_keys
    WHERE user_id = :user_id
        AND key = :key
    """
)

_KEEP = text(
    """
    UPDATE idempotency_keys
    SET
        status = :status,
        body = :body
    WHERE user_id = :user_id
        AND key = :key
    """
).bindparams(bindparam("body", type_=JSONB(none_as_null=True)))


class StillRunning(Conflict):
    """The first request of this key has not ended; `retry_after_s` says when to ask again."""

    code = "still_running"
    retry_after_s = 1


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request that may be repeated: its key, and the hash of all that makes it the same request."""

    key: str
    method: str
    path: str
    hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the status and the JSON body (None for an empty one)."""

    status: int
    body: Any


def reserve(session: Session, actor: Actor, *, keyed: Keyed) -> Answer | None:
    """Takes a key for this request and returns None; for a request that was answered, its answer.

    Raises StillRunning while the first one runs, Conflict for a key that another request has used.
    """
    values = {"user_id": actor.tenant_id, "key": keyed.key}
    if not session.execute(_LOCK, {"name": f"idempotency:{actor.tenant_id}:{keyed.key}"}).scalar():
        raise StillRunning("The first request with this Idempotency-Key is still running.")
    session.execute(_LAPSED, values)
    mine = {"actor_id": actor.person_id, "method": keyed.method, "path": keyed.path, "hash": keyed.hash}
    if session.execute(_RESERVE, values | mine).scalar() is not None:
        return None
    found = session.execute(_FIND, values).first()
    if found is None or found.hash != keyed.hash or found.status is None:  # not found: another member's
        raise Conflict("This Idempotency-Key was used for another request. Use a new one.", code="key_reused")
    return Answer(status=found.status, body=found.body)


def keep(session: Session, actor: Actor, *, keyed: Keyed, answer: Answer) -> None:
    """Keeps the answer for 24 hours, in the caller's transaction."""
    values = {"user_id": actor.tenant_id, "key": keyed.key}
    session.execute(_KEEP, {**values, "status": answer.status, "body": answer.body})
