"""pgqueuer over asyncpg, its fastest driver: no-op jobs, jobs upon an idle worker, and a worker that holds one job."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from typing import Any

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode


async def _install(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE SCHEMA IF NOT EXISTS pgqueuer")
    if await connection.fetchval("SELECT to_regclass('pgqueuer.pgqueuer')") is None:
        await connection.execute("SET search_path = pgqueuer")
        await Queries(AsyncpgDriver(connection)).install()
    await connection.close()


async def _connect(url: str) -> AsyncpgDriver:
    return AsyncpgDriver(await asyncpg.connect(url, server_settings={"search_path": "pgqueuer"}))


async def rate(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds for so many no-op jobs that are queued, claimed by batches."""
    queue = Queries(await _connect(task["url"]))
    for first in range(0, task["jobs"], 1000):
        some = min(1000, task["jobs"] - first)
        await queue.enqueue(["noop"] * some, [None] * some, [0] * some)
    worker = PgQueuer(await _connect(task["url"]))

    @worker.entrypoint("noop")
    async def noop(job: Any) -> None:
        pass

    start = time.perf_counter()
    await worker.run(batch_size=task["batch"], mode=QueueExecutionMode.drain)
    return {"seconds": time.perf_counter() - start}


async def latency(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds from asking for a job until it begins, one after the other upon an idle worker."""
    worker, taken = PgQueuer(await _connect(task["url"])), []

    @worker.entrypoint("late")
    async def late(job: Any) -> None:
        taken.append(time.monotonic() - float(job.payload))
        if len(taken) == task["jobs"]:
            worker.shutdown.set()

    asking = multiprocessing.get_context("spawn").Process(target=_ask, args=(task,))
    asking.start()
    await worker.run(batch_size=task["batch"])
    asking.join()
    return {"seconds": taken}


def _ask(task: dict[str, Any]) -> None:
    async def ask() -> None:
        queue = Queries(await _connect(task["url"]))
        await asyncio.sleep(1.5)
        for _ in range(task["jobs"]):
            await queue.enqueue("late", str(time.monotonic()).encode())
            await asyncio.sleep(task["pause"])

    asyncio.run(ask())


def main() -> None:
    task = json.load(sys.stdin)
    asyncio.run(_install(task["url"]))
    done = asyncio.run({"rate": rate, "latency": latency}[task["what"]](task))
    sys.stdout.write("\n" + json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
