"""The worker's part of connecting: exchanges codes, tries candidate logins, keeps them and their accounts only when
they work, ends them, and looks after every login and account: refreshed in time, compared, inspected, mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import ad_accounts, apps, consents, inspections, keeping, logins, queries, rules, tokens
from adloom.connections.types import AccountStatus, AccountView, AuthorizationStatus
from adloom.core import secrets, settings, time
from adloom.core.actor import Actor
from adloom.core.errors import (
    Conflict,
    CredentialsExpired,
    Invalid,
    NotFound,
    PlatformError,
    Refused,
)
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import actions as jobs
from adloom.jobs import outcomes
from adloom.jobs.types import Job
from adloom.platforms import registry
from adloom.platforms.contract import Credentials, FoundAccount
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

#: How a login's message begins that was ended here alone; the platform's words follow.
_UNCONFIRMED = "It was ended here, but the platform did not confirm that: "
#: Accounts that nobody has chosen from after this long are not chosen from any more.
_CHOOSE_WITHIN = timedelta(hours=1)

_LIST = text("SELECT user_id, platform, is_active, expires_at FROM list_credentials()")
_TARGETS = text("SELECT user_id, platform_account_id FROM list_pull_targets()")


def exchange(job: Job) -> Mapping[str, Any]:
    """Exchanges a code for a login, and asks which ad accounts it reaches; a person chooses from them."""
    platform, id_ = Platform(job.data["platform"]), UUID(job.data["authorization"])
    try:
        found = _reached_by(job, platform, id_)
    except (PlatformError, Refused) as error:
        if _gives_up(job, error):
            _lead_nowhere(job, platform, id_, message=error.message)
        raise
    with db.transaction(job.actor()) as session:
        consents.found(session, id_, found)
        jobs.enqueue(
            session,
            job_type="connections.forget",
            data={"platform": platform.value, "authorization": id_},
            actor=job.actor(),
            delay=_CHOOSE_WITHIN,
        )
    return {"accounts": len(found)}


def forget(job: Job) -> Mapping[str, Any]:
    """Forgets a login whose accounts nobody has chosen from.

    It is not ended at the platform: where the same person let us in before, that would end the login in use too.
    """
    platform, id_ = Platform(job.data["platform"]), UUID(job.data["authorization"])
    message = "None of its ad accounts was chosen in time. Connect it again."
    with db.worker_transaction(job.tenant_id) as session:
        is_forgotten = consents.fail(session, id_, message=message, unless_chosen=True)
        if is_forgotten:
            keeping.refuse(session, platform=platform, offer=str(id_), message=message)
    return {"forgotten": is_forgotten}


def verify(job: Job) -> Mapping[str, Any]:
    """Asks the platform which accounts the offered login reaches; keeps login and accounts, or neither."""
    platform, offer = Platform(job.data["platform"]), job.data["offer"]
    try:
        credential_id, found = _tried(job, platform, offer)
        kept = _kept(job, platform, credential_id, found)
    except (PlatformError, Refused) as error:
        if _gives_up(job, error):
            with db.worker_transaction(job.tenant_id) as session:
                keeping.refuse(session, platform=platform, offer=offer, message=error.message)
                if job.data.get("authorization"):
                    consents.fail(session, UUID(job.data["authorization"]), message=error.message)
        raise
    _refuse_changed(kept)
    return {"credential_id": str(credential_id), "accounts": kept}


def disconnect(job: Job) -> Mapping[str, Any]:
    """Ends a login at the platform, and then here whatever the platform said; its accounts are disconnected.

    Of a login that has ended already nothing is changed, and the same is told. The result's `words` say why the
    platform did not confirm the end, and are empty where it did.
    """
    platform = Platform(job.data["platform"])
    words = _ended_there(job, platform)
    message = f"{_UNCONFIRMED}{words}" if words else None
    with db.worker_transaction(job.tenant_id) as session:
        keeping.erase(session, platform=platform, message=message)
    with db.transaction(job.actor()) as session:
        accounts = ad_accounts.disconnect_all(session, platform=platform)
    return {"platform": platform.value, "ended_at_platform": not words, "words": words, "accounts": accounts}


def check(job: Job) -> Mapping[str, Any]:
    """Refreshes a login where that is due, and compares its accounts with what they were when they were connected."""
    platform = Platform(job.data["platform"])
    with db.worker_transaction(job.tenant_id) as session:
        if not keeping.has_login(session, platform=platform):
            return {"platform": platform.value, "changed": []}
    with logins.open_connection(job.actor(), platform=platform) as connection:
        if rules.is_due(platform, connection.login.credentials().expires_at, now=time.now()):
            logins.renew_early(connection)
        reached = registry.adapter(platform).accounts(connection)
    with db.worker_transaction(job.tenant_id) as session:
        keeping.validated(session, platform=platform)
    with db.transaction(job.actor()) as session:
        changed = ad_accounts.compare(session, reached, platform=platform)
    return {"platform": platform.value, "changed": changed}


def inspect(job: Job) -> Mapping[str, Any]:
    """Looks at what ads of an account can use, what is wrong with it, and what its login may not do."""
    account = _account(job)
    with logins.open_connection(job.actor(), platform=account.platform) as connection:
        found = registry.adapter(account.platform).inspect(connection, account=_as_adapters_know(account))
    with db.transaction(job.actor()) as session:
        inspections.keep(session, account, found)
    return {
        "resources": len(found.resources),
        "faults": [fault.code for fault in found.faults],
        "missing_rights": list(found.missing_rights),
    }


def mend(job: Job) -> Mapping[str, Any]:
    """Mends an account's fault with what a person declared, and looks at the account again."""
    account = _account(job)
    with db.transaction(job.actor()) as session:
        declared = inspections.answers(session, answer_id=UUID(job.data["answer"]))
    with logins.open_connection(job.actor(), platform=account.platform) as connection:
        registry.adapter(account.platform).mend(
            connection, account=_as_adapters_know(account), fault=declared.fault, answers=declared.answers
        )
    with db.transaction(job.actor()) as session:
        inspections.sent(session, answer_id=UUID(job.data["answer"]))
    return inspect(job)


