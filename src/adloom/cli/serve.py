"""`adloom serve`, `worker`, `up`, `config`, `doctor`: running the installation, and looking after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Annotated, Any

import typer

from adloom.cli import session
from adloom.cli.session import Json


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Default 127.0.0.1, or ADLOOM_HOST.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Default 8420, or ADLOOM_PORT.")] = None,
) -> None:
    """Serve the API and the pages."""
    from adloom import server
    from adloom.core import settings

    with session.database(serving=True):
        config = settings.load()
        server.run(host=host or config.host, port=config.port if port is None else port)


def worker(
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Jobs at a time.")] = 4,
) -> None:
    """Work: take jobs and run the chores that are due."""
    from adloom import worker as door

    with session.database(serving=True):
        door.run(concurrency=concurrency)


def up() -> None:
    """Run everything in one process tree: database, worker, API and pages. Ctrl-C ends it."""
    from adloom.core import settings
    from adloom.db import server

    with session.database() as urls:
        if urls.embedded:
            server.keep(settings.load())
        children = [_child("worker"), _child("serve")]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: _terminate(children))
        os.waitpid(-1, 0)
        for child in children:
            child.terminate()
            child.wait()


def config(as_json: Json = False) -> None:
    """Show the settings in force, secrets masked."""
    from adloom.core import settings

    shown = {name: _masked(value) for name, value in settings.load().model_dump().items()}
    session.answer(shown, as_json=as_json, human=lambda: session.pairs(shown))


def doctor(as_json: Json = False) -> None:
    """Say what is wrong, and the command that mends it; exit 1 where something is."""
    from adloom.operations import doctor as operations

    with session.database(migrated=False) as urls:
        found = operations.examine(urls)
    result = {"findings": [{"what": f.what, "level": f.level, "mend": f.mend} for f in found]}
    rows = [(f.level, f.what, f.mend) for f in found]
    session.answer(result, as_json=as_json, human=lambda: session.table("", ("", "What", "Mend it with"), rows))
    if any(f.level == "wrong" for f in found):
        raise typer.Exit(1)


def _terminate(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()


def _child(command: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "adloom.cli.main", command])


def _masked(value: Any) -> Any:
    from pydantic import SecretStr

    if isinstance(value, SecretStr):
        return "********"
    return str(value) if value is not None else None
