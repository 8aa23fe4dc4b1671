"""The database's roles on an external server: made, or shown as a script for whoever may make them."""

from __future__ import annotations

import secrets
from typing import Any

from adloom.core.errors import Invalid
from adloom.db import roles as db_roles
from adloom.db.urls import DATABASE


def roles(*, url: str | None, only_print: bool, database: str = DATABASE) -> dict[str, Any]:
    """The script that makes the roles, or what making them with an administrator's URL gave.

    A password is made for each role that is new, and shown once; a second time the logins stay as they are.
    """
    if only_print:
        passwords = _made(frozenset())
        return {"script": db_roles.script(database, passwords), "passwords": passwords, "warnings": []}
    if url is None:
        raise Invalid.field("--url", "roles are made by an administrator of the server.", "Give its URL, or --print.")
    passwords = _made(db_roles.existing(url))
    warnings = db_roles.apply(url, database=database, passwords=passwords)
    return {"script": None, "passwords": passwords, "warnings": warnings}


def _made(existing: frozenset[str]) -> dict[str, str]:
    return {
        role: secrets.token_urlsafe(24) for role in db_roles.ALL if role != db_roles.SUPERUSER and role not in existing
    }
