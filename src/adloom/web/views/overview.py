"""The overview: figures of a period beside those of the one before, per currency. Currencies are never added up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from adloom.campaigns.types import CampaignView
from adloom.metrics import uncertain
from adloom.metrics.answers import Answer
from adloom.metrics.caveats import Caveats
from adloom.metrics.gaps import Gap
from adloom.metrics.types import MetricRow
from adloom.platforms.types import Platform
from adloom.reports import charts
from adloom.reports import words as figures
from adloom.web import words
from adloom.web.views import spark
from adloom.web.words import Badge, Choice, PlatformName

PERIODS = (7, 30, 90)
DEFAULT_PERIOD = 30
#: So many campaigns are listed of each currency, those that spent most.
MOST = 25
_INCOMPLETE, _NOT_COMPARED = "incomplete", "–"
_WHY = {
    _INCOMPLETE: "not all of these days are known",
    _NOT_COMPARED: "not all of those days are known",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure, what it was before, and its course over the days. `tone` is good, bad or even."""

    label: str
    value: str
    change: str
    tone: str
    points: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of figures."""

    name: str
    marks: tuple[str, ...]
    url: str | None
    platform: PlatformName | None
    status: Badge | None
    spend: str
    share: int
    impressions: str
    clicks: str
    ctr: str
    cpc: str
    conversions: str
    value: str
    roas: str


@dataclass(frozen=True, slots=True)
class CurrencyBlock:
    """Everything in one currency."""

    currency: str
    chart: str
    #: What is marked in the chart; empty where nothing is.
    caption: str
    tiles: tuple[Tile, ...]
    platforms: tuple[Line, ...]
    campaigns: tuple[Line, ...]
    most: str
    total: Line
    legend: tuple[PlatformName, ...]
    notes: tuple[str, ...]
    claims: tuple[str, ...]
    #: Why no change to the days before is told; empty where it is.
    incomparable: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole page. `blocks` is empty where no figure has come in yet."""

    period: str
    before: str
    choices: tuple[Choice, ...]
    currencies: tuple[Choice, ...]
    as_of: str | None
    data_as_of: str
    blocks: tuple[CurrencyBlock, ...]
    #: The days that are unknown of accounts of which there is no figure at all, so that no block is about them.
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A period of days, both ends included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> Window:
        """The period of the same length that ends the day before this one."""
        return Window(self.since - timedelta(days=self.days), self.since - timedelta(days=1))

    def each(self) -> tuple[date, ...]:
        """Its days, in order."""
        return tuple(self.since + timedelta(days=n) for n in range(self.days))


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures by nothing, now and before; by platform; of the campaigns that spent most; by platform and day."""

    totals: Answer[MetricRow]
    earlier: Sequence[MetricRow]
    platforms: Sequence[MetricRow]
    campaigns: Sequence[MetricRow]
    days: Sequence[MetricRow]
    #: What has to be known beside them, and beside those of the days before.
    caveats: Caveats
    earlier_caveats: Caveats


def window(days: int, *, with_figures: Collection[date], last_over: date) -> Window:
    """The last `days` days up to the newest one with figures that is over: half a day would look like a fall.

    Where no day is over, or none has figures, it ends with the newest that has some, or with `last_over`.
    """
    whole = [day for day in with_figures if day <= last_over]
    until = max(whole or with_figures, default=last_over)
    return Window(until - timedelta(days=days - 1), until)


def overview(
    sums: Sums,
    *,
    window: Window,
    days: int,
    campaigns: Mapping[UUID, CampaignView],
    told_in: str | None = None,
    billed: Sequence[str] = (),
) -> Overview:
    """The page's values; one block per currency. `told_in` is a reporting currency, `billed` what accounts bill in."""
    as_of = min((row.as_of for row in sums.totals if row.as_of), default=None)
    return Overview(
        period=figures.period(window.since, window.until),
        before=figures.period(window.before().since, window.before().until),
        choices=tuple(Choice(f"{n} days", _address(n, told_in), n == days) for n in PERIODS),
        currencies=_currencies(billed, told_in, days=days),
        as_of=_as_of(as_of),
        data_as_of=words.moment(sums.totals.data_as_of),
        blocks=tuple(
            _block(sums, row, window=window, chart=_chart(days, row.currency, told_in), campaigns=campaigns)
            for row in sums.totals
        ),
        unknown=tuple(figures.unknown(_elsewhere(sums))),
    )


def _elsewhere(sums: Sums) -> tuple[Gap, ...]:
    told = {gap for row in sums.totals for gap in sums.caveats.gaps_in(row)}
    return tuple(gap for gap in sums.caveats.gaps if gap not in told)


