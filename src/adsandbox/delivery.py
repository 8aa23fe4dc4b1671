"""Delivery, hour by hour and the same for every platform: what each ad showed, what it cost, what came of it.

Numbers depend on the seed, the ad's id and the hour alone, so the same seed and clock give the same bytes.
Platforms only say which ads may deliver as things stand (`Line`); the past is never computed again.
"""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from adsandbox.clock import Clock
from adsandbox.store import Entity, Store

HOUR = timedelta(hours=1)
# fmt: off
#: Share of a day's budget by local hour: quiet nights, a peak in the evening. Sums to 1.
_CURVE = tuple(Decimal(share) / 1000 for share in (
    12, 9, 8, 8, 10, 15, 25, 35, 42, 46, 48, 50, 52, 52, 50, 50, 52, 56, 64, 72, 80, 74, 56, 34,
))
# fmt: on

#: What a click costs elsewhere, in units of the currency for one dollar, roughly; 1 where nothing is said.
_WORTH = {
    code: Decimal(units)
    for code, units in (
        ("JPY", 150), ("KRW", 1400), ("INR", 84), ("IDR", 16000), ("VND", 25000), ("CLP", 950), ("COP", 4000),
        ("HUF", 360), ("TWD", 32), ("MXN", 18), ("BRL", 5), ("SEK", 10), ("NOK", 11), ("DKK", 7), ("CZK", 23),
        ("PHP", 57), ("THB", 34), ("TRY", 34), ("ZAR", 18), ("ARS", 1000), ("ISK", 138), ("CRC", 510), ("PYG", 7800),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Budget:
    """Money that lines share. `key` is the platform's id of what carries it; amounts in account currency."""

    key: str
    daily: Decimal | None = None
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One ad that may deliver as things stand now: every level is switched on and review will let (or lets)
    it.

    Time decides the rest: `starts` (the latest of schedule start and the review's end) and `ends`, both UTC;
    `week` are the (weekday with Monday 0, hour) pairs of the account's time zone in which it may show, None
    for all. All `budgets` bind. `converts` is whether the account's setting counts conversions for it.
    """

    platform: str
    account_id: str
    campaign_id: str
    group_id: str
    ad_id: str
    starts: datetime
    ends: datetime | None
    budgets: tuple[Budget, ...]
    currency: str
    time_zone: str
    unit: Decimal = Decimal("0.01")  # the smallest step in which the platform reports spend
    week: frozenset[tuple[int, int]] | None = None
    converts: bool = True
    video: bool = False


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion of a click in the row's hour, known to reports from `known_at`.

    `count` -1 takes one back.
    """

    known_at: datetime
    count: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """What one ad did in one hour (`at` is the hour's beginning in UTC)."""

    line: Line
    at: datetime
    impressions: int
    clicks: int
    spend: Decimal
    video_views: int
    conversions: tuple[Conversion, ...]

    def local(self, zone: ZoneInfo) -> datetime:
        """The beginning of the hour on the account's wall clock."""
        return self.at.astimezone(zone)


@dataclass(slots=True)
class Totals:
    """Sums over rows, as reports can show them at some instant. Money in account currency."""

    impressions: int = 0
    clicks: int = 0
    spend: Decimal = Decimal(0)
    video_views: int = 0
    conversions: int = 0
    conversion_value: Decimal = Decimal(0)
    counted: bool = False  # whether any row belongs to a line that counts conversions
    currency: str = ""

    def add(self, row: Row, *, as_of: datetime) -> None:
        """Add a row as it can be known at `as_of`."""
        self.impressions += row.impressions
        self.clicks += row.clicks
        self.spend += row.spend
        self.video_views += row.video_views
        self.currency = row.line.currency
        self.counted = self.counted or row.line.converts
        for conversion in row.conversions:
            if conversion.known_at <= as_of:
                self.conversions += conversion.count
                self.conversion_value += conversion.value


Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Exposure:
    """How long in the hour that runs a line could deliver."""

    line: Line
    seconds: float = 0.0


@dataclass(slots=True)
class _Purse:
    """What a budget has spent."""

    total: Decimal = Decimal(0)
    days: dict[date, Decimal] = field(default_factory=dict)


class Source(Protocol):
    """What delivery asks of a platform; `platform.Platform` has it."""

    name: str
    campaign_type: str

    def lines(self, campaign: Entity) -> Iterable[Line]:
        """The ads of one campaign that may deliver as things stand."""
        ...

    def affected(self, entity: Entity) -> Iterable[Entity] | None:
        """The campaigns that depend on an entity without a campaign above it; None for all of its account."""
        ...


class Delivery:
    """The past of all platforms. `catch_up` must run before anything changes; `gate.py` sees to it."""

    def __init__(self, clock: Clock, store: Store, *, seed: int, enabled: bool = True) -> None:
        self._clock = clock
        self._store = store
        self._seed = seed
        self._enabled = enabled
        self._sources: dict[str, Source] = {}
        self.reset()

    def source(self, platform: "Source") -> None:
        """Register a platform as one that says which of its ads may deliver."""
        self._sources[platform.name] = platform

    def reset(self) -> None:
        """Forget the past; delivery begins again at the clock's now."""
        self._until = self._clock.now()
        self._lines: dict[tuple[str, str], list[Line]] = {}
        self._open: dict[tuple[str, str], _Exposure] = {}
        self._purses: dict[tuple[str, str], _Purse] = {}
        self._rows: dict[str, list[Row]] = {}

    # making the past

    def catch_up(self) -> None:
        """Compute what happened since the last call, under the state that has held since then."""
        now = self._clock.now()
        self._refresh()
        while self._enabled and self._until < now:
            hour = self._until.replace(minute=0, second=0, microsecond=0)
            edge = min(hour + HOUR, now)
            for lines in self._lines.values():
                for line in lines:
                    self._expose(line, self._until, edge)
            if edge == hour + HOUR:
                self._close(hour)
            self._until = edge

    def forget_lines(self, platform: str) -> None:
        """Ask the platform for all its lines again (an account was suspended, its setting changed …)."""
        kind = self._sources[platform].campaign_type
        self._store.touched += self._store.all(platform, type_=kind, deleted=True)

    def _refresh(self) -> None:
        touched, self._store.touched[:] = list(self._store.touched), []
        stale: dict[tuple[str, str], Entity] = {}
        for entity in touched:
            for campaign in self._campaigns_of(entity):
                stale[campaign.platform, campaign.id] = campaign
        for key, campaign in stale.items():
            self._lines[key] = list(self._sources[campaign.platform].lines(campaign))

    def _campaigns_of(self, entity: Entity) -> Iterable[Entity]:
        """The campaign above an entity; for one without (a shared budget, a pixel) all of its account."""
        if entity.platform not in self._sources:
            return []
        source = self._sources[entity.platform]
        kind = source.campaign_type
        at: Entity | None = entity
        while at is not None:
            if at.type == kind:
                return [at]
            at = self._store.parent(at)
        known = source.affected(entity)
        if known is not None:
            return known
        return self._store.all(entity.platform, type_=kind, where=lambda c: c.account_id == entity.account_id)

    def _expose(self, line: Line, begin: datetime, end: datetime) -> None:
        begin = max(begin, line.starts)
        end = end if line.ends is None else min(end, line.ends)
        if begin >= end:
            return
        if line.week is not None:
            local = begin.astimezone(ZoneInfo(line.time_zone))
            if (local.weekday(), local.hour) not in line.week:
                return
        exposure = self._open.setdefault((line.platform, line.ad_id), _Exposure(line))
        exposure.line = line
        exposure.seconds += (end - begin).total_seconds()

    def _close(self, hour: datetime) -> None:
        exposures, self._open = list(self._open.values()), {}
        sharers: dict[tuple[str, str], int] = {}
        for exposure in exposures:
            for budget in exposure.line.budgets:
                key = (exposure.line.platform, budget.key)
                sharers[key] = sharers.get(key, 0) + 1
        for exposure in exposures:
            row = self._hour(exposure, hour, sharers)
            if row.impressions:
                self._rows.setdefault(row.line.platform, []).append(row)

    def _hour(self, exposure: _Exposure, hour: datetime, sharers: dict[tuple[str, str], int]) -> Row:
        """One ad's hour: clicks that the money left can pay, impressions to match, conversions that come
        later."""
        line = exposure.line
        local = hour.astimezone(ZoneInfo(line.time_zone))
        trait = _dice(self._seed, line.platform, line.ad_id, "trait")
        dice = _dice(self._seed, line.platform, line.ad_id, hour.isoformat())
        left, pace = self._money(line, local, sharers)
        share = _CURVE[local.hour] * _decimal(0.85 + 0.13 * dice[0]) * _decimal(exposure.seconds / 3600)
        worth = _WORTH.get(line.currency, Decimal(1))
        price = _decimal(0.35 + 1.4 * trait[0]) * _decimal(0.9 + 0.2 * dice[1]) * worth
        price = max(price.quantize(line.unit), line.unit)
        clicks = int(pace * share / price + _decimal(dice[2]))
        clicks = min(clicks, int(left / price))
        spend = (clicks * price).quantize(line.unit, rounding=ROUND_DOWN)
        rate = (0.012 + 0.03 * trait[1]) * (0.85 + 0.3 * dice[3])
        impressions = int(clicks / rate) + int(40 * dice[4] * exposure.seconds / 3600) if left > 0 else 0
        self._spend(line, local.date(), spend)
        conversions = self._conversions(line, hour, clicks, rate=0.03 + 0.07 * trait[2])
        views = int(impressions * (0.2 + 0.2 * dice[5])) if line.video else 0
        return Row(line, hour, impressions, clicks, spend, views, conversions)

    def _money(self, line: Line, local: datetime, sharers: dict[tuple[str, str], int]) -> tuple[Decimal, Decimal]:
        """What the line may still spend now, and its part of a day's pace. A day never exceeds its budget."""
        left = pace = Decimal("Infinity")
        for budget in line.budgets:
            purse = self._purses.setdefault((line.platform, budget.key), _Purse())
            share = sharers[line.platform, budget.key]
            if budget.daily is not None:
                left = min(left, budget.daily - purse.days.get(local.date(), Decimal(0)))
                pace = min(pace, budget.daily / share)
            if budget.total is not None:
                remains = budget.total - purse.total
                days = 30 if line.ends is None else max(1, (line.ends - local).days + 1)
                left, pace = min(left, remains), min(pace, remains / days / share)
        return (max(left, Decimal(0)), pace) if left.is_finite() else (Decimal(0), Decimal(0))

    def _spend(self, line: Line, day: date, amount: Decimal) -> None:
        for budget in line.budgets:
            purse = self._purses[line.platform, budget.key]
            purse.total += amount
            purse.days[day] = purse.days.get(day, Decimal(0)) + amount

    def _conversions(self, line: Line, hour: datetime, clicks: int, *, rate: float) -> tuple[Conversion, ...]:
        """Most come within hours, some up to a week after the click: what makes old days restate."""
        if not line.converts:
            return ()
        found = []
        for click in range(clicks):
            dice = _dice(self._seed, line.platform, line.ad_id, f"{hour.isoformat()}:{click}")
            if dice[0] < rate:
                late = timedelta(hours=1 + 3 * dice[2]) if dice[1] < 0.6 else timedelta(hours=6 + 160 * dice[2])
                value = _decimal(18 + 90 * dice[3]) * _WORTH.get(line.currency, Decimal(1))
                value = value.quantize(max(line.unit, Decimal("0.01")), rounding=ROUND_HALF_UP)
                found.append(Conversion(hour + late, 1, value))
        return tuple(found)

    # telling the past

    def rows(
        self,
        platform: str,
        *,
        account_id: str | None = None,
        first: date | None = None,
        last: date | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Row]:
        """Rows whose local date lies in first..last (both included), of hours closed at `as_of` (default
        now)."""
        bound = as_of or self._clock.now()
        for row in self._rows.get(platform, []):
            if row.at + HOUR > bound or account_id not in (None, row.line.account_id):
                continue
            day = row.local(ZoneInfo(row.line.time_zone)).date()
            if (first is None or day >= first) and (last is None or day <= last):
                yield row

    def grouped(
        self,
        platform: str,
        by: Callable[[Row, datetime], Key],
        *,
        account_id: str | None = None,
        first: date | None = None,
        last: date | None = None,
        as_of: datetime | None = None,
    ) -> dict[Key, Totals]:
        """Sums by key: `by` gets each row and its local hour (aware), e.g.

        `(row.line.ad_id, local.date())`.
        """
        bound = as_of or self._clock.now()
        sums: dict[Key, Totals] = {}
        for row in self.rows(platform, account_id=account_id, first=first, last=last, as_of=bound):
            key = by(row, row.local(ZoneInfo(row.line.time_zone)))
            sums.setdefault(key, Totals()).add(row, as_of=bound)
        return sums


def money_text(amount: Decimal) -> str:
    """A decimal string in plain notation, with at least two digits after the point and no needless zeros."""
    text = format(amount, "f")
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))


def _dice(*parts: object) -> list[float]:
    """Eight numbers in [0, 1) that depend on the parts alone, on every Python and machine."""
    digest = hashlib.blake2b(":".join(map(str, parts)).encode()).digest()
    return [int.from_bytes(digest[i : i + 8]) / 2**64 for i in range(0, 64, 8)]


def utc(local: datetime, time_zone: str) -> datetime:
    """A naive wall-clock time of an account as an instant in UTC."""
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
