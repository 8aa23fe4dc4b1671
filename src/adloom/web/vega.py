"""The chart library for browsers: Vega, Vega-Lite and Vega-Embed in one script, made once and kept in HOME/cache."""

from __future__ import annotations

import os
import secrets
from importlib.metadata import version
from pathlib import Path

from adloom.core import settings

#: The bundle has the same bytes for the same wheel, so the wheel's version names it.
VERSION = version("vl-convert-python")
_NAMES = "window.vegaEmbed = vegaEmbed;"


def bundle() -> bytes:
    """The script that sets `window.vegaEmbed`; loaded as a module. Takes about a second the first time."""
    path = settings.load().home_path() / "cache" / f"vega-{VERSION}.js"
    if not path.exists():
        _write(path, _made())
    return path.read_bytes()


def _made() -> bytes:
    import vl_convert

    return str(vl_convert.javascript_bundle(_NAMES)).encode()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: of two processes that make it at one time, the later one replaces the same bytes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    temporary.write_bytes(data)
    temporary.replace(path)
