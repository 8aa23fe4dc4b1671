"""The pages as one application for the server to mount: every path that the API leaves, and errors in the same look."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from adloom.core import logging
from adloom.core.errors import Invalid, NotFound, Unauthenticated
from adloom.edge import problems
from adloom.web import guard, render
from adloom.web.guard import Undecided
from adloom.web.pages import (
    account,
    ad,
    ad_account,
    ads,
    assets,
    audit,
    budget,
    campaigns,
    connections,
    entrance,
    files,
    media,
    overview,
    pacing,
    reconcile,
    reconciliation,
    reports,
    stop,
)

_ROUTERS = (
    files.router,
    entrance.router,
    overview.router,
    pacing.router,
    reconciliation.router,
    ads.router,
    ad.router,
    reconcile.router,
    budget.router,
    campaigns.router,
    stop.router,
    assets.router,
    media.router,
    reports.router,
    ad_account.router,
    connections.router,
    audit.router,
    account.router,
)
_API = "/v1/"

_log = logging.logger(__name__)


def create() -> FastAPI:
    """A new application of the pages. They are no part of the API's document."""
    app = FastAPI(title="Adloom's pages", docs_url=None, redoc_url=None, openapi_url=None)
    for router in _ROUTERS:
        app.include_router(router)
    for kind in problems.KNOWN:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(Unauthenticated, _nobody)
    app.add_exception_handler(Undecided, _undecided)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _known)  # shown here; the server's gate logs it
    return app


async def _known(request: Request, error: Exception) -> Response:
    if problems.status_of(error) >= 500 and isinstance(error, problems.KNOWN):
        _log.warning("could not show", kind=type(error).__name__, why=str(error))
    return render.problem(request, problems.problem(error, id_=problems.request_id(request)))


async def _nobody(request: Request, _error: Exception) -> Response:
    """To the sign-in page, and back afterwards; a fragment makes the whole page go there."""
    if request.headers.get("hx-request") == "true":
        return Response(headers={"HX-Redirect": "/login"})
    if request.method != "GET" or request.url.path == "/":
        return render.see_other("/login")
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render.see_other(f"/login?next={quote(wanted, safe='')}")


async def _undecided(_request: Request, _error: Exception) -> Response:
    return render.see_other("/account")


async def _invalid(request: Request, error: Exception) -> Response:
    """A path that names nothing is not there; a form that lacks something is refused, by field."""
    assert isinstance(error, RequestValidationError)
    places = [item["loc"] for item in error.errors()]
    if any(place[0] == "path" for place in places):
        return await _known(request, NotFound("There is nothing under this address."))
    name = str(places[0][-1]) if places else "form"
    return await _known(
        request, Invalid.field(name, "it is missing, or not what was asked for.", "Go back and mend it.")
    )


async def _refused(request: Request, error: Exception) -> Response:
    """What the framework refuses: unknown paths, wrong methods. A program that asked the API gets its own shape."""
    assert isinstance(error, HTTPException)
    status, id_ = error.status_code, problems.request_id(request)
    if request.url.path.startswith(_API):
        code = str(error.detail).lower().replace(" ", "_")
        body = problems.problem_of(status, code=code, detail=str(error.detail), id_=id_)
        return problems.problem_response(body, headers=dict(error.headers or {}))
    await run_in_threadpool(guard.recognise, request)
    detail = "There is nothing under this address." if status == 404 else f"{error.detail}."
    return render.problem(request, problems.problem_of(status, code="refused", detail=detail, id_=id_))
