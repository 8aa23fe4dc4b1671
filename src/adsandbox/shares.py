"""Splits whole numbers and money into parts that add up again: by age, gender, device, country. Pure."""

from collections.abc import Mapping
from decimal import Decimal


def split(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` cut in proportion to the weights, by largest remainder; the parts sum to it exactly.

    The order of the weights decides between equal remainders, so that the same call gives the same parts.
    """
    whole = sum(weights.values())
    parts = {name: total * weight // whole for name, weight in weights.items()}
    rest = sorted(weights, key=lambda name: -(total * weights[name] % whole))
    for name in rest[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def split_money(amount: Decimal, weights: Mapping[str, int], *, unit: Decimal) -> dict[str, Decimal]:
    """An amount of whole units cut like `split`."""
    return {name: count * unit for name, count in split(int(amount / unit), weights).items()}
