"""What delivery is told of the ads that may show: lines, the budgets that bind them, how far days may overspend."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

#: A month of a daily budget, as Google and Microsoft bill it: 365 / 12 days.
_MONTH_DAYS = Decimal("30.4")


class Window(StrEnum):
    """Over which time daily budgets are evened out."""

    WEEK = "week"  # Sunday to Saturday
    MONTH = "month"  # of the calendar


@dataclass(frozen=True, slots=True)
class Overspend:
    """How far a day may exceed its daily budget: `most` times, as long as the window keeps its days' sum."""

    most: Decimal
    window: Window

    def begin(self, day: date) -> date:
        """The first day of the window that a day lies in."""
        if self.window is Window.MONTH:
            return day.replace(day=1)
        return date.fromordinal(day.toordinal() - day.isoweekday() % 7)

    def days_left(self, day: date) -> Decimal:
        """How many daily budgets the rest of the window may cost, the day included."""
        if self.window is Window.WEEK:
            return Decimal(7 - day.isoweekday() % 7)
        length = calendar.monthrange(day.year, day.month)[1]
        return (length - day.day + 1) * _MONTH_DAYS / length


@dataclass(frozen=True, slots=True)
class Budget:
    """Money that lines share. `key` is the platform's id of what carries it; amounts in account currency.

    Without `overspend` no day costs more than `daily`.
    """

    key: str
    daily: Decimal | None = None
    total: Decimal | None = None
    overspend: Overspend | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One ad that may deliver as things stand now: every level is switched on and review will let (or lets)
    it.

    Time decides the rest: `starts` (the latest of schedule start and the review's end) and `ends`, both UTC;
    `week` are the (weekday with Monday 0, hour) pairs of the account's time zone in which it may show, None
    for all. All `budgets` bind. `converts` is whether the account's setting counts conversions for it. `late` is how
    many hours after an hour's end reports may still learn of its clicks and their cost.
    """

    platform: str
    account_id: str
    campaign_id: str
    group_id: str
    ad_id: str
    starts: datetime
    ends: datetime | None
    budgets: tuple[Budget, ...]
    currency: str
    time_zone: str
    unit: Decimal = Decimal("0.01")  # the smallest step in which the platform reports spend
    week: frozenset[tuple[int, int]] | None = None
    converts: bool = True
    video: bool = False
    late: int = 0
