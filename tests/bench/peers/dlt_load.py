"""dlt, as fast as it goes: one resource that is merged by its key into a table of dlt's own, from Arrow or from dicts.

Each load is measured alone, in a process that has run one before: imports and the first look at the schema don't count.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "CRITICAL"}

import dlt
import pyarrow as pa
from dlt.destinations import postgres
from figures import COLUMNS, Report, peak_mib

_BATCH = 50_000
_SCHEMA = pa.schema(
    [
        ("platform_campaign_id", pa.string()),
        ("date", pa.date32()),
        ("time_zone", pa.string()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("conversions", pa.decimal128(18, 6)),
        ("conversion_value", pa.decimal128(20, 6)),
        ("spend_amount", pa.decimal128(20, 6)),
        ("spend_currency", pa.string()),
    ]
)


def _arrow(report: Report) -> Iterator[pa.Table]:
    figures = report.figures()
    while batch := list(islice(figures, _BATCH)):
        columns = list(zip(*batch, strict=True))
        yield pa.table([pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)], schema=_SCHEMA)


def _dicts(report: Report) -> Iterator[dict[str, Any]]:
    for row in report.figures():
        yield dict(zip(COLUMNS, row, strict=True))


def main() -> None:
    task = json.load(sys.stdin)
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=task["folder"],
        destination=postgres(task["url"]),
        dataset_name=task["dataset"],
    )
    form = {"arrow": _arrow, "dicts": _dicts}[task["form"]]
    seconds = []
    for number, asked in enumerate(task["loads"]):
        report = Report(asked["campaigns"], date.fromisoformat(asked["until"]), asked["version"])
        # In memory beforehand, as every side's rows are; but for the run whose memory is looked at.
        rows = form(report) if task["streamed"] else list(form(report))
        resource_ = dlt.resource(
            rows,
            name=asked.get("table", f"facts_{number}"),
            primary_key=("platform_campaign_id", "date"),
            write_disposition={"disposition": "merge", "strategy": "upsert"},
        )
        start = time.perf_counter()
        pipeline.run(resource_, loader_file_format=task["file_format"])
        seconds.append(time.perf_counter() - start)
    peak = peak_mib()
    sys.stdout.write(json.dumps({"seconds": seconds, "peak_mib": peak}) + "\n")


if __name__ == "__main__":
    main()
