"""/report/task/create|check|cancel|download/: the same reports as a CSV that takes a while.

Source: TikTok API for Business, "Run an asynchronous report". XLSX is not imitated.
"""

import csv
import io
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from adsandbox.faults import Fault
from adsandbox.schema import Field, boolean, enum, text
from adsandbox.store import Entity
from adsandbox.tiktok import reports, wire
from adsandbox.tiktok.api import Call, Operation
from adsandbox.tiktok.metrics import TITLES

TYPE = "report_task"
_QUEUES_FOR = timedelta(seconds=1)
_TAKES = timedelta(seconds=3)
_SLOW = timedelta(minutes=30)
#: How long a download link is good; of the task itself no end is documented (/report/task/download/).
_LINK_LIFE = timedelta(hours=1)

_CREATE: dict[str, Field] = {
    **reports.QUERY,
    "output_format": enum("CSV_STRING", "CSV_DOWNLOAD"),
    "file_name": text(most=255),
    "enable_report_title_translation": boolean(),
}
_TASK: dict[str, Field] = {
    "advertiser_id": text(required=True, least=1),
    "task_id": text(required=True, least=1),
}


def create(call: Call) -> dict[str, Any]:
    """A task whose report is as of its creation."""
    query = reports.question(call)
    rows = reports.answer(call, query)
    id_ = call.world.store.next_id(wire.NAME, TYPE, digits=19)
    task = call.world.store.add(wire.NAME, TYPE, id_, account_id=call.account.id, status="QUEUING")
    columns = [*query.dimensions, *query.metrics]
    task.private["csv"] = _csv(columns, rows, titled=call.args.get("enable_report_title_translation", True))
    task.private["slow"] = call.fault is Fault.SLOW_REPORT
    task.fields["output_format"] = call.args.get("output_format", "CSV_STRING")
    task.fields["file_name"] = call.args.get("file_name", f"report_{id_}")
    return {"task_id": id_}


def _csv(columns: list[str], rows: list[dict[str, Any]], *, titled: bool) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([TITLES.get(name, name) if titled else name for name in columns])
    for row in rows:
        cells = row["dimensions"] | row["metrics"]
        writer.writerow([cells[name] for name in columns])
    return out.getvalue()


def check(call: Call) -> dict[str, Any]:
    """QUEUING, PROCESSING, SUCCESS or CANCELED."""
    task = _task(call)
    if call.fault is Fault.SLOW_REPORT:
        task.private["slow"] = True
    return {"status": _status(call, task), "message": ""}


def _status(call: Call, task: Entity) -> str:
    if task.status == "CANCELED":
        return "CANCELED"
    age = call.now - task.created_at
    if age < _QUEUES_FOR:
        return "QUEUING"
    return "PROCESSING" if age < (_SLOW if task.private["slow"] else _TAKES) else "SUCCESS"


def cancel(call: Call) -> dict[str, Any]:
    """End a task that is not done."""
    task = _task(call)
    if _status(call, task) in ("SUCCESS", "CANCELED"):
        wire.bad("task_id", "The task can no longer be canceled.")
    call.world.store.update(task, status="CANCELED")
    return {}


def download(call: Call) -> Any:
    """The CSV itself, or for CSV_DOWNLOAD the URL of it."""
    task = _task(call)
    if _status(call, task) != "SUCCESS":
        wire.refuse(wire.TASK_NOT_READY, "The task is not ready.")
    if task.fields["output_format"] == "CSV_STRING":
        return Response(task.private["csv"], media_type="text/csv")
    key = call.world.store.next_key(wire.NAME, "download", length=32)
    task.private.setdefault("links", {})[key] = call.now + _LINK_LIFE
    host = call.request.headers.get("host", "127.0.0.1")
    return {
        "download_url": f"http://{host}/tiktok/open_api/v1.3/report/file/?task_id={task.id}&key={key}",
        "file_name": f"{task.fields['file_name']}.csv",
        "output_format": "CSV_DOWNLOAD",
    }


def file(call: Call) -> Response:
    """What a download URL leads to, for an hour and without a token."""
    task = call.world.store.get(wire.NAME, TYPE, call.args["task_id"])
    lapses = task.private.get("links", {}).get(call.args["key"]) if task else None
    if task is None or lapses is None or lapses < call.now or call.fault is Fault.EXPIRED:
        return Response("The link has expired.\n", 403)
    return Response(task.private["csv"], media_type="text/csv")


def _task(call: Call) -> Entity:
    task = call.world.store.get(wire.NAME, TYPE, call.args["task_id"])
    if task is None or task.account_id != call.account.id:
        wire.refuse(wire.NOT_FOUND, f"Task {call.args['task_id']} does not exist.")
    return task


_FILE: dict[str, Field] = {"task_id": text(required=True), "key": text(required=True)}

OPERATIONS = (
    Operation("POST", "report/task/create", _CREATE, create),
    Operation("GET", "report/task/check", _TASK, check),
    Operation("POST", "report/task/cancel", _TASK, cancel),
    Operation("GET", "report/task/download", _TASK, download),
    Operation("GET", "report/file", _FILE, file, login=False),
)
