"""A whole installation to be tortured: a database, a sandbox behind a wire, and workers that are forked and killed."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.databases import Cluster
from tests.housing import House
from tests.installation import Installation, until
from tests.torture import wire
from tests.torture.wire import Wire

from adloom.core import settings
from adloom.db import engine
from adloom.db.urls import Urls
from adloom.jobs import queries as jobs
from adsandbox import registry
from adsandbox.clock import Clock
from adsandbox.platform import Platform as Imitation
from adsandbox.world import World

# Quotas are not what is tried here: the widest that there are.
_WIDEST = {
    "ADLOOM_GOOGLE_ACCESS": "standard",
    "ADLOOM_META_ACCESS": "full",
    "ADLOOM_TIKTOK_ACCESS": "ultimate",
}
_ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Stack:
    """A connected installation. Everything that leaves it goes over the wire; `workers` are process ids that live."""

    house: House
    wire: Wire
    nursery: subprocess.Popen[str]
    workers: list[int] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def database(self) -> str:
        """The superuser's URL of the installation's database."""
        return self.house.cluster.superuser(self.house.installed.urls.app.rpartition("/")[2].partition("?")[0])

    def settle(self, patch: pytest.MonkeyPatch) -> None:
        """Makes this process the installation's."""
        _settle(self.house.installed, patch, _WIDEST)

    def worker(self, *, concurrency: int = 64) -> int:
        """Starts a worker and returns at once; it works as soon as it holds its lock.

        So many jobs at a time that one that is held keeps no other from its place.
        """
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        log = self.house.installed.home / f"worker-{next(self._numbers)}.log"
        self.nursery.stdin.write(f"{concurrency} {log}\n")
        self.nursery.stdin.flush()
        self.workers.append(int(self.nursery.stdout.readline()))
        return self.workers[-1]

    def kill(self, pid: int) -> None:
        """SIGKILL to a worker's whole process group; returns once it is gone."""
        os.killpg(pid, signal.SIGKILL)
        until(lambda: not _lives(pid), what="a worker is dead")
        self.workers.remove(pid)

    def pause(self, pid: int) -> None:
        """SIGSTOP: a worker that does not answer, and is not dead."""
        os.killpg(pid, signal.SIGSTOP)

    def resume(self, pid: int) -> None:
        """SIGCONT: it goes on as if no time had passed."""
        os.killpg(pid, signal.SIGCONT)

    def kill_all(self) -> None:
        """Every worker."""
        for pid in list(self.workers):
            self.kill(pid)

    def ad(self, **changes: Any) -> UUID:
        """A draft whose files no account has yet, so that it takes every step there is."""
        number = next(self.house.numbers)
        folder = self.house.installed.home / f"media-{number}"
        _fresh(self.house.media, folder, mark=f"{folder}".encode())
        drawn = House(self.house.installed, self.house.actor, folder, self.house.cluster, itertools.count(number))
        return drawn.ad(**changes)


@contextmanager
def running(cluster: Cluster, media: Path, folder: Path, *, access: Mapping[str, str] = _WIDEST) -> Iterator[Stack]:
    """A stack of its own, with one worker at work and all four platforms connected."""
    with cluster.lent() as urls, on(urls, cluster, media, folder, access=access) as stack:
        yield stack


@contextmanager
def on(
    urls: Urls, cluster: Cluster, media: Path, folder: Path, *, access: Mapping[str, str] = _WIDEST
) -> Iterator[Stack]:
    """The same on a database that these URLs lead to."""
    with (
        installation.sandbox_process() as (sandbox_url, line),
        wire.running(sandbox_url, imitations()) as over,
        pytest.MonkeyPatch.context() as patch,
    ):
        made = Installation(home=folder, urls=urls, sandbox_url=over.url, line=line)
        _settle(made, patch, {**_WIDEST, **access})
        house = House(made, installation.owner("owner@example.com"), media, cluster)
        with _nursery() as nursery:
            stack = Stack(house, over, nursery)
            stack.worker()
            until(lambda: jobs.living_workers() > 0, what="a worker is up")
            made.connect(house.actor)
            yield stack
            stack.kill_all()
        engine.dispose()
        settings.load.cache_clear()


def imitations() -> Mapping[str, Imitation]:
    """The sandbox's platforms by name, for what they say of themselves."""
    return {platform.name: platform for platform in registry.build(World(Clock(datetime.now(UTC))))}


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="torture-") as made:
        yield Path(made)


def _settle(installed: Installation, patch: pytest.MonkeyPatch, access: Mapping[str, str]) -> None:
    for name, level in access.items():
        patch.setenv(name, level)
    installed.settle(patch)
    engine.configure(installed.urls)


@contextmanager
def _nursery() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.torture.nursery"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _fresh(source: Path, target: Path, *, mark: bytes) -> None:
    """The same pictures and films as other files: a comment in each, which no eye and no platform minds."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        whole = path.read_bytes()
        if path.suffix == ".jpg":
            whole = whole[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + whole[2:]
        else:
            whole += (len(mark) + 8).to_bytes(4, "big") + b"free" + mark
        (target / path.name).write_bytes(whole)
