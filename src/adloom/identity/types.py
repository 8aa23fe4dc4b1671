"""What identity speaks of: roles, tiers and members' rights."""

from __future__ import annotations

from enum import StrEnum


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
