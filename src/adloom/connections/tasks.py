"""The worker's part of connecting: tries a candidate login, and keeps it and its accounts only when it works."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from adloom.connections import logins, tokens
from adloom.core.errors import Invalid, PlatformError, Refused
from adloom.db import session as db
from adloom.db.session import Session
from adloom.jobs import outcomes
from adloom.jobs.types import Job
from adloom.platforms import registry
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform

_ACCEPT = text(
    """
    UPDATE user_api_credentials
    SET
        credentials_encrypted = coalesce(candidate_encrypted, credentials_encrypted),
        candidate_encrypted = NULL,
        is_active = true,
        error_message = NULL,
        last_validated_at = clock_timestamp()
    WHERE platform = CAST(:platform AS platform_type)
    RETURNING id
    """
)

_REFUSE = text(
    """
    UPDATE user_api_credentials
    SET
        candidate_encrypted = NULL,
        error_message = CASE WHEN is_active THEN error_message ELSE :message END
    WHERE platform = CAST(:platform AS platform_type)
    """
)

_KEEP_ACCOUNT = text(
    """
    INSERT INTO platform_accounts (
        user_id,
        client_id,
        credential_id,
        platform,
        external_id,
        name,
        currency,
        time_zone,
        status,
        attributes
    )
    VALUES (
        :user_id,
        :client_id,
        :credential_id,
        CAST(:platform AS platform_type),
        :external_id,
        :name,
        :currency,
        :time_zone,
        'active',
        CAST(:attributes AS jsonb)
    )
    ON CONFLICT (user_id, platform, external_id) DO UPDATE
    SET
        credential_id = excluded.credential_id,
        client_id = coalesce(excluded.client_id, platform_accounts.client_id),
        name = excluded.name,
        status = excluded.status,
        attributes = platform_accounts.attributes || excluded.attributes
    RETURNING id, external_id, currency, time_zone
    """
)


def verify(job: Job) -> Mapping[str, Any]:
    """Asks the platform which accounts the candidate reaches; keeps login and accounts, or neither."""
    platform = Platform(job.data["platform"])
    try:
        found = _found(job, platform)
    except (PlatformError, Refused) as error:
        if isinstance(outcomes.next_step(job, error), outcomes.GiveUp):
            _refuse(job, platform, error.message)
        raise
    with db.worker_transaction(job.tenant_id) as session:
        credential_id = session.execute(_ACCEPT, {"platform": platform.value}).scalar_one()
    with db.transaction(job.actor()) as session:
        accounts = [_keep(session, job, platform, credential_id, account) for account in found]
    return {"credential_id": str(credential_id), "accounts": accounts}


def _found(job: Job, platform: Platform) -> Sequence[FoundAccount]:
    connection = logins.open_connection(job.actor(), platform=platform, candidate=_has_candidate(job, platform))
    reached = registry.adapter(platform).accounts(connection)
    wanted = job.data["account"]
    if wanted is None:
        return reached
    chosen = [account for account in reached if tokens.same_account(platform, account.external_id, wanted)]
    if not chosen:
        known = ", ".join(account.external_id for account in reached) or "none"
        raise Invalid.field("account", f"this login does not reach {wanted!r}.", f"It reaches: {known}.")
    return chosen


def _has_candidate(job: Job, platform: Platform) -> bool:
    with db.worker_transaction(job.tenant_id) as session:
        found = session.execute(
            text(
                """
                SELECT candidate_encrypted IS NOT NULL
                FROM user_api_credentials
                WHERE platform = CAST(:platform AS platform_type)
                """
            ),
            {"platform": platform.value},
        ).scalar()
    return bool(found)


def _refuse(job: Job, platform: Platform, message: str) -> None:
    with db.worker_transaction(job.tenant_id) as session:
        session.execute(_REFUSE, {"platform": platform.value, "message": message})


def _keep(session: Session, job: Job, platform: Platform, credential_id: UUID, account: FoundAccount) -> dict[str, str]:
    values = {
        "user_id": job.tenant_id,
        "client_id": job.data["client_id"],
        "credential_id": credential_id,
        "platform": platform.value,
        "external_id": account.external_id,
        "name": account.name or account.external_id,
        "currency": account.currency,
        "time_zone": account.time_zone,
        "attributes": json.dumps({**account.attributes, **job.data["attributes"]}),
    }
    row = session.execute(_KEEP_ACCOUNT, values).mappings().one()
    return {name: str(value) for name, value in row.items()}
