"""Microsoft's money: decimal numbers in major units, and the limits of each currency.

Source: Microsoft's Currencies guide for USD, EUR, GBP, CAD and AUD; the other rows are made in proportion.
"""

from decimal import Decimal
from typing import Any

from adsandbox.schema import Field

#: Smallest daily budget, and smallest bid.
_LEAST = {
    "USD": ("0.05", "0.05"), "EUR": ("0.05", "0.05"), "GBP": ("0.05", "0.05"), "CAD": ("0.05", "0.05"),
    "AUD": ("0.05", "0.01"), "CHF": ("0.05", "0.05"), "NZD": ("0.05", "0.05"), "SGD": ("0.05", "0.05"),
    "BRL": ("0.2", "0.1"), "DKK": ("0.3", "0.3"), "HKD": ("0.4", "0.4"), "HUF": ("15", "10"),
    "INR": ("2", "1"), "JPY": ("5", "5"), "KRW": ("50", "50"), "MXN": ("0.6", "0.5"), "NOK": ("0.3", "0.3"),
    "PLN": ("0.2", "0.1"), "SEK": ("0.3", "0.3"), "TRY": ("0.1", "0.1"), "TWD": ("1", "1"),
    "ZAR": ("0.5", "0.4"), "IDR": ("500", "500"), "CLP": ("25", "25"), "COP": ("100", "100"),
    "CRC": ("25", "25"), "BHD": ("0.02", "0.02"), "JOD": ("0.04", "0.04"), "ILS": ("0.2", "0.2"),
    "CZK": ("1", "1"), "THB": ("1.5", "1.5"), "PHP": ("2", "2"), "MYR": ("0.2", "0.2"), "AED": ("0.2", "0.2"),
    "SAR": ("0.2", "0.2"), "ARS": ("1", "1"), "PEN": ("0.2", "0.2"), "UYU": ("2", "2"), "VND": ("1000", "1000"),
    "CNY": ("0.3", "0.3"), "RON": ("0.2", "0.2"),
}  # fmt: skip
#: Currencies without minor units in Microsoft's reports.
_WHOLE = frozenset(["CLP", "JPY", "KRW", "PYG", "VND"])
MOST_BID = Decimal(1000)
MOST_BUDGET = Decimal(1_000_000)


def known(currency: str) -> bool:
    """Whether Microsoft bills in this currency."""
    return currency in _LEAST


def least_budget(currency: str) -> Decimal:
    """The smallest daily budget."""
    return Decimal(_LEAST[currency][0])


def least_bid(currency: str) -> Decimal:
    """The smallest bid."""
    return Decimal(_LEAST[currency][1])


def most(currency: str, limit: Decimal) -> Decimal:
    """A limit in US dollars for this currency: the table's minimum scales it."""
    return limit * max(Decimal(1), least_bid(currency) / Decimal("0.05"))


def unit(currency: str) -> Decimal:
    """The smallest step of `Spend`."""
    return Decimal(1) if currency in _WHOLE else Decimal("0.01")


def amount(*, required: bool = False) -> Field:
    """A JSON number (an exact decimal here); text is refused."""
    return Field(_is_number, "number", required, nullable=not required)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def kept(value: int | Decimal) -> str:
    """An amount as the store keeps it: decimal text."""
    return format(Decimal(value), "f")


def shown(text: Any) -> float | None:
    """A kept amount as a JSON number."""
    return None if text is None else float(text)
