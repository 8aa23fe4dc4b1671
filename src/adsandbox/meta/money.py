"""Meta's money: the unit of each currency, and the smallest budgets.

The table of units is Meta's own (Marketing API, Currencies page), not ISO's: offset 1 for exactly eleven
currencies, 100 for all others.
"""

from decimal import Decimal

#: Currencies whose budgets and bids are whole units.
WHOLE = frozenset(["CLP", "COP", "CRC", "HUF", "ISK", "IDR", "JPY", "KRW", "PYG", "TWD", "VND"])

#: What one US dollar is worth, roughly: only to make plausible minimum budgets.
_PER_DOLLAR = {
    "AED": "3.67", "ARS": "1400", "AUD": "1.5", "BDT": "120", "BHD": "0.38", "BOB": "6.9", "BRL": "5.4",
    "CAD": "1.4", "CHF": "0.8", "CLP": "940", "CNY": "7.1", "COP": "3900", "CRC": "505", "CZK": "21",
    "DKK": "6.4", "DZD": "130", "EGP": "48", "EUR": "0.86", "GBP": "0.76", "GTQ": "7.7", "HKD": "7.8",
    "HNL": "26", "HUF": "335", "IDR": "16600", "ILS": "3.3", "INR": "88", "ISK": "125", "JOD": "0.71",
    "JPY": "152", "KES": "129", "KRW": "1430", "LKR": "304", "MOP": "8", "MXN": "18.5", "MYR": "4.2",
    "NGN": "1450", "NIO": "37", "NOK": "10", "NZD": "1.75", "PEN": "3.4", "PHP": "58", "PKR": "282",
    "PLN": "3.7", "PYG": "7100", "QAR": "3.64", "RON": "4.4", "RSD": "101", "SAR": "3.75", "SEK": "9.4",
    "SGD": "1.3", "THB": "32.5", "TRY": "42", "TWD": "31", "UAH": "42", "USD": "1", "UYU": "40",
    "VND": "26300", "ZAR": "17.3",
}  # fmt: skip

#: The floors in US dollars: per impression, for frequent actions (clicks), rare actions, video views.
_FLOORS = {"imp": "1", "high_freq": "5", "low_freq": "40", "video_views": "1"}


def offset(currency: str) -> int:
    """How many of Meta's budget units make one unit of the currency: 1 or 100."""
    return 1 if currency in WHOLE else 100


def known(currency: str) -> bool:
    """Whether Meta sells ads in this currency."""
    return currency in _PER_DOLLAR


def unit(currency: str) -> Decimal:
    """The smallest step of `spend` in insights."""
    return Decimal(1) / offset(currency)


def major(amount: int, currency: str) -> Decimal:
    """A budget of the API in the currency's major units."""
    return Decimal(amount) / offset(currency)


def minimum(currency: str, kind: str) -> int:
    """The smallest daily budget of a kind ("imp", "high_freq", "low_freq", "video_views") in budget units."""
    amount = Decimal(_FLOORS[kind]) * Decimal(_PER_DOLLAR[currency]) * offset(currency)
    return int(amount.to_integral_value())


def minimums() -> list[dict[str, object]]:
    """The rows of `act_…/minimum_budgets`."""
    return [
        {"currency": currency} | {f"min_daily_budget_{kind}": minimum(currency, kind) for kind in _FLOORS}
        for currency in _PER_DOLLAR
    ]


def text(amount: int, currency: str) -> str:
    """A budget as Meta tells it to a person: $1.00."""
    sign = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}.get(currency, f"{currency} ")
    return f"{sign}{major(amount, currency):.{0 if currency in WHOLE else 2}f}"


def spend(amount: Decimal, currency: str) -> str:
    """`spend` of insights: a decimal string in major units ("50.00", "1234" where there are no minor
    ones)."""
    return f"{amount:.{0 if currency in WHOLE else 2}f}"
