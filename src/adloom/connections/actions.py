"""What a person asks of logins and ad accounts. A secret is sealed here and never read again by this side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import choices, inspections, keeping, queries, rules, tokens
from adloom.connections.types import AccountView, Connecting
from adloom.core import secrets
from adloom.core import settings as configuration
from adloom.core.actor import Actor
from adloom.core.errors import Forbidden, NotFound
from adloom.core.money import cap
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms.types import Platform

_ASSIGN = text(
    """
    UPDATE platform_accounts
    SET client_id = :client_id
    WHERE id = :account_id
    RETURNING id
    """
)

_EVER_CONNECTED = text(
    """
    SELECT id
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
        AND (is_active OR attributes ? 'login')
    UNION ALL
    SELECT id
    FROM platform_accounts
    WHERE platform = CAST(:platform AS platform_type)
    LIMIT 1
    """
)

_SET_CAP = text("UPDATE platform_accounts SET daily_cap = :daily_cap WHERE id = :account_id")
_LOCK_ACCOUNT = text("SELECT id FROM platform_accounts WHERE id = :account_id FOR UPDATE")
_SET_ATTRIBUTES = text("UPDATE platform_accounts SET attributes = CAST(:attributes AS jsonb) WHERE id = :account_id")


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
    may_connect(actor)
    credentials, attributes = tokens.parse(platform, token)
    ring = secrets.load_ring(configuration.load())
    secret, bound_to = tokens.to_json(credentials), tokens.bound_to(actor.tenant_id, platform)
    sealed = ring.seal(secret, bound_to=bound_to)
    # A job tries the login that it was queued for, and no other; the same one, given twice at once, is one offer.
    offer = str(ring.fingerprint(secret, bound_to=bound_to))
    with db.transaction(actor) as session:
        credential_id = keeping.offer_login(session, actor, platform=platform, offer=offer, sealed=sealed)
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
    may_connect(actor)
    with db.transaction(actor) as session:
        values = {"account_id": account_id, "client_id": client_id}
        if session.execute(_ASSIGN, values).scalar() is None:
            raise NotFound(f"There is no ad account {account_id}.")


def disconnect(session: Session, actor: Actor, *, platform: Platform) -> UUID:
    """Queues the end of a login, in the caller's transaction; returns the job. Raises Forbidden, NotFound.

    Of one that has ended already the job tells once more how. It does not ask what runs on its accounts:
    `campaigns.leaving` does.
    """
    may_connect(actor)
    if session.execute(_EVER_CONNECTED, {"platform": platform.value}).scalar() is None:
        raise NotFound(f"{platform.value} is not connected.")
    return jobs.enqueue(
        session,
        job_type="connections.disconnect",
        data={"platform": platform.value},
        actor=actor,
        dedupe_key=f"disconnect:{actor.tenant_id}:{platform.value}",
        priority=Priority.PERSON,
    )


def inspect(actor: Actor, *, account_id: UUID) -> UUID:
    """Queues a look at what ads of an account can use and what is wrong with it; returns the job. Raises NotFound."""
    actor.may_write()
    with db.transaction(actor) as session:
        _account(session, account_id)
        return inspections.enqueue(session, actor, account_id=account_id, priority=Priority.PERSON)


def choose(actor: Actor, *, account_id: UUID, settings: Mapping[str, str | None]) -> None:
    """Sets what an account's ads use and what its conversion events are (`choices`); None takes a setting away.

    Raises NotFound; Invalid, by setting, for what was not found at the account.
    """
    actor.may_write()
    with db.transaction(actor) as session:
        account = _account(session, account_id, for_update=True)
        found = [each for each in queries.resources_in(session, account_id=account_id) if each.gone_at is None]
        attributes = choices.settled(account.platform, account.attributes, settings, found=found)
        session.execute(_SET_ATTRIBUTES, {"account_id": account_id, "attributes": json.dumps(attributes)})


def set_cap(actor: Actor, *, account_id: UUID, daily_cap: Decimal | None) -> None:
    """Sets what the budgets of an account may come to a day, in its currency; None is no cap.

    Raises Invalid, NotFound, and Forbidden for all but the owner: nobody raises a cap that binds them.
    """
    may_connect(actor)
    if actor.person_id is not None and actor.person_id != actor.tenant_id:
        raise Forbidden("Only the owner sets caps.")
    amount = None if daily_cap is None else cap("daily_cap", daily_cap)
    with db.transaction(actor) as session:
        _account(session, account_id)
        session.execute(_SET_CAP, {"account_id": account_id, "daily_cap": amount})


def declare(actor: Actor, *, account_id: UUID, fault: str, answers: Mapping[str, str]) -> UUID:
    """Keeps what a person declares to mend a fault, and queues telling the platform; returns the job.

    Raises Forbidden for who may not speak for the owner, NotFound, Conflict for a fault that is not there (any more)
    or that only the platform's pages mend, Invalid for an answer that is missing or was not asked for.
    """
    may_connect(actor)
    with db.transaction(actor) as session:
        _account(session, account_id)
        known = queries.faults_in(session, account_id=account_id)
        rules.check_answers(fault, answers, known=known)
        answer_id = inspections.declare(session, actor, account_id=account_id, fault=fault, answers=answers)
        return jobs.enqueue(
            session,
            job_type="connections.mend",
            data={"account_id": account_id, "answer": answer_id},
            actor=actor,
            priority=Priority.PERSON,
            max_attempts=1,  # a write is not repeated blindly: a person looks at the account again, and decides
        )


def may_connect(actor: Actor) -> None:
    """Returns where this person may deal with the owner's logins; raises Forbidden otherwise."""
    actor.may_write()
    if actor.client_id is not None:
        raise Forbidden("Logins belong to the owner; a member of one client cannot connect them.")


def _account(session: Session, account_id: UUID, *, for_update: bool = False) -> AccountView:
    if for_update:
        session.execute(_LOCK_ACCOUNT, {"account_id": account_id})
    found = queries.account_in(session, account_id=account_id)
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    return found
