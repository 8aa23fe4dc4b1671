"""What is past its time goes: whole partitions at once, rows in small batches. Nothing that a person made.

Works as the schema's owner. Metrics by the day are kept for ever; deleted ads and campaigns as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from adloom.core.errors import Conflict
from adloom.db import partitions
from adloom.db.partitions import Partition

HOURLY = timedelta(days=7)
AUDIT = timedelta(days=2 * 365)

_BATCH = 10_000
_DROPPED_BY_PARTITION = ("audit_logs", "campaign_metrics_hourly", "campaign_metrics_hourly_ledger")

#: By table: which rows are past their time, by the database's clock.
_ROWS = {
    "authorizations": "expires_at < now() - interval '1 day'",
    "user_sessions": "expires_at < now() - interval '30 days'",
    "background_jobs": ("status IN ('completed', 'failed', 'cancelled') AND completed_at < now() - interval '30 days'"),
    "api_rate_limits": "window_end < now() - interval '30 days'",
    "platform_quotas": "window_end < now() - interval '30 days'",
    "platform_verdicts": "asked_at < now() - interval '30 days'",
    "platform_surprises": "last_seen_at < now() - interval '180 days'",
    "platform_places": "looked_up_at < now() - interval '180 days'",
    "idempotency_keys": "expires_at < now()",
    "login_attempts": "updated_at < now() - interval '1 day' AND (blocked_until IS NULL OR blocked_until < now())",
    "workers": "heartbeat_at < now() - interval '1 day'",
}

# A crash between DETACH and DROP leaves a plain table with a partition's name.
_LEFT_BEHIND = """
    SELECT c.relname
    FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind = 'r'
        AND NOT c.relispartition
        AND c.relname ~ %s
"""

_DETACHING = """
    SELECT
        inhparent::regclass::text,
        inhrelid::regclass::text
    FROM pg_inherits
    WHERE inhdetachpending
"""


@dataclass(frozen=True, slots=True)
class Expired:
    """What is past its time: a whole partition, or some rows of a table.

    Of a large partition `rows` is the planner's estimate: it is dropped without having been read.
    """

    table: str
    what: str
    rows: int
    is_estimate: bool = False


def plan(owner_url: str, *, now: datetime) -> list[Expired]:
    """What `apply` would remove; changes nothing. `now` is business time, for facts dated by it."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        whole = [_whole(connection, part.table, part.name) for part in _expired_partitions(connection, now)]
        left = [_whole(connection, _parent(name), name) for name in _left_behind(connection)]
        return whole + left + [found for table in _ROWS if (found := _expired_rows(connection, table)).rows]


def apply(owner_url: str, *, now: datetime) -> list[Expired]:
    """Removes what is past its time and returns it. Repeating it after a crash finishes what was begun.

    Raises Conflict where another one runs, or where a partition is in use for ten seconds.
    """
    with _alone(owner_url) as connection:
        _finish_detaching(connection)
        doomed = plan(owner_url, now=now)
        attached = {part.name for part in partitions.partitions(connection)}
        return [_remove(connection, expired, attached=attached) for expired in doomed]


@contextmanager
def _alone(owner_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        lock = "SELECT pg_try_advisory_lock(hashtextextended('adloom.retention', 0))"
        row = connection.execute(lock).fetchone()
        if not (row and row[0]):
            raise Conflict("Retention runs already.")
        try:
            yield connection
        except psycopg.errors.LockNotAvailable as error:
            raise Conflict("A partition is in use and could not be dropped. Run it again.") from error


def _expired_partitions(connection: psycopg.Connection[Any], now: datetime) -> list[Partition]:
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None
    hours_end = (now - HOURLY).date()
    ends = {
        "campaign_metrics_hourly": hours_end,
        "campaign_metrics_hourly_ledger": hours_end,
        "audit_logs": (row[0] - AUDIT).date(),
    }
    return [
        part
        for part in partitions.partitions(connection)
        if part.table in ends and part.next is not None and part.next <= ends[part.table]
    ]


def _whole(connection: psycopg.Connection[Any], table: str, partition: str) -> Expired:
    rows = partitions.size(connection, partition)
    return Expired(table, partition, rows.number, is_estimate=rows.is_estimate)


def _expired_rows(connection: psycopg.Connection[Any], table: str) -> Expired:
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(sql.Identifier(table), sql.SQL(_ROWS[table]))
    row = connection.execute(query).fetchone()
    assert row is not None
    return Expired(table, "rows", int(row[0]))


def _remove(connection: psycopg.Connection[Any], expired: Expired, *, attached: set[str]) -> Expired:
    if expired.what == "rows":
        return Expired(expired.table, "rows", _delete(connection, expired.table))
    if expired.what in attached:
        _detach(connection, expired.table, expired.what, how="CONCURRENTLY")
    connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(expired.what)))
    return expired


def _delete(connection: psycopg.Connection[Any], table: str) -> int:
    """Deletes in batches, each a transaction of its own, so that nobody waits long for a row."""
    statement = sql.SQL(
        """
        DELETE FROM {table}
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {expired} LIMIT {batch}))
        """
    ).format(table=sql.Identifier(table), expired=sql.SQL(_ROWS[table]), batch=sql.Literal(_BATCH))
    deleted = 0
    while rows := connection.execute(statement).rowcount:
        deleted += rows
    return deleted


def _finish_detaching(connection: psycopg.Connection[Any]) -> None:
    for parent, child in connection.execute(_DETACHING).fetchall():
        _detach(connection, parent, child, how="FINALIZE")


def _detach(connection: psycopg.Connection[Any], parent: str, child: str, *, how: str) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} DETACH PARTITION {} {}").format(
            sql.Identifier(parent), sql.Identifier(child), sql.SQL(how)
        )
    )


def _left_behind(connection: psycopg.Connection[Any]) -> list[str]:
    pattern = rf"^({'|'.join(_DROPPED_BY_PARTITION)})_\d{{4}}_\d\d(_\d\d)?$"
    return [name for (name,) in connection.execute(_LEFT_BEHIND, [pattern]).fetchall()]


def _parent(name: str) -> str:
    return re.sub(r"(_\d+)+$", "", name)
