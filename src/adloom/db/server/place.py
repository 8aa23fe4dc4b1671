"""Where an installation's cluster lies, and the notes about it. Starts nothing.

HOME/database holds locks, notes and, for an ordinary user, the cluster. Root's folders are often closed to
PostgreSQL's account, so root's cluster is in /var/lib/adloom/<hash of HOME>, and the notes point there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from adloom.core.errors import Conflict, Forbidden, Refused
from adloom.core.settings import Settings
from adloom.db.server import account as accounts
from adloom.db.server import files
from adloom.db.server.account import Account

SHARED_STATE = Path("/var/lib/adloom")
_NOTES = "cluster.json"


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered in HOME between two commands.

    `id` ties HOME and cluster, `base` is the cluster's folder where it is not in HOME, `version` is empty
    until a server has run.
    """

    id: str
    base: str = ""
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


def control_of(home: Path) -> Path:
    """The folder of an installation's locks and notes."""
    return home / "database"


def change_lock(home: Path) -> Path:
    """The lock of whoever looks, starts, adopts or stops."""
    return control_of(home) / "change.lock"


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
        raise Forbidden(f"ADLOOM_HOME {home} belongs to {owner}. Run this as {owner}, or name another folder.")


def claim(settings: Settings) -> tuple[Place, Notes]:
    """Where the cluster lies or will lie, noted in HOME on first use. Only under the change lock.

    An existing cluster keeps its place and its account. Raises Forbidden where it is root's and we are not,
    Conflict where it is gone, or where this HOME is a copy of the one that owns it.
    """
    home = home_of(settings)
    notes = read_notes(home) or Notes(secrets.token_hex(8))
    place = locate(settings, notes)
    if notes.version and not place.data.exists():
        raise Conflict(
            f"The database of {home} was in {place.data} and is gone. Put it back; or, to begin with an empty"
            f" one, delete {place.control}."
        )
    if place.base == place.control:
        notes = note(place, notes, base="")
    else:
        _tie(place, notes)
        notes = note(place, notes, base=str(place.base))
    return place, notes


def locate(settings: Settings, notes: Notes) -> Place:
    """Where the cluster of these notes is; changes nothing."""
    home = home_of(settings)
    base = _base(home, notes)
    data = base / "data"
    account = accounts.of_owner(data) if data.exists() else accounts.choose(settings.pg_user)
    return Place(home, base, account)


def left_behind(home: Path, notes: Notes) -> Iterator[Place]:
    """Clusters outside HOME that an earlier HOME of the same path left when it was deleted."""
    if os.geteuid() != 0:
        return
    for marker in SHARED_STATE.glob(f"*/{_NOTES}"):
        found = _read(marker)
        if found.get("home") == str(home) and found.get("id") != notes.id and (marker.parent / "data").exists():
            yield Place(home, marker.parent, accounts.of_owner(marker.parent / "data"))


def ownerless() -> list[Path]:
    """Folders of clusters whose HOME was deleted, or was moved and not used since; only people delete them."""
    found = []
    for marker in sorted(SHARED_STATE.glob(f"*/{_NOTES}")):
        tie = _read(marker)
        notes = read_notes(Path(tie["home"])) if "home" in tie else None
        if notes is None or notes.id != tie["id"]:
            found.append(marker.parent)
    return found


def _base(home: Path, notes: Notes) -> Path:
    control = control_of(home)
    if os.geteuid() != 0:
        if notes.base:
            raise Forbidden(f"The database of {home} was made by root. Run this as root, or name another HOME.")
        return control
    if (control / "data").exists():
        return control
    # Not the path alone: a HOME that was deleted, or moved away, still owns what it left there.
    name = hashlib.sha256(os.fsencode(home) + notes.id.encode()).hexdigest()[:16]
    return Path(notes.base) if notes.base else SHARED_STATE / name


def _tie(place: Place, notes: Notes) -> None:
    """Makes the cluster's folder outside HOME where it is missing, and writes there whose it is."""
    marker = place.base / _NOTES
    other = Path(_read(marker).get("home", place.home))
    if other != place.home and (theirs := read_notes(other)) is not None and theirs.id == notes.id:
        raise Conflict(f"{place.home} is a copy of {other}, which owns the database. Use that one, or delete it.")
    try:
        place.base.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder in (place.base.parent, place.base):
            folder.chmod(0o755)  # whatever the umask: the server's account has to pass through
    except OSError as error:
        raise Refused(f"{place.base} cannot be made: {error.strerror}. Run this as an ordinary user.") from None
    files.replace(marker, json.dumps({"id": notes.id, "home": str(place.home)}) + "\n", mode=0o644)


def note(place: Place, notes: Notes, **changes: str | int) -> Notes:
    """The notes with some changed, written where they differ from what HOME remembers."""
    changed = replace(notes, **changes)  # type: ignore[arg-type]
    if changed != read_notes(place.home):
        files.replace(place.control / _NOTES, json.dumps(asdict(changed)) + "\n", mode=0o644)
    return changed


def read_notes(home: Path) -> Notes | None:
    """What HOME remembers; None for a HOME that never had a server."""
    found = _read(control_of(home) / _NOTES)
    return Notes(**found) if found else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return {}
