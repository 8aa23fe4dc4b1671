"""Writes the few files beside the cluster: whole or not at all, and never through somebody's link."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace(path: Path, text: str, *, mode: int) -> None:
    """Puts a file in place of another one; a reader, and a power cut, sees the old one or the new one."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with open(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fchmod(fd, mode)  # whatever the umask
        os.fsync(fd)
    fresh.replace(path)


@contextmanager
def appended(path: Path, *, owner: tuple[int, int]) -> Iterator[int]:
    """A descriptor that appends to a file (0600) of the given uid and gid."""
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchown(fd, *owner)
        yield fd
    finally:
        os.close(fd)


def sync(folder: Path) -> None:
    """Makes a rename in this folder last."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
