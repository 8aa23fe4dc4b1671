"""What budgets have spent and may still spend: by day, in all, and over the week or month that evens days out."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from adsandbox.line import Budget

_ENDLESS = Decimal("Infinity")


@dataclass(slots=True)
class Purse:
    """The money of one budget. Credits for invalid clicks are paid back to the advertiser, not into it."""

    total: Decimal = Decimal(0)
    _days: dict[date, Decimal] = field(default_factory=dict)
    _window: tuple[date, Decimal] | None = None  # its first day, and the daily budget it was reckoned with
    _allowed: Decimal = Decimal(0)

    def left(self, budget: Budget, day: date) -> Decimal:
        """What may still be spent on a local day, never less than 0; infinite where nothing binds."""
        left = _ENDLESS if budget.total is None else budget.total - self.total
        if budget.daily is not None:
            left = min(left, self._of_day(budget, budget.daily, day))
        return max(left, Decimal(0))

    def spend(self, amount: Decimal, day: date) -> None:
        """Take money out."""
        self.total += amount
        self._days[day] = self._days.get(day, Decimal(0)) + amount
        self._allowed -= amount

    def _of_day(self, budget: Budget, daily: Decimal, day: date) -> Decimal:
        over, today = budget.overspend, self._days.get(day, Decimal(0))
        if over is None:
            return daily - today
        window = (over.begin(day), daily)
        if window != self._window:
            # A new amount counts for the days that remain; what was spent before it is settled.
            self._window, self._allowed = window, daily * over.days_left(day) - today
        return min(daily * over.most - today, self._allowed)
