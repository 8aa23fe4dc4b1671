"""Words in a platform's answers that nobody here knows: survived, and counted, so that somebody looks.

Adapters know no database: they note a word in this process, and whoever opened the connection keeps what was noted.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass

from adloom.core import redact
from adloom.platforms.types import Platform

#: More different words than these between two looks are an outage, not news; the rest is not kept.
_MOST = 500
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Surprise:
    """A word, and what it should have been one of: `ad status`, `error code`, `call to action`, …"""

    platform: Platform
    kind: str
    word: str


_lock = threading.Lock()
_noted: Counter[Surprise] = Counter()


def note(platform: Platform, kind: str, word: object) -> None:
    """Counts a word that is not known. Never raises; an absent word is none."""
    if word in (None, ""):
        return
    surprise = Surprise(platform, kind, redact.text(str(word))[:_LONGEST])
    with _lock:
        if surprise in _noted or len(_noted) < _MOST:
            _noted[surprise] += 1


def take() -> dict[Surprise, int]:
    """What was noted since the last call, by how often."""
    with _lock:
        taken = dict(_noted)
        _noted.clear()
    return taken


def put_back(taken: dict[Surprise, int]) -> None:
    """Notes again what could not be kept."""
    with _lock:
        _noted.update(taken)
