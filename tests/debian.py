"""What a test needs of Debian: without it the test is skipped by name, or fails if `ADLOOM_REQUIRE_ALL=1`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def needs(package: str, path: str | Path) -> Path:
    """The path, which the package installs; without it the test is skipped, or fails, naming the package."""
    if not Path(path).exists():
        skip(f"needs the Debian package {package} ({path} is missing)")
    return Path(path)


def skip(reason: str) -> None:
    """Skips the test for a reason that lies in this machine; fails it where nothing may be skipped."""
    if os.environ.get("ADLOOM_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
