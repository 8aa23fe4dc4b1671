"""A process that is some callers of a server, each on a connection of its own. Its task is JSON on standard input.

It prints the seconds that each answer took, those of the whole, and what it spent of a core itself: callers must not be
what is measured, so that one thread waits for all of them, and nothing of an answer is read but its length.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_CHUNK = 1 << 18


@dataclass(slots=True)
class _Caller:
    """Asks the same again and again, each time once it has been answered."""

    connection: socket.socket
    request: bytes
    left: int
    asked_at: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def ask(self) -> None:
        self.left -= 1
        self.asked_at = time.perf_counter()
        self.connection.sendall(self.request)

    def is_answered(self) -> bool:
        """Reads on; whether the answer is whole. Raises RuntimeError for one that is no success."""
        self.answer += self.connection.recv(_CHUNK)
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end:
            return False
        length = _LENGTH.search(head + b"\r\n")
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise RuntimeError(f"the server says {bytes(head[:200])!r}")
        if len(body) < int(length[1]):
            return False
        self.answer.clear()
        return True


def main() -> None:
    task = json.load(sys.stdin)
    callers = [_connected(task) for _ in range(task["callers"])]
    began, spent = time.perf_counter(), time.process_time()
    took = _all_answered(callers)
    done = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent, "each": took}
    sys.stdout.write(json.dumps(done))


def _all_answered(callers: list[_Caller]) -> list[float]:
    took = []
    with selectors.DefaultSelector() as waiting:
        for caller in callers:
            waiting.register(caller.connection, selectors.EVENT_READ, caller)
            caller.ask()
        while waiting.get_map():
            for key, _ in waiting.select():
                caller = key.data
                if caller.is_answered():
                    took.append(time.perf_counter() - caller.asked_at)
                    caller.ask() if caller.left else waiting.unregister(caller.connection)
    return took


def _connected(task: Mapping[str, Any]) -> _Caller:
    connection = socket.create_connection(("127.0.0.1", task["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    lines = [f"GET {task['path']} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: bench", "Accept: */*"]
    request = "\r\n".join([*lines, f"Authorization: Bearer {task['token']}", "", ""])
    return _Caller(connection, request.encode(), task["calls"])


if __name__ == "__main__":
    main()
