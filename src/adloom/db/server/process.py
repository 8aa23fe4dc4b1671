"""The server's process: starts it, finds it again, asks it to stop. Decides nothing.

It runs in a session of its own, nobody's child, and holds `server.lock` while any of its processes lives.
That tells whether the cluster is free; a process id may be somebody else's by now.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from adloom.core.errors import Conflict, Refused
from adloom.db.server import configuration, files, locks
from adloom.db.server.binaries import Binaries
from adloom.db.server.place import Place

_START_S = 120  # recovery after a crash reads the WAL since the last checkpoint
_STOP_S = 30
_POLL_S = 0.01
_ATTEMPTS = 3
_LOG_BYTES = 10_000_000
_KEPT_ENVIRONMENT = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A live server of this cluster; `ready` once it takes connections."""

    pid: int
    port: int
    ready: bool


def look(place: Place) -> Postmaster | None:
    """The cluster's live server, ready or not; None where there is none, whatever a left-over file claims."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None
    if not _is_server(pid, place):
        return None
    return Postmaster(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def start(place: Place, binaries: Binaries, *, port: int) -> Postmaster:
    """Starts a server and waits until it is ready; on `port` if that is free, else on another one.

    Raises Refused with the end of the log, Conflict when the cluster is in use out of our sight.
    """
    _await_nobody(place)
    (place.data / "postmaster.pid").unlink(missing_ok=True)
    _write_configuration(place, binaries)
    for _ in range(_ATTEMPTS):
        chosen = port if port and _is_free(port) else _free_port()
        server = await_ready(place, _launch(place, binaries, port=chosen))
        if server is not None:
            return server
        if _is_free(chosen):
            break  # somebody else's being quicker at the port was not the reason
    raise Refused(f"The database server did not start. The end of {place.log}:\n{_tail(place.log)}")


def await_ready(place: Place, pid: int) -> Postmaster | None:
    """The server once it takes connections; None if it ends instead. Raises Refused if it takes too long."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        server = look(place)
        if server is not None and server.ready:
            return server
        if server is None and _see(pid) is None:
            return None
        time.sleep(_POLL_S)
    raise Refused(f"The database server (process {pid}) is not ready after {_START_S} s. See {place.log}.")


def stop(place: Place) -> bool:
    """Ends the server, cutting its connections; returns whether there was one. What was committed stays."""
    server = look(place)
    if server is None:
        return False
    for sent in (signal.SIGINT, signal.SIGQUIT):  # fast; then at once, with recovery at the next start
        with contextlib.suppress(ProcessLookupError):
            os.kill(server.pid, sent)
        deadline = time.monotonic() + _STOP_S
        while time.monotonic() < deadline:
            if not _is_server(server.pid, place):
                return True
            time.sleep(_POLL_S)
    raise Conflict(f"The database server (process {server.pid}) does not end. See {place.log}.")


def _launch(place: Place, binaries: Binaries, *, port: int) -> int:
    """Starts the server detached and returns its process id."""
    command: list[str | Path] = [
        binaries.folder / "postgres",
        *("-D", place.data),
        *("-p", str(port)),
        *("-c", f"config_file={place.base / configuration.SETTINGS_FILE}"),
        *("-c", f"hba_file={place.base / configuration.ACCESS_FILE}"),
    ]
    with locks.inheritable(place.alive) as alive, _open_log(place) as log:
        # The shell ends at once, so that the server is nobody's child and leaves nobody a zombie.
        done = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ} | {"LC_ALL": "C"},
            cwd="/",
            umask=0o077,
            pass_fds=(alive,),
            start_new_session=True,
            check=True,
            **place.account.run_as,
        )
    return int(done.stdout)


def _await_nobody(place: Place) -> None:
    """Waits for the last processes of a server that was killed: they still hold its memory."""
    deadline = time.monotonic() + 10
    while locks.is_held(place.alive):
        if time.monotonic() > deadline:
            raise Conflict(
                f"Processes of another server use {place.data}: left over from one that was killed, or in"
                " another container. End them, or name another ADLOOM_HOME."
            )
        time.sleep(_POLL_S)


def _write_configuration(place: Place, binaries: Binaries) -> None:
    settings = configuration.settings_text(
        initial=place.data / configuration.SETTINGS_FILE,
        statistics=binaries.has_library("pg_stat_statements"),
    )
    files.replace(place.base / configuration.SETTINGS_FILE, settings, mode=0o644)
    files.replace(place.base / configuration.ACCESS_FILE, configuration.ACCESS, mode=0o644)


def _open_log(place: Place) -> contextlib.AbstractContextManager[int]:
    if place.log.exists() and place.log.stat().st_size > _LOG_BYTES:
        place.log.replace(place.log.with_name(f"{place.log.name}.1"))
    return files.appended(place.log, owner=(place.account.uid, place.account.gid))


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_server(pid: int, place: Place) -> bool:
    """Whether this live process is a server on our cluster, of our account."""
    seen = _see(pid)
    return seen is not None and seen[0] == place.account.uid and f" {place.data} " in f"{seen[2]} "


def _see(pid: int) -> tuple[int, str, str] | None:
    """Uid, state and command line of a live process; None for none and for a zombie."""
    seen = _seen_in_proc(pid) if sys.platform.startswith("linux") else _seen_by_ps(pid)
    return None if seen is None or seen[1].startswith(("Z", "X")) else seen


def _seen_in_proc(pid: int) -> tuple[int, str, str] | None:
    try:
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
        command = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
    except OSError:
        return None
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return int(fields["Uid"].split()[0]), fields["State"], command


def _seen_by_ps(pid: int) -> tuple[int, str, str] | None:
    ask = ["ps", "-ww", "-o", "uid=,stat=,command=", "-p", str(pid)]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    parts = done.stdout.split(None, 2)
    return (int(parts[0]), parts[1], parts[2]) if len(parts) == 3 else None