def refresh_due(job: Job) -> Mapping[str, Any]:
    """Queues a check of every login that lapses within minutes; what is renewed days ahead is so by `check_all`."""
    now = time.now()
    with db.worker_transaction() as session:
        rows = session.execute(_LIST).all()
    due = [row for row in rows if row.is_active and rules.is_about_to_lapse(row.expires_at, now=now)]
    return _queue_checks((row.user_id, row.platform) for row in due)


def check_all(job: Job) -> Mapping[str, Any]:
    """Queues a check of every login; one that was given up may have come back."""
    with db.worker_transaction() as session:
        rows = session.execute(_LIST).all()
    return _queue_checks((row.user_id, row.platform) for row in rows)


def inspect_all(job: Job) -> Mapping[str, Any]:
    """Queues an inspection of every connected ad account whose login works."""
    with db.worker_transaction() as session:
        rows = session.execute(_TARGETS).all()
    for user_id, account_id in rows:
        actor = Actor(tenant_id=user_id)
        with db.transaction(actor) as session:
            inspections.enqueue(session, actor, account_id=account_id)
    return {"queued": len(rows)}


def _queue_checks(found: Iterable[tuple[UUID, str]]) -> Mapping[str, Any]:
    queued = 0
    for user_id, platform in found:
        jobs.ask(
            Actor(tenant_id=user_id),
            job_type="connections.check",
            data={"platform": platform},
            dedupe_key=f"check:{user_id}:{platform}",
        )
        queued += 1
    return {"queued": queued}


def _reached_by(job: Job, platform: Platform, id_: UUID) -> Sequence[FoundAccount]:
    """The accounts behind a code. A second run finds the code exchanged, and only asks for the accounts."""
    ring = secrets.load_ring(settings.load())
    with db.worker_transaction(job.tenant_id) as session:
        returned = consents.open_returned(session, id_, ring=ring)
    if returned is None or returned.status is not AuthorizationStatus.RETURNED:
        raise Conflict("This authorisation is not waiting for its code to be exchanged any more.")
    if returned.code is not None:
        credentials = _exchanged(job, platform, code=returned.code, verifier=returned.verifier)
        sealed = ring.seal(tokens.to_json(credentials), bound_to=tokens.bound_to(job.actor().tenant_id, platform))
        with db.transaction(job.actor()) as session:
            keeping.offer_login(session, job.actor(), platform=platform, offer=str(id_), sealed=sealed)
            consents.spent(session, id_)
    with logins.open_connection(job.actor(), platform=platform, offer=str(id_)) as connection:
        found = registry.adapter(platform).accounts(connection)
    if not found:
        raise Conflict(f"This login reaches no ad account at {platform.value}. Connect one that does.")
    return found


