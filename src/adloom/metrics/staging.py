"""Facts as lines that PostgreSQL copies in: one stream through constant memory, checked on its way. Pure.

A report is read to its end, into a file where it is large, before a transaction is opened: none waits for a platform.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from adloom.core.errors import Unavailable
from adloom.platforms.facts import AudienceFact, ConversionFact, DailyFact, HourlyFact

Fact = DailyFact | HourlyFact | ConversionFact | AudienceFact

#: How an unknown value stands in a line; a text of just these two characters is told from it by its quotes.
NULL = "\\N"

_IN_MEMORY = 1024 * 1024
_CHUNK = 64 * 1024
#: So many lines are written at once: one call for each would cost more than the line.
_LINES = 500


class OtherCurrency(Exception):
    """A report tells of another currency than the account's; nothing of it may be taken over."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was asked for, which its rows are held against. Both days are included."""

    time_zone: str
    currency: str
    since: date
    until: date

    def holds(self, day: date) -> bool:
        """Whether it was asked for this day."""
        return self.since <= day <= self.until


class Readable(Protocol):
    """What can be read in chunks: a file of lines."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        ...


@contextmanager
def spooled(facts: Iterable[Fact], asked: Asked) -> Iterator[Readable]:
    """All lines of a report, read to its end; on disk once they are more than a megabyte.

    Raises OtherCurrency, Unavailable for a day that was not asked for, and whatever reading the report raises.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        lines = _checked(facts, asked)
        while piece := "".join(islice(lines, _LINES)):
            file.write(piece.encode())
        file.seek(0)
        yield file


def chunks(lines: Readable) -> Iterator[bytes]:
    """The lines in pieces of constant size."""
    while piece := lines.read(_CHUNK):
        yield piece


def _checked(facts: Iterable[Fact], asked: Asked) -> Iterator[str]:
    zones: dict[str, ZoneInfo] = {}
    time_zone, currency = asked.time_zone, asked.currency
    for fact in facts:
        if fact.currency != currency:
            raise OtherCurrency(fact.currency)
        if not asked.since <= fact.date <= asked.until:
            raise Unavailable(f"The report holds {fact.date}, a day that it was not asked for.")
        yield _line(fact, time_zone, zones)


def _line(fact: Fact, time_zone: str, zones: dict[str, ZoneInfo]) -> str:
    """One line of CSV. Written by hand, because a million of them pass here: figures and days need no quotes.

    `!s` spares each figure its `__format__`, which takes four times as long.
    """
    start, end = _quoted(fact.platform_campaign_id), _quoted(fact.currency)
    match fact:
        case DailyFact():
            zone = _quoted(time_zone)
            return f"{start},{_day(fact.date)},{zone},{_counts(fact)},{fact.spend!s},{end},{_extra(fact)}\n"
        case HourlyFact():
            moment, words = instant(fact, zones.setdefault(fact.zone, ZoneInfo(fact.zone)))
            zone, flag = _quoted(fact.zone), NULL if words is None else _quoted(words)
            return f"{start},{moment},{zone},{_counts(fact)},{fact.spend!s},{end},{flag}\n"
        case ConversionFact():
            named = f"{_quoted(fact.action)},{_quoted(time_zone)},{_quoted(fact.name)}"
            return f"{start},{_day(fact.date)},{named},{fact.conversions!s},{_known(fact.conversion_value)},{end}\n"
        case AudienceFact():
            part = f"{_quoted(fact.dimension.value)},{_quoted(fact.value)},{_quoted(time_zone)}"
            return f"{start},{_day(fact.date)},{part},{_counts(fact)},{_known(fact.spend)},{end}\n"


@lru_cache(maxsize=10_000)
def _quoted(words: str) -> str:
    """A report names the same campaigns, zone and currency over and over."""
    return words if words.isalnum() else '"' + words.replace('"', '""') + '"'


@lru_cache(maxsize=1_000)
def _day(day: date) -> str:
    return day.isoformat()


def instant(fact: HourlyFact, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """When the hour began, and what is to be kept of it: an hour that comes twice is booked to its first instant."""
    local = datetime(fact.date.year, fact.date.month, fact.date.day, fact.hour, tzinfo=zone)
    is_twice = local.utcoffset() != local.replace(fold=1).utcoffset() and _exists(local)
    return local.astimezone(UTC), json.dumps({"hour_comes_twice": True}) if is_twice else None


def _exists(local: datetime) -> bool:
    """False for an hour that clocks skipped: it comes back from UTC as another one."""
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(fold=0) == local.replace(fold=0)


def bounds(since: date, until: date, zone: str) -> tuple[datetime, datetime]:
    """The instants from the first day's start up to, not including, the end of the last one, in a zone."""
    first, next_ = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(zone)) for d in (since, until + timedelta(days=1)))
    return first.astimezone(UTC), next_.astimezone(UTC)


def _counts(fact: DailyFact | HourlyFact | AudienceFact) -> str:
    return f"{fact.impressions},{fact.clicks},{_known(fact.conversions)},{_known(fact.conversion_value)}"


def _known(value: Decimal | None) -> str:
    return NULL if value is None else str(value)


def _extra(fact: DailyFact) -> str:
    words: Mapping[str, Any] = fact.platform_metrics
    return _quoted(json.dumps(dict(words), default=str, sort_keys=True)) if words else NULL
