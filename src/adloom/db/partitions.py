"""Partitions, made ahead of the rows that need them, and DEFAULT partitions emptied before they block one.

Works as the schema's owner; the rules (which tables, how far ahead) stand in the database's own functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

_BOUNDS = re.compile(r"FROM \('(\d{4}-\d\d-\d\d)[^']*'\) TO \('(\d{4}-\d\d-\d\d)[^']*'\)")

_LIST = """
    SELECT
        parent.relname AS table,
        child.relname AS name,
        pg_get_expr(child.relpartbound, child.oid) AS bounds
    FROM pg_partitioned_table AS p
    JOIN pg_class AS parent ON parent.oid = p.partrelid
    JOIN pg_inherits AS i ON i.inhparent = parent.oid AND NOT i.inhdetachpending
    JOIN pg_class AS child ON child.oid = i.inhrelid
    WHERE parent.relnamespace = 'public'::regnamespace
    ORDER BY parent.relname, child.relname
"""

#: A partition that the planner takes for larger is not counted.
_COUNTED = 100_000

# As the planner does it: by how full its pages were when they were last looked at, and how many there are now.
_RECKONED = """
    SELECT round(reltuples / relpages * pg_relation_size(oid) / current_setting('block_size')::integer)::bigint
    FROM pg_class
    WHERE oid = to_regclass(quote_ident(%s))
        AND relpages > 0
        AND reltuples > 0
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """How many rows there are, exactly or by the planner's estimate."""

    number: int
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a table: its rows lie from `first` up to, not including, `next`. DEFAULT has neither."""

    table: str
    name: str
    first: date | None
    next: date | None

    @property
    def is_default(self) -> bool:
        return self.first is None


@dataclass(frozen=True, slots=True)
class PartitionedTable:
    """A table's parts: how many, from when to when, and how many rows wait in DEFAULT (None: it has none)."""

    table: str
    partitions: int
    first: date | None
    next: date | None
    default_rows: int | None


def partitions(connection: psycopg.Connection[Any]) -> list[Partition]:
    """Every partition, by table and name."""
    connection.execute("SET TimeZone = 'UTC'")
    return [_partition(*row) for row in connection.execute(_LIST).fetchall()]


def tables(owner_url: str) -> list[PartitionedTable]:
    """Every partitioned table with its parts. Rows in DEFAULT are an alarm: they were not foreseen."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        parts: dict[str, list[Partition]] = {}
        for partition in partitions(connection):
            parts.setdefault(partition.table, []).append(partition)
        return [_table(connection, name, found) for name, found in parts.items()]


def ensure(owner_url: str, *, today: date) -> list[str]:
    """Makes what lacks around `today` (business time) and now, and returns the new partitions' names."""
    with psycopg.connect(owner_url) as connection:
        before = {partition.name for partition in partitions(connection)}
        wanted = connection.execute("SELECT ensure_partitions(%s)", [today]).fetchall()
    return sorted({name for (name,) in wanted} - before)


def drain(owner_url: str) -> dict[str, int]:
    """Moves what waits in DEFAULT into partitions of its own, and returns the rows moved by table.

    Rows dated outside of 2000 to 2099 stay where they are.
    """
    moved = {}
    with psycopg.connect(owner_url) as connection:
        for partition in partitions(connection):
            if partition.is_default and (rows := _drain(connection, partition)):
                moved[partition.table] = rows
    return moved


def count(connection: psycopg.Connection[Any], partition: str) -> int:
    """How many rows a partition holds. For the owner: grants stand on parents alone."""
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(partition))
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def size(connection: psycopg.Connection[Any], partition: str) -> Rows:
    """How many rows a partition holds: counted where they are few, else as the planner reckons them.

    Reading tens of millions of rows that nobody asks for any more, only to say how many they are, would drive out of
    memory what is asked for. For the owner.
    """
    row = connection.execute(_RECKONED, [partition]).fetchone()
    reckoned = None if row is None else row[0]
    if reckoned is not None and reckoned > _COUNTED:
        return Rows(int(reckoned), is_estimate=True)
    return Rows(count(connection, partition), is_estimate=False)


def _partition(table: str, name: str, bounds: str) -> Partition:
    found = _BOUNDS.search(bounds)
    if found is None:
        return Partition(table, name, None, None)
    return Partition(table, name, date.fromisoformat(found[1]), date.fromisoformat(found[2]))


def _table(connection: psycopg.Connection[Any], name: str, found: list[Partition]) -> PartitionedTable:
    default = next((part.name for part in found if part.is_default), None)
    return PartitionedTable(
        table=name,
        partitions=sum(not part.is_default for part in found),
        first=min((part.first for part in found if part.first), default=None),
        next=max((part.next for part in found if part.next), default=None),
        default_rows=None if default is None else count(connection, default),
    )


def _drain(connection: psycopg.Connection[Any], default: Partition) -> int:
    months = connection.execute(
        sql.SQL(
            """
            SELECT DISTINCT date_trunc('month', date)::date
            FROM {}
            WHERE date >= '2000-01-01'
                AND date < '2100-01-01'
            """
        ).format(sql.Identifier(default.name))
    ).fetchall()
    before = count(connection, default.name)
    for (month,) in months:
        connection.execute("SELECT create_monthly_partition(%s, %s)", [default.table, month])
    return before - count(connection, default.name)
