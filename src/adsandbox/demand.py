"""How many people are there to show an ad to, and what they do: by hour, weekday and luck. No state, no clock.

The rhythm is that of shops: quiet nights, an evening peak, weaker weekends, now and then a day that is far
better than the rest. What people do late is here too: conversions that come days after the click, orders that
are taken back, clicks that turn out to be invalid.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from adsandbox.dice import dice, exact
from adsandbox.line import Budget, Line
from adsandbox.row import Conversion, Credit, Late

HOUR = timedelta(hours=1)
# fmt: off
#: Share of a day's budget by local hour: quiet nights, a peak in the evening. Sums to 1.
_HOURS = tuple(Decimal(share) / 1000 for share in (
    12, 9, 8, 8, 10, 15, 25, 35, 42, 46, 48, 50, 52, 52, 50, 50, 52, 56, 64, 72, 80, 74, 56, 34,
))
#: Share of a day's budget that the demand of a weekday takes, Monday first.
_WEEKDAYS = (0.97, 1.0, 0.99, 0.95, 0.91, 0.74, 0.80)
# fmt: on

#: How often a day is far better than others, where the budget may follow.
_PEAKS = 0.12

#: How often some of an hour's clicks are counted late, where the platform counts late.
_LATE = 0.3

#: What a click costs elsewhere, in units of the currency for one dollar, roughly; 1 where nothing is said.
_WORTH = {
    code: Decimal(units)
    for code, units in (
        ("JPY", 150), ("KRW", 1400), ("INR", 84), ("IDR", 16000), ("VND", 25000), ("CLP", 950), ("COP", 4000),
        ("HUF", 360), ("TWD", 32), ("MXN", 18), ("BRL", 5), ("SEK", 10), ("NOK", 11), ("DKK", 7), ("CZK", 23),
        ("PHP", 57), ("THB", 34), ("TRY", 34), ("ZAR", 18), ("ARS", 1000), ("ISK", 138), ("CRC", 510), ("PYG", 7800),
    )
}  # fmt: skip


def of_day(seed: int, platform: str, budget: Budget, day: date) -> Decimal:
    """How much of a budget's daily amount the demand of a local day takes: at most 1, or a bit more than the
    budget may overspend, so that its limit is what ends the day."""
    luck = dice(seed, platform, budget.key, day.isoformat())
    usual = _WEEKDAYS[day.weekday()] * (0.84 + 0.16 * luck[0])
    if budget.overspend is None:
        return exact(usual)
    if luck[1] < _PEAKS:
        return exact(1.1 + (float(budget.overspend.most) * 1.04 - 1.1) * luck[2])
    return exact(usual * 1.06)


def of_hour(local: datetime, luck: float, seconds: float) -> Decimal:
    """The share of a day's demand that comes in an hour of the wall clock, of which an ad could show some
    seconds."""
    return _HOURS[local.hour] * exact(0.92 + 0.16 * luck) * exact(seconds / 3600)


def worth(currency: str) -> Decimal:
    """What a dollar buys, in units of a currency."""
    return _WORTH.get(currency, Decimal(1))


def conversions(line: Line, hour: datetime, clicks: int, *, seed: int, rate: float) -> tuple[Conversion, ...]:
    """What the clicks of an hour lead to: most within hours, some up to a week after the click. Of these some are
    taken back or worth less up to four days later. All becomes known on the hour, as books close."""
    if not line.converts:
        return ()
    found: list[Conversion] = []
    for click in range(clicks):
        luck = dice(seed, line.platform, line.ad_id, f"{hour.isoformat()}:{click}")
        if luck[0] < rate:
            found += _conversion(line, hour, luck)
    return tuple(found)


def _conversion(line: Line, hour: datetime, luck: list[float]) -> list[Conversion]:
    late = 2 + int(3 * luck[2]) if luck[1] < 0.6 else 7 + int(160 * luck[2])
    known_at = hour + late * HOUR
    step = max(line.unit, Decimal("0.01"))
    value = (exact(18 + 90 * luck[3]) * worth(line.currency)).quantize(step, rounding=ROUND_HALF_UP)
    found = [Conversion(known_at, 1, value)]
    later = known_at + (12 + int(84 * luck[5])) * HOUR
    if luck[4] < 0.04:
        found.append(Conversion(later, -1, -value))
    elif luck[4] < 0.08:
        found.append(Conversion(later, 0, -(value / 3).quantize(step, rounding=ROUND_HALF_UP)))
    return found


def late(line: Line, hour: datetime, clicks: int, *, price: Decimal, seed: int) -> Late | None:
    """Clicks that are counted late, one to `line.late` hours after the hour is over; None in most hours.

    The later half of an hour's clicks at most; a credit comes later than all of them.
    """
    if not clicks or not line.late:
        return None
    luck = dice(seed, line.platform, line.ad_id, f"{hour.isoformat()}:late")
    if luck[0] >= _LATE:
        return None
    behind = -(-clicks * int(1 + 4 * luck[1]) // 8)
    return Late(hour + (2 + int(line.late * luck[2])) * HOUR, behind, behind * price)


def credit(hour: datetime, clicks: int, *, price: Decimal, luck: float, when: float) -> Credit | None:
    """Clicks that turn out to be invalid, one to nine days later; None in most hours."""
    if not clicks or luck >= 0.06:
        return None
    invalid = 1 + int(clicks * luck)
    return Credit(hour + timedelta(hours=24 + int(192 * when)), invalid, invalid * price)
