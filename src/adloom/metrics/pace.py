"""How fast a budget is spent: the share of its time that has passed beside the share of it that is gone. Pure.

Every local day counts the same, whether it has 23, 24 or 25 hours: budgets are spent by the day.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from adloom.core import money
from adloom.metrics.gaps import Gap, in_rows

PACE_SCALE, SHARE_SCALE = 4, 4
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The time for which a budget is meant, in an account's zone; `begin` is in it, `end` is not."""

    begin: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def since(self) -> date:
        """The first day."""
        return self.begin.astimezone(self.zone).date()

    @property
    def until(self) -> date:
        """The last day."""
        return (self.end.astimezone(self.zone) - timedelta(microseconds=1)).date()

    @property
    def days(self) -> int:
        """Calendar days that it touches."""
        return (self.until - self.since).days + 1

    def share(self, moment: datetime) -> Fraction:
        """How much of it has passed at a moment: 0 before it begins, 1 when it is over."""
        begin, end = _place(self.begin, self.zone), _place(self.end, self.zone)
        return min(max((_place(moment, self.zone) - begin) / (end - begin), Fraction(0)), Fraction(1))

    def days_left(self, today: date) -> int:
        """Calendar days that are left, today among them; 0 when it is over."""
        return max((self.until - max(today, self.since)).days + 1, 0)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a span: the spend up to the moment `through`."""

    spend: Decimal
    through: datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """A budget of a span against what was spent of it. None is unknown, which `note` explains; it is never 0.

    `elapsed` is the share of the span that had passed at `through`, up to which the spend is known; `pace` is spend ÷
    (budget × elapsed): 1 is on plan; `projection` is what the span comes to at this pace, in `currency`. `unknown` are
    the days that no pull covers, without which there is no spend; of `uncertain` ones the spend may be other days'.
    """

    currency: str
    budget: Decimal | None
    span: Span | None
    days_left: int | None
    spend: Decimal | None
    elapsed: Decimal | None
    pace: Decimal | None
    projection: Decimal | None
    through: datetime | None
    note: str | None
    unknown: tuple[Gap, ...] = ()
    uncertain: tuple[Gap, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it: money and ratios as decimal strings, unknown as null."""
        digits = money.currency_digits(self.currency)
        return {
            "currency": self.currency,
            "budget": _text(self.budget, digits),
            "from": None if self.span is None else self.span.since.isoformat(),
            "to": None if self.span is None else self.span.until.isoformat(),
            "days_left": self.days_left,
            "spend": _text(self.spend, digits),
            "elapsed": _text(self.elapsed, 0),
            "pace": _text(self.pace, 0),
            "projection": _text(self.projection, digits),
            "through": None if self.through is None else self.through.isoformat(),
            "note": self.note,
            "unknown": [each.as_json() for each in self.unknown],
            "uncertain": [each.as_json() for each in self.uncertain],
        }


def month(today: date, zone: ZoneInfo, *, start: datetime | None = None, end: datetime | None = None) -> Span | None:
    """The part of today's calendar month in which a flight runs; None where it does not run in this month."""
    first = today.replace(day=1)
    begin, over = _midnight(first, zone), _midnight((first + timedelta(days=31)).replace(day=1), zone)
    begin = max(begin, start) if start else begin
    over = min(over, end) if end else over
    return Span(begin, over, zone) if begin < over else None


def counted(covered: Container[date], span: Span, *, now: datetime) -> tuple[date, ...]:
    """The days that have to be known for a span's spend to be: those up to yesterday, and today if it was pulled.

    A span that begins today is only today.
    """
    today = now.astimezone(span.zone).date()
    last = min(today, span.until)
    if last not in covered and last == today and last > span.since:
        last -= _A_DAY
    return tuple(span.since + timedelta(days=n) for n in range((last - span.since).days + 1))


def lacking(covered: Container[date], span: Span, *, now: datetime) -> tuple[tuple[date, date], ...]:
    """Those of them that have not been pulled: the first and the last of each row of days."""
    return tuple(in_rows(day for day in counted(covered, span, now=now) if day not in covered))


def reached(covered: Mapping[date, datetime], span: Span, *, now: datetime) -> datetime | None:
    """Up to when the spend of a span is known: every day that counts has been pulled, the last one at that moment.

    `covered` has the newest pull of each day. None where a day lacks: then nothing is known.
    """
    days = counted(covered, span, now=now)
    if not days or lacking(covered, span, now=now):
        return None
    return min(covered[days[-1]], _midnight(days[-1] + _A_DAY, span.zone), now)


def pace(
    *, currency: str, budget: Decimal, span: Span, known: Known | None, now: datetime, is_paused: bool, note: str | None
) -> Pace:
    """The pace of a budget; where nothing is `known` all that hangs on it is unknown. What is paused spends no more."""
    left = span.days_left(now.astimezone(span.zone).date())
    if known is None:
        return Pace(currency, budget, span, left, None, None, None, None, None, note)
    share, spend = span.share(known.through), Fraction(known.spend)
    projection = known.spend if is_paused else _amount(spend / share, currency) if share else None
    return Pace(
        currency,
        budget,
        span,
        left,
        known.spend,
        _rounded(share, SHARE_SCALE),
        _rounded(spend / (Fraction(budget) * share), PACE_SCALE) if share else None,
        projection,
        known.through,
        note,
    )


def _place(moment: datetime, zone: ZoneInfo) -> Fraction:
    """A moment as days since the first one of the calendar; within a day by its own length."""
    day = moment.astimezone(zone).date()
    begin, end = _midnight(day, zone).timestamp(), _midnight(day + _A_DAY, zone).timestamp()
    return day.toordinal() + (Fraction(moment.timestamp()) - Fraction(begin)) / Fraction(end - begin)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone)


def _amount(value: Fraction, currency: str) -> Decimal:
    return _rounded(value, money.currency_digits(currency))


def _rounded(value: Fraction, scale: int) -> Decimal:
    return money.rounded(Decimal(value.numerator) / Decimal(value.denominator), scale=scale)


def _text(value: Decimal | None, digits: int) -> str | None:
    return None if value is None else money.plain(value, digits=digits)
