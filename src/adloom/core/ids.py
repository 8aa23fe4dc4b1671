"""Names and keys that derive from a campaign's id: a repeated attempt is recognised, a new campaign is not."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

MARKER_LENGTH = 12


def marker(campaign_id: UUID) -> str:
    """The first 12 base32 characters of the campaign's id, in lower case; every platform name carries them."""
    return base64.b32encode(campaign_id.bytes).decode().lower()[:MARKER_LENGTH]


def idempotency_key(campaign_id: UUID, *, step: str, generation: int) -> str:
    """The key of one step of one campaign: the same for every attempt, another for every generation of the object."""
    return hashlib.sha256(f"{campaign_id}:{step}:{generation}".encode()).hexdigest()


def request_number(key: str) -> str:
    """A positive 63-bit decimal string of an idempotency key, for platforms whose keys are 64-bit integers."""
    return str(int(key[:16], 16) >> 1)
