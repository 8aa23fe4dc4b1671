"""What a person should know before anything else: blocked accounts, logins and API versions that end. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from adloom.connections.types import AccountStatus, AccountView, CredentialView, FaultView
from adloom.metrics.outcomes import Unexplained
from adloom.platforms.versions import Ending
from adloom.web import words
from adloom.web.views import connections
from adloom.web.words import Tone


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, how bad it is, and where it is mended (empty: not on a page), under this label."""

    tone: Tone
    text: str
    url: str
    label: str = ""


def notices(
    credentials: Sequence[CredentialView],
    accounts: Sequence[AccountView],
    faults: Sequence[FaultView],
    endings: Sequence[Ending],
    *,
    now: datetime,
    differences: Sequence[Unexplained] = (),
) -> tuple[Notice, ...]:
    """The worst first; empty where all is well."""
    found = [
        *_logins(credentials, now),
        *_accounts(accounts, faults),
        *_differences(differences),
        *_rights(accounts),
        *_versions(endings),
    ]
    return tuple(sorted(found, key=lambda notice: notice.tone is not Tone.BAD))


def versions(endings: Sequence[Ending]) -> tuple[Notice, ...]:
    """The API versions alone."""
    return tuple(_versions(endings))


def _logins(credentials: Sequence[CredentialView], now: datetime) -> Iterator[Notice]:
    for login in credentials:
        name, place = words.platform(login.platform).name, f"/connections#{login.platform.value}"
        if login.is_connected and not login.is_active:
            why = f": {login.error_message}" if login.error_message else "."
            yield Notice(Tone.BAD, f"The login of {name} does not work any more{why}", place, "Connect again")
        elif said := connections.ends(login, now=now):
            yield Notice(Tone.WAIT, said, place, "Connect again")


def _accounts(accounts: Sequence[AccountView], faults: Sequence[FaultView]) -> Iterator[Notice]:
    known = {account.id: account for account in accounts if account.status != AccountStatus.DISCONNECTED}
    for fault in faults:
        account = known.get(fault.account_id)
        if account is not None and fault.blocks_writes:
            yield Notice(
                Tone.BAD,
                f"{account.name} on {words.platform(account.platform).name} is blocked: "
                f"{words.fault(fault.code)}. {fault.fix}",
                f"/connections/accounts/{account.id}",
                "Look at it",
            )


def _differences(differences: Sequence[Unexplained]) -> Iterator[Notice]:
    for each in differences:
        name, days = words.platform(each.platform).name, f"{each.days} day{'' if each.days == 1 else 's'}"
        text = (
            f"Figures of {each.external_id} are not what {name} says of the whole account on {days}; nobody knows why."
        )
        yield Notice(Tone.BAD, text, "/reconciliation", "Compare")


def _rights(accounts: Sequence[AccountView]) -> Iterator[Notice]:
    for account in accounts:
        if account.missing_rights and account.status != AccountStatus.DISCONNECTED:
            rights, name = ", ".join(account.missing_rights), words.platform(account.platform).name
            text = f"The login of {name} lacks rights to {account.name}: {rights}. Agree to all that is asked for."
            yield Notice(Tone.WAIT, text, f"/connections#{account.platform.value}", "Connect again")


def _versions(endings: Sequence[Ending]) -> Iterator[Notice]:
    for ending in endings:
        name, day = words.platform(ending.platform).name, words.day(ending.ends_on)
        if ending.is_over:
            yield Notice(Tone.BAD, f"{name} ended version {ending.version} of its API on {day}. Update Adloom.", "")
        else:
            said = f"{name} ends version {ending.version} of its API on {day}. Update Adloom before."
            yield Notice(Tone.WAIT, said, "")
