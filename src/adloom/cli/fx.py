"""`adloom fx …`: exchange rates, from a file or from where ADLOOM_FX_URL points. They are the whole installation's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.session import Json, NoWait, User

app = typer.Typer(no_args_is_help=True)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="date,currency,rate as CSV, or the ECB's XML or (zipped) CSV.")],
    as_json: Json = False,
) -> None:
    """Take over the rates of a file: units of a currency per euro. A better source's are not replaced, and said."""
    from adloom.metrics import rates

    with session.database():
        taken = rates.import_file(file).as_json()
    session.answer(taken, as_json=as_json, human=lambda: _print(taken))


@app.command("refresh")
def refresh(user: User = None, no_wait: NoWait = False, as_json: Json = False) -> None:
    """Fetch the newest rates now; a worker does so every day."""
    from adloom.metrics import actions

    with session.acting(user) as actor:
        job_id = actions.refresh_rates(actor)
        if no_wait:
            session.answer({"job_id": str(job_id)}, as_json=as_json, human=lambda: print(job_id))
            return
        (job,) = session.follow(actor, [job_id], what="Fetching rates")
    result = {"job_id": str(job.id), **(job.result or {})}
    session.answer(result, as_json=as_json, human=lambda: _print(result["fetched"] or result["seeded"]))


def _print(taken: dict[str, Any]) -> None:
    print(
        f"{taken['rates']} rates from {taken['first']} to {taken['last']} (source: {taken['source']}): "
        f"{taken['added']} new, {taken['replaced']} replaced, {taken['refused']} not taken from a lesser source."
    )
    if taken["unknown"]:
        print(f"No ISO 4217 codes, left out: {', '.join(taken['unknown'])}")
    if taken["differences"]:
        columns = ("Date", "Currency", "Before", "Source", "Given", "Kept")
        rows = [tuple(difference.values()) for difference in taken["differences"]]
        session.table("Differences, newest first", columns, rows, right=("Before", "Given", "Kept"))
