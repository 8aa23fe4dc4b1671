"""Delivery, hour by hour and the same for every platform: what each ad showed, what it cost, what came of it.

Numbers depend on the seed, the ad's id and the hour alone, so the same seed and clock give the same bytes.
Platforms only say which ads may deliver as things stand (`Line`); the past is never computed again.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from adsandbox import demand
from adsandbox.clock import Clock
from adsandbox.demand import HOUR
from adsandbox.dice import dice, exact
from adsandbox.line import Budget, Line, Overspend, Window
from adsandbox.purse import Purse
from adsandbox.row import Conversion, Credit, Row, Totals
from adsandbox.store import Entity, Store

__all__ = [
    "HOUR", "Budget", "Conversion", "Credit", "Delivery", "Line", "Overspend", "Row", "Totals", "Window", "money_text",
    "utc",
]  # fmt: skip

Key = TypeVar("Key", bound=Hashable)


@dataclass(slots=True)
class _Exposure:
    """How long in the hour that runs a line could deliver."""

    line: Line
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Trait:
    """What is peculiar to an ad: the price of its clicks, and how people take it."""

    price: Decimal
    clicks: float
    conversions: float


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

    def __init__(
        self,
        clock: Clock,
        store: Store,
        *,
        seed: int,
        enabled: bool = True,
        held: Callable[[str, str], bool] = lambda platform, account_id: False,
    ) -> None:
        self._clock = clock
        self._store = store
        self._seed = seed
        self._enabled = enabled
        self._held = held
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
        self._purses: dict[tuple[str, str], Purse] = {}
        self._traits: dict[tuple[str, str], _Trait] = {}
        self._days: dict[tuple[str, Budget], tuple[date, Decimal]] = {}
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
            held = self._held(campaign.platform, campaign.account_id)
            self._lines[key] = [] if held else list(self._sources[campaign.platform].lines(campaign))

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
        """One ad's hour: clicks that the money left can pay, impressions to match, and what comes of them later."""
        line, part = exposure.line, exposure.seconds / 3600
        wall = hour.astimezone(ZoneInfo(line.time_zone))
        trait = self._trait(line)
        luck = dice(self._seed, line.platform, line.ad_id, hour.isoformat())
        left, pace = self._money(line, wall, sharers)
        price = (trait.price * exact(0.9 + 0.2 * luck[1])).quantize(line.unit)
        price = max(price, line.unit)
        clicks = int(pace * demand.of_hour(wall, luck[0], exposure.seconds) / price + exact(luck[2]))
        clicks = min(clicks, int(left / price))
        spend = (clicks * price).quantize(line.unit, rounding=ROUND_DOWN)
        shown = int(clicks / (trait.clicks * (0.85 + 0.3 * luck[3]))) + int(40 * luck[4] * part) if left > 0 else 0
        for budget in line.budgets:
            self._purses[line.platform, budget.key].spend(spend, wall.date())
        return Row(
            line,
            hour,
            wall,
            shown,
            clicks,
            spend,
            video_views=int(shown * (0.2 + 0.2 * luck[5])) if line.video else 0,
            conversions=demand.conversions(line, hour, clicks, seed=self._seed, rate=trait.conversions),
            credit=demand.credit(hour, clicks, price=price, luck=luck[6], when=luck[7]),
            late=demand.late(line, hour, clicks, price=price, seed=self._seed),
        )

    def _trait(self, line: Line) -> _Trait:
        found = self._traits.get((line.ad_id, line.currency))
        if found is None:
            luck = dice(self._seed, line.platform, line.ad_id, "trait")
            price = exact(0.35 + 1.4 * luck[0]) * demand.worth(line.currency)
            found = _Trait(price, 0.012 + 0.03 * luck[1], 0.03 + 0.07 * luck[2])
            self._traits[line.ad_id, line.currency] = found
        return found

    def _money(self, line: Line, wall: datetime, sharers: dict[tuple[str, str], int]) -> tuple[Decimal, Decimal]:
        """What the line may still spend now, and its part of what the day's demand would take."""
        left = pace = Decimal("Infinity")
        for budget in line.budgets:
            purse = self._purses.setdefault((line.platform, budget.key), Purse())
            share = sharers[line.platform, budget.key]
            left = min(left, purse.left(budget, wall.date()))
            wanted = self._wanted(line.platform, budget, wall.date()) / share
            if budget.daily is not None:
                pace = min(pace, budget.daily * wanted)
            if budget.total is not None:
                days = 30 if line.ends is None else max(1, (line.ends - wall).days + 1)
                pace = min(pace, (budget.total - purse.total) / days * wanted)
        return (left, pace) if left.is_finite() else (Decimal(0), Decimal(0))

    def _wanted(self, platform: str, budget: Budget, day: date) -> Decimal:
        known = self._days.get((platform, budget))
        if known is None or known[0] != day:
            known = self._days[platform, budget] = (day, demand.of_day(self._seed, platform, budget, day))
        return known[1]

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
        now), with the clicks and spend that are known then; conversions bring their own instant."""
        bound = as_of or self._clock.now()
        for row in self._rows.get(platform, []):
            if row.at + HOUR > bound or account_id not in (None, row.line.account_id):
                continue
            day = row.wall.date()
            if (first is None or day >= first) and (last is None or day <= last):
                yield row.known(bound)

    def history(self, platform: str) -> Sequence[Row]:
        """All rows as they were made, oldest first, with what reports know later or take out again."""
        return self._rows.get(platform, [])

    def left(self, platform: str, budget: Budget, day: date) -> Decimal:
        """What a budget may still spend on a local day, as far as hours are closed. Credits are not paid back into
        it."""
        purse = self._purses.get((platform, budget.key))
        return (purse or Purse()).left(budget, day)

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
            key = by(row, row.wall)
            sums.setdefault(key, Totals()).add(row, as_of=bound)
        return sums


def money_text(amount: Decimal) -> str:
    """A decimal string in plain notation, with at least two digits after the point and no needless zeros."""
    text = format(amount, "f")
    whole, _, digits = text.partition(".")
    return f"{whole}.{digits.rstrip('0').ljust(2, '0')}"


def utc(local: datetime, time_zone: str) -> datetime:
    """A naive wall-clock time of an account as an instant in UTC."""
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
