"""How figures are written for people: platform names and colours, money, counts, ratios. Display only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform

LOCALE = "en_US"
NOTHING = "–"

NAMES = {
    Platform.GOOGLE_ADS: "Google Ads",
    Platform.FACEBOOK_ADS: "Meta Ads",
    Platform.MICROSOFT_ADS: "Microsoft Advertising",
    Platform.TIKTOK_ADS: "TikTok Ads",
}

COLOURS = {
    Platform.GOOGLE_ADS: "#3f6fdc",
    Platform.FACEBOOK_ADS: "#14967f",
    Platform.MICROSOFT_ADS: "#d9822b",
    Platform.TIKTOK_ADS: "#8e4ec6",
}

#: Stands wherever conversions, their value or ROAS are summed over platforms.
CLAIM = "Conversions, value and ROAS are as claimed by each platform; one sale may be counted more than once."


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency's sign and digits."""
    return NOTHING if amount is None else format_currency(amount, currency, locale=LOCALE)


def count(number: Decimal | int | None) -> str:
    """A number with thousands separated, fractions only where there are any."""
    return NOTHING if number is None else format_decimal(number, locale=LOCALE)


def percent(fraction: Decimal | None) -> str:
    """A fraction as a percentage with two decimals."""
    return NOTHING if fraction is None else format_percent(fraction, "0.00%", locale=LOCALE)


def times(ratio: Decimal | None) -> str:
    """A ratio such as a ROAS."""
    return NOTHING if ratio is None else f"{ratio:.2f}×"


def notes(rows: Iterable[MetricRow]) -> Iterator[str]:
    """What has to be said of rates where figures were converted, or could not be."""
    for row in rows:
        if row.rates is not None:
            yield str(row.rates)
        if row.note is not None:
            yield f"{row.currency}: {row.note}."


def period(since: date, until: date) -> str:
    """A range of days."""
    return f"{day(since)} – {day(until)}"


def day(value: date) -> str:
    """A day with its year."""
    return format_date(value, "d MMM yyyy", locale=LOCALE)
