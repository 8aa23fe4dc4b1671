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
    Explanation.TIME_ZONE: Badge("Time zone", Tone.WAIT),
    Explanation.ATTRIBUTION: Badge("Attribution", Tone.WAIT),
    Explanation.RESTATED: Badge("Restated", Tone.WAIT),
    Explanation.NOT_COVERED: Badge("Not pulled", Tone.WAIT),
    Explanation.UNEXPLAINED: Badge("Unexplained", Tone.BAD),
}
#: What each word means, and what is to be done, in the order of urgency; a day that is equal needs no words.
_MEANINGS = {
    Explanation.UNEXPLAINED: "Nothing accounts for it. Pull the day again and compare; if it stays, one side is wrong.",
    Explanation.TIME_ZONE: (
        "Its platform counts the account's days in another zone than we do: what one day lacks its neighbours have. "
        "Set the zone back there; for Microsoft, say on the account's page in which zone its reports count."
    ),
    Explanation.ATTRIBUTION: (
        "Conversions are counted by another rule than when the day was pulled. What is told before and after is not "
        "comparable; the next pull of the day takes the new rule over."
    ),
    Explanation.RESTATED: "The platform says something else of the day since it was pulled; a pull of it is queued.",
    Explanation.NOT_COVERED: "No pull covers the whole day: what is not pulled is unknown, which is not zero.",
    Explanation.FOREIGN: "Campaigns that are not imported account for all of it. Import them in their ad account.",
    Explanation.DELETED: (
        "Campaigns that were deleted there before Adloom knew them account for all of it. Importing takes them in too."
    ),
    Explanation.ROUNDING: "The platform rounds each campaign's figures; what it says of each is what we hold.",
}
_COUNTED, _VALUE = ("impression", "click", "conversion"), "conversion_value"
#: Of a conversion smaller parts are told only where there is nothing larger.
_PART = Decimal("0.01")
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
class Meaning:
    """What a word says that stands somewhere on the page."""

    badge: Badge
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page."""

    accounts: tuple[Account, ...]
    meanings: tuple[Meaning, ...]
    data_as_of: str


def name(account: AccountView) -> str:
    """An ad account, as a sentence names it."""
    return f"{figures.NAMES[account.platform]} {account.external_id}"


def accounts(found: Answer[dict[str, Any]]) -> Shown:
    """The page's values, in the order given."""
    said = {Explanation(day["explanation"]) for each in found for day in each["days"]}
    meanings = (Meaning(_BADGES[word], text) for word, text in _MEANINGS.items() if word in said)
    return Shown(tuple(_account(each) for each in found), tuple(meanings), words.moment(found.data_as_of))


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
    if not days:
        return Badge("No day compared", Tone.QUIET)
    is_whole = all(Explanation(day["explanation"]) in (Explanation.EQUAL, Explanation.ROUNDING) for day in days)
    return Badge("All days agree", Tone.GOOD) if is_whole else Badge("All differences are explained", Tone.WAIT)


def _day(day: Mapping[str, Any]) -> Day:
    currency, ours, difference = day["currency"], day["ours"], day["difference"]
    return Day(
        date=words.day(date.fromisoformat(day["date"])),
        badge=_BADGES[Explanation(day["explanation"])],
        ours=_spend(ours, currency),
        theirs=_spend(day["theirs"], currency),
        difference="" if difference is None else _signed(Decimal(difference["spend"]), currency),
        counts=_counts(difference, currency),
        foreign=_foreign(day["foreign"], currency),
    )


def _foreign(sums: Mapping[str, Any] | None, currency: str) -> str:
    if not sums or not any(Decimal(value or 0) for value in sums.values()):
        return ""
    return f"{_spend(sums, currency)} in campaigns that are not imported"


def _spend(sums: Mapping[str, Any] | None, currency: str) -> str:
    return _UNKNOWN if sums is None else figures.money(Decimal(sums["spend"]), currency)


def _counts(difference: Mapping[str, Any] | None, currency: str) -> tuple[str, ...]:
    """What differs beside the spend. Conversions may be parts of one, and are absent in what was compared long ago."""
    if difference is None:
        return ()
    differ = {name: Decimal(difference.get(f"{name}s") or 0) for name in _COUNTED}
    counts = [f"{_part(each):+,f} {name}{'' if abs(each) == 1 else 's'}" for name, each in differ.items() if each]
    value = _signed(Decimal(difference.get(_VALUE) or 0), currency)
    return (*counts, *([f"{value} value"] if value else []))


def _part(count: Decimal) -> Decimal:
    return (round(count, 2) if abs(count) >= _PART else count).normalize()


def _signed(amount: Decimal, currency: str) -> str:
    """An amount of money with its sign; empty for none."""
    return f"{'+' if amount > 0 else ''}{figures.money(amount, currency)}" if amount else ""
