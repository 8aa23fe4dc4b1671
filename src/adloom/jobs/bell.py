"""An event that a thread waits for beside a socket: somebody in this process rings, or somebody outside speaks."""

from __future__ import annotations

import selectors
import socket
import weakref
from contextlib import suppress


class Bell:
    """Rung by any thread, waited for by one. A ring that comes before the wait is not lost."""

    def __init__(self) -> None:
        self._hears, self._rings = socket.socketpair()
        self._hears.setblocking(False)
        self._is_rung = False
        for end in (self._hears, self._rings):
            weakref.finalize(self, end.close)

    def ring(self) -> None:
        """Ends the wait, or the next one."""
        if not self._is_rung:
            self._is_rung = True
            self._rings.send(b"!")

    def wait(self, beside: int, *, seconds: float) -> None:
        """Returns once it is rung, the socket of this number has something to say, or the time is over."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._hears, selectors.EVENT_READ)
            selector.register(beside, selectors.EVENT_READ)
            selector.select(max(seconds, 0))

    def still(self) -> None:
        """Takes back the rings so far; whatever they were for is looked at after this."""
        with suppress(BlockingIOError):
            self._hears.recv(4096)
        self._is_rung = False  # last: a ring that comes in between has nothing to send, and is looked at too
