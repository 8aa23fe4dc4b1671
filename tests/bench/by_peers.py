"""The same report, loaded by others: SQLAlchemy Core here, dlt and Singer's target in environments of their own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import insert
from tests.bench.account import Account
from tests.bench.bench import Bench
from tests.bench.peers.figures import COLUMNS, Report

from adloom.core import time as business_time
from adloom.db import engine, roles
from adloom.metrics.models import CampaignMetric

_AT_ONCE = 10_000
_numbers = count()


@dataclass(frozen=True, slots=True)
class Dlt:
    """What dlt took: seconds of the load, the median seconds of a small one upon it, and the process's peak in MiB."""

    seconds: float
    sync: float
    peak: float


def dlt(
    bench: Bench,
    url: str,
    report: Report,
    *,
    form: str,
    sync: Report | None = None,
    syncs: int = 0,
    is_copied: bool = True,
    is_streamed: bool = False,
) -> Dlt | None:
    """dlt's merge of the report by its key, from `arrow` or `dicts`; None where dlt is absent.

    `is_copied` makes it write CSV and COPY it; its own choice for dicts are INSERTs.
    """
    if (peer := bench.peers.find("dlt")) is None:
        return None
    loads = [_task(Report(1, report.until), "warming"), _task(report, "facts")]
    if sync is not None:
        loads += [_task(Report(sync.campaigns, sync.until, number + 1), "facts") for number in range(syncs + 1)]
    with tempfile.TemporaryDirectory() as folder:
        task = {
            "url": url,
            "folder": folder,
            "dataset": f"dlt_{form}_{next(_numbers)}",
            "form": form,
            "file_format": "csv" if is_copied else None,
            "streamed": is_streamed,
            "loads": loads,
        }
        said = peer.run("dlt_load.py", task)
    seconds = said["seconds"]
    return Dlt(seconds[1], statistics.median(seconds[3:] or [0.0]), said["peak_mib"])


def singer(bench: Bench, url: str, report: Report, *, is_copied: bool) -> float | None:
    """The seconds of Singer's target, with COPY or as it is set by default; None where it is absent."""
    if (peer := bench.peers.find("singer")) is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        task = {
            "url": url,
            "folder": folder,
            "campaigns": report.campaigns,
            "until": report.until,
            "use_copy": is_copied,
        }
        return float(peer.run("singer_load.py", task)["seconds"])


def sqlalchemy_core(ours: Account, report: Report) -> float:
    """The seconds of SQLAlchemy's `insert … on conflict do update` into our table, in batches, as a superuser."""
    values = _values(ours, report)
    statement = insert(CampaignMetric)
    key = {"campaign_id", "date"}
    said = {name: statement.excluded[name] for name in values[0] if name not in key}
    statement = statement.on_conflict_do_update(index_elements=sorted(key), set_=said)
    core = create_engine(engine.sqlalchemy_url(ours.superuser))
    try:
        with core.begin() as connection:
            start = time.perf_counter()
            for first in range(0, len(values), _AT_ONCE):
                connection.execute(statement, values[first : first + _AT_ONCE])
        return time.perf_counter() - start
    finally:
        core.dispose()


def our_peak(ours: Account, report: Report) -> float:
    """The peak in MiB of a process that does nothing but our ingest of a report that is read as it comes."""
    urls = engine.urls()
    task = {
        "logins": {roles.APP: urls.app, roles.WORKER: urls.worker},
        "tenant_id": ours.actor.tenant_id,
        "account_id": ours.id,
        "campaigns": report.campaigns,
        "until": report.until,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.alone"],
        input=json.dumps(task, default=str),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    return float(json.loads(done.stdout)["peak_mib"])


def _values(ours: Account, report: Report) -> list[dict[str, Any]]:
    with psycopg.connect(ours.superuser) as connection:
        query = "SELECT platform_campaign_id, id FROM campaigns WHERE platform_account_id = %s"
        ids = dict(connection.execute(query, [ours.id]).fetchall())
    also = {"user_id": ours.actor.tenant_id, "platform": "google_ads", "valid_from": business_time.now()}
    return [
        {**dict(zip(COLUMNS[1:], row[1:], strict=True)), **also, "campaign_id": ids[row[0]]} for row in report.figures()
    ]


def _task(report: Report, table: str) -> dict[str, Any]:
    return {"campaigns": report.campaigns, "until": report.until, "version": report.version, "table": table}
