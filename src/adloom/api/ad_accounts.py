"""`/v1/connections/accounts`: ad accounts, what was found there, what is wrong, and what is set."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from adloom.api.depends import Acting, Writing
from adloom.api.shapes import Body, ListOf, Queued, Shape, queued
from adloom.campaigns import importing
from adloom.connections import actions, choices, queries
from adloom.connections.types import AccountStatus, AccountView
from adloom.core.actor import Actor
from adloom.core.errors import NotFound
from adloom.identity import queries as identity
from adloom.platforms.access import ResourceKind
from adloom.platforms.types import Platform

router = APIRouter(prefix="/v1/connections/accounts", tags=["connections"])


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
    daily_cap: Decimal | None


class Resource(Shape):
    """Something that ads of an account can use; `gone_at` says since when it was not found any more."""

    kind: ResourceKind
    external_id: str
    name: str
    status: str
    attributes: dict[str, str]
    seen_at: datetime
    gone_at: datetime | None


class Fault(Shape):
    """What keeps an account from working: our code, the platform's words. `asks`: what answers mend it from here."""

    code: str
    words: str
    fix: str
    blocks_writes: bool
    asks: list[str]
    seen_at: datetime


class WholeAccount(Account):
    """An ad account with what was found there. `settings` are the chosen ids, null where nothing is chosen.

    `zone_evidence`: what two hourly reports said of the zone that its reports count in, where that is open.
    """

    inspected_at: datetime | None
    missing_rights: list[str]
    settings: dict[str, str | None]
    zone_evidence: dict[str, Any] | None
    resources: list[Resource]
    faults: list[Fault]


class Settings(Body):
    """Settings by name, as GET shows them; null takes one away, what is not named stays."""

    settings: dict[str, str | None]


class Declaration(Body):
    """Answers to what a fault asks, by name."""

    answers: dict[str, str]


class Importing(Body):
    """`ongoing`: what appears there later is imported as well, within an hour or so."""

    ongoing: bool = True


class Cap(Body):
    """What the budgets of an account may come to a day, in its currency; null is no cap."""

    daily_cap: Decimal | None


class Assignment(Body):
    """`client_id` null gives the account back to the owner's own."""

    client_id: UUID | None


@router.get("")
def accounts(acting: Acting, platform: Platform | None = None) -> ListOf[Account]:
    """The ad accounts, by platform."""
    found = queries.accounts(acting, platform=platform)
    return ListOf(items=[Account.model_validate(account) for account in found])


@router.get("/{account_id}")
def account(account_id: UUID, acting: Acting) -> WholeAccount:
    """One ad account, with what its ads can use, what is wrong with it, and what is set."""
    return _whole(acting, account_id)


@router.patch("/{account_id}")
def settle(account_id: UUID, body: Settings, write: Writing) -> WholeAccount:
    """Set what its ads use, and which pixel, goal or action each conversion event is: among what was found there."""

    def work() -> WholeAccount:
        actions.choose(write.actor, account_id=account_id, settings=body.settings)
        return _whole(write.actor, account_id)

    return write.once(work)


@router.post("/{account_id}/inspect", status_code=202)
def inspect(account_id: UUID, write: Writing) -> Queued:
    """Have an ad account looked at again."""
    return write.once(lambda: queued(actions.inspect(write.actor, account_id=account_id)), status=202)


@router.post("/{account_id}/import", status_code=202)
def import_(account_id: UUID, body: Importing, write: Writing) -> Queued:
    """Import the campaigns that stand there, whoever made them; nothing is written to the platform."""

    def work() -> Queued:
        return queued(importing.begin(write.actor, account_id=account_id, ongoing=body.ongoing))

    return write.once(work, status=202)


@router.delete("/{account_id}/import", status_code=204)
def end_import(account_id: UUID, write: Writing) -> None:
    """Import nothing more of what appears there; what was imported stays."""
    write.once(lambda: importing.end(write.actor, account_id=account_id), status=204)


@router.post("/{account_id}/faults/{code}/mend", status_code=202)
def mend(account_id: UUID, code: str, body: Declaration, write: Writing) -> Queued:
    """Declare to the platform what a fault asks for; who declared what is kept."""

    def work() -> Queued:
        return queued(actions.declare(write.actor, account_id=account_id, fault=code, answers=body.answers))

    return write.once(work, status=202)


@router.put("/{account_id}/client")
def assign(account_id: UUID, body: Assignment, write: Writing) -> Account:
    """Give an ad account to a client, or back."""

    def work() -> Account:
        if body.client_id is not None:
            identity.client(write.actor, client_id=body.client_id)
        actions.assign(write.actor, account_id=account_id, client_id=body.client_id)
        return Account.model_validate(_found(write.actor, account_id))

    return write.once(work)


@router.put("/{account_id}/cap")
def set_cap(account_id: UUID, body: Cap, write: Writing) -> Account:
    """Bound what the ads of an account may be given; only the owner does."""

    def work() -> Account:
        actions.set_cap(write.actor, account_id=account_id, daily_cap=body.daily_cap)
        return Account.model_validate(_found(write.actor, account_id))

    return write.once(work)


def _found(acting: Actor, account_id: UUID) -> AccountView:
    found = queries.account(acting, account_id=account_id)
    if found is None:
        raise NotFound(f"There is no ad account {account_id}.")
    return found


def _whole(acting: Actor, account_id: UUID) -> WholeAccount:
    found = _found(acting, account_id)
    return WholeAccount(
        **asdict(found),
        settings=choices.chosen(found.platform, found.attributes),
        resources=[Resource.model_validate(each) for each in queries.resources(acting, account_id=account_id)],
        faults=[Fault.model_validate(each) for each in queries.faults(acting, account_id=account_id)],
    )
