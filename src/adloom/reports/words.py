"""How figures are written for people: platform names and colours, money, counts, ratios. Display only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from adloom.metrics.caveats import Caveats
from adloom.metrics.claims import SENTENCE, Claims
from adloom.metrics.gaps import Gap
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
CLAIM = f"Conversions, value and ROAS are {SENTENCE}."

#: So many accounts are named where days are unknown; of the others it is said how many they are.
_NAMED = 6
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DAYS = re.compile(r"(?<![a-z0-9])(\d+)d(?![a-z0-9])")


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with its currency's sign and digits."""
    return NOTHING if amount is None else format_currency(amount, currency, locale=LOCALE)


def amount(value: Decimal | None, currency: str) -> str:
    """An amount with its currency's digits alone, where the currency stands beside it."""
    return NOTHING if value is None else format_currency(value, currency, "#,##0.00", locale=LOCALE)


def share(fraction: Decimal) -> str:
    """A fraction as whole per cent."""
    return format_percent(fraction, "#,##0%", locale=LOCALE)


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


def caveats(found: Caveats, rows: Iterable[MetricRow]) -> Iterator[str]:
    """What has to be said beside these rows: whose claims they are, by which rules, what is unknown, what may move."""
    yield from unknown(found.gaps)
    yield from partial(found.partial)
    yield from claims(found, rows)


def claims(found: Caveats, rows: Iterable[MetricRow]) -> Iterator[str]:
    """What the conversions of these rows are worth; nothing where they have none."""
    told = [row for row in rows if found.claims.label(row)]
    if told:
        about = found.claims.about(told)
        yield CLAIM
        yield from windows(about)
        yield from breaks(about)
    since = min((day_ for row in told if (day_ := found.restating_from(row))), default=None)
    if since is not None:
        yield f"Conversions of the days since {day(since)} are still restated: platforms may tell them otherwise."


def windows(told: Claims) -> Iterator[str]:
    """By which rule each platform attributes what it claims."""
    rules = [f"{NAMES[name]} {', or '.join(map(rule, found))}" for name, found in told.windows.items()]
    if rules:
        yield f"Attributed by: {' · '.join(rules)}."


def breaks(told: Claims) -> Iterator[str]:
    """Where a rule changed: what lies before and after is not comparable."""
    for each in told.breaks:
        days = f", which holds for its days from {day(each.day)} on" if each.day else ""
        yield (
            f"Break: {NAMES[each.platform]} {each.external_id} attributes by {rule(each.after)} since {day(each.at)}"
            f"{days}, before by {rule(each.before)}. Conversions before and after are not comparable."
        )


def unknown(gaps: Sequence[Gap]) -> Iterator[str]:
    """The days that no pull covers, by account."""
    if gaps:
        yield f"Unknown, which is not zero: {_by_account(gaps)}."


def partial(gaps: Sequence[Gap]) -> Iterator[str]:
    """The days that are over and were last pulled before they were, by account."""
    if gaps:
        yield f"Not pulled since they were over: {_by_account(gaps)}. Their figures are those up to the last pull."


def not_over(days: Sequence[date]) -> Iterator[str]:
    """That these days, in their order, have only begun: what a chart shows of them is no fall."""
    if days:
        yield f"Not over yet: {period(days[0], days[-1])}. Its figures are those so far."


def held_at(moment: datetime | None) -> Iterator[str]:
    """That these are figures of an earlier moment; nothing of those of now."""
    if moment is not None:
        at = moment.astimezone(UTC)
        yield f"Figures as they were held at {day(at.date())}, {at:%H:%M} UTC, whatever was told since."


def uncertain(gaps: Sequence[Gap]) -> Iterator[str]:
    """The days whose figures may be those of the day before or after, by account."""
    if gaps:
        why = "it is not decided yet whether the account's reports count in its zone or in UTC"
        yield f"Uncertain days: {_by_account(gaps)}: {why}."


def _by_account(gaps: Sequence[Gap]) -> str:
    spans: dict[str, list[str]] = {}
    for gap in gaps:
        name = f"{NAMES[gap.platform]} {gap.external_id}"
        spans.setdefault(name, []).append(period(gap.since, gap.until))
    named = [f"{name} ({', '.join(days)})" for name, days in [*spans.items()][:_NAMED]]
    more = [f"{len(spans) - _NAMED} more accounts"] if len(spans) > _NAMED else []
    return "; ".join([*named, *more])


def rule(words: str) -> str:
    """A platform's own words for how it attributes, so that they can be read: `7d_click` is 7-day click."""
    return _DAYS.sub(r"\1-day", _HUMPS.sub(" ", words.replace("_", " "))).lower()


def period(since: date, until: date) -> str:
    """A range of days; one day is itself."""
    return day(since) if since == until else f"{day(since)} – {day(until)}"


def day(value: date) -> str:
    """A day with its year."""
    return format_date(value, "d MMM yyyy", locale=LOCALE)
