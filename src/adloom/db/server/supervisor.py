"""The embedded server as a command sees it: there while it is used, gone after the last, kept on request.

Whoever looks, starts or stops holds the change lock; whoever uses holds the use lock, shared. A killed
command loses both at once, and the next one adopts what it left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from adloom.core.errors import Conflict
from adloom.core.settings import Settings
from adloom.db import roles, urls
from adloom.db.server import binaries as programs
from adloom.db.server import cluster, locks, process
from adloom.db.server import place as places
from adloom.db.server.place import Notes, Place
from adloom.db.server.types import ServerStatus
from adloom.db.urls import Urls


@contextmanager
def running(settings: Settings) -> Iterator[Urls]:
    """A server to connect to while the block runs: the configured external one, else the embedded one.

    The embedded server is made, started or adopted as needed, and stopped when the last command leaves, if
    nobody keeps it. Raises Refused (Invalid, Forbidden, Conflict) with what to mend where it cannot run here.
    """
    if settings.database_url is not None:
        yield urls.with_replicas(urls.external(settings), settings)
        return
    home = places.home_of(settings)
    places.prepare(home)
    with ExitStack() as change, ExitStack() as use:
        change.enter_context(locks.exclusive(places.change_lock(home)))
        place, notes = places.claim(settings)
        use.enter_context(locks.shared(place.use))
        try:
            found = _ensure(settings, place, notes)
            change.close()
            yield urls.with_replicas(found, settings)
        finally:
            change.close()
            _leave(place, use)


def keep(settings: Settings) -> None:
    """Asks the embedded server to stay after the last command, until `stop`. An external one stays anyway."""
    if settings.database_url is not None:
        return
    home = places.home_of(settings)
    places.prepare(home)
    (places.control_of(home) / "keep").touch(mode=0o600)


def stop(settings: Settings, *, force: bool = False) -> bool:
    """Ends the embedded server, or lets the last command do so; returns whether none is left running.

    Commands that use it now keep it alive until they leave, unless `force` cuts them off.
    """
    with _known(settings) as place:
        if place is None:
            return True
        place.keep.unlink(missing_ok=True)
        if force or not locks.is_held(place.use):
            process.stop(place)
        return process.look(place) is None


def remove(settings: Settings) -> None:
    """Deletes the embedded server's cluster, for good. Raises Conflict while a command uses it."""
    with _known(settings) as place:
        if place is None:
            return
        if locks.is_held(place.use):
            raise Conflict(f"The database of {place.home} is in use. End what uses it first.")
        process.stop(place)
        cluster.remove(place)


def status(settings: Settings) -> ServerStatus:
    """How the embedded server is doing; starts nothing and makes nothing."""
    with _known(settings) as place:
        if place is None:
            return ServerStatus(embedded=settings.database_url is None)
        return _status(place, places.read_notes(place.home) or Notes(""))


def ownerless() -> list[Path]:
    """Folders of clusters whose HOME was deleted, or was moved and not used since, for people to delete."""
    return places.ownerless()


@contextmanager
def exclusively(settings: Settings) -> Iterator[None]:
    """One command of this HOME at a time, for migrations; with an external server nobody waits."""
    if settings.database_url is not None:
        yield
        return
    home = places.home_of(settings)
    places.prepare(home)
    with locks.exclusive(places.control_of(home) / "migrate.lock", wait_s=600):
        yield


@contextmanager
def _known(settings: Settings) -> Iterator[Place | None]:
    """The place of a cluster that HOME knows of, under the change lock; None where it knows of none."""
    home = places.home_of(settings)
    if settings.database_url is not None or places.read_notes(home) is None:
        yield None
        return
    with locks.exclusive(places.change_lock(home)):
        notes = places.read_notes(home)
        yield places.locate(settings, notes) if notes else None


def _status(place: Place, notes: Notes) -> ServerStatus:
    server = process.look(place)
    return ServerStatus(
        embedded=True,
        running=server is not None and server.ready,
        version=notes.version or None,
        pid=server.pid if server else None,
        port=server.port if server else None,
        data=place.data,
        log=place.log,
        programs=Path(notes.programs) if notes.programs else None,
        runs_as=place.account.name,
        kept=place.keep.exists(),
        in_use=locks.is_held(place.use),
    )


def _ensure(settings: Settings, place: Place, notes: Notes) -> Urls:
    """A ready server with its roles and database; under the change lock."""
    found = process.look(place)
    server = process.await_ready(place, found.pid) if found else None
    passwords = cluster.passwords(place)
    if server is None:
        server, notes = _start(settings, place, notes, superuser_password=passwords[roles.SUPERUSER])
    result = urls.embedded(passwords, port=server.port)
    if notes.roles != (wanted := roles.fingerprint(passwords)):
        roles.apply(_maintenance(result), database=urls.DATABASE, passwords=passwords)
        notes = places.note(place, notes, roles=wanted)
    return result


def _start(
    settings: Settings, place: Place, notes: Notes, *, superuser_password: str
) -> tuple[process.Postmaster, Notes]:
    for left in places.left_behind(place.home, notes):
        process.stop(left)
    cluster.clear(place)
    binaries = programs.find(
        settings, account=place.account, copies=place.base / "programs", major=cluster.major(place)
    )
    if not place.data.exists():
        cluster.initialise(place, binaries, superuser_password=superuser_password)
    server = process.start(place, binaries, port=notes.port)
    noted = places.note(place, notes, port=server.port, version=binaries.version, programs=str(binaries.folder))
    return server, noted


def _maintenance(result: Urls) -> str:
    """The superuser's URL of a database that exists before ours does."""
    url = result.at("postgres").superuser
    assert url is not None
    return url


def _leave(place: Place, use: ExitStack) -> None:
    with locks.exclusive(places.change_lock(place.home)):
        use.close()
        if not locks.is_held(place.use) and not place.keep.exists():
            process.stop(place)
