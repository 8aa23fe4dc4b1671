"""Signing in, staying signed in, and signing out. A session's row decides: revoked, its tokens are worthless at once.

Every refresh makes a new row of the same family; a refresh token that is used again was stolen, and ends the family.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from anyio import to_thread
from sqlalchemy import Row, text

from adloom.core import logging, secrets, settings, time
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, NotFound, Unauthenticated
from adloom.db import session as db
from adloom.db.session import Session
from adloom.db.trips import Query
from adloom.identity import actions, passwords, throttle, tokens
from adloom.identity.tokens import LIFETIME, Audience, Claims
from adloom.identity.types import SessionView, Signed, Tokens

_STAYS_SIGNED_IN = timedelta(days=30)
_TOUCHED_EVERY = timedelta(minutes=5)
_WRONG = "E-mail and password do not belong together."
_GONE = "You are signed out. Sign in again."

_FIND_LOGIN = text("SELECT user_id, password_hash FROM find_login(:email)")

_FIND_SESSION = text(
    """
    SELECT
        session_id,
        user_id,
        email,
        role,
        expires_at,
        last_used_at
    FROM find_session(:jti)
    """
)

_FIND_REFRESH = text(
    """
    SELECT
        session_id,
        family_id,
        user_id,
        expires_at,
        revoked_at,
        replaced_by
    FROM find_refresh(:hash)
    """
)

_OPEN = text(
    """
    INSERT INTO user_sessions (
        id,
        user_id,
        family_id,
        token_jti,
        refresh_token_hash,
        expires_at,
        ip_address,
        user_agent
    )
    VALUES (
        :id,
        :person_id,
        :family_id,
        :jti,
        :hash,
        :expires_at,
        CAST(nullif(current_setting('app.ip', true), '') AS inet),
        nullif(current_setting('app.agent', true), '')
    )
    """
)

_SPEND = text(
    """
    UPDATE user_sessions
    SET revoked_at = now()
    WHERE id = :id
        AND revoked_at IS NULL
    RETURNING id
    """
)

_SUCCEED = text("UPDATE user_sessions SET replaced_by = :successor WHERE id = :id")

_TOUCH = text("UPDATE user_sessions SET last_used_at = now() WHERE id = :id")

_RECORD_LOGIN = text(
    """
    SELECT record_login(
        :person_id,
        CAST(nullif(current_setting('app.ip', true), '') AS inet),
        nullif(current_setting('app.agent', true), '')
    )
    """
)

_RECORD_LOGOUT = text(
    """
    SELECT record_logout(
        :person_id,
        CAST(nullif(current_setting('app.ip', true), '') AS inet),
        nullif(current_setting('app.agent', true), '')
    )
    """
)

_LIST = text(
    """
    SELECT
        id,
        created_at,
        last_used_at,
        expires_at,
        host(ip_address) AS address,
        user_agent AS agent
    FROM user_sessions
    WHERE revoked_at IS NULL
        AND expires_at > :now
    ORDER BY
        last_used_at DESC,
        id
    """
)

_REVOKE = text(
    """
    UPDATE user_sessions
    SET revoked_at = now()
    WHERE revoked_at IS NULL
        AND family_id = (SELECT family_id FROM user_sessions WHERE id = :id)
    RETURNING id
    """
)

_REVOKE_OTHERS = text(
    """
    UPDATE user_sessions
    SET revoked_at = now()
    WHERE revoked_at IS NULL
        AND id <> :id
    """
)

_SET_PASSWORD = text("UPDATE users SET password_hash = :hash WHERE id = :person_id")


def sign_up(
    *,
    email: str,
    password: str,
    first_name: str | None = None,
    last_name: str | None = None,
    address: str | None = None,
) -> UUID:
    """Makes an account and returns its id, as far as `ADLOOM_SIGNUP` lets: the first one always.

    Raises Forbidden where sign-up is closed, Invalid, Conflict for an address that is taken, OverLimit (throttle).
    """
    throttle.check(email=email, address=address)
    signup = settings.load().signup
    try:
        return actions.create_user(
            email=email, password=password, first_name=first_name, last_name=last_name, signup=signup
        )
    except Conflict:  # whoever tries addresses out is counted as one who tries passwords out
        throttle.failed(email=email, address=address)
        raise
    except Forbidden:
        if signup == "invite":
            raise Forbidden("Accounts are made by invitation here. Ask the administrator for one.") from None
        raise


def login(
    email: str,
    password: str,
    *,
    address: str | None,
    agent: str | None,
    audience: Audience = Audience.API,
) -> Tokens:
    """Signs a person in. Raises Unauthenticated, the same and after as long whether the address exists or not.

    Raises OverLimit (throttle) after too many failures of the e-mail or the network, before the password is looked at.
    """
    throttle.check(email=email, address=address)
    person_id = _verified(email, password)
    if person_id is None:
        throttle.failed(email=email, address=address)
        raise Unauthenticated(_WRONG, code="wrong_login")
    throttle.succeeded(email=email)
    return begin(person_id, address=address, agent=agent, audience=audience)


def begin(person_id: UUID, *, address: str | None, agent: str | None, audience: Audience = Audience.API) -> Tokens:
    """Signs in a person who has proved already who they are, and writes the log-in's audit row."""
    with db.transaction(_self(person_id, address, agent)) as session:
        session.execute(_RECORD_LOGIN, {"person_id": person_id})
        _, made = _open(session, person_id, family_id=uuid4(), audience=audience)
    return made


