"""Who is acting, for whom: the value that opens every transaction. It grants nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from adloom.core.errors import Forbidden


class Role(StrEnum):
    """What a person may do in a tenant: the specification's `user_role`, seen from the tenant's side."""

    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (`person_id`, None for the system's own chores) acting in a tenant (`tenant_id`, the owner's user id).

    `client_id` restricts a member to one client; None means all of them. `address` and `agent` are for the audit log.
    """

    tenant_id: UUID
    person_id: UUID | None = None
    role: Role = Role.USER
    client_id: UUID | None = None
    address: str | None = None
    agent: str | None = None

    def may_write(self) -> None:
        """Returns where this person may change things; raises Forbidden otherwise."""
        if self.role is Role.VIEWER:
            raise Forbidden("A viewer reads and changes nothing. Ask the owner for the role 'editor'.")

    def may_administer(self) -> None:
        """Returns where this person runs the installation; raises Forbidden otherwise."""
        if self.role is not Role.ADMIN:
            raise Forbidden("Only an administrator of this installation may do this.")
