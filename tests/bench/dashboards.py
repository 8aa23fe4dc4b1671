"""What a dashboard asks: four platforms and the campaigns that spent most, 90 days and the 90 before.

Ours is the product's own reads, by the role and under the policies that people's requests run with. Held against it:
the joins that the specification's tables lead to, over the same facts, by a role that no policy slows down; and DuckDB
with the same rows in a table of its own. The tenant that asks is one of two: one has 100 campaigns, the other the rest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from tests.bench.bench import Bench, Pair
from tests.bench.row import Of, Row, at_least, at_most
from tests.rooms import rows as made

from adloom.core.actor import Actor
from adloom.metrics import queries, ranking, rollups, windows
from adloom.metrics.types import By
from adloom.platforms.types import Platform

_FEW, _MANY = 100, 5_000
_DAYS = 90
#: Both periods of a free range: not one of the prepared ones, nor up to their last day.
_FREE = 83
_CALLS, _JOINS = 200, 5
_HISTORY = 2 * _DAYS + 20  # days, at least: both periods, and a few around them

_CAMPAIGNS = """
WITH listed AS (
    SELECT
        number,
        (%(accounts)s::uuid[])[1 + number %% 4] AS account_id,
        gen_random_uuid() AS ad_id
    FROM generate_series(1, %(campaigns)s) AS number
),
told AS (
    INSERT INTO ads (id, user_id, name, origin, unified_data, targeting_data, budget_data)
    SELECT ad_id, %(user_id)s, 'Ad ' || number, 'imported', '{}', '{}', '{}'
    FROM listed
)
INSERT INTO campaigns (
    user_id, ad_id, platform_account_id, platform, platform_campaign_id, campaign_name, marker, status
)
SELECT accounts.user_id, ad_id, accounts.id, accounts.platform, number, 'Campaign ' || number, number, 'active'
FROM listed
JOIN platform_accounts AS accounts ON accounts.id = listed.account_id
"""

_ROOM = """
SELECT create_monthly_partition(tables.name, CAST(month AS date))
FROM unnest(ARRAY['campaign_metrics', 'account_metrics', 'campaign_weeks']) AS tables (name)
CROSS JOIN generate_series(
    date_trunc('month', %(until)s::timestamp - make_interval(days => %(days)s + 7)),
    %(until)s,
    INTERVAL '1 month'
) AS month
"""

_FACTS = """
INSERT INTO campaign_metrics (
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
    spend_currency
)
SELECT
    user_id,
    id,
    platform,
    %(until)s::date - day,
    'UTC',
    (random() * 10000)::int,
    (random() * 300)::int,
    CASE WHEN random() > 0.1 THEN round((random() * 9)::numeric, 6) END,
    CASE WHEN random() > 0.1 THEN round((random() * 900)::numeric, 6) END,
    round((random() * 500)::numeric, 6),
    'USD'
FROM campaigns
CROSS JOIN generate_series(0, %(days)s - 1) AS day
ORDER BY day DESC, id
"""

_COVERED = """
INSERT INTO metric_coverage (user_id, platform_account_id, grain, date, pull_id, pulled_at)
SELECT user_id, id, 'day', %(until)s::date - day, gen_random_uuid(), now() - make_interval(days => day)
FROM platform_accounts
CROSS JOIN generate_series(0, %(days)s - 1) AS day
"""

_FIGURES = """
    sum(m.impressions) FILTER (WHERE m.date >= {since}) AS impressions,
    sum(m.clicks) FILTER (WHERE m.date >= {since}) AS clicks,
    sum(m.conversions) FILTER (WHERE m.date >= {since}) AS conversions,
    sum(m.conversion_value) FILTER (WHERE m.date >= {since}) AS conversion_value,
    sum(m.spend_amount) FILTER (WHERE m.date >= {since}) AS spend,
    sum(m.impressions) FILTER (WHERE m.date < {since}) AS impressions_before,
    sum(m.clicks) FILTER (WHERE m.date < {since}) AS clicks_before,
    sum(m.conversions) FILTER (WHERE m.date < {since}) AS conversions_before,
    sum(m.conversion_value) FILTER (WHERE m.date < {since}) AS conversion_value_before,
    sum(m.spend_amount) FILTER (WHERE m.date < {since}) AS spend_before
