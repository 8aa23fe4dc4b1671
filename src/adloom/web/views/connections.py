"""Logins and the ad accounts beneath them. Pure; no secret comes this far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from adloom.connections import rules
from adloom.connections.types import AccountStatus, AccountView, CredentialView, FaultView
from adloom.metrics import report_zones
from adloom.platforms.types import Platform
from adloom.web import words
from adloom.web.words import Badge, PlatformName, Tone


@dataclass(frozen=True, slots=True)
class Account:
    """One ad account."""

    url: str
    name: str
    external_id: str
    badge: Badge
    note: str
    currency: str
    time_zone: str
    pulled: str


@dataclass(frozen=True, slots=True)
class Registration:
    """Our registration at a platform: the variables that are still missing, and the address to register there."""

    missing: tuple[str, ...]
    redirect_uri: str

    @property
    def is_whole(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Login:
    """One platform: its login, if any, what that reaches, and how another one is given."""

    platform: PlatformName
    value: str
    badge: Badge
    validity: str
    problem: str
    ends: str
    is_connected: bool
    registration: Registration
    accounts: tuple[Account, ...]


def logins(
    credentials: Sequence[CredentialView],
    accounts: Sequence[AccountView],
    *,
    faults: Sequence[FaultView],
    registrations: Mapping[Platform, Registration],
    now: datetime,
) -> tuple[Login, ...]:
    """One per platform, connected or not."""
    known = {credential.platform: credential for credential in credentials}
    return tuple(
        _login(
            platform,
            known.get(platform),
            [_account(a, faults) for a in accounts if a.platform is platform],
            registration=registrations[platform],
            now=now,
        )
        for platform in Platform
    )


def badge_of(account: AccountView, faults: Sequence[FaultView]) -> Badge:
    """How an account stands, the worst first."""
    own = [fault for fault in faults if fault.account_id == account.id]
    if account.status == AccountStatus.DISCONNECTED:
        return Badge("Disconnected", Tone.QUIET)
    if any(fault.blocks_writes for fault in own):
        return Badge("Blocked", Tone.BAD)
    if account.status == AccountStatus.CHANGED:
        return Badge("Changed", Tone.BAD)
    if own or account.missing_rights:
        return Badge("Needs attention", Tone.WAIT)
    return Badge("Connected", Tone.GOOD)


def ends(login: CredentialView, *, now: datetime) -> str:
    """That a login ends soon unless a person connects again, with the day; empty where it does not."""
    if not rules.ends_soon(login, now=now) or login.expires_at is None:
        return ""
    name = words.platform(login.platform).name
    if login.expires_at <= now:
        return f"The login of {name} ended on {words.day(login.expires_at)}. Connect it again."
    days = (login.expires_at.date() - now.date()).days
    left = f"in {days} days" if days > 1 else "tomorrow" if days else "today"
    return f"The login of {name} ends on {words.day(login.expires_at)}, {left}. Connect it again before."


def _login(
    platform: Platform,
    credential: CredentialView | None,
    accounts: Sequence[Account],
    *,
    registration: Registration,
    now: datetime,
) -> Login:
    return Login(
        platform=words.platform(platform),
        value=platform.value,
        badge=_badge(credential),
        validity=_validity(credential, now),
        problem=(credential.error_message or "") if credential else "",
        ends=ends(credential, now=now) if credential else "",
        is_connected=credential is not None and credential.is_connected,
        registration=registration,
        accounts=tuple(accounts),
    )


def _badge(credential: CredentialView | None) -> Badge:
    if credential is None or not (credential.is_connected or credential.error_message or credential.is_active):
        return Badge("Not connected", Tone.QUIET)
    if credential.is_active:
        return Badge("Connected", Tone.GOOD)
    return Badge("Connect again", Tone.BAD) if credential.is_connected else Badge("Not connected", Tone.QUIET)


def _validity(credential: CredentialView | None, now: datetime) -> str:
    """How long the access token lasts, and whether it is renewed before it lapses."""
    if credential is None or not credential.is_connected:
        return ""
    verified = f"verified {words.moment(credential.last_validated_at)}" if credential.last_validated_at else ""
    said = ", ".join(part for part in (verified, _lasts(credential, now)) if part)
    return f"{said[:1].upper()}{said[1:]}"


def _lasts(credential: CredentialView, now: datetime) -> str:
    if credential.expires_at is None:
        return "its token has no announced end"
    until = words.moment(credential.expires_at)
    if not credential.renews:
        return f"good until {until}, then you connect again"
    if credential.expires_at <= now:
        return f"its token lapsed {until}, and is renewed with the next call"
    return f"its token is good until {until}, and renewed before"


def _account(account: AccountView, faults: Sequence[FaultView]) -> Account:
    own = [fault for fault in faults if fault.account_id == account.id]
    return Account(
        url=f"/connections/accounts/{account.id}",
        name=account.name,
        external_id=account.external_id,
        badge=badge_of(account, faults),
        note=_note(account, own),
        currency=account.currency,
        time_zone=account.time_zone,
        pulled=words.moment(account.last_synced_at),
    )


def _note(account: AccountView, faults: Sequence[FaultView]) -> str:
    if account.status == AccountStatus.DISCONNECTED:
        return ""
    if faults:
        return words.fault(faults[0].code)
    if account.status == AccountStatus.CHANGED:
        return "Its currency or time zone is another one than when it was connected."
    if account.missing_rights:
        return f"Its login lacks {', '.join(account.missing_rights)}."
    return "Whose days its reports count is not known yet." if report_zones.is_doubted(account) else ""
