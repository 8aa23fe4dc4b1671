"""Budgets beside what was spent of them: how much of the time has passed, how much of the money is gone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from adloom.campaigns.types import CampaignStatus
from adloom.metrics.pace import Pace, Span
from adloom.metrics.pacing import CampaignPace, ClientPace, Paces
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.words import Badge, PlatformName, Tone

UNKNOWN = "unknown"
#: So far from the plan is still on it.
_SLACK = Decimal("0.1")
_FULL = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A budget as a bar: per cent of it that is spent, and of its time that has passed."""

    spent: int
    elapsed: int
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One budget."""

    name: str
    platform: PlatformName | None
    period: str
    days_left: str
    budget: str
    spend: str
    bar: Bar | None
    pace: str
    verdict: Badge
    projection: str
    through: str
    note: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole page."""

    campaigns: tuple[Line, ...]
    clients: tuple[Line, ...]
    #: Which days are unknown, and which may be others, by account.
    notes: tuple[str, ...]
    data_as_of: str


def paces(found: Paces) -> Shown:
    """The page's values, in the order given."""
    notes = (*figures.unknown(found.unknown), *figures.uncertain(found.uncertain))
    return Shown(_campaigns(found.campaigns), _clients(found.clients), notes, words.moment(found.data_as_of))


def _campaigns(found: Sequence[CampaignPace]) -> tuple[Line, ...]:
    return tuple(
        _line(
            each.pace,
            name=each.campaign.name,
            platform=words.platform(each.platform),
            status=words.campaign(each.status) if each.status is not CampaignStatus.ACTIVE else None,
        )
        for each in found
    )


def _clients(found: Sequence[ClientPace]) -> tuple[Line, ...]:
    return tuple(_line(each.pace, name=each.name) for each in found)


def _line(found: Pace, *, name: str, platform: PlatformName | None = None, status: Badge | None = None) -> Line:
    return Line(
        name=name,
        platform=platform,
        period=_period(found.span) if found.span else UNKNOWN,
        days_left=UNKNOWN if found.days_left is None else f"{found.days_left} left",
        budget=_money(found.budget, found.currency),
        spend=_money(found.spend, found.currency),
        bar=_bar(found),
        pace="" if found.pace is None else f"{round(_FULL * found.pace):,}%",
        verdict=status or _verdict(found.pace),
        projection=_money(found.projection, found.currency),
        through=words.moment(found.through) if found.through else "",
        note=found.note or "",
    )


def _period(span: Span) -> str:
    """Its days, with a month that both ends share said once."""
    since, until = span.since, span.until
    if since != until and (since.year, since.month) == (until.year, until.month):
        return f"{since.day}–{figures.day(until)}"
    return figures.period(since, until)


def _money(amount: Decimal | None, currency: str) -> str:
    return UNKNOWN if amount is None else figures.money(amount, currency)


def _bar(found: Pace) -> Bar | None:
    if found.spend is None or not found.budget or found.elapsed is None:
        return None
    spent, elapsed = round(_FULL * found.spend / found.budget), round(_FULL * found.elapsed)
    return Bar(min(spent, _FULL), elapsed, f"{spent}% of the budget spent, {elapsed}% of the time passed")


def _verdict(pace: Decimal | None) -> Badge:
    if pace is None:
        return Badge("Unknown", Tone.QUIET)
    if abs(pace - 1) <= _SLACK:
        return Badge("On plan", Tone.GOOD)
    return Badge("Too fast", Tone.BAD) if pace > 1 else Badge("Slow", Tone.WAIT)