"""

# A tenant's facts by the specification's tables: facts know their campaign, campaigns their ad, ads their user.
_FROM = """
FROM campaign_metrics AS m
JOIN campaigns AS c ON c.id = m.campaign_id
JOIN ads AS a ON a.id = c.ad_id
WHERE a.user_id = {user}
    AND m.date >= {before}
    AND m.date <= {until}
"""

_PLATFORMS = f"SELECT c.platform, m.spend_currency, {_FIGURES} {_FROM} GROUP BY c.platform, m.spend_currency"
_TOP = f"""
SELECT c.id, c.campaign_name, c.platform, {_FIGURES} {_FROM}
GROUP BY c.id, c.campaign_name, c.platform
ORDER BY spend DESC
LIMIT 25
"""


@dataclass(frozen=True, slots=True)
class _Tenant:
    actor: Actor
    campaigns: int


@dataclass(frozen=True, slots=True)
class _Question:
    """What a dashboard asks: its name, the product's way of answering, and the joins."""

    name: str
    ours: Callable[[Actor, date, date], object]
    joins: str


def _platforms(actor: Actor, since: date, until: date) -> object:
    return queries.compared(actor, since=since, until=until, by=(By.PLATFORM,))


def _top(actor: Actor, since: date, until: date) -> object:
    return ranking.top_campaigns(actor, since=since, until=until, currency="USD")


_QUESTIONS = (
    _Question("dashboard: platforms with the period before", _platforms, _PLATFORMS),
    _Question("dashboard: top 25 with the period before", _top, _TOP),
)


