"""The door in front of all platforms: finds the platform by prefix, keeps delivery up to date, carries out
faults, logs the request. It knows no platform's words."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adsandbox import faults
from adsandbox.faults import Fault, Planned
from adsandbox.platform import Answer, Platform
from adsandbox.store import Logged
from adsandbox.world import World


class Captured:
    """A response that is kept back until its fate is known."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        """Take a message of the application."""
        self.messages.append(message)

    @property
    def status(self) -> int:
        """The HTTP status of the kept response."""
        found: int = self.messages[0]["status"]
        return found

    @property
    def body(self) -> bytes:
        """The kept response's body."""
        return b"".join(m.get("body", b"") for m in self.messages[1:])


class Gate:
    """The ASGI application of the whole sandbox."""

    def __init__(self, world: World, platforms: Iterable[Platform], control: ASGIApp) -> None:
        self._world = world
        self._control = control
        self._apps = {prefix: (platform, app) for platform in platforms for prefix, app in platform.apps().items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        prefix, _, rest = scope["path"][1:].partition("/")
        if prefix == "_sandbox":
            self._world.delivery.catch_up()
            await self._control(scope, receive, send)
            return
        if f"/{prefix}" not in self._apps:
            await PlainTextResponse("no such prefix\n", 404)(scope, receive, send)
            return
        platform, app = self._apps[f"/{prefix}"]
        inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), "root_path": ""}
        await self._platform(platform, app, inner, receive, send)

    async def _platform(self, platform: Platform, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        planned = self._world.faults.take(platform.name, f"{scope['method']} {scope['path']}")
        fault = planned.fault if planned else None
        if planned and fault in (Fault.TIMEOUT_BEFORE, Fault.HOLD):
            alive = await _wait(planned, receive)
            if not alive:
                self._log(platform, scope, outcome=str(fault), status=None, fault=fault)
                _drop(send)
                return
        answer = await self._answer(platform, app, scope, body, fault)
        outcome = platform.outcome(answer.status, answer.body)
        self._log(platform, scope, outcome=outcome, status=answer.status, fault=fault)
        if fault is Fault.TIMEOUT_AFTER:
            await _disconnected(receive)
        if fault in (Fault.TIMEOUT_AFTER, Fault.CUT):
            _drop(send)
            return
        for message in answer.messages:
            await send(message)

    async def _answer(
        self, platform: Platform, app: ASGIApp, scope: Scope, body: bytes, fault: Fault | None
    ) -> Captured:
        self._world.delivery.catch_up()
        captured = Captured()
        replay = _replay(body)
        if fault in faults.REFUSALS:
            response = platform.fault_response(fault, Request(scope, replay))
            await response(scope, replay, captured.send)
            return captured
        if fault in faults.SOFT:
            faults.put(scope, fault)
        try:
            await app(scope, replay, captured.send)
        except Answer as known:
            captured = Captured()
            await known.response(scope, replay, captured.send)
        return captured

    def _log(self, platform: Platform, scope: Scope, *, outcome: str, status: int | None, fault: Fault | None) -> None:
        at = self._world.clock.now()
        entry = Logged(platform.name, scope["method"], scope["path"], at, outcome, status, fault)
        self._world.store.requests.append(entry)


async def _read(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _replay(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _disconnected(receive: Receive, *, patience: float | None = faults.PATIENCE_SECONDS) -> None:
    """Return when the client has given up, or our patience (seconds; None for ever) has."""

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(watch(), patience)
    except TimeoutError:
        return


async def _wait(planned: Planned, receive: Receive) -> bool:
    """Wait before a request takes effect.

    True when a hold was released, False when it was dropped or the client has given up.
    """
    if planned.fault is Fault.TIMEOUT_BEFORE:
        await _disconnected(receive)
        return False
    gone = asyncio.ensure_future(_disconnected(receive, patience=None))
    free = asyncio.ensure_future(planned.released.wait())
    done, _ = await asyncio.wait({gone, free}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    free.cancel()
    return free in done and not planned.dropped


def _drop(send: Send) -> None:
    """Close the connection without an answer. ASGI has no word for it, so uvicorn's transport is asked."""
    cycle: Any = getattr(send, "__self__", None)
    cycle.disconnected = True
    cycle.transport.abort()


def not_found(platform: Platform) -> ASGIApp:
    """A router's `default`: unknown paths answered in the platform's own shape."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response: Response = platform.unreachable(Request(scope, receive))
        await response(scope, receive, send)

    return app
