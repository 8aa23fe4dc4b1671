"""Our sum of an account's day beside the platform's own total of it, and the word for what lies between. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from adloom.core import money
from adloom.platforms.facts import AccountFact, DailyFact


class Explanation(StrEnum):
    """Why two sums of a day differ, if they do; the first word that fits.

    `rounding` is said only where the platform's own figures by campaign are ours, and yet do not add up to its total;
    `deleted` of campaigns that were gone there before Adloom knew them, `foreign` of those that could be imported. The
    next three only where the platform agrees with itself, and says another thing than when we asked (`reasons`).
    """

    NOT_COVERED = "not_covered"
    EQUAL = "equal"
    ROUNDING = "rounding"
    FOREIGN = "foreign"
    DELETED = "deleted"
    TIME_ZONE = "time_zone"
    ATTRIBUTION = "attribution"
    RESTATED = "restated"
    UNEXPLAINED = "unexplained"


class Key(NamedTuple):
    """A day of an account in one currency: sums of two currencies are never held against each other."""

    date: date
    currency: str


#: Conversions and values are kept with so many decimals.
_SCALE = 6
#: A part of a conversion that is lost where each campaign's are rounded: pages and files tell hundredths.
_PART = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Figures:
    """What adds up over campaigns; money is in the currency of the key under which it stands.

    None is not told: a sum with it is not known, and a difference from it is none.
    """

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)
    conversions: Decimal | None = Decimal(0)
    conversion_value: Decimal | None = Decimal(0)

    @classmethod
    def of(cls, fact: AccountFact | DailyFact) -> Figures:
        """What a platform told, with as many decimals as are kept of it."""
        told = (fact.conversions, fact.conversion_value)
        count, value = (None if each is None else money.rounded(each, scale=_SCALE) for each in told)
        return cls(fact.impressions, fact.clicks, fact.spend, count, value)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Figures:
        """As it was kept; what was kept before conversions were compared tells none."""
        count, value = (kept.get(name) for name in ("conversions", "conversion_value"))
        return cls(
            kept["impressions"],
            kept["clicks"],
            Decimal(kept["spend"]),
            None if count is None else Decimal(count),
            None if value is None else Decimal(value),
        )

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.spend + other.spend,
            _sum(self.conversions, other.conversions),
            _sum(self.conversion_value, other.conversion_value),
        )

    def __sub__(self, other: Figures) -> Figures:
        return self + Figures(
            -other.impressions,
            -other.clicks,
            -other.spend,
            None if other.conversions is None else -other.conversions,
            None if other.conversion_value is None else -other.conversion_value,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether all that is known of it is 0."""
        return not self.is_of_delivery and not self.conversions and not self.conversion_value

    @property
    def is_of_delivery(self) -> bool:
        """Whether there is something in it beside conversions and what they are worth."""
        return bool(self.impressions or self.clicks or self.spend)

    def as_json(self, currency: str) -> dict[str, Any]:
        """Counts as integers, money and conversions, which may be parts of one, as decimal strings."""
        digits = money.currency_digits(currency)
        count, value = self.conversions, self.conversion_value
        return {
            "impressions": self.impressions,
            "clicks": self.clicks,
            "spend": money.plain(self.spend, digits=digits),
            "conversions": None if count is None else money.plain(count),
            "conversion_value": None if value is None else money.plain(value, digits=digits),
        }


@dataclass(frozen=True, slots=True)
class Compared:
    """A day's two sums. `ours` is None where no pull covers the day: then nothing is known of it, which is not 0.

    `foreign` is what the platform counts in campaigns that Adloom does not know; None where that was not asked. `moved`
    is what it says of ours by now less what we hold, where it comes to its total; None where it does not.
    """

    key: Key
    ours: Figures | None
    theirs: Figures
    foreign: Figures | None
    explanation: Explanation
    moved: Figures | None = None

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
        if (theirs - held).is_nothing:
            return Explanation.EQUAL
        is_over = pulled_at >= end_of(key.date, self.zone)
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
    moved, currency = told.known - held, compared.key.currency
    word = Explanation.UNEXPLAINED
    if rest.is_nothing:
        is_all = not told.foreign.is_nothing and not (moved.conversions or moved.conversion_value)
        word = others if is_all else Explanation.UNEXPLAINED
    elif moved.is_nothing and _is_rounding(rest, told.campaigns, currency=currency):
        word = Explanation.ROUNDING if told.foreign.is_nothing else others
    agrees = _is_rounding(rest - moved, told.campaigns, currency=currency)
    return replace(compared, foreign=told.foreign, explanation=word, moved=moved if agrees else None)


def _is_rounding(rest: Figures, campaigns: int, *, currency: str) -> bool:
    """Whether what is left can be lost where each campaign's figures are rounded: less than a coin of each."""
    if rest.is_nothing:
        return True
    coin, zero = Decimal(1).scaleb(-money.currency_digits(currency)), Decimal(0)
    parts = ((rest.spend, coin), (rest.conversion_value or zero, coin), (rest.conversions or zero, _PART))
    is_small = all(abs(part) < least * campaigns for part, least in parts if part)
    return is_small and not rest.impressions and not rest.clicks


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """When a day is over on the account's clock."""
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
