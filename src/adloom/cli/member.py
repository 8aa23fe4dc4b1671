"""`adloom member …`: who else may act or read for you."""

from __future__ import annotations

from typing import Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Client, Json, User

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address the member signs in with.")]


@app.command("add")
def add(
    email: Email,
    role: Annotated[str, typer.Option("--role", help="editor or viewer.")] = "viewer",
    client: Client = None,
    user: User = None,
    as_json: Json = False,
) -> None:
    """Let somebody who has an account act or read for you: for one client, or for all."""
    from adloom.identity import actions as identity

    with session.acting(user) as actor:
        member_id = identity.add_member(actor, email=email, role=role, client=client)
    session.answer({"id": str(member_id)}, as_json=as_json, human=lambda: print(f"{member_id}  {email}  {role}"))


@app.command("remove")
def remove(email: Email, client: Client = None, user: User = None, as_json: Json = False) -> None:
    """Take a member's access back; one who has none is left as is."""
    from adloom.identity import actions as identity

    with session.acting(user) as actor:
        removed = identity.remove_member(actor, email=email, client=client)
    session.answer({"removed": removed}, as_json=as_json, human=lambda: print(f"{removed} removed"))
