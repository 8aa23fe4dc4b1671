"""Our sum of an account's day beside the platform's own total of it, and the word for what lies between. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from adloom.core import money


class Explanation(StrEnum):
    """Why two sums of a day differ, if they do; the first word that fits.

    `rounding` is said only where the platform's own figures by campaign are ours, and yet do not add up to its total;
    `deleted` of campaigns that were gone there before Adloom knew them, `foreign` of those that could be imported.
    """

    NOT_COVERED = "not_covered"
    EQUAL = "equal"
    ROUNDING = "rounding"
    FOREIGN = "foreign"
    DELETED = "deleted"
    UNEXPLAINED = "unexplained"


class Key(NamedTuple):
    """A day of an account in one currency: sums of two currencies are never held against each other."""

    date: date
    currency: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What adds up over campaigns; money is in the currency of the key under which it stands."""

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)

    def __add__(self, other: Figures) -> Figures:
        return Figures(self.impressions + other.impressions, self.clicks + other.clicks, self.spend + other.spend)

    def __sub__(self, other: Figures) -> Figures:
        return Figures(self.impressions - other.impressions, self.clicks - other.clicks, self.spend - other.spend)

    def as_json(self, currency: str) -> dict[str, Any]:
        """Counts as integers, money as a decimal string."""
        spend = money.plain(self.spend, digits=money.currency_digits(currency))
        return {"impressions": self.impressions, "clicks": self.clicks, "spend": spend}


@dataclass(frozen=True, slots=True)
class Compared:
    """A day's two sums. `ours` is None where no pull covers the day: then nothing is known of it, which is not 0.

    `foreign` is what the platform counts in campaigns that Adloom does not know; None where that was not asked.
    """

    key: Key
    ours: Figures | None
    theirs: Figures
    foreign: Figures | None
    explanation: Explanation

    def as_json(self) -> dict[str, Any]:
        """As it is kept in the job's result, and shown; the difference is theirs less ours."""
        currency = self.key.currency
        return {
            "date": self.key.date.isoformat(),
            "currency": currency,
            "ours": self.ours and self.ours.as_json(currency),
            "theirs": self.theirs.as_json(currency),
            "difference": self.ours and (self.theirs - self.ours).as_json(currency),
            "foreign": self.foreign and self.foreign.as_json(currency),
            "explanation": self.explanation.value,
        }


@dataclass(frozen=True, slots=True)
class Sums:
    """Both sides of some days of an account, and when each day was last pulled."""

    ours: Mapping[Key, Figures]
    theirs: Mapping[Key, Figures]
    pulled_at: Mapping[date, datetime]
    zone: ZoneInfo

    def compare(self, *, since: date, until: date, currency: str) -> list[Compared]:
        """Every day from `since` to `until`, both included, in the account's currency and in any other that is told."""
        days = {Key(since + timedelta(days=n), currency) for n in range((until - since).days + 1)}
        return [self._compared(key) for key in sorted(days | set(self.ours) | set(self.theirs))]

    def _compared(self, key: Key) -> Compared:
        held, theirs = self.ours.get(key, Figures()), self.theirs.get(key, Figures())
        ours = held if key.date in self.pulled_at else None
        return Compared(key, ours, theirs, None, self._word(key, held, theirs))

    def _word(self, key: Key, held: Figures, theirs: Figures) -> Explanation:
        pulled_at = self.pulled_at.get(key.date)
        if pulled_at is None:
            return Explanation.NOT_COVERED
        if theirs == held:
            return Explanation.EQUAL
        is_over = pulled_at >= _end(key.date, self.zone)
        return Explanation.UNEXPLAINED if is_over else Explanation.NOT_COVERED


@dataclass(frozen=True, slots=True)
class ByCampaign:
    """A day by the platform's own report by campaign: of those that Adloom knows, and of the others.

    `listed` says whether the platform still shows one of the others; `campaigns` is how many of either there are.
    """

    known: Figures = field(default_factory=Figures)
    foreign: Figures = field(default_factory=Figures)
    listed: bool = False
    campaigns: int = 0

    def plus(self, figures: Figures, *, is_other: bool, is_listed: bool) -> ByCampaign:
        """With one campaign more."""
        return ByCampaign(
            self.known if is_other else self.known + figures,
            self.foreign + figures if is_other else self.foreign,
            self.listed or is_listed,
            self.campaigns + 1,
        )


def by_campaign(compared: Compared, *, held: Figures, told: ByCampaign) -> Compared:
    """A day that differs, told again once it is known what the platform says of each campaign."""
    rest = compared.theirs - held - told.foreign
    others = Explanation.FOREIGN if told.listed else Explanation.DELETED
    word = Explanation.UNEXPLAINED
    if rest == Figures() and told.foreign != Figures():
        word = others
    elif told.known == held and _is_rounding(rest, told.campaigns, currency=compared.key.currency):
        word = Explanation.ROUNDING if told.foreign == Figures() else others
    return Compared(compared.key, compared.ours, compared.theirs, told.foreign, word)


def _is_rounding(rest: Figures, campaigns: int, *, currency: str) -> bool:
    """Whether what is left can be lost where each campaign's spend is rounded: less than a coin of each."""
    coin = Decimal(1).scaleb(-money.currency_digits(currency))
    return not rest.impressions and not rest.clicks and abs(rest.spend) < coin * campaigns


def _end(day: date, zone: ZoneInfo) -> datetime:
    """When a day was over on the account's clock."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
