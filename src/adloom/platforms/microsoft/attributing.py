"""By which rule Microsoft counts conversions of an account: each goal's windows and model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.platforms import unreadable
from adloom.platforms.microsoft import inspecting
from adloom.platforms.microsoft.client import Client
from adloom.platforms.types import Platform

#: Left out unless they are asked for (ConversionGoalAdditionalField).
_FIELDS = "ViewThroughConversionWindowInMinutes, AttributionModelType"
_MINUTES_A_DAY = 1440


def attribution(client: Client) -> str | None:
    """The distinct rules of the goals in use, in an order of their own; None where there is, or is told, no goal."""
    goals = inspecting.goal_rows(client, fields=_FIELDS)
    rows = unreadable.none_if_refused(goals, platform=Platform.MICROSOFT_ADS, what="attribution")
    rules = {", ".join(_words(row)) for row in rows}
    return "; ".join(sorted(rules - {""})) or None


def _words(row: Mapping[str, Any]) -> Iterator[str]:
    for name, kind in (("ConversionWindowInMinutes", "click"), ("ViewThroughConversionWindowInMinutes", "view")):
        if (minutes := str(row.get(name))).isdecimal():
            yield f"{_span(int(minutes))} {kind}"
    if row.get("AttributionModelType"):
        yield str(row["AttributionModelType"])


def _span(minutes: int) -> str:
    days, rest = divmod(minutes, _MINUTES_A_DAY)
    return f"{days}d" if not rest else f"{minutes}min"
