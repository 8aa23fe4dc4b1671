"""Locks between processes, held on files in HOME. The kernel lets go of them however a process ends.

Every lock is a `flock` on a file opened anew, so threads and nested uses do not disturb each other.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adloom.core.errors import Conflict

_POLL_S = 0.01
_held: set[int] = set()


def _let_go_in_a_forked_child() -> None:
    """A fork shares its parent's locks: left open there, they would outlive the parent."""
    for fd in _held:
        os.close(fd)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_a_forked_child)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Holds the lock together with others; waits at most seconds for somebody who holds it alone."""
    with _opened(path) as fd:
        _take(fd, fcntl.LOCK_SH, path=path, wait_s=30)
        with _let_go(fd):
            yield


@contextmanager
def exclusive(path: Path, *, wait_s: float = 120) -> Iterator[None]:
    """Holds the lock alone; raises Conflict when others keep it for longer than `wait_s` seconds."""
    with _opened(path) as fd:
        _take(fd, fcntl.LOCK_EX, path=path, wait_s=wait_s)
        with _let_go(fd):
            yield


def is_held(path: Path) -> bool:
    """Whether any process, this one included, holds the lock now."""
    if not path.exists():
        return False
    with _opened(path) as fd:
        return not _try(fd, fcntl.LOCK_EX)


@contextmanager
def inheritable(path: Path) -> Iterator[int]:
    """A shared lock as a file descriptor to give to a child, which then holds it for as long as it lives."""
    with _opened(path) as fd:
        _take(fd, fcntl.LOCK_SH, path=path, wait_s=5)
        yield fd


@contextmanager
def _let_go(fd: int) -> Iterator[None]:
    """Lets go of the lock even where a child, forked a moment ago, has not closed its share of it yet."""
    owner = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == owner:
            fcntl.flock(fd, fcntl.LOCK_UN)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    _held.add(fd)
    owner = os.getpid()
    if os.geteuid() == 0:  # in another account's HOME its owner must be able to open it too
        folder = os.stat(path.parent)
        os.fchown(fd, folder.st_uid, folder.st_gid)
    try:
        yield fd
    finally:
        if os.getpid() == owner:
            _held.discard(fd)
            os.close(fd)


def _take(fd: int, kind: int, *, path: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while not _try(fd, kind):
        if time.monotonic() > deadline:
            raise Conflict(f"Another command has held {path} for more than {wait_s:.0f} s. End it, then try again.")
        time.sleep(_POLL_S)


def _try(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
