"""`adloom db …`: the server, the schema's versions, checks, partitions and retention."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.session import Json

app = typer.Typer(no_args_is_help=True)


@app.command("url")
def url(as_json: Json = False) -> None:
    """Start the server where it does not run, leave it running, and print the schema owner's URL."""
    from adloom.core import settings
    from adloom.db import server

    with session.database() as urls:
        if urls.embedded:
            server.keep(settings.load())
        session.answer({"url": urls.owner}, as_json=as_json, human=lambda: print(urls.owner))


@app.command("stop")
def stop(
    force: Annotated[bool, typer.Option("--force", help="Even while other commands use it.")] = False,
    as_json: Json = False,
) -> None:
    """Stop the embedded server."""
    from adloom.core import settings
    from adloom.db import server

    stopped = server.stop(settings.load(), force=force)
    words = "stopped" if stopped else "other commands use it; the last one to end stops it (--force does not wait)"
    session.answer({"stopped": bool(stopped)}, as_json=as_json, human=lambda: print(words))


@app.command("status")
def status(as_json: Json = False) -> None:
    """Show the server's version and the schema's."""
    from adloom.db import migrate
    from adloom.operations import upkeep

    with session.database(migrated=False) as urls:
        found = migrate.status(urls.owner)
        version = upkeep.server_version()
    result = {
        "version": version,
        "embedded": urls.embedded,
        "migrations": [{"version": m.version, "applied_at": m.applied_at.isoformat()} for m in found.applied],
        "pending": list(found.pending),
    }
    session.answer(result, as_json=as_json, human=lambda: _print_status(result))


@app.command("migrate")
def migrate_(as_json: Json = False) -> None:
    """Bring the schema to the newest version."""
    from adloom.db import migrate

    with session.database(migrated=False) as urls:
        applied = migrate.migrate(urls.owner)
    words = "\n".join(applied) or "nothing to do"
    session.answer({"applied": list(applied)}, as_json=as_json, human=lambda: print(words))


@app.command("rollback")
def rollback(
    to: Annotated[str | None, typer.Option("--to", help="Version to go back to; default: one back.")] = None,
    as_json: Json = False,
) -> None:
    """Take versions back by their stored SQL."""
    from adloom.db import migrate

    with session.database(migrated=False) as urls:
        undone = migrate.rollback(urls.owner, to=to)
    words = "\n".join(undone) or "nothing to do"
    session.answer({"rolled_back": list(undone)}, as_json=as_json, human=lambda: print(words))


@app.command("check")
def check(as_json: Json = False) -> None:
    """Compare the live catalog with one migrated from zero and with the models; exit 1 where they differ."""
    from adloom.operations import check as checks

    with session.database(migrated=False) as urls:
        differences = checks.differences(urls)
    words = "\n".join(differences) or "The catalog, the migrations and the models agree."
    session.answer({"differences": list(differences)}, as_json=as_json, human=lambda: print(words))
    if differences:
        raise typer.Exit(1)


@app.command("roles")
def roles(
    print_: Annotated[bool, typer.Option("--print", help="Only show the SQL.")] = False,
    url_: Annotated[str | None, typer.Option("--url", help="A superuser's URL of an external server.")] = None,
    as_json: Json = False,
) -> None:
    """Make the roles on an external server, or show the SQL that does."""
    from adloom.operations import roles as operations

    made = operations.roles(url=url_, only_print=print_)
    session.answer(made, as_json=as_json, human=lambda: _print_roles(made))


@app.command("partitions")
def partitions(as_json: Json = False) -> None:
    """Make the partitions that lack, and list them all."""
    from adloom.operations import upkeep

    with session.database():
        found = upkeep.partitions()
    columns = ("Table", "Partitions", "From", "Until", "Rows in DEFAULT")
    rows = [(t["table"], t["partitions"], t["first"], t["until"], t["default_rows"]) for t in found]
    session.answer({"tables": found}, as_json=as_json, human=lambda: session.table("Partitions", columns, rows))


@app.command("retention")
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Let go of what is past its time: whole partitions, and old sessions, jobs and limits."""
    from adloom.operations import upkeep

    with session.database():
        found = upkeep.retention(dry_run=dry_run)
    rows: list[tuple[Any, ...]] = [
        (r["table"], r["what"], f"about {r['rows']}" if r["is_estimate"] else r["rows"]) for r in found
    ]
    columns = ("Table", "What", "Rows")
    session.answer(
        {"dry_run": dry_run, "removed": found},
        as_json=as_json,
        human=lambda: session.table("Would go" if dry_run else "Gone", columns, rows, right=("Rows",)),
    )


@app.command("replicas")
def replicas(as_json: Json = False) -> None:
    """Show the replicas that are configured, and by how much each is behind."""
    from adloom.db import replicas as replication

    with session.database():
        found = [each.as_json() for each in replication.standing()]
    rows = [(r["replica"], r["lag_seconds"], "yes" if r["is_read"] else "no", r["problem"]) for r in found]
    columns = ("Replica", "Seconds behind", "Read", "Why not")
    session.answer(
        {"replicas": found},
        as_json=as_json,
        human=lambda: session.table("Replicas", columns, rows, right=("Seconds behind",)),
    )


def _print_roles(made: dict[str, Any]) -> None:
    if made["script"] is not None:
        print(made["script"])
        return
    for warning in made["warnings"]:
        print(f"warning: {warning}")
    if not made["passwords"]:
        print("The roles stand, with the passwords they had.")
        return
    session.table(
        "New roles; their passwords are shown this once", ("Role", "Password"), list(made["passwords"].items())
    )


def _print_status(result: dict[str, Any]) -> None:
    print(f"PostgreSQL {result['version']}{' (embedded)' if result['embedded'] else ''}")
    rows = [(m["version"], m["applied_at"]) for m in result["migrations"]]
    session.table("", ("Version", "Applied"), rows)
    for version in result["pending"]:
        print(f"pending: {version}")
