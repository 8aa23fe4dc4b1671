"""The exchange rates that are held: seeded from a wheel, fetched daily, imported by hand. They belong to no tenant.

Only the worker's login writes them. A rate that is held and differs is replaced by the same or a better source alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from currency_converter import CURRENCY_FILE
from sqlalchemy import text

from adloom.core import money, settings, time
from adloom.core.errors import Invalid
from adloom.db import session as db
from adloom.db.session import Session
from adloom.metrics import rate_files
from adloom.metrics.rate_files import Rate, RateFile, Source
from adloom.platforms import http

#: Metrics reach 36 months back when an account is connected; a little more, so that the first days have a rate too.
_SEEDED = timedelta(days=3 * 366 + 31)

#: Where each day begins first.
_EARLIEST_ZONE = "Pacific/Kiritimati"

_BATCH = 10_000
_NAMED = 20

# One at a time, so that what is said of the rates before is still so when they are written.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('exchange_rates', 0))")

_DIFFERENT = text(
    """
    WITH given AS (
        SELECT *
        FROM unnest(CAST(:currencies AS text[]), CAST(:dates AS date[]), CAST(:rates AS numeric[]))
            AS given (currency, date, rate)
    )
    SELECT
        held.currency,
        held.date,
        held.rate AS before,
        held.source AS said_by,
        given.rate AS given,
        array_position(:sources, held.source) <= array_position(:sources, :source) AS is_replaced
    FROM given
    JOIN exchange_rates AS held USING (currency, date)
    WHERE held.rate <> given.rate
    ORDER BY
        held.date DESC,
        held.currency
    """
)

_KEEP = text(
    """
    WITH given AS (
        SELECT *
        FROM unnest(CAST(:currencies AS text[]), CAST(:dates AS date[]), CAST(:rates AS numeric[]))
            AS given (currency, date, rate)
    ),
    written AS (
        INSERT INTO exchange_rates AS held (currency, date, rate, source)
        SELECT
            currency,
            date,
            rate,
            :source
        FROM given
        ORDER BY
            currency,
            date
        ON CONFLICT (currency, date) DO UPDATE
        SET
            rate = excluded.rate,
            source = excluded.source
        WHERE (held.rate, held.source) IS DISTINCT FROM (excluded.rate, excluded.source)
            AND array_position(:sources, held.source) <= array_position(:sources, :source)
        RETURNING xmax = 0 AS is_new
    )
    SELECT count(*) FILTER (WHERE is_new)
    FROM written
    """
)

_NEWEST = text("SELECT max(date) FROM exchange_rates")


@dataclass(frozen=True, slots=True)
class Difference:
    """A rate that was given and is not the one held before; `is_replaced` says which of the two stands now."""

    date: date
    currency: str
    before: Decimal
    said_by: Source
    given: Decimal
    is_replaced: bool

    def as_json(self) -> dict[str, Any]:
        """The difference for people and programs; `kept` is the rate that stands now."""
        return {
            "date": self.date.isoformat(),
            "currency": self.currency,
            "before": money.plain(self.before),
            "before_source": self.said_by.value,
            "given": money.plain(self.given),
            "kept": money.plain(self.given if self.is_replaced else self.before),
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file's rates."""

    file: RateFile
    added: int
    differences: tuple[Difference, ...]

    def as_json(self) -> dict[str, Any]:
        """The counts, and the newest of the rates that differed from those held."""
        days = [rate.date for rate in self.file.rates]
        replaced = sum(difference.is_replaced for difference in self.differences)
        return {
            "source": self.file.source.value,
            "rates": len(days),
            "first": min(days).isoformat(),
            "last": max(days).isoformat(),
            "added": self.added,
            "replaced": replaced,
            "refused": len(self.differences) - replaced,
            "differences": [difference.as_json() for difference in self.differences[:_NAMED]],
            "unknown": list(self.file.unknown),
        }


def import_file(path: Path) -> Taken:
    """Takes a file's rates over, all or none; a second time changes nothing. Raises Invalid, for days to come too."""
    try:
        with path.open("rb") as file:
            content = file.read(rate_files.MAX_BYTES + 1)
    except OSError as error:
        raise Invalid.field("file", f"{path} cannot be read: {error.strerror}.", "Name a file of rates.") from error
    return _take(_of_days_past(rate_files.read(content)))


def seed() -> Taken:
    """Takes over the rates that came with the installation, as far back as metrics reach."""
    with Path(CURRENCY_FILE).open("rb") as file:
        whole = rate_files.read(file.read())
    first = max(rate.date for rate in whole.rates) - _SEEDED
    recent = tuple(rate for rate in whole.rates if rate.date >= first)
    return _take(RateFile(Source.WHEEL, recent, whole.unknown))


def seed_if_none() -> None:
    """As `seed`, where no rate is held: for commands on an installation in which no worker has run yet."""
    with db.worker_transaction() as session:
        newest = session.execute(_NEWEST).scalar()
    if newest is None:
        seed()


def fetch() -> Taken | None:
    """Takes over what ADLOOM_FX_URL answers; None where it is empty. Raises Unavailable, or Invalid for its content."""
    url = settings.load().fx_url
    if not url:
        return None
    return _take(_of_days_past(rate_files.read(http.fetch(url, max_bytes=rate_files.MAX_BYTES))))


def _of_days_past(file: RateFile) -> RateFile:
    """The file; refused where a day of it has begun nowhere yet: held, it would pass for the newest rate for years."""
    today = time.today(_EARLIEST_ZONE)
    ahead = [rate for rate in file.rates if rate.date > today]
    if ahead:
        rule = f"{ahead[0].date} ({ahead[0].currency}) is still to come: no rate of it can be known."
        raise Invalid.field("rates", rule, "Correct the day; nothing of the file was taken over.")
    return file


def _take(file: RateFile) -> Taken:
    with db.worker_transaction() as session:
        session.execute(_ALONE)
        taken = [_take_some(session, file.source, batch) for batch in _batches(file.rates)]
    return Taken(file, sum(added for added, _ in taken), tuple(one for _, some in taken for one in some))


def _take_some(session: Session, source: Source, rates: Sequence[Rate]) -> tuple[int, list[Difference]]:
    values: dict[str, Any] = {
        "currencies": [rate.currency for rate in rates],
        "dates": [rate.date for rate in rates],
        "rates": [rate.rate for rate in rates],
        "source": source.value,
        "sources": [known.value for known in Source],
    }
    differences = [
        Difference(row.date, row.currency, row.before, Source(row.said_by), row.given, row.is_replaced)
        for row in session.execute(_DIFFERENT, values)
    ]
    return int(session.execute(_KEEP, values).scalar_one()), differences


def _batches(rates: Sequence[Rate]) -> Iterator[Sequence[Rate]]:
    for start in range(0, len(rates), _BATCH):
        yield rates[start : start + _BATCH]
