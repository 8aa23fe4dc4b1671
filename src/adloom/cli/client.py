"""`adloom client …`: the brands you work for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Json, User

if TYPE_CHECKING:
    from adloom.identity.types import ClientView

app = typer.Typer(no_args_is_help=True)

SecondPerson = Annotated[
    bool | None,
    typer.Option(
        "--second-person/--no-second-person",
        help="Who planned a change of its ads may not apply it: another person has to.",
    ),
]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The brand's name.")],
    currency: Annotated[str | None, typer.Option("--currency")] = None,
    time_zone: Annotated[str | None, typer.Option("--time-zone")] = None,
    second_person: SecondPerson = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Add a client; one of this name that exists already is returned, with no more changed than is named."""
    from adloom.identity import actions as identity

    with session.acting(user) as actor:
        made = identity.add_client(actor, name=name, currency=currency, time_zone=time_zone)
        if second_person is not None:
            made = identity.require_second_person(actor, client_id=made.id, required=second_person)
    session.answer({"id": str(made.id)}, as_json=as_json, human=lambda: print(f"{made.id}  {made.name}"))


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="The brand's name.")],
    daily_cap: Annotated[
        str | None, typer.Option("--daily-cap", help="The most that its budgets may come to a day; '' is no cap.")
    ] = None,
    monthly_budget: Annotated[
        str | None, typer.Option("--monthly-budget", help="The same for 30.4 days; '' is no cap.")
    ] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="The currency that the caps are in.")] = None,
    second_person: SecondPerson = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Bound what the ads of a client may be given, and say who applies it; what is not named stays."""
    from adloom.core.money import amount_or_none
    from adloom.identity import actions as identity
    from adloom.identity import queries

    with session.acting(user) as actor:
        known = queries.client_named(actor, name=name)
        made = identity.set_caps(
            actor,
            client_id=known.id,
            currency=currency or known.currency,
            daily_cap=known.daily_cap if daily_cap is None else amount_or_none("daily_cap", daily_cap),
            monthly_budget=(
                known.monthly_budget if monthly_budget is None else amount_or_none("monthly_budget", monthly_budget)
            ),
        )
        if second_person is not None:
            made = identity.require_second_person(actor, client_id=known.id, required=second_person)
    session.answer(_facts(made), as_json=as_json, human=lambda: session.pairs(_facts(made)))


@app.command("list")
def list_(user: User = None, as_json: Json = False) -> None:
    """List your clients."""
    from adloom.identity import queries as identity

    with session.acting(user) as actor:
        found = identity.clients(actor)
    items = [_facts(c) for c in found]
    rows = [
        (c.name, c.currency, c.daily_cap, c.monthly_budget, "yes" if c.second_person else "", c.time_zone, c.id)
        for c in found
    ]
    columns = ("Client", "Currency", "Daily cap", "Monthly budget", "Second person", "Time zone", "Id")
    session.answer({"items": items}, as_json=as_json, human=lambda: session.table("Clients", columns, rows))


def _facts(client: ClientView) -> dict[str, str | bool | None]:
    return {
        "id": str(client.id),
        "name": client.name,
        "currency": client.currency,
        "time_zone": client.time_zone,
        "daily_cap": None if client.daily_cap is None else str(client.daily_cap),
        "monthly_budget": None if client.monthly_budget is None else str(client.monthly_budget),
        "second_person": client.second_person,
    }
