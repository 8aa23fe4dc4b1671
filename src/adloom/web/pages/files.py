"""`/assets/NAME`: the files that pages are made with, for everybody."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from adloom.web import static

router = APIRouter()


def _serving(name: str) -> None:
    @router.get(f"/assets/{name}", name=name)
    def serve(request: Request) -> Response:
        return static.serve(request, name)


for _name in static.FILES:
    _serving(_name)
