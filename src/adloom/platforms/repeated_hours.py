"""Hours that clocks show twice, when they go back: one fact of each, be it reported as one row or as two. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from adloom.platforms.facts import HourlyFact


def together(facts: Iterable[HourlyFact], *, zone: ZoneInfo) -> Iterator[HourlyFact]:
    """The facts as they come; at most two of an hour that this zone's clock shows twice are added up at the end."""
    twice: dict[Hashable, list[HourlyFact]] = defaultdict(list)
    for fact in facts:
        if _comes_twice(fact, zone=zone) and len(twice[key(fact)]) < 2:
            twice[key(fact)].append(fact)
        else:
            yield fact
    for found in twice.values():
        yield _sum(*found)


def _comes_twice(fact: HourlyFact, *, zone: ZoneInfo) -> bool:
    """Whether the clock shows the hour twice; of an hour that it leaves out the second reading is the earlier one."""
    first = datetime.combine(fact.date, datetime.min.time(), zone).replace(hour=fact.hour)
    return first.astimezone(UTC) < first.replace(fold=1).astimezone(UTC)


def _sum(fact: HourlyFact, *others: HourlyFact) -> HourlyFact:
    for other in others:
        fact = replace(
            fact,
            impressions=fact.impressions + other.impressions,
            clicks=fact.clicks + other.clicks,
            spend=fact.spend + other.spend,
            conversions=_plus(fact.conversions, other.conversions),
            conversion_value=_plus(fact.conversion_value, other.conversion_value),
        )
    return fact


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one if other is None else one + other


def key(fact: HourlyFact) -> tuple[str, date, int]:
    """What tells an hour of a campaign from any other, but for one that comes twice."""
    return fact.platform_campaign_id, fact.date, fact.hour
