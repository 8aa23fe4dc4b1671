"""Rules between the parts of an ad: what one part demands of another. Pure; each error names a field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from adloom.ads.composition import Composition
from adloom.ads.flight import Budget
from adloom.core.errors import FieldError
from adloom.core.time import zone
from adloom.platforms.types import BidStrategy, BudgetType, Objective

NAMES_WIDTH = 112
"""What is left beside the marker for the names of an ad and its group, of the 128 that all platforms take."""

_REQUIRED = {
    "headlines": "Add 3 to 15 headlines.",
    "descriptions": "Add 2 to 4 descriptions.",
    "landing_url": "Add the https address that a click leads to.",
}
_WITH_CONVERSION = frozenset({Objective.CONVERSIONS, Objective.LEADS})
_FOR_CONVERSIONS = frozenset(
    {BidStrategy.MAX_CONVERSIONS, BidStrategy.TARGET_CPA, BidStrategy.TARGET_ROAS, BidStrategy.MAX_VALUE}
)


def check(ad: Composition) -> tuple[FieldError, ...]:
    """Every rule that the parts of an ad break together."""
    return (*_conversion(ad), *_budgets(ad), *_flight(ad), *_places(ad), *_words(ad), *_names(ad))


def _conversion(ad: Composition) -> Iterator[FieldError]:
    if ad.objective in _WITH_CONVERSION and ad.conversion is None:
        yield FieldError(
            "conversion",
            f"the objective {ad.objective} needs one.",
            'Add {"event": "PURCHASE"} or another event.',
        )


def _budgets(ad: Composition) -> Iterator[FieldError]:
    for field, budget in _all_budgets(ad):
        if budget.type is BudgetType.LIFETIME and ad.schedule.end is None:
            yield FieldError(f"{field}.type", "a LIFETIME budget needs an end.", "Add schedule.end, or use DAILY.")
        bidding = budget.bidding
        if bidding is not None and bidding.strategy in _FOR_CONVERSIONS and ad.conversion is None:
            yield FieldError(
                f"{field}.bidding.strategy",
                f"{bidding.strategy} needs a conversion.",
                "Add conversion, or use MAX_CLICKS.",
            )


def _all_budgets(ad: Composition) -> Iterator[tuple[str, Budget]]:
    yield "budget", ad.budget
    for platform, block in ad.platforms.chosen().items():
        if block.budget is not None:
            yield f"platforms.{platform}.budget", block.budget


def _flight(ad: Composition) -> Iterator[FieldError]:
    start, end = ad.schedule.start, ad.schedule.end
    if start is None or end is None:
        return
    if _instant(end, ad.schedule.time_zone) <= _instant(start, ad.schedule.time_zone):
        yield FieldError("schedule.end", "the flight ends before it starts.", "Move the end, or the start.")


def _instant(text: str, time_zone: str | None) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone(time_zone or "UTC"))


def _places(ad: Composition) -> Iterator[FieldError]:
    for number, group in enumerate(ad.groups()):
        if ad.targeting_of(group).locations is None:
            field = "targeting" if ad.ad_groups is None or number == 0 else f"ad_groups[{number}].targeting"
            yield FieldError(f"{field}.locations", "no place is named.", "Add at least one location.")
            return


def _words(ad: Composition) -> Iterator[FieldError]:
    """Required texts may be missing only where every platform brings its own."""
    for name, fix in _REQUIRED.items():
        if all(name in block.creative.given() for block in ad.platforms.chosen().values()):
            continue
        missing = [
            (number, position)
            for number, group in enumerate(ad.groups())
            for position, item in enumerate(group.ads)
            if name not in ad.creative_of(item).given()
        ]
        if missing:
            number, position = missing[0]
            is_shared = ad.ad_groups is None or all(name not in a.creative.given() for g in ad.groups() for a in g.ads)
            field = "creative" if is_shared else f"ad_groups[{number}].ads[{position}].creative"
            yield FieldError(f"{field}.{name}", "is missing.", fix)


def _names(ad: Composition) -> Iterator[FieldError]:
    for number, group in enumerate(ad.groups()):
        for position, item in enumerate(group.ads):
            if len(group.name) + len(item.name) > NAMES_WIDTH:
                yield FieldError(
                    f"ad_groups[{number}].ads[{position}].name",
                    f"with its group's name it has more than {NAMES_WIDTH} characters.",
                    "Shorten one of the two names.",
                )
