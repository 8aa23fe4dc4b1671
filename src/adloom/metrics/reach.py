"""Up to when the spend of spans is known by the days that were pulled, and which days are unknown or uncertain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping, text

from adloom.core import time
from adloom.db.session import ReadSession
from adloom.metrics import pace, uncertain
from adloom.metrics.gaps import Gap, in_rows
from adloom.metrics.pace import Span
from adloom.platforms.types import Platform

_COVERED = text(
    """
    SELECT
        platform_account_id,
        date,
        pulled_at
    FROM metric_coverage
    WHERE grain = 'day'
        AND date >= :since
    """
)


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of accounts' days: when each was pulled, and of which accounts it may be another day's."""

    covered: Mapping[UUID, Mapping[date, datetime]]
    doubted: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Reach:
    """Up to when the spend of a span is known, and of which days what is to be said."""

    through: datetime | None
    unknown: tuple[Gap, ...]
    uncertain: tuple[Gap, ...]


def held(session: ReadSession, *, since: date) -> Held:
    """Of the days since this one."""
    found: defaultdict[UUID, dict[date, datetime]] = defaultdict(dict)
    for row in session.execute(_COVERED, {"since": since}):
        found[row.platform_account_id][row.date] = row.pulled_at
    return Held(found, frozenset(account.id for account in uncertain.accounts(session)))


def of(account: RowMapping, span: Span, held: Held, *, now: datetime) -> Reach:
    """What is known of a span by the days of one account, which is named in a campaign's row."""
    covered = held.covered.get(account["account_id"], {})
    known = [day for day in pace.counted(covered, span, now=now) if day in covered]
    return Reach(
        pace.reached(covered, span, now=now),
        _gaps(account, pace.lacking(covered, span, now=now)),
        _gaps(account, in_rows(known)) if account["account_id"] in held.doubted else (),
    )


def of_all(rows: Sequence[RowMapping], held: Held, *, today: date, now: datetime) -> Reach:
    """Up to when every account's month is known; an account counts from its first campaign on, while one is left."""
    found = []
    for account, first, last in _stood(rows, now=now):
        span = pace.month(today, time.zone(account["time_zone"]), start=first, end=last)
        if span is not None and span.begin < now:
            reached = of(account, span, held, now=now)
            is_whole = reached.through is not None and reached.through >= span.end
            found.append(replace(reached, through=now) if is_whole else reached)
    throughs = [each.through for each in found if each.through is not None]
    return Reach(
        min([now, *throughs]) if len(throughs) == len(found) else None,
        tuple(gap for each in found for gap in each.unknown),
        tuple(gap for each in found for gap in each.uncertain),
    )


def _stood(rows: Sequence[RowMapping], *, now: datetime) -> Iterator[tuple[RowMapping, datetime, datetime | None]]:
    """Each account, in one of its campaigns' rows, with the moments at which the first of them began and the last one
    was deleted; None while one stands. Nobody pulls an account that was left since: there is nothing to know of it.
    """
    campaigns: defaultdict[UUID, list[RowMapping]] = defaultdict(list)
    for row in rows:
        campaigns[row["account_id"]].append(row)
    for its in campaigns.values():
        deleted = [row["deleted_at"] for row in its if row["deleted_at"] is not None]
        first = min(now, *(row["start"] or row["created_at"] for row in its))
        yield its[0], first, max(deleted) if len(deleted) == len(its) else None


def _gaps(account: RowMapping, days: Iterable[tuple[date, date]]) -> tuple[Gap, ...]:
    name = (account["account_id"], Platform(account["platform"]), account["external_id"], account["currency"])
    return tuple(Gap(*name, since, until) for since, until in days)
