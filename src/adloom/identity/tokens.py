"""Access tokens (signed, short-lived) and refresh tokens (random, kept as a hash). Pure: knows no database."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import jwt
from jwt.types import Options

from adloom.core.errors import Unauthenticated

_ALGORITHM = "HS256"
_ISSUER = "adloom"
_REQUIRED = ["sub", "jti", "iat", "exp", "aud", "iss"]
_REFRESH_BYTES = 32
# Expiry follows the installation's clock, which PyJWT does not know: it is judged here.
_CHECKS: Options = {"require": _REQUIRED, "verify_exp": False, "verify_iat": False}


class Audience(StrEnum):
    """Who carries a token: a program that sends it as a bearer, or a browser that keeps it in a cookie."""

    API = "adloom-api"
    WEB = "adloom-web"


#: A bearer is renewed by its refresh token; a browser's token lasts a day. Either dies with its session's row.
LIFETIME = {Audience.API: timedelta(minutes=15), Audience.WEB: timedelta(hours=24)}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid access token says: who (`person_id`), and by which session's `jti`."""

    person_id: UUID
    jti: str


def issue(key: bytes, *, person_id: UUID, jti: str, audience: Audience, now: datetime) -> str:
    """An access token for a session; it lapses after the audience's lifetime."""
    claims = {
        "sub": str(person_id),
        "jti": jti,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME[audience]).timestamp()),
        "aud": audience.value,
        "iss": _ISSUER,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read(key: bytes, token: str, *, audience: Audience, now: datetime) -> Claims:
    """What a token says; raises Unauthenticated for one that is forged, for another audience, or lapsed."""
    try:
        claims = jwt.decode(
            token, key, algorithms=[_ALGORITHM], audience=audience.value, issuer=_ISSUER, options=_CHECKS
        )
        found = Claims(person_id=UUID(claims["sub"]), jti=str(claims["jti"]))
        lapsed = int(claims["exp"]) <= now.timestamp()
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise Unauthenticated("The access token is not valid here. Sign in again.") from None
    if lapsed:
        raise Unauthenticated("The access token has lapsed. Refresh it, or sign in again.", code="token_lapsed")
    return found


def new_jti() -> str:
    """A name for a session that nobody can guess."""
    return secrets.token_urlsafe(24)


def new_refresh() -> str:
    """A refresh token: 256 random bits."""
    return secrets.token_urlsafe(_REFRESH_BYTES)


def fingerprint(refresh_token: str) -> str:
    """What is stored of a refresh token. It is random, so a plain hash cannot be reversed by guessing."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
