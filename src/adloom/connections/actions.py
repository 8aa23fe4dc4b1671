"""Connecting a platform login. The secret is sealed here and never read again by this side; a worker verifies it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.connections import tokens
from adloom.connections.types import Connecting
from adloom.core import secrets, settings
from adloom.core.actor import Actor
from adloom.core.errors import Forbidden, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.types import Platform

# A login that works is not replaced by one that may not: the new one waits as a candidate until a worker has tried it.
_OFFER = text(
    """
    INSERT INTO user_api_credentials (
        user_id,
        platform,
        is_active,
        attributes,
        credentials_encrypted,
        candidate_encrypted
    )
    VALUES (
        :user_id,
        CAST(:platform AS platform_type),
        false,
        jsonb_build_object('candidate', CAST(:offer AS text)),
        :sealed,
        :sealed
    )
    ON CONFLICT (user_id, platform) DO UPDATE
    SET
        attributes = user_api_credentials.attributes || excluded.attributes,
        candidate_encrypted = :sealed
    RETURNING id
    """
)

_ASSIGN = text(
    """
    UPDATE platform_accounts
    SET client_id = :client_id
    WHERE id = :account_id
    RETURNING id
    """
)


def connect(
    actor: Actor,
    *,
    platform: Platform,
    token: Mapping[str, Any],
    account: str | None,
    client_id: UUID | None = None,
) -> Connecting:
    """Seals a login and queues its verification; the job's result names the accounts that are connected now.

    `account` limits it to one ad account; None takes all that the login reaches. A second time changes nothing but
    the secret. Raises Invalid for a token object that cannot be used.
    """
    _may_connect(actor)
    credentials, attributes = tokens.parse(platform, token)
    ring = secrets.load_ring(settings.load())
    sealed = ring.seal(tokens.to_json(credentials), bound_to=tokens.bound_to(actor.tenant_id, platform))
    offer = str(uuid4())  # a job tries the login that it was queued for, and no other
    with db.transaction(actor) as session:
        credential_id = _offer(session, actor, platform, offer=offer, sealed=sealed)
        job_id = jobs.enqueue(
            session,
            job_type="connections.verify",
            data={
                "platform": platform.value,
                "offer": offer,
                "account": account,
                "attributes": attributes,
                "client_id": client_id,
            },
            actor=actor,
            priority=Priority.PERSON,
            max_attempts=2,  # a person is waiting
        )
    return Connecting(credential_id=credential_id, job_id=job_id)


def assign(actor: Actor, *, account_id: UUID, client_id: UUID | None) -> None:
    """Gives an ad account to a client, or back to the owner's own; raises NotFound."""
    _may_connect(actor)
    with db.transaction(actor) as session:
        values = {"account_id": account_id, "client_id": client_id}
        if session.execute(_ASSIGN, values).scalar() is None:
            raise NotFound(f"There is no ad account {account_id}.")


def _may_connect(actor: Actor) -> None:
    actor.may_write()
    if actor.client_id is not None:
        raise Forbidden("Logins belong to the owner; a member of one client cannot connect them.")


def _offer(session: Session, actor: Actor, platform: Platform, *, offer: str, sealed: str) -> UUID:
    values = {"user_id": actor.tenant_id, "platform": platform.value, "offer": offer, "sealed": sealed}
    return UUID(str(session.execute(_OFFER, values).scalar_one()))
