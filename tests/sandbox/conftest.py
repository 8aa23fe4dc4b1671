"""The sandbox as a process of its own, for every test of it, whatever the platform.

It is driven over HTTP alone.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `line` is the object of its first line; `http` speaks to its port."""

    line: dict[str, Any]
    http: httpx.Client
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """The base URL; append a platform's prefix and path."""
        return f"http://127.0.0.1:{self.line['port']}"

    def control(self, path: str, body: Any = None, *, method: str | None = None, **params: Any) -> Any:
        """Call `/_sandbox/<path>`: POST when there is a body, else GET.

        Returns the JSON; fails on refusal.
        """
        answer = self.control_raw(path, body, method=method, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def control_raw(self, path: str, body: Any = None, *, method: str | None = None, **params: Any) -> httpx.Response:
        """The same, with the response as it came."""
        verb = method or ("GET" if body is None else "POST")
        headers = {"X-Sandbox-Key": self.line["control_key"]}
        return self.http.request(verb, f"/_sandbox/{path}", json=body, params=params, headers=headers)

    def advance(self, duration: str) -> str:
        """Push the clock forward, such as by PT24H; the new now."""
        now: str = self.control("clock", {"advance": duration})["now"]
        return now

    def ledger(self, **params: Any) -> dict[str, Any]:
        """The truth. `from` is a keyword of Python: pass `first=`."""
        if "first" in params:
            params["from"] = params.pop("first")
        found: dict[str, Any] = self.control("ledger", **params)
        return found

    def fault(self, platform: str, kind: str, match: str = "", times: int = 1) -> str:
        """Plan a fault; its id."""
        body = {"platform": platform, "match": match, "fault": kind, "times": times}
        planned: str = self.control("faults", body)["id"]
        return planned


def _start(*arguments: str) -> Sandbox:
    process = subprocess.Popen(
        [sys.executable, "-m", "adsandbox", "--port", "0", "--exit-with-parent", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    line = json.loads(process.stdout.readline())
    http = httpx.Client(base_url=f"http://127.0.0.1:{line['port']}", timeout=20)
    return Sandbox(line, http, process)


def _stop(sandbox: Sandbox) -> None:
    sandbox.http.close()
    sandbox.process.terminate()
    sandbox.process.wait(timeout=10)
    assert sandbox.process.stdout is not None
    sandbox.process.stdout.close()


@pytest.fixture(scope="session")
def _running() -> Iterator[Sandbox]:
    running = _start("--seed", "7", "--start", "2026-11-23T18:00:00Z")
    yield running
    _stop(running)


@pytest.fixture
def sandbox(_running: Sandbox) -> Sandbox:
    """A sandbox as fresh as one just started: seed 7, its clock begins at 2026-11-23T18:00:00Z (10:00
    there)."""
    _running.control("reset", {})
    return _running


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Start more sandboxes with other arguments; they end with the test."""
    started: list[Sandbox] = []

    def start(*arguments: str) -> Sandbox:
        started.append(_start(*arguments))
        return started[-1]

    yield start
    for one in started:
        _stop(one)
