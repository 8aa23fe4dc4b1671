"""One change of a campaign at a time, across all workers: a session lock on a connection that does nothing else.

The lock falls with its connection, and so with its worker. A worker that is stopped but not dead keeps it: once its
claim is worth nothing and its last request must long have ended, its connection is ended by whoever needs the lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg

from adloom.core import logging
from adloom.db import engine
from adloom.jobs.types import Job, Snooze

#: The longest that a write of a campaign may be under way; every adapter's time-out is within.
WRITE_DEADLINE = timedelta(seconds=60)
BUSY = timedelta(milliseconds=500)

log = logging.logger(__name__)

# The connection says whose it is, before it may hold anything: the lock's row hangs on what is said. A host that is
# gone is noticed within about two minutes, not the usual two hours.
_TRY = """
WITH introduced AS MATERIALIZED (
    SELECT
        set_config('application_name', %(name)s, false) AS name,
        set_config('tcp_keepalives_idle', '60', false),
        set_config('tcp_keepalives_interval', '10', false),
        set_config('tcp_keepalives_count', '6', false)
)
SELECT pg_try_advisory_lock(hashtextextended(%(key)s, 0))
FROM introduced
WHERE introduced.name IS NOT NULL
"""

_EVICT = """
SELECT pg_terminate_backend(holder.pid)
FROM pg_locks
JOIN pg_stat_activity AS holder ON holder.pid = pg_locks.pid
WHERE pg_locks.locktype = 'advisory'
    AND pg_locks.objsubid = 1
    AND pg_locks.granted
    AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (CAST(pg_locks.classid AS bigint) << 32 | CAST(pg_locks.objid AS bigint)) = hashtextextended(%(key)s, 0)
    AND holder.state_change < clock_timestamp() - %(deadline)s
    AND NOT EXISTS (
        SELECT
        FROM background_jobs
        WHERE background_jobs.status = 'running'
            AND background_jobs.lease_expires_at > clock_timestamp()
            AND holder.application_name = format('adloom job %%s %%s', background_jobs.id, background_jobs.fence)
    )
"""


@dataclass(frozen=True, slots=True)
class Alone:
    """The lock, held."""

    connection: psycopg.Connection[tuple[Any, ...]]

    def confirm(self) -> None:
        """Raises where the lock's connection, and so the lock, is gone; dates this worker's last sign of life."""
        self.connection.execute("SELECT 1")


@contextmanager
def with_campaign(job: Job, campaign_id: UUID, *, patience: timedelta = BUSY) -> Iterator[Alone]:
    """Nobody else changes this campaign inside; who comes second looks again after `patience`, no attempt spent."""
    values = {
        "name": f"adloom job {job.id} {job.fence}",
        "key": f"campaign:{campaign_id}",
        "deadline": WRITE_DEADLINE,
    }
    with engine.direct_connection() as connection:
        got = connection.execute(_TRY, values).fetchone()
        if got is None or not got[0]:
            if connection.execute(_EVICT, values).fetchall():
                log.warning("a worker that does not answer lost a campaign", campaign=str(campaign_id))
            raise Snooze(patience, why="Another change of this campaign is under way.")
        yield Alone(connection)
