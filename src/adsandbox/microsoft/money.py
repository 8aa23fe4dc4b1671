"""Microsoft's money: decimal numbers in major units, and the limits of each currency.

Source: Microsoft's Currencies guide for the rows up to VEF; the other rows are made in proportion.
"""

from decimal import Decimal
from typing import Any

from adsandbox.schema import Field

#: Smallest daily budget, and smallest bid.
_LEAST = {
    "USD": ("0.05", "0.05"), "EUR": ("0.05", "0.05"), "GBP": ("0.05", "0.05"), "CAD": ("0.05", "0.05"),
    "AUD": ("0.05", "0.01"), "ARS": ("0.05", "0.05"), "BRL": ("0.10", "0.01"), "CLP": ("5.10", "5.10"),
    "CNY": ("30.00", "0.01"), "COP": ("18.05", "18.05"), "DKK": ("0.06", "0.06"), "THB": ("2.00", "0.05"),
    "VEF": ("0.05", "0.05"), "CHF": ("0.05", "0.05"), "NZD": ("0.05", "0.01"), "SGD": ("0.05", "0.01"),
    "HKD": ("0.4", "0.4"), "HUF": ("15", "10"), "INR": ("0.82", "0.5"), "JPY": ("5", "5"), "KRW": ("50", "50"),
    "MXN": ("0.14", "0.14"), "NOK": ("0.06", "0.06"), "PLN": ("0.1", "0.01"), "SEK": ("0.07", "0.07"),
    "TRY": ("0.1", "0.1"), "TWD": ("1", "1"), "ZAR": ("0.1", "0.01"), "IDR": ("480", "35"), "CRC": ("25", "25"),
    "BHD": ("0.02", "0.02"), "JOD": ("0.04", "0.04"), "ILS": ("0.2", "0.2"), "CZK": ("1", "1"), "PHP": ("2", "0.2"),
    "MYR": ("0.15", "0.01"), "AED": ("0.2", "0.2"), "SAR": ("0.2", "0.2"), "PEN": ("0.03", "0.03"),
    "UYU": ("2", "2"), "VND": ("1000", "1000"), "RON": ("0.2", "0.2"),
}  # fmt: skip
#: Largest bid, and largest budget of a month; for a row that is not here, those of USD in proportion to its least bid.
_MOST = {
    "USD": ("1000", "30000000"), "AUD": ("1000", "30000000"), "CAD": ("1000", "7500000"), "ARS": ("5000", "152500000"),
    "BRL": ("2000", "60000000"), "CLP": ("510000", "15555000000"), "CNY": ("6000", "99999999.99"),
    "COP": ("1805000", "55052500000"), "THB": ("31000", "927000000"), "VEF": ("5000", "152500000"),
}  # fmt: skip
#: Currencies without minor units in Microsoft's reports.
_WHOLE = frozenset(["CLP", "JPY", "KRW", "PYG", "VND"])
_DAYS_OF_A_MONTH = Decimal("30.4")


def known(currency: str) -> bool:
    """Whether Microsoft bills in this currency."""
    return currency in _LEAST


def least_budget(currency: str) -> Decimal:
    """The smallest daily budget."""
    return Decimal(_LEAST[currency][0])


def least_bid(currency: str) -> Decimal:
    """The smallest bid."""
    return Decimal(_LEAST[currency][1])


def most_bid(currency: str) -> Decimal:
    """The largest bid."""
    return Decimal(_most(currency)[0])


def most_budget(currency: str) -> Decimal:
    """The largest daily budget: a month's, by its days."""
    return Decimal(_most(currency)[1]) / _DAYS_OF_A_MONTH


def _most(currency: str) -> tuple[str, str]:
    if currency in _MOST:
        return _MOST[currency]
    scale = max(Decimal(1), least_bid(currency) / least_bid("USD"))
    bid, month = (Decimal(limit) * scale for limit in _MOST["USD"])
    return str(bid), str(month)


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
