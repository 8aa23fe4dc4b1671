"""Fixtures: installations on the shared server and one sandbox, one per test, or one that a module's tests share.

A conftest imports what its tests use; a sandbox is started once for each such conftest.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.databases import Cluster, Servers
from tests.installation import Installation

from adloom.ads import actions as ads
from adloom.cli import demo_media
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db import engine
from adloom.db import session as db
from adloom.db.urls import Urls

SandboxProcess = tuple[str, dict[str, Any]]


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    """One sandbox for all flows."""
    with installation.sandbox_process() as running:
        yield running


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's pictures and film, drawn once."""
    folder = tmp_path_factory.mktemp("media")
    demo_media.draw(folder)
    return folder


@pytest.fixture
def installed(
    database: Urls, sandbox_process: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An installation without workers; start them with `installed.worker()`."""
    url, line = sandbox_process
    made = Installation(home=tmp_path / "installation", urls=database, sandbox_url=url, line=line)
    made.settle(monkeypatch)
    made.control("reset", {})
    yield made
    made.close()
    settings.load.cache_clear()


@pytest.fixture
def connected(installed: Installation, actor: Actor) -> Installation:
    """With a worker, and all four platforms connected."""
    installed.worker()
    installed.connect(actor)
    return installed


@pytest.fixture
def ad_id(connected: Installation, actor: Actor, media: Path) -> UUID:
    """The demo's ad, as a draft."""
    document = demo_media.demo_ad(media, connected.line)
    return ads.create(actor, data=document, base=media).id


@dataclass(slots=True)
class House:
    """An installation that is connected, its owner, and as many ads as the tests want, each of its own name."""

    installed: Installation
    actor: Actor
    media: Path
    cluster: Cluster
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def ad(self, **changes: Any) -> UUID:
        """The demo's ad under a name of its own."""
        document = copy.deepcopy(demo_media.demo_ad(self.media, self.installed.line))
        document |= {"name": f"Sale {next(self.numbers)}", **changes}
        return ads.create(self.actor, data=document, base=self.media).id


@pytest.fixture(scope="module")
def shared_house(
    servers: Servers, sandbox_process: SandboxProcess, media: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Connected once for all tests of a module; without workers, which `house` and the tests start."""
    url, line = sandbox_process
    cluster = servers.cluster()
    with cluster.lent() as urls, pytest.MonkeyPatch.context() as patch:
        made = Installation(home=tmp_path_factory.mktemp("house"), urls=urls, sandbox_url=url, line=line)
        made.settle(patch)
        made.control("reset", {})
        engine.configure(urls)
        actor = installation.owner("owner@example.com")
        made.connect(actor)
        yield House(made, actor, media, cluster)
        made.close()
        engine.dispose()
        settings.load.cache_clear()


@pytest.fixture
def house(lent_house: House) -> House:
    """The module's house with one worker at work, and no fault planned."""
    lent_house.installed.keep_one_worker()
    return lent_house


@pytest.fixture
def lent_house(shared_house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The same with whatever workers are alive: nobody waits for one that the test would end at once."""
    shared_house.installed.settle(monkeypatch)
    engine.configure(shared_house.installed.urls)
    with db.owner_connection() as connection:
        connection.execute(installation.FRESH_QUOTAS)  # the hour's quota is every test's own
    yield shared_house
    shared_house.installed.control("faults", method="DELETE")
