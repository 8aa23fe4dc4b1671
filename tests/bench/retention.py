"""A month that is past its time: the retention job's dropped partition beside DELETE and VACUUM of the same rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import psycopg
from tests.bench import account
from tests.bench.bench import Bench
from tests.bench.row import Of, Row, at_least, at_most

from adloom.core import time as business_time
from adloom.db import retention
from adloom.db.urls import Urls

_ROWS = 3_000_000

_FILL = """
INSERT INTO audit_logs (user_id, actor_id, entity_type, entity_id, action, created_at, new_values)
SELECT
    %(user_id)s,
    %(user_id)s,
    'campaigns',
    gen_random_uuid(),
    'update',
    %(month)s::timestamptz + number * INTERVAL '0.8 s',
    '{"status": "active", "campaign_name": "Spring sale"}'
FROM generate_series(0, %(rows)s - 1) AS number
"""

_MONTH = "created_at >= %(month)s AND created_at < %(month)s::timestamptz + INTERVAL '1 month'"
_READ = "SELECT count(*) FROM audit_logs WHERE created_at >= now() - INTERVAL '1 hour'"


def rows(bench: Bench) -> list[Row]:
    """Of a run of a million rows the month has three million, and so on down."""
    found: list[Row] = []
    for size in (3 * bench.rows // 10, 3 * bench.rows):
        found += _month(bench, min(size, _ROWS))
    return found


@dataclass(slots=True)
class _Done:
    """Seconds, WAL in bytes, and the longest that a reader waited, in milliseconds."""

    seconds: float = 0.0
    wal: int = 0
    waits: list[float] = field(default_factory=list)


def _month(bench: Bench, size: int) -> list[Row]:
    month = _expired_month()
    with bench.database() as urls:
        assert urls.superuser is not None
        given = {"user_id": bench.actor().tenant_id, "month": month, "rows": size}
        bench.tell(f"{size:,} rows of a month that is past its time")
        retention.apply(urls.owner, now=business_time.now())  # a new database has hours that are past their time
        dropped, deleted = _Done(), _Done()
        for done, how in ((deleted, _delete), (dropped, _drop)):
            with psycopg.connect(urls.superuser, autocommit=True) as connection:
                connection.execute("SELECT create_monthly_partition('audit_logs', %s)", [month])
                connection.execute(_FILL, given)
                connection.execute("VACUUM ANALYZE audit_logs")
            with _watched(urls, done):
                how(urls, month)
            assert _left(urls, month) == 0
    row = "retention of a month"
    wait = max(dropped.waits)
    faster = at_least(10) if size == _ROWS else None  # the job's start counts for more in a small month
    return [
        Row(row, "DELETE + VACUUM", size, size / dropped.seconds, size / deleted.seconds, "rows/s", faster),
        Row("its WAL", "DELETE + VACUUM", size, dropped.wal / 2**20, deleted.wal / 2**20, "MiB", at_most(1, Of.OURS)),
        Row("a reader's longest wait", "", size, wait, max(deleted.waits), "ms", at_most(100, Of.OURS)),
    ]


def _expired_month() -> date:
    """A month that ended two years ago and more."""
    return (datetime.now(UTC) - retention.AUDIT - timedelta(days=62)).date().replace(day=1)


def _drop(urls: Urls, _: date) -> None:
    gone = retention.apply(urls.owner, now=business_time.now())
    assert any(expired.table == "audit_logs" and expired.what != "rows" for expired in gone), gone


def _delete(urls: Urls, month: date) -> None:
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute(f"DELETE FROM audit_logs WHERE {_MONTH}", {"month": month})
        connection.execute("VACUUM audit_logs")


def _left(urls: Urls, month: date) -> int:
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM audit_logs WHERE {_MONTH}", {"month": month}).fetchone()  # type: ignore[misc]
    return int(found)


@contextmanager
def _watched(urls: Urls, done: _Done) -> Iterator[None]:
    """Measures the block while a reader asks for today's rows, over and over."""
    assert urls.superuser is not None
    over = threading.Event()
    reader = threading.Thread(target=_read, args=(urls.superuser, over.is_set, done.waits))
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        reader.start()
        before, start = account.lsn(connection), time.perf_counter()
        try:
            yield
        finally:
            done.seconds = time.perf_counter() - start
            done.wal = account.lsn(connection) - before
            over.set()
            reader.join()


def _read(url: str, is_over: Callable[[], bool], waits: list[float]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while not is_over():
            start = time.perf_counter()
            connection.execute(_READ).fetchone()
            waits.append((time.perf_counter() - start) * 1000)
            time.sleep(0.002)
