"""Micros: Google's integer money, in multiples of the currency's smallest billable unit."""

from adsandbox.google.errors import refuse

#: Currencies that are billed in whole units; every other one in hundredths.
_WHOLE = frozenset({"CLP", "COP", "CRC", "HUF", "IDR", "ISK", "JPY", "KRW", "PYG", "TWD", "UGX", "VND"})
#: So many of a currency's smallest units are a slip of the pen (a billion dollars); Google's own limit is not public.
_MOST_UNITS = 10**11


def unit(currency: str) -> int:
    """The smallest billable unit in micros."""
    return 1_000_000 if currency in _WHOLE else 10_000


def check_budget(micros: str, *, currency: str, field: str) -> None:
    """Refuse a budget amount that Google would."""
    amount = int(micros)
    if amount < 0:
        raise refuse("campaignBudgetError", "NEGATIVE_MONEY_AMOUNT", "The amount is negative.", field)
    if amount == 0:
        raise refuse(
            "campaignBudgetError", "MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC",
            "The amount is below the currency's minimum.", field,
        )  # fmt: skip
    if amount % unit(currency):
        raise refuse(
            "campaignBudgetError", "NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT",
            "The amount is not a multiple of the currency's minimum unit.", field, trigger=micros,
        )  # fmt: skip
    if amount > _MOST_UNITS * unit(currency):
        raise refuse("campaignBudgetError", "MONEY_AMOUNT_TOO_LARGE", "The amount is too large.", field)


def check_bid(micros: str | None, *, currency: str, path: tuple[str, ...]) -> None:
    """Refuse a bid that is not positive or not a multiple of the billable unit; None is no bid."""
    if micros is None:
        return
    amount = int(micros)
    if amount <= 0:
        raise refuse("biddingError", "BID_TOO_SMALL", "The bid is too small.", *path, trigger=micros)
    if amount % unit(currency):
        raise refuse(
            "biddingError", "BID_TOO_MANY_FRACTIONAL_DIGITS",
            "The bid is not a multiple of the currency's minimum unit.", *path, trigger=micros,
        )  # fmt: skip
    if amount > _MOST_UNITS * unit(currency):
        raise refuse("biddingError", "BID_TOO_BIG", "The bid is too big.", *path, trigger=micros)
