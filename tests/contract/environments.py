"""Virtual environments for the platforms' official clients: one each, never the product's, kept between runs.

An environment is kept under the hash of its requirements and of the interpreter, in the user's cache folder, so that
a second run installs nothing. A witness is a script that runs in it, as a process of its own, and knows no adloom.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import debian

HERE = Path(__file__).parent


def interpreter(client: str) -> Path:
    """The Python of the environment that `tests/contract/<client>/requirements.txt` describes, made on first use."""
    requirements = HERE / client / "requirements.txt"
    stamp = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "adloom-witnesses"
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"{client}-{stamp}"
    python = folder / "bin" / "python"
    with (cache / f"{client}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
            _install(python, requirements)
            (folder / "ready").touch()
    return python


def witness(client: str, script: str, *, given: Mapping[str, Any], timeout_s: float = 300) -> Any:
    """Runs `tests/contract/<client>/<script>` in its environment, and returns what it prints last, as JSON.

    `given` reaches it as JSON on standard input. Fails with its error output where it does not end well.
    """
    outcome = subprocess.run(
        [str(interpreter(client)), str(HERE / client / script)],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), "NO_PROXY": "*"},
        cwd=HERE / client,
    )
    assert outcome.returncode == 0, f"{client}/{script} failed:\n{outcome.stdout[-4000:]}\n{outcome.stderr[-8000:]}"
    return json.loads(outcome.stdout.strip().splitlines()[-1])


def _install(python: Path, requirements: Path) -> None:
    """Skips the test, by name, on a machine without a package registry; fails where nothing may be skipped."""
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile", "--prefer-binary"]
    outcome = subprocess.run([*pip, "-r", str(requirements)], capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        debian.skip(f"needs the {requirements.parent.name} client, which pip did not install: {outcome.stderr[-2000:]}")
