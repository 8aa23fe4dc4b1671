"""A person's way through a platform's consent page: begun here, returned here, chosen here. A worker does the talking.

The state counts once, for ten minutes, for the session, tenant and platform that it was made for, and is kept as a
hash. The platform's code is as good as a password: it is sealed at once, and read by the worker alone.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import text

from adloom.connections import ad_accounts, apps, proofs, tokens
from adloom.connections.actions import may_connect
from adloom.connections.types import Authorizing
from adloom.core import secrets, settings, time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, NotFound
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs.types import Priority
from adloom.platforms import registry
from adloom.platforms.types import Platform

_BEGIN = text(
    """
    INSERT INTO authorizations (
        id,
        user_id,
        actor_id,
        session_id,
        platform,
        state_hash,
        verifier_encrypted,
        expires_at
    )
    VALUES (
        :id,
        :user_id,
        :actor_id,
        :session_id,
        CAST(:platform AS platform_type),
        :state_hash,
        :verifier,
        :expires_at
    )
    """
)

# One statement takes the state out of use: of two returns with it, one finds it.
_TAKE = text(
    """
    UPDATE authorizations
    SET status = 'returned'
    WHERE state_hash = :state_hash
        AND session_id = :session_id
        AND actor_id = :actor_id
        AND platform = CAST(:platform AS platform_type)
        AND status = 'started'
        AND expires_at > :now
    RETURNING id
    """
)

_REFUSED = text(
    """
    UPDATE authorizations
    SET
        status = 'failed',
        error_message = :message,
        verifier_encrypted = NULL
    WHERE id = :id
    """
)

_KEEP_CODE = text(
    """
    UPDATE authorizations
    SET
        code_encrypted = :code,
        job_id = :job_id
    WHERE id = :id
    """
)

_CONFIRM = text(
    """
    UPDATE authorizations
    SET status = 'confirmed'
    WHERE id = :id
        AND status = 'found'
    RETURNING
        platform,
        accounts
    """
)

_STATUS = text("SELECT status FROM authorizations WHERE id = :id")
_SET_JOB = text("UPDATE authorizations SET job_id = :job_id WHERE id = :id")


def begin(actor: Actor, *, platform: Platform, session_id: UUID) -> Authorizing:
    """Where this person goes to let us in. Raises Invalid where the app is not configured, Forbidden.

    `session_id` is that of the person who goes: nobody else may come back with it.
    """
    may_connect(actor)
    app, adapter = apps.app(platform), registry.adapter(platform)
    id_, state = uuid4(), proofs.new_state()
    verifier = proofs.new_verifier() if adapter.uses_pkce else None
    expires_at = time.now() + proofs.LIFETIME
    values = {
        "id": id_,
        "user_id": actor.tenant_id,
        "actor_id": actor.person_id,
        "session_id": session_id,
        "platform": platform.value,
        "state_hash": proofs.fingerprint(state),
        "verifier": None if verifier is None else _sealed(id_, "verifier", verifier),
        "expires_at": expires_at,
    }
    with db.transaction(actor) as session:
        session.execute(_BEGIN, values)
    challenge = None if verifier is None else proofs.challenge(verifier)
    url = adapter.authorize_url(app=app, state=state, challenge=challenge)
    return Authorizing(id=id_, url=url, expires_at=expires_at)


def returned(
    actor: Actor, *, platform: Platform, session_id: UUID, state: str, code: str | None, refusal: str = ""
) -> UUID:
    """Takes a person who comes back, and returns the authorisation's id; a job exchanges the code.

    `refusal` is the platform's word for why there is no code. Raises Conflict for a state that is not (any more) this
    session's, tenant's and platform's, whatever the reason is; nothing is changed then.
    """
    may_connect(actor)
    with db.transaction(actor) as session:
        id_ = _taken(session, actor, platform=platform, session_id=session_id, state=state)
        if code is None:
            session.execute(_REFUSED, {"id": id_, "message": _why_not(refusal)})
            return id_
        job_id = jobs.enqueue(
            session,
            job_type="connections.exchange",
            data={"platform": platform.value, "authorization": id_},
            actor=actor,
            priority=Priority.PERSON,
            max_attempts=2,  # a person is waiting, and codes are good for minutes
        )
        session.execute(_KEEP_CODE, {"id": id_, "code": _sealed(id_, "code", code), "job_id": job_id})
    return id_


def confirm(actor: Actor, *, authorization_id: UUID, accounts: Collection[str], client_id: UUID | None = None) -> UUID:
    """Connects the login for these of the accounts that it was found to reach; returns the job.

    Raises NotFound; Conflict where there is nothing to choose (any more), Invalid for an account that was not found,
    OverLimit beyond the tier's accounts.
    """
    may_connect(actor)
    with db.transaction(actor) as session:
        row = session.execute(_CONFIRM, {"id": authorization_id}).one_or_none()
        if row is None:
            raise _nothing_to_choose(session, authorization_id)
        wanted = _chosen(accounts, found=[account["external_id"] for account in row.accounts])
        ad_accounts.hold_limit(session, platform=Platform(row.platform), external_ids=wanted)
        job_id = jobs.enqueue(
            session,
            job_type="connections.verify",
            data={
                "platform": row.platform,
                "offer": str(authorization_id),
                "authorization": authorization_id,
                "account": None,
                "accounts": wanted,
                "attributes": {},
                "client_id": client_id,
            },
            actor=actor,
            priority=Priority.PERSON,
            max_attempts=2,
        )
        session.execute(_SET_JOB, {"id": authorization_id, "job_id": job_id})
    return job_id


def _taken(session: Session, actor: Actor, *, platform: Platform, session_id: UUID, state: str) -> UUID:
    values = {
        "state_hash": proofs.fingerprint(state),
        "session_id": session_id,
        "actor_id": actor.person_id,
        "platform": platform.value,
        "now": time.now(),
    }
    found = session.execute(_TAKE, values).scalar()
    if found is None:
        raise Conflict(
            "This way back does not count (any more): it does once, within ten minutes, in the session that began it. "
            "Nothing was connected. Begin again on the connections page.",
            code="state_not_known",
        )
    return UUID(str(found))


def _why_not(refusal: str) -> str:
    """In our words: what stands in an address can be anybody's."""
    if refusal == "access_denied":
        return "You did not let Adloom in there. Nothing was connected."
    return "The platform sent you back without letting Adloom in. Nothing was connected."


def _chosen(accounts: Collection[str], *, found: Collection[str]) -> list[str]:
    wanted = list(dict.fromkeys(accounts))
    if not wanted:
        raise Invalid.field("accounts", "none is chosen.", "Choose one at least.")
    unknown = [account for account in wanted if account not in found]
    if unknown:
        rule = f"this login does not reach {', '.join(unknown)}."
        raise Invalid.field("accounts", rule, f"It reaches: {', '.join(found) or 'none'}.")
    return wanted


def _nothing_to_choose(session: Session, authorization_id: UUID) -> NotFound | Conflict:
    status = session.execute(_STATUS, {"id": authorization_id}).scalar()
    if status is None:
        return NotFound(f"There is no authorisation {authorization_id}.")
    return Conflict(f"There is nothing to choose: this authorisation is {status}.")


def _sealed(id_: UUID, what: str, plain: str) -> str:
    return secrets.load_ring(settings.load()).seal(plain, bound_to=tokens.bound_to_authorization(id_, what))
