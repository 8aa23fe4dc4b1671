"""The demo as `make demo ARGS="--once --json"` runs it: what it says really happened, and nothing stays behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adloom.cli import demo_stage
from adloom.core import settings
from adloom.db import server
from adloom.platforms.types import Platform


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo's last line. A setting for the real world is in its environment, and has to be ignored."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "adloom.cli.main", "demo", "--once", "--json", "--port", "0"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "ADLOOM_META_GRAPH_URL": "https://graph.example.com"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    answer["home"] = str(folder / demo_stage.HOME)
    return answer


def test_four_campaigns_are_active(told: dict[str, Any]) -> None:
    assert {c["platform"]: c["status"] for c in told["campaigns"]} == dict.fromkeys(map(str, Platform), "active")
    assert all(c["platform_campaign_id"] for c in told["campaigns"])


def test_the_numbers_equal_the_sandboxes_ledger_to_the_last_digit(told: dict[str, Any]) -> None:
    assert told["metrics"] == told["ledger"]
    assert set(told["metrics"]) == set(map(str, Platform))
    assert all(held["impressions"] > 0 and float(held["spend"]) > 0 for held in told["metrics"].values())


def test_the_report_is_a_document_of_some_pages(told: dict[str, Any]) -> None:
    path = Path(told["report"]["path"])
    assert path.read_bytes().startswith(b"%PDF-")
    assert told["report"]["bytes"] == path.stat().st_size
    assert told["report"]["pages"] >= 1


def test_nothing_is_left_running(told: dict[str, Any]) -> None:
    home = settings.Settings(home=Path(told["home"]), _env_file=None)
    assert not server.status(home).running
    server.remove(home)
