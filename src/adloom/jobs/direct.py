"""Claiming and keeping on connections of a worker's own: prepared, planned once, and by indexes alone.

The claimer's is the one that holds the worker's lock. It does not wait for the disk, because nothing is lost with a
claim (decision 28); the keeper's does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg

from adloom.jobs import claims
from adloom.jobs.types import Job, Priority

Connection = psycopg.Connection[tuple[Any, ...]]

# The queue grows and shrinks by far more than any statistics know: a plan that reads or sorts all of it, chosen while
# it was short, would be kept.
_STEADY = """
    SELECT
        set_config('plan_cache_mode', 'force_generic_plan', false),
        set_config('enable_seqscan', 'off', false),
        set_config('enable_bitmapscan', 'off', false),
        set_config('enable_sort', 'off', false),
        set_config('enable_hashjoin', 'off', false),
        set_config('enable_mergejoin', 'off', false),
        set_config('jit', 'off', false)
"""

_UNFLUSHED = "SET synchronous_commit = off"


def _for_psycopg(statement: str) -> LiteralString:
    return re.sub(r":(\w+)", r"%(\1)s", statement)  # constants of ours


CLAIM = _for_psycopg(claims.CLAIM)
KEEP = _for_psycopg(claims.KEEP)


def be_claimer(connection: Connection) -> None:
    """Makes a connection ready for `claim`, and for nothing whose loss would matter."""
    be_keeper(connection)
    connection.execute(_UNFLUSHED)


def be_keeper(connection: Connection) -> None:
    """Makes a connection ready for `keep`."""
    connection.prepare_threshold = 0
    connection.execute(_STEADY)


def claim(
    connection: Connection, *, worker: str, job_types: Sequence[str], limit: int, lease: timedelta
) -> Sequence[Job]:
    """As `claims.claim`, of any priority and lane; seen by all when it returns, on the disk a moment later."""
    values = {
        "worker": worker,
        "job_types": list(job_types),
        "limit": limit,
        "lease": lease,
        "at_least": Priority.LOWEST,
        "but_lanes": [],
    }
    return claims.jobs_of(connection.execute(CLAIM, values, prepare=True, binary=True), worker=worker)


def keep(connection: Connection, *, worker: str, done: Sequence[tuple[Job, str | None]]) -> frozenset[UUID]:
    """As `claims.complete`: on the disk when it returns."""
    values = {
        "worker": worker,
        "ids": f"{{{','.join([job.id.hex for job, _ in done])}}}",
        "fences": f"{{{','.join([str(job.fence) for job, _ in done])}}}",
        "results": [result for _, result in done],
    }
    return frozenset(id_ for (id_,) in connection.execute(KEEP, values, prepare=True, binary=True))
