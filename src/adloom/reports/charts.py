"""Charts, once as a Vega-Lite specification: interactive in a page, and the same one as SVG in a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adloom.metrics.types import By, MetricRow
from adloom.platforms.types import Platform
from adloom.reports import words
from adloom.reports.figures import summed

FONT = "Source Sans Pro"


def daily_spend(rows: Sequence[MetricRow], *, currency: str, width: int | str, height: int) -> dict[str, Any]:
    """A Vega-Lite specification of spend per day, stacked by platform, in one currency."""
    import altair  # a second of a core, which no command and no worker pays before it draws

    values = [
        {
            "date": row.date.isoformat(),
            "platform": words.NAMES[row.platform],
            "spend": float(row.spend),  # a picture's height, not money
        }
        for row in summed(rows, By.PLATFORM, By.DAY)  # one point per platform and day: an area has no room for two
        if row.date is not None and row.platform is not None and row.currency == currency
    ]
    domain = [words.NAMES[platform] for platform in Platform]
    colours = [words.COLOURS[platform] for platform in Platform]
    chart = (
        altair.Chart({"values": values})
        .mark_area(line={"strokeWidth": 1.2}, fillOpacity=0.55)
        .encode(
            x=altair.X("date:T", axis=altair.Axis(title=None, format="%d %b", grid=False, tickCount=8)),
            y=altair.Y(
                "spend:Q",
                stack=True,
                axis=altair.Axis(title=f"Spend per day ({currency})", tickCount=5, format="~s"),
            ),
            color=altair.Color(
                "platform:N",
                scale=altair.Scale(domain=domain, range=colours),
                legend=altair.Legend(title=None, orient="top", symbolType="circle"),
            ),
            order=altair.Order("platform:O"),
            tooltip=[
                altair.Tooltip("date:T", title="Day", format="%a %d %b %Y"),
                altair.Tooltip("platform:N", title="Platform"),
                altair.Tooltip("spend:Q", title="Spend", format=",.2f"),
            ],
        )
        .properties(width=width, height=height, background="transparent")
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
    specification: dict[str, Any] = chart.to_dict()
    return specification


def svg(specification: dict[str, Any]) -> str:
    """The chart as SVG text."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(specification)
    return drawn
