"""DuckDB with the same rows in tables of its own, ordered by day as they came in: how long each question takes it."""

from __future__ import annotations

import json
import statistics
import sys
import time

import duckdb

_COLUMNS = {
    "campaign_metrics": "campaign_id UUID, date DATE, impressions BIGINT, clicks BIGINT, conversions DECIMAL(18, 6), "
    "conversion_value DECIMAL(20, 6), spend_amount DECIMAL(20, 6), spend_currency VARCHAR",
    "campaigns": "id UUID, ad_id UUID, platform VARCHAR, campaign_name VARCHAR",
    "ads": "id UUID, user_id UUID",
}


def main() -> None:
    task = json.load(sys.stdin)
    connection = duckdb.connect()
    for name, file in task["tables"].items():
        connection.execute(f"CREATE TABLE {name} ({_COLUMNS[name]})")
        connection.execute(f"COPY {name} FROM '{file}' (FORMAT csv, HEADER)")
    taken = {name: _median(connection, sql, task["calls"]) for name, sql in task["questions"].items()}
    sys.stdout.write(json.dumps(taken))


def _median(connection: duckdb.DuckDBPyConnection, sql: str, calls: int) -> float:
    found = []
    for _ in range(calls):
        start = time.perf_counter()
        connection.execute(sql).fetchall()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


if __name__ == "__main__":
    main()
