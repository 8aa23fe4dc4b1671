"""Why a day differs of which the platform says another thing by now: other days, another rule, restated figures. Pure.

Each word has its evidence, and the nearest is said: that the account's days are other ones, then that conversions are
counted by another rule, then that a platform restates. A day without any stays unexplained, which is an alert.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adloom.metrics.differences import Compared, Explanation, Figures, Key, end_of

#: So long after a day's end what was shown on it still comes in (Google: clicks and cost under three hours).
_LATE = timedelta(hours=3)
#: What is newer than this is not said to have been restated since, but for conversions, which come at any minute.
_SETTLED = timedelta(hours=1)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Books:
    """What is known of our own figures: when each day was pulled, and what a sound row of it must agree with.

    `entered` are the sums that ingest kept beside the facts; `seen` are the platform's totals that earlier comparisons
    were told, with the moment of each.
    """

    pulled_at: Mapping[date, datetime]
    entered: Mapping[Key, Figures]
    seen: Mapping[Key, Sequence[tuple[datetime, Figures]]]

    def is_open(self, day: Compared) -> bool:
        """Whether the platform agrees with itself that a day is another one than we hold, and our books are not to
        blame: the facts are what was entered, and the last pull came before the platform first said so."""
        if day.explanation is not Explanation.UNEXPLAINED or day.moved is None or day.moved.is_nothing:
            return False
        held, pulled_at = day.ours or Figures(), self.pulled_at[day.key.date]
        is_sound = (held - self.entered.get(day.key, Figures())).is_nothing
        return is_sound and not any(
            at < pulled_at and theirs == day.theirs for at, theirs in self.seen.get(day.key, ())
        )


@dataclass(frozen=True, slots=True)
class Window:
    """Of which days a platform still restates its figures: from `since` on, at the moment `now`."""

    since: date
    now: datetime
    zone: ZoneInfo

    def may_restate(self, day: Compared, *, pulled_at: datetime) -> bool:
        """Whether what a day has moved by can have come since it was pulled."""
        if day.key.date < self.since or pulled_at >= self.now:
            return False
        is_of_claims = day.moved is not None and not day.moved.is_of_delivery
        was_early = pulled_at < end_of(day.key.date, self.zone) + _LATE
        return is_of_claims or was_early or self.now - pulled_at >= _SETTLED


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be asked once a day may be explained by it: whether a day's hours are other ones, and its rule."""

    are_other_days: Callable[[Collection[date]], bool]
    is_other_rule: Callable[[date], bool]


def named(days: Sequence[Compared], *, books: Books, window: Window, asked: Asked) -> list[Compared]:
    """The days, each that is explained with its word; nobody is asked about days for which it makes no difference."""
    open_ = [day for day in days if books.is_open(day)]
    words: dict[Key, Explanation] = {}
    for run in cancelling(open_):
        if asked.are_other_days([day.key.date for day in run]):
            words |= {day.key: Explanation.TIME_ZONE for day in run}
    for day in open_:
        is_of_claims = day.moved is not None and not day.moved.is_of_delivery
        if day.key in words:
            continue
        if is_of_claims and asked.is_other_rule(day.key.date):
            words[day.key] = Explanation.ATTRIBUTION
        elif window.may_restate(day, pulled_at=books.pulled_at[day.key.date]):
            words[day.key] = Explanation.RESTATED
    return [replace(day, explanation=words.get(day.key, day.explanation)) for day in days]


def cancelling(days: Sequence[Compared]) -> Iterator[Sequence[Compared]]:
    """The rows of days side by side, of one currency, in which what one lost the others have: every figure of it."""
    for run in _runs(sorted(days, key=lambda day: (day.key.currency, day.key.date))):
        total = sum((day.moved for day in run if day.moved is not None), Figures())
        if len(run) > 1 and total.is_nothing:
            yield run


def _runs(days: Sequence[Compared]) -> Iterator[Sequence[Compared]]:
    run: list[Compared] = []
    for day in days:
        if run and (run[-1].key.currency, run[-1].key.date + _A_DAY) != (day.key.currency, day.key.date):
            yield run
            run = []
        run.append(day)
    if run:
        yield run
