"""Our side of the queue's figures: jobs put in, workers of the product in processes of their own, and pgbench.

pgbench runs the product's very statements: it claims so many jobs and completes them, in one transaction.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from tests.bench.bench import Bench
from tests.bench.working import JOB_TYPE

from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db import session as db
from adloom.db.server import account, binaries
from adloom.db.urls import Urls
from adloom.jobs import actions, claims

_PUT = """
INSERT INTO background_jobs (job_type, job_data, user_id, scheduled_at, status, completed_at)
SELECT
    %(job_type)s,
    '{}',
    %(user_id)s,
    now() + %(delay)s::interval + n * interval '1 microsecond',
    %(status)s::job_status,
    CASE WHEN %(status)s = 'completed' THEN now() END
FROM generate_series(1, %(jobs)s) AS n
"""


class Worker:
    """A process of `working`."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.working"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(task))
        self.process.stdin.close()

    def says(self) -> dict[str, Any]:
        """Its next line."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the worker has ended without a word")
        said: dict[str, Any] = json.loads(line)
        return said

    def kill(self) -> None:
        """Ends it at once, as the kernel would for lack of memory."""
        self.process.kill()
        self.process.wait()


def put(urls: Urls, actor: Actor, jobs: int, *, delay: str = "0", status: str = "pending") -> None:
    """Rows of the queue, as many as that, in one statement; the queue's triggers see them."""
    assert urls.superuser is not None
    given = {"job_type": JOB_TYPE, "user_id": actor.tenant_id, "delay": delay, "status": status, "jobs": jobs}
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute(_PUT, given)
        connection.execute("VACUUM ANALYZE background_jobs")


def clear(urls: Urls) -> None:
    """An empty queue."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser, autocommit=True) as connection:
        connection.execute("TRUNCATE background_jobs CASCADE")


def rate(urls: Urls, actor: Actor, jobs: int, *, batch: int, is_all: bool = True) -> float:
    """Jobs a second of one worker, for so many that are put in first; of those that wait already unless `is_all`."""
    put(urls, actor, jobs)
    said = Worker({"what": "rate", "jobs": jobs, "batch": batch, "drains": is_all}).says()
    return jobs / float(said["seconds"])


def latencies(actor: Actor, jobs: int, *, pause: float) -> list[float]:
    """Seconds from asking for a job until it begins, one after the other upon an idle worker."""
    worker = Worker({"what": "latency", "jobs": jobs, "batch": 100})
    worker.says()
    time.sleep(1.5)
    for _ in range(jobs):
        actions.ask(actor, job_type=JOB_TYPE, data={"at": time.monotonic()})
        time.sleep(pause)
    found: list[float] = worker.says()["seconds"]
    worker.process.wait()
    return found


def taken_over(urls: Urls, actor: Actor) -> float:
    """Seconds from the death of a worker until its job begins with another one."""
    holder = Worker({"what": "hold", "batch": 100, "lets_go": False})
    holder.says()
    put(urls, actor, 1)
    holder.says()
    heir = Worker({"what": "hold", "batch": 100, "lets_go": True})
    heir.says()
    time.sleep(0.5)
    died = time.monotonic()
    holder.kill()
    begun = float(heir.says()["begun"])
    heir.kill()
    return begun - died


@contextmanager
def an_old_snapshot(urls: Urls) -> Iterator[None]:
    """A session that still sees everything as it was, so that no dead row is cleaned away."""
    assert urls.superuser is not None
    with psycopg.connect(urls.superuser) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SELECT count(*) FROM users")
        yield


def pgbench(bench: Bench, urls: Urls, actor: Actor, jobs: int, *, batch: int) -> float | None:
    """Jobs a second of pgbench with one client on the same statements; None where the server's programs lack it."""
    program = program_of(bench)
    if program is None:
        return None
    put(urls, actor, jobs)
    script = bench.folder / "claims.sql"
    script.write_text(_script(batch))
    return batch * run_pgbench(program, urls.worker, script, clients=1, transactions=max(1, jobs // batch))


def program_of(bench: Bench) -> Path | None:
    """pgbench among the programs of the server that is measured."""
    place = settings.Settings(home=bench.folder / "server")
    found = binaries.find(place, account=account.choose(None), copies=bench.folder / "programs", major=None)
    program = found.folder / "pgbench"
    return program if program.exists() else None


def run_pgbench(program: Path, url: str, script: Path, *, clients: int, transactions: int) -> float:
    """Transactions a second, connecting left out."""
    place = urlsplit(url)
    how = ["-n", "-M", "simple", "-f", str(script), "-c", str(clients), "-j", str(clients), "-t", str(transactions)]
    where = ["-h", str(place.hostname), "-p", str(place.port), "-U", str(place.username), place.path[1:]]
    done = subprocess.run(
        [program, *how, *where],
        env={"PGPASSWORD": place.password or ""},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"tps = ([\d.]+) \(without initial", done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {done.stderr[-2000:]}")
    return float(found[1])


def _script(batch: int) -> str:
    values = {
        "worker": "'pgbench'",
        "job_types": f"ARRAY['{JOB_TYPE}']",
        "limit": str(batch),
        "lease": "interval '120 seconds'",
        "at_least": "-2147483648",
        "but_lanes": "'{}'",
    }
    claim = filled(claims._CLAIM.text, values)
    head, _, rest = claim.partition("UPDATE background_jobs")
    claimed = f"{head.rstrip()}, claimed AS (UPDATE background_jobs{rest}) "
    gathered = "SELECT array_agg(id) AS ids, array_agg(fence) AS fences, array_agg(NULL::text) AS results FROM claimed"
    done = {"worker": "'pgbench'", "ids": "':ids'", "fences": "':fences'", "results": "':results'"}
    complete = filled(claims._COMPLETE.text, done)
    return "\n".join(
        ["BEGIN;", f"{opening('adloom_worker')};", f"{claimed}{gathered} \\gset", f"{complete};", "COMMIT;"]
    )


def opening(role: str, *, tenant: str = "", read_only: str = "off") -> str:
    """The statement that opens each of the product's transactions, on one line."""
    empty = dict.fromkeys(("person", "client", "ip", "agent"), "''")
    values = {
        "tenant": f"'{tenant}'",
        "statement_timeout": "'30000'",
        "idle_timeout": "'60000'",
        "read_only": f"'{read_only}'",
        "role": f"'{role}'",
    }
    return filled(db._OPEN.text, {**empty, **values})


def filled(statement: str, values: Mapping[str, str]) -> str:
    """The product's statement on one line, with values in the place of its parameters."""
    line = " ".join(statement.split())
    return re.sub(r"(?<![:\\]):(\w+)", lambda found: values[found[1]], line).replace("\\:", ":")
