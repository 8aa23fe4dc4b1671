"""What an ad may cost, when it runs, how it is tracked, and what a person declares about it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, field_serializer, model_validator

from adloom.ads import text
from adloom.ads.fields import Amount, Country, Name, Part, Text, broken, items
from adloom.core.errors import Invalid
from adloom.core.money import currency_digits, known_currencies, plain
from adloom.core.time import zone
from adloom.platforms.types import BidStrategy, BudgetType, ConversionEvent, Weekday

MACROS = ("campaign", "ad_group", "ad", "platform", "marker")
MAX_WINDOWS = 42

_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_LOCAL = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?$")
_PARAMETER = re.compile(r"^[A-Za-z0-9_.-]{1,50}$")
_BRACES = re.compile(r"\{([^{}]*)\}")
_WITH_TARGET = frozenset({BidStrategy.TARGET_CPA, BidStrategy.TARGET_ROAS, BidStrategy.BID_CAP})


def _currency(value: str) -> str:
    if value not in known_currencies():
        raise broken(f"{value!r} is not an ISO 4217 code.", "Use three capital letters, such as USD.")
    return value


class Amounted(Part):
    """Money: a positive decimal string and an ISO 4217 currency."""

    value: Amount
    currency: Annotated[str, AfterValidator(_currency)]

    @model_validator(mode="after")
    def _is_positive(self) -> Amounted:
        if self.value <= 0:
            raise broken("the amount is not more than zero.", 'Write a positive amount, such as "50.00".')
        return self

    @field_serializer("value")
    def _plainly(self, value: Any) -> str:
        return plain(value, digits=currency_digits(self.currency))


class Bidding(Part):
    """How a platform shall bid. `target` is money for TARGET_CPA and BID_CAP, a ratio for TARGET_ROAS."""

    strategy: BidStrategy
    target: Amount | None = None

    @model_validator(mode="after")
    def _has_its_target(self) -> Bidding:
        if self.strategy in _WITH_TARGET and not self.target:
            raise broken(f"{self.strategy} needs a target.", "Add target as a positive decimal string.")
        if self.strategy not in _WITH_TARGET and self.target is not None:
            raise broken(f"{self.strategy} has no target.", "Remove target, or choose another strategy.")
        return self


class Budget(Part):
    """What each platform may spend: per day, or over the whole flight. `bidding` follows the objective."""

    type: BudgetType = BudgetType.DAILY
    amount: Amounted
    bidding: Bidding | None = None


class Conversion(Part):
    """What counts as a conversion, and what one is worth in the budget's currency."""

    event: ConversionEvent
    value: Amount | None = None


def _clock(value: str) -> str:
    if value != "24:00" and not _CLOCK.fullmatch(value):
        raise broken(f"{value!r} is not a time of day.", "Write hours and minutes, such as 09:00; 24:00 ends a day.")
    return value


class Daypart(Part):
    """Hours of the ad account's days in which the ad may run."""

    days: Annotated[tuple[Weekday, ...], AfterValidator(items(1, 7, key=lambda day: day))]
    start: Annotated[str, AfterValidator(_clock)]
    end: Annotated[str, AfterValidator(_clock)]

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Daypart:
        if self.start >= self.end:
            raise broken("it ends before it starts.", "Split hours that pass midnight into two windows.")
        return self


def _overlap(one: Daypart, other: Daypart) -> bool:
    return bool(set(one.days) & set(other.days)) and one.start < other.end and other.start < one.end


def _apart(windows: tuple[Daypart, ...]) -> tuple[Daypart, ...]:
    for number, window in enumerate(windows):
        if any(_overlap(window, other) for other in windows[:number]):
            raise broken(f"window {number} overlaps an earlier one.", "Join them, or move one.")
    return windows


def _moment(value: str) -> str:
    fix = "Write 2026-12-31T23:59:59; it is local time in time_zone unless an offset follows."
    if not _LOCAL.fullmatch(value):
        raise broken(f"{value!r} is not a date and time.", fix)
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise broken(f"{value!r} does not exist.", fix) from None
    return value


def _zone(value: str) -> str:
    try:
        zone(value)
    except Invalid:
        raise broken(f"{value!r} is not an IANA time zone.", "Use a name such as Europe/Berlin.") from None
    return value


Moment = Annotated[str, AfterValidator(_moment)]


class Schedule(Part):
    """The flight: no start is 'when deployed', no end is open, no time zone is the ad account's."""

    start: Moment | None = None
    end: Moment | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] | None = None
    dayparting: Annotated[tuple[Daypart, ...], AfterValidator(items(0, MAX_WINDOWS)), AfterValidator(_apart)] = ()


def _tracked(value: dict[str, str]) -> dict[str, str]:
    for name, template in value.items():
        if not _PARAMETER.fullmatch(name):
            raise broken(f"{name!r} is not a parameter's name.", "Use letters, digits, _ . and -.")
        unknown = [macro for macro in _BRACES.findall(template) if macro not in MACROS]
        if unknown:
            raise broken(f"{name} uses {unknown[0]!r}, which is no macro.", f"Use {', '.join(MACROS)} in braces.")
        if len(template) > 200 or text.control_character(template):
            raise broken(f"{name} is too long or holds characters that do not show.", "Use up to 200 characters.")
    return value


class Tracking(Part):
    """Parameters that platforms add to the landing address; macros in braces stand for names."""

    template: None = None
    params: Annotated[dict[str, str], AfterValidator(_tracked)] = {}  # noqa: RUF012 - pydantic copies it


class Dsa(Part):
    """Who an ad is for and who pays, as the EU's Digital Services Act asks."""

    beneficiary: Text | None = None
    payor: Text | None = None


class Declarations(Part):
    """Legal statements of a person. Null is 'not answered', and is never taken for an answer."""

    eu_political: bool | None = None
    special_categories: Annotated[tuple[Name, ...], AfterValidator(items(0, 10, key=lambda name: name))] | None = None
    special_category_countries: Annotated[tuple[Country, ...], AfterValidator(items(0, 200))] = ()
    dsa: Dsa = Dsa()
    ai_generated: bool | None = None
