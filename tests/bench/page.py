"""docs/performance.md: the last run's table, the machine it ran on, how it was measured and how to repeat it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.bench import table
from tests.bench.row import Of, Row

_HOW = """\
# Performance

The last run of `make bench`, as it printed it; `tests/bench/page.py` writes this page. Peers are measured in the same
run, on the same server, and never estimated: one that cannot be installed is named below the table.

## How to repeat it

```
make bench ARGS="--page docs/performance.md --json bench.json"   # all of it; nothing else should run meanwhile
make bench ROWS=100000 ARGS="loading"                            # one part, smaller
```

The first run installs the peers into environments of their own (`.bench/`, from `tests/bench/peers/*.txt`). The JSON
holds the figures in full. Parts: `loading`, `retention`, `dashboards`, `queue`, `lists`.

## How it is measured

* A server of its own with the product's settings: `fsync`, `full_page_writes` and `synchronous_commit` on, 128 MB of
  shared buffers; a checkpoint before each measurement, so that none is due because of an earlier one.
* Each figure at two sizes, ten times apart, so that one sees how cost grows. What takes minutes where Adloom takes
  seconds (dlt from dicts, Singer's target) is measured at smaller sizes, and Adloom beside it at the same.
* Our own loads and raw COPY in turn, three times over; the table holds medians, and of WAL the least, for autovacuum,
  which follows the load before, adds its own. Each load by a peer, each peak of memory and each retention is measured
  once, after ours: these ratios say less where the machine has other work.
* **Raw COPY** is a superuser's COPY of finished rows, which lie in memory, into the very same table: same types,
  indexes, generated columns. Adloom's ingest gets facts in memory, as adapters give them, and does all that the worker
  does: it checks and stages them, compares them with what is held, and writes facts, ledger, roll-ups and coverage in
  one transaction under row-level security.
* "Without ledger and roll-ups" is the same run, less the seconds of the statements that write these.
* The tenant's windows are kept from before the first load on, as in production. "Keeping roll-ups" is a load beside
  itself less the seconds of the statements that write roll-ups; afterwards everything is counted again from the facts.
* **SQLAlchemy Core** inserts `ON CONFLICT DO UPDATE` into the same table, ten thousand rows at a time. **dlt** merges
  (`upsert`) by key, from Arrow through CSV and COPY; from dicts so, and by INSERT, which is its default for them.
  **Singer's target** (Meltano's) upserts, by INSERT as it is set by default, and by COPY. Both load into tables that
  they made themselves, without our indexes and generated columns. Imports are not counted.
* **Sync of one account**: a report of 3,000 rows, one in ten changed, into tables that hold the size besides.
* **Memory** is the most that a process had which does nothing but read one report and load it.
* **No-op jobs** run in a worker of the product in a process of its own, connected before the clock starts, as the peers
  are; the jobs lie there already. pgbench claims and completes by the product's own statements, and does nothing else.
* **Latency when idle** counts from before the transaction that asks (`jobs.actions.ask`, which is what the product does
  for a job alone) until the handler begins, one each thirty ms; two hundred of each side, in turn, as often as ours
  and raw COPY.
* **Lists** are asked for by eight callers, one thread in a process of its own over plain sockets, so that they are not
  what is measured; each asks again once it is answered. The two endpoints take turns in one server, as it is installed:
  one process, its default log, a session that is looked up for each request. The one through pydantic is what lists
  were, and what FastAPI makes of a model: rows by SQLAlchemy in a thread, a value and a model of each row. CPU is what
  the server's process and the callers spend of a core for an answer. pgbench sends the list's transaction alone, from
  two clients.
* **Retention** is the job's own: it looks for what is past its time, reckons how much it is, detaches and drops it,
  while a reader asks for today's rows every other millisecond.
