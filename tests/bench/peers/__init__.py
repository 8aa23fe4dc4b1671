"""Peers in environments of their own, never in the product's: one for each `<name>.txt` here, made when first asked.

A script beside it gets its task as JSON on standard input, and prints one line of JSON. What cannot be installed is
absent: nothing stands in for it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_CACHE = Path(__file__).parents[3] / ".bench"


@dataclass(frozen=True, slots=True)
class Peer:
    """An environment with its packages."""

    folder: Path

    @property
    def programs(self) -> Path:
        """Where its commands are."""
        return self.folder / "bin"

    def version(self, package: str) -> str:
        """A package's version there."""
        asked = f"from importlib.metadata import version; print(version({package!r}))"
        return subprocess.run(
            [self.programs / "python", "-c", asked], check=True, capture_output=True, text=True
        ).stdout.strip()

    def run(self, script: str, task: Mapping[str, Any]) -> dict[str, Any]:
        """Runs a script of this folder to its end, and returns what its last line says. Raises what went wrong."""
        done = subprocess.run(
            [self.programs / "python", _HERE / script],
            input=json.dumps(task, default=str),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{script}: {done.stderr[-2000:]}")
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer


@dataclass(slots=True)
class Peers:
    """What can be compared with. `are_wanted` is False for a run without any."""

    are_wanted: bool = True
    absent: dict[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Peer | None:
        """The environment of `<name>.txt`; None where it cannot be made, and `absent` tells why."""
        if not self.are_wanted:
            self.absent.setdefault(name, "not asked for")
        if name in self.absent:
            return None
        wanted = _HERE / f"{name}.txt"
        folder = _CACHE / f"{name}-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
        if not (folder / ".ready").exists() and (reason := _make(folder, wanted)):
            self.absent[name] = reason
            return None
        return Peer(folder)


def _make(folder: Path, wanted: Path) -> str:
    """Makes an environment; returns the last line of what hindered it."""
    sys.stderr.write(f"Installing {wanted.stem} for comparison …\n")
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [folder / "bin" / "pip", "install", "-q", "--disable-pip-version-check", "--only-binary", ":all:"]
    done = subprocess.run([*install, "-r", wanted], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["pip failed"])[-1]
    (folder / ".ready").touch()
    return ""
