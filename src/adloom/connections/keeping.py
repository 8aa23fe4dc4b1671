"""Rows of logins: offered, accepted, refused, ended. Joins the caller's transaction: of the tenant for an offer, of the
worker's own role for all else.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.core.errors import Conflict
from adloom.db.session import Session
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
        '',
        :sealed
    )
    ON CONFLICT (user_id, platform) DO UPDATE
    SET
        attributes = user_api_credentials.attributes || excluded.attributes,
        candidate_encrypted = :sealed
    RETURNING id
    """
)

_ACCEPTED = text(
    """
    SELECT id
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
        AND attributes ->> 'login' = :offer
        AND attributes ->> 'candidate' IS DISTINCT FROM :offer
        AND is_active
    """
)

# An offer that another one has taken the place of is not accepted any more.
_ACCEPT = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = CASE
            WHEN attributes ->> 'candidate' = :offer THEN candidate_encrypted
            ELSE credentials_encrypted
        END,
        expires_at = CASE WHEN attributes ->> 'candidate' = :offer THEN :expires_at ELSE expires_at END,
        candidate_encrypted = CASE WHEN attributes ->> 'candidate' = :offer THEN NULL ELSE candidate_encrypted END,
        attributes = CASE
            WHEN attributes ->> 'candidate' = :offer
                THEN attributes - 'candidate'
                    || jsonb_build_object('login', CAST(:offer AS text), 'renews', CAST(:renews AS boolean))
            ELSE attributes
        END,
        is_active = true,
        error_message = NULL,
        last_validated_at = clock_timestamp()
    WHERE platform = CAST(:platform AS platform_type)
        AND (attributes ->> 'candidate' = :offer OR attributes ->> 'login' = :offer)
    RETURNING id
    """
)

_REFUSE = text(
    """
    UPDATE user_api_credentials
    SET
        candidate_encrypted = NULL,
        attributes = attributes - 'candidate',
        error_message = CASE WHEN is_active THEN error_message ELSE :message END
    WHERE platform = CAST(:platform AS platform_type)
        AND attributes ->> 'candidate' = :offer
    """
)

_VALIDATED = text(
    """
    UPDATE user_api_credentials
    SET
        is_active = true,
        error_message = NULL,
        last_validated_at = clock_timestamp()
    WHERE platform = CAST(:platform AS platform_type)
        AND credentials_encrypted <> ''
    """
)

_HAS_LOGIN = text(
    """
    SELECT credentials_encrypted <> ''
    FROM user_api_credentials
    WHERE platform = CAST(:platform AS platform_type)
    """
)

_MESSAGE = text("SELECT error_message FROM user_api_credentials WHERE platform = CAST(:platform AS platform_type)")

_ERASE = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = '',
        candidate_encrypted = NULL,
        attributes = attributes - 'candidate' - 'login' - 'renews',
        is_active = false,
        expires_at = NULL,
        error_message = :message
    WHERE platform = CAST(:platform AS platform_type)
    """
)


def offer_login(session: Session, actor: Actor, *, platform: Platform, offer: str, sealed: str) -> UUID:
    """Keeps a sealed login as the candidate of this offer, beside the one in use; returns the login's id."""
    values = {"user_id": actor.tenant_id, "platform": platform.value, "offer": offer, "sealed": sealed}
    return UUID(str(session.execute(_OFFER, values).scalar_one()))


def accepted(session: Session, *, platform: Platform, offer: str) -> bool:
    """Whether this offer was accepted already, and neither has anything taken its place nor is it to be tried again."""
    return session.execute(_ACCEPTED, {"platform": platform.value, "offer": offer}).scalar() is not None


def accept(session: Session, *, platform: Platform, offer: str, expires_at: datetime | None, renews: bool) -> UUID:
    """Makes the offered login the one that is used; raises Conflict where a newer one was offered since."""
    values = {"platform": platform.value, "offer": offer, "expires_at": expires_at, "renews": renews}
    found = session.execute(_ACCEPT, values).scalar()
    if found is None:
        raise Conflict(f"Another login for {platform.value} was given since; this one was not kept.")
    return UUID(str(found))


def refuse(session: Session, *, platform: Platform, offer: str, message: str) -> None:
    """Forgets an offered login; the one that is used stays as it is."""
    session.execute(_REFUSE, {"platform": platform.value, "offer": offer, "message": message})


def validated(session: Session, *, platform: Platform) -> None:
    """The login works."""
    session.execute(_VALIDATED, {"platform": platform.value})


def has_login(session: Session, *, platform: Platform) -> bool:
    """Whether a login is in use, working or not."""
    return bool(session.execute(_HAS_LOGIN, {"platform": platform.value}).scalar())


def message(session: Session, *, platform: Platform) -> str | None:
    """What is still to be done about the login, or was wrong with it."""
    found: str | None = session.execute(_MESSAGE, {"platform": platform.value}).scalar()
    return found


def erase(session: Session, *, platform: Platform, message: str | None) -> None:
    """Ends the login here: nothing of its secrets is left. `message` is what is still to be done about it."""
    session.execute(_ERASE, {"platform": platform.value, "message": message})
