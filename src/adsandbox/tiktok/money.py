"""Budgets and bids: floats in major units of the advertiser's currency on the wire, decimals in here.

Source: TikTok Business Help Center, "About budgets" (50 per campaign, more than 20 a day per ad group).
"""

import math
from datetime import timedelta
from decimal import Decimal

from adsandbox.accounts import Account
from adsandbox.tiktok import vocabulary, wire


def decimal(value: float | int) -> Decimal:
    """A JSON number as the decimal that was written."""
    return Decimal(str(value))


def unit(currency: str) -> Decimal:
    """The smallest amount in which spend is told."""
    return Decimal(1) if currency in vocabulary.WHOLE_CURRENCIES else Decimal("0.01")


def check_amount(field: str, value: float, *, account: Account) -> Decimal:
    """A positive amount in the account's digits, or 40002."""
    amount = decimal(value)
    if amount <= 0:
        wire.bad(field, "Must be greater than 0.")
    if amount % unit(account.currency):
        wire.bad(field, f"Too many decimal places for {account.currency}.")
    return amount


def check_campaign_budget(value: float, *, account: Account) -> None:
    """At least 50 (in USD), daily or total; 40002 with TikTok's own text below that."""
    least = _scaled(50, account)
    if check_amount("budget", value, account=account) < least:
        wire.refuse(wire.BAD_PARAMETER, f"Your budget setting must not be less than {_shown(least, account)}")


def check_group_budget(value: float, *, mode: str, account: Account, length: timedelta | None) -> None:
    """More than 20 (in USD) a day; a total budget at least 20 for each scheduled day."""
    amount = check_amount("budget", value, account=account)
    least = _scaled(20, account)
    if mode == "BUDGET_MODE_TOTAL" and length is not None:
        least *= max(1, math.ceil(length / timedelta(days=1)))
        if amount < least:
            wire.refuse(wire.BAD_PARAMETER, f"Your budget setting must not be less than {_shown(least, account)}")
    elif amount <= least:
        wire.refuse(wire.BAD_PARAMETER, f"Your budget setting must be more than {_shown(least, account)}")


def _scaled(amount: int, account: Account) -> Decimal:
    return Decimal(amount * vocabulary.BUDGET_SCALE.get(account.currency, 1))


def _shown(amount: Decimal, account: Account) -> str:
    return f"{vocabulary.SYMBOLS.get(account.currency, account.currency + ' ')}{amount}"
