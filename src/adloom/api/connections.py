"""`/v1/connections`: platform logins, and the ad accounts beneath them. No secret ever comes back out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, Json, ListOf, Queued, Shape
from adloom.connections import actions, queries
from adloom.connections.types import AccountStatus
from adloom.core.errors import NotFound
from adloom.identity import queries as identity
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/connections", tags=["connections"])


class Connection(Shape):
    """A login, without its secrets; `error_message` says why it is not active."""

    id: UUID
    platform: Platform
    is_active: bool
    last_validated_at: datetime | None
    expires_at: datetime | None
    error_message: str | None


class NewConnection(Body):
    """`token` is the platform's object of a token file. `account` null takes every account that it reaches."""

    platform: Platform
    token: Json = Field(repr=False)
    account: str | None = None
    client_id: UUID | None = None


class Connecting(Queued):
    """The login is tried by a job, whose result names the accounts."""

    credential_id: UUID


class Account(Shape):
    """An ad account: `external_id` is the platform's, `currency` and `time_zone` those its numbers are in."""

    id: UUID
    credential_id: UUID
    client_id: UUID | None
    platform: Platform
    external_id: str
    name: str
    currency: str
    time_zone: str
    status: AccountStatus
    attributes: dict[str, str]
    last_synced_at: datetime | None


class Assignment(Body):
    """`client_id` null gives the account back to the owner's own."""

    client_id: UUID | None


@router.get("")
def list_(acting: Acting) -> ListOf[Connection]:
    """Your logins, by platform."""
    return ListOf(items=[Connection.model_validate(login) for login in queries.credentials(acting)])


@router.post("", status_code=202)
def connect(body: NewConnection, write: Writing) -> Connecting:
    """Connect a login. One that works already stays until the new one has been tried."""

    def work() -> Connecting:
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        made = actions.connect(write.actor, **dict(body))
        return Connecting(job_id=made.job_id, job_ids=[made.job_id], credential_id=made.credential_id)

    return write.once(work, status=202)


@router.get("/accounts")
def accounts(acting: Acting, platform: Platform | None = None) -> ListOf[Account]:
    """The ad accounts, by platform."""
    found = queries.accounts(acting, platform=platform)
    return ListOf(items=[Account.model_validate(account) for account in found])


@router.get("/accounts/{account_id}")
def account(account_id: UUID, acting: Acting) -> Account:
    """One ad account."""
    found = queries.account(acting, account_id=account_id)
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    return Account.model_validate(found)


@router.put("/accounts/{account_id}/client")
def assign(account_id: UUID, body: Assignment, write: Writing) -> Account:
    """Give an ad account to a client, or back."""

    def work() -> Account:
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        actions.assign(write.actor, account_id=account_id, client_id=body.client_id)
        return account(account_id, write.actor)

    return write.once(work)
