"""The four grains of facts: their tables, what tells two facts apart, and what can be restated. Pure.

Ingest, ledger and what is asked `as of` a moment are written once, over these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from adloom.core.errors import Invalid


class GrainName(StrEnum):
    """How finely a report tells what happened; also the name under which its coverage is kept."""

    DAY = "day"
    HOUR = "hour"
    CONVERSION = "conversion"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """One table of facts and its ledger.

    `key` tells the facts of one campaign apart, its first column is what the table is partitioned by; `values` is what
    a later pull may say otherwise. Both map columns to their types.
    """

    name: GrainName
    facts: str
    key: Mapping[str, str]
    values: Mapping[str, str]

    @property
    def ledger(self) -> str:
        """The table of earlier versions."""
        return f"{self.facts}_ledger"

    @property
    def moment(self) -> str:
        """The column that says when it happened."""
        return next(iter(self.key))

    @property
    def columns(self) -> tuple[str, ...]:
        """What a staged row holds, in order, after the platform's campaign id."""
        return (*self.key, *self.values)


_ZONE = {"time_zone": "text"}
_COUNTS = {"impressions": "bigint", "clicks": "bigint"}
_CONVERSIONS = {"conversions": "numeric(18, 6)", "conversion_value": "numeric(20, 6)"}
_SPEND = {"spend_amount": "numeric(20, 6)"}
_CURRENCY = {"spend_currency": "varchar(3)"}
_WORDS = {"platform_metrics": "jsonb"}

DAY = Grain(
    GrainName.DAY,
    "campaign_metrics",
    {"date": "date"},
    {**_ZONE, **_COUNTS, **_CONVERSIONS, **_SPEND, **_CURRENCY, **_WORDS},
)
HOUR = Grain(
    GrainName.HOUR,
    "campaign_metrics_hourly",
    {"hour_timestamp": "timestamptz"},
    {**_ZONE, **_COUNTS, **_CONVERSIONS, **_SPEND, **_CURRENCY, **_WORDS},
)
CONVERSION = Grain(
    GrainName.CONVERSION,
    "campaign_conversions",
    {"date": "date", "action": "text"},
    {**_ZONE, "name": "text", **_CONVERSIONS, **_CURRENCY},
)
AUDIENCE = Grain(
    GrainName.AUDIENCE,
    "campaign_audience",
    {"date": "date", "dimension": "text", "value": "text"},
    {**_ZONE, **_COUNTS, **_CONVERSIONS, **_SPEND, **_CURRENCY},
)

GRAINS: Mapping[GrainName, Grain] = {grain.name: grain for grain in (DAY, HOUR, CONVERSION, AUDIENCE)}


#: What has a history; hours are kept for a week only, and routine pulls bring those.
HISTORIC = (GrainName.DAY, GrainName.CONVERSION, GrainName.AUDIENCE)


def named(text: str, *, field: str = "grain") -> GrainName:
    """The grain that a person names; raises Invalid for anything else."""
    try:
        return GrainName(text)
    except ValueError:
        known = ", ".join(GrainName)
        raise Invalid.field(field, f"{text!r} is no grain of a report.", f"Use one of: {known}.") from None
