"""Counts round trips between clients and PostgreSQL: a relay in a process of its own, which reads the protocol.

A round trip is what a client waits for: a simple query, or the Sync that ends what was sent together (PostgreSQL's
manual, "Frontend/Backend Protocol", message formats).
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from adloom.db.urls import Urls

_ENDS = (b"Q", b"S")
#: What comes before a start: a client that asks for encryption is answered, and asks again (SSLRequest, GSSENCRequest).
_ASKS = (80877103, 80877104)
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay at work. `urls` lead through it."""

    urls: Urls
    process: subprocess.Popen[str]

    def count(self) -> int:
        """The round trips so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@contextmanager
def before(urls: Urls) -> Iterator[Relay]:
    """The same database, through a relay."""
    server = urlsplit(urls.app)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.torture.trips", str(port), str(server.hostname), str(server.port)]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        place = f"@{server.hostname}:{server.port}/"
        logins = {role: url.replace(place, f"@127.0.0.1:{port}/") for role, url in urls.logins.items()}
        relay = Relay(replace(urls, logins=logins), process)
        relay.count()  # it listens before it answers
        try:
            yield relay
        finally:
            process.kill()


async def _serve(port: int, host: str, server_port: int) -> None:
    counted = [0]
    tasks: set[asyncio.Task[None]] = set()

    async def take(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection(host, server_port)
        tasks.add(task := asyncio.create_task(_answers(server, to_client)))
        task.add_done_callback(tasks.discard)
        try:
            await _questions(client, to_server, counted)
        except (asyncio.IncompleteReadError, ConnectionError):
            to_server.close()

    async with await asyncio.start_server(take, "127.0.0.1", port):
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            sys.stdout.write(f"{counted[0]}\n")
            sys.stdout.flush()


async def _questions(client: asyncio.StreamReader, to_server: asyncio.StreamWriter, counted: list[int]) -> None:
    is_started = False
    while True:
        kind = await client.readexactly(1) if is_started else b""
        length = await client.readexactly(4)
        body = await client.readexactly(int.from_bytes(length) - 4)
        is_started = is_started or int.from_bytes(body[:4]) not in _ASKS
        counted[0] += kind in _ENDS
        to_server.write(kind + length + body)
        await to_server.drain()


async def _answers(server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
    try:
        while piece := await server.read(65536):
            to_client.write(piece)
            await to_client.drain()
    except ConnectionError:
        pass
    to_client.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
