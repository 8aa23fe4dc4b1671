"""The report that every side loads: one account's campaigns by the day, the same each time. Standard library only,
because peers import it in environments of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DAYS = 80
ZONE = "Europe/Berlin"
CURRENCY = "EUR"

COLUMNS = (
    "platform_campaign_id",
    "date",
    "time_zone",
    "impressions",
    "clicks",
    "conversions",
    "conversion_value",
    "spend_amount",
    "spend_currency",
)

Figures = tuple[str, date, str, int, int, Decimal, Decimal, Decimal, str]


@dataclass(frozen=True, slots=True)
class Report:
    """`campaigns` × DAYS rows that end with `until`. With each `version` one row in ten says something else."""

    campaigns: int
    until: date
    version: int = 0

    @property
    def since(self) -> date:
        """The first day."""
        return self.until - timedelta(days=DAYS - 1)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return self.campaigns * DAYS

    def figures(self, first_day: int = 0, days: int = DAYS) -> Iterator[Figures]:
        """The rows of these days, day by day, in the order of COLUMNS."""
        for day in range(first_day, first_day + days):
            moment = self.since + timedelta(days=day)
            for campaign in range(self.campaigns):
                yield self._row(campaign, day, moment)

    def _row(self, campaign: int, day: int, moment: date) -> Figures:
        chance = (campaign * 2654435761 + day * 40503) % 1_000_003
        restated = sum((campaign + day * 7 + version) % 10 == 0 for version in range(1, self.version + 1))
        clicks = chance % 400
        return (
            name(campaign),
            moment,
            ZONE,
            clicks * 20 + chance % 19,
            clicks,
            Decimal(clicks // 10 + restated),
            Decimal(clicks * 731 + chance % 97).scaleb(-2),
            Decimal(clicks * 523_457 + chance).scaleb(-6),
            CURRENCY,
        )


def name(campaign: int) -> str:
    """A campaign's id on its platform."""
    return str(20_000_000_000 + campaign)


def peak_mib() -> float:
    """The most memory that this process ever had, in MiB (`getrusage` would tell its parent's, where that is more)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
