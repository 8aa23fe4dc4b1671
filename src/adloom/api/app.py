"""The API as one application: its routers, what becomes of errors, and its OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send, StatelessLifespan

from adloom._version import VERSION
from adloom.ads.unified import UnifiedAd
from adloom.api import (
    ad_accounts,
    ads,
    assets,
    audit,
    auth,
    campaigns,
    connections,
    deploying,
    docs,
    foreign_budgets,
    health,
    jobs,
    links,
    metrics,
    people,
    places,
    reconciling,
    reports,
    requests,
    stopping,
)
from adloom.api.shapes import Problem
from adloom.core.errors import FieldError, Invalid
from adloom.edge import problems
from adloom.edge.repeats import Replay

_ROUTERS = (
    health.router,
    docs.router,
    links.router,
    auth.router,
    people.router,
    ad_accounts.router,
    connections.router,
    assets.router,
    ads.router,
    deploying.router,
    requests.router,
    campaigns.router,
    campaigns.deployments_router,
    reconciling.router,
    foreign_budgets.router,
    reconciling.ads_router,
    stopping.router,
    jobs.router,
    metrics.router,
    places.router,
    reports.router,
    audit.router,
)
_REF = "#/components/schemas/{model}"
_FIXES = {
    "missing": "Add it.",
    "extra_forbidden": "Leave it out.",
    "json_invalid": "Send JSON.",
}
_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
_FIX = "/docs shows what is expected."


class Api(FastAPI):
    """FastAPI, with the shapes in its document that it cannot see."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document: the unified ad among its shapes, and every refusal a problem."""
        if self.openapi_schema is None:
            document = super().openapi()
            shapes = document["components"]["schemas"]
            ad = UnifiedAd.model_json_schema(ref_template=_REF)
            shapes.update({**ad.pop("$defs", {}), **shapes, "UnifiedAd": ad})
            for operation in (o for path in document["paths"].values() for o in path.values()):
                refusal = operation["responses"]["default"]["content"]
                refusal[problems.MEDIA_TYPE] = refusal.pop("application/json")
        assert self.openapi_schema is not None
        return self.openapi_schema


def create(*, lifespan: StatelessLifespan[FastAPI] | None = None) -> FastAPI:
    """A new application of the API. It opens no connection before a request asks for one."""
    app = Api(
        title="Adloom",
        version=VERSION,
        description="One ad, written once, woven into Google Ads, Meta Ads, Microsoft Advertising and TikTok Ads.",
        docs_url=None,
        redoc_url=None,
        responses={"default": {"model": Problem, "description": "Why not."}},
        generate_unique_id_function=_operation_id,
        lifespan=lifespan,
    )
    for router in _ROUTERS:
        app.include_router(router)
    app.router.routes.append(Route("/v1/{rest:path}", endpoint=_Rest([*app.router.routes]), include_in_schema=False))
    for kind in problems.KNOWN:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Replay, _replayed)
    return app


class _Rest:
    """What no endpoint takes under /v1 ends here, not at a page that takes every other path: 405, or 404."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        for route in self._routes:
            match, more = route.matches(scope)
            if match is Match.PARTIAL:
                scope.update(more)
                await route.handle(scope, receive, send)
                return
        raise HTTPException(404)


def _operation_id(route: APIRoute) -> str:
    return f"{route.tags[0] if route.tags else 'adloom'}_{route.name.strip('_')}"


# Handlers are asynchronous: they wait for nothing, and need no thread.


async def _known(request: Request, error: Exception) -> Response:
    return problems.answer(request, error)


async def _replayed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Replay)
    return error.response()


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = tuple(_field_error(item) for item in error.errors())
    return problems.answer(request, Invalid("The request cannot be used.", errors=errors))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "refused")
    body = problems.problem_of(error.status_code, code=code, detail=str(error.detail), id_=problems.request_id(request))
    return problems.problem_response(body, headers=dict(error.headers or {}))


def _field_error(item: dict[str, Any]) -> FieldError:
    place, *parts = item["loc"]
    field = ".".join(str(part) for part in parts if not isinstance(part, int) or place == "body") or str(place)
    return FieldError(field, f"{item['msg']}.", _FIXES.get(item["type"], _FIX))
