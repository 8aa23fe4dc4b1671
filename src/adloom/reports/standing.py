"""How each line of a report stands: final, still restated or unknown, and by which rule its conversions count. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from adloom.metrics import uncertain
from adloom.metrics.claims import Break
from adloom.metrics.gaps import Gap
from adloom.metrics.types import MetricRow
from adloom.reports.types import Account, Figures


class State(StrEnum):
    """What a reader may rely on. `UNKNOWN`: no pull covers the day, so that what is not told of it is not zero."""

    FINAL = "final"
    RESTATING = "restating"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """Beside one line: the platform's id of its account, its state, and the rules of attribution in its own words."""

    account: str
    state: State
    is_uncertain: bool = False
    attributed_by: str = ""
    attribution_break: str = ""


def of(row: MetricRow, figures: Figures) -> Standing:
    """How the figures of a campaign's day stand."""
    account = figures.accounts.get(row.campaign.id) if row.campaign else None
    return Standing(
        account=account.external_id if account else "",
        state=_state(row, figures),
        is_uncertain=uncertain.MARK in (row.note or ""),
        attributed_by="; ".join(_rules(account, row.date, figures)),
        attribution_break="; ".join(_breaks(account, row.date, figures)),
    )


def unknown_days(figures: Figures) -> Iterator[tuple[Gap, date]]:
    """Each day of which an account has told nothing, by platform, account and day."""
    for gap in figures.caveats.gaps:
        for day in sorted(gap.days()):
            yield gap, day


def _state(row: MetricRow, figures: Figures) -> State:
    if figures.caveats.unknown(row):
        return State.UNKNOWN
    return State.RESTATING if figures.caveats.may_change(row) else State.FINAL


def _rules(account: Account | None, day: date | None, figures: Figures) -> Iterator[str]:
    """More than one where the rule was changed there and back: one of them is the day's."""
    for each in figures.caveats.claims.settings:
        if _is_of(each.platform, each.external_id, account) and day and each.since <= day <= each.until:
            yield each.attribution


def _breaks(account: Account | None, day: date | None, figures: Figures) -> Iterator[str]:
    for each in figures.caveats.claims.breaks:
        if _is_of(each.platform, each.external_id, account) and (not each.day or (day and day >= each.day)):
            yield _words(each)


def _words(each: Break) -> str:
    since = f"from {each.day} on" if each.day else f"since the pull of {each.at.date()}"
    return f"{each.before} > {each.after} {since}"


def _is_of(platform: object, external_id: str, account: Account | None) -> bool:
    return account is not None and (platform, external_id) == (account.platform, account.external_id)
