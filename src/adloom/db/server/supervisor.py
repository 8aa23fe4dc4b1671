"""The embedded server as a command sees it: there while it is used, gone after the last, kept on request.

Whoever looks, starts or stops holds the change lock; whoever uses holds the use lock, shared. A killed
command loses both at once, and the next one adopts what it left.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

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

    The embedded server is made, started or adopted as needed, and stopped when the last command leaves, unless
    it is kept. Raises Refused (Invalid, Forbidden, Conflict) with what to mend where it cannot run here.
    """
    if settings.database_url is not None:
        yield urls.external(settings)
        return
    home = places.home_of(settings)
    places.prepare(home)
    with ExitStack() as use:
        with locks.exclusive(places.control_of(home) / "change.lock"):
            place, found = _ensure(settings)
            use.enter_context(locks.shared(place.use))
        try:
            yield found
        finally:
            _leave(place, use)


def keep(settings: Settings) -> None:
    """Asks the embedded server to stay after the last command, until `stop`."""
    home = places.home_of(settings)
    places.prepare(home)
    (places.control_of(home) / "keep").touch(mode=0o600)


def stop(settings: Settings, *, force: bool = False) -> bool:
    """Ends the embedded server, or lets the last command do so; returns whether none is left running.

    Commands that use it now keep it alive until they leave, unless `force` cuts them off.
    """
    home = places.home_of(settings)
    if settings.database_url is not None or not places.control_of(home).is_dir():
        return True
    with locks.exclusive(places.control_of(home) / "change.lock"):
        place = places.locate(settings)
        place.keep.unlink(missing_ok=True)
        if locks.is_held(place.use) and not force:
            return process.look(place) is None
        process.stop(place)
    return True


def status(settings: Settings) -> ServerStatus:
    """How the embedded server is doing. Starts nothing, makes nothing, waits for nobody."""
    if settings.database_url is not None:
        return ServerStatus(embedded=False)
    home = places.home_of(settings)
    notes = places.read_notes(home)
    if notes is None:
        return ServerStatus(embedded=True)
    place = places.locate(settings)
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


def _ensure(settings: Settings) -> tuple[Place, Urls]:
    """A ready server with its roles and database; under the change lock."""
    place = places.locate(settings)
    notes = places.claim(place)
    if places.is_anothers(place, notes):
        process.stop(place)
        cluster.set_aside(place)
        place = places.locate(settings)
    places.tie(place, notes)
    found = process.look(place)
    server = process.await_ready(place, found) if found else None
    passwords = cluster.passwords(place.home)
    if server is None:
        server, notes = _start(settings, place, notes, superuser_password=passwords[roles.SUPERUSER])
    result = urls.embedded(passwords, port=server.port)
    if notes.roles != (wanted := roles.fingerprint()):
        roles.apply(_maintenance(result), database=urls.DATABASE, passwords=passwords)
        notes = places.note(place, notes, roles=wanted)
    places.note(place, notes, port=server.port)
    return place, result


def _start(
    settings: Settings, place: Place, notes: Notes, *, superuser_password: str
) -> tuple[process.Postmaster, Notes]:
    binaries = programs.find(
        settings, account=place.account, copies=place.base / "programs", major=cluster.major(place)
    )
    if not place.data.exists():
        cluster.initialise(place, binaries, superuser_password=superuser_password)
        notes = places.note(place, notes, roles="")
    server = process.start(place, binaries, port=notes.port)
    return server, places.note(
        place, notes, port=server.port, version=binaries.version, programs=str(binaries.folder)
    )


def _maintenance(result: Urls) -> str:
    """The superuser's URL of a database that exists before ours does."""
    url = result.at("postgres").superuser
    assert url is not None
    return url


def _leave(place: Place, use: ExitStack) -> None:
    with locks.exclusive(place.change):
        use.close()
        if not locks.is_held(place.use) and not place.keep.exists():
            process.stop(place)
