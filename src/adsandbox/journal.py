"""`--state FILE`: what a sandbox was asked, kept in one SQLite file, so that the same sandbox can be had again.

The sandbox is a function of its options and of what it was asked, and when. So nothing of its state is written down:
each request is, before it is answered, and `restoring.py` asks them all again. A sandbox that is killed loses at most
what it has not answered yet. Requests that changed nothing are noted without their bodies, for the ledger alone.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

_LAYOUT = 1


class StateError(Exception):
    """A state file cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a sandbox was started with. `start` is an ISO 8601 instant, None for the time of the start."""

    seed: int = 1
    start: str | None = None
    delivers: bool = True
    only: tuple[str, ...] = ()
    quotas: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `app` is its prefix ("/meta"), or "/_sandbox"; `at` is the sandbox's instant at which it was
    carried out. `replay` says whether it may have changed anything; without it, headers and body are empty."""

    at: str
    app: str
    method: str
    path: str
    query: bytes = b""
    headers: str = "[]"
    body: bytes = b""
    replay: bool = False
    fault: str | None = None
    fault_id: str | None = None
    status: int | None = None
    outcome: str = ""


_NAMES = tuple(field.name for field in fields(Entry))
_COLUMNS, _MARKS = ", ".join(_NAMES), ", ".join("?" for _ in _NAMES)


class Journal:
    """An open state file, which no other sandbox can open meanwhile."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises `StateError` when it is something else, or in use."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise StateError(f"{path}: {error.strerror}") from None
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None, timeout=1, check_same_thread=False)
        try:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS asked (number INTEGER PRIMARY KEY, at TEXT, app TEXT, method TEXT,"
                " path TEXT, query BLOB, headers TEXT, body BLOB, replay INTEGER, fault TEXT, fault_id TEXT,"
                " status INTEGER, outcome TEXT)"
            )
            self._db.execute("COMMIT")
        except sqlite3.OperationalError:
            raise StateError(f"{path} is in use by another sandbox") from None
        except sqlite3.DatabaseError:
            raise StateError(f"{path} is no state of a sandbox; name another file") from None

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    # options and clock

    def options(self) -> Options | None:
        """What the sandbox of this file was started with; None for a new file."""
        found = self._kept("options")
        if found is None:
            return None
        if self._kept("layout") != str(_LAYOUT):
            raise StateError(f"{self._path} was written by another version of the sandbox; begin a new file")
        told = json.loads(found)
        return Options(**{**told, "only": tuple(told["only"])})

    def begin(self, options: Options, *, began: datetime) -> None:
        """Forget all requests; the sandbox's time began at `began`, which is now."""
        with self._change():
            self._db.execute("DELETE FROM asked")
            self._keep("layout", str(_LAYOUT))
            self._keep("options", json.dumps(asdict(options)))
            self._keep("began", began.isoformat())
            self._keep("clock", _anchor(began))

    @property
    def began(self) -> datetime:
        """Where the sandbox's time began."""
        return datetime.fromisoformat(str(self._kept("began")))

    def now(self) -> datetime:
        """Where the sandbox's clock is if it went on while nothing ran: by what it is ahead of real time."""
        real, ours = json.loads(str(self._kept("clock")))
        passed = datetime.now(UTC) - datetime.fromisoformat(real)
        last = self._db.execute("SELECT max(at) FROM asked").fetchone()[0]
        reached = datetime.fromisoformat(ours) + passed
        return reached if last is None else max(reached, datetime.fromisoformat(last))

    # requests

    def append(self, entry: Entry, *, now: datetime, counters: str) -> None:
        """Keep one more request. When this returns, killing the process does not lose it."""
        with self._change():
            self._db.execute(f"INSERT INTO asked ({_COLUMNS}) VALUES ({_MARKS})", astuple(entry))  # noqa: S608
            self._keep("counters", counters)
            self._keep("clock", _anchor(now))

    def entries(self) -> Iterator[Entry]:
        """All requests, oldest first."""
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM asked ORDER BY number"):  # noqa: S608
            told = dict(zip(_NAMES, row, strict=True))
            yield Entry(**{**told, "replay": bool(told["replay"])})

    def counters(self) -> str | None:
        """The counters of ids after the last request, as `append` got them."""
        return self._kept("counters")

    # the file

    def _change(self) -> "sqlite3.Connection":
        self._db.execute("BEGIN IMMEDIATE")
        return self._db  # as a context it commits, or takes everything back

    def _kept(self, name: str) -> str | None:
        found = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def _keep(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))


def _anchor(ours: datetime) -> str:
    return json.dumps([datetime.now(UTC).isoformat(), ours.isoformat()])
