"""What a campaign may spend: per day, per 30.4 days, over its flight, and on its worst day. Pure.

Sums are made per currency; there is none across currencies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from adloom.core.money import currency_digits, plain
from adloom.core.time import zone
from adloom.platforms.spec import Budget, Schedule
from adloom.platforms.types import BudgetType

#: Days of a month as the platforms count it: 365 / 12, rounded (platforms/google.md: "month cap 30.4x").
MONTH = Decimal("30.4")


@dataclass(frozen=True, slots=True)
class Outlay:
    """What may be spent, in one currency. `flight` is None where the flight has no end.

    `per_day` is the budget that is set, of a lifetime budget its even share; `per_month` (30.4 days) never passes
    `flight`; `worst_day` is what the platform may charge for one day, of a lifetime budget all of it.
    """

    currency: str
    per_day: Decimal
    per_month: Decimal
    flight: Decimal | None
    worst_day: Decimal

    def __add__(self, other: Outlay) -> Outlay:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed")
        is_open = self.flight is None or other.flight is None
        return Outlay(
            self.currency,
            self.per_day + other.per_day,
            self.per_month + other.per_month,
            None if is_open else (self.flight or Decimal(0)) + (other.flight or Decimal(0)),
            self.worst_day + other.worst_day,
        )

    def as_json(self) -> dict[str, str | None]:
        """The amounts as decimal strings, with their currency."""
        return {
            "currency": self.currency,
            "per_day": self._plain(self.per_day),
            "per_month": self._plain(self.per_month),
            "flight": None if self.flight is None else self._plain(self.flight),
            "worst_day": self._plain(self.worst_day),
        }

    def _plain(self, amount: Decimal) -> str:
        return plain(amount, digits=currency_digits(self.currency))


@dataclass(frozen=True, slots=True)
class Spending:
    """What may be spent before and after a deployment; None where nothing stands, or nothing is known."""

    before: Outlay | None
    after: Outlay | None

    def as_json(self) -> dict[str, Any]:
        """Both, as API and CLI show them."""
        return {
            "before": None if self.before is None else self.before.as_json(),
            "after": None if self.after is None else self.after.as_json(),
        }


def outlay(budget: Budget, schedule: Schedule, *, time_zone: str, worst_day: Decimal) -> Outlay:
    """What a budget allows in a flight; days are the account's, `worst_day` is the platform's factor for a day."""
    amount, currency, days = budget.money.amount, budget.money.currency, _days(schedule, time_zone=time_zone)
    if budget.type is BudgetType.LIFETIME:
        share = amount if days is None else _share(amount, days, currency=currency)
        return Outlay(currency, share, min(share * MONTH, amount), amount, amount)
    flight = None if days is None else amount * days
    per_month = amount * MONTH if flight is None else min(amount * MONTH, flight)
    return Outlay(currency, amount, per_month, flight, amount * worst_day)


def dearest(outlays: Iterable[Outlay]) -> Outlay | None:
    """Of several that may stand, the one that costs most on its worst day; None of none."""
    return max(outlays, key=lambda each: (each.worst_day, each.per_month), default=None)


def by_currency(spendings: Iterable[Spending]) -> Mapping[str, Spending]:
    """What they cost together, in each currency."""
    found = tuple(spendings)
    before, after = _sums(each.before for each in found), _sums(each.after for each in found)
    return {currency: Spending(before.get(currency), after.get(currency)) for currency in sorted({*before, *after})}


def _sums(outlays: Iterable[Outlay | None]) -> Mapping[str, Outlay]:
    sums: dict[str, Outlay] = {}
    for each in outlays:
        if each is not None:
            sums[each.currency] = sums[each.currency] + each if each.currency in sums else each
    return sums


def _days(schedule: Schedule, *, time_zone: str) -> int | None:
    """Calendar days of the account that the flight touches; None without an end."""
    if schedule.end is None:
        return None
    first = schedule.start.astimezone(zone(time_zone)).date()
    last = (schedule.end - timedelta(microseconds=1)).astimezone(zone(time_zone)).date()
    return max((last - first).days + 1, 1)


def _share(amount: Decimal, days: int, *, currency: str) -> Decimal:
    smallest = Decimal(1).scaleb(-currency_digits(currency))
    return min((amount / days).quantize(smallest, rounding=ROUND_UP), amount)
