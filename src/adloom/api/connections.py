"""`/v1/connections`: platform logins, how a person gives one in the browser, and how one is ended.

No secret ever comes back out; an address that holds a state does, once.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from adloom.api.depends import Acting, SignedIn, Writing
from adloom.api.shapes import Body, Json, ListOf, Queued, Shape, queued
from adloom.campaigns import leaving
from adloom.connections import actions, authorizations, queries, rules
from adloom.connections.types import AuthorizationStatus, CredentialView
from adloom.core import time
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.identity import queries as identity
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/connections", tags=["connections"])


class Connection(Shape):
    """A login, without its secrets; `error_message` says why it is not active.

    `is_connected`: one was accepted, whether it works or not. `renews`: it is renewed by itself before `expires_at`;
    otherwise a person has to connect again by then, and `ends_soon` says so three weeks ahead.
    """

    id: UUID
    platform: Platform
    is_active: bool
    is_connected: bool
    renews: bool
    ends_soon: bool
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


class Disconnection(Body):
    """`confirmed`: campaigns that run may go on running, beyond our reach."""

    confirmed: bool = False


class Authorize(Shape):
    """Where a person lets us in. The address counts once, until `expires_at`, for the session that asked for it."""

    id: UUID
    url: str
    expires_at: datetime


class Return(Body):
    """What the platform's redirect carried: `state`, and `code` or `error`."""

    platform: Platform
    state: str = Field(max_length=4096, repr=False)
    code: str | None = Field(default=None, max_length=4096, repr=False)
    error: str = Field(default="", max_length=255)


class Candidate(Shape):
    """An ad account that a login reaches; `status` is the platform's word."""

    external_id: str
    name: str
    currency: str
    time_zone: str
    status: str


class Authorization(Shape):
    """How far it is: started, returned, found (choose now), confirmed, connected, failed."""

    id: UUID
    platform: Platform
    status: AuthorizationStatus
    expires_at: datetime
    job_id: UUID | None
    error_message: str | None
    accounts: list[Candidate]


class Choosing(Body):
    """Which of the accounts found to connect, by `external_id`; `client_id` null: for every client."""

    accounts: list[str]
    client_id: UUID | None = None


@router.get("")
def list_(acting: Acting) -> ListOf[Connection]:
    """Your logins, by platform."""
    now = time.now()
    return ListOf(items=[_connection(login, now) for login in queries.credentials(acting)])


@router.post("", status_code=202)
def connect(body: NewConnection, write: Writing) -> Connecting:
    """Connect a login. One that works already stays until the new one has been tried."""

    def work() -> Connecting:
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        made = actions.connect(write.actor, **dict(body))
        return Connecting(job_id=made.job_id, job_ids=[made.job_id], credential_id=made.credential_id)

    return write.once(work, status=202)


@router.post("/authorizations", status_code=202)
def come_back(body: Return, signed: SignedIn, write: Writing) -> Authorization:
    """Hand over what the platform's redirect carried, in the session that asked for the address."""

    def work() -> Authorization:
        id_ = authorizations.returned(
            write.actor,
            platform=body.platform,
            session_id=signed.session_id,
            state=body.state,
            code=None if body.error else body.code,
            refusal=body.error,
        )
        return _authorization(write.actor, id_)

    return write.once(work, status=202)


@router.get("/authorizations/{authorization_id}")
def authorization(authorization_id: UUID, acting: Acting) -> Authorization:
    """How far an authorisation is, with the accounts to choose from once they are found."""
    return _authorization(acting, authorization_id)


@router.post("/authorizations/{authorization_id}/confirm", status_code=202)
def confirm(authorization_id: UUID, body: Choosing, write: Writing) -> Queued:
    """Connect the chosen accounts; nothing is in use before."""

    def work() -> Queued:
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        return queued(authorizations.confirm(write.actor, authorization_id=authorization_id, **dict(body)))

    return write.once(work, status=202)


@router.post("/{platform}/authorize")
def authorize(platform: Platform, signed: SignedIn, acting: Acting) -> Authorize:
    """Where a person lets us in at this platform. A repetition gives another address: it is kept nowhere."""
    acting.may_write()
    return Authorize.model_validate(authorizations.begin(acting, platform=platform, session_id=signed.session_id))


@router.post("/{platform}/disconnect", status_code=202)
def disconnect(platform: Platform, body: Disconnection, write: Writing) -> Queued:
    """End a login at the platform and here. Campaigns that run are named, and have to be confirmed to run on."""

    def work() -> Queued:
        return queued(leaving.disconnect(write.actor, platform=platform, confirmed=body.confirmed))

    return write.once(work, status=202)


def _connection(login: CredentialView, now: datetime) -> Connection:
    return Connection(**asdict(login), ends_soon=rules.ends_soon(login, now=now))


def _authorization(acting: Actor, authorization_id: UUID) -> Authorization:
    found = queries.authorization(acting, authorization_id=authorization_id)
    if found is None:
        raise NotFound(f"There is no authorisation {authorization_id}.")
    return Authorization.model_validate(found)
