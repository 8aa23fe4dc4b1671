"""`adloom report …`: define a report, make it, list what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from adloom.cli import session
from adloom.cli.metrics import From, To
from adloom.cli.session import Client, Json, User

app = typer.Typer(no_args_is_help=True)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="The report's name; it stands on its first page.")],
    file_format: Annotated[str, typer.Option("--format", help="pdf or csv.")] = "pdf",
    report_type: Annotated[str, typer.Option("--type", help="performance.")] = "performance",
    from_: From = None,
    to: To = None,
    ad_id: Annotated[UUID | None, typer.Option("--ad", help="Only this ad.")] = None,
    reporting_currency: Annotated[
        str | None, typer.Option("--reporting-currency", help="Told in it, each day at its own rate, and added up.")
    ] = None,
    user: User = None,
    client: Client = None,
    as_json: Json = False,
) -> None:
    """Define a report; without days it covers the last 30."""
    from adloom.reports import actions as reports

    with session.acting(user) as actor:
        report_id = reports.create(
            actor,
            name=name,
            report_type=report_type,
            file_format=file_format,
            since=from_ and from_.date(),
            until=to and to.date(),
            ad_id=ad_id,
            client_id=session.client_of(actor, client),
            reporting_currency=reporting_currency,
        )
    session.answer({"id": str(report_id)}, as_json=as_json, human=lambda: print(f"{report_id}  {name}"))


@app.command("run")
def run(
    report_id: Annotated[UUID, typer.Argument(metavar="ID")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the file here.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="With the figures as they stood then.")] = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Make a report now."""
    from adloom.metrics import queries as metrics
    from adloom.reports import actions as reports

    moment = metrics.moment(as_of, field="--as-of")
    with session.acting(user) as actor:
        making = reports.run(actor, report_id=report_id, as_of=moment)
        ended = session.follow(actor, [making.job_id], what="Making the report")
        path = output or _default_name(report_id, dict(ended[0].result or {}))
        path.write_bytes(reports.read(actor, instance_id=making.instance_id))
    made = dict(ended[0].result or {})
    result = {
        "id": str(making.instance_id),
        "report_id": str(report_id),
        "path": str(path.absolute()),
        "bytes": made["bytes"],
        "pages": made["pages"],
    }
    session.answer(result, as_json=as_json, human=lambda: print(f"{path}  {made['bytes']} bytes"))


@app.command("list")
def list_(user: User = None, client: Client = None, as_json: Json = False) -> None:
    """List the reports that are defined."""
    from adloom.reports import queries as reports

    with session.acting(user, client) as actor:
        found = reports.list_(actor)
    items: list[dict[str, Any]] = [
        {"id": str(r.id), "name": r.name, "type": r.type.value, "configuration": dict(r.configuration)} for r in found
    ]
    rows = [(r.name, r.type.value, r.configuration["format"], r.last_generated_at, r.id) for r in found]
    columns = ("Report", "Type", "Format", "Last made", "Id")
    session.answer({"items": items}, as_json=as_json, human=lambda: session.table("Reports", columns, rows))


def _default_name(report_id: UUID, made: dict[str, Any]) -> Path:
    suffix = "pdf" if str(made.get("media_type", "")).startswith("application/pdf") else "csv"
    return Path(f"report-{report_id}.{suffix}")
