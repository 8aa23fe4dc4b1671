"""procrastinate: no-op jobs, and jobs upon an idle worker."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import time
from typing import Any

from procrastinate import App, PsycopgConnector

_SCHEMA = "-csearch_path=procrastinate"


def _app(url: str) -> App:
    return App(connector=PsycopgConnector(conninfo=url, kwargs={"options": _SCHEMA}))


async def _install(app: App) -> None:
    await app.connector.execute_query_async("CREATE SCHEMA IF NOT EXISTS procrastinate")
    found = await app.connector.execute_query_one_async("SELECT to_regclass('procrastinate.procrastinate_jobs') AS it")
    if found["it"] is None:
        await app.schema_manager.apply_schema_async()


async def rate(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds for so many no-op jobs that are queued."""
    app = _app(task["url"])

    @app.task(name="noop")
    async def noop() -> None:
        pass

    async with app.open_async():
        await _install(app)
        for first in range(0, task["jobs"], 1000):
            await noop.batch_defer_async(*({} for _ in range(min(1000, task["jobs"] - first))))
        start = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=task["batch"], install_signal_handlers=False)
        return {"seconds": time.perf_counter() - start}


async def latency(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds from asking for a job until it begins, one after the other upon an idle worker."""
    app, taken, ended = _app(task["url"]), [], asyncio.Event()

    @app.task(name="late")
    async def late(at: float) -> None:
        taken.append(time.monotonic() - at)
        if len(taken) == task["jobs"]:
            ended.set()

    async with app.open_async():
        await _install(app)
        worker = asyncio.create_task(app.run_worker_async(concurrency=1, install_signal_handlers=False))
        asking = multiprocessing.get_context("spawn").Process(target=_ask, args=(task,))
        asking.start()
        await ended.wait()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        asking.join()
    return {"seconds": taken}


def _ask(task: dict[str, Any]) -> None:
    async def ask() -> None:
        app = _app(task["url"])
        async with app.open_async():
            await asyncio.sleep(1.5)
            for _ in range(task["jobs"]):
                await app.configure_task("late").defer_async(at=time.monotonic())
                await asyncio.sleep(task["pause"])

    asyncio.run(ask())


def main() -> None:
    task = json.load(sys.stdin)
    done = asyncio.run({"rate": rate, "latency": latency}[task["what"]](task))
    sys.stdout.write("\n" + json.dumps(done) + "\n")


if __name__ == "__main__":
    main()
