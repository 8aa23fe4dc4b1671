"""Makes a new, empty cluster: whole or not at all. Starts no server."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from adloom.core import secrets as secret_files
from adloom.core.errors import Conflict, Refused
from adloom.db import roles
from adloom.db.server import files
from adloom.db.server.binaries import Binaries
from adloom.db.server.place import Place


def passwords(place: Place) -> dict[str, str]:
    """The password of every role, kept in HOME/secrets (0600); one whose file is missing is made anew.

    Raises Conflict where the superuser's is missing, for without it no other can be set.
    """
    folder = place.home / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    superuser = folder / f"database-{roles.SUPERUSER}"
    if place.data.exists() and not superuser.exists():
        raise Conflict(f"{superuser} is gone, and with it the way into the database. Put it back.")
    return {role: _password(folder / f"database-{role}") for role in (roles.SUPERUSER, *roles.ALL)}


def major(place: Place) -> int | None:
    """The major version of the existing cluster; None where there is none."""
    try:
        return int((place.data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def initialise(place: Place, binaries: Binaries, *, superuser_password: str) -> None:
    """Makes the cluster beside its place and moves it there when it is complete; else raises Refused."""
    fresh = place.base / f"new-{secrets.token_hex(4)}"
    fresh.mkdir(mode=0o700)
    password = fresh / "password"
    password.touch(mode=0o600)
    password.write_text(superuser_password)
    for path in (fresh, password):
        os.chown(path, place.account.uid, place.account.gid)
    _initdb(fresh / "data", binaries, place=place, password=password)
    (fresh / "data").rename(place.data)
    files.sync(place.base)
    shutil.rmtree(fresh)


def clear(place: Place) -> None:
    """Removes what a killed attempt left; what an orphaned initdb is still at, the next start removes."""
    for left in place.base.glob("new-*"):
        shutil.rmtree(left, ignore_errors=True)


def remove(place: Place) -> None:
    """Deletes the cluster with everything in it, for good; its server has to be stopped."""
    if place.base != place.control:
        shutil.rmtree(place.base)
    for path in place.control.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.suffix != ".lock":  # somebody may be waiting for one
            path.unlink()


def _initdb(data: Path, binaries: Binaries, *, place: Place, password: Path) -> None:
    done = subprocess.run(
        [
            binaries.folder / "initdb",
            *("--pgdata", data),
            *("--username", roles.SUPERUSER),
            *("--pwfile", password),
            *("--auth", "scram-sha-256"),
            *("--encoding", "UTF8"),
            *_locale(binaries.major),
            "--data-checksums",
            "--no-instructions",
        ],
        capture_output=True,
        text=True,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        umask=0o077,
        check=False,
        **place.account.run_as,
    )
    if done.returncode:
        shutil.rmtree(data.parent, ignore_errors=True)
        raise Refused(f"A database cluster cannot be made in {place.base}:\n{(done.stderr or done.stdout).strip()}")


def _locale(version: int) -> list[str]:
    """Text sorts by code point everywhere; upper and lower case go beyond ASCII where the system can."""
    if version >= 17:
        return ["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"]
    return ["--locale", "C", "--lc-ctype", "C.UTF-8"] if sys.platform.startswith("linux") else ["--locale", "C"]


def _password(path: Path) -> str:
    return (path.read_text() if path.exists() else secret_files.write_once(path, secrets.token_urlsafe(24))).strip()
