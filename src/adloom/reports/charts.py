"""Charts, once as a Vega-Lite specification: interactive in a page, and the same one as SVG in a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from adloom.core import money
from adloom.metrics.caveats import Caveats
from adloom.metrics.claims import Break, is_of
from adloom.metrics.gaps import Gap
from adloom.metrics.types import By, MetricRow
from adloom.platforms.types import Platform
from adloom.reports import words
from adloom.reports.figures import summed

if TYPE_CHECKING:
    import altair

FONT = "Source Sans Pro"


def daily_spend(
    rows: Sequence[MetricRow], *, currency: str, width: int | str, height: int, caveats: Caveats | None = None
) -> dict[str, Any]:
    """A Vega-Lite specification of spend per day, stacked by platform, in one currency.

    Of `caveats` it shows the days of which not everything is known as a grey band, and breaks of attribution as a line.
    """
    import altair  # a second of a core, which no command and no worker pays before it draws

    values = [
        {
            "date": _point(row.date),
            "platform": words.NAMES[row.platform],
            "spend": float(row.spend),  # a picture's height, not money
        }
        for row in summed(rows, By.PLATFORM, By.DAY)  # one point per platform and day: an area has no room for two
        if row.date is not None and row.platform is not None and row.currency == currency
    ]
    shown = [name for name in words.NAMES.values() if any(value["platform"] == name for value in values)]
    domain = [words.NAMES[platform] for platform in Platform]
    colours = [words.COLOURS[platform] for platform in Platform]
    chart = (
        altair.Chart({"values": values})
        .mark_area(line={"strokeWidth": 1.2}, fillOpacity=0.55)
        .encode(
            x=altair.X("date:T", axis=altair.Axis(title=None, format="%-d %b", grid=False, tickCount=8)),
            y=altair.Y(
                "spend:Q",
                stack=True,
                scale=altair.Scale(domain=[0, 1]) if values and not any(value["spend"] for value in values) else {},
                axis=altair.Axis(title=f"Spend per day ({currency})", tickCount=5, format="~s"),
            ),
            color=altair.Color(
                "platform:N",
                scale=altair.Scale(domain=domain, range=colours),
                legend=altair.Legend(title=None, orient="top", symbolType="circle", values=shown),
            ),
            order=altair.Order("platform:O"),
            tooltip=[
                altair.Tooltip("date:T", title="Day", format="%a %-d %b %Y"),
                altair.Tooltip("platform:N", title="Platform"),
                altair.Tooltip("spend:Q", title="Spend", format=f",.{money.currency_digits(currency)}f"),
            ],
        )
    )
    marks = [] if caveats is None else list(_marks(caveats, [row for row in rows if row.currency == currency]))
    whole = altair.layer(chart, *marks) if marks else chart
    whole = (
        whole.properties(width=width, height=height, background="transparent")
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor="#5b6478",
            titleColor="#5b6478",
            gridColor="#e6e9f0",
            domain=False,
            ticks=False,
            titleFontWeight=400,
        )
        .configure_legend(labelColor="#2b3245", symbolSize=60)
    )
    specification: dict[str, Any] = whole.to_dict()
    return specification


def area(specification: dict[str, Any]) -> dict[str, Any]:
    """The part of a chart that has its figures: all of it, or one of its layers."""
    return specification["layer"][0] if "layer" in specification else specification


def caption(rows: Sequence[MetricRow], *, currency: str, caveats: Caveats) -> str:
    """What the marks in the chart of these rows mean; empty where it has none."""
    unknown, breaks = _marked([row for row in rows if row.currency == currency], caveats)
    return " ".join(
        [
            *(["Grey: days of which not everything is known."] if unknown else []),
            *(["Dashed line: from here on conversions are attributed by another rule."] if breaks else []),
        ]
    )


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG text."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn


def _marked(shown: Sequence[MetricRow], caveats: Caveats) -> tuple[list[Gap], list[Break]]:
    """The days that are unknown, and the changes of attribution, of the accounts that may be in these rows."""
    gaps = [gap for gap in caveats.gaps if any(is_of(row, gap.platform, gap.currency) for row in shown)]
    return gaps, [each for each in caveats.claims.about(shown).breaks if each.day is not None]


def _marks(caveats: Caveats, shown: Sequence[MetricRow]) -> Iterator[altair.Chart]:
    """A band over days that are unknown, and a line where attribution changed."""
    import altair

    gaps, changes = _marked(shown, caveats)
    unknown = [
        {
            "from": _point(gap.since, half_days=-1),
            "to": _point(gap.until, half_days=1),
            "what": words.NAMES[gap.platform],
        }
        for gap in gaps
    ]
    breaks = [
        {"day": _point(each.day, half_days=-1), "what": f"{words.NAMES[each.platform]}: {words.rule(each.after)}"}
        for each in changes
        if each.day is not None
    ]
    if unknown:
        yield (
            altair.Chart({"values": unknown})
            .mark_rect(color="#8a93a6", opacity=0.4)
            .encode(x="from:T", x2="to:T", tooltip=altair.Tooltip("what:N", title="Unknown"))
        )
    if breaks:
        yield (
            altair.Chart({"values": breaks})
            .mark_rule(color="#5b6478", strokeDash=[4, 3], strokeWidth=1.5)
            .encode(x="day:T", tooltip=altair.Tooltip("what:N", title="Attributed from here by"))
        )


def _point(day: date, *, half_days: int = 0) -> str:
    """Where a day's figures stand, or so many half days after. Without an offset: no reader's zone moves it."""
    place = datetime.combine(day, time.min) + half_days * timedelta(hours=12)
    return place.isoformat()
