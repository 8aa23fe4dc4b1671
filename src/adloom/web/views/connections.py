"""Logins and the ad accounts beneath them. Pure; no secret comes this far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adloom.connections.types import AccountView, CredentialView
from adloom.platforms.types import Platform
from adloom.web import words
from adloom.web.words import Badge, PlatformName, Tone


@dataclass(frozen=True, slots=True)
class Account:
    """One ad account."""

    name: str
    external_id: str
    status: str
    currency: str
    time_zone: str
    pulled: str


@dataclass(frozen=True, slots=True)
class Login:
    """One platform: its login, if any, and what that reaches."""

    platform: PlatformName
    value: str
    badge: Badge
    validity: str
    problem: str
    is_connected: bool
    accounts: tuple[Account, ...]


def logins(
    credentials: Sequence[CredentialView], accounts: Sequence[AccountView], *, now: datetime
) -> tuple[Login, ...]:
    """One per platform, connected or not."""
    known = {credential.platform: credential for credential in credentials}
    return tuple(
        _login(platform, known.get(platform), [a for a in accounts if a.platform is platform], now=now)
        for platform in Platform
    )


def _login(
    platform: Platform, credential: CredentialView | None, accounts: Sequence[AccountView], *, now: datetime
) -> Login:
    return Login(
        platform=words.platform(platform),
        value=platform.value,
        badge=_badge(credential),
        validity=_validity(credential, now),
        problem=(credential.error_message or "") if credential else "",
        is_connected=credential is not None,
        accounts=tuple(_account(account) for account in accounts),
    )


def _badge(credential: CredentialView | None) -> Badge:
    if credential is None:
        return Badge("Not connected", Tone.QUIET)
    if credential.is_active:
        return Badge("Connected", Tone.GOOD)
    return Badge("Connect again", Tone.BAD) if credential.error_message else Badge("Being verified", Tone.WAIT)


def _validity(credential: CredentialView | None, now: datetime) -> str:
    """How long the access token lasts. It is renewed before it lapses, as long as the platform renews it."""
    if credential is None:
        return ""
    verified = f"verified {words.moment(credential.last_validated_at)}" if credential.last_validated_at else ""
    if credential.expires_at is None:
        lasts = "its token has no announced end"
    elif credential.expires_at <= now:
        lasts = f"its token lapsed {words.moment(credential.expires_at)}, and is renewed with the next call"
    else:
        lasts = f"its token is good until {words.moment(credential.expires_at)}, and renewed before"
    return ", ".join(part for part in (verified, lasts) if part)


def _account(account: AccountView) -> Account:
    return Account(
        name=account.name,
        external_id=account.external_id,
        status=words.words(account.status.lower()),
        currency=account.currency,
        time_zone=account.time_zone,
        pulled=words.moment(account.last_synced_at),
    )
