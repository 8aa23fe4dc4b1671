"""Facts as lines that PostgreSQL copies in: one stream through constant memory, checked on its way. Pure.

A report is read to its end, into a file where it is large, before a transaction is opened: none waits for a platform.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from tempfile import SpooledTemporaryFile
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from adloom.core.errors import Unavailable
from adloom.platforms.facts import AudienceFact, ConversionFact, DailyFact, HourlyFact

Fact = DailyFact | HourlyFact | ConversionFact | AudienceFact

#: How an unknown value stands in a line; a text of just these two characters would be taken for one, and none is.
NULL = "\\N"

_IN_MEMORY = 8 * 1024 * 1024
_CHUNK = 64 * 1024


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
    """All lines of a report, read to its end; on disk once they are more than a few megabytes.

    Raises OtherCurrency, Unavailable for a day that was not asked for, and whatever reading the report raises.
    """
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(_checked(facts, asked))
        text.flush()
        file.seek(0)
        try:
            yield file
        finally:
            text.detach()


def chunks(lines: Readable) -> Iterator[bytes]:
    """The lines in pieces of constant size."""
    while piece := lines.read(_CHUNK):
        yield piece


def _checked(facts: Iterable[Fact], asked: Asked) -> Iterator[tuple[object, ...]]:
    zones: dict[str, ZoneInfo] = {}
    for fact in facts:
        if fact.currency != asked.currency:
            raise OtherCurrency(fact.currency)
        if not asked.holds(fact.date):
            raise Unavailable(f"The report holds {fact.date}, a day that it was not asked for.")
        yield _line(fact, asked.time_zone, zones)


def _line(fact: Fact, time_zone: str, zones: dict[str, ZoneInfo]) -> tuple[object, ...]:
    match fact:
        case DailyFact():
            return (*_of(fact, fact.date, time_zone), *_counts(fact), fact.spend, fact.currency, _extra(fact))
        case HourlyFact():
            moment, words = instant(fact, zones.setdefault(fact.zone, ZoneInfo(fact.zone)))
            return (*_of(fact, moment, fact.zone), *_counts(fact), fact.spend, fact.currency, words)
        case ConversionFact():
            start = (fact.platform_campaign_id, fact.date, fact.action, time_zone, fact.name)
            return (*start, fact.conversions, _known(fact.conversion_value), fact.currency)
        case AudienceFact():
            start = (fact.platform_campaign_id, fact.date, fact.dimension.value, fact.value, time_zone)
            return (*start, *_counts(fact), _known(fact.spend), fact.currency)


def instant(fact: HourlyFact, zone: ZoneInfo) -> tuple[datetime, str]:
    """When the hour began, and what is to be kept of it: an hour that comes twice is booked to its first instant."""
    local = datetime(fact.date.year, fact.date.month, fact.date.day, fact.hour, tzinfo=zone)
    is_twice = local.utcoffset() != local.replace(fold=1).utcoffset() and _exists(local)
    return local.astimezone(UTC), json.dumps({"hour_comes_twice": True}) if is_twice else NULL


def _exists(local: datetime) -> bool:
    """False for an hour that clocks skipped: it comes back from UTC as another one."""
    return local.astimezone(UTC).astimezone(local.tzinfo).replace(fold=0) == local.replace(fold=0)


def bounds(since: date, until: date, zone: str) -> tuple[datetime, datetime]:
    """The instants from the first day's start up to, not including, the end of the last one, in a zone."""
    first, next_ = (datetime(d.year, d.month, d.day, tzinfo=ZoneInfo(zone)) for d in (since, until + timedelta(days=1)))
    return first.astimezone(UTC), next_.astimezone(UTC)


def _of(fact: DailyFact | HourlyFact, moment: date | datetime, zone: str) -> tuple[object, ...]:
    return fact.platform_campaign_id, moment, zone


def _counts(fact: DailyFact | HourlyFact | AudienceFact) -> tuple[object, ...]:
    return fact.impressions, fact.clicks, _known(fact.conversions), _known(fact.conversion_value)


def _known(value: object | None) -> object:
    return NULL if value is None else value


def _extra(fact: DailyFact) -> str:
    words: Mapping[str, Any] = fact.platform_metrics
    return json.dumps(dict(words), default=str, sort_keys=True) if words else NULL
