"""When a login has to be refreshed or given anew, and what an account's faults mean for an ad. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from adloom.connections.types import AccountView, CredentialView, FaultView
from adloom.core import time
from adloom.core.errors import Conflict, FieldError, Invalid
from adloom.platforms.contract import FoundAccount
from adloom.platforms.types import Platform

#: In use, a login this near to its end is refreshed first.
_EARLY = timedelta(minutes=5)

#: By schedule it is refreshed this long before its end. Meta's can be exchanged only while they are good.
_AHEAD = {Platform.FACEBOOK_ADS: timedelta(days=7)}
_USUALLY_AHEAD = timedelta(minutes=20)

#: A person is told this long before that a login ends which nothing but a person renews.
WARN_AHEAD = timedelta(days=21)
#: Meta has no refresh tokens: a person logs in again (`meta.md`, 1: "re-login/exchange").
_GIVEN_ANEW = frozenset({Platform.FACEBOOK_ADS})


def lapses_soon(expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether a login in use has to be refreshed before the next call; one without an end never has to."""
    return expires_at is not None and expires_at - now < _EARLY


def is_due(platform: Platform, expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether a check refreshes a login now."""
    return expires_at is not None and expires_at - now < _AHEAD.get(platform, _USUALLY_AHEAD)


def is_about_to_lapse(expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether a login has to be looked after before the next daily check."""
    return expires_at is not None and expires_at - now < _USUALLY_AHEAD


def renews(platform: Platform) -> bool:
    """Whether logins of this platform are renewed without a person, as a rule."""
    return platform not in _GIVEN_ANEW


def ends_soon(login: CredentialView, *, now: datetime) -> bool:
    """Whether a person has to connect again within three weeks, because nothing else keeps the login alive."""
    return login.is_connected and ends_within_notice(login.expires_at, renews=login.renews, now=now)


def ends_within_notice(expires_at: datetime | None, *, renews: bool, now: datetime) -> bool:
    """The same of a login by its parts: whether it ends within three weeks, or has, and does not renew itself."""
    return not renews and expires_at is not None and expires_at - now < WARN_AHEAD


def refuse_unknown_days(accounts: Iterable[FoundAccount]) -> None:
    """Raises Invalid for an account of which nobody knows when its days begin, or in what it bills.

    Kept, it would be in every sum of its tenant, and no sum could be told.
    """
    for account in accounts:
        try:
            time.zone(account.time_zone)
        except Invalid:
            told = f"in the time zone {account.time_zone!r}" if account.time_zone else "in no time zone that is known"
        else:
            if account.currency:
                continue
            told = "in no currency"
        raise Invalid.field(
            "account",
            f"by its platform {account.external_id} counts {told}: its figures could not be told.",
            "Set it at the platform, or name other accounts.",
        )


def fault_errors(account: AccountView, faults: Iterable[FaultView]) -> tuple[FieldError, ...]:
    """What keeps any ad from being sent to this account, as `connections.inspect` saw it last."""
    return tuple(
        FieldError(
            f"platforms.{account.platform.value}.account",
            f"{fault.code}: {fault.words}",
            f"{fault.fix} Then have it looked at again: adloom account inspect {account.external_id}",
        )
        for fault in faults
        if fault.blocks_writes and fault.account_id == account.id
    )


def check_answers(fault: str, answers: Mapping[str, str], *, known: Iterable[FaultView]) -> None:
    """Returns where these answers are what mends the fault; raises Conflict, or Invalid by answer."""
    found = next((each for each in known if each.code == fault), None)
    if found is None:
        raise Conflict(f"The account has no fault {fault!r} (any more). Have it looked at again.")
    if not found.asks:
        raise Conflict(f"This cannot be mended from here. {found.fix}")
    given = {name for name, answer in answers.items() if answer.strip()}
    errors = [
        FieldError(asked, "it is not answered.", "Answer it.")
        for asked in found.asks
        if asked not in {_question(name) for name in given}
    ]
    errors += [
        FieldError(name, "it was not asked for.", f"Answer: {', '.join(found.asks)}.")
        for name in answers
        if _question(name) not in found.asks
    ]
    if errors:
        raise Invalid("The declaration is not whole.", errors=tuple(errors))


def _question(name: str) -> str:
    """What an answer answers: `eu_political/123` is the answer to `eu_political` for one campaign alone."""
    return name.partition("/")[0]
