"""Whom the server runs as. PostgreSQL refuses root, so root lends it an account that exists already."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from adloom.core.errors import Invalid

_CANDIDATES = ("adloom", "postgres", "nobody")


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that change the account; none when it stays the same."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """A system account; `run_as` is empty when it is this process's own."""

    uid: int
    gid: int
    name: str

    @property
    def run_as(self) -> RunAs:
        """What `subprocess` needs to start something as this account."""
        return {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose(name: str | None) -> Account:
    """The account for a new cluster: our own, or under root the named one, else the first that exists."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _name(os.geteuid()))
    found = [account for account in map(_find, [name] if name else _CANDIDATES) if account]
    if not found:
        missing = f"there is no account {name!r}." if name else f"none of {', '.join(_CANDIDATES)} exists here."
        raise Invalid.field("ADLOOM_PG_USER", missing, "Name an existing, unprivileged account.")
    if found[0].uid == 0:
        raise Invalid.field("ADLOOM_PG_USER", "PostgreSQL does not run as root.", "Name an unprivileged account.")
    return found[0]


def of_owner(path: Path) -> Account:
    """The account that owns a file: an existing cluster keeps it."""
    found = path.stat()
    return Account(found.st_uid, found.st_gid, _name(found.st_uid))


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _find(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
