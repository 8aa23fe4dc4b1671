"""Rows of authorisations, as a worker handles them: opened, exchanged, found, connected, failed.

Joins the caller's transaction: of the worker's own role where a secret is read, of either for all else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlalchemy import text

from adloom.connections import tokens
from adloom.connections.types import AuthorizationStatus
from adloom.core.secrets import KeyRing
from adloom.db.session import Session
from adloom.platforms.contract import FoundAccount


@dataclass(frozen=True, slots=True)
class Returned:
    """A person has come back; `code` is None once it was exchanged."""

    status: AuthorizationStatus
    code: str | None = field(repr=False)
    verifier: str | None = field(repr=False)


_OPEN = text(
    """
    SELECT
        status,
        code_encrypted,
        verifier_encrypted
    FROM authorizations
    WHERE id = :id
    """
)

_SPENT = text(
    """
    UPDATE authorizations
    SET
        code_encrypted = NULL,
        verifier_encrypted = NULL
    WHERE id = :id
    """
)

_FOUND = text(
    """
    UPDATE authorizations
    SET
        status = 'found',
        accounts = CAST(:accounts AS jsonb)
    WHERE id = :id
        AND status IN ('returned', 'found')
    """
)

_CONNECTED = text("UPDATE authorizations SET status = 'connected' WHERE id = :id AND status = 'confirmed'")

_FAIL = text(
    """
    UPDATE authorizations
    SET
        status = 'failed',
        error_message = :message,
        code_encrypted = NULL,
        verifier_encrypted = NULL
    WHERE id = :id
        AND status = ANY(:from)
    RETURNING id
    """
)


def open_returned(session: Session, authorization_id: UUID, *, ring: KeyRing) -> Returned | None:
    """What a person came back with, unsealed; None where the authorisation is not there any more."""
    row = session.execute(_OPEN, {"id": authorization_id}).one_or_none()
    if row is None:
        return None

    def opened(what: str, sealed: str | None) -> str | None:
        if sealed is None:
            return None
        return ring.open(sealed, bound_to=tokens.bound_to_authorization(authorization_id, what))

    status = AuthorizationStatus(row.status)
    return Returned(status, opened("code", row.code_encrypted), opened("verifier", row.verifier_encrypted))


def spent(session: Session, authorization_id: UUID) -> None:
    """The code is exchanged: it and its verifier are worth nothing any more, and are forgotten."""
    session.execute(_SPENT, {"id": authorization_id})


def found(session: Session, authorization_id: UUID, accounts: Sequence[FoundAccount]) -> None:
    """The ad accounts that the login reaches, for a person to choose from."""
    listed = json.dumps([asdict(account) for account in accounts])
    session.execute(_FOUND, {"id": authorization_id, "accounts": listed})


def connected(session: Session, authorization_id: UUID) -> None:
    """The chosen accounts are connected."""
    session.execute(_CONNECTED, {"id": authorization_id})


def fail(session: Session, authorization_id: UUID, *, message: str, unless_chosen: bool = False) -> bool:
    """Ends an authorisation that leads nowhere, and returns whether it was under way.

    `unless_chosen`: leaves one alone whose accounts a person has chosen.
    """
    under_way = [AuthorizationStatus.STARTED, AuthorizationStatus.RETURNED, AuthorizationStatus.FOUND]
    if not unless_chosen:
        under_way.append(AuthorizationStatus.CONFIRMED)
    values = {"id": authorization_id, "message": message, "from": [status.value for status in under_way]}
    return session.execute(_FAIL, values).scalar() is not None
