"""TikTok's asynchronous reports: a task, its state, its CSV, in the shape of the synchronous ones. Changes nothing.

For ranges that hold more rows than `report/integrated/get` gives whole (its documentation: 10,000 ads).
Source: TikTok API for Business, `/report/task/create/`, `check/` and `download/`.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Unavailable
from adloom.platforms import vanished
from adloom.platforms.tiktok.client import Client
from adloom.platforms.tiktok.uploads import Sleep
from adloom.platforms.types import Platform

#: How long a report is waited for: some minutes; then somebody asks again later.
WAITS_S = (1.0, 1.0, 2.0, 2.0, 5.0, 5.0, 10.0, 10.0, *[20.0] * 15)
DONE, RUNNING = "SUCCESS", ("QUEUING", "PROCESSING")


def rows(
    client: Client, *, params: Mapping[str, Any], counted: int = 0, sleep: Sleep = time.sleep
) -> Iterator[dict[str, Any]]:
    """The rows of a report by its parameters; raises Unavailable where it does not come, or not whole.

    A file says nothing of its length: one with fewer rows than TikTok `counted` of the same report is cut off.
    Making a task is no write in the contract's sense: nothing of the account changes, and a second one is harmless.
    """
    text = _csv(client, params=params, sleep=sleep)
    table = csv.DictReader(io.StringIO(text), strict=True)
    wanted = [*params["dimensions"], *params["metrics"]]
    if table.fieldnames is None or not set(wanted) <= set(table.fieldnames):
        raise _broken(f"has the columns {table.fieldnames}")
    came = 0
    try:
        for line in table:
            if None in line or None in line.values():
                raise _broken("has a line of another length")
            came += 1
            yield {name: {each: line[each] for each in params[name]} for name in ("dimensions", "metrics")}
    except csv.Error as error:
        raise _broken(f"cannot be read ({error})") from None
    if came < counted:
        raise _broken(f"counts {counted} rows, and holds {came}")


def _csv(client: Client, *, params: Mapping[str, Any], sleep: Sleep) -> str:
    body = {**params, "output_format": "CSV_STRING", "enable_report_title_translation": False}
    task_id = str(client.ask("report/task/create", body=body).get("task_id") or "")
    for wait in (*WAITS_S, 0.0):
        with vanished.asked_anew():
            status = str(client.get("report/task/check", params=_task(client, task_id)).get("status"))
            if status == DONE:
                return client.text("report/task/download", params={"task_id": task_id})
        if status not in RUNNING:
            raise _broken(f"ended as {status}")
        sleep(wait)
    raise _broken("is not ready after some minutes")


def _task(client: Client, task_id: str) -> dict[str, str]:
    return {"advertiser_id": client.advertiser_id, "task_id": task_id}


def _broken(what: str) -> Unavailable:
    return Unavailable(f"TikTok's report {what}.", platform=Platform.TIKTOK_ADS.value)
