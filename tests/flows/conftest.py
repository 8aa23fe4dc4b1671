"""An installation per test, on the shared server and one sandbox that is reset in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.installation import Installation

from adloom.ads import actions as ads
from adloom.cli import demo_media
from adloom.connections import actions as connections
from adloom.core import settings
from adloom.core.actor import Actor
from adloom.db.urls import Urls
from adloom.platforms.types import Platform

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
    home = tmp_path / "installation"
    home.mkdir()
    (home / "clock").write_text("PT0S")
    for name, value in installation.environment(home, database, url).items():
        monkeypatch.setenv(name, value)
    settings.load.cache_clear()
    made = Installation(home=home, urls=database, sandbox_url=url, line=line)
    made.control("reset", {})
    yield made
    made.close()
    settings.load.cache_clear()


@pytest.fixture
def connected(installed: Installation, actor: Actor) -> Installation:
    """With a worker, and all four platforms connected."""
    installed.worker()
    for platform in Platform:
        token = installed.line[platform]
        connecting = connections.connect(actor, platform=platform, token=token, account=token["account_id"])
        job = installation.finished(actor, connecting.job_id)
        assert job.status == "completed", job.error
    return installed


@pytest.fixture
def ad_id(connected: Installation, actor: Actor, media: Path) -> UUID:
    """The demo's ad, as a draft."""
    document = demo_media.demo_ad(media, connected.line)
    return ads.create(actor, data=document, base=media).id
