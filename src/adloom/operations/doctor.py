"""What is wrong with this installation, and the command that mends it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from adloom.core import settings, time
from adloom.db import migrate, partitions, server
from adloom.db.urls import Urls
from adloom.jobs import queries as jobs
from adloom.platforms import queries as platforms
from adloom.platforms import registry
from adloom.platforms.types import Platform

_WARN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is fine, warning or wrong; `mend` a command or a sentence, empty where nothing is to be done."""

    level: str
    what: str
    mend: str = ""


def examine(urls: Urls) -> list[Finding]:
    """Everything worth knowing, the worst first."""
    found = [
        *_schema(urls),
        *_default_partitions(urls),
        *_workers(),
        *_clock(),
        *_versions(),
        *_surprises(),
        *_left_behind(),
    ]
    order = {"wrong": 0, "warning": 1, "fine": 2}
    return sorted(found, key=lambda finding: order[finding.level])


def _schema(urls: Urls) -> list[Finding]:
    pending = migrate.status(urls.direct(urls.owner)).pending
    if pending:
        return [Finding("wrong", f"{len(pending)} migrations are not applied", "adloom db migrate")]
    return [Finding("fine", "The schema is the newest")]


def _default_partitions(urls: Urls) -> list[Finding]:
    return [
        Finding("warning", f"{table.default_rows} rows of {table.table} wait in DEFAULT", "adloom db partitions")
        for table in partitions.tables(urls.direct(urls.owner))
        if table.default_rows
    ]


def _workers() -> list[Finding]:
    living = jobs.living_workers()
    if living:
        return [Finding("fine", f"{living} worker{'s' if living > 1 else ''} at work")]
    return [Finding("warning", "No worker lives: schedules do not run", "adloom worker, or adloom up")]


def _clock() -> list[Finding]:
    if settings.load().clock == "system":
        return []
    return [Finding("warning", f"The clock is shifted by {time.offset()}", "unset ADLOOM_CLOCK")]


def _versions() -> list[Finding]:
    today = time.now().date()
    found = []
    for platform in Platform:
        version = registry.adapter(platform).version
        if version.ends_on is not None and (version.ends_on - today).days < _WARN_DAYS:
            level = "wrong" if version.ends_on <= today else "warning"
            found.append(Finding(level, f"{platform}: API {version.name} ends on {version.ends_on}", "Update Adloom."))
    return found


def _surprises() -> list[Finding]:
    return [
        Finding(
            "warning",
            f"{seen.platform.value} said {seen.times} times {seen.kind} {seen.word!r}, unknown to this version",
            "Update Adloom; until then it is shown as it is.",
        )
        for seen in platforms.recent_surprises()
    ]


def _left_behind() -> list[Finding]:
    if os.geteuid() != 0:
        return []
    return [
        Finding("warning", f"{folder} belongs to a HOME that is gone", f"rm -r {folder}")
        for folder in server.ownerless()
    ]
