"""Looking after the database: what runs, which partitions there are, what is past its time."""

from __future__ import annotations

from typing import Any

from adloom.core import time
from adloom.db import engine
from adloom.db import partitions as parts
from adloom.db import retention as past


def server_version() -> str:
    """The server's version, such as 18.6."""
    with engine.owner_connection() as connection:
        major, minor = divmod(connection.info.server_version, 10000)
    return f"{major}.{minor}"


def partitions() -> list[dict[str, Any]]:
    """Makes the partitions that lack, empties DEFAULT ones, and lists every partitioned table."""
    owner = engine.urls().owner
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
    """Removes what is past its time (or only says what would go), by table."""
    owner = engine.urls().owner
    found = past.plan(owner, now=time.now()) if dry_run else past.apply(owner, now=time.now())
    return [{"table": gone.table, "what": gone.what, "rows": gone.rows} for gone in found]
