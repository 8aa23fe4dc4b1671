"""`adloom client …`: the brands you work for."""

from __future__ import annotations

from typing import Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Json, User

app = typer.Typer(no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The brand's name.")],
    currency: Annotated[str | None, typer.Option("--currency")] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone")] = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Add a client; one of this name that exists already is returned as it is."""
    from adloom.identity import actions as identity

    with session.acting(user) as actor:
        made = identity.add_client(actor, name=name, currency=currency, time_zone=time_zone)
    session.answer({"id": str(made.id)}, as_json=as_json, human=lambda: print(f"{made.id}  {made.name}"))


@app.command("list")
def list_(user: User = None, as_json: Json = False) -> None:
    """List your clients."""
    from adloom.identity import queries as identity

    with session.acting(user) as actor:
        found = identity.clients(actor)
    items = [{"id": str(c.id), "name": c.name, "currency": c.currency, "time_zone": c.time_zone} for c in found]
    rows = [(c.name, c.currency, c.time_zone, c.id) for c in found]
    columns = ("Client", "Currency", "Time zone", "Id")
    session.answer({"items": items}, as_json=as_json, human=lambda: session.table("Clients", columns, rows))
