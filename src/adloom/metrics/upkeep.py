"""The worker's part of roll-ups: windows that end on the newest day, and a recount of everything by the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.jobs.types import Job
from adloom.metrics import rollups, windows

_TENANTS = text("SELECT DISTINCT user_id FROM list_pull_targets() ORDER BY user_id")

#: So many wrong days are named in a recount's result; all of them are counted.
_NAMED = 50


def move_windows(job: Job) -> Mapping[str, Any]:
    """Moves on the windows of every tenant with a connected account in which another day is over."""
    return {"moved": sum(windows.move_on(actor) for actor in _tenants())}


def recount_all(job: Job) -> Mapping[str, Any]:
    """Compares the roll-ups of every tenant with a connected account with the facts; changes nothing."""
    found = [rollups.recount(actor) for actor in _tenants()]
    days = [day.as_json() for recount in found for day in recount.days]
    return {
        "tenants": len(found),
        "wrong": sum(recount.wrong for recount in found),
        "weeks": sum(recount.weeks for recount in found),
        "windows": sum(recount.windows for recount in found),
        "days": days[:_NAMED],
    }


def _tenants() -> list[Actor]:
    with db.worker_transaction() as session:
        return [Actor(tenant_id=user_id) for user_id in session.execute(_TENANTS).scalars()]