def rows(bench: Bench) -> list[Row]:
    """Both questions of both tenants at both sizes, of a run of a million rows 1.1 and 11 million; prepared periods and
    free ones.
    """
    found: list[Row] = []
    for size in (11 * bench.rows // 10, 11 * bench.rows):
        with bench.database() as urls:
            assert urls.superuser is not None
            tenants, until = _filled(bench, urls.superuser, size)
            for tenant in tenants:
                found += _asked(bench, urls.superuser, tenant, until, size)
    return sorted(found, key=lambda row: row.name)


def _filled(bench: Bench, superuser: str, size: int) -> tuple[Sequence[_Tenant], date]:
    many = min(_MANY, max(_FEW, size // _HISTORY))
    tenants = [
        _Tenant(bench.actor(f"{name}@example.com"), campaigns) for name, campaigns in (("few", _FEW), ("many", many))
    ]
    bench.tell(f"{size:,} facts of {_FEW} and {many:,} campaigns")
    with psycopg.connect(superuser) as connection:
        for tenant in tenants:
            accounts = [made.account(tenant.actor, platform, time_zone="UTC") for platform in Platform]
            given: dict[str, Any] = {"accounts": accounts, "campaigns": tenant.campaigns}
            connection.execute(_CAMPAIGNS, {**given, "user_id": tenant.actor.tenant_id})
        until = windows.last_over([])
        span = {"until": until, "days": max(_HISTORY, size // (_FEW + many))}
        connection.execute(_ROOM, span)
        connection.execute(_FACTS, span)
        connection.execute(_COVERED, span)
    for tenant in tenants:
        rollups.mend(tenant.actor)
        windows.make_anew(tenant.actor)
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return tenants, until


def _asked(bench: Bench, superuser: str, tenant: _Tenant, until: date, size: int) -> list[Row]:
    found = []
    duck = _duck(bench, superuser, tenant, until)
    for question in _QUESTIONS:
        for days, end in ((_DAYS, until), (_FREE, until - timedelta(days=3))):
            since = end - timedelta(days=days - 1)
            pair, worst = _measured(superuser, question, tenant.actor, since, end)
            is_prepared = days == _DAYS
            name = f"{question.name}, {days} days of {tenant.campaigns:,} campaigns"
            if is_prepared:
                found.append(Row(f"{name}, p95", "", size, worst * 1000, None, "ms", at_most(5, Of.OURS)))
                found.append(_faster(name, "DuckDB", size, pair.ours, duck and duck[question.name], 4))
            found.append(
                _faster(name, "the specification's joins", size, pair.ours, pair.theirs, 50 if is_prepared else 3)
            )
    return found


def _faster(name: str, against: str, size: int, ours: float, theirs: float | None, times: float) -> Row:
    """A row of questions answered in a second, so that more is better."""
    note = "absent" if theirs is None else ""
    rate = theirs and 1 / theirs
    return Row(name, against, size, 1 / ours, rate, "answers/s", at_least(times), note=note)


def _measured(superuser: str, question: _Question, actor: Actor, since: date, until: date) -> tuple[Pair, float]:
    """Medians of both sides, taken in turn, and the 95th percentile of ours."""
    ours: list[float] = []
    joins: list[float] = []
    with psycopg.connect(superuser) as connection:
        _seconds(lambda: question.ours(actor, since, until))
        for _ in range(_JOINS):
            joins.append(_seconds(lambda: connection.execute(*_joined(question.joins, actor, since, until)).fetchall()))
            ours += [_seconds(lambda: question.ours(actor, since, until)) for _ in range(_CALLS // _JOINS)]
    return Pair(statistics.median(ours), statistics.median(joins)), statistics.quantiles(ours, n=20)[-1]


def _joined(joins: str, actor: Actor, since: date, until: date) -> tuple[bytes, dict[str, Any]]:
    names = {name: f"%({name})s" for name in ("user", "since", "before", "until")}
    days = until - since + timedelta(days=1)
    return joins.format(**names).encode(), _values(actor.tenant_id, since=since, before=since - days, until=until)


def _values(user: UUID, **days: date) -> dict[str, Any]:
    return {"user": user, **days}


def _duck(bench: Bench, superuser: str, tenant: _Tenant, until: date) -> dict[str, float] | None:
    """Seconds that DuckDB takes for each question, by its name; None where it is absent."""
    peer = bench.peers.find("duckdb")
    if peer is None:
        return None
    since = until - timedelta(days=_DAYS - 1)
    before = since - timedelta(days=_DAYS)
    quoted = {"user": f"'{tenant.actor.tenant_id}'"} | {
        name: f"DATE '{day}'" for name, day in (("since", since), ("before", before), ("until", until))
    }
    tables = _exported(superuser, bench.folder)
    asked = {question.name: question.joins.format(**quoted) for question in _QUESTIONS}
    found: dict[str, float] = peer.run("duckdb_ask.py", {"tables": tables, "questions": asked, "calls": 20})
    return found


def _exported(superuser: str, folder: Path) -> dict[str, str]:
    """What DuckDB is to know, as CSV files."""
    tables = {
        "campaign_metrics": "campaign_id, date, impressions, clicks, conversions, conversion_value, spend_amount, "
        "spend_currency",
        "campaigns": "id, ad_id, platform, campaign_name",
        "ads": "id, user_id",
    }
    files = {name: folder / f"{name}.csv" for name in tables}
    with psycopg.connect(superuser) as connection:
        for name, columns in tables.items():
            statement = f"COPY (SELECT {columns} FROM {name}) TO STDOUT (FORMAT csv, HEADER)"
            with files[name].open("wb") as file, connection.cursor().copy(statement.encode()) as copy:
                for piece in copy:
                    file.write(piece)
    return {name: str(file) for name, file in files.items()}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
