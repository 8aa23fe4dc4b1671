"""The wire between workers and the sandbox: it passes everything on, and holds what it is told to hold.

It speaks HTTP and nothing else: which request is whose is decided by whoever listens (`Watch`).
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
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
def running(sandbox_url: str, reads: dict[str, Imitation]) -> Iterator[Wire]:
    """A wire on a port of its own, to the sandbox at a URL; `reads` are the sandbox's platforms, by name."""
    target = urlsplit(sandbox_url).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # a worker that was killed, or whose connection was dropped
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

        def setup(self) -> None:
            super().setup()
            self.onward = http.client.HTTPConnection(target, timeout=_PATIENCE_S)

        def finish(self) -> None:
            self.onward.close()
            super().finish()

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            write, watch = _write(f"{self.command} {self.path}", reads), wire.watch
            if write and watch and not watch.leaving(write):
                return self.drop()
            try:
                answer = self.ask(body)
            except (ConnectionError, http.client.HTTPException):
                return self.drop()
            whole = answer.read()
            if write and watch and not watch.answered(write):
                return self.drop()
            self.give(answer, whole)
            if write and watch:
                watch.told(write)
            return None

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = pass_on  # noqa: N815

        def ask(self, body: bytes) -> http.client.HTTPResponse:
            self.onward.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in _OF_A_HOP:
                    self.onward.putheader(name, value)
            self.onward.putheader("Content-Length", str(len(body)))
            self.onward.endheaders(body)
            return self.onward.getresponse()

        def give(self, answer: http.client.HTTPResponse, body: bytes) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in _OF_A_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def drop(self) -> None:
            self.close_connection = True
            self.connection.close()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with Server(("127.0.0.1", 0), Handler) as server:
        wire = Wire(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield wire
        finally:
            server.shutdown()


def _write(line: str, reads: dict[str, Imitation]) -> Write | None:
    """The write that a request line is, if it is one: the sandbox says what only reads."""
    method, _, path = line.partition(" ")
    prefix, _, rest = path.lstrip("/").partition("/")
    platform = _PREFIXES.get(prefix.partition("-")[0])
    inner = f"{method} /{rest.partition('?')[0]}"
    if platform is None or prefix.endswith(_LOGIN) or reads[platform.value].reads.search(inner):
        return None
    return Write(platform, inner)
