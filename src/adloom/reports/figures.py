"""Sums of rows that were read once, so that totals and details of a report are always the same figures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from adloom.metrics.queries import PARTLY_TOLD, VALUE_PARTLY_TOLD
from adloom.metrics.types import By, MetricRow, Rates


def summed(rows: Sequence[MetricRow], *by: By) -> tuple[MetricRow, ...]:
    """The rows added up by platform, campaign or day, one row per currency, in the order in which they come.

    What no row reported stays unknown: a sum of nothing but None is None. `as_of` is the oldest.
    """
    groups: dict[tuple[object, ...], list[MetricRow]] = {}
    for row in rows:
        key = (
            row.platform if By.PLATFORM in by else None,
            row.campaign.id if row.campaign and By.CAMPAIGN in by else None,
            row.date if By.DAY in by else None,
            row.currency,
        )
        groups.setdefault(key, []).append(row)
    return tuple(_sum(found, by) for found in groups.values())


def _sum(rows: Sequence[MetricRow], by: tuple[By, ...]) -> MetricRow:
    first = rows[0]
    return replace(
        first,
        platform=first.platform if By.PLATFORM in by else None,
        campaign=first.campaign if By.CAMPAIGN in by else None,
        date=first.date if By.DAY in by else None,
        impressions=sum(row.impressions for row in rows),
        clicks=sum(row.clicks for row in rows),
        conversions=_known(row.conversions for row in rows),
        conversion_value=_known(row.conversion_value for row in rows),
        spend=sum((row.spend for row in rows), Decimal(0)),
        as_of=_oldest(row.as_of for row in rows),
        rates=_rates(rows),
        note="; ".join(_notes(rows)) or None,
    )


def _notes(rows: Sequence[MetricRow]) -> Iterable[str]:
    """What the rows say, of each kind the first (days without a rate may be many), and whether some are not told."""
    said = [note for row in rows if row.note for note in row.note.split("; ")]
    if len({row.conversions is None for row in rows}) > 1:
        said.append(PARTLY_TOLD)
    elif len({row.conversion_value is None for row in rows}) > 1:
        said.append(VALUE_PARTLY_TOLD)
    kinds: dict[str, str] = {}
    for note in said:
        kinds.setdefault(note.partition(":")[0], note)
    return kinds.values()


def _rates(rows: Sequence[MetricRow]) -> Rates | None:
    """What the sum says of the rates that its rows took: of rows by day, on how many days an earlier one stood in."""
    taken = [(row.date, row.rates) for row in rows if row.rates is not None]
    if not taken:
        return None
    sources = sorted({name for _, rates in taken for name in rates.source.split(", ")})
    carried = {day for day, rates in taken if rates.carried_days}
    return Rates(
        ", ".join(sources),
        min(rates.oldest for _, rates in taken),
        max(rates.age_days for _, rates in taken),
        len(carried) if None not in carried else max(rates.carried_days for _, rates in taken),
    )


def _known(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _oldest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)
