"""Figures of metrics as a table in a terminal. Loaded by the command that shows it alone, for it takes time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from adloom.cli import session
from adloom.metrics.caveats import Caveats
from adloom.metrics.types import CampaignName, MetricRow
from adloom.reports import words


def show(
    title: str,
    rows: Sequence[MetricRow],
    told: Caveats,
    *,
    reach: Sequence[Mapping[str, str | None]],
    notes: Iterable[str],
) -> None:
    """The keys that are grouped by, and the figures as people read them: rounded, which `--json` does not.

    `reach` are each row's figures of people, by name, where they were asked for.
    """
    names = {"campaign": "Campaign", "platform": "Platform", "date": "Date"}
    keys = [key for key in names if any(getattr(row, key) is not None for row in rows)]
    lines = [[*(_key(getattr(row, key)) for key in keys), *_figures(row, told)] for row in rows]
    heads = ["Impr.", "Clicks", "CTR", "Conv.", "Value", "Spend", "CPC", "ROAS", "Unknown"]
    if not any(line[-1] for line in lines):
        heads, lines = heads[:-1], [line[:-1] for line in lines]
    heads += [name.replace("_", " ").capitalize() for name in (reach[0] if reach else ())]
    lines = [[*line, *map(_people, each.values())] for line, each in zip(lines, reach, strict=True)]
    session.table(title, [*(names[key] for key in keys), "Currency", *heads], lines, right=heads)
    for said in notes:
        print(said)
    for note in dict.fromkeys(row.note for row in rows if row.note):
        print(f"Note: {note}.")


def _people(told: str | None) -> str:
    return words.count(None if told is None else Decimal(told))


def _key(value: object) -> str:
    """A campaign with its platform's id, for one ad's campaigns bear one name."""
    if isinstance(value, CampaignName):
        return f"{value.name} ({value.platform_campaign_id})" if value.platform_campaign_id else value.name
    return str(value)


def _figures(row: MetricRow, told: Caveats) -> list[str | None]:
    unknown = len(told.unknown(row))
    return [
        row.currency,
        words.count(row.impressions),
        words.count(row.clicks),
        words.percent(row.ctr),
        words.count(row.conversions),
        words.amount(row.conversion_value, row.currency),
        words.amount(row.spend, row.currency),
        words.amount(row.cpc, row.currency),
        words.times(row.roas),
        f"{unknown} day{'' if unknown == 1 else 's'}" if unknown else None,
    ]
