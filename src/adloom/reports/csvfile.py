"""A performance report as CSV: one row per campaign, day and currency, numbers as the database holds them."""

from __future__ import annotations

import csv
import io

from adloom.reports.types import Figures, Rendered

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
)
# What spreadsheets take for the beginning of a formula, in both widths.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def render(figures: Figures) -> Rendered:
    """UTF-8 with a byte order mark, so that spreadsheets read it; no text can become a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in figures.days:
        shown = row.as_json()
        campaign = shown["campaign"] or {}
        flat = {
            **shown,
            "campaign": _text(campaign.get("name")),
            "campaign_id": campaign.get("id"),
            "platform_campaign_id": campaign.get("platform_campaign_id"),
        }
        writer.writerow(["" if flat[name] is None else flat[name] for name in COLUMNS])
    return Rendered(data=b"\xef\xbb\xbf" + out.getvalue().encode(), media_type="text/csv; charset=utf-8")


def _text(value: str | None) -> str | None:
    return f"'{value}" if value and value.lstrip(" ").startswith(_FORMULA) else value
