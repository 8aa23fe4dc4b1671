"""`/docs`: the API's page, served from this process. No address outside it is named, and no script is inline."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter
from starlette.responses import Response

router = APIRouter(prefix="/docs", include_in_schema=False)

_LIBRARY = "fastapi_swagger.resources"
_FILES = {
    "": ("adloom.api", "docs.html", "text/html; charset=utf-8"),
    "/start.js": ("adloom.api", "docs.js", "text/javascript; charset=utf-8"),
    "/swagger-ui.css": (_LIBRARY, "swagger-ui.css", "text/css; charset=utf-8"),
    "/swagger-ui-bundle.js": (_LIBRARY, "swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
}


@router.get("")
def page() -> Response:
    """The page."""
    return _file("")


@router.get("/start.js")
def start() -> Response:
    """What points the library at our document."""
    return _file("/start.js")


@router.get("/swagger-ui.css")
def style() -> Response:
    """The library's style sheet."""
    return _file("/swagger-ui.css")


@router.get("/swagger-ui-bundle.js")
def library() -> Response:
    """The library."""
    return _file("/swagger-ui-bundle.js")


def _file(path: str) -> Response:
    package, name, media_type = _FILES[path]
    return Response(files(package).joinpath(name).read_bytes(), headers={"Content-Type": media_type})
