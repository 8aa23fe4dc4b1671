"""One ASGI application: API and pages, behind one gate that limits, protects, measures and logs every request."""

from __future__ import annotations

import signal
import socket
import threading
import time as stopwatch
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import structlog
import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adloom.api import app as api
from adloom.core import logging, memory, settings
from adloom.core.errors import Refused
from adloom.edge import limits, problems, telemetry
from adloom.identity import passwords
from adloom.web import app as web

# A request in a thread holds one connection, under an Idempotency-Key now and then a second one; the pool has twenty.
_THREADS = 10
_LAST_REQUESTS_S = 10
_BACKLOG = 2048
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

_log = logging.logger(__name__)


class Gate:
    """What every request passes. Its last handler is the only one that takes any error."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = _Answer(scope, send, request_id=problems.request_id(request), secure=self._secure)
        with structlog.contextvars.bound_contextvars(request_id=answer.request_id):
            started = stopwatch.perf_counter()
            try:
                await self._pass(request, receive, answer)
            except Exception as error:  # noqa: BLE001  (the last handler: nothing is above it)
                _log.exception("a request met a bug", method=scope["method"], path=scope["path"])
                if not answer.status:
                    await problems.answer(request, error)(scope, receive, answer.send)
            _note(scope, status=answer.status, seconds=stopwatch.perf_counter() - started)

    async def _pass(self, request: Request, receive: Receive, answer: _Answer) -> None:
        limit = limits.limit_of(request.scope)
        if limits.announced(request.scope) > limit:
            too_large = limits.TooLarge(limit)
            body = problems.problem_of(413, code="too_large", detail=too_large.detail, id_=answer.request_id)
            response = problems.problem_response(body, headers=dict(too_large.headers or {}))
            if "expect" not in request.headers:  # else the caller waits for our word before sending anything
                await limits.throw_away(receive)
            await response(request.scope, receive, answer.send)
            return
        await self._app(request.scope, limits.limited(receive, limit=limit), answer.send)


class _Answer:
    """An answer on its way out: `status` is 0 until it has begun."""

    def __init__(self, scope: Scope, send: Send, *, request_id: str, secure: bool) -> None:
        self._scope = scope
        self._send = send
        self._secure = secure
        self.request_id = request_id
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[problems.REQUEST_ID_HEADER] = self.request_id
            limits.protect(self._scope, headers, secure=self._secure)
        await self._send(message)


def create_app() -> FastAPI:
    """The application. Its database is the one that the process's engine is configured to."""
    app = api.create(lifespan=_lifespan)
    app.router.default = web.create()  # the pages take every path that the API leaves
    app.add_middleware(Gate, secure=(settings.load().public_url or "").startswith("https://"))
    return app


def run(*, host: str, port: int) -> None:
    """Serves until SIGTERM or SIGINT, then lets requests end. Raises Refused where the address cannot be had."""
    with _listening(host, port) as listener:
        config = uvicorn.Config(
            create_app(),
            log_config=None,  # its loggers go where all of ours go
            access_log=False,  # the gate writes it
            server_header=False,
            proxy_headers=settings.load().public_url is not None,
            timeout_graceful_shutdown=_LAST_REQUESTS_S,
            ws="none",
        )
        _log.info("serving", address=f"http://{host}:{listener.getsockname()[1]}")
        _let_callers_clean_up()
        memory.settle()
        uvicorn.Server(config).run(sockets=[listener])


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    await anyio.to_thread.run_sync(passwords.nobodys_hash)  # else the first unknown address would take twice as long
    yield


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise Refused(
            f"Cannot listen on {host}, port {port}: {error.strerror or error}. "
            "Name another one: adloom serve --port N (or ADLOOM_PORT), --host (or ADLOOM_HOST).",
            code="address_in_use",
        ) from None
    return listener


def _let_callers_clean_up() -> None:
    """Uvicorn raises a signal again once it has ended; with the system's handler that would end the process at once."""
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)


def _note(scope: Scope, *, status: int, seconds: float) -> None:
    telemetry.note(scope, status=status, seconds=seconds)
    log = _log.debug if scope["path"] in _QUIET else _log.info
    log("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))
