"""What identity speaks of: roles, tiers and members' rights."""

from __future__ import annotations

from dataclasses import dataclass
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
    """A brand that an owner works for."""

    id: UUID
    name: str
    currency: str | None
    time_zone: str | None


@dataclass(frozen=True, slots=True)
class TenantView:
    """A tenant in which a person may act: `role` is the one they have there, `client_id` a restriction."""

    tenant_id: UUID
    email: str
    name: str
    role: Role
    client_id: UUID | None
    client_name: str | None
