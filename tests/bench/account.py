"""Our side of a load, and what it is held against: an account with its campaigns, the product's own ingest, a raw COPY.

Ingest is `adloom.metrics` itself, as the worker calls it: staging of the facts, then one transaction.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import Engine, event
from tests.bench.peers.figures import CURRENCY, DAYS, ZONE, Figures, Report, name
from tests.rooms import rows

from adloom.core import time as business_time
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.metrics import ingest, staging, windows
from adloom.metrics.grains import DAY
from adloom.metrics.ingest import Pull
from adloom.metrics.staging import Asked
from adloom.platforms.facts import DailyFact

_CAMPAIGNS = """
WITH made AS (
    INSERT INTO ads (user_id, name, origin, unified_data, targeting_data, budget_data)
    SELECT %(user_id)s, listed.name, 'imported', '{}', '{}', '{}'
    FROM unnest(%(names)s::text[]) AS listed (name)
    RETURNING id, name
)
INSERT INTO campaigns (
    user_id,
    ad_id,
    platform_account_id,
    platform,
    platform_campaign_id,
    campaign_name,
    marker,
    status
)
SELECT
    accounts.user_id,
    made.id,
    accounts.id,
    accounts.platform,
    made.name,
    made.name,
    left(md5(made.id::text), 12),
    'active'
FROM platform_accounts AS accounts
CROSS JOIN made
WHERE accounts.id = %(account_id)s
"""

_COPY = """
COPY campaign_metrics (
    user_id,
    campaign_id,
    platform,
    date,
    time_zone,
    impressions,
    clicks,
    conversions,
    conversion_value,
    spend_amount,
    spend_currency,
    valid_from
) FROM STDIN (FORMAT csv)
"""

_FILLED = """
SELECT string_agg(oid::regclass::text, ', ')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace
    AND relkind IN ('r', 'p')
    AND NOT relispartition
    AND relname ~ '^(campaign_metrics|account_metrics|campaign_weeks|campaign_windows|metric_)'
"""


_ROLL_UPS = re.compile(r"\b(account_metrics|campaign_weeks|campaign_window)")
_LEDGER = re.compile(r"\bcampaign_metrics_ledger")


@dataclass(slots=True)
class Taken:
    """What a load took: seconds, WAL in bytes, and seconds by statement of the product."""

    seconds: float = 0.0
    wal: int = 0
    statements: list[tuple[str, float]] = field(default_factory=list)

    @property
    def without_books(self) -> float:
        """The seconds, less those of the statements that keep ledger and roll-ups."""
        return self.without_roll_ups - self._of(_LEDGER)

    @property
    def without_roll_ups(self) -> float:
        """The seconds, less those of the statements that keep roll-ups: days of accounts, weeks, and windows."""
        return self.seconds - self._of(_ROLL_UPS)

    def _of(self, tables: re.Pattern[str]) -> float:
        return sum(seconds for words, seconds in self.statements if tables.search(words))


@dataclass(frozen=True, slots=True)
class Account:
    """An ad account in the database that is open, with the campaigns of a report."""

    actor: Actor
    id: UUID
    superuser: str
    campaigns: int

    def ingest(self, report: Report, *, pieces: int = 1) -> Taken:
        """The product's own way of a report from facts in memory into the tables, in so many pulls of its days."""
        taken = Taken()
        for first, days in _cut(pieces):
            facts = list(facts_of(report, first, days))
            with _without_pauses(), self._watched(taken):
                put(self.actor, self.id, report, facts, first_day=first, days=days)
        return taken

    def copy(self, report: Report) -> Taken:
        """Raw COPY of the finished rows into the same table, by a role that bypasses row-level security."""
        lines = self._lines(report)
        taken = Taken()
        with psycopg.connect(self.superuser) as connection, _without_pauses(), self._watched(taken):
            with connection.cursor().copy(_COPY) as copy:
                for piece in lines:
                    copy.write(piece)
            connection.commit()
        return taken

    def empty(self) -> None:
        """Removes all facts, and what is kept of them. The day on which windows end stays: ingests make them."""
        with psycopg.connect(self.superuser) as connection:
            (tables,) = connection.execute(_FILLED).fetchone() or ("",)
            connection.execute(f"TRUNCATE {tables}")

    def settle(self) -> None:
        """Leaves the tables as autovacuum would."""
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE campaign_metrics")
            connection.execute("VACUUM ANALYZE campaign_metrics_ledger")

    def _lines(self, report: Report) -> Sequence[str]:
        with psycopg.connect(self.superuser) as connection:
            query = "SELECT platform_campaign_id, id FROM campaigns WHERE platform_account_id = %s"
            ids = dict(connection.execute(query, [self.id]).fetchall())
        start, end = f"{self.actor.tenant_id},", f",{business_time.now().isoformat()}\n"
        lines: list[str] = []
        for first, days in _cut(DAYS):
            figures = report.figures(first, days)
            lines.append("".join(f"{start}{ids[r[0]]},google_ads,{','.join(map(str, r[1:]))}{end}" for r in figures))
        return lines

    @contextmanager
    def _watched(self, taken: Taken) -> Iterator[None]:
        """Adds what the block takes; a checkpoint before it, so that none is due because of an earlier block."""
        with psycopg.connect(self.superuser, autocommit=True) as connection, _statements(taken):
            connection.execute("CHECKPOINT")
            before = lsn(connection)
            start = time.perf_counter()
            yield
            taken.seconds += time.perf_counter() - start
            taken.wal += lsn(connection) - before


