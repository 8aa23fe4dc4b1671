"""Money: a Decimal with its ISO 4217 currency. Never a float, and never a sum of two currencies."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from adloom.core.errors import Invalid

#: PostgreSQL's numerics are longer than Python's usual 28 digits.
_LONG = Context(prec=100)


@cache
def known_currencies() -> frozenset[str]:
    """Every ISO 4217 code that CLDR knows, in use today or once."""
    return frozenset(get_global("all_currencies"))


def currency_digits(currency: str) -> int:
    """How many decimals people write in this currency. For display only: platforms have tables of their own."""
    return get_currency_precision(currency) if currency in known_currencies() else 2


def plain(value: Decimal, *, digits: int = 0) -> str:
    """A decimal in plain notation with at least `digits` decimals and no trailing zero beyond them.

    >>> plain(Decimal("1.5000"), digits=2)
    '1.50'
    """
    text = format(value.normalize(_LONG), "f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.ljust(digits, "0")
    return f"{whole}.{fraction}" if fraction else whole


def ratio(value: Decimal | None, divisor: Decimal | int | None, *, scale: int) -> Decimal | None:
    """`value / divisor` rounded half away from zero to `scale` decimals; None where it is undefined.

    Rounds as PostgreSQL's `round(numeric)` does, so that a ratio is the same wherever it is computed.
    """
    if value is None or not divisor:
        return None
    return rounded(value / Decimal(divisor), scale=scale)


def rounded(value: Decimal, *, scale: int) -> Decimal:
    """The value with `scale` decimals, half away from zero, however long it is."""
    return value.quantize(Decimal(1).scaleb(-scale), rounding="ROUND_HALF_UP", context=_LONG)


def cap(field: str, value: Decimal) -> Decimal:
    """The same amount where it can bound spending; raises Invalid."""
    if not value.is_finite() or value <= 0 or value >= Decimal(10) ** 14 or value != round(value, 6):
        raise Invalid.field(field, f"{value} is no amount.", 'Write a positive amount, such as "500.00".')
    return value


def amount_or_none(field: str, value: str) -> Decimal | None:
    """An amount as a person writes it; None of nothing. Raises Invalid."""
    return _decimal(value, field=field) if value else None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str

    @classmethod
    def parse(cls, value: object, currency: str, *, field: str = "amount") -> Money:
        """Money from a decimal string (or an int); raises Invalid for floats, exponents and unknown currencies."""
        if currency not in known_currencies():
            raise Invalid.field(
                f"{field}.currency",
                f"{currency!r} is not an ISO 4217 code.",
                "Use three capital letters, such as USD.",
            )
        return cls(_decimal(value, field=field), currency)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency}"

    def plain(self) -> str:
        """The amount as JSON carries it: '50.00'."""
        return plain(self.amount, digits=currency_digits(self.currency))

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be mixed")


def _decimal(value: object, *, field: str) -> Decimal:
    fix = 'Write it as a decimal string, such as "50.00".'
    if not isinstance(value, (str, int, Decimal)) or isinstance(value, bool):
        raise Invalid.field(field, "money must be a decimal string, not a float.", fix)
    text = str(value)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Invalid.field(field, f"{text!r} is not a number.", fix) from None
    if not amount.is_finite() or "e" in text.lower():
        raise Invalid.field(field, f"{text!r} is not in plain notation.", fix)
    return amount