def filled(rows: Sequence[MetricRow], *, window: Window, currency: str) -> list[MetricRow]:
    """The days of one currency with a zero for every platform's day without delivery: stacks must not jump."""
    there = {(row.platform, row.date): row for row in rows if row.currency == currency}
    platforms = [platform for platform in Platform if any(key[0] is platform for key in there)]
    return [
        there.get((platform, day)) or _nothing(platform, day, currency)
        for platform in platforms
        for day in window.each()
    ]


def for_page(specification: dict[str, Any]) -> dict[str, Any]:
    """The chart without what the page writes around it, and with days that do not run into each other."""
    encoding = charts.area(specification)["encoding"]
    encoding["color"]["legend"] = None
    encoding["order"]["type"] = "ordinal"
    encoding["x"]["axis"] |= {"labelOverlap": "greedy", "labelSeparation": 12}
    encoding["y"]["axis"] |= {"title": None}
    return specification


def line(
    row: MetricRow,
    *,
    name: str,
    whole: Decimal,
    caveats: Caveats,
    url: str | None = None,
    status: Badge | None = None,
) -> Line:
    """A row of figures; `whole` is the spend that it is a share of."""
    return Line(
        name=name,
        marks=tuple(_marks(row, caveats)),
        url=url,
        platform=words.platform(row.platform) if row.platform else None,
        status=status,
        spend=figures.money(row.spend, row.currency),
        share=round(100 * row.spend / whole) if whole else 0,
        impressions=figures.count(row.impressions),
        clicks=figures.count(row.clicks),
        ctr=figures.percent(row.ctr),
        cpc=figures.money(row.cpc, row.currency),
        conversions=figures.count(row.conversions),
        value=figures.money(row.conversion_value, row.currency),
        roas=figures.times(row.roas),
    )


def _marks(row: MetricRow, caveats: Caveats) -> Iterator[str]:
    """What is doubtful of a row's days."""
    if unknown := len(caveats.unknown(row)):
        yield f"{unknown} day{'' if unknown == 1 else 's'} unknown"
    if row.note is not None and uncertain.MARK in row.note:
        yield uncertain.MARK


def _address(days: int, told_in: str | None) -> str:
    return f"/?days={days}&told_in={told_in}" if told_in else f"/?days={days}"


def _chart(days: int, currency: str, told_in: str | None) -> str:
    told = f"&told_in={told_in}" if told_in else ""
    return f"/charts/daily-spend?days={days}&currency={currency}{told}"


def _currencies(billed: Sequence[str], told_in: str | None, *, days: int) -> tuple[Choice, ...]:
    """As billed, or all in one currency; nothing to choose where all is in one already."""
    if len(billed) < 2 and told_in in (None, *billed):
        return ()
    codes = sorted({*billed, *([told_in] if told_in else ())})
    converted = (Choice(f"All in {code}", _address(days, code), code == told_in) for code in codes)
    return (Choice("As billed", _address(days, None), told_in is None), *converted)


def _as_of(moment: datetime | None) -> str | None:
    return None if moment is None else words.moment(moment)


def _block(
    sums: Sums, total: MetricRow, *, window: Window, chart: str, campaigns: Mapping[UUID, CampaignView]
) -> CurrencyBlock:
    currency = total.currency
    before = next((row for row in sums.earlier if row.currency == currency), None)
    platforms = [row for row in sums.platforms if row.currency == currency]
    return CurrencyBlock(
        currency=currency,
        chart=chart,
        caption=charts.caption(sums.days, currency=currency, caveats=sums.caveats),
        tiles=_tiles(total, before, _by_day(sums, total, window=window), incomparable=_incomparable(sums, total)),
        platforms=_platform_lines(platforms, total, sums.caveats),
        campaigns=(listed := _campaign_lines(sums, total, campaigns)),
        most=f"The {MOST} campaigns that spent most." if len(listed) == MOST else "",
        total=line(total, name="All", whole=total.spend, caveats=sums.caveats),
        legend=tuple(words.platform(p) for p in Platform if any(row.platform is p for row in platforms)),
        notes=(
            *figures.unknown(sums.caveats.gaps_in(total)),
            *figures.partial(sums.caveats.partial_in(total)),
            *figures.notes([total]),
        ),
        incomparable=_WHY.get(_incomparable(sums, total), ""),
        claims=tuple(figures.claims(sums.caveats, [total])),
    )


def _incomparable(sums: Sums, total: MetricRow) -> str:
    """Why the days before say nothing of these; empty where they do."""
    if sums.caveats.unknown(total):
        return _INCOMPLETE
    return _NOT_COMPARED if sums.earlier_caveats.unknown(total) else ""


