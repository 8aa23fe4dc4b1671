"""The values of logins and ad accounts, as doors and higher rooms see them. No secret among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from adloom.platforms.types import Platform


class AccountStatus(StrEnum):
    """How an ad account stands with us. CHANGED: its currency or time zone is not what it was when it was connected."""

    ACTIVE = "active"
    CHANGED = "changed"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A login, without its secrets. `error_message` says why it is not active."""

    id: UUID
    platform: Platform
    is_active: bool
    last_validated_at: datetime | None
    expires_at: datetime | None
    error_message: str | None


@dataclass(frozen=True, slots=True)
class AccountView:
    """An ad account: `external_id` is the platform's, `currency` and `time_zone` those its numbers are in."""

    id: UUID
    credential_id: UUID
    client_id: UUID | None
    platform: Platform
    external_id: str
    name: str
    currency: str
    time_zone: str
    status: str
    attributes: Mapping[str, str]
    last_synced_at: datetime | None


@dataclass(frozen=True, slots=True)
class Connecting:
    """A login that is being verified by a job."""

    credential_id: UUID
    job_id: UUID
