"""A performance report as CSV: one row per campaign, day and currency, numbers as the database holds them.

A campaign's day without a row is zero, unless it is unknown: each day of which an account has told nothing has a row of
its own, after all others, without campaign and figures and with the state `unknown`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date

from adloom.metrics.gaps import Gap
from adloom.metrics.types import MetricRow
from adloom.reports import standing
from adloom.reports.standing import State
from adloom.reports.types import Figures, Rendered

#: What each means stands in docs/reports.md. New ones are added at the end.
COLUMNS = (
    "date",
    "platform",
    "campaign_id",
    "campaign",
    "platform_campaign_id",
    "currency",
    "impressions",
    "clicks",
    "ctr",
    "conversions",
    "conversion_value",
    "spend",
    "cpc",
    "roas",
    "note",
    "account",
    "state",
    "uncertain",
    "attributed_by",
    "attribution_break",
)
_UNKNOWN = "no pull covers this day of the account: unknown, which is not zero"
_PARTIAL = "not pulled since the day was over: the figures are those up to the last pull"
# What spreadsheets take for the beginning of a formula, in both widths.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def render(figures: Figures) -> Rendered:
    """UTF-8 with a byte order mark, so that spreadsheets read it; no text can become a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_lines(figures))
    return Rendered(data=b"\xef\xbb\xbf" + out.getvalue().encode(), media_type="text/csv; charset=utf-8")


def _lines(figures: Figures) -> Iterator[Mapping[str, object]]:
    yield from (_known(row, figures) for row in figures.days)
    yield from (_unknown(gap, day) for gap, day in standing.unknown_days(figures))


def _known(row: MetricRow, figures: Figures) -> dict[str, object]:
    shown, stands = row.as_json(), standing.of(row, figures)
    campaign = shown["campaign"] or {}
    return {
        **{name: "" if value is None else value for name, value in shown.items()},
        "note": "; ".join(filter(None, (row.note, _PARTIAL if figures.caveats.partly_pulled(row) else None))),
        "campaign": _text(campaign.get("name")),
        "campaign_id": campaign.get("id"),
        "platform_campaign_id": campaign.get("platform_campaign_id"),
        "account": _text(stands.account),
        "state": stands.state.value,
        "uncertain": "yes" if stands.is_uncertain else "",
        "attributed_by": _text(stands.attributed_by),
        "attribution_break": _text(stands.attribution_break),
    }


def _unknown(gap: Gap, day: date) -> dict[str, object]:
    return {
        "date": day.isoformat(),
        "platform": gap.platform.value,
        "currency": gap.currency,
        "note": _UNKNOWN,
        "account": _text(gap.external_id),
        "state": State.UNKNOWN.value,
    }


def _text(value: str | None) -> str | None:
    return f"'{value}" if value and value.lstrip(" ").startswith(_FORMULA) else value