def refresh(refresh_token: str, *, address: str | None, agent: str | None) -> Tokens:
    """New tokens for a refresh token, which is spent; raises Unauthenticated.

    One that was spent before was stolen, or its answer was: every session of that log-in ends.
    """
    with db.anonymous() as session:
        found = session.execute(_FIND_REFRESH, {"hash": tokens.fingerprint(refresh_token)}).first()
    if found is None or found.expires_at <= time.now():
        raise Unauthenticated(_GONE)
    made = None if found.revoked_at is not None else _rotated(found, address, agent)
    if made is None:
        _end_family(found)
        raise Unauthenticated(_GONE)
    return made


def authenticate(access_token: str, *, audience: Audience = Audience.API) -> Signed:
    """Who carries this access token; raises Unauthenticated for a bad or lapsed one, and once its session has ended."""
    claims = claimed(access_token, audience=audience)
    (found,) = db.anonymous_at_once(question(claims))
    signed, is_due = _living(claims, found)
    if is_due:
        _touch(signed)
    return signed


def claimed(access_token: str, *, audience: Audience = Audience.API) -> Claims:
    """What a token of ours says; raises Unauthenticated. Whether its session lives, only `answered` tells."""
    return tokens.read(_key(), access_token, audience=audience, now=time.now())


def question(claims: Claims) -> Query:
    """Asks for the token's session: what a server's loop sends, alone or before what is to be read by it."""
    return Query(_FIND_SESSION, {"jti": claims.jti})


async def answered(claims: Claims, found: Sequence[Any]) -> Signed:
    """Who is signed in by the rows of `question`; raises Unauthenticated as `authenticate` does."""
    signed, is_due = _living(claims, found)
    if is_due:
        await to_thread.run_sync(_touch, signed)
    return signed


def logout(signed: Signed, *, address: str | None, agent: str | None) -> None:
    """Ends the session and all that descend from its log-in: their tokens are worthless at once."""
    with db.transaction(_self(signed.person_id, address, agent)) as session:
        session.execute(_REVOKE, {"id": signed.session_id})
        session.execute(_RECORD_LOGOUT, {"person_id": signed.person_id})


def of_person(signed: Signed) -> tuple[SessionView, ...]:
    """Where this person is signed in, last used first."""
    with db.reading(_self(signed.person_id)) as session:
        rows = session.execute(_LIST, {"now": time.now()}).mappings().all()
    return tuple(SessionView(**row, is_current=row["id"] == signed.session_id) for row in rows)


