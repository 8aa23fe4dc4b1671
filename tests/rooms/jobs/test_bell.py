"""The bell: no ring is lost, whenever it comes, and a socket that speaks ends the wait as well."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from adloom.jobs.bell import Bell

_LONG_S = 20.0


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


Line = tuple[socket.socket, socket.socket]


def _waits(bell: Bell, line: Line, *, seconds: float) -> float:
    began = time.monotonic()
    bell.wait(line[0].fileno(), seconds=seconds)
    return time.monotonic() - began


def test_a_ring_before_the_wait_ends_it_and_one_that_was_taken_back_does_not(line: Line) -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    assert _waits(bell, line, seconds=_LONG_S) < _LONG_S / 2
    bell.still()
    assert _waits(bell, line, seconds=0.05) >= 0.04


def test_what_is_said_on_the_line_ends_the_wait(line: Line) -> None:
    line[1].send(b"a job")
    assert _waits(Bell(), line, seconds=_LONG_S) < _LONG_S / 2


def test_no_ring_of_many_threads_is_lost(line: Line) -> None:
    bell, counted, seen = Bell(), [0] * 4, 0

    def rings(number: int) -> None:
        for _ in range(200):
            counted[number] += 1
            bell.ring()

    threads = [threading.Thread(target=rings, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while seen < 800:
        assert _waits(bell, line, seconds=_LONG_S) < _LONG_S / 2, "a ring was lost"
        bell.still()
        seen = sum(counted)
    for thread in threads:
        thread.join()
