"""The worker's part of ads: asks a platform which places an ad means, and keeps what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adloom.ads.accounts import account_of
from adloom.connections import logins
from adloom.connections import queries as connections
from adloom.connections.types import AccountView
from adloom.core.errors import NotFound
from adloom.db import session as db
from adloom.jobs.types import Job
from adloom.platforms import gazetteer, geography, registry
from adloom.platforms.geography import PlaceQuery


def look_up_places(job: Job) -> Mapping[str, Any]:
    """Asks what is not known yet, or known for long, and keeps the answers; asks nothing that was answered meanwhile.

    What keeps the platform from answering fails the job, with the platform's words.
    """
    account, due = _asked(job)
    if due:
        adapter = registry.adapter(account.platform)
        with logins.open_connection(job.actor(), platform=account.platform) as connection:
            answers = adapter.places(connection, account=account_of(account), queries=due)
        if tuple(answer.query for answer in answers) != due:
            raise RuntimeError(f"{account.platform.value} answered other questions than it was asked")
        with db.worker_transaction() as session:
            gazetteer.record(session, account.platform, answers)
    return {"platform": account.platform.value, "asked": len(due)}


def _asked(job: Job) -> tuple[AccountView, tuple[PlaceQuery, ...]]:
    account_id = UUID(job.data["account_id"])
    queries = tuple(geography.query_from_json(each) for each in job.data["queries"])
    with db.reading(job.actor()) as session:
        account = connections.account_in(session, account_id=account_id)
        if account is None:
            raise NotFound(f"The ad account {account_id} is gone.")
        known = gazetteer.find(session, {account.platform: queries})[account.platform]
    return account, tuple(query for query in queries if query not in known or known[query].is_old)
