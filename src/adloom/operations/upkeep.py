"""Looking after the database: what runs, which partitions there are, what is past its time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from adloom.core import time
from adloom.db import engine, roles
from adloom.db import partitions as parts
from adloom.db import retention as past
from adloom.db import session as db

_ENSURE = text("SELECT ensure_partitions(CAST(:today AS date))")


def server_version() -> str:
    """The server's version, such as 18.6."""
    with engine.owner_connection() as connection:
        major, minor = divmod(connection.info.server_version, 10000)
    return f"{major}.{minor}"


def ensure_ahead() -> int:
    """Makes the partitions that lack with the worker's login alone, and returns how many there are now."""
    with db.worker_transaction() as session:
        return len(session.execute(_ENSURE, {"today": time.now().date()}).all())


def has_owner() -> bool:
    """Whether this process may act as the schema's owner; a worker need not be able to."""
    return roles.OWNER in engine.urls().logins


def partitions() -> list[dict[str, Any]]:
    """Makes the partitions that lack, empties DEFAULT ones, and lists every partitioned table."""
    owner = _owner()
    parts.ensure(owner, today=time.now().date())
    parts.drain(owner)
    return [
        {
            "table": table.table,
            "partitions": table.partitions,
            "first": table.first and table.first.isoformat(),
            "until": table.next and table.next.isoformat(),
            "default_rows": table.default_rows,
        }
        for table in parts.tables(owner)
    ]


def retention(*, dry_run: bool) -> list[dict[str, Any]]:
    """Removes what is past its time (or only says what would go), by table; rows of a large partition are estimated."""
    owner = _owner()
    found = past.plan(owner, now=time.now()) if dry_run else past.apply(owner, now=time.now())
    return [
        {"table": gone.table, "what": gone.what, "rows": gone.rows, "is_estimate": gone.is_estimate} for gone in found
    ]


def _owner() -> str:
    """The owner's URL past the pooler: maintenance sets its session."""
    urls = engine.urls()
    return urls.direct(urls.owner)
