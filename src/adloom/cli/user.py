"""`adloom user …`: people who sign in."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Json

app = typer.Typer(no_args_is_help=True)


@app.callback()
def people() -> None:
    """People who sign in."""


@app.command("create")
def create(
    email: Annotated[str, typer.Option("--email", help="The address to sign in with.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read it from standard input.")] = False,
    role: Annotated[str | None, typer.Option("--role", help="admin, user or viewer.")] = None,
    first_name: Annotated[str | None, typer.Option("--first-name")] = None,
    last_name: Annotated[str | None, typer.Option("--last-name")] = None,
    as_json: Json = False,
) -> None:
    """Make a user; the first one is the administrator. The same address and password again change nothing."""
    from adloom.identity import actions as identity

    password = _password(password_stdin)
    with session.database():
        user_id = identity.create_user(
            email=email, password=password, role=role, first_name=first_name, last_name=last_name
        )
    session.answer({"id": str(user_id)}, as_json=as_json, human=lambda: print(f"{user_id}  {email}"))


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
