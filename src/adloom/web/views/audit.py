"""Who changed what, in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from adloom.audit.types import AuditAction, AuditEntry
from adloom.platforms.types import Platform
from adloom.reports import words as figures
from adloom.web import words

_THINGS = {
    "ads": "Ad",
    "ad_assets": "File of an ad",
    "approval_requests": "Plan for a second person",
    "assets": "Asset",
    "campaigns": "Campaign",
    "clients": "Client",
    "members": "Member",
    "platform_accounts": "Ad account",
    "reports": "Report",
    "user_api_credentials": "Login",
    "users": "Person",
}
_DONE = {
    AuditAction.CREATE: "added",
    AuditAction.UPDATE: "changed",
    AuditAction.DELETE: "deleted",
    AuditAction.LOGIN: "signed in",
    AuditAction.LOGOUT: "signed out",
}
_PAGES = {"ads": "/ads/{}"}
_DULL = frozenset({"id", "user_id", "created_at", "updated_at"})
_LONGEST = 80
_MOST = 6


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    when: str
    who: str
    by: str
    what: str
    name: str
    url: str | None
    changes: tuple[Change, ...]
    more: int


def entries(found: Sequence[AuditEntry], *, people: Mapping[UUID, str]) -> tuple[Entry, ...]:
    """The log's lines; `people` are e-mail addresses by id."""
    return tuple(_entry(entry, people=people) for entry in found)


def _entry(entry: AuditEntry, *, people: Mapping[UUID, str]) -> Entry:
    changes = _changes(entry)
    thing = _THINGS.get(entry.entity_type, words.words(entry.entity_type))
    page = _PAGES.get(entry.entity_type)
    return Entry(
        when=words.moment(entry.created_at),
        who=people.get(entry.actor_id, str(entry.actor_id)) if entry.actor_id else "Adloom itself",
        by=_by(entry),
        what=f"{thing} {_DONE[entry.action]}",
        name=_name(entry, people=people),
        url=page.format(entry.entity_id) if page and entry.action is not AuditAction.DELETE else None,
        changes=changes[:_MOST],
        more=max(0, len(changes) - _MOST),
    )


def _by(entry: AuditEntry) -> str:
    """By which door: a browser's long name says no more than that it was one."""
    agent = entry.agent or ""
    door = "browser" if agent.startswith("Mozilla/") else agent
    return ", ".join(part for part in (door, entry.address) if part)


def _name(entry: AuditEntry, *, people: Mapping[UUID, str]) -> str:
    values = {**(entry.old_values or {}), **(entry.new_values or {})}
    for key in ("name", "campaign_name", "filename", "email"):
        if values.get(key):
            return str(values[key])
    if values.get("platform") in set(Platform):
        return figures.NAMES[Platform(values["platform"])]
    return people.get(entry.entity_id, f"{str(entry.entity_id)[:8]}…")


def _changes(entry: AuditEntry) -> tuple[Change, ...]:
    """What an update changed; a new thing's values are on its own page."""
    if entry.action is not AuditAction.UPDATE:
        return ()
    old, new = entry.old_values or {}, entry.new_values or {}
    fields = [key for key in {**old, **new} if key not in _DULL and old.get(key) != new.get(key)]
    return tuple(Change(words.words(key), _short(old.get(key)), _short(new.get(key))) for key in sorted(fields))


def _short(value: Any) -> str:
    """A value in a few words; what is a document of its own is not written out."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "…"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
