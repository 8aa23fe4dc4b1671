"""A Singer target (Meltano's): reads a tap's messages and upserts them by key. Imports don't count."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from figures import COLUMNS, Report
from target_postgres.target import TargetPostgres

_TYPES: dict[str, dict[str, Any]] = {
    "date": {"type": "string", "format": "date"},
    "impressions": {"type": "integer"},
    "clicks": {"type": "integer"},
    "conversions": {"type": "number"},
    "conversion_value": {"type": "number"},
    "spend_amount": {"type": "number"},
}
_STREAM = "facts"


def _write(report: Report, to: Path) -> None:
    properties = {column: _TYPES.get(column, {"type": "string"}) for column in COLUMNS}
    key = ["platform_campaign_id", "date"]
    schema = {"type": "SCHEMA", "stream": _STREAM, "schema": {"properties": properties}, "key_properties": key}
    with to.open("w") as file:
        file.write(json.dumps(schema) + "\n")
        for row in report.figures():
            record = {c: float(v) if c in _TYPES and c != "date" else str(v) for c, v in zip(COLUMNS, row, strict=True)}
            record |= {"impressions": row[3], "clicks": row[4]}
            file.write(json.dumps({"type": "RECORD", "stream": _STREAM, "record": record}) + "\n")
        file.write(json.dumps({"type": "STATE", "value": {}}) + "\n")


def main() -> None:
    task = json.load(sys.stdin)
    messages = Path(task["folder"]) / "messages.jsonl"
    _write(Report(task["campaigns"], date.fromisoformat(task["until"])), messages)
    target = TargetPostgres(
        config={
            "sqlalchemy_url": task["url"].replace("postgresql://", "postgresql+psycopg://", 1),
            "default_target_schema": f"singer_{task['use_copy']}".lower(),
            "use_copy": task["use_copy"],
            "batch_size_rows": 50_000,
            "add_record_metadata": False,
            "activate_version": False,
        }
    )
    logging.disable(logging.CRITICAL)
    with messages.open() as file:
        start = time.perf_counter()
        target.listen(file)
        seconds = time.perf_counter() - start
    sys.stdout.write("\n" + json.dumps({"seconds": seconds}) + "\n")


if __name__ == "__main__":
    main()
