"""Bounds a request as a whole: connecting, TLS, every write and every read share one deadline.

httpx bounds each of them by itself, so that an answer which drips may take for ever. Here the time that is left is
looked at right before each one: a process that was stopped in between sends nothing once its time is over.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpcore

#: A write is cut into pieces of this size, so that a slow line is noticed between two of them.
_PIECE_BYTES = 64 * 1024


@dataclass(slots=True)
class Budget:
    """The time of one request. `has_left`: a first byte of it may have gone out."""

    until: float
    has_left: bool = False

    def left(self, timeout: float | None) -> float:
        """Seconds that the next operation may take; 0 or less where time is over."""
        left = self.until - time.monotonic()
        return left if timeout is None else min(left, timeout)


_until: ContextVar[float | None] = ContextVar("until", default=None)
_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def within(limit: timedelta) -> Iterator[None]:
    """No request inside, whatever its own time-out, sends or waits past this limit from now."""
    until = time.monotonic() + limit.total_seconds()
    outer = _until.get()
    token = _until.set(until if outer is None else min(until, outer))
    try:
        yield
    finally:
        _until.reset(token)


@contextmanager
def on_its_own() -> Iterator[None]:
    """What must not be cut short inside of `within`: a renewed login of which the answer is lost may be lost."""
    token = _until.set(None)
    try:
        yield
    finally:
        _until.reset(token)


@contextmanager
def of_request(timeout_s: float) -> Iterator[Budget]:
    """The time of the one request that is sent inside, through a client that was `bound`."""
    until, outer = time.monotonic() + timeout_s, _until.get()
    budget = Budget(until if outer is None else min(until, outer))
    token = _budget.set(budget)
    try:
        yield budget
    finally:
        _budget.reset(token)


def bound(pool: httpcore.ConnectionPool) -> None:
    """Makes the pool's connections keep to the budget of the request that they carry.

    httpx passes no network backend on to httpcore, which takes one; so it is put where httpcore keeps it.
    """
    pool._network_backend = _Backend(pool._network_backend)


class _Backend(httpcore.NetworkBackend):
    """Opens connections within the budget."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises ConnectTimeout where time is over."""
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        """Between attempts to connect, of which there is one."""
        self._inner.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    """A connection that looks at the time before it does anything."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Raises ReadTimeout where time is over."""
        return self._inner.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Raises WriteTimeout where time is over, piece by piece."""
        for start in range(0, len(buffer), _PIECE_BYTES):
            left = _left(timeout, httpcore.WriteTimeout)
            if (budget := _budget.get()) is not None:
                budget.has_left = True
            self._inner.write(buffer[start : start + _PIECE_BYTES], left)

    def close(self) -> None:
        """At any time."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Raises ConnectTimeout where time is over."""
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """As the connection beneath has it."""
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
    budget = _budget.get()
    if budget is None:
        return timeout
    left = budget.left(timeout)
    if left <= 0:
        raise late("the request's time is over")
    return left
