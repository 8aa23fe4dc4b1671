"""Where an installation's cluster lies, and the notes about it. Starts nothing.

HOME/database holds locks, notes and, for an ordinary user, the cluster. Under root the cluster is in
/var/lib/adloom/<hash of HOME>, because PostgreSQL's account may not enter root's folders; the notes point there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from adloom.core.errors import Conflict, Forbidden, Refused
from adloom.core.settings import Settings
from adloom.db.server import account as accounts
from adloom.db.server.account import Account

SHARED_STATE = Path("/var/lib/adloom")


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered in HOME between two commands: `id` is the cluster's, `base` its folder."""

    id: str
    base: str
    port: int = 0
    version: str = ""
    programs: str = ""
    roles: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """The paths of one installation's server, and the account that it runs as."""

    home: Path
    base: Path
    account: Account

    @property
    def control(self) -> Path:
        """The folder in HOME with locks and notes."""
        return control_of(self.home)

    @property
    def data(self) -> Path:
        """The cluster; it exists only when it is complete."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """What the server writes, newest last."""
        return self.base / "server.log"

    @property
    def alive(self) -> Path:
        """The lock file that the server and all its processes hold while one of them lives."""
        return self.base / "server.lock"

    @property
    def keep(self) -> Path:
        """Exists while somebody wants the server to stay after the last command."""
        return self.control / "keep"

    @property
    def use(self) -> Path:
        """The lock that every command shares while it uses the server."""
        return self.control / "use.lock"

    @property
    def change(self) -> Path:
        """The lock of whoever looks, starts, adopts or stops."""
        return self.control / "change.lock"


def control_of(home: Path) -> Path:
    """The folder of an installation's locks and notes."""
    return home / "database"


def home_of(settings: Settings) -> Path:
    """HOME, with links resolved, so that one folder has one name."""
    return Path(os.path.realpath(settings.home_path()))


def prepare(home: Path) -> None:
    """Makes HOME (0700) and its control folder; raises Forbidden where this account may not."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        control_of(home).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Refused(f"ADLOOM_HOME {home} cannot be made: {error.strerror}. Name another folder.") from None
    if not os.access(control_of(home), os.R_OK | os.W_OK | os.X_OK):
        owner = accounts.of_owner(control_of(home)).name
        raise Forbidden(
            f"ADLOOM_HOME {home} belongs to {owner}. Run this as {owner}, or name another folder."
        )


def locate(settings: Settings) -> Place:
    """Where the cluster lies or will lie; changes nothing. An existing one keeps its place and account."""
    home = home_of(settings)
    base = _base(home)
    data = base / "data"
    account = accounts.of_owner(data) if data.exists() else accounts.choose(settings.pg_user)
    return Place(home, base, account)


def _base(home: Path) -> Path:
    control = control_of(home)
    if os.geteuid() != 0 or (control / "data").exists():
        return control
    notes = read_notes(home)
    if (
        notes is not None
        and Path(notes.base).parent == SHARED_STATE
        and _read(Path(notes.base) / "cluster.json").get("id") == notes.id
    ):
        return Path(notes.base)
    return SHARED_STATE / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


def claim(place: Place) -> Notes:
    """The notes of this HOME, made on first use; raises Forbidden where its cluster is root's and we are not."""
    notes = read_notes(place.home)
    if notes is not None and notes.base == str(place.base):
        return notes
    if notes is not None and os.geteuid() != 0 and Path(notes.base).parent == SHARED_STATE:
        raise Forbidden(f"The database of {place.home} was made by root. Run this as root.")
    notes = Notes(notes.id if notes else secrets.token_hex(8), str(place.base))
    write_notes(place.home, notes)
    return notes


def is_anothers(place: Place, notes: Notes) -> bool:
    """Whether the cluster found outside HOME belongs to an earlier HOME of this path, deleted since.

    Raises Conflict where HOME is a copy of another one, which still stands and owns the cluster.
    """
    if place.base == place.control:
        return False
    marker = _read(place.base / "cluster.json")
    if marker.get("id") != notes.id:
        return place.data.exists()
    other = Path(marker["home"])
    if other != place.home and (theirs := read_notes(other)) is not None and theirs.id == notes.id:
        raise Conflict(
            f"{place.home} is a copy of {other}, which owns the database. Use that one, or delete it."
        )
    return False


def tie(place: Place, notes: Notes) -> None:
    """Makes the cluster's folder where it is missing, and writes there whose it is."""
    if place.base == place.control:
        return
    try:
        place.base.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (place.base.parent, place.base):
            folder.chmod(0o755)  # whatever the umask: the server's account has to pass through
    except OSError as error:
        raise Refused(
            f"{place.base} cannot be made: {error.strerror}. Run this as an ordinary user."
        ) from None
    _write(place.base / "cluster.json", {"id": notes.id, "home": str(place.home)})


def note(place: Place, notes: Notes, **changes: str | int) -> Notes:
    """The notes with some changed, written where they differ."""
    changed = replace(notes, **changes)  # type: ignore[arg-type]
    if changed != notes:
        write_notes(place.home, changed)
    return changed


def read_notes(home: Path) -> Notes | None:
    """What HOME remembers; None for a HOME that never had a server."""
    found = _read(control_of(home) / "cluster.json")
    return Notes(**found) if found else None


def write_notes(home: Path, notes: Notes) -> None:
    """Writes them whole or not at all."""
    _write(control_of(home) / "cluster.json", asdict(notes))


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return {}


def _write(path: Path, content: dict[str, Any]) -> None:
    fresh = path.with_suffix(f".{os.getpid()}")
    with fresh.open("w") as file:
        file.write(json.dumps(content) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
