"""The sandbox as a distribution of its own: built, installed where there is no adloom, started, spoken to, and used
by another project's pytest."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = ("-m", "pip", "install", "-qq", "--disable-pip-version-check")

#: A project that knows nothing of adloom and asks for the fixture.
PROJECT = """
import json
import urllib.request


def test_a_platform_answers(adsandbox):
    line = adsandbox.line["facebook_ads"]
    url = adsandbox.url(f"/meta/v26.0/{line['account_id']}?fields=currency&access_token={line['access_token']}")
    with urllib.request.urlopen(url) as answer:
        assert json.load(answer)["currency"] == "USD"


def test_time_passes_and_the_ledger_tells(adsandbox):
    assert adsandbox.now().isoformat().startswith("2026-11-23T18:00")
    campaign = adsandbox.seed("tiktok_ads")[0]["id"]
    assert adsandbox.advance("P2D").isoformat().startswith("2026-11-25T18:00")
    assert {row["campaign_id"] for row in adsandbox.ledger("tiktok_ads")["delivery"]} == {campaign}
    assert adsandbox.edit("tiktok_ads", campaign, "campaign_name", "Mine")["name"] == "Mine"


def test_every_test_finds_it_as_at_the_start(adsandbox):
    assert adsandbox.now().isoformat().startswith("2026-11-23T18:00")
    assert adsandbox.ledger()["delivery"] == []
    fault = adsandbox.fault("throttle", "GET", platform="tiktok_ads", times=2)
    assert [(f["id"], f["left"]) for f in adsandbox.faults()] == [(fault, 2)]
    adsandbox.forget(fault)
    assert adsandbox.faults() == []
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The Python of an environment with what the distribution needs (kept between runs), and the distribution anew."""
    project = tomllib.loads((ROOT / "packaging/adsandbox/pyproject.toml").read_text())
    needs = [*project["project"]["dependencies"], "pytest>=8", *project["build-system"]["requires"]]
    stamp = hashlib.sha256("\n".join([*needs, sys.version]).encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "adloom-witnesses"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"adsandbox-{stamp}"
    with (cache / "adsandbox.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _run(sys.executable, "-m", "venv", "--clear", str(folder))
            _run(folder / "bin/python", *PIP, "--prefer-binary", *needs)
            (folder / "ready").touch()
        source = _source(tmp_path_factory.mktemp("source"))
        _run(folder / "bin/python", *PIP, "--no-deps", "--no-build-isolation", "--force-reinstall", source)
        yield folder / "bin"


def _source(folder):
    """What the distribution is built from, alone: nothing of adloom beside it, and no leftovers of a build here."""
    shutil.copytree(ROOT / "packaging", folder / "packaging", symlinks=True)
    shutil.copytree(ROOT / "src/adsandbox", folder / "src/adsandbox", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "packaging/adsandbox"


def _run(*command, **more):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, env=environment, **more
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def test_it_brings_the_whole_sandbox_and_nothing_of_adloom(installed, tmp_path):
    program = (
        "import importlib.util, json, pathlib, adsandbox\n"
        "here = pathlib.Path(adsandbox.__file__).parent\n"
        "print(json.dumps([str(here), importlib.util.find_spec('adloom') is None,\n"
        "                  sorted(str(p.relative_to(here)) for p in here.rglob('*') if '__pycache__' not in p.parts)]))"
    )
    here, alone, brought = json.loads(_run(installed / "python", "-c", program, cwd=tmp_path))
    assert Path(here).is_relative_to(installed.parent)
    assert alone
    ours = ROOT / "src/adsandbox"
    assert brought == sorted(str(p.relative_to(ours)) for p in ours.rglob("*") if "__pycache__" not in p.parts)


def test_its_command_starts_and_answers_until_it_is_ended(installed, tmp_path):
    command = [str(installed / "adsandbox"), "--port", "0", "--exit-with-parent"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        line = json.loads(process.stdout.readline())
        asked = urllib.request.Request(
            f"http://127.0.0.1:{line['port']}/tiktok/open_api/v1.3/user/info/",
            headers={"Access-Token": line["tiktok_ads"]["access_token"]},
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert json.load(answer)["code"] == 0
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_another_projects_tests_find_the_fixture(installed, tmp_path):
    (tmp_path / "test_mine.py").write_text(PROJECT)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nadsandbox_arguments = --seed 7 --start 2026-11-23T18:00:00Z\nfilterwarnings = error\n"
    )
    told = _run(installed / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "3 passed" in told