def _platform_lines(rows: Sequence[MetricRow], total: MetricRow, caveats: Caveats) -> tuple[Line, ...]:
    ordered = sorted(rows, key=lambda row: -row.spend)
    return tuple(
        line(row, name=figures.NAMES[row.platform], whole=total.spend, caveats=caveats)
        for row in ordered
        if row.platform
    )


def _campaign_lines(sums: Sums, total: MetricRow, campaigns: Mapping[UUID, CampaignView]) -> tuple[Line, ...]:
    ordered = sorted((row for row in sums.campaigns if row.currency == total.currency), key=lambda row: -row.spend)
    return tuple(
        _campaign_line(row, total, campaigns.get(row.campaign.id), sums.caveats) for row in ordered if row.campaign
    )


def _campaign_line(row: MetricRow, total: MetricRow, known: CampaignView | None, caveats: Caveats) -> Line:
    return line(
        row,
        name=row.campaign.name if row.campaign else "",
        whole=total.spend,
        caveats=caveats,
        url=f"/ads/{known.ad_id}" if known else None,
        status=words.delivery(known.delivery_state) if known else None,
    )


def _by_day(sums: Sums, total: MetricRow, *, window: Window) -> dict[str, list[Decimal | None]]:
    """For every tile its values, one per day; None for a day of which nothing came in and something is unknown."""
    unknown = sums.caveats.unknown(total)
    by_day: dict[date | None, list[MetricRow]] = {}
    for row in sums.days:
        if row.currency == total.currency:
            by_day.setdefault(row.date, []).append(row)
    are_known = [day in by_day or day not in unknown for day in window.each()]
    values = _values([by_day.get(day, []) for day in window.each()])
    return {
        name: [value if is_known else None for value, is_known in zip(found, are_known, strict=True)]
        for name, found in values.items()
    }


def _values(days: Sequence[Sequence[MetricRow]]) -> dict[str, list[Decimal]]:
    spend = [sum((row.spend for row in day), Decimal(0)) for day in days]
    impressions = [Decimal(sum(row.impressions for row in day)) for day in days]
    clicks = [Decimal(sum(row.clicks for row in day)) for day in days]
    conversions = [sum((row.conversions or Decimal(0) for row in day), Decimal(0)) for day in days]
    value = [sum((row.conversion_value or Decimal(0) for row in day), Decimal(0)) for day in days]
    return {
        "spend": spend,
        "impressions": impressions,
        "clicks": clicks,
        "ctr": _ratios(clicks, impressions),
        "conversions": conversions,
        "roas": _ratios(value, spend),
    }


def _ratios(above: Sequence[Decimal], below: Sequence[Decimal]) -> list[Decimal]:
    return [a / b if b else Decimal(0) for a, b in zip(above, below, strict=True)]


def _tiles(
    now: MetricRow, before: MetricRow | None, days: Mapping[str, Sequence[Decimal | None]], *, incomparable: str
) -> tuple[Tile, ...]:
    """Spending more is neither good nor bad by itself; the others are better when they grow."""
    rows = (
        ("Spend", "spend", figures.money(now.spend, now.currency), False),
        ("Impressions", "impressions", figures.count(now.impressions), True),
        ("Clicks", "clicks", figures.count(now.clicks), True),
        ("CTR", "ctr", figures.percent(now.ctr), True),
        ("Conversions", "conversions", figures.count(now.conversions), True),
        ("ROAS", "roas", figures.times(now.roas), True),
    )
    return tuple(
        Tile(
            label,
            value,
            *((incomparable, "even") if incomparable else _change(now, before, name, has_tone=has_tone)),
            spark.points(days[name]),
        )
        for label, name, value, has_tone in rows
    )


def _change(now: MetricRow, before: MetricRow | None, name: str, *, has_tone: bool) -> tuple[str, str]:
    value = getattr(now, name)
    earlier = None if before is None else getattr(before, name)
    if value is None or not earlier:
        return "none before", "even"
    change = (Decimal(value) - Decimal(earlier)) / Decimal(earlier)
    written = f"{100 * change:+.1f}%".replace("-", "−")
    if not has_tone or abs(change) < Decimal("0.0005"):
        return written, "even"
    return written, "good" if change > 0 else "bad"


def _nothing(platform: Platform, day: date, currency: str) -> MetricRow:
    return MetricRow(
        platform=platform,
        campaign=None,
        date=day,
        currency=currency,
        impressions=0,
        clicks=0,
        conversions=None,
        conversion_value=None,
        spend=Decimal(0),
        as_of=None,
    )
