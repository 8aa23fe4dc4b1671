"""What proves that who comes back from a platform is who left for it: the state, and the code challenge. Pure.

RFC 6749 10.12 (state against forged returns), RFC 7636 (proof key: only who began can spend the code).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta

#: How long a person may take on the platform's page.
LIFETIME = timedelta(minutes=10)


def new_state() -> str:
    """32 random bytes as text: known to the browser that leaves, and to nobody else."""
    return secrets.token_urlsafe(32)


def fingerprint(state: str) -> str:
    """What is kept of a state: its SHA-256, in hexadecimal."""
    return hashlib.sha256(state.encode()).hexdigest()


def new_verifier() -> str:
    """A code verifier: 86 characters of the alphabet of RFC 7636, 4.1 (43 to 128 are allowed)."""
    return secrets.token_urlsafe(64)


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier: BASE64URL(SHA256(verifier)) without padding (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
