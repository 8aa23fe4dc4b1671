"""How states and moments are written on pages: a label and a tone for each. Display only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from adloom.ads.types import AdStatus
from adloom.campaigns.types import CampaignStatus, DeploymentStatus, StepState
from adloom.core import time
from adloom.platforms.types import DeliveryState, Operation, Platform
from adloom.reports import words as figures
from adloom.reports.types import ReportInstanceStatus


class Tone(StrEnum):
    """What a state means for the person: it decides a badge's colour, together with its words."""

    GOOD = "good"
    WAIT = "wait"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Badge:
    label: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Choice:
    """A part of a list, or a period, that can be looked at alone."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlatformName:
    """A platform as pages show it; `key` picks its colour in the style sheet."""

    key: str
    name: str


_BADGES: dict[StrEnum, Badge] = {
    AdStatus.DRAFT: Badge("Draft", Tone.QUIET),
    AdStatus.ACTIVE: Badge("Active", Tone.GOOD),
    AdStatus.PAUSED: Badge("Paused", Tone.QUIET),
    AdStatus.COMPLETED: Badge("Completed", Tone.QUIET),
    AdStatus.ARCHIVED: Badge("Archived", Tone.QUIET),
}
_CAMPAIGN = {
    CampaignStatus.PENDING: Badge("Waiting", Tone.WAIT),
    CampaignStatus.ACTIVE: Badge("Active", Tone.GOOD),
    CampaignStatus.PAUSED: Badge("Paused", Tone.QUIET),
    CampaignStatus.ERROR: Badge("Failed", Tone.BAD),
    CampaignStatus.COMPLETED: Badge("Ended", Tone.QUIET),
}
_DELIVERY = {
    DeliveryState.UNKNOWN: Badge("Not looked at yet", Tone.QUIET),
    DeliveryState.IN_REVIEW: Badge("In review", Tone.WAIT),
    DeliveryState.ACTIVE: Badge("Delivering", Tone.GOOD),
    DeliveryState.LIMITED: Badge("Limited", Tone.WAIT),
    DeliveryState.PAUSED: Badge("Paused", Tone.QUIET),
    DeliveryState.REJECTED: Badge("Rejected", Tone.BAD),
    DeliveryState.SCHEDULED: Badge("Scheduled", Tone.WAIT),
    DeliveryState.ENDED: Badge("Ended", Tone.QUIET),
    DeliveryState.BILLING_BLOCKED: Badge("Blocked by billing", Tone.BAD),
    DeliveryState.DELETED: Badge("Deleted", Tone.QUIET),
}
_DEPLOYMENT = {
    DeploymentStatus.PENDING: Badge("Queued", Tone.WAIT),
    DeploymentStatus.IN_PROGRESS: Badge("Under way", Tone.WAIT),
    DeploymentStatus.COMPLETED: Badge("Done", Tone.GOOD),
    DeploymentStatus.FAILED: Badge("Failed", Tone.BAD),
}
_STEP = {
    StepState.PLANNED: Badge("Planned", Tone.QUIET),
    StepState.SENT: Badge("Sent", Tone.WAIT),
    StepState.DONE: Badge("Done", Tone.GOOD),
    StepState.UNCERTAIN: Badge("Asking the platform", Tone.WAIT),
    StepState.FAILED: Badge("Failed", Tone.BAD),
}
_REPORT = {
    ReportInstanceStatus.PENDING: Badge("Queued", Tone.WAIT),
    ReportInstanceStatus.GENERATING: Badge("Being made", Tone.WAIT),
    ReportInstanceStatus.COMPLETED: Badge("Ready", Tone.GOOD),
    ReportInstanceStatus.FAILED: Badge("Failed", Tone.BAD),
}
_FAULTS = {
    "capped": "Its spending limit is reached",
    "closed": "The account is closed",
    "eu_declaration_missing": "The declaration about political advertising in the EU is missing",
    "suspended": "The account is suspended",
    "unpaid": "The account is not paid for",
}
OPERATIONS = {
    Operation.CREATE: "Deploy",
    Operation.UPDATE: "Update",
    Operation.PAUSE: "Pause",
    Operation.RESUME: "Resume",
    Operation.DELETE: "Delete",
}


def ad(status: AdStatus) -> Badge:
    """An ad's status."""
    return _BADGES[status]


def campaign(status: CampaignStatus) -> Badge:
    """What was asked for and accepted."""
    return _CAMPAIGN[status]


def delivery(state: DeliveryState) -> Badge:
    """What really happens on the platform."""
    return _DELIVERY[state]


def deployment(status: DeploymentStatus) -> Badge:
    """How far an attempt is."""
    return _DEPLOYMENT[status]


def step(state: StepState) -> Badge:
    """How far one outward write is."""
    return _STEP[state]


def report(status: ReportInstanceStatus) -> Badge:
    """How far a report is."""
    return _REPORT[status]


def platform(value: Platform | str) -> PlatformName:
    """A platform's name and colour."""
    known = Platform(value)
    return PlatformName(known.value.partition("_")[0], figures.NAMES[known])


def moment(value: datetime | None) -> str:
    """An instant, to the minute, in UTC; a dash for none."""
    if value is None:
        return figures.NOTHING
    return f"{figures.day(value.date())}, {value:%H:%M} UTC"


def day(value: date) -> str:
    """A day, of an instant in UTC."""
    return figures.day(value.date() if isinstance(value, datetime) else value)


def size(number: int | None) -> str:
    """A file's size in the largest unit that gives at least 1."""
    if number is None:
        return figures.NOTHING
    for unit, bytes_ in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= bytes_:
            return f"{number / bytes_:.1f} {unit}"
    return f"{number} bytes"


def budget(value: Any) -> str:
    """A budget as an ad's JSON holds it: the amount, and what it is for."""
    amount = (value or {}).get("amount")
    if not amount:
        return figures.NOTHING
    written = figures.money(Decimal(str(amount["value"])), amount["currency"])
    return f"{written} {'a day' if value.get('type') == 'DAILY' else 'in all'}"


def words(name: str) -> str:
    """An enum's value as a phrase: MAX_CONVERSIONS is 'Max conversions'."""
    return name.replace("_", " ").strip().capitalize()


def fault(code: str) -> str:
    """What is wrong with an ad account, as a headline; a code that has none is read as a phrase."""
    return _FAULTS.get(code, words(code))


def shifted_clock() -> str | None:
    """What every page says while the installation's clock is not the system's; None while it is."""
    offset = time.offset()
    if not offset:
        return None
    return f"The clock of this installation is shifted by {_span(offset)}: here it is {moment(time.now())}."


def _span(offset: timedelta) -> str:
    sign, rest = ("−", -offset) if offset < timedelta(0) else ("+", offset)
    hours, seconds = divmod(rest.seconds, 3600)
    parts = [(rest.days, "d"), (hours, "h"), (seconds // 60, "min")]
    shown = " ".join(f"{number} {unit}" for number, unit in parts if number)
    return f"{sign}{shown or '0 min'}"
