"""Puts the sandbox together and serves it on one port of the loopback address."""

import asyncio
import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from adsandbox import control, registry, restoring
from adsandbox.clock import Clock
from adsandbox.gate import Gate
from adsandbox.journal import Journal
from adsandbox.quotas import QuotaBook
from adsandbox.world import World


class Sandbox:
    """One sandbox: its world, its platforms, its ASGI application and its first line."""

    def __init__(
        self,
        clock: Clock,
        *,
        seed: int,
        delivers: bool,
        only: Collection[str] = (),
        quotas: QuotaBook | None = None,
        journal: Journal | None = None,
    ) -> None:
        with clock.hold(clock.began):
            self.world = World(clock, seed=seed, delivers=delivers, quotas=quotas)
            self.platforms = {platform.name: platform for platform in registry.build(self.world, only=only)}
            self._seeded = {name: platform.bootstrap() for name, platform in self.platforms.items()}
        self.key = hashlib.sha256(f"control:{seed}".encode()).hexdigest()[:32]
        controls = control.app(self.world, self.platforms, key=self.key)
        self.app = Gate(self.world, self.platforms.values(), controls, journal)
        self._journal = journal

    def restore(self) -> None:
        """Be again what the state file says, where there is one. Raises `StateError` when that cannot be had."""
        if self._journal is not None:
            asyncio.run(restoring.restore(self.world, self.app, self._journal))

    def first_line(self, port: int) -> dict[str, Any]:
        """The JSON object of the first line of standard output: per platform its account and tokens."""
        return {**self._seeded, "control_key": self.key, "port": port}


class Server(uvicorn.Server):
    """uvicorn that prints the first line once it accepts connections, and leaves quietly on SIGTERM and
    SIGINT."""

    def __init__(self, config: uvicorn.Config, *, first_line: str, with_parent: bool) -> None:
        super().__init__(config)
        self._first_line = first_line
        self._parent = os.getppid() if with_parent else None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets=sockets)
        sys.stdout.write(self._first_line + "\n")
        sys.stdout.flush()
        if self._parent is not None:
            self._watch = asyncio.get_running_loop().create_task(self._outlive_nobody())

    async def _outlive_nobody(self) -> None:
        while os.getppid() == self._parent:  # noqa: ASYNC110 - no event tells that a parent died
            await asyncio.sleep(0.25)
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT without raising them again, so that the exit code is 0."""
        before = {s: signal.signal(s, self.handle_exit) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(sandbox: Sandbox, *, port: int, with_parent: bool = False) -> None:
    """Serve until a signal comes (or, `with_parent`, the parent process is gone). Port 0 takes a free one."""
    # With the protocol named, asyncio sends answers at once; without it Nagle costs 40 ms on each.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    line = json.dumps(sandbox.first_line(listener.getsockname()[1]))
    config = uvicorn.Config(
        sandbox.app, log_level="error", access_log=False, lifespan="off", proxy_headers=False,
        timeout_graceful_shutdown=1, timeout_keep_alive=75,
    )  # fmt: skip
    try:
        Server(config, first_line=line, with_parent=with_parent).run(sockets=[listener])
    finally:
        listener.close()
