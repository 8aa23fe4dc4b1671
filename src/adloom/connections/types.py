"""The values of logins and ad accounts, as doors and higher rooms see them. No secret among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from adloom.platforms.access import ResourceKind
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform


class AccountStatus(StrEnum):
    """How an ad account stands with us. CHANGED: its currency or time zone is not what it was when it was connected."""

    ACTIVE = "active"
    CHANGED = "changed"
    DISCONNECTED = "disconnected"


class AuthorizationStatus(StrEnum):
    """How far a person is: started -> returned -> found -> confirmed -> connected, or failed."""

    STARTED = "started"
    RETURNED = "returned"
    FOUND = "found"
    CONFIRMED = "confirmed"
    CONNECTED = "connected"
    FAILED = "failed"

    @property
    def is_under_way(self) -> bool:
        """Whether a job works on it."""
        return self in (AuthorizationStatus.RETURNED, AuthorizationStatus.CONFIRMED)


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A login, without its secrets.

    `is_connected`: one was accepted, whether it works (`is_active`) or not. `error_message` says why it does not, or
    what was left to be done when it was ended. `renews`: whether it is renewed by itself before `expires_at`.
    """

    id: UUID
    platform: Platform
    is_active: bool
    last_validated_at: datetime | None
    expires_at: datetime | None
    error_message: str | None
    is_connected: bool = True
    renews: bool = True


@dataclass(frozen=True, slots=True)
class AccountView:
    """An ad account: `external_id` is the platform's, `currency` and `time_zone` those its numbers are in.

    `daily_cap`: the most that the budgets set in it may come to a day; None is no cap. `zone_evidence`: what was seen
    of the zone that its reports count in, where its platform leaves that open (empty after the first look).
    """

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
    inspected_at: datetime | None = None
    missing_rights: tuple[str, ...] = ()
    daily_cap: Decimal | None = None
    zone_evidence: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Connecting:
    """A login that is being verified by a job."""

    credential_id: UUID
    job_id: UUID


@dataclass(frozen=True, slots=True)
class Authorizing:
    """Where a person has to go to let us in, and until when that counts. The address holds the state: show it once."""

    id: UUID
    url: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AuthorizationView:
    """How far an authorisation is. `accounts` are those that the login reaches, once they are known."""

    id: UUID
    platform: Platform
    status: AuthorizationStatus
    expires_at: datetime
    job_id: UUID | None
    error_message: str | None
    accounts: tuple[FoundAccount, ...]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """Something that ads of an account can use; `gone_at` says since when it was not found any more."""

    account_id: UUID
    kind: ResourceKind
    external_id: str
    name: str
    status: str
    attributes: Mapping[str, str]
    seen_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class FaultView:
    """What keeps an account from working as it should. `asks` are the answers that `connections.mend` takes."""

    account_id: UUID
    code: str
    words: str
    fix: str
    blocks_writes: bool
    asks: tuple[str, ...]
    seen_at: datetime
