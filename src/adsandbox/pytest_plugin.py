"""The fixture `adsandbox`, for whoever tests against the four platforms; pytest finds it by an entry point.

One process serves a whole run, each test finds it as if it had just been started. Options of the command go into
the setting `adsandbox_arguments` of pytest.ini or pyproject.toml, such as `--seed 7 --start 2026-11-23T18:00:00Z`.
"""

from collections.abc import Iterator

import pytest

from adsandbox.client import Sandbox, started


def pytest_addoption(parser: pytest.Parser) -> None:
    """The setting."""
    parser.addini("adsandbox_arguments", "options of the adsandbox command", type="args", default=[])


@pytest.fixture(scope="session")
def adsandbox_process(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The process of this run, in whatever state the last test left it."""
    with started(*request.config.getini("adsandbox_arguments")) as running:
        yield running


@pytest.fixture
def adsandbox(adsandbox_process: Sandbox) -> Sandbox:
    """The four platforms as they are at the start: `url()`, `line`, and the control API as methods."""
    adsandbox_process.reset()
    return adsandbox_process
