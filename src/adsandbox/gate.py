"""The door in front of all platforms: finds the platform by prefix, keeps delivery up to date, carries out
faults, logs the request. It knows no platform's words."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adsandbox import faults
from adsandbox.faults import Fault, Planned
from adsandbox.journal import Journal
from adsandbox.platform import Answer, Platform
from adsandbox.recording import CONTROL, Asked, Recorder
from adsandbox.store import Logged
from adsandbox.world import World


class Captured:
    """A response that is kept back until its fate is known."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, message: Message) -> None:
        """Take a message of the application."""
        self.messages.append(message)

    async def give(self, send: Send) -> None:
        """Send it."""
        for message in self.messages:
            await send(message)

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

    def __init__(
        self, world: World, platforms: Iterable[Platform], control: ASGIApp, journal: Journal | None = None
    ) -> None:
        self._world = world
        self._control = control
        self._recorder = Recorder(world, journal) if journal else None
        self._apps = {prefix: (platform, app) for platform in platforms for prefix, app in platform.apps().items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        prefix, _, rest = scope["path"][1:].partition("/")
        app = f"/{prefix}"
        if app == CONTROL:
            await self._controlled(scope, receive, send)
        elif app in self._apps:
            inner = {**scope, "path": f"/{rest}", "raw_path": f"/{rest}".encode(), "root_path": ""}
            await self._platform(app, inner, receive, send)
        else:
            await PlainTextResponse("no such prefix\n", 404)(scope, receive, send)

    async def _controlled(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _read(receive)
        with self._world.clock.hold() as at:
            answer = await self.control(scope, body)
            if self._recorder and answer.status == 200 and scope["method"] != "GET":
                self._recorder.control(scope, body, at=at)
        await answer.give(send)

    async def _platform(self, app: str, scope: Scope, receive: Receive, send: Send) -> None:
        platform, _ = self._apps[app]
        asked, planned = self._planned(app, scope, await _read(receive))
        if planned and asked.fault in (Fault.TIMEOUT_BEFORE, Fault.HOLD) and not await _wait(planned, receive):
            self._note(asked, None, at=self._world.clock.now(), changed=False)
            _drop(send)
            return
        with self._world.clock.hold() as at:
            version = self._world.store.version
            answer = await self.carry_out(asked)
            changed = self._world.store.version != version or not platform.reads.search(asked.line)
            self._note(asked, answer, at=at, changed=changed)
        if asked.fault is Fault.TIMEOUT_AFTER:
            await _disconnected(receive)
        if asked.fault in (Fault.TIMEOUT_AFTER, Fault.CUT):
            _drop(send)
            return
        await answer.give(send)

    def _planned(self, app: str, scope: Scope, body: bytes) -> tuple[Asked, Planned | None]:
        """The request with what goes wrong with it: a planned fault, or a quota that is used up."""
        platform, _ = self._apps[app]
        asked = Asked(app, scope, body)

        def resumes() -> bool:
            whole = f"{asked.line}?".encode() + scope["query_string"] + b"\n" + body
            return platform.resumes.search(whole) is not None

        planned = self._world.faults.take(platform.name, asked.line, resumes=resumes)
        if planned:
            return replace(asked, fault=planned.fault, fault_id=planned.id), planned
        if not self._world.quotas.take(platform.name, app, self._world.clock.now()):
            return replace(asked, fault=Fault.THROTTLE), None
        return asked, None

    def _note(self, asked: Asked, answer: Captured | None, *, at: datetime, changed: bool) -> None:
        """Into the request log, and where a state is kept, there: before the client can know of the answer."""
        platform, _ = self._apps[asked.app]
        outcome = platform.outcome(answer.status, answer.body) if answer else str(asked.fault)
        status = answer.status if answer else None
        self.log(asked, at=at, outcome=outcome, status=status)
        if self._recorder:
            replay = changed and asked.fault not in faults.REFUSALS
            self._recorder.platform(asked, at=at, replay=replay, status=status, outcome=outcome)

    # what restoring a state does again

    def platform(self, app: str) -> str:
        """The platform that has a prefix."""
        return self._apps[app][0].name

    async def control(self, scope: Scope, body: bytes) -> Captured:
        """Carry out a request of the control API."""
        self._world.delivery.catch_up()
        captured = Captured()
        await self._control(scope, _replay(body), captured.send)
        return captured

    async def carry_out(self, asked: Asked) -> Captured:
        """Let a platform answer a request, with a refusal or a soft fault where one is wanted."""
        platform, inner = self._apps[asked.app]
        self._world.delivery.catch_up()
        captured = Captured()
        replay = _replay(asked.body)
        if asked.fault in faults.REFUSALS:
            response = platform.fault_response(asked.fault, Request(asked.scope, replay))
            await response(asked.scope, replay, captured.send)
            return captured
        if asked.fault in faults.SOFT:
            faults.put(asked.scope, asked.fault)
        try:
            await inner(asked.scope, replay, captured.send)
        except Answer as known:
            captured = Captured()
            await known.response(asked.scope, replay, captured.send)
        return captured

    def log(self, asked: Asked, *, at: datetime, outcome: str, status: int | None) -> None:
        """One line of the ledger's requests."""
        platform, _ = self._apps[asked.app]
        method, path = asked.line.split(" ", 1)
        self._world.store.requests.append(Logged(platform.name, method, path, at, outcome, status, asked.fault))


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
