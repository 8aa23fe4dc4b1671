"""Style sheet, scripts, fonts and the chart library, from this package and from wheels; cached by browsers for good.

Nothing here depends on who asks, and no address outside this server is ever named.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from adloom.core.errors import NotFound
from adloom.web import vega

_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_FONT = "font/ttf"
_FONTS = ("regular.ttf", "semibold.ttf")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that browsers load: where its bytes come from, and what they are."""

    media_type: str
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Its bytes, as they are and compressed, and the version that its address carries."""

    data: bytes
    packed: bytes
    version: str


def _own(name: str) -> Callable[[], bytes]:
    return lambda: files("adloom.web").joinpath("assets", name).read_bytes()


def _styles() -> bytes:
    """The style sheet, naming fonts by the very address that pages preload them under."""
    text = _own("adloom.css")().decode()
    for name in _FONTS:
        text = text.replace(f'url("{name}")', f'url("{url(name)}")')
    return text.encode()


def _of_wheel(package: str, path: str) -> Callable[[], bytes]:
    return lambda: files(package).joinpath(path).read_bytes()


FILES = {
    "adloom.css": StaticFile("text/css; charset=utf-8", _styles),
    "adloom.js": StaticFile("text/javascript; charset=utf-8", _own("adloom.js")),
    "chart.js": StaticFile("text/javascript; charset=utf-8", _own("chart.js")),
    "mark.svg": StaticFile("image/svg+xml", _own("mark.svg")),
    "htmx.min.js": StaticFile("text/javascript; charset=utf-8", _of_wheel("js_lib_htmx", "static/htmx/htmx.min.js")),
    "vega.js": StaticFile("text/javascript; charset=utf-8", vega.bundle),
    "regular.ttf": StaticFile(_FONT, _of_wheel("font_source_sans_pro", "files/SourceSansPro-Regular.ttf")),
    "semibold.ttf": StaticFile(_FONT, _of_wheel("font_source_sans_pro", "files/SourceSansPro-Semibold.ttf")),
}


def url(name: str) -> str:
    """The address of a static file. It changes with the content, so that browsers may keep it for good."""
    version = vega.VERSION if name == "vega.js" else load(name).version
    return f"/assets/{name}?v={version}"


@cache
def load(name: str) -> Loaded:
    """A static file, read once per process; raises NotFound for a name that is none."""
    if name not in FILES:
        raise NotFound(f"There is no file {name}.")
    data = FILES[name].read()
    version = vega.VERSION if name == "vega.js" else hashlib.sha256(data).hexdigest()[:12]
    return Loaded(data, gzip.compress(data, 9, mtime=0), version)


def serve(request: Request, name: str) -> Response:
    """A static file as a response: compressed where the browser takes that, and empty where it has it already."""
    file = load(name)
    tag = f'"{file.version}"'
    headers = {
        "ETag": tag,
        "Cache-Control": _FOR_GOOD if request.query_params.get("v") == file.version else _ASK_AGAIN,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=FILES[name].media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.data, media_type=FILES[name].media_type, headers=headers)
