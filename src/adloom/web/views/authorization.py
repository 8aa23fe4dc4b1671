"""How far a person is on the way through a platform's consent page, and what there is to choose from. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adloom.connections.types import AccountStatus, AccountView, AuthorizationStatus, AuthorizationView
from adloom.web import words
from adloom.web.words import PlatformName


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ad account that the login reaches. One that is connected already stays connected."""

    external_id: str
    name: str
    currency: str
    time_zone: str
    status: str
    is_connected: bool


@dataclass(frozen=True, slots=True)
class Authorization:
    """One authorisation. `is_under_way`: a job works on it, and the page asks again."""

    id: str
    platform: PlatformName
    value: str
    is_under_way: bool
    is_to_choose: bool
    is_connected: bool
    problem: str
    candidates: tuple[Candidate, ...]
    #: Connected now, but out of reach of the new login.
    out_of_reach: tuple[str, ...]


def authorization(found: AuthorizationView, *, accounts: Sequence[AccountView]) -> Authorization:
    """The page's values; `accounts` are those that are connected already."""
    connected = {
        account.external_id: account.name
        for account in accounts
        if account.platform is found.platform and account.status != AccountStatus.DISCONNECTED
    }
    reached = {account.external_id for account in found.accounts}
    return Authorization(
        id=str(found.id),
        platform=words.platform(found.platform),
        value=found.platform.value,
        is_under_way=found.status.is_under_way,
        is_to_choose=found.status is AuthorizationStatus.FOUND,
        is_connected=found.status is AuthorizationStatus.CONNECTED,
        problem=found.error_message or "",
        candidates=tuple(
            Candidate(
                external_id=account.external_id,
                name=account.name or account.external_id,
                currency=account.currency,
                time_zone=account.time_zone,
                status=words.words(account.status.lower()),
                is_connected=account.external_id in connected,
            )
            for account in found.accounts
        ),
        out_of_reach=tuple(
            f"{name} ({id_})" for id_, name in connected.items() if found.accounts and id_ not in reached
        ),
    )