"""

#: Why a goal is missed where it is: what a peer leaves out that we do, or what bounds both. By the row's name and peer.
_REASONS = {
    ("first load", "raw COPY"): (
        "Of the time above raw COPY more than half is roll-ups and windows, which that leaves out; the rest is staging "
        "and comparing with what is held"
    ),
    ("first load", "dlt"): (
        "It loads faster than when the goal was set: so many times its rate is what raw COPY itself reaches into our "
        "table, or more (see its rows). dlt's own table has neither our indexes nor our generated columns"
    ),
    ("first load", "Singer's target"): "The same: so many times its rate is more than raw COPY",
    ("first load in pieces of 50,000", "in one"): (
        "Every piece touches the weeks and windows of each campaign, which a whole report writes once. History is "
        "asked for in pieces of a month (`PIECE_DAYS`): their row is another one"
    ),
    ("keeping roll-ups: first load in pieces of 50,000", "without"): "The same",
    ("sync of one account", "dlt, Arrow"): (
        "It is some twenty statements in one transaction: facts, ledger, roll-ups, windows, coverage. Dlt writes one "
        "table; its merge takes longer the more that holds, and ours does not"
    ),
    ("peak memory", "dlt"): (
        "An interpreter that has loaded psycopg and SQLAlchemy takes 56 MiB, and with the room of metrics 78, before "
        "it reads a row; a report of any size adds little, for it is streamed"
    ),
    ("retention of a month", "DELETE + VACUUM"): (
        "Nearly all of it is the file system's: a gigabyte of files is let go of"
    ),
    ("dashboard", "the specification's joins"): (
        "Where a tenant has few campaigns the joins read few rows, and take 25 to 30 ms whatever else the table holds; "
        "a fiftieth of that is half a millisecond, of which an empty transaction with a tenant's rights takes most"
    ),
    ("dashboard", "DuckDB"): (
        "Where a tenant has few campaigns DuckDB answers from the memory of its own process in some milliseconds, "
        "without a server, a login or a transaction"
    ),
    ("no-op jobs, claiming", "pgqueuer"): (
        "A job stays, with its result, for those who follow it, and every write of it names its claim: twice a row of "
        "two dozen columns in four indexes, a lock before it, its checks and its date, under row-level security: 28 µs "
        "of the server's processor, to which the worker adds 20 µs of Python. Claims, results and handlers go on side "
        "by side, so that two idle cores do a job in the half of that; what else runs on them is taken from it. "
        "pgqueuer deletes the row, writes a narrow one into a log, and believes whoever says that a job is done"
    ),
    ("no-op jobs, claiming", "pgbench, same SQL"): (
        "pgbench keeps nothing in hand: it makes no job of a row, starts no handler, watches no lease and writes no "
        "line into a log, and with two cores nothing of that is free"
    ),
    ("latency when idle", ""): (
        "On either side a job waits for one flush to the disk, that of whoever asks, and until sleeping processes are "
        "awake (the server's, the worker, the server's again, the handler): that is most of it, and all of the tail. "
        "It is asked for under its tenant's rights, and is given its turn among tenants, where a peer has one INSERT"
    ),
    ("list of", "through pydantic"): (
        "What both sides cost alike is HTTP, routes, the session and the tenant's transaction; eight callers, the "
        "server and PostgreSQL's processes share two cores, and whatever else runs there is the longest of all waits"
    ),
    ("list of", "pgbench, same SQL"): (
        "A request costs one process of Python 1.1 ms of a core: 0.5 for HTTP and routes, 0.1 for the token, 0.1 for "
        "log and measures, 0.4 for sending and receiving. pgbench sends the list's transaction with two clients and "
        "does none of it, so that it gains whatever PostgreSQL is spared"
    ),
}


def text(rows: Sequence[Row], *, machine: Mapping[str, Any], absent: Mapping[str, str]) -> str:
    """The whole page."""
    missed = [f"* {_missed(row)}\n" for row in rows if row.is_met is False]
    return "".join(
        [
            _HOW,
            "\n## Results\n\n",
            f"{machine['date']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB, "
            f"{machine['system']}, Python {machine['python']}, PostgreSQL {machine['postgresql']}, "
            f"Adloom {machine['adloom']}; load of the machine {machine['load']} at the start.\n\n",
            table.text(rows, absent=absent),
            "\n## Goals that are not met\n\n",
            "".join(missed) or "None.\n",
            _reasons(rows),
        ]
    )


def _missed(row: Row) -> str:
    assert row.goal is not None
    figure = row.ratio if row.goal.of is Of.RATIO else row.ours
    against = f" against {row.against}" if row.against else ""
    times = " ×" if row.goal.of is Of.RATIO else f" {row.unit}"
    return f"{row.name}{against}, {row.size:,} {row.things}: {figure:.3g}{times}; the goal is {row.goal}."


def _reasons(rows: Sequence[Row]) -> str:
    """What stands behind the goals that were missed, once each."""
    missed = [
        f"* **{name} …{f' against {against}' if against else ''}**: {why}.\n"
        for (name, against), why in _REASONS.items()
        if any(row.is_met is False and row.name.startswith(name) and row.against.startswith(against) for row in rows)
    ]
    return "\nWhy:\n\n" + "".join(missed) if missed else ""