def revoke(signed: Signed, *, session_id: UUID) -> None:
    """Signs this person out in one place; raises NotFound where they are not signed in there."""
    with db.transaction(_self(signed.person_id)) as session:
        if not session.execute(_REVOKE, {"id": session_id}).all():
            raise NotFound(f"There is no session {session_id}.")


def change_password(signed: Signed, *, current: str, new: str, address: str | None, agent: str | None) -> None:
    """Sets another password and ends every other session. Raises Unauthenticated, OverLimit (throttle), Invalid."""
    throttle.check(email=signed.email, address=address)
    if _verified(signed.email, current) != signed.person_id:
        throttle.failed(email=signed.email, address=address)
        raise Forbidden("The current password is another one.", code="wrong_password")
    hashed = passwords.hash_(new)
    with db.transaction(_self(signed.person_id, address, agent)) as session:
        session.execute(_SET_PASSWORD, {"hash": hashed, "person_id": signed.person_id})
        session.execute(_REVOKE_OTHERS, {"id": signed.session_id})


def _living(claims: Claims, found: Sequence[Any]) -> tuple[Signed, bool]:
    """Who it is, and whether it is time to note that the session is used."""
    if not found:
        raise Unauthenticated(_GONE)
    ((session_id, person_id, email, role, expires_at, last_used_at),) = found
    if person_id != claims.person_id or expires_at <= time.now():
        raise Unauthenticated(_GONE)
    # Rows are dated by the database's clock, which no offset moves.
    is_due = time.now() - time.offset() - last_used_at > _TOUCHED_EVERY
    return Signed(person_id=person_id, session_id=session_id, email=email, role=Role(role)), is_due


def _touch(signed: Signed) -> None:
    with db.transaction(_self(signed.person_id)) as session:
        session.execute(_TOUCH, {"id": signed.session_id})


def _verified(email: str, password: str) -> UUID | None:
    """The person whose e-mail and password these are. Takes as long where there is nobody."""
    with db.anonymous() as session:
        found = session.execute(_FIND_LOGIN, {"email": email}).first()
    is_right = passwords.matches(password, passwords.nobodys_hash() if found is None else found.password_hash)
    return UUID(str(found.user_id)) if found is not None and is_right else None


def _rotated(found: Row[tuple[object, ...]], address: str | None, agent: str | None) -> Tokens | None:
    """The successor's tokens; None where somebody else has spent this one meanwhile."""
    with db.transaction(_self(found.user_id, address, agent)) as session:
        if session.execute(_SPEND, {"id": found.session_id}).scalar() is None:
            return None
        successor, made = _open(session, found.user_id, family_id=found.family_id, audience=Audience.API)
        session.execute(_SUCCEED, {"id": found.session_id, "successor": successor})
    return made


def _open(session: Session, person_id: UUID, *, family_id: UUID, audience: Audience) -> tuple[UUID, Tokens]:
    now, jti, refresh_token, session_id = time.now(), tokens.new_jti(), tokens.new_refresh(), uuid4()
    lasts = _STAYS_SIGNED_IN if audience is Audience.API else LIFETIME[audience]
    session.execute(
        _OPEN,
        {
            "id": session_id,
            "person_id": person_id,
            "family_id": family_id,
            "jti": jti,
            "hash": tokens.fingerprint(refresh_token),
            "expires_at": now + lasts,
        },
    )
    access_token = tokens.issue(_key(), person_id=person_id, jti=jti, audience=audience, now=now)
    return session_id, Tokens(access_token, refresh_token, int(LIFETIME[audience].total_seconds()))


def _end_family(found: Row[tuple[object, ...]]) -> None:
    with db.anonymous() as session:
        ended = session.execute(text("SELECT revoke_session_family(:family)"), {"family": found.family_id}).scalar()
    if ended:
        logging.logger(__name__).warning(
            "a spent credential was used again", person_id=str(found.user_id), sessions_ended=ended
        )


def _self(person_id: UUID, address: str | None = None, agent: str | None = None) -> Actor:
    return Actor(tenant_id=person_id, person_id=person_id, address=address, agent=agent)


def _key() -> bytes:
    return secrets.load_jwt_key(settings.load())
