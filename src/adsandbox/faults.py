"""Faults on demand: which requests go wrong, how, and how often. It decides; `gate.py` carries out."""

import asyncio
import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from starlette.requests import Request

#: How long a request that is never answered is kept open before its connection is cut.
PATIENCE_SECONDS = 120.0

_SCOPE_KEY = "adsandbox.fault"


class Fault(StrEnum):
    """The kinds of `POST /_sandbox/faults`."""

    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    HOLD = "hold"
    CUT = "cut"
    THROTTLE = "throttle"
    SERVER_ERROR = "server_error"
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a kind of fault
    PARTIAL = "partial"
    SLOW_REPORT = "slow_report"
    TRUNCATED_PAGE = "truncated_page"
    EXPIRED = "expired"


#: Answered by the platform's `fault_response`, without effect.
REFUSALS = frozenset({Fault.THROTTLE, Fault.SERVER_ERROR, Fault.TOKEN_EXPIRED})
#: Left to the platform's own handler, which asks `faults.of(request)`.
SOFT = frozenset({Fault.PARTIAL, Fault.SLOW_REPORT, Fault.TRUNCATED_PAGE, Fault.EXPIRED})


@dataclass(slots=True)
class Planned:
    """A fault that waits for its requests. `platform` None means any."""

    id: str
    platform: str | None
    match: re.Pattern[str]
    fault: Fault
    times: int
    left: int
    dropped: bool = False  # what it holds is let go without effect
    released: asyncio.Event = field(default_factory=asyncio.Event)


class FaultBook:
    """The planned faults, oldest first."""

    def __init__(self) -> None:
        self._planned: dict[str, Planned] = {}
        self._made = 0

    def plan(self, platform: str | None, match: str, *, fault: Fault, times: int) -> Planned:
        """Add a fault; `match` is a regular expression searched in 'METHOD /path' (re.error when it is
        none)."""
        self._made += 1
        planned = Planned(f"fault-{self._made}", platform, re.compile(match), fault, times, times)
        self._planned[planned.id] = planned
        return planned

    def take(self, platform: str, line: str, *, resumes: Callable[[], bool] = lambda: False) -> Planned | None:
        """The fault that strikes this request, counted down, or None. `expired` strikes only what `resumes`: what
        brings a cursor, or a download link."""
        for planned in self._planned.values():
            fits = planned.platform in (None, platform) and planned.match.search(line)
            if planned.left > 0 and fits and (planned.fault is not Fault.EXPIRED or resumes()):
                planned.left -= 1
                return planned
        return None

    def struck(self, id_: str) -> None:
        """Count a fault down that has struck a request already; nothing where it was deleted since."""
        planned = self._planned.get(id_)
        if planned is not None:
            planned.left -= 1

    def all(self) -> list[Planned]:
        """Every fault that was planned and not deleted, spent ones too."""
        return list(self._planned.values())

    def delete(self, id_: str) -> bool:
        """Forget a fault and let go the requests that it holds; False when there is none."""
        planned = self._planned.pop(id_, None)
        if planned is not None:
            planned.released.set()
        return planned is not None

    def clear(self, *, drop: bool = False) -> None:
        """Forget all; held requests go on, or with `drop` (a reset) are cut off without effect."""
        for planned in list(self._planned.values()):
            planned.dropped = drop
            self.delete(planned.id)
        self._made = 0 if drop else self._made


def put(scope: MutableMapping[str, Any], fault: Fault) -> None:
    """Tell the handler of this request which soft fault is wanted."""
    scope[_SCOPE_KEY] = fault


def of(request: Request) -> Fault | None:
    """The soft fault (partial, slow_report, truncated_page, expired) that strikes this request, or None."""
    found: Fault | None = request.scope.get(_SCOPE_KEY)
    return found
