"""Each account's days, ours beside the platform's own, with the word for what lies between. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from adloom.connections.types import AccountView
from adloom.metrics.answers import Answer
from adloom.metrics.differences import Explanation
from adloom.platforms.types import Platform
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.words import Badge, PlatformName, Tone

_BADGES = {
    Explanation.EQUAL: Badge("Equal", Tone.GOOD),
    Explanation.ROUNDING: Badge("Rounding", Tone.GOOD),
    Explanation.FOREIGN: Badge("Not imported", Tone.WAIT),
    Explanation.DELETED: Badge("Deleted there", Tone.WAIT),
    Explanation.NOT_COVERED: Badge("Not pulled", Tone.WAIT),
    Explanation.UNEXPLAINED: Badge("Unexplained", Tone.BAD),
}
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Day:
    """A day of an account in one currency; what differs is written with its sign."""

    date: str
    badge: Badge
    ours: str
    theirs: str
    difference: str
    counts: tuple[str, ...]
    foreign: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account's newest comparison, the newest day first."""

    platform: PlatformName
    external_id: str
    badge: Badge
    facts: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page."""

    accounts: tuple[Account, ...]
    data_as_of: str


def name(account: AccountView) -> str:
    """An ad account, as a sentence names it."""
    return f"{figures.NAMES[account.platform]} {account.external_id}"


def accounts(found: Answer[dict[str, Any]]) -> Shown:
    """The page's values, in the order given."""
    return Shown(tuple(_account(each) for each in found), words.moment(found.data_as_of))


def _account(found: Mapping[str, Any]) -> Account:
    unexplained = int(found["unexplained"])
    compared = words.moment(datetime.fromisoformat(found["compared_at"]))
    return Account(
        platform=words.platform(Platform(found["platform"])),
        external_id=found["external_id"],
        badge=_verdict(found["days"], unexplained=unexplained),
        facts=f"compared {compared} · days in {found['time_zone']}",
        days=tuple(_day(day) for day in reversed(found["days"])),
    )


def _verdict(days: list[Mapping[str, Any]], *, unexplained: int) -> Badge:
    if unexplained:
        return Badge(f"{unexplained} day{'s differ' if unexplained > 1 else ' differs'} unexplained", Tone.BAD)
    is_whole = all(Explanation(day["explanation"]) in (Explanation.EQUAL, Explanation.ROUNDING) for day in days)
    return Badge("All days agree", Tone.GOOD) if is_whole else Badge("All differences are explained", Tone.WAIT)


def _day(day: Mapping[str, Any]) -> Day:
    currency, ours, difference = day["currency"], day["ours"], day["difference"]
    return Day(
        date=words.day(date.fromisoformat(day["date"])),
        badge=_BADGES[Explanation(day["explanation"])],
        ours=_spend(ours, currency),
        theirs=_spend(day["theirs"], currency),
        difference="" if difference is None or not Decimal(difference["spend"]) else _spend(difference, currency),
        counts=_counts(difference),
        foreign=_foreign(day["foreign"], currency),
    )


def _foreign(sums: Mapping[str, Any] | None, currency: str) -> str:
    if not sums or not any(Decimal(value) for value in sums.values()):
        return ""
    return f"{_spend(sums, currency)} in campaigns that are not imported"


def _spend(sums: Mapping[str, Any] | None, currency: str) -> str:
    return _UNKNOWN if sums is None else figures.money(Decimal(sums["spend"]), currency)


def _counts(difference: Mapping[str, Any] | None) -> tuple[str, ...]:
    if difference is None:
        return ()
    names = [name for name in ("impressions", "clicks") if difference[name]]
    return tuple(f"{difference[name]:+,} {name}" for name in names)
