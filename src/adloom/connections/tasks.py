"""The worker's part of connecting: tries a candidate login, keeps it and its accounts only when it works, and looks
after every login: refreshed before it lapses, its accounts compared with what they were when they were connected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import keeping, logins, rules, tokens
from adloom.connections.types import AccountStatus
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import Conflict, Invalid, PlatformError, Refused
from adloom.db import session as db
from adloom.jobs import actions as jobs
from adloom.jobs import outcomes
from adloom.jobs.types import Job
from adloom.platforms import registry
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform

_LIST = text("SELECT user_id, platform, is_active, expires_at FROM list_credentials()")


def verify(job: Job) -> Mapping[str, Any]:
    """Asks the platform which accounts the offered login reaches; keeps login and accounts, or neither."""
    platform, offer = Platform(job.data["platform"]), job.data["offer"]
    try:
        credential_id, found = _tried(job, platform, offer)
    except (PlatformError, Refused) as error:
        if isinstance(outcomes.next_step(job, error), outcomes.GiveUp):
            with db.worker_transaction(job.tenant_id) as session:
                keeping.refuse(session, platform=platform, offer=offer, message=error.message)
        raise
    with db.transaction(job.actor()) as session:
        accounts = [
            keeping.keep_account(
                session,
                account,
                user_id=job.actor().tenant_id,
                client_id=job.data["client_id"],
                credential_id=credential_id,
                platform=platform,
                attributes=job.data["attributes"],
            )
            for account in found
        ]
    _refuse_changed(accounts)
    return {"credential_id": str(credential_id), "accounts": accounts}


def check(job: Job) -> Mapping[str, Any]:
    """Refreshes a login where that is due, and compares its accounts with what they were when they were connected."""
    platform = Platform(job.data["platform"])
    with logins.open_connection(job.actor(), platform=platform) as connection:
        if rules.is_due(platform, connection.login.credentials().expires_at, now=time.now()):
            connection.login.renew()
        reached = registry.adapter(platform).accounts(connection)
    with db.worker_transaction(job.tenant_id) as session:
        keeping.validated(session, platform=platform)
    with db.transaction(job.actor()) as session:
        changed = keeping.compare(session, reached, platform=platform)
    return {"platform": platform.value, "changed": changed}


def refresh_due(job: Job) -> Mapping[str, Any]:
    """Queues a check of every login that lapses soon."""
    now = time.now()
    with db.worker_transaction() as session:
        rows = session.execute(_LIST).all()
    due = [row for row in rows if row.is_active and rules.is_due(Platform(row.platform), row.expires_at, now=now)]
    return _queue_checks((row.user_id, row.platform) for row in due)


def check_all(job: Job) -> Mapping[str, Any]:
    """Queues a check of every login; one that was given up may have come back."""
    with db.worker_transaction() as session:
        rows = session.execute(_LIST).all()
    return _queue_checks((row.user_id, row.platform) for row in rows)


def _queue_checks(found: Any) -> Mapping[str, Any]:
    queued = 0
    for user_id, platform in found:
        actor = Actor(tenant_id=user_id)
        with db.transaction(actor) as session:
            jobs.enqueue(
                session,
                job_type="connections.check",
                data={"platform": platform},
                actor=actor,
                dedupe_key=f"check:{user_id}:{platform}",
            )
        queued += 1
    return {"queued": queued}


def _tried(job: Job, platform: Platform, offer: str) -> tuple[UUID, Sequence[FoundAccount]]:
    """The accepted login's id and its accounts. A second run finds it accepted, and only asks for the accounts."""
    with db.worker_transaction(job.tenant_id) as session:
        accepted = keeping.accepted(session, platform=platform, offer=offer)
    with logins.open_connection(job.actor(), platform=platform, offer=None if accepted else offer) as connection:
        found = _chosen(platform, registry.adapter(platform).accounts(connection), wanted=job.data["account"])
        expires_at = connection.login.credentials().expires_at
    with db.worker_transaction(job.tenant_id) as session:
        credential_id = keeping.accept(session, platform=platform, offer=offer, expires_at=expires_at)
    return credential_id, found


def _chosen(platform: Platform, reached: Sequence[FoundAccount], *, wanted: str | None) -> Sequence[FoundAccount]:
    if wanted is None:
        return reached
    chosen = [account for account in reached if tokens.same_account(platform, account.external_id, wanted)]
    if not chosen:
        known = ", ".join(account.external_id for account in reached) or "none"
        raise Invalid.field("account", f"this login does not reach {wanted!r}.", f"It reaches: {known}.")
    return chosen


def _refuse_changed(accounts: Sequence[Mapping[str, str]]) -> None:
    changed = [account for account in accounts if account["status"] == AccountStatus.CHANGED]
    if changed:
        names = ", ".join(account["external_id"] for account in changed)
        raise Conflict(
            f"The currency or time zone of {names} is another one than when it was connected. Its numbers are not "
            "mixed: set it back at the platform, or use another account."
        )
