"""Starts a sandbox as a process of its own and speaks its control API, with the standard library alone.

For tests, demos and scripts in Python; whatever speaks HTTP can do the same (README, "Control it").
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

_PATIENCE_SECONDS = 120
_open = build_opener(ProxyHandler({})).open  # loopback is never reached through a proxy


class RefusedError(Exception):
    """The control API refused a call; the text says why."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `line` is the object of its first line: per platform its account and credentials."""

    line: Mapping[str, Any]
    process: subprocess.Popen[str]

    def url(self, path: str = "") -> str:
        """The address of a platform's prefix and path, such as `url("/meta/v26.0/me")`."""
        return f"http://127.0.0.1:{self.line['port']}{path}"

    # time

    def now(self) -> datetime:
        """The sandbox's clock."""
        return datetime.fromisoformat(self.control("clock")["now"])

    def advance(self, by: str) -> datetime:
        """Push the clock forward by an ISO 8601 duration (`PT1H`, `P20D`); delivery up to then is computed."""
        return datetime.fromisoformat(self.control("clock", {"advance": by})["now"])

    def move_to(self, at: datetime) -> datetime:
        """Push the clock forward to an instant."""
        return datetime.fromisoformat(self.control("clock", {"at": at.isoformat()})["now"])

    # truth

    def ledger(
        self,
        platform: str | None = None,
        *,
        grain: str = "day",
        first: date | None = None,
        last: date | None = None,
        as_of: datetime | None = None,
    ) -> dict[str, Any]:
        """What really happened: `objects`, `requests`, `delivery`, `quotas`."""
        asked = {"platform": platform, "grain": grain, "from": first, "to": last, "as_of": as_of}
        query = {name: _text(value) for name, value in asked.items() if value is not None}
        found: dict[str, Any] = self.control("ledger", **query)
        return found

    # what goes wrong

    def fault(self, kind: str, match: str = "", *, platform: str | None = None, times: int = 1) -> str:
        """Let the next `times` requests go wrong in which `match` is found; the fault's id."""
        body = {"platform": platform, "match": match, "fault": kind, "times": times}
        planned: str = self.control("faults", body)["id"]
        return planned

    def faults(self) -> list[dict[str, Any]]:
        """The planned faults, with how many requests each still strikes."""
        found: list[dict[str, Any]] = self.control("faults")["faults"]
        return found

    def forget(self, fault: str | None = None) -> None:
        """Forget one fault, or all; what they hold goes on."""
        self.control("faults" if fault is None else f"faults/{fault}", method="DELETE")

    def quota(self, platform: str, calls: int, window: str = "PT1M") -> None:
        """Allow a platform so many calls in a span of the sandbox's time (ISO 8601)."""
        self.control("quotas", {"platform": platform, "calls": calls, "window": window})

    def lag(self, platform: str, behind: str) -> None:
        """Leave out of a platform's lists what is younger than a span (ISO 8601); PT0S ends it."""
        self.control("lag", {"platform": platform, "behind": behind})

    # people

    def review(self, platform: str, ad: str, verdict: str, reason: str | None = None) -> dict[str, Any]:
        """A reviewer decides now: approve, limit or reject."""
        body = {"platform": platform, "ad": ad, "verdict": verdict, "reason": reason}
        found: dict[str, Any] = self.control("review", body)
        return found

    def edit(self, platform: str, id_: str, field: str, value: Any) -> dict[str, Any]:
        """What a person changes in the platform's own pages, in its words."""
        found: dict[str, Any] = self.control("edit", {"platform": platform, "id": id_, "field": field, "value": value})
        return found

    def twin(self, platform: str, id_: str, *, name: str | None = None, status: str | None = None) -> dict[str, Any]:
        """The object once more, without what is beneath it: what a request leaves that arrives far too late."""
        body = {"platform": platform, "id": id_, "name": name, "status": status}
        found: dict[str, Any] = self.control("twin", body)
        return found

    def account(self, platform: str, action: str, value: str | None = None) -> None:
        """What happens to the account: suspend, cap, unpaid, resume, lose …"""
        self.control("account", {"platform": platform, "action": action, "value": value})

    def seed(self, platform: str, campaigns: int = 1) -> list[dict[str, Any]]:
        """Campaigns as a person would have made them, live and approved."""
        made: list[dict[str, Any]] = self.control("seed", {"platform": platform, "campaigns": campaigns})["campaigns"]
        return made

    def reset(self) -> None:
        """Begin again as at the start, with the same tokens."""
        self.control("reset", {})

    def control(self, path: str, body: Any = None, *, method: str | None = None, **query: str) -> Any:
        """Any call of `/_sandbox/…`: POST when there is a body, else GET. Raises `RefusedError` when it makes no
        sense."""
        address = self.url(f"/_sandbox/{path}") + (f"?{urlencode(query)}" if query else "")
        request = Request(  # noqa: S310 - the loopback address above
            address,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Sandbox-Key": self.line["control_key"], "Content-Type": "application/json"},
            method=method or ("GET" if body is None else "POST"),
        )
        try:
            with _open(request, timeout=_PATIENCE_SECONDS) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            with refusal:
                raise RefusedError(json.load(refusal)["error"]) from None


@contextmanager
def started(*arguments: str) -> Iterator[Sandbox]:
    """A sandbox on a free port, with these options of the command, which ends with the block or with us."""
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    process = subprocess.Popen(
        [sys.executable, "-m", "adsandbox", "--port", "0", "--exit-with-parent", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            line = process.stdout.readline()
            if not line:
                raise RefusedError(f"adsandbox {' '.join(arguments)} did not start (exit code {process.wait()})")
            yield Sandbox(json.loads(line), process)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _text(value: str | date | datetime) -> str:
    return value if isinstance(value, str) else value.isoformat()
