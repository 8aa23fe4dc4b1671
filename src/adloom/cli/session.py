"""What every command needs: the settings, a running database at the newest schema, the actor, and jobs followed.

Everything heavy is imported when a command runs, never at start-up.
"""

from __future__ import annotations

import functools
import json
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from adloom.cli.screen import shown

if TYPE_CHECKING:
    from adloom.core.actor import Actor
    from adloom.db.urls import Urls
    from adloom.jobs.runner import Runner
    from adloom.jobs.types import JobView

Confirm = Annotated[
    list[str] | None, typer.Option("--confirm", help="The sentence that confirms an unusual budget; repeatable.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on the last line of standard output.")]
User = Annotated[str | None, typer.Option("--user", help="E-mail of the tenant; implied where there is one.")]
Client = Annotated[str | None, typer.Option("--client", help="Name of the client (brand).")]
Member = Annotated[
    str | None, typer.Option("--as", help="E-mail of the member who acts; without it the owner of the tenant does.")
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Queue it, print the job's id, and do not wait.")]

_POLL_S = 0.05
_WIDE = 1000


class Alarm(str):
    """A cell of a table that is not to be overlooked."""

    __slots__ = ()


@contextmanager
def database(*, migrated: bool = True, serving: bool = False) -> Iterator[Urls]:
    """A database to work on: the embedded server at the newest schema, or the configured one as it is."""
    from adloom.core import logging, settings
    from adloom.db import engine, server

    config = settings.load()
    logging.configure(config.log_level if serving else "ERROR")
    with server.running(config) as urls:
        if migrated and urls.embedded:
            _migrate(urls)
        engine.configure(urls)
        try:
            yield urls
        finally:
            engine.dispose()


def _migrate(urls: Urls) -> None:
    from adloom.db import versions

    if not versions.is_newest(urls.owner):
        from adloom.db import migrate

        migrate.migrate(urls.owner)


@contextmanager
def acting(user: str | None, client: str | None = None, member: str | None = None) -> Iterator[Actor]:
    """A database, and the actor that `--user`, `ADLOOM_USER` or the only user names; with `--as` a member of theirs."""
    from adloom.core import settings
    from adloom.identity import queries as identity

    with database():
        yield identity.operator(email=user or settings.load().user, client=client, member=member)


def client_of(actor: Actor, name: str | None) -> UUID | None:
    """The id of the client that `--client` names, None where it names none; raises NotFound."""
    from adloom.identity import queries as identity

    return None if name is None else identity.client_named(actor, name=name).id


def answer(result: Any, *, as_json: bool, human: Callable[[], None]) -> None:
    """Prints the result: for people, or as one JSON line."""
    if as_json:
        print(json.dumps(result, default=str), flush=True)
    else:
        human()


def follow(actor: Actor, job_ids: Sequence[UUID], *, what: str) -> list[JobView]:
    """Waits until every job is final and returns them; runs a worker of its own where none lives.

    Raises JobFailed for the first job that ended badly, once all have ended.
    """
    if not job_ids:
        return []
    with some_worker():
        ended = _wait(actor, job_ids, what=what)
    for job in ended:
        if job.status != "completed":
            from adloom.cli.failure import JobFailed

            raise JobFailed(dict(job.error or {"message": f"Job {job.id} is {job.status}."}))
    return ended


def settle(actor: Actor, job_ids: Sequence[UUID], *, what: str, at_most_s: float) -> None:
    """Waits until every job is final, however it ended, or for so many seconds; what is not done goes on without us."""
    if job_ids:
        with some_worker():
            _wait(actor, job_ids, what=what, at_most_s=at_most_s)


def attend(actor: Actor, job_ids: Sequence[UUID], *, what: str, at_most_s: float) -> None:
    """Waits until every question is answered, one way or the other, or for so long; asks itself where nobody works."""
    from adloom import worker

    with some_worker(worker.asker):
        _wait(actor, job_ids, what=what, at_most_s=at_most_s)


@contextmanager
def some_worker(make: Callable[[], Runner] | None = None, *, at_once: bool = False) -> Iterator[None]:
    """Somebody works inside: a worker that lives already, or one of this process's own (`make`; else it does all).

    A worker that lives may be another command's, and end with that: then one of this process's own goes on. `at_once`
    relies on nobody.
    """
    from adloom import worker
    from adloom.jobs import queries as jobs

    over = threading.Event()
    runner = make() if make is not None else worker.runner(with_schedule=False)
    is_alone = at_once or not jobs.living_workers()
    work = runner.run if is_alone else functools.partial(worker.stand_in, runner)
    thread = threading.Thread(target=work, args=(over,), name="worker")
    thread.start()
    try:
        yield
    finally:
        runner.finish(over)
        thread.join()


def _wait(actor: Actor, job_ids: Sequence[UUID], *, what: str, at_most_s: float = math.inf) -> list[JobView]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from adloom.core.errors import NotFound
    from adloom.jobs import queries as jobs

    console = Console(stderr=True)
    deadline = time.monotonic() + at_most_s
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=len(job_ids))
        while True:
            views = [jobs.get(actor, job_id=job_id) for job_id in job_ids]
            if any(view is None for view in views):
                raise NotFound("A job that was followed is gone.")
            found = [view for view in views if view is not None]
            bar.update(task, completed=sum(view.status.is_final for view in found), description=_label(what, found))
            if all(view.status.is_final for view in found) or time.monotonic() > deadline:
                return found
            time.sleep(_POLL_S)


def _label(what: str, views: Sequence[JobView]) -> str:
    notes = [str(view.progress["message"]) for view in views if view.progress and not view.status.is_final]
    return f"{what}: {notes[0]}" if notes else what


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """A table for people; numbers are set right, and none is folded where a terminal is narrow.

    Off a terminal no line is folded: an id stays in one piece. What stands in a cell is shown as it is, whoever wrote
    it: it sets neither colours nor links, and moves no cursor.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=Text(title), title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in columns:
        is_number = name in right
        made.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for row in rows:
        made.add_row(*[Text(shown(cell), style="bold red" if isinstance(cell, Alarm) else "") for cell in row])
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(made)


def pairs(values: Mapping[str, object]) -> None:
    """Names and values, one per line."""
    table("", ["", ""], list(values.items()))
