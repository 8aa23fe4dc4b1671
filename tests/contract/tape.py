"""A tape between an adapter and the sandbox: everything passes through it unchanged, and is kept for a witness."""

from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_HOP_BY_HOP = frozenset(("connection", "content-length", "date", "server", "transfer-encoding"))


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One request with its answer; bodies are JSON where they are, else text. `prefix` is the sandbox's."""

    prefix: str
    method: str
    path: str
    body: Any
    status: int
    answer: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Tape:
    """Where the adapter has to call (`base`), and what has passed so far."""

    base: str
    calls: list[Call] = dataclasses.field(default_factory=list)


@contextmanager
def recording(target: str) -> Iterator[Tape]:
    """A tape in front of the sandbox at `target`, on a free port of 127.0.0.1."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Forwarder)
    tape = Tape(f"http://127.0.0.1:{server.server_port}")
    with httpx.Client(base_url=target, timeout=60) as client:
        _Forwarder.client, _Forwarder.tape = client, tape
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield tape
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Forwarder(BaseHTTPRequestHandler):
    client: httpx.Client
    tape: Tape

    def _forward(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        answer = self.client.request(self.command, self.path, content=sent, headers=headers)
        prefix, _, path = self.path.removeprefix("/").partition("/")
        call = Call(prefix, self.command, f"/{path}", _read(sent), answer.status_code, _read(answer.content))
        self.tape.calls.append(call)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def __getattr__(self, name: str) -> Any:
        """Every method is forwarded: `http.server` asks for `do_GET` and the like."""
        if name.startswith("do_"):
            return self._forward
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode(errors="replace")
