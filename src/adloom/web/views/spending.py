"""What an ad may spend on each platform and together, now and once it is deployed, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adloom.platforms.types import Platform
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.words import PlatformName

_AMOUNTS = ("per_day", "per_month", "flight", "worst_day")


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount: `before` is empty where nothing stands, or where it stays as it is."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Spent:
    """A row: a platform's, or (`platform` is None) a currency's sum. `amounts` are those of `Outlay`, in its order."""

    platform: PlatformName | None
    name: str
    amounts: tuple[Amount, ...]


def spent(plan: Mapping[str, Any] | None) -> tuple[Spent, ...]:
    """The rows of a plan: its platforms, then the sum of each currency; none without a plan."""
    return () if plan is None else tuple(_rows(plan))


def of_one(money: Mapping[str, Any], platform: PlatformName) -> tuple[Spent, ...]:
    """The one row of a plan that is about one campaign."""
    return () if money["after"] is None else (Spent(platform, platform.name, _amounts(money)),)


def _rows(plan: Mapping[str, Any]) -> Iterator[Spent]:
    for platform in Platform:
        found = plan["platforms"].get(platform.value)
        if found is not None and found["money"]["after"] is not None:
            name = words.platform(platform)
            yield Spent(name, name.name, _amounts(found["money"]))
    for currency, money in plan["money"].items():
        if money["after"] is not None:
            yield Spent(None, f"Together in {currency}", _amounts(money))


def _amounts(money: Mapping[str, Any]) -> tuple[Amount, ...]:
    after = money["after"]
    before = money["before"] or {}
    return tuple(
        Amount(
            before=_money(before, name) if before and before != after and before[name] != after[name] else "",
            after=_money(after, name),
        )
        for name in _AMOUNTS
    )


def _money(outlay: Mapping[str, Any], name: str) -> str:
    return "no end" if outlay[name] is None else figures.money(Decimal(outlay[name]), outlay["currency"])
