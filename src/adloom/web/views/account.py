"""A person's own page: where they may act, and where they are signed in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from adloom.identity.types import SessionView, TenantView
from adloom.web import words

_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant in which this person may act."""

    id: str
    name: str
    role: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session: which program, from where, and when it was last used."""

    id: str
    what: str
    address: str
    used: str
    is_current: bool


def places(tenants: Sequence[TenantView], *, current: UUID) -> tuple[Place, ...]:
    """Each tenant once."""
    once = {tenant.tenant_id: tenant for tenant in reversed(tenants)}
    return tuple(
        Place(str(t.tenant_id), t.name or t.email, words.words(t.role), t.tenant_id == current)
        for t in reversed(once.values())
    )


def sessions(found: Sequence[SessionView]) -> tuple[SignedIn, ...]:
    """The sessions, last used first."""
    return tuple(
        SignedIn(str(s.id), _program(s.agent or ""), s.address or "", words.moment(s.last_used_at), s.is_current)
        for s in found
    )


def _program(agent: str) -> str:
    if not agent.startswith("Mozilla/"):
        return agent[:60] or "A program"
    return next((name for mark, name in _BROWSERS if mark in agent), "A browser")
