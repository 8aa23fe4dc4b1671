"""A server that answers as it is told, in turn: for answers that platforms give and no sandbox does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from tests.platforms.conftest import TestLogin

from adloom.core.settings import load as load_settings
from adloom.platforms import registry
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.http import Http
from adloom.platforms.types import Platform


@dataclass
class Canned:
    """`answers` are status, body and headers, each given once and in order; `asked` are the bodies that came."""

    url: str
    answers: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)

    def say(self, body: Any, *, status: int = 200, **headers: str) -> None:
        """Adds an answer; text and bytes go out as they are, all else as JSON."""
        self.answers.append((status, body, headers))


@contextmanager
def serving() -> Iterator[Canned]:
    """A server on a free port of this machine, until the block ends."""
    canned = Canned("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            canned.asked.append(json.loads(body) if body[:1] in b"{[" else body.decode())
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            status, said, headers = canned.answers.pop(0)
            body = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    canned.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield canned
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def standing_in(*settings: str) -> Iterator[Canned]:
    """The same, to which these settings (`META_GRAPH_URL`, …) lead until the block ends."""
    with serving() as canned, pytest.MonkeyPatch.context() as patched:
        for name in settings:
            patched.setenv(f"ADLOOM_{name}", canned.url)
        load_settings.cache_clear()
        yield canned
    load_settings.cache_clear()


@contextmanager
def reaching(platform: Platform, *credentials: str) -> Iterator[Connection]:
    """A connection of a login with these credentials, in their order, to where the settings lead."""
    http = Http.from_settings(load_settings())
    yield Connection(http, TestLogin(registry.adapter(platform), http, credentials=Credentials(*credentials)))
    http.close()
