"""The sandbox's README is true: each of its Python programs runs as it stands, on the official client that it uses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.environments import interpreter

from adsandbox.client import Sandbox, started

SOURCE = Path(__file__).parents[2] / "src"
README = (SOURCE / "adsandbox" / "README.md").read_text(encoding="utf-8")
PROGRAMS = [block for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if "(adsandbox)" not in block]

#: Which environment has the client that a program imports.
CLIENTS = {"business_api_client": "tiktok", "facebook_business": "meta", "bingads": "microsoft"}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with started("--seed", "7", "--start", "2026-11-23T18:00:00Z") as sandbox:
        for platform in ("facebook_ads", "microsoft_ads", "tiktok_ads"):
            sandbox.seed(platform)
        yield sandbox


def _python(program: str) -> str:
    client = next((name for module, name in CLIENTS.items() if module in program), None)
    return sys.executable if client is None else str(interpreter(client))


def test_every_client_has_its_program() -> None:
    assert all(any(module in program for program in PROGRAMS) for module in CLIENTS)
    assert len(PROGRAMS) == 4


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_a_program_of_the_readme_runs_and_finds_what_is_there(program: str, running: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text(json.dumps(running.line))
    here = program.replace("127.0.0.1:9100", f"127.0.0.1:{running.line['port']}")
    python = _python(program)
    ended = subprocess.run(
        [python, "-c", here],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"}
        | ({"PYTHONPATH": str(SOURCE)} if python == sys.executable else {}),
    )
    assert ended.returncode == 0, ended.stderr
    if python == sys.executable:
        told, truth = map(float, ended.stdout.split())
        assert told == pytest.approx(truth)
        return
    campaigns = [one for one in running.ledger()["objects"] if one["type"].lower() == "campaign"]
    assert any(one["id"] in ended.stdout or one["name"] in ended.stdout for one in campaigns), ended.stdout