def make(actor: Actor, superuser: str, *, campaigns: int, external_id: str = "1234567890") -> Account:
    """An account with so many campaigns, of a tenant whose windows are kept, as in production."""
    account_id = rows.account(actor, external_id=external_id, currency=CURRENCY, time_zone=ZONE)
    with psycopg.connect(superuser) as connection:
        names = [name(number) for number in range(campaigns)]
        given = {"user_id": actor.tenant_id, "account_id": account_id, "names": names}
        connection.execute(_CAMPAIGNS, given)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE campaigns")
    windows.make_anew(actor)
    return Account(actor, account_id, superuser, campaigns)


def put(
    actor: Actor, account_id: UUID, report: Report, facts: Iterable[DailyFact], *, first_day: int = 0, days: int = DAYS
) -> None:
    """One pull of these days, as `adloom.metrics.tasks` makes it."""
    since = report.since + timedelta(days=first_day)
    until = since + timedelta(days=days - 1)
    asked = Asked(ZONE, CURRENCY, since, until)
    pull = Pull(uuid4(), actor.tenant_id, account_id, since, until, ZONE, business_time.now())
    with db.as_worker(), staging.spooled(facts, asked) as lines, db.transaction(actor) as session:
        ingest.ingest(session, lines, grain=DAY, pull=pull)


def facts_of(report: Report, first_day: int = 0, days: int = DAYS) -> Iterator[DailyFact]:
    """The report's rows as adapters give them."""
    return map(_fact, report.figures(first_day, days))


def _fact(row: Figures) -> DailyFact:
    campaign, moment, _, impressions, clicks, conversions, value, spend, currency = row
    return DailyFact(campaign, moment, impressions, clicks, spend, currency, conversions, value)


def _cut(pieces: int) -> Iterator[tuple[int, int]]:
    """The report's days in so many pieces: where each begins, and how long it is."""
    edges = [number * DAYS // pieces for number in range(pieces + 1)]
    return ((first, last - first) for first, last in pairwise(edges))


def lsn(connection: psycopg.Connection[Any]) -> int:
    (found,) = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone() or (0,)
    return int(found)


@contextmanager
def _without_pauses() -> Iterator[None]:
    """Rows that lie in memory for the benchmark alone are no garbage to be looked through meanwhile."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _statements(taken: Taken) -> Iterator[None]:
    """Notes how long each statement of the product's sessions took."""

    def before(*_: Any, **__: Any) -> None:
        taken.statements.append(("", time.perf_counter()))

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        taken.statements[-1] = (" ".join(statement.split()), time.perf_counter() - taken.statements[-1][1])

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", before)
        event.remove(Engine, "after_cursor_execute", after)
