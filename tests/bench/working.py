"""A process that is one worker of the product, with handlers that do nothing. Its task is JSON on standard input.

It prints a line of JSON at the end; while it holds a job for ever, one as soon as that has begun.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from adloom.core import logging, memory, settings
from adloom.db import engine, urls
from adloom.db import session as db
from adloom.jobs.runner import Runner
from adloom.jobs.types import Handler, Job

JOB_TYPE = "bench.noop"

_UNFINISHED = text("SELECT 1 FROM background_jobs WHERE job_type = :job_type AND status = 'running' LIMIT 1")


def main() -> None:
    task = json.load(sys.stdin)
    logging.configure()  # as the product's worker has it; who starts this throws its lines away
    engine.configure(urls.external(settings.load()))
    memory.settle()  # so does the product's worker
    done = {"rate": _rate, "latency": _latency, "hold": _hold}[task["what"]](task)
    _say(done)
    os._exit(0)  # a job that is held has no end


def _rate(task: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds from the worker's start until so many jobs are done and their results kept."""
    seen, ended = 0, threading.Event()
    lock = threading.Lock()

    def handler(job: Job) -> None:
        nonlocal seen
        with lock:
            seen += 1
            if seen == task["jobs"]:
                ended.set()

    _are_running()  # connects, as the peers have before they start
    start = time.perf_counter()
    stop, thread, runner = _started(handler, task)
    ended.wait()
    if task["drains"]:
        while _are_running():
            time.sleep(0.002)
    seconds = time.perf_counter() - start
    runner.finish(stop)
    thread.join()
    return {"seconds": seconds}


def _latency(task: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds from asking for a job until it begins, one after the other upon an idle worker."""
    taken: list[float] = []
    ended = threading.Event()

    def handler(job: Job) -> None:
        taken.append(time.monotonic() - float(job.data["at"]))
        if len(taken) == task["jobs"]:
            ended.set()

    stop, thread, runner = _started(handler, task)
    _say({"is_up": True})
    ended.wait()
    runner.finish(stop)
    thread.join()
    return {"seconds": taken}


def _hold(task: Mapping[str, Any]) -> dict[str, Any]:
    """When the first job began, by the machine's own clock."""
    begun = threading.Event()

    def handler(job: Job) -> None:
        begun.set()
        if not task["lets_go"]:
            threading.Event().wait()

    _started(handler, task)
    _say({"is_up": True})
    begun.wait()
    _say({"begun": time.monotonic()})
    threading.Event().wait(600)
    return {}


def _started(handler: Handler, task: Mapping[str, Any]) -> tuple[threading.Event, threading.Thread, Runner]:
    stop = threading.Event()
    runner = Runner({JOB_TYPE: handler}, batch=task["batch"])
    thread = threading.Thread(target=runner.run, args=(stop,))
    thread.start()
    runner.ready.wait()
    return stop, thread, runner


def _are_running() -> bool:
    with db.worker_transaction() as session:
        return session.execute(_UNFINISHED, {"job_type": JOB_TYPE}).first() is not None


def _say(words: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
