"""What identity speaks of: roles, tiers and members' rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from adloom.core.actor import Role


class UserRole(StrEnum):
    """The specification's `user_role`; a viewer can only ever be a member who reads."""

    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


class SubscriptionTier(StrEnum):
    """The specification's `subscription_tier`."""

    FREE = "free"
    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"


class MemberRole(StrEnum):
    """What a member may do in an owner's tenant."""

    EDITOR = "editor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class ClientView:
    """A brand that an owner works for. Caps are in its currency, and bound the budgets that are set for it together.

    `second_person`: who planned a change of its ads does not apply it.
    """

    id: UUID
    name: str
    currency: str | None
    time_zone: str | None
    daily_cap: Decimal | None = None
    monthly_budget: Decimal | None = None
    second_person: bool = False

    @property
    def has_cap(self) -> bool:
        return self.daily_cap is not None or self.monthly_budget is not None


@dataclass(frozen=True, slots=True)
class TenantView:
    """A tenant in which a person may act: `role` is the one they have there, `client_id` a restriction."""

    tenant_id: UUID
    email: str
    name: str
    role: Role
    client_id: UUID | None
    client_name: str | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person who may act or read in this tenant: for one client, or for all (`client_id` None)."""

    id: UUID
    person_id: UUID
    email: str
    name: str
    role: MemberRole
    client_id: UUID | None
    client_name: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a log-in hands out; `expires_in` is the access token's, in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True, slots=True)
class Signed:
    """A person who is signed in, by which session. What they may do in a tenant is an Actor's to say."""

    person_id: UUID
    session_id: UUID
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class SessionView:
    """A place where a person is signed in."""

    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str | None
    agent: str | None
    is_current: bool
