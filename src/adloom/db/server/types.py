"""What leaves this package: the state of the server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """The embedded server now; `embedded` is False, and the rest empty, where an external one is set.

    `version` is that of the programs last started (`18.6`); `kept`: somebody asked it to stay;
    `in_use`: commands hold it at this moment; `runs_as`: the system account.
    """

    embedded: bool
    running: bool = False
    version: str | None = None
    pid: int | None = None
    port: int | None = None
    data: Path | None = None
    log: Path | None = None
    programs: Path | None = None
    runs_as: str | None = None
    kept: bool = False
    in_use: bool = False
