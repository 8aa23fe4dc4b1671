"""The wire between workers and the sandbox: it passes everything on, and holds what it is told to hold.

It speaks HTTP and nothing else: which request is whose is decided by whoever listens (`Watch`).
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import urlsplit

from adloom.platforms.types import Platform
from adsandbox.platform import Platform as Imitation

# How the sandbox's prefixes begin, and what they must not end with: logging in is no write.
_PREFIXES = {
    "google": Platform.GOOGLE_ADS,
    "meta": Platform.FACEBOOK_ADS,
    "microsoft": Platform.MICROSOFT_ADS,
    "tiktok": Platform.TIKTOK_ADS,
}
_LOGIN = ("oauth", "authorize", "dialog")
_OF_A_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Write:
    """A request that may change something: which platform it goes to, and its line without our prefix."""

    platform: Platform
    line: str


class Watch(Protocol):
    """Who decides about a write. Each method returns whether it may go on; False drops the connection."""

    def leaving(self, write: Write) -> bool:
        """It has come from a worker and has not reached the platform."""
        ...

    def answered(self, write: Write) -> bool:
        """The platform has taken effect and has answered, and the worker does not know."""
        ...

    def told(self, write: Write) -> None:
        """The worker has the answer."""
        ...


@dataclass(slots=True)
class Wire:
    """A running wire. Without a watch it only passes on."""

    url: str
    watch: Watch | None = None


@contextmanager
def running(sandbox_url: str, imitations: Mapping[str, Imitation]) -> Iterator[Wire]:
    """A wire on a port of its own, to the sandbox at a URL; its platforms say what only reads."""
    with _Server(urlsplit(sandbox_url).netloc, imitations) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.wire
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, target: str, imitations: Mapping[str, Imitation]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target, self.imitations = target, imitations
        self.wire = Wire(f"http://127.0.0.1:{self.server_port}")


class _Handler(BaseHTTPRequestHandler):
    """One connection of a worker. Each request goes on over a connection of its own, which nobody can have closed."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:  # a worker that was killed, or whose connection was dropped
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        return

    def pass_on(self) -> None:
        """One request and its answer, as far as the watch lets them."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        write, watch = _write(f"{self.command} {self.path}", self.server.imitations), self.server.wire.watch
        if write is None or watch is None:
            self._give(self._ask(body))
        elif not watch.leaving(write) or (answer := self._ask(body)) is None or not watch.answered(write):
            self._drop()
        else:
            self._give(answer)
            watch.told(write)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = pass_on  # noqa: N815

    def _ask(self, body: bytes) -> _Answer | None:
        """The sandbox's answer; None where it breaks off."""
        onward = http.client.HTTPConnection(self.server.target, timeout=_PATIENCE_S)
        try:
            onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_A_HOP:
                    onward.putheader(name, value)
            onward.putheader("Content-Length", str(len(body)))
            onward.endheaders(body)
            answer = onward.getresponse()
            return _Answer(answer.status, answer.reason, answer.getheaders(), answer.read())
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            onward.close()

    def _give(self, answer: _Answer | None) -> None:
        if answer is None:
            self._drop()
            return
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.headers:
            if name.lower() not in _OF_A_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes


def _write(line: str, imitations: Mapping[str, Imitation]) -> Write | None:
    """The write that a request line is, if it is one: the sandbox says what only reads."""
    method, _, path = line.partition(" ")
    prefix, _, rest = path.lstrip("/").partition("/")
    platform = _PREFIXES.get(prefix.partition("-")[0])
    inner = f"{method} /{rest.partition('?')[0]}"
    if platform is None or prefix.endswith(_LOGIN) or imitations[platform.value].reads.search(inner):
        return None
    return Write(platform, inner)