def _exchanged(job: Job, platform: Platform, *, code: str, verifier: str | None) -> Credentials:
    app = apps.app(platform)
    with logins.speaking(job.actor(), app=lambda: app.client_id) as http:
        fresh = registry.adapter(platform).exchange(http, app=app, code=code, verifier=verifier)
    return replace(fresh, extra={**apps.beside(platform), **fresh.extra})


def _lead_nowhere(job: Job, platform: Platform, id_: UUID, *, message: str) -> None:
    with db.worker_transaction(job.tenant_id) as session:
        consents.fail(session, id_, message=message)
        keeping.refuse(session, platform=platform, offer=str(id_), message=message)


def _gives_up(job: Job, error: Exception) -> bool:
    return isinstance(outcomes.next_step(job, error), outcomes.GiveUp)


def _tried(job: Job, platform: Platform, offer: str) -> tuple[UUID, Sequence[FoundAccount]]:
    """The accepted login's id and its accounts. A second run finds it accepted, and only asks for the accounts."""
    with db.worker_transaction(job.tenant_id) as session:
        accepted = keeping.accepted(session, platform=platform, offer=offer)
    with logins.open_connection(job.actor(), platform=platform, offer=None if accepted else offer) as connection:
        found = _chosen(job, platform, registry.adapter(platform).accounts(connection))
        rules.refuse_unknown_days(found)
        held = connection.login.credentials()
    with db.worker_transaction(job.tenant_id) as session:
        credential_id = keeping.accept(
            session,
            platform=platform,
            offer=offer,
            expires_at=held.expires_at,
            renews=held.refresh_token is not None,
        )
    return credential_id, found


def _kept(job: Job, platform: Platform, credential_id: UUID, found: Sequence[FoundAccount]) -> list[dict[str, str]]:
    """The accounts' rows, each to be looked at soon."""
    with db.transaction(job.actor()) as session:
        kept = [
            ad_accounts.keep(
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
        for account in kept:
            inspections.enqueue(session, job.actor(), account_id=UUID(account["id"]))
        _note_connected(session, job)
    return kept


def _note_connected(session: Session, job: Job) -> None:
    if job.data.get("authorization"):
        consents.connected(session, UUID(job.data["authorization"]))


def _chosen(job: Job, platform: Platform, reached: Sequence[FoundAccount]) -> Sequence[FoundAccount]:
    """Those of the reached accounts that were asked for: all, the one that is named, or those that were ticked."""
    if job.data["account"] is not None:
        wanted = [job.data["account"]]
    elif (ticked := job.data.get("accounts")) is not None:
        wanted = ticked
    else:
        return reached
    chosen = [a for a in reached if any(tokens.same_account(platform, a.external_id, each) for each in wanted)]
    if len(chosen) < len(wanted):
        known = ", ".join(account.external_id for account in reached) or "none"
        raise Invalid.field("account", f"this login does not reach {', '.join(wanted)}.", f"It reaches: {known}.")
    return chosen


def _refuse_changed(accounts: Sequence[Mapping[str, str]]) -> None:
    changed = [account for account in accounts if account["status"] == AccountStatus.CHANGED]
    if changed:
        names = ", ".join(account["external_id"] for account in changed)
        raise Conflict(
            f"The currency or time zone of {names} is another one than when it was connected. Its numbers are not "
            "mixed: set it back at the platform, or use another account."
        )


def _ended_there(job: Job, platform: Platform) -> str:
    """Ends the login at the platform; returns why it may not have ended, empty where it has, or had already."""
    with db.worker_transaction(job.tenant_id) as session:
        if not keeping.has_login(session, platform=platform):
            _, found, words = (keeping.message(session, platform=platform) or "").partition(_UNCONFIRMED)
            return words if found else ""
    try:
        with logins.open_connection(job.actor(), platform=platform, is_urgent=True) as connection:
            registry.adapter(platform).revoke(connection.http, credentials=connection.login.credentials())
    except CredentialsExpired:
        return ""  # it was of no use any more
    except (PlatformError, Refused) as error:
        if not _gives_up(job, error):
            raise
        return error.message
    return ""


def _account(job: Job) -> AccountView:
    account_id = UUID(job.data["account_id"])
    found = queries.account(job.actor(), account_id=account_id)
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    if found.status == AccountStatus.DISCONNECTED:
        raise Conflict(f"The ad account {found.external_id} is disconnected.")
    return found


def _as_adapters_know(account: AccountView) -> Account:
    return Account(account.external_id, account.currency, account.time_zone, account.attributes)
