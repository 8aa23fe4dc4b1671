"""Days in a row of an ad account of which something is to be said: that they are unknown, or uncertain. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from adloom.platforms.types import Platform

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Days in a row, both included, of an account whose campaigns stood there.

    Mostly those that no pull covers: unknown, not 0.
    """

    account_id: UUID
    platform: Platform
    external_id: str
    currency: str
    since: date
    until: date

    def days(self) -> frozenset[date]:
        """Each of them."""
        return frozenset(self.since + n * _A_DAY for n in range((self.until - self.since).days + 1))

    def as_json(self) -> dict[str, Any]:
        """As the CLI and the API show it."""
        return {
            "account_id": str(self.account_id),
            "platform": self.platform.value,
            "external_id": self.external_id,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
        }


def merged(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The same days, each once, by platform and account."""
    found: dict[UUID, tuple[Gap, set[date]]] = {}
    for gap in gaps:
        found.setdefault(gap.account_id, (gap, set()))[1].update(gap.days())
    ordered = sorted(found.values(), key=lambda each: (each[0].platform, each[0].external_id))
    return tuple(
        replace(gap, since=since, until=until) for gap, days in ordered for since, until in in_rows(sorted(days))
    )


def in_rows(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The first and the last of each of the rows of days that follow one another; the days come in order."""
    since = until = None
    for day in days:
        if since is not None and until is not None and day - until != _A_DAY:
            yield since, until
            since = None
        since, until = since or day, day
    if since is not None and until is not None:
        yield since, until
