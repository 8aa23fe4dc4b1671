"""Cuts what a row of a report counted by device, country, age and gender, or goal; the parts sum to the row.

How much falls to whom is the sandbox's own invention; the words are those of Microsoft's column value sets.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from adsandbox.delivery import Totals
from adsandbox.microsoft import money
from adsandbox.microsoft.desk import NAME, Desk
from adsandbox.shares import split, split_money

_SHARES: Mapping[str, Mapping[str, int]] = {
    "DeviceType": {"Computer": 58, "Smartphone": 31, "Tablet": 9, "Unknown": 2},
    "Country": {"United States": 71, "Canada": 14, "United Kingdom": 11, "Germany": 3, "Unknown": 1},
    "AgeGroup": {"18-24": 9, "25-34": 19, "35-49": 27, "50-64": 24, "65+": 14, "Unknown": 7},
    "Gender": {"Female": 48, "Male": 45, "Unknown": 7},
}
Part = tuple[tuple[str, Any], ...]


def parts(desk: Desk, total: Totals, by: list[str]) -> list[tuple[Part, Totals]]:
    """The parts of a row in which anything was counted, with their cells; the row itself where nothing splits it."""
    if not by:
        return [((), total)]
    weights: dict[Part, int] = {}
    for chosen in product(*(_shares(desk, name).items() for name in by)):
        cells = tuple((name, word) for name, (word, _) in zip(by, chosen, strict=True))
        weight = 1
        for _, share in chosen:
            weight *= share
        weights[cells] = weight
    return _cut(desk, total, weights)


def _shares(desk: Desk, column: str) -> Mapping[str, int]:
    """Every goal counts the same; there is one, unless a test makes more."""
    if column != "Goal":
        return _SHARES[column]
    goals = desk.world.store.all(NAME, type_="ConversionGoal")
    return {str(goal.name): 1 for goal in goals} or {"Unknown": 1}


def _cut(desk: Desk, total: Totals, weights: Mapping[Part, int]) -> list[tuple[Part, Totals]]:
    named = {str(index): weight for index, weight in enumerate(weights.values())}
    unit, cent = money.unit(desk.account.currency), Decimal("0.01")
    cut = {name: split(getattr(total, name), named) for name in ("impressions", "clicks", "video_views", "conversions")}
    spend = split_money(total.spend, named, unit=unit)
    value = split_money(total.conversion_value, named, unit=min(unit, cent))
    found = []
    for index, cells in enumerate(weights):
        key = str(index)
        part = Totals(
            **{name: counts[key] for name, counts in cut.items()},
            spend=spend[key],
            conversion_value=value[key],
            counted=total.counted,
            currency=total.currency,
        )
        if any((part.impressions, part.clicks, part.spend, part.conversions, part.conversion_value)):
            found.append((cells, part))
    return found
