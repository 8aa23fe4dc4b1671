"""Reports and what was made of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from adloom.reports import words as figures
from adloom.reports.types import InstanceView, ReportInstanceStatus, ReportView
from adloom.web import words
from adloom.web.words import Badge

_UNDER_WAY = (ReportInstanceStatus.PENDING, ReportInstanceStatus.GENERATING)
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A file that was made, is being made, or could not be."""

    badge: Badge
    url: str | None
    facts: str
    problem: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report's definition, with the newest of what was made of it."""

    id: str
    name: str
    format: str
    period: str
    made: tuple[Made, ...]
    is_under_way: bool


def reports(found: Sequence[ReportView], instances: Mapping[UUID, Sequence[InstanceView]]) -> tuple[Report, ...]:
    """The reports, in the order given."""
    return tuple(_report(report, instances[report.id]) for report in found)


def filename(report: ReportView) -> str:
    """What a report's file is called on the person's disk."""
    plain = "".join(character if character.isalnum() else "-" for character in report.name).strip("-").lower()
    return f"{plain or 'report'}.{report.configuration['format']}"


def _report(report: ReportView, instances: Sequence[InstanceView]) -> Report:
    return Report(
        id=str(report.id),
        name=report.name,
        format=str(report.configuration.get("format", "")).upper(),
        period=_period(report.configuration) + _told_in(report.configuration),
        made=tuple(_made(instance) for instance in instances[:_SHOWN]),
        is_under_way=any(instance.status in _UNDER_WAY for instance in instances),
    )


def _made(instance: InstanceView) -> Made:
    is_ready = instance.status is ReportInstanceStatus.COMPLETED
    facts = [words.moment(instance.generated_at), words.size(instance.file_size)] if is_ready else []
    if is_ready and (pages := (instance.metadata or {}).get("pages")):
        facts.append(f"{pages} page{'' if pages == 1 else 's'}")
    if is_ready and (as_of := (instance.metadata or {}).get("as_of")):
        facts.append(f"as held at {words.moment(datetime.fromisoformat(as_of))}")
    return Made(
        badge=words.report(instance.status),
        url=f"/reports/files/{instance.id}" if is_ready else None,
        facts=" · ".join(facts),
        problem=instance.error_message or "",
    )


def _told_in(configuration: Mapping[str, Any]) -> str:
    currency = configuration.get("reporting_currency")
    return f", told in {currency}" if currency else ""


def _period(configuration: Mapping[str, Any]) -> str:
    since, until = configuration.get("since"), configuration.get("until")
    if since and until:
        return figures.period(date.fromisoformat(since), date.fromisoformat(until))
    if since or until:
        return f"from {figures.day(date.fromisoformat(since))}" if since else f"30 days to {until}"
    return "the 30 days up to when it is made"
