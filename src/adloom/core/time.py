"""The business clock. Everything that decides about days, schedules and expiry asks `now()`, and nobody else does.

`ADLOOM_CLOCK` is `system`, or `file:PATH`: a file that holds one ISO 8601 duration, the offset that every process
of one installation adds to the system's clock. Row time stamps and leases use the database's clock instead.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adloom.core.errors import Invalid

_DURATION = re.compile(
    r"^(?P<sign>-)?P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


def now() -> datetime:
    """The current instant of this installation, in UTC."""
    return datetime.now(UTC) + offset()


def today(time_zone: str) -> date:
    """The current calendar day in an IANA time zone."""
    return now().astimezone(zone(time_zone)).date()


def offset() -> timedelta:
    """How far the installation's clock is shifted; zero for the system's clock."""
    clock = os.environ.get("ADLOOM_CLOCK", "system")
    if clock == "system":
        return timedelta(0)
    if not clock.startswith("file:"):
        raise Invalid.field("ADLOOM_CLOCK", f"{clock!r} is not a clock.", "Use `system` or `file:PATH`.")
    path = Path(clock.removeprefix("file:"))
    try:
        return parse_duration(path.read_text().strip())
    except FileNotFoundError:
        return timedelta(0)
    except Invalid as error:
        rule = f"{path} holds no ISO 8601 duration."
        raise Invalid.field("ADLOOM_CLOCK", rule, "Write the offset from real time: P20D, PT36H.") from error


def parse_duration(text: str) -> timedelta:
    """A timedelta of an ISO 8601 duration without years and months: P20D, PT36H, P1DT2H."""
    match = _DURATION.match(text)
    if match is None or text.endswith(("P", "T")):
        raise Invalid.field("duration", f"{text!r} is not an ISO 8601 duration.", "Write P20D, PT36H or P1DT2H.")
    parts = {name: int(value or 0) for name, value in match.groupdict().items() if name != "sign"}
    span = timedelta(**parts)
    return -span if match["sign"] else span


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name; raises Invalid for a name nobody knows."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid.field(
            "time_zone", f"{name!r} is not an IANA time zone.", "Use a name such as Europe/Berlin."
        ) from None
