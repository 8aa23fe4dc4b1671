"""A performance report as PDF, set by typst from one template and one JSON file; accessible (PDF/UA-1).

The same figures give the same bytes: the only date in it is the one the figures carry.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import typst

from adloom.core import time
from adloom.metrics.types import MetricRow
from adloom.reports import charts, words
from adloom.reports.types import Figures, Rendered

_TEMPLATE = Path(__file__).parent / "templates" / "performance.typ"
_CHART_WIDTH, _CHART_HEIGHT = 640, 190


def render(figures: Figures) -> Rendered:
    """The report as PDF, with its number of pages."""
    with tempfile.TemporaryDirectory(prefix="adloom-report-") as folder:
        root = Path(folder)
        main = root / "report.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        for number, drawn in enumerate(_charts(figures)):
            (root / f"chart-{number}.svg").write_text(drawn)
        (root / "data.json").write_text(json.dumps(_data(figures)))
        common: dict[str, Any] = {"root": root, "font_paths": [_fonts()], "ignore_system_fonts": True}
        data, warnings = typst.compile_with_warnings(
            main, **common, pdf_standards=["ua-1"], timestamp=int(figures.made_at.timestamp())
        )
        if any("unknown font" in str(warning) for warning in warnings):
            raise RuntimeError("the report's font is not installed")
        pages = json.loads(typst.query(main, "<pages>", field="value", **common))[0]
    return Rendered(data=data, media_type="application/pdf", pages=int(pages))


def _fonts() -> Path:
    found = importlib.util.find_spec("font_source_sans_pro")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0])


def _currencies(figures: Figures) -> list[str]:
    return [row.currency for row in figures.totals]


def _charts(figures: Figures) -> list[str]:
    return [charts.svg(_chart(figures, currency)) for currency in _currencies(figures)]


def _chart(figures: Figures, currency: str) -> dict[str, Any]:
    return charts.daily_spend(
        figures.days, currency=currency, width=_CHART_WIDTH, height=_CHART_HEIGHT, caveats=figures.caveats
    )


def _data(figures: Figures) -> dict[str, Any]:
    return {
        "title": figures.title,
        "owner": figures.owner,
        "period": words.period(figures.since, figures.until),
        "made": figures.made_at.strftime("%Y-%m-%d %H:%M UTC"),
        "data_as_of": figures.data_as_of.strftime("%Y-%m-%d %H:%M UTC"),
        "notes": list(
            dict.fromkeys(
                (
                    *words.caveats(figures.caveats, figures.totals),
                    *words.not_over(sorted(_begun(figures))),
                    *words.held_at(figures.as_of),
                    *words.notes(figures.totals),
                )
            )
        ),
        "currencies": _currencies(figures),
        "captions": [
            charts.caption(figures.days, currency=currency, caveats=figures.caveats)
            for currency in _currencies(figures)
        ],
        "totals": [_cards(row) for row in figures.totals],
        "platforms": _lines(figures.platforms),
        "campaigns": _lines(figures.campaigns),
    }


def _begun(figures: Figures) -> set[date]:
    """The days that were not over in an account's time zone when its figures were read."""
    return {
        row.date
        for row in figures.days
        if row.date is not None
        and row.campaign is not None
        and (account := figures.accounts.get(row.campaign.id)) is not None
        and row.date >= figures.data_as_of.astimezone(time.zone(account.time_zone)).date()
    }


def _cards(row: MetricRow) -> list[list[str]]:
    return [
        ["Spend", words.money(row.spend, row.currency)],
        ["Impressions", words.count(row.impressions)],
        ["Clicks", words.count(row.clicks)],
        ["CTR", words.percent(row.ctr)],
        ["Conversions", words.count(row.conversions)],
        ["ROAS", words.times(row.roas)],
    ]


def _lines(rows: Sequence[MetricRow]) -> list[list[str]]:
    return [
        [
            row.campaign.name if row.campaign else "",
            words.NAMES[row.platform] if row.platform else "",
            words.count(row.impressions),
            words.count(row.clicks),
            words.percent(row.ctr),
            words.money(row.spend, row.currency),
            words.money(row.cpc, row.currency),
            words.count(row.conversions),
            words.money(row.conversion_value, row.currency),
            words.times(row.roas),
        ]
        for row in rows
    ]
