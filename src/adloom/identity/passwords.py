"""Passwords: argon2id, and the one rule they have to meet. Never logged, never kept."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from adloom.core.errors import Invalid

_SHORTEST, _LONGEST = 10, 1024


def hash_(password: str) -> str:
    """The argon2id hash of a password; raises Invalid for one that is too short or absurdly long."""
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise Invalid.field(
            "password", f"it has {len(password)} characters.", f"Use {_SHORTEST} to {_LONGEST} characters."
        )
    return PasswordHasher().hash(password)


def matches(password: str, hashed: str) -> bool:
    """Whether the password is the hash's."""
    try:
        return PasswordHasher().verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def nobodys_hash() -> str:
    """A hash to compare with when there is no user, so that both answers take as long."""
    return PasswordHasher().hash("nobody has this password")
